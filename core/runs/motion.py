"""The last two steps of an avatar run: adding motion once the look is there, and waiting until it is made.

Another motion for an avatar that has one goes the same way; its location keeps the earlier one until then.
The dialect says where a motion lives (`Traits.motion`): on the avatar, in a look of its own, in each video.
"""

from collections.abc import Callable
from datetime import datetime

from sqlmodel import col, select, update

from core import clock
from core.bloggers.editing import avatar_of
from core.database.leases import Lease
from core.database.tables.bloggers import Location
from core.database.tables.runs import Operation, Run
from core.heygen.answers import AvatarDetails
from core.heygen.errors import ADD_MOTION_FAILED, GROUP_CREATION_FAILED, Missing
from core.journal import events, lost_answers, unaware
from core.journal.progress import announce, fail, finish, go_to, progress
from core.journal.queries import MOTION_FAILED, absent_before, motion_accepted
from core.journal.sending import Call, send
from core.journal.settling import Outcome, adopt
from core.journal.steps import agreed
from core.locale import N_
from core.runs.unconfirmed import (
    HeyGenSays,
    adopt_earlier,
    fail_step,
    poll,
    reading_failed,
    unsuccessful,
)
from core.studio import Studio

LOOK_LATE = N_(
    "HeyGen has not finished the photo after {minutes} minutes. Nothing was spent and the group is kept. "
    "Retry later."
)
LOOK_LATE_PAID = N_(
    "HeyGen has not finished the photo after {minutes} minutes. It is paid and the group is kept. "
    "Retry goes on waiting and costs nothing."
)
MOTION_LATE = N_(
    "HeyGen has not finished the motion after {minutes} minutes. It is paid and the avatar's id is saved. "
    "Retry goes on waiting and costs nothing."
)
MOTION_BROKE = N_(
    "HeyGen accepted the motion and then could not make it ({cause}). "
    "The avatar is kept; another try is paid again."
)
MOTION_BROKE_AGAIN = N_(
    "HeyGen accepted the motion and then could not make it ({cause}). "
    "The earlier motion stays; another try is paid again."
)
LOOK_BROKE = N_(
    "HeyGen could not use this photo ({cause}). No motion was paid for. "
    "Choose another photo for this location."
)
LOOK_BROKE_PAID = N_(
    "HeyGen took the photo, for which it was paid, and then could not use it ({cause}). "
    "Choose another photo for this location: a new avatar is paid again."
)
BUSY_MOTION = N_(
    "HeyGen has been making another motion for this avatar for {minutes} minutes. Nothing was spent. "
    "Retry later."
)
SAVED_LINE = ">>> Saved avatar_id to location for future use"
#: How long HeyGen may take for the look and for the motion, in seconds of its time.
LOOK_DEADLINE = 600.0
MOTION_DEADLINE = 1800.0
#: For so long after a motion was accepted HeyGen may still show the one before, in seconds of its time.
OLD_LOOK_SECONDS = 60.0


def motion(studio: Studio, lease: Lease, run: Run, location: Location) -> float | None:
    avatar_id = avatar_of(location)
    try:
        details = studio.client.get_avatar(avatar_id)
    except Missing as error:
        # HeyGen may know a look it has just made a little later.
        if _is_fresh(studio, run, location.status_at):
            return poll(studio, lease, LOOK_DEADLINE, GROUP_CREATION_FAILED, LOOK_LATE)
        return reading_failed(studio, lease, error)
    _note_status(studio, lease, details)
    with studio.db.read() as session:
        accepted = motion_accepted(session, run)
    if accepted is not None:
        return _motion_is_there(studio, lease, run)
    free = agreed(studio, run, "create_group") == 0
    if details.status == "failed":
        error = HeyGenSays(LOOK_BROKE if free else LOOK_BROKE_PAID, cause=details.failure or "–")
        return fail_step(studio, lease, error, GROUP_CREATION_FAILED)
    if details.status == "pending":
        late = LOOK_LATE if free else LOOK_LATE_PAID
        return poll(studio, lease, LOOK_DEADLINE, GROUP_CREATION_FAILED, late)
    return _ADD[studio.client.traits.motion](studio, lease, run, location, details)


