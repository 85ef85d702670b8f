"""The last two steps of an avatar run: adding motion once the look is there, and waiting until it is made.

Another motion for an avatar that has one goes the same way; its location keeps the earlier one until then.
"""

from sqlmodel import col, update

from core import clock, events
from core.calls import MOTION_FAILED, absent_before, motion_accepted
from core.errors import N_
from core.heygen import AvatarDetails
from core.heygen.errors import ADD_MOTION_FAILED, GROUP_CREATION_FAILED, Missing
from core.leases import Lease
from core.models import Location, Operation, Run
from core.operations import Call, Outcome, adopt, send
from core.outcomes import (
    LOOK_LATE,
    MOTION_LATE,
    HeyGenSays,
    adopt_earlier,
    fail_step,
    poll,
    unsuccessful,
)
from core.prices import agreed
from core.progress import announce, fail, finish, go_to, progress
from core.studio import Studio

MOTION_BROKE = N_(
    "HeyGen accepted the motion and then could not make it ({cause}). "
    "The avatar is kept; another try is paid again."
)
MOTION_BROKE_AGAIN = N_(
    "HeyGen accepted the motion and then could not make it ({cause}). "
    "The earlier motion stays; another try is paid again."
)
BUSY_MOTION = N_(
    "HeyGen has been making another motion for this avatar for {minutes} minutes. Nothing was spent. "
    "Retry later."
)
#: How long HeyGen may take for the look and for the motion, in seconds of its time.
LOOK_DEADLINE = 600.0
MOTION_DEADLINE = 1800.0
#: For so long after a motion was accepted HeyGen may still show the one before, in seconds of its time.
OLD_LOOK_SECONDS = 60.0


def motion(studio: Studio, lease: Lease, run: Run, location: Location) -> float | None:
    avatar_id = location.heygen_look_id or location.heygen_avatar_id
    try:
        details = studio.client.get_avatar(avatar_id)
    except Missing as error:
        return fail_step(studio, lease, error)
    _note_status(studio, lease, details)
    with studio.db.read() as session:
        accepted = motion_accepted(session, run)
    if accepted is not None:
        return _motion_is_there(studio, lease, run)
    if details.status == "failed":
        error = HeyGenSays(
            "HeyGen could not use this photo ({cause}). No motion was paid for. "
            "Choose another photo for this location.",
            cause=details.failure or "–",
        )
        return fail_step(studio, lease, error, GROUP_CREATION_FAILED)
    if details.status == "pending":
        return poll(studio, lease, LOOK_DEADLINE, GROUP_CREATION_FAILED, LOOK_LATE)
    if run.again:
        if details.motion_status != "none" and adopt_earlier(studio, lease, run, "add_motion", avatar_id):
            return _motion_is_there(studio, lease, run)
        if details.motion_status == "processing":
            # Somebody else's motion is being made, and only one at a time can be told apart.
            return poll(studio, lease, MOTION_DEADLINE, ADD_MOTION_FAILED, BUSY_MOTION)
    elif details.motion_status == "failed":
        if adopt_earlier(studio, lease, run, "add_motion", avatar_id):
            return _motion_is_there(studio, lease, run)
    elif details.motion_status != "none":
        return _adopt_motion(studio, lease, run, details)
    announce(studio, lease, run, ">>> Step 3: Adding motion to avatar...")
    outcome = send(
        studio,
        lease,
        Call(
            kind="add_motion",
            subject=avatar_id,
            request={"avatar_id": avatar_id, "type": run.motion_type},
            price=agreed(studio, run, "add_motion"),
            snapshot={"motion_status": details.motion_status},
        ),
    )
    if outcome.state != "confirmed":
        return unsuccessful(studio, lease, outcome)
    return _motion_is_there(studio, lease, run)


