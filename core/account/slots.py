"""Which locations hold the avatar groups that count against the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import case
from sqlmodel import Session, col, func, select

from core.account import balance
from core.database.engine import Database
from core.database.frames import frame
from core.database.tables.bloggers import Blogger, Location
from core.database.tables.runs import LIVE_STATES, Operation, Run
from core.journal import ownership
from core.journal.steps import GROUP_AHEAD

if TYPE_CHECKING:
    import pandas as pd


def holders(db: Database) -> pd.DataFrame:
    """One row a group: location_id, blogger, location, group_id. A past avatar's counts until deleted."""
    held = ownership.groups().subquery()
    return frame(
        db,
        select(
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
        return _under_way(session)


def groups_used(session: Session) -> int:
    """Groups that count against the plan: HeyGen's last reading, made or deleted since, under way."""
    reading = balance.latest(session)
    since = case((col(Operation.kind) == "create_group", 1), else_=-1)
    changed = select(func.coalesce(func.sum(since), 0)).where(
        col(Operation.kind).in_(("create_group", "delete_group")), Operation.state == "confirmed"
    )
    if reading is not None:
        changed = changed.where(col(Operation.settled_at) > reading.read_at)
    known = (reading.groups if reading else 0) + session.exec(changed).one()
    return max(0, known) + _under_way(session)


def _under_way(session: Session) -> int:
    return session.exec(
        select(func.count())
        .select_from(Run)
        .join(Location, col(Location.id) == col(Run.location_id))
        .where(
            Run.kind == "avatar",
            col(Run.state).in_(LIVE_STATES),
            col(Run.step).in_(GROUP_AHEAD),
            col(Location.heygen_group_id).is_(None),
        )
    ).one()
