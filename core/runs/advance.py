"""Runs: one short step at a time, under a lease, by whoever finds them due."""

import logging
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, or_, select

from core import clock, repeats
from core.database.leases import Lease, LeaseLost, too_far
from core.database.tables.runs import Operation, Run
from core.errors import StudioError
from core.heygen.errors import HeyGenError, Missing, RateLimited, Refused
from core.journal import breaker, events, lost_answers
from core.journal.progress import LONGEST_WAIT, cancel, fail, progress, rests, retry_gap, wait
from core.journal.queries import REPEATABLE, UNRESOLVED, deletion_left, motion_accepted, unresolved
from core.journal.sending import Outcome, Stopping, settle
from core.locale import N_
from core.runs import avatar as provisioning
from core.runs import video
from core.runs.unconfirmed import FAILURE_NAMES
from core.studio import Studio

log = logging.getLogger("studio.runs")

#: Gaps between looks for a lost answer, in seconds of HeyGen's time.
LOOK_GAP = 20.0
BUSY_GAP = 2.0
#: How long something may be there without being complete before a person is asked, in HeyGen's seconds.
NOT_YET_SECONDS = 900.0
#: How long a step that keeps breaking off is left alone, in seconds.
BROKEN_GAP = 300.0


def advance(studio: Studio, run_id: int) -> datetime | None:
    """Do one short step of the run; returns when to come back.

    None: the run has ended, waits for a person, is not due, or another process has it (a sweep finds it
    again). Never raises for what HeyGen does.
    """
    with studio.db.read() as session:
        run = session.get(Run, run_id)
    if run is None or not _due(run):
        return None
    lease = studio.owner.take(run_id)
    if lease is None:
        return None
    try:
        with studio.db.read() as session:
            run = session.get_one(Run, run_id)
        if rests(run):
            # Paused or cancelled after it was found due.
            return None
        delay = _advance(studio, lease, run)
    except (LeaseLost, Stopping, breaker.Paused):
        return None
    except Exception as error:
        delay = _broke(studio, lease, error)
    finally:
        studio.owner.give_back(lease)
    return None if delay is None else clock.now() + timedelta(seconds=delay)


def _due(run: Run) -> bool:
    if rests(run):
        return False
    return run.due_at is None or run.due_at <= clock.now() or too_far(run.due_at, LONGEST_WAIT)


def _advance(studio: Studio, lease: Lease, run: Run) -> float | None:
    with studio.db.read() as session:
        operation = unresolved(session, lease.run_id)
        paid = run.step == "saved" or motion_accepted(session, run) is not None
        deleting = run.kind == "free_slot" and deletion_left(session, lease.run_id)
        rendering = run.kind == "video" and video.accepted(session, run)
        halted = breaker.current(session) is not None and breaker.ahead(session, run)
    if operation is not None:
        return _resolve(studio, lease, operation)
    # Once the motion is paid there is nothing left to stop, whatever was asked while it was unknown.
    if run.cancel_requested_by and deleting:
        with progress(studio, lease) as (session, run):
            run.cancel_requested_by = None
            events.record(session, run, "The deletion had left already, so it is finished", level="warning")
    elif run.cancel_requested_by and rendering:
        with progress(studio, lease) as (session, run):
            run.cancel_requested_by = None
            said = N_("HeyGen had accepted the video already, so it is finished and kept")
            events.record(session, run, said, level="warning")
    elif run.cancel_requested_by and not paid:
        with progress(studio, lease) as (session, run):
            cancel(session, run, run.cancel_requested_by or run.actor)
        return None
    elif halted:
        with progress(studio, lease) as (session, run):
            # Lifted meanwhile: then the run simply goes on.
            return None if breaker.pause(session, run) else 0
    return (video if run.kind == "video" else provisioning).step(studio, lease, run)