def _on_the_avatar(
    studio: Studio, lease: Lease, run: Run, location: Location, details: AvatarDetails
) -> float | None:
    """HeyGen shows the motion as a status of the avatar itself."""
    avatar_id = details.avatar_id
    if run.again:
        if details.motion_status != "none" and adopt_earlier(studio, lease, run, "add_motion", avatar_id):
            return _motion_is_there(studio, lease, run)
        if details.motion_status == "processing":
            # Somebody else's motion is being made, and only one at a time can be told apart.
            return poll(studio, lease, MOTION_DEADLINE, ADD_MOTION_FAILED, BUSY_MOTION)
    elif _is_unaware(studio, run):
        known = details.motion_status == "failed" and _has_failed(studio, run, avatar_id)
        return _send(studio, lease, run, avatar_id, {"motion_status": "failed" if known else "none"})
    elif details.motion_status == "failed":
        if adopt_earlier(studio, lease, run, "add_motion", avatar_id):
            return _motion_is_there(studio, lease, run)
    elif details.motion_status != "none":
        return _adopt_motion(studio, lease, run, avatar_id, avatar_id, details.motion_status)
    return _send(studio, lease, run, avatar_id, {"motion_status": details.motion_status})


def _as_a_look(
    studio: Studio, lease: Lease, run: Run, location: Location, details: AvatarDetails
) -> float | None:
    """HeyGen makes a new look in the avatar's group; what is there already is never made again."""
    avatar_id = details.avatar_id
    moves = details.motion_status in ("processing", "completed")
    lost = not run.again and _is_unaware(studio, run)
    if moves and not run.again:
        return _adopt_motion(studio, lease, run, avatar_id, avatar_id, details.motion_status)
    looks = lost_answers.in_group(studio, avatar_id, location.heygen_group_id or details.group_id) or ()
    if details.motion_status != "none":
        # An avatar that came by import may be a motion look: its group has the still one.
        avatar_id = next((look.id for look in looks if not look.is_motion), avatar_id)
    if adopt_earlier(studio, lease, run, "add_motion", avatar_id):
        return _motion_is_there(studio, lease, run)
    if not run.again and not lost:
        with studio.db.read() as session:
            made = [look for look in lost_answers.unrecorded(session, looks) if look.status != "failed"]
        if made:
            status = "completed" if made[-1].status == "completed" else "processing"
            return _adopt_motion(studio, lease, run, avatar_id, made[-1].id, status)
    if location.heygen_look_id is None:
        with progress(studio, lease) as (session, run):
            place = session.get_one(Location, run.location_id)
            place.heygen_look_id = avatar_id
            session.add(place)
    return _send(studio, lease, run, avatar_id, {"looks": [look.id for look in looks]})


def _with_each_video(
    studio: Studio, lease: Lease, run: Run, location: Location, details: AvatarDetails
) -> float:
    """The motion is an option of every video: it is chosen here, and there is nothing to call or to pay."""
    with progress(studio, lease) as (session, run):
        place = session.get_one(Location, run.location_id)
        place.heygen_avatar_id = details.avatar_id
        place.motion_type, place.motion_status = run.motion_type, "completed"
        place.status_at = place.updated_at = clock.now()
        session.add(place)
        events.record(session, run, "HeyGen applies this motion when a video is made; nothing is paid for it")
        if not run.again:
            events.record(session, run, SAVED_LINE, begins="saved")
        go_to(run, "saved")
    return 0


def _is_unaware(studio: Studio, run: Run) -> bool:
    """A motion of this run may be there that these data, which were a backup, do not know of."""
    with studio.db.read() as session:
        return unaware.of_a_call(session, run, "add_motion") is not None


def _has_failed(studio: Studio, run: Run, avatar_id: str) -> bool:
    """These data know of a motion that HeyGen could not make for this avatar."""
    failed = select(Operation.id).where(
        Operation.location_id == run.location_id,
        Operation.kind == "add_motion",
        Operation.subject == avatar_id,
        Operation.error_code == MOTION_FAILED,
    )
    with studio.db.read() as session:
        return session.exec(failed.limit(1)).first() is not None


_ADD: dict[str, Callable[[Studio, Lease, Run, Location, AvatarDetails], float | None]] = {
    "status": _on_the_avatar,
    "look": _as_a_look,
    "render": _with_each_video,
}


def _send(
    studio: Studio, lease: Lease, run: Run, avatar_id: str, snapshot: dict[str, object]
) -> float | None:
    announce(studio, lease, run, ">>> Step 3: Adding motion to avatar...")
    outcome = send(
        studio,
        lease,
        Call(
            kind="add_motion",
            subject=avatar_id,
            request={"avatar_id": avatar_id, "type": run.motion_type},
            price=agreed(studio, run, "add_motion"),
            snapshot=snapshot,
        ),
    )
    if outcome.state != "confirmed":
        return unsuccessful(studio, lease, outcome)
    return _motion_is_there(studio, lease, run)


