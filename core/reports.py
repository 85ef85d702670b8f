"""The read side: what pages and commands show, counted, filtered and paged in SQL.

DataFrames keep times as aware UTC datetimes and money as integer micro-credits.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import case
from sqlmodel import col, func, or_, select

from core import account, clock, ledger
from core.db import Database
from core.frames import frame
from core.models import LIVE_STATES, NO_AVATAR, Blogger, Entry, Location, Run
from core.quotes import groups_used

LOCATION_SORTS = {
    "blogger": (col(Blogger.name_key), col(Location.name_key)),
    "newest": (col(Location.created_at).desc(), col(Location.id).desc()),
    "status": (col(Location.status_at).desc(), col(Location.id).desc()),
}


@dataclass(frozen=True)
class Overview:
    """The figures of the first page; money in micro-credits."""

    available: int
    held: int
    spent: int
    spent_this_month: int
    groups_used: int
    bloggers: int
    locations: int
    with_avatar: int
    heygen_micro: int | None
    heygen_read_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class LocationFilter:
    """Which locations to list. Empty means all that are not archived."""

    text: str = ""
    blogger_id: int | None = None
    avatar_status: str | None = None
    motion_status: str | None = None
    #: False: what is not archived; True: the archive; None: both.
    archived: bool | None = False
    #: Only locations a new avatar run would have something to do for.
    needs_avatar: bool = False


def overview(db: Database) -> Overview:
    """The figures of the first page, from sums and counts."""
    with db.read() as session:
        money = ledger.balances(session)
        now = clock.now()
        month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        reading = account.latest(session)
        alive = (col(Location.archived_at).is_(None), col(Blogger.archived_at).is_(None))
        locations, with_avatar = session.exec(
            select(
                func.count(),
                func.coalesce(func.sum(case((col(Location.heygen_avatar_id) != NO_AVATAR, 1), else_=0)), 0),
            )
            .select_from(Location)
            .join(Blogger, col(Blogger.id) == col(Location.blogger_id))
            .where(*alive)
        ).one()
        bloggers = session.exec(
            select(func.count()).select_from(Blogger).where(col(Blogger.archived_at).is_(None))
        ).one()
        return Overview(
            available=money.available,
            held=money.held,
            spent=money.spent,
            spent_this_month=ledger.spent_since(session, month),
            groups_used=groups_used(session),
            bloggers=bloggers,
            locations=locations,
            with_avatar=with_avatar,
            heygen_micro=reading.micro_credits if reading else None,
            heygen_read_at=reading.read_at if reading else None,
        )


def count_locations(db: Database, where: LocationFilter) -> int:
    """How many locations the filter matches."""
    with db.read() as session:
        return session.exec(_where(select(func.count()).select_from(Location), where)).one()


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
    live = (
        select(Run.id, Run.location_id, Run.state, Run.step)
        .where(Run.kind == "avatar", col(Run.state).in_(LIVE_STATES))
        .subquery()
    )
    cost = (
        select(Entry.location_id, func.sum(-col(Entry.micro_credits)).label("cost"))
        .where(col(Entry.kind).in_(("capture", "overrun")))
        .group_by(col(Entry.location_id))
        .subquery()
    )
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
        func.coalesce(cost.c.cost, 0).label("cost"),
        live.c.id.label("run_id"),
        live.c.state.label("run_state"),
        live.c.step.label("run_step"),
    ]
    query = (
        _where(select(*columns).select_from(Location), where)
        .outerjoin(live, live.c.location_id == col(Location.id))
        .outerjoin(cost, cost.c.location_id == col(Location.id))
        .order_by(*LOCATION_SORTS[sort])
        .offset(offset)
    )
    if limit is not None:
        query = query.limit(limit)
    if ids is not None:
        query = query.where(col(Location.id).in_(ids))
    return frame(db, query)


def location_ids(db: Database, where: LocationFilter, *, sort: str = "blogger") -> list[int]:
    """The ids of all locations the filter matches, in the list's order."""
    with db.read() as session:
        query = _where(select(Location.id).select_from(Location), where).order_by(*LOCATION_SORTS[sort])
        return [i for i in session.exec(query) if i is not None]


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
    return query


def existing(db: Database, ids: tuple[int, ...]) -> tuple[int, ...]:
    """Those of `ids` that are locations, archived ones too, in the order given."""
    known: set[int | None] = set()
    with db.read() as session:
        # SQLite takes a limited number of values in one statement.
        for start in range(0, len(ids), 500):
            query = select(Location.id).where(col(Location.id).in_(ids[start : start + 500]))
            known.update(session.exec(query))
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
