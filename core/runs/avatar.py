"""The steps of an avatar run: photo -> asset -> group -> motion -> saved.

Each function does one short step and returns the seconds until the next one (0 = at once), or None when
the run has ended or waits for a person. Waiting for HeyGen is a `due_at`, never a sleeping thread. The
lines beginning with >>> are the brief's.
"""

from core.database.leases import Lease
from core.database.tables.bloggers import NO_AVATAR, Location
from core.database.tables.runs import Run
from core.errors import OverLimit
from core.heygen.errors import (
    GroupLimit,
    HeyGenError,
)
from core.journal import events
from core.journal.progress import announce, go_to, poll_gap, progress, wait
from core.journal.sending import Call, CancelAsked, NameBusy, send
from core.journal.settling import Outcome
from core.journal.steps import agreed
from core.photos import address, check
from core.runs.free_slot import delete
from core.runs.motion import motion, saved
from core.runs.unconfirmed import (
    Undecided,
    adopt_earlier,
    fail_step,
    found_earlier,
    reading_failed,
    unsuccessful,
)
from core.studio import Studio


def step(studio: Studio, lease: Lease, run: Run, location: Location) -> float | None:
    """Do the run's present step. Raises LeaseLost, Stopping or StorageFailed."""
    try:
        return STEP_FUNCTIONS[run.step](studio, lease, run, location)
    except HeyGenError as error:
        return reading_failed(studio, lease, error)
    except (OverLimit, Undecided, address.PhotoRefused) as error:
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
        check.check_photo(location.image_url, studio.settings)
    except address.PhotoRefused as error:
        return fail_step(studio, lease, error)
    with progress(studio, lease) as (_, run):
        run.photo_url = location.image_url
        go_to(run, "asset")
    return 0


def _asset(studio: Studio, lease: Lease, run: Run, location: Location) -> float | None:
    # Photos that leave as bytes are read here; the stored address stays the same wherever HeyGen answers.
    url = run.photo_url
    if not studio.client.traits.sends_photos:
        url = address.reachable_url(url, studio.settings)
    elif not studio.client.needs_upload(url):
        with progress(studio, lease) as (session, run):
            run.image_key = url
            events.record(session, run, "HeyGen takes the photo from its link, so nothing is uploaded")
            go_to(run, "group")
        return 0
    announce(studio, lease, run, ">>> Step 1: Uploading asset to HeyGen...")
    outcome = send(
        studio,
        lease,
        Call(
            kind="upload_asset",
            subject=run.photo_url,
            request={"url": url},
            price=agreed(studio, run, "upload_asset"),
        ),
    )
    if outcome.state != "confirmed":
        return unsuccessful(studio, lease, outcome)
    with progress(studio, lease) as (session, run):
        run.image_key = str(outcome.answer["image_key"])
        line = ">>> Asset uploaded, image_key: {image_key}"
        events.record(session, run, line, begins="group", image_key=run.image_key)
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
    announce(studio, lease, run, ">>> Step 2: Creating Photo Avatar Group...")
    name, image_key = run.group_name, run.image_key or ""

    def doubt(error: HeyGenError) -> Outcome | None:
        # The limit may be full because an earlier create of ours, counted as never made, came through.
        if not isinstance(error, GroupLimit):
            return None
        try:
            earlier, outcome = found_earlier(studio, run, "create_group")
        except Undecided:
            # No group was made now; what is there already, a retry asks about.
            return None
        return outcome if earlier is None or outcome is not None else Outcome(state="unknown", error=error)

    outcome = send(
        studio,
        lease,
        Call(
            kind="create_group",
            subject=name,
            request={"name": name, "image_key": image_key},
            price=agreed(studio, run, "create_group"),
            snapshot={"groups": [g.id for g in listing.groups], "server_time": listing.server_time},
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
            begins="motion",
            avatar_id=location.heygen_look_id,
            group_id=group[:16],
        )
        go_to(run, "motion")
    return 0


STEP_FUNCTIONS = {
    "photo": _photo,
    "asset": _asset,
    "group": _group,
    "motion": motion,
    "saved": saved,
    "delete": delete,
}
