"""The last step of a video run: the finished file is fetched at once and kept, because HeyGen's links die.

Links are signed anew by every reading of the video and live for 7 days (heygen-api.md section 11), so none is
stored. The file comes in steps of a few seconds, is checked and measured before anybody sees it, and gets its
poster and its captions. What is booked is the file's length; HeyGen's word counts only where the two agree.
Names are made of the run's number. A kill at any point repeats the fetch, not the render.
"""

from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from core import clock
from core.database.leases import Lease
from core.database.tables.bloggers import Location
from core.database.tables.runs import ENDED_STATES, Operation, Run
from core.database.tables.videos import Video
from core.errors import NotFound, Refusal, StudioError
from core.files import write_whole
from core.heygen.answers import VideoDetails
from core.heygen.errors import HeyGenError, Missing, RateLimited
from core.journal import events
from core.journal.progress import fail, finish, go_to, progress, retry_gap, wait
from core.journal.queries import about_run, charged
from core.journal.steps import video_price
from core.locale import N_
from core.money import ledger
from core.people import audit
from core.people.roles import Person, acts
from core.runs.unconfirmed import HeyGenSays
from core.studio import Studio
from core.videos import captions, fetch, files
from core.videos.fetch import LinkExpired
from core.videos.files import Checked, FileBroken
from core.videos.parts import DiskFull, FetchFailed

FOLDER = "videos"
NOT_FETCHED = N_(
    "The video is ready and paid, but its file could not be fetched ({cause}). "
    "Retry fetches it again and costs nothing."
)
NO_SPACE = N_(
    "The video is ready and paid, but there is no space to keep its file. Free some space, "
    "then retry: it fetches the file and costs nothing."
)
NO_LINK = N_("HeyGen gives no link to the file of this video.")
GONE = N_("HeyGen no longer holds this video, so its file cannot be fetched. It stays paid.")

LENGTHS_DIFFER = N_(
    "HeyGen tells a length of {told:g} s and the file has {measured:g} s, so {amount} was booked, by the "
    "file. HeyGen's balance shows what it really took."
)
LONGER_THAN_HELD = N_(
    "The video is longer than was held for: {amount} was booked for the {measured:g} s of its file."
)
NOT_MEASURED = N_(
    "HeyGen tells a length of {told:g} s, more than was held for, and there is no file to measure: {amount} "
    "was booked, as held. HeyGen's balance shows what it really took."
)
#: The length that HeyGen tells and the file's own may differ by this much, in milliseconds.
AGREES_MS = 1000
#: A longer one is no length that HeyGen can mean, in seconds.
LONGEST_VIDEO = 86_400.0

NO_ANSWER = N_("HeyGen could not be asked for the link to the file ({cause}).")


def folder_of(studio: Studio) -> Path:
    """Where the files of videos are kept."""
    return studio.settings.data_dir / FOLDER


def archive(studio: Studio, lease: Lease, run: Run, location: Location, video: Video) -> float | None:
    """Fetch a part of the file, or check and keep the whole."""
    try:
        details = studio.client.get_video(video.heygen_video_id or "")
    except Missing:
        return _give_up(studio, lease, HeyGenSays(GONE))
    except RateLimited:
        raise
    except HeyGenError as error:
        return _again(studio, lease, FetchFailed(NO_ANSWER, cause=error.detail or error.status or "–"))
    told = told_ms(details)
    if details.video_url is None:
        return _again(studio, lease, FetchFailed(NO_LINK), told)
    name = f"{run.id}.mp4"
    try:
        fetched = fetch.fetch(
            details.video_url, folder_of(studio), name, settings=studio.settings, fence=lease.fence
        )
        if not fetched.finished:
            with progress(studio, lease) as (_, run):
                run.tries = 0
                return wait(run, 0)
        checked = files.check(fetched.path)
    except DiskFull:
        return _give_up(studio, lease, StudioError(NO_SPACE), told)
    except FileBroken as error:
        return _again(studio, lease, error, told, discard=True)
    except (LinkExpired, FetchFailed) as error:
        return _again(studio, lease, error, told)
    return _keep(studio, lease, fetched.path, checked, told)


def told_ms(details: VideoDetails) -> int | None:
    """The length in milliseconds as HeyGen tells it; None where no video has such a length."""
    seconds = details.duration or 0.0
    return (round(seconds * 1000) or None) if 0 < seconds <= LONGEST_VIDEO else None


def _again(
    studio: Studio, lease: Lease, error: StudioError, told: int | None = None, *, discard: bool = False
) -> float | None:
    """Later, with a newly signed link; after several tries the run fails, and its retry is free."""
    with progress(studio, lease) as (session, run):
        if discard:
            files.discard_parts(folder_of(studio), f"{run.id}.mp4")
        gap = retry_gap(studio, run)
        if gap is not None:
            events.record(session, run, error.template, level="warning", values=error.values)
            return wait(run, gap)
        _book_unmeasured(studio, session, run, told)
        fail(session, run, StudioError(NOT_FETCHED, cause=error.user_message))
    return None


def _give_up(studio: Studio, lease: Lease, error: StudioError, told: int | None = None) -> None:
    with progress(studio, lease) as (session, run):
        _book_unmeasured(studio, session, run, told)
        fail(session, run, error)


def _book_unmeasured(studio: Studio, session: Session, run: Run, told: int | None) -> None:
    """The file that would tell the length is not here, and the render is paid all the same.

    `told` is HeyGen's word, in milliseconds; what passes the hold is shown and not booked.
    """
    video = session.exec(select(Video).where(Video.run_id == run.id)).one()
    if video.duration_ms is not None:
        return
    believed = told is None or told <= video.upper_ms
    price = book(studio, session, run, video, told if believed else None)
    if told is not None and not believed:
        events.record(session, run, NOT_MEASURED, level="warning", told=told / 1000, amount=price)


