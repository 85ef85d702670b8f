"""The breaker: HeyGen said that its credits are gone, so no paid call is made until it is lifted.

    trip     in the refusal's transaction: a Halt, and every run with paid work ahead that nobody has rests
    pause    the others rest when they come to it: at their next step, or just before a paid call is written
    lift     by a person, or by HeyGen's balance once it covers the refused call: all of them go on

Whether a halt is open is asked in the transaction that pauses a run or writes a call's intent: nothing paid
is sent after a halt, and nothing rests after it was lifted. What HeyGen has accepted, what is free and what
is unknown goes on meanwhile.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from core import clock
from core.amounts import least_step
from core.database.engine import Database
from core.database.tables.money import Halt, Reading
from core.database.tables.runs import Operation, Run
from core.errors import OverLimit, Problem
from core.journal import events
from core.journal.due import UNDER_WAY
from core.journal.progress import cancel, go_to
from core.journal.queries import about_run, motion_accepted, unresolved, video_accepted
from core.journal.steps import PAID_AHEAD
from core.locale import N_
from core.money import ledger
from core.people import audit
from core.people.roles import BOOKKEEPER, Person, acts

log = logging.getLogger("studio.halts")

#: As a problem's code, and as the end of the sentence that refuses for it.
PAUSED = "paused"
WHY = N_(
    "Paid work is paused, because HeyGen says that its credits are gone. "
    "Add credits in HeyGen, then resume paid work."
)
WHY_NOTHING_SPENT = N_(
    "Paid work is paused, because HeyGen says that its credits are gone. Nothing was spent. "
    "Add credits in HeyGen, then resume paid work."
)


class Paused(Exception):
    """Paid work is paused, and with it this run; nothing was sent."""


@dataclass(frozen=True)
class Pause:
    """An open halt as people see it: since when, HeyGen's code, and how many runs wait for its end."""

    since: datetime
    code: str
    runs: int


def current(session: Session) -> Halt | None:
    """The open halt, if there is one; there is one at most."""
    return session.exec(select(Halt).where(col(Halt.lifted_at).is_(None)).limit(1)).first()


def standing(db: Database) -> Pause | None:
    """The open halt for a page; None, after one indexed query, when paid work goes on."""
    with db.read() as session:
        halt = current(session)
        if halt is None:
            return None
        runs = session.exec(select(func.count()).select_from(Run).where(Run.state == "paused")).one()
        return Pause(since=halt.tripped_at, code=halt.code, runs=runs)


def problem(session: Session) -> Problem | None:
    """Why nothing that costs something can be confirmed now."""
    return None if current(session) is None else Problem(PAUSED, WHY)


def ahead(session: Session, run: Run) -> bool:
    """True while the run has a paid call ahead of it that HeyGen has not accepted.

    Not while the outcome of one is open: that has to be found out first, whatever the credits.
    """
    # At the motion the group is paid already.
    left = {"add_motion": run.prices.get("add_motion")} if run.step == "motion" else run.prices
    free = run.prices and not any(left.values())
    if run.step not in PAID_AHEAD or free or unresolved(session, run.id or 0) is not None:
        return False
    if run.kind == "video":
        return not video_accepted(session, run)
    return motion_accepted(session, run) is None


def trip(session: Session, run: Run, code: str, needed: int, *, sent_at: datetime) -> None:
    """HeyGen refused this run's call for want of credits: pause all paid work, once.

    `code` is HeyGen's, `needed` what the call costs in micro-credits. The run itself has to be paused by
    whoever has its lease; so have the others that somebody has. What was sent before a halt was lifted says
    nothing of the credits since.
    """
    lifted = session.exec(select(func.max(Halt.lifted_at))).one()
    # A lift in the future was written before the clock went back: it must not hide what HeyGen says now.
    old = lifted is not None and sent_at <= lifted <= clock.now()
    if old or current(session) is not None:
        return
    assert run.id is not None
    told = session.exec(select(Reading).order_by(col(Reading.id).desc()).limit(1)).first()
    believed = 0 if told is None else told.micro_credits - ledger.spent_after(session, told.read_at)
    session.add(Halt(run_id=run.id, code=code, needed=needed, believed=believed))
    session.flush()
    events.record(
        session, run, "HeyGen says that its credits do not suffice. Nothing was spent", level="error"
    )
    nobodys = select(Run).where(
        Run.id != run.id,
        col(Run.state).in_(UNDER_WAY),
        col(Run.step).in_(PAID_AHEAD),
        col(Run.lease_owner).is_(None),
        col(Run.cancel_requested_by).is_(None),
    )
    for other in session.exec(nobodys).all():
        if ahead(session, other):
            pause(session, other)