def _resolve(studio: Studio, lease: Lease, operation: Operation) -> float | None:
    """Find out what became of a call whose answer is missing."""
    if not lost_answers.sender_is_finished(studio, operation):
        with progress(studio, lease) as (_, run):
            return wait(run, BUSY_GAP)
    with studio.db.write() as session:
        lost_answers.mark_unknown(session, session.get_one(Operation, operation.id))
    if operation.kind in REPEATABLE:
        with progress(studio, lease) as (session, run):
            settle(session, _id(operation), Outcome(state="absent"))
            run.state = "running"
        return 0
    again = False
    try:
        if operation.answer.get("entered_by"):
            return _verify(studio, lease, operation)
        with studio.db.read() as session:
            again = repeats.allowed(studio, session, operation)
        seen = repeats.repeat(studio, lease, operation) if again else lost_answers.look(studio, operation)
    except HeyGenError as error:
        with progress(studio, lease) as (session, run):
            if _answered(session, operation):
                return 0
            if isinstance(error, RateLimited):
                return wait(run, error.retry_after, state="unknown")
            if error.detail:
                said = N_("HeyGen could not be read ({detail}); still unknown")
            else:
                said = N_("HeyGen could not be read; still unknown")
            events.record(session, run, said, level="warning", detail=error.detail)
            if isinstance(error, Refused):
                # Looking again will not help: a person must put it right and then check again.
                run.state, run.due_at = "unknown", None
                return None
            return wait(run, LOOK_GAP / studio.pace, state="unknown")
    return _judge(studio, lease, operation, seen, asked_again=again)


def _answered(session: Session, operation: Operation) -> bool:
    """True when a person has answered while HeyGen was read; the answer counts, not the look."""
    now = session.get_one(Operation, operation.id)
    return now.state not in UNRESOLVED or bool(now.answer.get("entered_by"))


def _verify(studio: Studio, lease: Lease, operation: Operation) -> float | None:
    """Take the ids that a person entered, if HeyGen knows them. Raises HeyGenError."""
    claim = operation.answer
    if operation.kind == "generate_video":
        return _take(studio, lease, operation, known=_knows_video(studio, claim["video_id"]))
    try:
        details = studio.client.get_avatar(claim["avatar_id"])
    except Missing:
        return _take(studio, lease, operation, known=False)
    group = details.group_id
    known = group is None or claim.get("group_id", group) == group
    if operation.kind == "add_motion" and studio.client.traits.motion == "look":
        known = known and details.motion_status != "none"
        known = known and studio.client.get_avatar(operation.subject).group_id in (None, group)
    return _take(studio, lease, operation, known=known)


def _knows_video(studio: Studio, video_id: str) -> bool:
    try:
        studio.client.get_video(video_id)
    except Missing:
        return False
    return True


def _take(studio: Studio, lease: Lease, operation: Operation, *, known: bool) -> float | None:
    with progress(studio, lease) as (session, run):
        if not known:
            asked = session.get_one(Operation, operation.id)
            asked.answer = {}
            session.add(asked)
            events.record(session, run, "HeyGen does not know the ids that were entered", level="error")
            run.state, run.due_at = "unknown", None
            return None
        settle(session, _id(operation), Outcome.confirmed(operation.answer))
        run.state, run.due_at = "running", None
        return 0


