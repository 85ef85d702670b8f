"""Motions that are looks of their own in the avatar's group (heygen-api.md section 3), told apart."""

from sqlmodel import Session, col, select

from core.database.tables.bloggers import Location, PastAvatar
from core.database.tables.runs import Operation
from core.heygen.answers import LookInfo
from core.studio import Studio


def in_group(studio: Studio, avatar_id: str, group_id: str | None) -> tuple[LookInfo, ...] | None:
    """The looks of the avatar's group; where it is not known, of the one HeyGen names.

    None where HeyGen names none: then nobody can tell what it made. Raises HeyGenError.
    """
    group_id = group_id or studio.client.get_avatar(avatar_id).group_id
    return studio.client.list_looks(group_id) if group_id else None


def unrecorded(
    session: Session, looks: tuple[LookInfo, ...], *, but: Operation | None = None
) -> list[LookInfo]:
    """Motions among the looks that nobody here has: no other call made them, no avatar is one of them.

    `but` is the call whose answer is looked for; what its own snapshot held was there before it.
    """
    ids = [look.id for look in looks]
    known: set[str | None] = set(but.snapshot.get("looks", ()) if but else ())
    calls = select(Operation.look_id).where(col(Operation.look_id).in_(ids))
    known.update(session.exec(calls if but is None else calls.where(col(Operation.id) != but.id)))
    for place in (Location, PastAvatar):
        known.update(session.exec(select(place.heygen_avatar_id).where(col(place.heygen_avatar_id).in_(ids))))
    return [look for look in looks if look.is_motion and look.id not in known]
