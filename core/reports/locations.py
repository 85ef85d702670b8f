"""The read side: what pages and commands show, counted, filtered and paged in SQL.

DataFrames keep times as aware UTC datetimes and money as integer micro-credits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import case
from sqlmodel import Session, col, func, or_, select

from core.database.batches import in_batches
from core.database.engine import Database
from core.database.frames import frame
from core.database.tables.bloggers import NO_AVATAR, Blogger, Location
from core.database.tables.money import Entry
from core.database.tables.runs import Run
from core.journal.queries import changing_avatar
from core.money import figures

if TYPE_CHECKING:
    import pandas as pd

#: Ids grow with time, so the newest come first without a sort of their own.
LOCATION_SORTS = {
    "blogger": (col(Blogger.name_key), col(Location.name_key)),
    "newest": (col(Location.id).desc(),),
    "status": (col(Location.status_at).desc(), col(Location.id).desc()),
}


@dataclass(frozen=True, kw_only=True)
class LocationFilter:
    """Which locations to list. Empty means all that are not archived."""

    text: str = ""
    blogger_id: int | None = None
    avatar_status: str | None = None
    motion_status: str | None = None
    motion_type: str | None = None
    #: False: what is not archived; True: the archive; None: both.
    archived: bool | None = False
    #: Only locations a new avatar run would have something to do for.
    needs_avatar: bool = False


def count_locations(db: Database, where: LocationFilter) -> int:
    """How many locations the filter matches."""
    with db.read() as session:
        return _count(session, where)


def locations(
    db: Database,
    where: LocationFilter,
    *,
    sort: str = "blogger",
    limit: int | None = None,
    offset: int = 0,
    ids: tuple[int, ...] | None = None,
) -> pd.DataFrame:
    """One row a location: names, photo, both statuses with their time, ids, cost, live run, archived or not.

    `updated` is when a person or HeyGen last changed something about it.
    """
    if limit is not None:
        # Names, costs and runs are only looked up for the rows that are shown.
        ids = tuple(location_ids(db, where, sort=sort, limit=limit, offset=offset, among=ids))
    if ids is not None:
        found = [
            frame(
                db,
                _where(_details(), where).where(col(Location.id).in_(part)).order_by(*LOCATION_SORTS[sort]),
            )
            for part in list(in_batches(ids)) or [()]
        ]
        if len(found) == 1:
            return found[0]
        import pandas as pd

        return pd.concat(found, ignore_index=True)
    return frame(db, _where(_details(), where).order_by(*LOCATION_SORTS[sort]))


def _details() -> Any:
    """A location with its names, cost and live run. The cost goes the way of the index, over its lines."""
    live = select(Run.id, Run.location_id, Run.state, Run.step).where(changing_avatar()).subquery()
    columns: list[Any] = [
        col(Location.id),
        col(Blogger.name).label("blogger"),
        col(Location.name).label("location"),
        col(Location.blogger_id),
        col(Location.image_url),
        col(Location.avatar_status),
        col(Location.motion_status),
        col(Location.motion_type),
        col(Location.status_at),
        col(Location.heygen_avatar_id),
        col(Location.heygen_group_id),
        case(
            (col(Location.status_at) > col(Location.updated_at), Location.status_at),
            else_=Location.updated_at,
        ).label("updated"),
        or_(col(Location.archived_at).is_not(None), col(Blogger.archived_at).is_not(None)).label("archived"),
        figures.of_each("spent", col(Entry.location_id) == col(Location.id)).label("cost"),
        live.c.id.label("run_id"),
        live.c.state.label("run_state"),
        live.c.step.label("run_step"),
    ]
    return select(*columns).select_from(Location).outerjoin(live, live.c.location_id == col(Location.id))


def location_ids(
    db: Database,
    where: LocationFilter,
    *,
    sort: str = "blogger",
    limit: int | None = None,
    offset: int = 0,
    among: tuple[int, ...] | None = None,
) -> list[int]:
    """The ids of the locations the filter matches, in the list's order; only those of `among`, if given."""
    query = _where(select(Location.id).select_from(Location), where).order_by(*LOCATION_SORTS[sort])
    if among is not None:
        query = query.where(col(Location.id).in_(among))
    if limit is not None:
        query = query.limit(limit).offset(offset)
    with db.read() as session:
        return [i for i in session.exec(query) if i is not None]