def pause(session: Session, run: Run) -> bool:
    """Let the run rest while a halt is open; False when none is.

    Only for a run that nobody else has, before its paid call. One that was to be cancelled is cancelled.
    """
    if current(session) is None:
        return False
    if run.cancel_requested_by:
        cancel(session, run, run.cancel_requested_by)
    else:
        run.state, run.due_at = "paused", None
        events.record(session, run, "Paid work is paused: waiting before the next paid step", level="warning")
    run.updated_at = clock.now()
    session.add(run)
    return True


@acts("resume_paid_work")
def lift(db: Database, *, actor: Person) -> list[int]:
    """Let paid work go on; returns the runs to wake, none when it was going on already."""
    with db.write() as session:
        halt = current(session)
        if halt is None:
            return []
        woken = _lift(session, halt, actor.name)
        about: dict[str, Any] = {
            "kind": "ledger",
            "before": {"code": halt.code},
            "after": {"runs": len(woken)},
        }
        audit.note(session, actor, "resume_paid_work", **about)
        runs = session.exec(select(Run).where(col(Run.id).in_(woken)))
        audit.add_all(session, [audit.line(actor, "resume_paid_work", **about_run(run)) for run in runs])
        return woken


def lift_if_covered(session: Session, reading: Reading) -> list[int]:
    """Lift the halt when HeyGen's balance has risen and covers the refused call; returns the runs to wake.

    HeyGen may refuse although its balance shows enough. So it has to show more than it is known to have shown
    since the refusal, or just before it: else the same call would be refused again and again.
    """
    halt = current(session)
    # A halt of a later day than today was written by a clock that was ahead.
    if halt is None or reading.read_at < halt.tripped_at <= clock.now():
        return []
    told = reading.micro_credits
    # A rise by less than HeyGen tells is its rounding.
    if told >= halt.needed and told > halt.believed + least_step():
        return _lift(session, halt, BOOKKEEPER)
    halt.believed = min(halt.believed, told)
    session.add(halt)
    return []


def _lift(session: Session, halt: Halt, actor: str) -> list[int]:
    halt.lifted_at, halt.lifted_by = clock.now(), actor
    session.add(halt)
    paused = session.exec(select(Run).where(Run.state == "paused").order_by(col(Run.id))).all()
    for run in paused:
        _hold_again(session, run, actor)
        # HeyGen's time for the step begins anew.
        go_to(run, run.step)
        run.state, run.updated_at = "queued", clock.now()
        session.add(run)
        events.record(session, run, "Paid work goes on", actor=actor, rested="paused")
    return [run.id for run in paused if run.id is not None]


def _hold_again(session: Session, run: Run, actor: str) -> None:
    """What was refused gave its hold back; it is held again before somebody else's quote can take it.

    A video is refused by its call, or later: then the call stands confirmed.
    """
    given_back = select(func.max(Operation.price)).where(
        Operation.run_id == run.id,
        (col(Operation.state) == "refused")
        | ((col(Operation.kind) == "generate_video") & (col(Operation.state) == "confirmed")),
    )
    try:
        ledger.top_up(session, run=run, micro=session.exec(given_back).one() or 0, actor=actor)
    except OverLimit as error:
        # The call itself asks once more, and says so where it still does not suffice.
        log.warning("run %s goes on without its hold: %s", run.id, error)
