"""The steps of a video run: avatar -> turn -> render -> rendering -> archive.

As in core.runs.avatar, each function does one short step and returns the seconds until the next one, or
None when the run has ended or waits for a person. A video run makes no avatar: it waits for the location's
avatar run. The call is confirmed when HeyGen accepts it; what it costs is booked when the file is measured.
"""

from sqlmodel import Session, col, func, select

from core import clock
from core.database.leases import Lease
from core.database.tables.bloggers import Location
from core.database.tables.runs import Run
from core.database.tables.videos import Video
from core.errors import OverLimit, StudioError
from core.heygen.answers import VideoDetails
from core.heygen.codes import lacks_credit
from core.heygen.errors import HeyGenError, Missing, NotSent, OutcomeUnknown, RateLimited
from core.journal import breaker, events
from core.journal.due import moving
from core.journal.progress import announce, fail, go_to, poll_gap, progress, retry_gap, wait
from core.journal.queries import changing_avatar
from core.journal.sending import Call, CancelAsked, send
from core.journal.steps import video_hold
from core.locale import N_
from core.money import ledger
from core.runs.archive import archive, order_of
from core.runs.unconfirmed import (
    HeyGenSays,
    Undecided,
    adopt_earlier,
    fail_step,
    poll,
    reading_failed,
    unsuccessful,
)
from core.studio import Studio
from core.videos.script import look_of

#: How long HeyGen may take for a video, in seconds of its time: up to 20 minutes (heygen-api.md 7a).
RENDER_DEADLINE = 1200.0
#: The sandbox really renders, in this machine's seconds however fast its clock runs.
LEAST_REAL_SECONDS = 120.0

NO_AVATAR_MADE = N_(
    "The location has no finished avatar, so no video was rendered. Nothing was spent on it. "
    "Make the avatar, then retry this run."
)
RENDER_LATE = N_(
    "HeyGen has not finished the video after {minutes} minutes. HeyGen may charge it when it does. "
    "Retry goes on waiting for the same video."
)
RENDER_BROKE = N_("HeyGen could not render the video ({cause}). Nothing was booked. Retry renders it anew.")
GONE = N_(
    "HeyGen does not know this video any more, so nothing was booked for it. HeyGen's balance shows whether "
    "it was charged. Make it again."
)
RENDER_UNSEEN = N_(
    "HeyGen has the video and does not say how it is doing ({cause}). HeyGen may charge it. "
    "Retry goes on waiting for the same video."
)
RENDER_UNREADABLE = N_(
    "HeyGen has the video and could not be asked about it for too long: it was sent {minutes} minutes ago. "
    "HeyGen may charge it. Retry goes on waiting for the same video."
)


def step(studio: Studio, lease: Lease, run: Run, location: Location) -> float | None:
    """Do the run's present step. Raises LeaseLost, Stopping or StorageFailed."""
    with studio.db.read() as session:
        video = of_run(session, lease.run_id)
    try:
        return _STEPS[run.step](studio, lease, run, location, video)
    except (OverLimit, Undecided) as error:
        return fail_step(studio, lease, error)
    except HeyGenError as error:
        if run.step == "rendering":
            return _unread(studio, lease, error)
        return reading_failed(studio, lease, error)
    except CancelAsked:
        return 0


def of_run(session: Session, run_id: int) -> Video:
    """What the video run makes."""
    return session.exec(select(Video).where(Video.run_id == run_id)).one()


def _avatar(studio: Studio, lease: Lease, run: Run, location: Location, video: Video) -> float | None:
    """Wait for the location's avatar run; go on at once where the avatar is there."""
    with progress(studio, lease) as (session, run):
        making = _changing(session, run)
        # The still look is for a motion that failed, not for one that is still being made.
        still = video.still and making is None
        look = look_of(session.get_one(Location, run.location_id), still=still)
        if look is not None and (making is None or making.kind == "avatar"):
            go_to(run, "turn")
            return 0
        if making is None:
            fail(session, run, StudioError(NO_AVATAR_MADE))
            return None
        if run.polls == 0:
            events.record(session, run, "Waiting for the avatar: run {number}", number=making.id)
        return wait(run, poll_gap(studio, run))


def _changing(session: Session, run: Run) -> Run | None:
    """The live run that makes the location's avatar, or deletes it; there is one at most."""
    return session.exec(select(Run).where(Run.location_id == run.location_id, changing_avatar())).first()


def _turn(studio: Studio, lease: Lease, run: Run, location: Location, video: Video) -> float | None:
    """HeyGen renders only so many at once: the others wait here, where nothing is sent yet."""
    limit = studio.subscription.limits["parallel_renders"].value
    with progress(studio, lease) as (session, run):
        if isinstance(limit, int) and _rendering(session, lease.run_id) >= limit:
            if run.polls == 0:
                events.record(
                    session, run, "The plan renders {limit} at once; waiting for its turn", limit=limit
                )
            return wait(run, poll_gap(studio, run))
        go_to(run, "render")
    return 0


