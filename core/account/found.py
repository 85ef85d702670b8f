"""The read side of what HeyGen holds: groups that nobody here has, and ids here that HeyGen no longer knows.

All of it is as old as the last list that the worker brought (core.account.inventory).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, and_, case, literal, null, or_, select, union_all
from sqlmodel import Session, col, func

from core.bloggers.editing import group_name
from core.database.engine import Database
from core.database.frames import frame
from core.database.tables.bloggers import NO_AVATAR, Blogger, Location, PastAvatar
from core.database.tables.heygen import HeyGenLook, StatusCheck
from core.database.tables.runs import LIVE_STATES, Operation, Run
from core.journal import ownership
from core.names import name_key

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Listing:
    """The last list that came whole: when HeyGen was asked for it, and how many groups it has.

    `complete` is False where HeyGen had more than it lists: then nothing counts as unknown to it.
    """

    read_at: datetime
    groups: int
    complete: bool


def listing(session: Session) -> Listing | None:
    """None while HeyGen has never been asked what it holds."""
    answered = (
        select(col(StatusCheck.answer))
        .where(
            col(StatusCheck.kind) == "inventory",
            col(StatusCheck.done_at).is_not(None),
            col(StatusCheck.error_template) == "",
        )
        .order_by(col(StatusCheck.id).desc())
        .limit(1)
    )
    answer = session.scalars(answered).first()
    if answer is None:
        return None
    return Listing(datetime.fromisoformat(answer["read_at"]), answer["groups"], answer["complete"])


def last_listing(db: Database) -> Listing | None:
    """As `listing`, for a page."""
    with db.read() as session:
        return listing(session)


def unowned(db: Database, *, text: str = "", limit: int, offset: int = 0) -> pd.DataFrame:
    """One row a group that nobody here has, the newest first: group_id, name, preview, created_at, looks.

    `status` and `motion` are those of its best look. `text` finds by name, or by the group's whole id.
    """
    query = (
        select(
            col(HeyGenLook.group_id),
            func.max(col(HeyGenLook.group_name)).label("name"),
            func.max(col(HeyGenLook.preview)).label("preview"),
            func.max(col(HeyGenLook.created_at)).label("created_at"),
            func.count(func.nullif(col(HeyGenLook.look_id), "")).label("looks"),
            _best(col(HeyGenLook.status), ("completed", "pending", "failed"), "").label("status"),
            _best(col(HeyGenLook.motion), ("completed", "processing", "failed"), "none").label("motion"),
        )
        .where(*_nobodys(last_listing(db)), *_matching(text))
        .group_by(col(HeyGenLook.group_id))
        .order_by(func.max(col(HeyGenLook.created_at)).desc(), col(HeyGenLook.group_id))
        .limit(limit)
        .offset(offset)
    )
    return frame(db, query)


def count_unowned(db: Database, *, text: str = "") -> int:
    """How many groups that nobody here has match."""
    groups = func.count(func.distinct(col(HeyGenLook.group_id)))
    with db.read() as session:
        return session.scalars(select(groups).where(*_nobodys(listing(session)), *_matching(text))).one()


def looks(db: Database, group_id: str) -> pd.DataFrame:
    """The looks of a group that an avatar can be made of, still ones first."""
    columns = ("look_id", "status", "motion", "is_motion", "preview")
    query = (
        select(*(col(getattr(HeyGenLook, name)) for name in columns))
        .where(
            col(HeyGenLook.group_id) == group_id,
            col(HeyGenLook.look_id) != "",
            col(HeyGenLook.status) != "failed",
        )
        .order_by(col(HeyGenLook.is_motion), col(HeyGenLook.look_id))
    )
    return frame(db, query)


def unknown(db: Database, *, limit: int, offset: int = 0) -> pd.DataFrame:
    """One row an avatar that HeyGen no longer lists: location_id, past_id, names, image_url, ids, group_gone.

    `past_id` is that of an earlier avatar, None for the one in use. What was made or changed after the list,
    has a run under way or is archived is left out.
    """
    gone = _gone(last_listing(db))
    if gone is None:
        import pandas as pd

        return pd.DataFrame()
    rows = gone.subquery()
    query = (
        select(rows, col(Blogger.name).label("blogger"), col(Location.name).label("location"))
        .join(Location, col(Location.id) == rows.c.location_id)
        .join(Blogger, col(Blogger.id) == col(Location.blogger_id))
        .order_by(col(Blogger.name_key), col(Location.name_key), rows.c.past_id)
    )
    return frame(db, query.limit(limit).offset(offset))


def count_unknown(db: Database) -> int:
    """How many avatars HeyGen no longer lists."""
    with db.read() as session:
        gone = _gone(listing(session))
        if gone is None:
            return 0
        return session.scalars(select(func.count()).select_from(gone.subquery())).one()


def is_unknown(session: Session, location_id: int, past_id: int | None) -> bool:
    """True for an avatar that HeyGen no longer lists: the location's present one, or the earlier one."""
    gone = _gone(listing(session))
    if gone is None:
        return False
    rows = gone.subquery()
    same = rows.c.past_id.is_(None) if past_id is None else rows.c.past_id == past_id
    query = select(rows.c.location_id).where(rows.c.location_id == location_id, same)
    return session.scalars(query).first() is not None


