"""Who has an avatar group of HeyGen's, or may have made it: nobody else attaches it or deletes it."""

from sqlalchemy import ColumnElement, and_, or_, select
from sqlmodel import Session, col

from core.database.tables.bloggers import Location, PastAvatar
from core.database.tables.runs import LIVE_STATES, Operation, Run
from core.journal.queries import NOT_SENT, UNRESOLVED
from core.journal.steps import GROUP_AHEAD


def owner(session: Session, group_id: str, look_ids: set[str]) -> Location | None:
    """The location that uses an avatar of this group, or used one that HeyGen has not deleted."""
    for table in (Location, PastAvatar):
        has = or_(
            col(table.heygen_group_id) == group_id,
            col(table.heygen_look_id).in_(look_ids),
            col(table.heygen_avatar_id).in_(look_ids),
        )
        query = select(Location).where(has).limit(1)
        if table is PastAvatar:
            query = query.join(PastAvatar, col(PastAvatar.location_id) == col(Location.id))
            query = query.where(col(PastAvatar.deleted_at).is_(None))
        if found := session.scalars(query).first():
            return found
    return None


def taken(session: Session, group_id: str, location_id: int) -> bool:
    """True when another location, or an earlier avatar, has this group."""
    present = select(col(Location.id)).where(
        col(Location.heygen_group_id) == group_id, col(Location.id) != location_id
    )
    earlier = select(col(PastAvatar.id)).where(
        col(PastAvatar.heygen_group_id) == group_id, col(PastAvatar.deleted_at).is_(None)
    )
    return session.scalars(present).first() is not None or session.scalars(earlier).first() is not None


def claimed(session: Session, group_id: str, name: str) -> bool:
    """True while it is not known whether a call of the Studio's made a group of this name."""
    query = select(col(Operation.id)).where(
        may_have_made(),
        or_(col(Operation.subject) == name, col(Operation.answer)["group_id"].as_string() == group_id),
    )
    return session.scalars(query).first() is not None


def may_have_made() -> ColumnElement[bool]:
    """For a query of operations: creates of a group that may have come through, or may yet."""
    # One that counted as never made may come through after all, and its run would take it.
    ahead = select(col(Run.id)).where(col(Run.state).in_(LIVE_STATES), col(Run.step).in_(GROUP_AHEAD))
    late = and_(
        col(Operation.state) == "absent",
        col(Operation.error_code) != NOT_SENT,
        col(Operation.run_id).in_(ahead),
    )
    return and_(col(Operation.kind) == "create_group", or_(col(Operation.state).in_(UNRESOLVED), late))
