"""What the overview shows: money, and how many of what."""

from dataclasses import asdict, dataclass

from sqlalchemy import case
from sqlmodel import col, func, select

from core.account.balance import Money, figures
from core.account.slots import groups_used
from core.database.engine import Database
from core.database.tables.bloggers import NO_AVATAR, Blogger, Location


@dataclass(frozen=True)
class Overview(Money):
    """The figures of the first page."""

    groups_used: int
    bloggers: int
    locations: int
    with_avatar: int


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
            **asdict(figures(session)),
            groups_used=groups_used(session),
            bloggers=bloggers,
            locations=locations,
            with_avatar=with_avatar,
        )