def _adopt_motion(
    studio: Studio, lease: Lease, run: Run, avatar_id: str, motion_id: str, status: str
) -> float:
    """HeyGen shows a motion that is not recorded here: an earlier call came through, or a person added it.

    `motion_id` is the look that moves; the avatar itself, or one made of it.
    """
    if not adopt_earlier(studio, lease, run, "add_motion", avatar_id):
        with progress(studio, lease) as (session, run):
            location = session.get_one(Location, run.location_id)
            earlier = absent_before(session, run, "add_motion", avatar_id)
            if earlier:
                found = {"status": status, "avatar_id": motion_id, "adopted": True}
                adopt(session, earlier[0], Outcome.confirmed(found))
                said = N_("An earlier call had come through after all; its result was adopted")
            else:
                said = N_("HeyGen already shows a motion on this avatar; nothing was paid")
            location.heygen_avatar_id = motion_id
            location.motion_status, location.status_at = status, clock.now()
            session.add(location)
            events.record(session, run, said)
    return _motion_is_there(studio, lease, run)


def _motion_is_there(studio: Studio, lease: Lease, run: Run) -> float:
    with progress(studio, lease) as (session, run):
        events.record(session, run, ">>> Motion added successfully")
        if not run.again:
            events.record(session, run, SAVED_LINE, begins="saved")
        go_to(run, "saved")
    return 0


def saved(studio: Studio, lease: Lease, run: Run, location: Location) -> float | None:
    """The id is saved since HeyGen accepted the motion; now HeyGen renders it."""
    if studio.client.traits.motion == "render":
        return _finish(studio, lease, location.heygen_avatar_id)
    with studio.db.read() as session:
        accepted = motion_accepted(session, run)
    motion_id = (accepted.look_id or accepted.subject) if accepted else location.heygen_avatar_id
    try:
        details = studio.client.get_avatar(motion_id)
    except Missing:
        # HeyGen may know a look it has just accepted a little later.
        if accepted is None or not _is_fresh(studio, run, accepted.settled_at):
            raise
        return poll(studio, lease, MOTION_DEADLINE, ADD_MOTION_FAILED, MOTION_LATE)
    if accepted is not None and _may_be_old(studio, run, accepted, details):
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
    return _finish(studio, lease, motion_id)


def _finish(studio: Studio, lease: Lease, motion_id: str) -> None:
    with progress(studio, lease) as (session, run):
        if run.again:
            place = session.get_one(Location, run.location_id)
            place.heygen_avatar_id = motion_id
            place.motion_type, place.motion_status = run.motion_type, "completed"
            place.status_at = place.updated_at = clock.now()
            session.add(place)
            events.record(session, run, "The new motion is ready and takes the place of the earlier one")
        else:
            line = ">>> Photo Avatar created successfully: {avatar_id}"
            events.record(session, run, line, avatar_id=motion_id)
        finish(session, run)


def _may_be_old(studio: Studio, run: Run, accepted: Operation, details: AvatarDetails) -> bool:
    """True while what HeyGen shows may still be the motion before this one: it looks the same."""
    same = details.motion_status == accepted.snapshot.get("motion_status")
    return same and _is_fresh(studio, run, accepted.settled_at)


def _is_fresh(studio: Studio, run: Run, since: datetime | None) -> bool:
    """True for so long as HeyGen may still show what was there before that moment.

    A moment in the future was written before the clock went back: then the run's own step counts.
    """
    if since is None:
        return False
    age = clock.now() - (run.step_at if since > clock.now() else since)
    return age.total_seconds() * studio.pace < OLD_LOOK_SECONDS


def _note_status(studio: Studio, lease: Lease, details: AvatarDetails) -> None:
    """Both statuses onto the location. Fenced: a process that slept must not write an old status."""
    with progress(studio, lease) as (session, run):
        location = session.get_one(Location, run.location_id)
        before = (location.avatar_status, location.motion_status)
        location.avatar_status, location.checked_at = details.status, clock.now()
        # While another motion is made, the location goes on with the earlier one.
        told = studio.client.traits.motion != "render"
        if told and location.heygen_avatar_id == details.avatar_id and not run.again:
            location.motion_status = details.motion_status
        if before != (location.avatar_status, location.motion_status) or location.status_at is None:
            location.status_at = clock.now()
        session.add(location)