def _judge(
    studio: Studio, lease: Lease, operation: Operation, seen: lost_answers.Look, *, asked_again: bool
) -> float | None:
    with progress(studio, lease) as (session, run):
        if _answered(session, operation):
            if asked_again and seen.outcome is not None:
                # HeyGen's answer to this very call is kept, whatever a person has said meanwhile.
                settle(session, _id(operation), seen.outcome)
            return 0
        if seen.verdict == "found" and seen.outcome is not None:
            studio.first_missing.pop(_id(operation), None)
            settle(session, _id(operation), seen.outcome)
            events.record(session, run, "HeyGen had done it: the result was found and adopted")
            run.state, run.due_at = "running", None
            return 0
        waited = (clock.now() - operation.sent_at).total_seconds() * studio.pace
        if seen.verdict == "cannot_tell" or (seen.verdict == "not_yet" and waited > NOT_YET_SECONDS):
            events.record(session, run, seen.reason, level="warning")
            run.state, run.due_at = "unknown", None
            asked = session.get_one(Operation, operation.id)
            asked.candidates = list(seen.candidates)
            session.add(asked)
            return None
        if seen.verdict == "missing" and lost_answers.missing_long_enough(studio, operation):
            lost_answers.declare_absent(studio, session, operation)
            events.record(session, run, "Two looks missed it, far enough apart: it counts as never made")
            return _next_attempt(studio, session, run)
        return wait(run, min(LOOK_GAP, studio.settings.absent_after) / studio.pace, state="unknown")


def _next_attempt(studio: Studio, session: Session, run: Run) -> float | None:
    """After a call that never happened: another one, but not for ever."""
    if run.cancel_requested_by is None and retry_gap(studio, run) is None:
        error = StudioError(
            "HeyGen did not carry out the call in several attempts. Nothing was spent. Retry later."
        )
        fail(session, run, error, FAILURE_NAMES[run.step])
        return None
    run.state, run.due_at = "running", None
    return 0


def _broke(studio: Studio, lease: Lease, error: Exception) -> float | None:
    """A defect or a full disk: keep the run, say it, come back later."""
    log.error("run %s: %s", lease.run_id, error, exc_info=not isinstance(error, StudioError))
    try:
        with progress(studio, lease) as (session, run):
            if run.ended_at is not None:
                return None
            if isinstance(error, StudioError):
                events.record(session, run, error.template, level="error", values=error.values)
                events.record(session, run, "This step broke off; trying again later", level="error")
            else:
                said = N_("This step broke off with an internal error ({kind}); trying again later")
                events.record(session, run, said, level="error", kind=type(error).__name__)
            return wait(run, retry_gap(studio, run) or BROKEN_GAP)
    except LeaseLost:
        return None
    except StudioError as again:
        log.error("run %s: could not note the failure: %s", lease.run_id, again)
        return BUSY_GAP


def due(session: Session) -> list[int]:
    """Runs that can move now without a person, oldest first."""
    now = clock.now()
    return [
        run_id
        for run_id in session.exec(
            select(Run.id)
            .where(
                or_(
                    col(Run.state).in_(("queued", "running")),
                    col(Run.state).in_(("waiting", "unknown"))
                    & or_(col(Run.due_at) <= now, col(Run.due_at) > now + timedelta(seconds=LONGEST_WAIT)),
                )
            )
            .order_by(col(Run.id))
        )
        if run_id is not None
    ]


def held_up() -> ColumnElement[bool]:
    """For a query of runs: a video whose avatar waits for a person. It would be waited for in vain."""
    avatar = aliased(Run)
    needs_person = (col(avatar.state) == "paused") | (
        (col(avatar.state) == "unknown") & col(avatar.due_at).is_(None)
    )
    stuck = select(avatar.location_id).where(avatar.kind == "avatar", needs_person)
    return (
        (col(Run.kind) == "video")
        & (col(Run.step) == "avatar")
        & (col(Run.state) == "waiting")
        & col(Run.cancel_requested_by).is_(None)
        & col(Run.location_id).in_(stuck)
    )


def can_move(session: Session) -> bool:
    """True while some live run can move without a person: now, at its `due_at`, or under somebody's lease."""
    return (
        session.exec(
            select(Run.id)
            .where(
                or_(
                    col(Run.state).in_(("queued", "running", "waiting")),
                    (col(Run.state) == "unknown") & col(Run.due_at).is_not(None),
                ),
                ~held_up(),
            )
            .limit(1)
        ).first()
        is not None
    )


def _id(operation: Operation) -> int:
    assert operation.id is not None
    return operation.id
