"""The read side of runs: lists, a run's events and calls, what needs attention, the ledger's lines.

DataFrames keep times as aware UTC datetimes and money as integer micro-credits.
"""

from typing import Any

import pandas as pd
from sqlalchemy import case, select
from sqlalchemy.orm import aliased
from sqlmodel import col, func, or_

from core.db import Database
from core.errors import NotFound
from core.frames import frame
from core.models import Blogger, Entry, Event, Location, Operation, Run
from core.runs import can_move


def runs(
    db: Database,
    *,
    states: tuple[str, ...] = (),
    ids: tuple[int, ...] | None = None,
    location_id: int | None = None,
    limit: int = 50,
    offset: int = 0,
) -> pd.DataFrame:
    """One row a run, newest first: for whom, state, step, since when, cost, who.

    `attempt` counts the calls of the present step; `newest` says that the location has no later run.
    """
    cost = (
        select(col(Entry.run_id), func.sum(-col(Entry.micro_credits)).label("cost"))
        .where(col(Entry.kind).in_(("capture", "overrun")))
        .group_by(col(Entry.run_id))
        .subquery()
    )
    query = (
        select(
            *_run_columns(),
            func.coalesce(cost.c.cost, 0).label("cost"),
            _attempt().label("attempt"),
            (col(Run.id) == _newest_of_location()).label("newest"),
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
        query = query.where(col(Run.location_id) == location_id)
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
        Location.image_url,
    ]
    return [
        *(col(column) for column in columns),
        col(Blogger.name).label("blogger"),
        col(Location.name).label("location"),
    ]


def _attempt() -> Any:
    step_kind = case(
        (col(Run.step) == "group", "create_group"),
        (col(Run.step).in_(("motion", "saved")), "add_motion"),
        else_="upload_asset",
    )
    return (
        select(func.count(col(Operation.id)))
        .where(col(Operation.run_id) == col(Run.id), col(Operation.kind) == step_kind)
        .scalar_subquery()
    )


def _newest_of_location() -> Any:
    other = aliased(Run)
    return (
        select(func.max(col(other.id)))
        .where(col(other.location_id) == col(Run.location_id), col(other.kind) == col(Run.kind))
        .scalar_subquery()
    )


def run(db: Database, run_id: int) -> Run:
    """The run itself. Raises NotFound."""
    with db.read() as session:
        # A number from a link may be larger than SQLite can hold.
        found = session.get(Run, run_id) if 0 < run_id < 2**63 else None
    if found is None:
        raise NotFound("There is no run with the number {id}.", id=run_id)
    return found


def moving(db: Database) -> bool:
    """True while some run can go on without a person: a page that shows runs then refreshes itself."""
    with db.read() as session:
        return can_move(session)


def attention(db: Database, *, limit: int = 50) -> pd.DataFrame:
    """Runs somebody should look at: outcome unknown, or failed with nothing newer for their location."""
    newest = select(func.max(col(Run.id))).group_by(col(Run.location_id))
    with db.read() as session:
        ids = session.scalars(
            select(col(Run.id))
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
        return session.scalars(query.where(col(Run.state).in_(states)) if states else query).one()


def events(db: Database, run_id: int) -> pd.DataFrame:
    """The run's history in order."""
    return frame(
        db,
        select(col(Event.created_at), col(Event.step), col(Event.level), col(Event.message), col(Event.actor))
        .where(col(Event.run_id) == run_id)
        .order_by(col(Event.id)),
    )


def operations(db: Database, run_id: int) -> list[Operation]:
    """The run's calls to HeyGen in order; the key is in none of them."""
    with db.read() as session:
        return list(
            session.scalars(
                select(Operation).where(col(Operation.run_id) == run_id).order_by(col(Operation.id))
            )
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