def _adopt_motion(studio: Studio, lease: Lease, run: Run, details: AvatarDetails) -> float:
    """HeyGen shows a motion that is not recorded here: an earlier call came through, or a person added it."""
    if not adopt_earlier(studio, lease, run, "add_motion", details.avatar_id):
        with progress(studio, lease) as (session, run):
            location = session.get_one(Location, run.location_id)
            earlier = absent_before(session, run, "add_motion", details.avatar_id)
            if earlier:
                found = {"status": details.motion_status, "adopted": True}
                adopt(session, earlier[0], Outcome.confirmed(found))
                said = N_("An earlier call had come through after all; its result was adopted")
            else:
                said = N_("HeyGen already shows a motion on this avatar; nothing was paid")
            location.heygen_avatar_id = details.avatar_id
            location.motion_status, location.status_at = details.motion_status, clock.now()
            session.add(location)
            events.record(session, run, said)
    return _motion_is_there(studio, lease, run)


def _motion_is_there(studio: Studio, lease: Lease, run: Run) -> float:
    with progress(studio, lease) as (session, run):
        events.record(session, run, ">>> Motion added successfully")
        if not run.again:
            events.record(session, run, ">>> Saved avatar_id to location for future use")
        go_to(run, "saved")
    return 0


def saved(studio: Studio, lease: Lease, run: Run, location: Location) -> float | None:
    """The id is saved since HeyGen accepted the motion; now HeyGen renders it."""
    details = studio.client.get_avatar(location.heygen_avatar_id)
    if _may_be_old(studio, run, details):
        return poll(studio, lease, MOTION_DEADLINE, ADD_MOTION_FAILED, MOTION_LATE)
    _note_status(studio, lease, details)
    if details.motion_status == "failed":
        stays = run.again and location.motion_status == "completed"
        error = HeyGenSays(MOTION_BROKE_AGAIN if stays else MOTION_BROKE, cause=details.failure or "–")
        with progress(studio, lease) as (session, run):
            session.exec(
                update(Operation)
                .where(
                    col(Operation.run_id) == run.id,
                    col(Operation.kind) == "add_motion",
                    col(Operation.state) == "confirmed",
                )
                .values(error_code=MOTION_FAILED)
            )
            run.step = "motion"
            fail(session, run, error, ADD_MOTION_FAILED)
        return None
    if details.motion_status != "completed":
        return poll(studio, lease, MOTION_DEADLINE, ADD_MOTION_FAILED, MOTION_LATE)
    with progress(studio, lease) as (session, run):
        if run.again:
            place = session.get_one(Location, run.location_id)
            place.motion_type, place.motion_status = run.motion_type, "completed"
            place.status_at = place.updated_at = clock.now()
            session.add(place)
            events.record(session, run, "The new motion is ready and takes the place of the earlier one")
        else:
            line = ">>> Photo Avatar created successfully: {avatar_id}"
            events.record(session, run, line, avatar_id=location.heygen_avatar_id)
        finish(session, run)
    return None


def _may_be_old(studio: Studio, run: Run, details: AvatarDetails) -> bool:
    """True while what HeyGen shows may still be the motion before this one: it looks the same."""
    with studio.db.read() as session:
        accepted = motion_accepted(session, run)
    if accepted is None or accepted.settled_at is None:
        return False
    age = (clock.now() - accepted.settled_at).total_seconds() * studio.pace
    return details.motion_status == accepted.snapshot.get("motion_status") and age < OLD_LOOK_SECONDS


def _note_status(studio: Studio, lease: Lease, details: AvatarDetails) -> None:
    """Both statuses onto the location. Fenced: a process that slept must not write an old status."""
    with progress(studio, lease) as (session, run):
        location = session.get_one(Location, run.location_id)
        before = (location.avatar_status, location.motion_status)
        location.avatar_status, location.checked_at = details.status, clock.now()
        # While another motion is made, the location goes on with the earlier one.
        if location.heygen_avatar_id == details.avatar_id and not run.again:
            location.motion_status = details.motion_status
        if before != (location.avatar_status, location.motion_status) or location.status_at is None:
            location.status_at = clock.now()
        session.add(location)
