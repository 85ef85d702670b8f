"""Whether a run can move by itself: now, later, or not before a person decides.

Each judgement stands twice: of a row, and as a condition for a query of runs.
"""

from datetime import datetime, timedelta
from functools import cache
from typing import Protocol

from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from core import clock
from core.database.leases import too_far
from core.database.tables.runs import ENDED_STATES, Run

#: No `due_at` is ever written further ahead than this; HeyGen's own Retry-After is cut to it too.
LONGEST_WAIT = 3600.0
#: Nothing of the run is in doubt, and it goes on by itself.
UNDER_WAY = ("queued", "running", "waiting")


class HasState(Protocol):
    """A run, or a row of a report that has these of it."""

    state: str
    due_at: datetime | None


def asks(run: HasState) -> bool:
    """True when HeyGen cannot tell what became of a call, and only a person can."""
    return run.state == "unknown" and run.due_at is None


def asking(run: type[Run] = Run) -> ColumnElement[bool]:
    return (col(run.state) == "unknown") & col(run.due_at).is_(None)


def waits_for_person(run: HasState) -> bool:
    """True for a live run that moves only after a person has decided something."""
    return run.state == "paused" or asks(run)


def waiting_for_person(run: type[Run] = Run) -> ColumnElement[bool]:
    return (col(run.state) == "paused") | asking(run)


def moves(run: HasState) -> bool:
    """True for a live run that goes on without a person: now, at its `due_at`, or under somebody's lease."""
    return run.state not in ENDED_STATES and not waits_for_person(run)


def moving() -> ColumnElement[bool]:
    return col(Run.state).in_(UNDER_WAY) | ((col(Run.state) == "unknown") & col(Run.due_at).is_not(None))


def is_due(run: Run) -> bool:
    """True when the run can move now.

    One that was written in the future was written before the clock went back: its `due_at` says nothing.
    """
    if not moves(run):
        return False
    now = clock.now()
    if run.due_at is None or run.due_at <= now or run.updated_at > now:
        return True
    return too_far(run.due_at, LONGEST_WAIT)


def due(session: Session) -> list[int]:
    """Runs that can move now without a person, oldest first."""
    now = clock.now()
    passed = or_(
        col(Run.due_at) <= now,
        col(Run.due_at) > now + timedelta(seconds=LONGEST_WAIT),
        col(Run.updated_at) > now,
    )
    found = select(Run.id).where(
        or_(
            col(Run.state).in_(("queued", "running")),
            col(Run.state).in_(("waiting", "unknown")) & passed,
        )
    )
    return [run_id for run_id in session.exec(found.order_by(col(Run.id))) if run_id is not None]


@cache
def held_up() -> ColumnElement[bool]:
    """For a query of runs: a video whose avatar waits for a person. It would be waited for in vain."""
    avatar = aliased(Run)
    stuck = select(avatar.location_id).where(avatar.kind == "avatar", waiting_for_person(avatar))
    return (
        (col(Run.kind) == "video")
        & (col(Run.step) == "avatar")
        & (col(Run.state) == "waiting")
        & col(Run.cancel_requested_by).is_(None)
        & col(Run.location_id).in_(stuck)
    )


def can_move(session: Session) -> bool:
    """True while some live run can move without a person."""
    return session.exec(_one_that_moves()).first() is not None


@cache
def _one_that_moves() -> SelectOfScalar[int | None]:
    # Every open page asks every two seconds, and to build it takes longer than to run it.
    return select(col(Run.id)).where(moving(), ~held_up()).limit(1)
