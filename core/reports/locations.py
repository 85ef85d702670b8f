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
from core.names import name_key
from core.reports.runs import last_failed

if TYPE_CHECKING:
    import pandas as pd

#: When a person or HeyGen last changed something about a location, and what it has cost.
_UPDATED = case(
    (col(Location.status_at) > col(Location.updated_at), Location.status_at), else_=Location.updated_at
)
_COST = figures.of_each("spent", col(Entry.location_id) == col(Location.id))
#: Ids grow with time, so the newest come first without a sort of their own.
LOCATION_SORTS = {
    "blogger": (col(Blogger.name_key), col(Location.name_key)),
    "backwards": (col(Blogger.name_key).desc(), col(Location.name_key).desc()),
    "newest": (col(Location.id).desc(),),
    "status": (col(Location.status_at).desc(), col(Location.id).desc()),
    "engine": (col(Location.motion_type), col(Blogger.name_key), col(Location.name_key)),
    "updated": (_UPDATED.desc(), col(Location.id).desc()),
    "cost": (_COST.desc(), col(Blogger.name_key), col(Location.name_key)),
}
#: In place of a motion's state: the avatar is ready, and the last run that was to change it failed.
RUN_FAILED = "run_failed"


@dataclass(frozen=True, kw_only=True)
class LocationFilter:
    """Which locations to list. Empty means all that are not archived."""

    #: Each of its words stands in the name of the blogger or of the location.
    text: str = ""
    blogger_id: int | None = None
    avatar_status: str | None = None
    motion_status: str | None = None
    motion_type: str | None = None
    #: The two states as lists show them: a last run that failed is one of them.
    avatar_shown: str | None = None
    motion_shown: str | None = None
    #: False: what is not archived; True: the archive; None: both.
    archived: bool | None = False
    #: Only locations a new avatar run would have something to do for.
    needs_avatar: bool = False
    #: Only locations without a live run that changes their avatar.
    idle: bool = False


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

    `updated` is when a person or HeyGen last changed something about it. `avatar_shown` and `motion_shown`
    are the statuses as lists show them: "failed" also where only the last run has failed, and RUN_FAILED
    where it failed to change an avatar that is ready.
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
        last_failed().label("last_failed"),
        _avatar_shown().label("avatar_shown"),
        _motion_shown().label("motion_shown"),
        _UPDATED.label("updated"),
        or_(col(Location.archived_at).is_not(None), col(Blogger.archived_at).is_not(None)).label("archived"),
        _COST.label("cost"),
        live.c.id.label("run_id"),
        live.c.state.label("run_state"),
        live.c.step.label("run_step"),
    ]
    return select(*columns).select_from(Location).outerjoin(live, live.c.location_id == col(Location.id))


def _avatar_shown() -> Any:
    nothing = (Location.avatar_status == "none") & (Location.heygen_avatar_id == NO_AVATAR)
    return case((nothing & last_failed(), "failed"), else_=Location.avatar_status)


def _motion_shown() -> Any:
    there = Location.avatar_status == "completed"
    return case(
        (there & (Location.motion_status == "none") & last_failed(), "failed"),
        (there & (Location.motion_status == "completed") & last_failed(), RUN_FAILED),
        else_=Location.motion_status,
    )


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
    avatar is ready, so that it can get another motion; `missing`: those that a new avatar run would have
    something to do for, and for which none is under way."""

    ids: tuple[int, ...] = ()
    listed: int = 0
    finished: tuple[int, ...] = ()
    missing: tuple[int, ...] = ()


def choice(db: Database, ids: Sequence[int], where: LocationFilter) -> Choice:
    """What became of these ids: others may have been archived, or restored, since they were chosen."""
    anywhere = LocationFilter(archived=where.archived)
    known: dict[int, tuple[bool, bool]] = {}
    listed = 0
    with db.read() as session:
        for some in in_batches(ids):
            part = col(Location.id).in_(some)
            finished = (col(Location.heygen_avatar_id) != NO_AVATAR) & (Location.avatar_status == "completed")
            columns = select(col(Location.id), finished, _needs_avatar() & _idle()).select_from(Location)
            rows = session.exec(_where(columns, anywhere).where(part))
            known.update((i, (bool(ready), bool(lacking))) for i, ready, lacking in rows)
            listed += _count(session, where, part)
    return Choice(
        ids=tuple(i for i in ids if i in known),
        listed=listed,
        finished=tuple(i for i in ids if i in known and known[i][0]),
        missing=tuple(i for i in ids if i in known and known[i][1]),
    )


def _count(session: Session, where: LocationFilter, *besides: Any) -> int:
    return session.exec(_where(select(func.count()).select_from(Location), where).where(*besides)).one()


def _needs_avatar() -> Any:
    return or_(Location.heygen_avatar_id == NO_AVATAR, Location.motion_status == "failed")


def _idle() -> Any:
    live = select(Run.id).where(col(Run.location_id) == col(Location.id), changing_avatar())
    return ~live.correlate(Location).exists()


def _where(query: Any, where: LocationFilter) -> Any:
    query = query.join(Blogger, col(Blogger.id) == col(Location.blogger_id))
    archived = or_(col(Location.archived_at).is_not(None), col(Blogger.archived_at).is_not(None))
    if where.archived is not None:
        query = query.where(archived if where.archived else ~archived)
    if where.needs_avatar:
        query = query.where(_needs_avatar())
    if where.idle:
        query = query.where(_idle())
    # Folded as the keys are when they are written, so this finds any script in any case.
    for word in name_key(where.text).split():
        query = query.where(
            or_(
                col(Location.name_key).contains(word, autoescape=True),
                col(Blogger.name_key).contains(word, autoescape=True),
            )
        )
    if where.blogger_id is not None:
        query = query.where(Location.blogger_id == where.blogger_id)
    if where.avatar_status is not None:
        query = query.where(Location.avatar_status == where.avatar_status)
    if where.motion_status is not None:
        query = query.where(Location.motion_status == where.motion_status)
    if where.avatar_shown is not None:
        query = query.where(_avatar_shown() == where.avatar_shown)
    if where.motion_shown is not None:
        shown = (where.motion_shown, RUN_FAILED) if where.motion_shown == "failed" else (where.motion_shown,)
        query = query.where(_motion_shown().in_(shown))
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
