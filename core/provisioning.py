"""The steps of an avatar run: photo -> asset -> group -> motion -> saved.

Each function does one short step and returns the seconds until the next one (0 = at once), or None when
the run has ended or waits for a person. Waiting for HeyGen is a `due_at`, never a sleeping thread. The
lines beginning with >>> are the brief's.
"""

from collections.abc import Callable

from sqlmodel import col, update

from core import clock, events, photos
from core.calls import MOTION_FAILED, absent_before, motion_accepted
from core.errors import OverLimit
from core.heygen.errors import (
    ADD_MOTION_FAILED,
    GROUP_CREATION_FAILED,
    GroupLimit,
    HeyGenError,
    Missing,
)
from core.heygen.workflow import AvatarDetails
from core.leases import Lease
from core.models import NO_AVATAR, STEPS, Location, Operation, Run
from core.operations import Call, CancelAsked, NameBusy, Outcome, adopt, send
from core.outcomes import (
    LOOK_LATE,
    MOTION_LATE,
    HeyGenSays,
    adopt_earlier,
    fail_step,
    found_earlier,
    poll,
    reading_failed,
    unsuccessful,
)
from core.progress import fail, finish, go_to, poll_gap, progress, wait
from core.studio import Studio

#: How long HeyGen may take for the look and for the motion, in seconds of its time.
LOOK_DEADLINE = 600.0
MOTION_DEADLINE = 1800.0
KIND_OF_STEP = {"asset": "upload_asset", "group": "create_group", "motion": "add_motion"}


def first_step(location: Location) -> str:
    """Where a new run of this location begins: a stored group is never made again."""
    return "motion" if location.heygen_group_id and location.heygen_look_id else "photo"


def remaining_price(step: str, price_of: Callable[[str], int]) -> int:
    """What the steps from `step` on cost, in micro-credits."""
    ahead = STEPS[STEPS.index(step) :]
    return sum(price_of(KIND_OF_STEP[s]) for s in ahead if s in KIND_OF_STEP)


def step(studio: Studio, lease: Lease, run: Run) -> float | None:
    """Do the run's present step. Raises LeaseLost, Stopping or StorageFailed."""
    with studio.db.read() as session:
        location = session.get_one(Location, run.location_id)
    try:
        return STEP_FUNCTIONS[run.step](studio, lease, run, location)
    except HeyGenError as error:
        return reading_failed(studio, lease, error)
    except OverLimit as error:
        return fail_step(studio, lease, error)
    except CancelAsked:
        return 0
    except NameBusy:
        with progress(studio, lease) as (session, run):
            if run.tries == 0:
                events.record(session, run, "Another run is making a group of this name; waiting for it")
            run.tries += 1
            return wait(run, 5 / studio.pace)


def _photo(studio: Studio, lease: Lease, run: Run, location: Location) -> float | None:
    if run.tries == 0 and location.heygen_avatar_id == NO_AVATAR:
        with progress(studio, lease) as (session, run):
            events.record(
                session, run, ">>> Avatar ID not configured, creating Photo Avatar automatically..."
            )
    try:
        photos.check_photo(location.image_url, studio.settings)
    except photos.PhotoRefused as error:
        return fail_step(studio, lease, error)
    with progress(studio, lease) as (_, run):
        run.photo_url = location.image_url
        go_to(run, "asset")
    return 0


def _asset(studio: Studio, lease: Lease, run: Run, location: Location) -> float | None:
    url = photos.reachable_url(run.photo_url, studio.settings)
    _announce(studio, lease, run, ">>> Step 1: Uploading asset to HeyGen...")
    outcome = send(
        studio,
        lease,
        Call(
            kind="upload_asset",
            subject=run.photo_url,
            request={"url": url},
            price=studio.tariffs.price("upload_asset"),
            make=lambda: {"image_key": studio.client.upload_asset(url)},
        ),
    )
    if outcome.state != "confirmed":
        return unsuccessful(studio, lease, outcome)
    with progress(studio, lease) as (session, run):
        run.image_key = str(outcome.answer["image_key"])
        events.record(session, run, ">>> Asset uploaded, image_key: {image_key}", image_key=run.image_key)
        go_to(run, "group")
    return 0


def _group(studio: Studio, lease: Lease, run: Run, location: Location) -> float | None:
    if location.heygen_group_id:
        return _group_is_there(studio, lease, location)
    listing = studio.client.list_groups()
    earlier = adopt_earlier(studio, lease, run, "create_group")
    if earlier is None:
        with progress(studio, lease) as (_, run):
            return wait(run, poll_gap(studio, run))
    if earlier:
        return 0
    _announce(studio, lease, run, ">>> Step 2: Creating Photo Avatar Group...")
    name, image_key = run.group_name, run.image_key or ""

    def doubt(error: HeyGenError) -> Outcome | None:
        # The limit may be full because an earlier create of ours, counted as never made, came through.
        if not isinstance(error, GroupLimit):
            return None
        earlier, outcome = found_earlier(studio, run, "create_group")
        return outcome if earlier is None or outcome is not None else Outcome(state="unknown", error=error)

    outcome = send(
        studio,
        lease,
        Call(
            kind="create_group",
            subject=name,
            request={"name": name, "image_key": image_key},
            price=studio.tariffs.price("create_group"),
            snapshot={"groups": [g.id for g in listing.groups], "server_time": listing.server_time},
            make=lambda: studio.client.create_photo_avatar_group(name, image_key),
        ),
        doubt=doubt,
    )
    return 0 if outcome.state == "confirmed" else unsuccessful(studio, lease, outcome)


