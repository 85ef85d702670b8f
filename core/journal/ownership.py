"""Who has an avatar group of HeyGen's or a look in it, or may have made it: nobody else takes or deletes it.

    of one group    owner, claimed: asked before it is attached, deleted, or written down as somebody's
    of a list       used_group, used_look, may_have_made: what HeyGen lists and nobody here has
    of a lost call  recorded_groups, recorded_looks: what has a place here already is not its answer;
                    wanted_elsewhere: whether what has none may be another location's

It only reads. What a location itself holds, its rows say (core.bloggers.editing.has_avatar).
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, true, union
from sqlmodel import Session, col

from core.bloggers.editing import group_name
from core.database.tables.bloggers import NO_AVATAR, Blogger, Location, PastAvatar
from core.database.tables.heygen import HeyGenLook
from core.database.tables.runs import LIVE_STATES, Operation, Run
from core.journal.queries import NOT_SENT, UNRESOLVED
from core.journal.steps import GROUP_AHEAD

_HOLDERS = (Location, PastAvatar)


def owner(
    session: Session,
    group_id: str,
    look_ids: Collection[str] = (),
    *,
    besides: Location | PastAvatar | None = None,
) -> Location | None:
    """The location that uses an avatar of this group, or used one that HeyGen has not deleted.

    `besides` is the avatar that is asked for: a location's present one, or an earlier one.
    """
    for table in _HOLDERS:
        has = [col(table.heygen_group_id) == group_id]
        if look_ids:
            has += [col(table.heygen_look_id).in_(look_ids), col(table.heygen_avatar_id).in_(look_ids)]
        query = select(Location).where(or_(*has), _there(table)).limit(1)
        if table is PastAvatar:
            query = query.join(PastAvatar, col(PastAvatar.location_id) == col(Location.id))
        if isinstance(besides, table):
            query = query.where(col(table.id) != besides.id)
        if found := session.scalars(query).first():
            return found
    return None


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


def groups() -> Any:
    """A query of location_id and group_id: the groups that locations have, or had and HeyGen still holds."""
    parts = (
        select(_location_of(table).label("location_id"), col(table.heygen_group_id).label("group_id")).where(
            col(table.heygen_group_id).is_not(None), _there(table)
        )
        for table in _HOLDERS
    )
    return union(*parts)


def used_group() -> ColumnElement[bool]:
    """For a query of HeyGen's listed looks: those of a group that a location has, or had until now."""
    group = col(HeyGenLook.group_id)
    return or_(*(group.in_(_used(table, "heygen_group_id", group)) for table in _HOLDERS))


def used_look() -> ColumnElement[bool]:
    """For a query of HeyGen's listed looks: those that are a location's avatar, or were until now."""
    look, names = col(HeyGenLook.look_id), ("heygen_look_id", "heygen_avatar_id")
    return or_(*(look.in_(_used(table, name, look)) for table in _HOLDERS for name in names))


def recorded_groups(session: Session, ids: Collection[str], *, but: Operation) -> set[str]:
    """Those of the groups that another call made, or that an avatar here is or was of.

    The operation's own orphaned answer does not count.
    """
    return _recorded(session, ids, "group_id", "heygen_group_id", but)


def recorded_looks(session: Session, ids: Collection[str], *, but: Operation | None = None) -> set[str]:
    """Those of the looks that a call made, or that videos of a location are or were made with.

    `but` is the call whose answer is looked for.
    """
    return _recorded(session, ids, "look_id", "heygen_avatar_id", but)


def wanted_elsewhere(session: Session, create: Operation) -> bool:
    """True when another location, which has no avatar, would call its group by the name of this one's."""
    # What stands between the two names is known in one place only.
    name = col(Blogger.name).concat(group_name("", "")).concat(col(Location.name))
    query = (
        select(col(Location.id))
        .join(Blogger, col(Blogger.id) == col(Location.blogger_id))
        .where(
            name == create.subject,
            col(Location.id) != create.location_id,
            col(Location.heygen_avatar_id) == NO_AVATAR,
            col(Location.heygen_group_id).is_(None),
        )
    )
    return session.scalars(query.limit(1)).first() is not None


def _recorded(
    session: Session, ids: Collection[str], made: str, kept: str, but: Operation | None
) -> set[str]:
    calls = select(col(getattr(Operation, made))).where(col(getattr(Operation, made)).in_(ids))
    known = set(session.scalars(calls if but is None else calls.where(col(Operation.id) != but.id)))
    for table in _HOLDERS:
        column = col(getattr(table, kept))
        known.update(session.scalars(select(column).where(column.in_(ids))))
    return known


def _used(table: type[Location] | type[PastAvatar], name: str, listed: Any) -> Any:
    """The listed ids that are in this column; those of an avatar that HeyGen has deleted are not."""
    column = col(getattr(table, name))
    # Of many locations only those that are listed are kept in mind: the list is short.
    return select(column).where(column.in_(select(listed)), _there(table))


def _there(table: type[Location] | type[PastAvatar]) -> Any:
    """Not deleted in HeyGen, as far as is known."""
    return col(PastAvatar.deleted_at).is_(None) if table is PastAvatar else true()


def _location_of(table: type[Location] | type[PastAvatar]) -> Any:
    return col(PastAvatar.location_id) if table is PastAvatar else col(Location.id)