@dataclass(frozen=True)
class Choice:
    """Chosen locations that are still there. `listed`: how many the filter matches; `finished`: those whose
    avatar is ready, so that it can get another motion."""

    ids: tuple[int, ...] = ()
    listed: int = 0
    finished: tuple[int, ...] = ()


def choice(db: Database, ids: Sequence[int], where: LocationFilter) -> Choice:
    """What became of these ids: others may have been archived, or restored, since they were chosen."""
    anywhere = LocationFilter(archived=where.archived)
    known: dict[int, bool] = {}
    listed = 0
    with db.read() as session:
        for some in in_batches(ids):
            part = col(Location.id).in_(some)
            finished = (col(Location.heygen_avatar_id) != NO_AVATAR) & (Location.avatar_status == "completed")
            columns = select(col(Location.id), finished).select_from(Location)
            known.update((i, bool(ready)) for i, ready in session.exec(_where(columns, anywhere).where(part)))
            listed += _count(session, where, part)
    return Choice(
        ids=tuple(i for i in ids if i in known),
        listed=listed,
        finished=tuple(i for i in ids if known.get(i)),
    )


def _count(session: Session, where: LocationFilter, *besides: Any) -> int:
    return session.exec(_where(select(func.count()).select_from(Location), where).where(*besides)).one()


def _where(query: Any, where: LocationFilter) -> Any:
    query = query.join(Blogger, col(Blogger.id) == col(Location.blogger_id))
    archived = or_(col(Location.archived_at).is_not(None), col(Blogger.archived_at).is_not(None))
    if where.archived is not None:
        query = query.where(archived if where.archived else ~archived)
    if where.needs_avatar:
        query = query.where(or_(Location.heygen_avatar_id == NO_AVATAR, Location.motion_status == "failed"))
    if where.text.strip():
        # Keys are casefolded when they are written, so this finds any script in any case.
        wanted = where.text.strip().casefold()
        query = query.where(
            or_(
                col(Location.name_key).contains(wanted, autoescape=True),
                col(Blogger.name_key).contains(wanted, autoescape=True),
            )
        )
    if where.blogger_id is not None:
        query = query.where(Location.blogger_id == where.blogger_id)
    if where.avatar_status is not None:
        query = query.where(Location.avatar_status == where.avatar_status)
    if where.motion_status is not None:
        query = query.where(Location.motion_status == where.motion_status)
    if where.motion_type is not None:
        query = query.where(Location.motion_type == where.motion_type)
    return query


def existing(db: Database, ids: tuple[int, ...]) -> tuple[int, ...]:
    """Those of `ids` that are locations, archived ones too, in the order given."""
    known: set[int | None] = set()
    with db.read() as session:
        for part in in_batches(ids):
            known.update(session.exec(select(Location.id).where(col(Location.id).in_(part))))
    return tuple(i for i in ids if i in known)


def bloggers(db: Database) -> pd.DataFrame:
    """id, name and number of locations of every blogger that is not archived."""
    query = (
        select(
            col(Blogger.id),
            col(Blogger.name),
            func.count(col(Location.id)).label("locations"),
        )
        .outerjoin(
            Location, (col(Location.blogger_id) == col(Blogger.id)) & col(Location.archived_at).is_(None)
        )
        .where(col(Blogger.archived_at).is_(None))
        .group_by(col(Blogger.id))
        .order_by(col(Blogger.name_key))
    )
    return frame(db, query)


def blogger_names(db: Database, *, archived: bool = False, limit: int | None = None) -> pd.DataFrame:
    """id and name of the bloggers by name; with `archived` those in the archive too."""
    query = select(col(Blogger.id), col(Blogger.name)).order_by(col(Blogger.name_key))
    if not archived:
        query = query.where(col(Blogger.archived_at).is_(None))
    return frame(db, query if limit is None else query.limit(limit))