def _book_measured(
    studio: Studio, session: Session, run: Run, video: Video, told: int | None, measured: int
) -> None:
    """The file's length, and HeyGen's where the two agree; what differs or passes the hold is shown."""
    differ = told is not None and abs(told - measured) > AGREES_MS
    passes = told is not None and told > video.upper_ms >= measured
    took = measured if told is None or differ or passes else told
    price = book(studio, session, run, video, took)
    said = {"told": (told or 0) / 1000, "measured": measured / 1000, "amount": price}
    if differ or passes:
        events.record(session, run, LENGTHS_DIFFER, level="warning", values=said)
    if took > video.upper_ms:
        events.record(session, run, LONGER_THAN_HELD, level="warning", values=said)


def _keep(studio: Studio, lease: Lease, part: Path, checked: Checked, told: int | None) -> float | None:
    folder, name = folder_of(studio), f"{lease.run_id}.mp4"
    with studio.db.read() as session:
        script = session.exec(select(Video.script).where(Video.run_id == lease.run_id)).one()
    try:
        files.poster(part, folder / f"{lease.run_id}.jpg")
        text = captions.srt(script, checked.duration_ms)
        write_whole(folder / f"{lease.run_id}.srt", text.encode())
        files.keep(part, folder, name)
    except FileBroken as error:
        return _again(studio, lease, error, told, discard=True)
    except (OSError, DiskFull):
        return _give_up(studio, lease, StudioError(NO_SPACE), told)
    files.discard_parts(folder, name)
    with progress(studio, lease) as (session, run):
        video = session.exec(select(Video).where(Video.run_id == run.id)).one()
        if video.duration_ms is None:
            _book_measured(studio, session, run, video, told, checked.duration_ms)
        video.file, video.poster, video.captions = name, f"{run.id}.jpg", f"{run.id}.srt"
        video.size, video.sha256 = checked.size, checked.sha256
        video.archived_at, video.removed_at = clock.now(), None
        session.add(video)
        events.record(session, run, ">>> Video saved: {file}", file=name)
        finish(session, run)
    return None


@acts("remove_video")
def remove(studio: Studio, video_id: int, *, actor: Person) -> Video:
    """Delete the file of a finished video; the record with its costs stays. Raises NotFound, Refusal."""
    with studio.db.write() as session:
        video, run = _get(session, video_id)
        if run.state not in ENDED_STATES:
            raise Refusal("This video is still being made. Nothing was removed.")
        # Also what a fetch left that broke off, and what a removal left that was killed.
        names = [f"{run.id}{ending}" for ending in (".mp4", ".jpg", ".srt")]
        if video.file:
            before = {"file": video.file, "size": video.size, "sha256": video.sha256}
            audit.note(session, actor, "remove_video", **_of_video(video, run), before=before)
        video.file = video.poster = video.captions = ""
        video.removed_at = clock.now()
        session.add(video)
        events.record(session, run, "The file was removed; the record stays", actor=actor.name)
    # After the commit: a file without a row is waste, a row without its file would be a lie.
    files.remove(folder_of(studio), names)
    return video


@acts("fetch_video")
def fetch_again(studio: Studio, video_id: int, *, actor: Person) -> Run:
    """Let the worker fetch the file of a rendered video once more; free. Raises NotFound, Refusal."""
    with studio.db.write() as session:
        video, run = _get(session, video_id)
        there = video.file and (folder_of(studio) / video.file).is_file()
        if run.state not in ENDED_STATES or run.step != "archive" or there:
            raise Refusal("There is no file of this video to fetch. Nothing was changed.")
        video.file, rested = "", run.state
        go_to(run, "archive")
        run.state, run.ended_at, run.error_template = "queued", None, ""
        session.add(video)
        session.add(run)
        events.record(session, run, "Fetching the file again", actor=actor.name, rested=rested)
        audit.note(session, actor, "fetch_video", **_of_video(video, run), before={"state": rested})
        return run


def _of_video(video: Video, run: Run) -> dict[str, Any]:
    return about_run(run) | {"kind": "video", "id": video.id, "name": video.title}


def _get(session: Session, video_id: int) -> tuple[Video, Run]:
    found = session.exec(
        select(Video, Run).join(Run, col(Run.id) == col(Video.run_id)).where(Video.id == video_id)
    ).first()
    if found is None:
        raise NotFound("There is no video with the number {id}. Nothing was changed.", id=video_id)
    return found[0], found[1]


def book(studio: Studio, session: Session, run: Run, video: Video, took_ms: int | None) -> int:
    """The length onto the video, and its price into the ledger, once; returns the price in micro-credits.

    None: it will not be measured now, and the upper bound is booked, because HeyGen has rendered it.
    """
    video.duration_ms = took_ms
    session.add(video)
    operation = order_of(session, run, video)
    price = video_price(studio, run, video.upper_ms if took_ms is None else took_ms)
    if operation is not None and not charged(session, operation):
        ledger.capture(session, run=run, operation=operation, micro=price)
    return price


def order_of(session: Session, run: Run, video: Video) -> Operation | None:
    """The call that HeyGen accepted for this video."""
    return session.exec(
        select(Operation).where(
            Operation.run_id == run.id,
            Operation.kind == "generate_video",
            Operation.video_id == video.heygen_video_id,
        )
    ).first()
