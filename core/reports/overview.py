"""What the overview shows: money, and how many of what."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import case
from sqlmodel import Session, col, func, select

from core import clock
from core.account import balance
from core.account.slots import groups_used
from core.database.engine import Database
from core.database.tables.bloggers import NO_AVATAR, Blogger, Location
from core.money import ledger


@dataclass(frozen=True)
class Money:
    """The figures that every page shows, in micro-credits, with HeyGen's own."""

    available: int
    held: int
    spent: int
    spent_this_month: int
    heygen_micro: int | None
    heygen_read_at: datetime | None


@dataclass(frozen=True)
class Overview(Money):
    """The figures of the first page."""

    groups_used: int
    bloggers: int
    locations: int
    with_avatar: int


def money(db: Database) -> Money:
    """The three figures and HeyGen's own, from sums of days: nothing is counted."""
    with db.read() as session:
        return _money(session)


def _money(session: Session) -> Money:
    sums = ledger.balances(session)
    reading = balance.latest(session)
    return Money(
        available=sums.available,
        held=sums.held,
        spent=sums.spent,
        spent_this_month=ledger.spent_since(session, clock.now().date().replace(day=1)),
        heygen_micro=reading.micro_credits if reading else None,
        heygen_read_at=reading.read_at if reading else None,
    )


def overview(db: Database) -> Overview:
    """The figures of the first page, from sums and counts."""
    with db.read() as session:
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
            **asdict(_money(session)),
            groups_used=groups_used(session),
            bloggers=bloggers,
            locations=locations,
            with_avatar=with_avatar,
        )