def _rendering(session: Session, but: int) -> int:
    """Other videos that HeyGen may be rendering; one that waits for a person's answer holds up nobody."""
    return session.exec(
        select(func.count())
        .select_from(Run)
        .where(
            Run.kind == "video",
            col(Run.id) != but,
            col(Run.step).in_(("render", "rendering")),
            moving(),
        )
    ).one()


def _render(studio: Studio, lease: Lease, run: Run, location: Location, video: Video) -> float | None:
    look = look_of(location, still=video.still)
    if video.heygen_video_id is not None:
        with progress(studio, lease) as (_, run):
            go_to(run, "rendering")
        return 0
    with studio.db.read() as session:
        changing = _changing(session, run)
    if look is None or (changing is not None and changing.kind == "free_slot"):
        # The photo was replaced, or the slot is freed, while the video waited for its turn.
        with progress(studio, lease) as (_, run):
            go_to(run, "avatar")
        return 0
    listing = studio.client.list_videos()
    earlier = adopt_earlier(studio, lease, run, "generate_video", video.heygen_title)
    if earlier:
        return 0
    announce(studio, lease, run, ">>> Generating video...")
    outcome = send(
        studio,
        lease,
        Call(
            kind="generate_video",
            subject=video.heygen_title,
            request={
                "avatar_id": look,
                "voice_id": video.voice_id,
                "script": video.script,
                "title": video.heygen_title,
                "width": video.width,
                "height": video.height,
                **_motion(studio, location, video),
            },
            price=video_hold(studio, run, video.upper_ms),
            snapshot={"videos": [one.id for one in listing.videos], "server_time": listing.server_time},
        ),
    )
    if outcome.state != "confirmed":
        return unsuccessful(studio, lease, outcome)
    with progress(studio, lease) as (session, run):
        video = of_run(session, lease.run_id)
        video.look_id = look
        session.add(video)
        line = ">>> Video submitted: video_id={video_id}"
        events.record(session, run, line, begins="rendering", video_id=outcome.video_id)
    return 0


def _motion(studio: Studio, location: Location, video: Video) -> dict[str, str]:
    """The motion, where it is an option of the video."""
    if studio.client.traits.motion != "render" or video.still:
        return {}
    return {"motion_type": location.motion_type or ""}


def _wait_for_render(
    studio: Studio, lease: Lease, run: Run, location: Location, video: Video
) -> float | None:
    try:
        details = studio.client.get_video(video.heygen_video_id or "")
    except Missing:
        return _missed(studio, lease)
    if details.status == "failed":
        return _broke(studio, lease, details)
    if details.status != "completed":
        return poll(studio, lease, _deadline(studio), "", RENDER_LATE)
    with progress(studio, lease) as (session, run):
        video = of_run(session, lease.run_id)
        video.rendered_at = clock.now()
        if lacks_credit(details.error_code) and not video.watermark:
            video.watermark = True
            said = N_("HeyGen says that credits do not suffice: the video is there, with a watermark")
            events.record(session, run, said, level="warning")
        session.add(video)
        events.record(session, run, ">>> Video rendered", begins="archive")
        go_to(run, "archive")
    return 0


def _deadline(studio: Studio) -> float:
    return max(RENDER_DEADLINE, LEAST_REAL_SECONDS * studio.pace)


def _missed(studio: Studio, lease: Lease) -> float | None:
    """HeyGen may know a video it has just accepted a little later; only then it counts as gone."""
    with progress(studio, lease) as (session, run):
        gap = retry_gap(studio, run)
        if gap is not None:
            return wait(run, gap)
        fail(session, run, HeyGenSays(GONE))
    return None


def _unread(studio: Studio, lease: Lease, error: HeyGenError) -> float | None:
    """HeyGen has the video and could not be read: it goes on rendering, and will charge it."""
    if isinstance(error, NotSent | OutcomeUnknown):
        return poll(studio, lease, _deadline(studio), "", RENDER_UNREADABLE)
    if isinstance(error, RateLimited):
        return reading_failed(studio, lease, error)
    return fail_step(studio, lease, HeyGenSays(RENDER_UNSEEN, cause=error.detail or "–"))


def _broke(studio: Studio, lease: Lease, details: VideoDetails) -> float | None:
    """HeyGen gave it up: it is rendered anew by another call, after a retry or once credits are there."""
    with progress(studio, lease) as (session, run):
        video = of_run(session, lease.run_id)
        order = order_of(session, run, video)
        video.heygen_video_id = None
        session.add(video)
        run.step = "turn"
        if order is None or not lacks_credit(details.failure_code):
            fail(session, run, HeyGenSays(RENDER_BROKE, cause=details.failure or details.failure_code or "–"))
            return None
        ledger.release(session, run=run, actor=run.actor)
        breaker.trip(session, run, details.failure_code, order.price, sent_at=order.sent_at)
        return None if breaker.pause(session, run) else 0


_STEPS = {
    "avatar": _avatar,
    "turn": _turn,
    "render": _render,
    "rendering": _wait_for_render,
    "archive": archive,
}
