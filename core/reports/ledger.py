"""The read side of the ledger: its lines, what is held and why, what was spent, when and on whom.

Everything is summed in SQL; money is integer micro-credits. Days and months are those of UTC, as the
stored times are, so that a link means the same lines to everybody who opens it. Where a filter allows it the
sums of the days are asked (core.database.tables.money.Tally), not the lines.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, String, case, cast
from sqlmodel import col, func, or_, select

from core.database.engine import Database
from core.database.frames import frame
from core.database.tables.bloggers import Blogger, Location
from core.database.tables.money import Entry, Tally
from core.database.tables.runs import LIVE_STATES, Operation, Run
from core.money import figures

if TYPE_CHECKING:
    import pandas as pd

#: How much of "2025-11-22" names the day or the month.
UNITS = {"day": len("2025-11-22"), "month": len("2025-11")}
#: What spending can be split by.
SPLITS = ("operation", "blogger", "location", "person", "engine")


@dataclass(frozen=True, kw_only=True)
class EntryFilter:
    """Which lines to list. Empty means all; `since` is part of the range, `until` is not.

    Both are beginnings of days of UTC.
    """

    kinds: tuple[str, ...] = ()
    actor: str | None = None
    blogger_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def only_days(self) -> bool:
        """True when the days' sums are enough to answer."""
        return self.actor is None and self.blogger_id is None


def entries(db: Database, where: EntryFilter, *, limit: int | None = None, offset: int = 0) -> pd.DataFrame:
    """One row a line, newest first: when, kind, micro-credits with their sign, run, for whom, who, note."""
    ids = _of(where, col(Entry.id)).order_by(col(Entry.id).desc()).offset(offset)
    query = (
        _named(
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
            col(Entry.unit_price),
            col(Entry.reverses_id),
        )
        # Names are looked up for the lines of the page only.
        .where(col(Entry.id).in_(ids if limit is None else ids.limit(limit)))
        .order_by(col(Entry.id).desc())
    )
    return frame(db, query)


def of_run(db: Database, run_id: int) -> pd.DataFrame:
    """The run's lines in order: what was held, taken and given back."""
    columns = (Entry.id, Entry.created_at, Entry.kind, Entry.micro_credits, Entry.operation_id, Entry.actor)
    query = select(*(col(column) for column in columns)).where(col(Entry.run_id) == run_id)
    return frame(db, query.order_by(col(Entry.id)))


def count_entries(db: Database, where: EntryFilter) -> int:
    """How many lines the filter matches."""
    if where.only_days:
        query = _days(where, "kind", func.coalesce(func.sum(Tally.lines), 0))
        query = query.where(col(Tally.key).in_(where.kinds)) if where.kinds else query
    else:
        query = _of(where, func.count(col(Entry.id)))
    with db.read() as session:
        return session.scalars(query).one()


def spent(db: Database, where: EntryFilter) -> int:
    """What was spent, in micro-credits. Here and below the filter's kinds are passed over."""
    if where.only_days:
        query = _days(where, "kind", figures.of_days("spent"))
    else:
        query = _of(_spent_only(where), _SPENT)
    with db.read() as session:
        return session.scalars(query).one()


def by_time(db: Database, where: EntryFilter, *, unit: str = "day") -> pd.DataFrame:
    """`period`, `operation` and `spent`: what was spent each day or month of UTC on each kind of operation.

    The oldest first, without empty ones. `operation` is HeyGen's call: add_motion, generate_video, …
    """
    if where.only_days:
        day, key, sums = col(Tally.day), col(Tally.key), func.sum(Tally.micro_credits)
        period = func.substr(day, 1, UNITS[unit]).label("period")
        query = _days(where, "operation", period, key.label("operation"), sums.label("spent"))
    else:
        key = _KEYS["operation"]
        period = func.substr(cast(col(Entry.created_at), String), 1, UNITS[unit]).label("period")
        query = _of(_spent_only(where), period, key.label("operation"), _SPENT.label("spent"))
    return frame(db, query.group_by(period, key).order_by(period, key))


def by(db: Database, where: EntryFilter, split: str, *, limit: int | None = None) -> pd.DataFrame:
    """`key`, `name` and `spent`: what was spent on each of `split` (see SPLITS), the most first.

    `key` is the blogger's or location's id, the person, HeyGen's call or the motion type ("" is a video,
    which has none). Money of no location is in no split by blogger or location.
    """
    if where.only_days:
        key: Any = col(Tally.key)
        sums: Any = func.sum(Tally.micro_credits)
        query = _days(where, split, key.label("key"), sums.label("spent")).where(
            col(Tally.micro_credits) != 0
        )
    else:
        key, sums = _KEYS[split], _SPENT
        query = _of(_spent_only(where), key.label("key"), sums.label("spent")).where(key.is_not(None))
    most = query.group_by(key).having(sums != 0).order_by(sums.desc(), key)
    found = (most if limit is None else most.limit(limit)).subquery()
    name: Any = found.c.key
    query = select(found.c.key, name.label("name"), found.c.spent)
    if split in ("blogger", "location"):
        place = cast(found.c.key, Integer)
        name = col(Blogger.name) if split == "blogger" else col(Blogger.name) + " – " + col(Location.name)
        query = select(found.c.key, name.label("name"), found.c.spent).select_from(found)
        if split == "location":
            query = query.join(Location, col(Location.id) == place)
            place = col(Location.blogger_id)
        query = query.join(Blogger, col(Blogger.id) == place)
    return frame(db, query.order_by(found.c.spent.desc(), name))


