"""Which locations hold the avatar groups that count against the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import case, union
from sqlalchemy import select as rows
from sqlmodel import Session, col, func, select

from core.database.engine import Database
from core.database.frames import frame
from core.database.tables.bloggers import Blogger, Location, PastAvatar
from core.database.tables.money import Reading
from core.database.tables.runs import LIVE_STATES, Operation, Run
from core.journal.steps import GROUP_AHEAD

if TYPE_CHECKING:
    import pandas as pd


def holders(db: Database) -> pd.DataFrame:
    """One row a group: location_id, blogger, location, group_id. A past avatar's counts until deleted."""
    present = rows(
        col(Location.id).label("location_id"), col(Location.heygen_group_id).label("group_id")
    ).where(col(Location.heygen_group_id).is_not(None))
    past = rows(col(PastAvatar.location_id), col(PastAvatar.heygen_group_id)).where(
        col(PastAvatar.heygen_group_id).is_not(None), col(PastAvatar.deleted_at).is_(None)
    )
    held = union(present, past).subquery()
    return frame(
        db,
        rows(
            held.c.location_id,
            col(Blogger.name).label("blogger"),
            col(Location.name).label("location"),
            held.c.group_id,
        )
        .join(Location, col(Location.id) == held.c.location_id)
        .join(Blogger, col(Blogger.id) == col(Location.blogger_id))
        .order_by(col(Blogger.name_key), col(Location.name_key), held.c.group_id),
    )


def under_way(db: Database) -> int:
    """How many runs are about to make a group; their places are taken already."""
    with db.read() as session:
        return session.scalars(
            select(func.count())
            .select_from(Run)
            .join(Location, col(Location.id) == col(Run.location_id))
            .where(
                col(Run.kind) == "avatar",
                col(Run.state).in_(LIVE_STATES),
                col(Run.step).in_(GROUP_AHEAD),
                col(Location.heygen_group_id).is_(None),
            )
        ).one()


def groups_used(session: Session) -> int:
    """Groups that count against the plan: HeyGen's last reading, made or deleted since, under way."""
    reading = session.exec(select(Reading).order_by(col(Reading.id).desc()).limit(1)).first()
    since = case((col(Operation.kind) == "create_group", 1), else_=-1)
    changed = select(func.coalesce(func.sum(since), 0)).where(
        col(Operation.kind).in_(("create_group", "delete_group")), Operation.state == "confirmed"
    )
    if reading is not None:
        changed = changed.where(col(Operation.settled_at) > reading.read_at)
    under_way = (
        select(func.count())
        .select_from(Run)
        .join(Location, col(Location.id) == col(Run.location_id))
        .where(
            Run.kind == "avatar",
            col(Run.state).in_(LIVE_STATES),
            col(Run.step).in_(GROUP_AHEAD),
            col(Location.heygen_group_id).is_(None),
        )
    )
    known = (reading.groups if reading else 0) + session.exec(changed).one()
    return max(0, known) + session.exec(under_way).one()
