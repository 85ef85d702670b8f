"""The read side of runs: lists, a run's events and calls, what needs attention, the ledger's lines.

DataFrames keep times as aware UTC datetimes and money as integer micro-credits.
"""

from typing import Any

import pandas as pd
from sqlmodel import col, func, or_, select

from core.db import Database
from core.frames import frame
from core.models import Blogger, Entry, Event, Location, Operation, Run


def runs(
    db: Database,
    *,
    states: tuple[str, ...] = (),
    ids: tuple[int, ...] | None = None,
    location_id: int | None = None,
    limit: int = 50,
    offset: int = 0,
) -> pd.DataFrame:
    """One row a run, newest first: for whom, state, step, since when, cost, who."""
    cost = (
        select(Entry.run_id, func.sum(-col(Entry.micro_credits)).label("cost"))
        .where(col(Entry.kind).in_(("capture", "overrun")))
        .group_by(col(Entry.run_id))
        .subquery()
    )
    query = (
        select(
            *_run_columns(),
            func.coalesce(cost.c.cost, 0).label("cost"),
        )
        .select_from(Run)
        .join(Location, col(Location.id) == col(Run.location_id))
        .join(Blogger, col(Blogger.id) == col(Location.blogger_id))
        .outerjoin(cost, cost.c.run_id == col(Run.id))
        .order_by(col(Run.id).desc())
        .limit(limit)
        .offset(offset)
    )
    if states:
        query = query.where(col(Run.state).in_(states))
    if ids is not None:
        query = query.where(col(Run.id).in_(ids))
    if location_id is not None:
        query = query.where(Run.location_id == location_id)
    return frame(db, query)


def _run_columns() -> list[Any]:
    columns = [
        Run.id,
        Run.kind,
        Run.location_id,
        Run.state,
        Run.step,
        Run.first_step,
        Run.motion_type,
        Run.actor,
        Run.tries,
        Run.error_name,
        Run.error_template,
        Run.error_values,
        Run.due_at,
        Run.step_at,
        Run.created_at,
        Run.ended_at,
        Run.cancel_requested_by,
        Location.heygen_avatar_id,
        Location.heygen_group_id,
    ]
    return [
        *(col(column) for column in columns),
        col(Blogger.name).label("blogger"),
        col(Location.name).label("location"),
    ]


def attention(db: Database, *, limit: int = 50) -> pd.DataFrame:
    """Runs somebody should look at: outcome unknown, or failed with nothing newer for their location."""
    newest = select(func.max(Run.id)).group_by(col(Run.location_id))
    with db.read() as session:
        ids = session.exec(
            select(Run.id)
            .join(Location, col(Location.id) == col(Run.location_id))
            .where(
                or_(
                    (col(Run.state) == "unknown") & col(Run.due_at).is_(None),
                    (col(Run.state) == "failed") & col(Run.id).in_(newest),
                ),
                col(Location.archived_at).is_(None),
            )
            .order_by(col(Run.id).desc())
            .limit(limit)
        ).all()
    return runs(db, ids=tuple(i for i in ids if i is not None), limit=limit)


def orphans(db: Database) -> pd.DataFrame:
    """What HeyGen made though the call had counted as never made: it belongs to no location."""
    query = (
        select(
            col(Operation.id),
            col(Operation.kind),
            col(Operation.subject),
            col(Operation.group_id),
            col(Operation.look_id),
            col(Operation.settled_at),
            col(Operation.run_id),
        )
        .where(col(Operation.orphan).is_(True))
        .order_by(col(Operation.id).desc())
    )
    return frame(db, query)


def count_runs(db: Database, *, states: tuple[str, ...] = ()) -> int:
    """How many runs are in these states (all, when none is named)."""
    with db.read() as session:
        query = select(func.count()).select_from(Run)
        return session.exec(query.where(col(Run.state).in_(states)) if states else query).one()


def events(db: Database, run_id: int) -> pd.DataFrame:
    """The run's history in order."""
    return frame(
        db,
        select(col(Event.created_at), col(Event.step), col(Event.level), col(Event.message), col(Event.actor))
        .where(Event.run_id == run_id)
        .order_by(col(Event.id)),
    )


def operations(db: Database, run_id: int) -> list[Operation]:
    """The run's calls to HeyGen in order; the key is in none of them."""
    with db.read() as session:
        return list(
            session.exec(select(Operation).where(Operation.run_id == run_id).order_by(col(Operation.id)))
        )


def entries(db: Database, *, limit: int = 200) -> pd.DataFrame:
    """The newest lines of the ledger."""
    query = (
        select(
            col(Entry.id),
            col(Entry.created_at),
            col(Entry.kind),
            col(Entry.micro_credits),
            col(Entry.run_id),
            col(Entry.actor),
            col(Entry.note),
        )
        .order_by(col(Entry.id).desc())
        .limit(limit)
    )
    return frame(db, query)