def _group_is_there(studio: Studio, lease: Lease, location: Location) -> float:
    """The brief prints the first 16 characters of the group's id in its line; so does this one."""
    group = location.heygen_group_id or ""
    with progress(studio, lease) as (session, run):
        events.record(
            session,
            run,
            ">>> Avatar created: avatar_id={avatar_id}, group_id={group_id}",
            avatar_id=location.heygen_look_id,
            group_id=group[:16],
        )
        go_to(run, "motion")
    return 0


def _motion(studio: Studio, lease: Lease, run: Run, location: Location) -> float | None:
    avatar_id = location.heygen_look_id or location.heygen_avatar_id
    try:
        details = studio.client.get_avatar(avatar_id)
    except Missing as error:
        return fail_step(studio, lease, error)
    _note_status(studio, lease, details)
    with studio.db.read() as session:
        accepted = motion_accepted(session, lease.run_id)
    if accepted:
        return _motion_is_there(studio, lease, run)
    if details.status == "failed":
        error = HeyGenSays(
            "HeyGen could not use this photo ({cause}). No motion was paid for. "
            "Add a new location with another photo.",
            cause=details.failure or "no reason given",
        )
        return fail_step(studio, lease, error, GROUP_CREATION_FAILED)
    if details.status == "pending":
        return poll(studio, lease, LOOK_DEADLINE, GROUP_CREATION_FAILED, LOOK_LATE)
    if details.motion_status == "failed" and adopt_earlier(studio, lease, run, "add_motion"):
        return _motion_is_there(studio, lease, run)
    if details.motion_status in ("processing", "completed"):
        return _adopt_motion(studio, lease, run, details)
    _announce(studio, lease, run, ">>> Step 3: Adding motion to avatar...")
    outcome = send(
        studio,
        lease,
        Call(
            kind="add_motion",
            subject=avatar_id,
            request={"avatar_id": avatar_id, "type": run.motion_type},
            price=studio.tariffs.price("add_motion"),
            snapshot={"motion_status": details.motion_status},
            make=lambda: studio.client.add_motion_to_avatar(avatar_id, run.motion_type),
        ),
    )
    if outcome.state != "confirmed":
        return unsuccessful(studio, lease, outcome)
    return _motion_is_there(studio, lease, run)


def _adopt_motion(studio: Studio, lease: Lease, run: Run, details: AvatarDetails) -> float:
    """HeyGen shows a motion that is not recorded here: an earlier call came through, or a person added it."""
    if not adopt_earlier(studio, lease, run, "add_motion"):
        with progress(studio, lease) as (session, run):
            location = session.get_one(Location, run.location_id)
            earlier = absent_before(session, run, "add_motion")
            if earlier:
                found = {"status": details.motion_status, "adopted": True}
                adopt(session, earlier[0], Outcome.confirmed(found))
                said = "An earlier call had come through after all; its result was adopted"
            else:
                said = "HeyGen already shows a motion on this avatar; nothing was paid"
            location.heygen_avatar_id = details.avatar_id
            location.motion_status, location.status_at = details.motion_status, clock.now()
            session.add(location)
            events.record(session, run, said)
    return _motion_is_there(studio, lease, run)


def _motion_is_there(studio: Studio, lease: Lease, run: Run) -> float:
    with progress(studio, lease) as (session, run):
        events.record(session, run, ">>> Motion added successfully")
        events.record(session, run, ">>> Saved avatar_id to location for future use")
        go_to(run, "saved")
    return 0


def _saved(studio: Studio, lease: Lease, run: Run, location: Location) -> float | None:
    """The id is saved since HeyGen accepted the motion; now HeyGen renders it."""
    details = studio.client.get_avatar(location.heygen_avatar_id)
    _note_status(studio, lease, details)
    if details.motion_status == "failed":
        error = HeyGenSays(
            "HeyGen accepted the motion and then could not make it ({cause}). "
            "The avatar is kept; another try is another motion.",
            cause=details.failure or "no reason given",
        )
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
        events.record(
            session,
            run,
            ">>> Photo Avatar created successfully: {avatar_id}",
            avatar_id=location.heygen_avatar_id,
        )
        finish(session, run)
    return None


STEP_FUNCTIONS = {"photo": _photo, "asset": _asset, "group": _group, "motion": _motion, "saved": _saved}


def _announce(studio: Studio, lease: Lease, run: Run, line: str) -> None:
    if run.tries == 0:
        with progress(studio, lease) as (session, run):
            events.record(session, run, line)


def _note_status(studio: Studio, lease: Lease, details: AvatarDetails) -> None:
    """Both statuses onto the location. Fenced: a process that slept must not write an old status."""
    with progress(studio, lease) as (session, run):
        location = session.get_one(Location, run.location_id)
        before = (location.avatar_status, location.motion_status)
        location.avatar_status = details.status
        if location.heygen_avatar_id == details.avatar_id:
            location.motion_status = details.motion_status
        if before != (location.avatar_status, location.motion_status) or location.status_at is None:
            location.status_at = clock.now()
        session.add(location)
