"""The read side of the ledger: its lines, what is held and why, what was spent by day and by blogger.

Everything is summed in SQL; money is integer micro-credits. Days and months are those of UTC, as the
stored times are, so that a link means the same lines to everybody who opens it.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import String, case, cast
from sqlmodel import col, func, select

from core.db import Database
from core.frames import frame
from core.models import Blogger, Entry, Location, Run

#: The kinds of lines that are money gone; what they sum up to, with its sign turned, is what was spent.
SPENT = ("capture", "overrun")
#: How much of "2025-11-22" names the day or the month.
UNITS = {"day": len("2025-11-22"), "month": len("2025-11")}


@dataclass(frozen=True, kw_only=True)
class EntryFilter:
    """Which lines to list. Empty means all; `since` is part of the range, `until` is not."""

    kinds: tuple[str, ...] = ()
    actor: str | None = None
    blogger_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None


def entries(db: Database, where: EntryFilter, *, limit: int | None = None, offset: int = 0) -> pd.DataFrame:
    """One row a line, newest first: when, kind, micro-credits with their sign, run, for whom, who, note."""
    query = (
        _of(
            where,
            col(Entry.id),
            col(Entry.created_at),
            col(Entry.kind),
            col(Entry.micro_credits),
            col(Entry.run_id),
            col(Entry.location_id),
            col(Blogger.name).label("blogger"),
            col(Location.name).label("location"),
            col(Entry.actor),
            col(Entry.note),
        )
        .order_by(col(Entry.id).desc())
        .offset(offset)
    )
    return frame(db, query if limit is None else query.limit(limit))


def of_run(db: Database, run_id: int) -> pd.DataFrame:
    """The run's lines in order: what was held, taken and given back."""
    columns = (Entry.id, Entry.created_at, Entry.kind, Entry.micro_credits, Entry.operation_id, Entry.actor)
    query = select(*(col(column) for column in columns)).where(col(Entry.run_id) == run_id)
    return frame(db, query.order_by(col(Entry.id)))


def count_entries(db: Database, where: EntryFilter) -> int:
    """How many lines the filter matches."""
    with db.read() as session:
        return session.scalars(_of(where, func.count(col(Entry.id)))).one()


def spent(db: Database, where: EntryFilter) -> int:
    """What was spent, in micro-credits. Here and below the filter's kinds are passed over."""
    with db.read() as session:
        return session.scalars(_of(_spent_only(where), _sum())).one()


def by_time(db: Database, where: EntryFilter, *, unit: str = "day") -> pd.DataFrame:
    """`period` and `spent`: what was spent each day or month of UTC, oldest first, without empty ones."""
    period = func.substr(cast(col(Entry.created_at), String), 1, UNITS[unit])
    query = _of(_spent_only(where), period.label("period"), _sum().label("spent"))
    return frame(db, query.group_by(period).order_by(period))


def by_blogger(db: Database, where: EntryFilter) -> pd.DataFrame:
    """`blogger_id`, `blogger` and `spent`: what was spent for each blogger, the most first."""
    query = _of(
        _spent_only(where),
        col(Blogger.id).label("blogger_id"),
        col(Blogger.name).label("blogger"),
        _sum().label("spent"),
    )
    return frame(
        db,
        query.where(col(Blogger.id).is_not(None))
        .group_by(col(Blogger.id))
        .order_by(_sum().desc(), col(Blogger.name_key)),
    )


def open_holds(db: Database) -> pd.DataFrame:
    """The runs that hold credits now, the oldest first: how much, for whom, in which state, since when."""
    # A capture takes its part out of what is held; it is negative like the hold.
    left = case((col(Entry.kind) == "capture", col(Entry.micro_credits)), else_=-col(Entry.micro_credits))
    held = func.sum(left)
    holding = (
        select(col(Entry.run_id), held.label("held"), func.min(col(Entry.created_at)).label("held_at"))
        .where(col(Entry.kind).in_(("hold", "release", "capture")), col(Entry.run_id).is_not(None))
        .group_by(col(Entry.run_id))
        .having(held != 0)
        .subquery()
    )
    columns: list[Any] = [
        col(Run.id),
        col(Run.state),
        col(Run.step),
        col(Run.kind),
        col(Run.due_at),
        col(Run.actor),
        col(Run.created_at),
        col(Run.location_id),
        holding.c.held,
        col(Blogger.name).label("blogger"),
        col(Location.name).label("location"),
    ]
    query = (
        select(*columns)
        .select_from(Run)
        .join(holding, holding.c.run_id == col(Run.id))
        .join(Location, col(Location.id) == col(Run.location_id))
        .join(Blogger, col(Blogger.id) == col(Location.blogger_id))
        .order_by(col(Run.id))
    )
    return frame(db, query)


def people(db: Database) -> list[str]:
    """Everybody in whose name there is a line."""
    with db.read() as session:
        return list(session.scalars(select(col(Entry.actor)).distinct().order_by(col(Entry.actor))))


def bloggers(db: Database) -> pd.DataFrame:
    """id and name of every blogger with a line, archived ones too."""
    having = select(col(Location.blogger_id)).join(Entry, col(Entry.location_id) == col(Location.id))
    query = select(col(Blogger.id), col(Blogger.name)).where(col(Blogger.id).in_(having))
    return frame(db, query.order_by(col(Blogger.name_key)))


def periods(first: date, last: date, *, unit: str = "day") -> list[str]:
    """Every day or month from `first` to `last` as `by_time` writes them, also those without a line."""
    days = (last - first).days + 1
    written = ((first + timedelta(days=n)).isoformat()[: UNITS[unit]] for n in range(days))
    return list(dict.fromkeys(written))


def _of(where: EntryFilter, *columns: Any) -> Any:
    """The columns of the matching lines. A line of no location has no names."""
    query: Any = (
        select(*columns)
        .select_from(Entry)
        .outerjoin(Location, col(Location.id) == col(Entry.location_id))
        .outerjoin(Blogger, col(Blogger.id) == col(Location.blogger_id))
    )
    if where.kinds:
        query = query.where(col(Entry.kind).in_(where.kinds))
    if where.actor is not None:
        query = query.where(col(Entry.actor) == where.actor)
    if where.blogger_id is not None:
        query = query.where(col(Location.blogger_id) == where.blogger_id)
    if where.since is not None:
        query = query.where(col(Entry.created_at) >= where.since)
    if where.until is not None:
        query = query.where(col(Entry.created_at) < where.until)
    return query


def _spent_only(where: EntryFilter) -> EntryFilter:
    """The same people, bloggers and times, but only the lines that are money gone."""
    return replace(where, kinds=SPENT)


def _sum() -> Any:
    return func.coalesce(func.sum(-col(Entry.micro_credits)), 0)
