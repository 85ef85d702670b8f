"""The read side of runs: lists, a run's events and calls, what needs attention, the ledger's lines.

DataFrames keep times as aware UTC datetimes and money as integer micro-credits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, select
from sqlalchemy.orm import aliased
from sqlmodel import col, func, or_

from core.database.engine import Database
from core.database.frames import frame
from core.database.tables.bloggers import NO_AVATAR, Blogger, Location
from core.database.tables.money import Entry
from core.database.tables.runs import Event, Operation, Run
from core.errors import NotFound
from core.journal.due import asking, can_move
from core.journal.steps import TABLE
from core.money import figures

if TYPE_CHECKING:
    import pandas as pd

#: What a run is for, as filters name it. Another motion is an avatar run for an avatar that has one already.
KINDS = ("avatar", "another_motion", "free_slot", "video")
#: Those about a location's avatar.
AVATAR_KINDS = KINDS[:3]


@dataclass(frozen=True, kw_only=True)
class RunFilter:
    """Which runs to list. Empty means all; `since` is part of the range, `until` is not."""

    states: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    actor: str | None = None
    blogger_id: int | None = None
    location_id: int | None = None
    ids: tuple[int, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None


def runs(
    db: Database,
    where: RunFilter | None = None,
    *,
    states: tuple[str, ...] = (),
    ids: tuple[int, ...] | None = None,
    location_id: int | None = None,
    limit: int = 50,
    offset: int = 0,
) -> pd.DataFrame:
    """One row a run, newest first: for whom, state, step, since when, cost, who.

    `states`, `ids` and `location_id` stand for a filter of their own, in place of `where`. `attempt` counts
    the calls of the present step; `newest` says that the location has no later run.
    """
    where = where or RunFilter(states=states, ids=ids, location_id=location_id)
    # Asked for the runs of the page only, each by its own lines.
    cost = figures.of_each("spent", col(Entry.run_id) == col(Run.id))
    query = (
        select(
            *_run_columns(),
            cost.label("cost"),
            _attempt().label("attempt"),
            (col(Run.id) == _newest_of_location()).label("newest"),
        )
        .select_from(Run)
        .join(Location, col(Location.id) == col(Run.location_id))
        .join(Blogger, col(Blogger.id) == col(Location.blogger_id))
        .where(*_conditions(where))
        .order_by(col(Run.id).desc())
        .limit(limit)
        .offset(offset)
    )
    return frame(db, query)


def _conditions(where: RunFilter) -> list[Any]:
    kinds = {
        "avatar": (col(Run.kind) == "avatar") & col(Run.again).is_(False),
        "another_motion": (col(Run.kind) == "avatar") & col(Run.again).is_(True),
        "free_slot": col(Run.kind) == "free_slot",
        "video": col(Run.kind) == "video",
    }
    conditions: list[Any] = []
    if where.states:
        conditions.append(col(Run.state).in_(where.states))
    if where.kinds:
        conditions.append(or_(*(kinds[kind] for kind in where.kinds)))
    if where.actor is not None:
        conditions.append(col(Run.actor) == where.actor)
    if where.blogger_id is not None:
        conditions.append(col(Location.blogger_id) == where.blogger_id)
    if where.location_id is not None:
        conditions.append(col(Run.location_id) == where.location_id)
    if where.ids is not None:
        conditions.append(col(Run.id).in_(where.ids))
    if where.since is not None:
        conditions.append(col(Run.created_at) >= where.since)
    if where.until is not None:
        conditions.append(col(Run.created_at) < where.until)
    return conditions


def _run_columns() -> list[Any]:
    columns = [
        Run.id,
        Run.kind,
        Run.again,
        Run.group_id,
        Run.group_name,
        Run.quote_id,
        Run.location_id,
        Run.state,
        Run.step,
        Run.first_step,
        Run.motion_type,
        Run.prices,
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
    step_kind = case({name: step.tried for name, step in TABLE.items()}, value=col(Run.step))
    return (
        select(func.count(col(Operation.id)))
        .where(col(Operation.run_id) == col(Run.id), col(Operation.kind) == step_kind)
        .scalar_subquery()
    )


def _newest_of_location() -> Any:
    other = aliased(Run)
    return (
        select(func.max(col(other.id)))
        .where(
            col(other.location_id) == col(Run.location_id),
            # A freed slot is later news of the avatar too; videos go their own way.
            (col(other.kind) == "video") == (col(Run.kind) == "video"),
        )
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


def _overtaken() -> Any:
    """For a query of failed runs with their locations: the location got its avatar in another way since."""
    return (
        (col(Run.kind) == "avatar")
        & col(Run.again).is_(False)
        & (col(Location.heygen_avatar_id) != NO_AVATAR)
        & (col(Location.motion_status) == "completed")
        & (func.coalesce(col(Location.status_at), col(Run.ended_at)) > col(Run.ended_at))
    )


def last_failed() -> Any:
    """For a query of locations: the last run about the avatar failed, and nothing has mended that since."""
    newest = (
        select(func.max(col(Run.id)))
        .where(col(Run.location_id) == col(Location.id), col(Run.kind) != "video")
        .correlate(Location)
        .scalar_subquery()
    )
    failed = select(col(Run.id)).where(col(Run.id) == newest, col(Run.state) == "failed", ~_overtaken())
    return failed.correlate(Location).exists()


def attention(db: Database, *, limit: int = 50) -> pd.DataFrame:
    """Runs somebody should look at: outcome unknown, or failed with nothing newer for their location.

    A location that got its avatar in another way since needs no look.
    """
    newest = select(func.max(col(Run.id))).group_by(col(Run.location_id), col(Run.kind) == "video")
    with db.read() as session:
        ids = session.scalars(
            select(col(Run.id))
            .join(Location, col(Location.id) == col(Run.location_id))
            .where(
                or_(
                    asking(),
                    (col(Run.state) == "failed") & col(Run.id).in_(newest) & ~_overtaken(),
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


def count_runs(db: Database, where: RunFilter | None = None, *, states: tuple[str, ...] = ()) -> int:
    """How many runs the filter matches; `states` stands for a filter of its own."""
    query = (
        select(func.count())
        .select_from(Run)
        .join(Location, col(Location.id) == col(Run.location_id))
        .where(*_conditions(where or RunFilter(states=states)))
    )
    with db.read() as session:
        return session.scalars(query).one()


def people(db: Database) -> list[str]:
    """Everybody who has started a run."""
    with db.read() as session:
        return list(session.scalars(select(col(Run.actor)).distinct().order_by(col(Run.actor))))


def bloggers(db: Database) -> pd.DataFrame:
    """id and name of every blogger who had a run, archived ones too."""
    had = select(col(Run.id)).join(Location, col(Location.id) == col(Run.location_id))
    had = had.where(col(Location.blogger_id) == col(Blogger.id)).correlate(Blogger)
    query = select(col(Blogger.id), col(Blogger.name)).where(had.exists()).order_by(col(Blogger.name_key))
    return frame(db, query)


def events(db: Database, run_id: int) -> pd.DataFrame:
    """The run's history in order; `template` and `details` are what a page translates."""
    columns = (
        Event.created_at,
        Event.step,
        Event.level,
        Event.message,
        Event.template,
        Event.details,
        Event.actor,
    )
    query = select(*(col(column) for column in columns)).where(col(Event.run_id) == run_id)
    return frame(db, query.order_by(col(Event.id)))


def operations(db: Database, run_id: int) -> list[Operation]:
    """The run's calls to HeyGen in order; the key is in none of them."""
    with db.read() as session:
        return list(
            session.scalars(
                select(Operation).where(col(Operation.run_id) == run_id).order_by(col(Operation.id))
            )
        )