def knows_any(db: Database) -> bool:
    """True when HeyGen lists at least one avatar that a location uses or used."""
    query = (
        select(col(HeyGenLook.group_id)).where(or_(ownership.used_group(), ownership.used_look())).limit(1)
    )
    with db.read() as session:
        return session.scalars(query).first() is not None


def takers(db: Database, *, text: str = "", group: str = "", limit: int) -> pd.DataFrame:
    """id, blogger and location of those that could take an avatar: without one, and without a live run.

    The one whose group would be called `group` stands first.
    """
    # What stands between the two names is known in one place only.
    name = col(Blogger.name).concat(group_name("", "")).concat(col(Location.name))
    wanted = name_key(text.strip())
    query = (
        select(
            col(Location.id),
            col(Blogger.name).label("blogger"),
            col(Location.name).label("location"),
            (name == group).label("fits"),
        )
        .join(Blogger, col(Blogger.id) == col(Location.blogger_id))
        .where(
            col(Location.archived_at).is_(None),
            col(Location.heygen_avatar_id) == NO_AVATAR,
            col(Location.heygen_group_id).is_(None),
            ~_live(),
            or_(
                col(Location.name_key).contains(wanted, autoescape=True),
                col(Blogger.name_key).contains(wanted, autoescape=True),
            ),
        )
        .order_by((name == group).desc(), col(Blogger.name_key), col(Location.name_key))
        .limit(limit)
    )
    return frame(db, query)


def _nobodys(listed: Listing | None) -> list[ColumnElement[bool]]:
    """Groups of photo avatars that no avatar here is of, and that no open call may have made."""
    if listed is None:
        return [literal(False)]
    # Deleted since the list was made.
    deleted = select(col(PastAvatar.heygen_group_id)).where(
        col(PastAvatar.heygen_group_id).is_not(None), col(PastAvatar.deleted_at) >= listed.read_at
    )
    group = col(HeyGenLook.group_id)
    return [
        ~ownership.used_group(),
        group.not_in(select(group).where(ownership.used_look())),
        group.not_in(select(group).where(col(HeyGenLook.photo).is_(False))),
        group.not_in(deleted),
        col(HeyGenLook.group_name).not_in(select(col(Operation.subject)).where(ownership.may_have_made())),
    ]


def _matching(text: str) -> list[ColumnElement[bool]]:
    wanted = text.strip()
    if not wanted:
        return []
    named = col(HeyGenLook.name_key).contains(name_key(wanted), autoescape=True)
    return [or_(named, col(HeyGenLook.group_id) == wanted)]


def _best(column: Any, states: tuple[str, ...], otherwise: str) -> Any:
    """The first of `states` that any look of the group has."""
    return case(*((func.max(column == state) == 1, state) for state in states), else_=otherwise)


def _live() -> ColumnElement[bool]:
    runs = select(col(Run.location_id)).where(col(Run.state).in_(LIVE_STATES))
    return col(Location.id).in_(runs)


def _gone(listed: Listing | None) -> Any:
    """The avatars here that the last list, newer than they are, does not have; None without such a list."""
    if listed is None or not listed.complete:
        return None
    present = _missing(Location).where(
        col(Location.updated_at) < listed.read_at,
        func.coalesce(col(Location.status_at), col(Location.updated_at)) < listed.read_at,
    )
    earlier = _missing(PastAvatar).join(PastAvatar, col(PastAvatar.location_id) == col(Location.id))
    earlier = earlier.where(col(PastAvatar.deleted_at).is_(None), col(PastAvatar.retired_at) < listed.read_at)
    return union_all(present, earlier)


def _missing(table: type[Location] | type[PastAvatar]) -> Select[Any]:
    groups, known = select(col(HeyGenLook.group_id)), select(col(HeyGenLook.look_id))
    no_group = and_(col(table.heygen_group_id).is_not(None), col(table.heygen_group_id).not_in(groups))
    no_look = and_(col(table.heygen_look_id).is_not(None), col(table.heygen_look_id).not_in(known))
    no_avatar = and_(col(table.heygen_avatar_id) != NO_AVATAR, col(table.heygen_avatar_id).not_in(known))
    past_id = col(PastAvatar.id) if table is PastAvatar else null()
    query: Any = select(
        col(Location.id).label("location_id"),
        past_id.label("past_id"),
        col(table.image_url),
        col(table.heygen_group_id),
        func.coalesce(col(table.heygen_look_id), col(table.heygen_avatar_id)).label("avatar_id"),
        func.coalesce(no_group, False).label("group_gone"),
    ).select_from(Location)
    return query.where(or_(no_group, no_look, no_avatar), col(Location.archived_at).is_(None), ~_live())
