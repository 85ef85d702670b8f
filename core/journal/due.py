"""Which runs can move: now, later, or not without a person."""

from datetime import timedelta

from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, or_, select

from core import clock
from core.database.tables.runs import Run
from core.journal.progress import LONGEST_WAIT


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
