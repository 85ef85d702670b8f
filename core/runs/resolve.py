"""A call whose answer was lost: what is done about it, a step at a time."""

from sqlmodel import Session

from core.database.leases import Lease
from core.database.tables.columns import id_of
from core.database.tables.runs import Operation, Run
from core.errors import StudioError
from core.heygen.errors import HeyGenError, Missing, OutcomeUnknown, RateLimited, Refused
from core.journal import events, lost_answers
from core.journal.progress import ask, fail, progress, retry_gap, wait
from core.journal.queries import REPEATABLE, UNRESOLVED
from core.journal.settling import Outcome, settle
from core.journal.steps import TABLE
from core.locale import N_
from core.studio import Studio

#: Gaps between looks for a lost answer, in seconds of HeyGen's time.
LOOK_GAP = 20.0
BUSY_GAP = 2.0
#: How long something may be there without being complete, or HeyGen's answers may say nothing, before a
#: person is asked, in HeyGen's seconds.
NOT_YET_SECONDS = 900.0


def resolve(studio: Studio, lease: Lease, operation: Operation) -> float | None:
    """Find out what became of a call whose answer is missing."""
    if not lost_answers.sender_is_finished(studio, operation):
        with progress(studio, lease) as (_, run):
            return wait(run, BUSY_GAP)
    with studio.db.write() as session:
        lost_answers.mark_unknown(session, session.get_one(Operation, operation.id))
    if operation.kind in REPEATABLE:
        with progress(studio, lease) as (session, run):
            settle(session, id_of(operation), Outcome(state="absent"))
            run.state = "running"
        return 0
    again = False
    try:
        if operation.answer.get("entered_by"):
            return _verify(studio, lease, operation)
        lost_answers.hear_clock(studio)
        with studio.db.read() as session:
            again = lost_answers.allowed(studio, session, operation)
        seen = (
            lost_answers.repeat(studio, lease, operation) if again else lost_answers.look(studio, operation)
        )
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
                ask(run)
                return None
            if _is_no_answer(error) and lost_answers.doubted(studio, operation) > NOT_YET_SECONDS:
                events.record(session, run, lost_answers.UNREADABLE, level="warning")
                ask(run)
                return None
            return wait(run, LOOK_GAP / studio.pace, state="unknown")
    return _judge(studio, lease, operation, seen, asked_again=again)


def _is_no_answer(error: HeyGenError) -> bool:
    """True for a whole answer that makes no sense: HeyGen is there, and waiting may not help."""
    return isinstance(error, OutcomeUnknown) and error.status is not None and error.status < 500


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
            ask(run)
            return None
        settle(session, id_of(operation), Outcome.confirmed(operation.answer))
        run.state, run.due_at = "running", None
        return 0


def _judge(
    studio: Studio, lease: Lease, operation: Operation, seen: lost_answers.Finding, *, asked_again: bool
) -> float | None:
    with progress(studio, lease) as (session, run):
        if _answered(session, operation):
            if asked_again and seen.outcome is not None:
                # HeyGen's answer to this very call is kept, whatever a person has said meanwhile.
                settle(session, id_of(operation), seen.outcome)
            return 0
        if seen.verdict == "found" and seen.outcome is not None:
            lost_answers.settled(studio, operation)
            settle(session, id_of(operation), seen.outcome)
            events.record(session, run, "HeyGen had done it: the result was found and adopted")
            run.state, run.due_at = "running", None
            return 0
        not_yet = seen.verdict == "not_yet"
        late = not_yet and lost_answers.doubted(studio, operation) > NOT_YET_SECONDS
        if seen.verdict == "cannot_tell" or late:
            events.record(session, run, seen.reason, level="warning", values=seen.values)
            ask(run)
            asked = session.get_one(Operation, operation.id)
            asked.candidates = list(seen.candidates)
            session.add(asked)
            return None
        if not not_yet:
            studio.first_doubt.pop(id_of(operation), None)
        if seen.verdict == "missing" and lost_answers.missing_long_enough(studio, operation):
            lost_answers.declare_absent(studio, session, operation)
            events.record(session, run, "Two looks missed it, far enough apart: it counts as never made")
            return _next_attempt(studio, session, run, str(operation.error_values.get("detail") or ""))
        return wait(run, min(LOOK_GAP, studio.settings.absent_after) / studio.pace, state="unknown")


def _next_attempt(studio: Studio, session: Session, run: Run, detail: str) -> float | None:
    """After a call that never happened: another one, but not for ever. `detail` is what HeyGen said to it."""
    if run.cancel_requested_by is None and retry_gap(studio, run) is None:
        error = StudioError(
            "HeyGen did not carry out the call in several attempts. Nothing was spent. Retry later."
        )
        if detail:
            error = StudioError(
                "HeyGen did not carry out the call in several attempts and said “{detail}”. "
                "Nothing was spent. Retry later.",
                detail=detail,
            )
        fail(session, run, error, TABLE[run.step].failure)
        return None
    run.state, run.due_at = "running", None
    return 0
