"""What the account holds in HeyGen: listed with free GETs, and groups that nobody here has, deleted.

The worker does both, because a person asked (questions); core.account.found reads what is kept
here.
"""

import logging
from collections.abc import Set
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session, col, delete, or_, select, update

from core import clock
from core.account import balance
from core.database.engine import Database
from core.database.tables.heygen import HeyGenLook, StatusCheck
from core.database.tables.runs import Operation
from core.errors import NotFound, Refusal, StudioError
from core.heygen.answers import GroupInfo, LookInfo
from core.heygen.errors import HeyGenError, Missing
from core.journal import ownership
from core.names import name_key
from core.studio import Studio

log = logging.getLogger("studio.inventory")

#: A motion that is a look of its own is as far as that look.
MOTION_OF_LOOK = {"pending": "processing", "completed": "completed", "failed": "failed"}


def read(studio: Studio) -> dict[str, Any]:
    """List the account's groups and looks and keep them as HeyGenLook rows, in place of those before.

    Returns how many there are, whether they are all, and when HeyGen was asked. Raises HeyGenError; the rows
    of the last list stay then.
    """
    started = clock.now()
    listing = studio.client.list_groups()
    rows: dict[tuple[str, str], HeyGenLook] = {}
    for group in listing.groups:
        try:
            looks = studio.client.list_looks(group.id)
        except Missing:
            # Deleted since the groups were listed.
            continue
        for row in _rows(studio, group, looks):
            rows[row.group_id, row.look_id] = row
    with studio.db.write() as session:
        deleted = _deleted_since(session, started)
        session.connection().execute(delete(HeyGenLook))
        session.add_all(row for row in rows.values() if row.group_id not in deleted)
    return {
        "groups": len(listing.groups),
        "looks": sum(1 for _, look_id in rows if look_id),
        "complete": listing.complete,
        "read_at": started.isoformat(),
    }


def _rows(studio: Studio, group: GroupInfo, looks: tuple[LookInfo, ...]) -> list[HeyGenLook]:
    """A row for each look; a group without any is a row too, because it holds a slot."""
    made = None if group.created_at is None else datetime.fromtimestamp(group.created_at, UTC)
    of_group = {
        "group_id": group.id,
        "group_name": group.name,
        "name_key": name_key(group.name),
        "created_at": made,
    }
    if not looks:
        return [HeyGenLook(**of_group, preview=group.preview)]
    with studio.db.read() as session:
        free = ownership.owner(session, group.id, {look.id for look in looks}) is None
    return [
        HeyGenLook(
            **of_group,
            look_id=look.id,
            status=look.status,
            # Of the others the Studio knows its motion already.
            motion=_motion(studio, look) if free and look.photo else "none",
            is_motion=look.is_motion,
            photo=look.photo,
            preview=look.preview or group.preview,
        )
        for look in looks
    ]


def _motion(studio: Studio, look: LookInfo) -> str:
    """The motion that the look is or has; none where motion is an option of each video."""
    if studio.client.traits.motion == "render":
        return "none"
    if look.is_motion:
        return MOTION_OF_LOOK[look.status]
    if studio.client.traits.motion == "look":
        return "none"
    try:
        return studio.client.get_avatar(look.id).motion_status
    except Missing:
        return "none"


def _deleted_since(session: Session, moment: datetime) -> set[str]:
    """Groups that a person had deleted while HeyGen was listing them."""
    asked = select(StatusCheck.subject).where(
        StatusCheck.kind == "delete_group",
        or_(col(StatusCheck.done_at).is_(None), col(StatusCheck.done_at) >= moment),
    )
    return set(session.exec(asked))


def delete_group(studio: Studio, group_id: str, *, actor: str) -> dict[str, Any]:
    """Delete a group in HeyGen that nobody here has; one that is gone already is as good as deleted.

    Raises HeyGenError, NotFound, and Refusal when somebody has it or may have made it.
    """
    try:
        looks = {look.id for look in studio.client.list_looks(group_id)}
    except Missing:
        looks = set()
    rows = _take_off_the_list(studio.db, group_id, looks)
    try:
        studio.client.delete_group(group_id)
    except Missing:
        log.info("group %s was gone already", group_id)
    except HeyGenError:
        with studio.db.write() as session:
            for row in rows:
                session.merge(row)
        raise
    with studio.db.write() as session:
        no_orphan_any_more(session, group_id, looks)
    log.info("%s deleted group %s in HeyGen", actor, group_id)
    try:
        balance.refresh(studio)
    except StudioError as error:
        log.warning("the groups could not be counted anew: %s", error)
    return {"group_id": group_id, "name": rows[0].group_name}


def _take_off_the_list(db: Database, group_id: str, looks: set[str]) -> list[HeyGenLook]:
    """Judge once more and take the group off the list, so that nobody attaches it meanwhile."""
    with db.write() as session:
        rows = list(session.exec(select(HeyGenLook).where(HeyGenLook.group_id == group_id)))
        check_nobodys(session, rows, looks)
        kept = [HeyGenLook(**row.model_dump()) for row in rows]
        for row in rows:
            session.delete(row)
    return kept


def check_nobodys(session: Session, rows: list[HeyGenLook], looks: Set[str] = frozenset()) -> None:
    """Raise unless these rows are of a listed group of photo avatars that nobody here has or may have made.

    `looks` are those that HeyGen shows by now. Raises NotFound, Refusal.
    """
    if not rows:
        raise NotFound(
            "HeyGen's list has no such group any more. Nothing was changed and nothing was spent. Look again."
        )
    if not all(row.photo for row in rows):
        raise Refusal(
            "{group} holds avatars made of videos, which the Studio leaves alone. Nothing was changed.",
            group=title(rows[0]),
        )
    known = {*looks, *(row.look_id for row in rows if row.look_id)}
    if has := ownership.owner(session, rows[0].group_id, known):
        raise Refusal(
            "{group} belongs to {location}. Nothing was changed and nothing was spent.",
            group=title(rows[0]),
            location=has.name,
        )
    if ownership.claimed(session, rows[0].group_id, rows[0].group_name):
        raise Refusal(
            "A run may have made {group}: its answer was lost. Nothing was changed. Settle that run first.",
            group=title(rows[0]),
        )


def no_orphan_any_more(session: Session, group_id: str, looks: set[str]) -> None:
    """What a late answer had made in this group has its place now, or is deleted."""
    session.exec(
        update(Operation)
        .where(
            col(Operation.orphan).is_(True),
            or_(
                col(Operation.group_id) == group_id,
                col(Operation.look_id).in_(looks),
                col(Operation.subject).in_(looks),
            ),
        )
        .values(orphan=False)
    )


def title(row: HeyGenLook) -> str:
    """What the group is called; a person types it before it is deleted."""
    return row.group_name.strip() or row.group_id