def count_split(db: Database, where: EntryFilter, split: str) -> int:
    """How many bloggers, locations, people … something was spent on."""
    if where.only_days:
        query = _days(where, split, func.count(func.distinct(Tally.key))).where(col(Tally.micro_credits) != 0)
    else:
        query = _of(_spent_only(where), func.count(func.distinct(_KEYS[split])))
    with db.read() as session:
        return session.scalars(query).one()


def open_holds(db: Database) -> pd.DataFrame:
    """The runs that hold credits now, the oldest first: how much, for whom, in which state, since when."""
    held = figures.of_lines("held")
    # A run that has ended holds nothing, so the lines of the others are enough.
    live = select(col(Run.id)).where(col(Run.state).in_(LIVE_STATES))
    holding = (
        select(col(Entry.run_id), held.label("held"), func.min(col(Entry.created_at)).label("held_at"))
        .where(col(Entry.run_id).in_(live))
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
    query = select(col(Tally.key)).where(col(Tally.dimension) == "person").distinct()
    with db.read() as session:
        return list(session.scalars(query.order_by(col(Tally.key))))


def bloggers(db: Database, *, limit: int | None = None, also: int | None = None) -> pd.DataFrame:
    """id and name of the bloggers with a line, archived ones too: the first `limit` by name, and `also`."""
    key = cast(col(Blogger.id), String)
    line = select(col(Tally.day)).where(col(Tally.dimension) == "blogger", col(Tally.key) == key).exists()
    first = select(col(Blogger.id)).where(line).order_by(col(Blogger.name_key)).limit(limit)
    listed = or_(col(Blogger.id).in_(first), (col(Blogger.id) == also) & line)
    return frame(db, select(col(Blogger.id), col(Blogger.name)).where(listed).order_by(col(Blogger.name_key)))


def periods(first: date, last: date, *, unit: str = "day") -> list[str]:
    """Every day or month from `first` to `last` as `by_time` writes them, also those without a line."""
    days = (last - first).days + 1
    written = ((first + timedelta(days=n)).isoformat()[: UNITS[unit]] for n in range(days))
    return list(dict.fromkeys(written))


def _days(where: EntryFilter, dimension: str, *columns: Any) -> Any:
    """The columns of the days' sums, as the filter narrows their days."""
    query: Any = select(*columns).where(col(Tally.dimension) == dimension)
    if where.since is not None:
        query = query.where(col(Tally.day) >= where.since.date().isoformat())
    if where.until is not None:
        query = query.where(col(Tally.day) < where.until.date().isoformat())
    return query


def _named(*columns: Any) -> Any:
    """Columns of lines and of what they belong to. A line of no location has no names."""
    return (
        select(*columns)
        .select_from(Entry)
        .outerjoin(Location, col(Location.id) == col(Entry.location_id))
        .outerjoin(Blogger, col(Blogger.id) == col(Location.blogger_id))
    )


def _of(where: EntryFilter, *columns: Any) -> Any:
    """The columns of the matching lines."""
    query: Any = select(*columns).select_from(Entry)
    if where.kinds:
        query = query.where(col(Entry.kind).in_(where.kinds))
    if where.actor is not None:
        query = query.where(col(Entry.actor) == where.actor)
    if where.blogger_id is not None:
        places = select(col(Location.id)).where(col(Location.blogger_id) == where.blogger_id)
        query = query.where(col(Entry.location_id).in_(places))
    if where.since is not None:
        query = query.where(col(Entry.created_at) >= where.since)
    if where.until is not None:
        query = query.where(col(Entry.created_at) < where.until)
    return query


def _spent_only(where: EntryFilter) -> EntryFilter:
    """The same people, bloggers and times, but only the lines that are money gone."""
    return replace(where, kinds=figures.GONE)


_SPENT = figures.of_lines("spent")
#: What a line belongs to, for each split, as the triggers of migration 0005 say it.
_RUN = {
    name: select(column).where(col(Run.id) == col(Entry.run_id)).correlate(Entry).scalar_subquery()
    for name, column in (("kind", col(Run.kind)), ("motion_type", col(Run.motion_type)))
}
_CALLED = select(col(Operation.kind)).where(col(Operation.id) == col(Entry.operation_id))
_OPERATION: Any = func.coalesce(
    _CALLED.correlate(Entry).scalar_subquery(),
    case({"video": "generate_video", "avatar": "add_motion"}, value=_RUN["kind"]),
    "",
)
_KEYS: dict[str, Any] = {
    "operation": _OPERATION,
    "engine": case((_OPERATION == "add_motion", func.coalesce(_RUN["motion_type"], "")), else_=""),
    "person": col(Entry.actor),
    "location": cast(col(Entry.location_id), String),
    "blogger": cast(
        select(col(Location.blogger_id))
        .where(col(Location.id) == col(Entry.location_id))
        .correlate(Entry)
        .scalar_subquery(),
        String,
    ),
}
