"""What follows a call that was not simply confirmed: come back, look, adopt, or end the run.

Each function returns the seconds until the run is due again, or None when it has ended.
"""

from sqlmodel import Session

from core import clock
from core.database.leases import Lease
from core.database.tables.runs import Operation, Run
from core.errors import StudioError
from core.heygen.errors import (
    HeyGenError,
    NotSent,
    OutcomeUnknown,
    OutOfCredits,
    RateLimited,
)
from core.journal import breaker, events
from core.journal.lost_answers import Finding, look
from core.journal.progress import fail, poll_gap, progress, retry_gap, wait
from core.journal.queries import REPEATABLE, absent_before
from core.journal.settling import Outcome, adopt
from core.journal.steps import CALL_OF, TABLE, agreed
from core.locale import N_
from core.studio import Studio


class HeyGenSays(StudioError):
    """A failure that HeyGen reported as a state, not as an error."""


class Undecided(HeyGenSays):
    """HeyGen shows what an earlier call may have made, and no person has seen it yet: nothing may be sent."""


UNDECIDED = N_(
    "HeyGen shows what an earlier call for this location may have made, and cannot tell whether it did. "
    "Nothing was sent. Look into HeyGen: delete there what nobody needs, or give a group to this location "
    "under “Found in HeyGen”. Then retry."
)


def found_earlier(
    studio: Studio, run: Run, kind: str, subject: str = ""
) -> tuple[Operation | None, Outcome | None]:
    """The earlier call that came through after all, and what it made; None while that is not complete.

    Raises Undecided where HeyGen cannot tell and nobody was asked, and HeyGenError.
    """
    with studio.db.read() as session:
        earlier = absent_before(session, run, kind, subject)
    for operation in earlier:
        # What another run sent for an avatar that has a motion was another wish, maybe another motion type.
        if run.again and operation.run_id != run.id:
            continue
        seen = look(studio, operation)
        if seen.verdict in ("found", "not_yet"):
            return operation, seen.outcome
        if not _decided(operation, seen):
            raise Undecided(UNDECIDED)
    return None, None


def _decided(operation: Operation, seen: Finding) -> bool:
    """True when a person has seen all that may be the answer, and said that it is not."""
    return {_id(one) for one in seen.candidates} <= {_id(one) for one in operation.candidates}


def _id(candidate: dict[str, str]) -> str:
    return candidate.get("video_id") or candidate.get("group_id") or candidate["avatar_id"]


def adopt_earlier(studio: Studio, lease: Lease, run: Run, kind: str, subject: str = "") -> bool | None:
    """Take over what an earlier call made after all; None: it is there but not complete yet.

    Raises Undecided, HeyGenError.
    """
    operation, outcome = found_earlier(studio, run, kind, subject)
    if operation is None:
        return False
    if outcome is None:
        return None
    with progress(studio, lease) as (session, run):
        adopt(session, session.get_one(Operation, operation.id), outcome)
        events.record(session, run, "An earlier call had come through after all; its result was adopted")
    return True


LOOK_UNSEEN = N_(
    "HeyGen does not say how the photo is doing ({cause}). It is paid and the group is kept. "
    "Retry goes on waiting and costs nothing."
)
MOTION_UNSEEN = N_(
    "HeyGen does not say how the motion is doing ({cause}). It is paid and the avatar's id is saved. "
    "Retry goes on waiting and costs nothing."
)
MOTION_UNREADABLE = N_(
    "HeyGen gives no readable answer on how the motion is doing. It is paid and the avatar's id is saved. "
    "Retry goes on waiting and costs nothing."
)


def poll(studio: Studio, lease: Lease, deadline: float, name: str, too_late: str) -> float | None:
    """Look again later; end the run with `too_late` when HeyGen took longer than `deadline` seconds."""
    with progress(studio, lease) as (session, run):
        waited = (clock.now() - run.step_at).total_seconds()
        if waited <= deadline / studio.pace:
            run.tries = 0
            return wait(run, poll_gap(studio, run))
        fail(session, run, HeyGenSays(too_late, minutes=max(1, round(waited / 60))), name)
    return None


def unsuccessful(studio: Studio, lease: Lease, outcome: Outcome) -> float | None:
    """After a call that was not confirmed: come back, look, or end."""
    error = outcome.error
    with progress(studio, lease) as (session, run):
        if isinstance(error, RateLimited):
            events.record(
                session, run, "HeyGen asked to wait {seconds:g} s", level="warning", seconds=error.retry_after
            )
            run.tries += 1
            return wait(run, error.retry_after)
        if outcome.state == "refused" and isinstance(error, OutOfCredits) and breaker.ahead(session, run):
            # The refusal itself tripped the breaker; once it is lifted the call is made anew.
            return None if breaker.pause(session, run) else 0
        if outcome.state == "refused" and error is not None:
            fail(session, run, error, TABLE[run.step].failure)
            return None
        if outcome.state == "superseded":
            return wait(run, 0)
        if outcome.state == "unaware":
            said = N_("These data were a backup: looking whether HeyGen did it since, before it is paid")
            events.record(session, run, said, level="warning")
            return wait(run, 0, state="unknown")
        if outcome.state == "unknown" and CALL_OF[run.step] not in REPEATABLE:
            events.record(
                session,
                run,
                "The answer was lost, so it is not known whether HeyGen did it; looking before anything else",
                level="warning",
            )
            return wait(run, 1 / studio.pace, state="unknown")
        return _again_later(studio, run, session, error)


def reading_failed(studio: Studio, lease: Lease, error: HeyGenError) -> float | None:
    """HeyGen could not be read; nothing was sent."""
    with progress(studio, lease) as (session, run):
        if isinstance(error, RateLimited):
            return wait(run, error.retry_after)
        final = not isinstance(error, (NotSent, OutcomeUnknown))
        gap = None if final else retry_gap(studio, run)
        if gap is not None:
            return wait(run, gap)
        said: StudioError = error
        if run.step == "motion" and agreed(studio, run, "create_group"):
            said = HeyGenSays(LOOK_UNSEEN, cause=error.detail or error.status or "–")
        if run.step == "saved":
            said = HeyGenSays(MOTION_UNSEEN if error.detail else MOTION_UNREADABLE, cause=error.detail)
        fail(session, run, said, TABLE[run.step].failure)
        return None


def _again_later(studio: Studio, run: Run, session: Session, error: HeyGenError | None) -> float | None:
    gap = retry_gap(studio, run)
    if gap is not None:
        return wait(run, gap)
    gave_up = error or HeyGenSays("The call could not be sent. Nothing was spent. Retry later.")
    fail(session, run, gave_up, TABLE[run.step].failure)
    return None


def fail_step(studio: Studio, lease: Lease, error: StudioError, name: str = "") -> None:
    with progress(studio, lease) as (session, run):
        fail(session, run, error, name or TABLE[run.step].failure)
