"""Avatars that a location no longer uses: kept with their ids and photo, so that none is ever lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from core import clock
from core.bloggers.editing import about_location, find_blogger, has_avatar, live_locations
from core.database.engine import Database
from core.database.frames import frame
from core.database.tables.bloggers import NO_AVATAR, Location, PastAvatar
from core.errors import NotFound, Refusal
from core.people import audit
from core.people.roles import Person, acts

if TYPE_CHECKING:
    import pandas as pd

#: What a location and the record of its past avatar have in common.
KEPT = (
    "image_url",
    "heygen_avatar_id",
    "heygen_group_id",
    "heygen_look_id",
    "avatar_status",
    "motion_type",
    "motion_status",
)


def of_location(db: Database, location_id: int) -> pd.DataFrame:
    """The location's past avatars, the newest first; `deleted_at` where HeyGen has deleted the group."""
    columns = (
        PastAvatar.id,
        PastAvatar.reason,
        *(getattr(PastAvatar, name) for name in KEPT),
        PastAvatar.retired_at,
        PastAvatar.deleted_at,
        PastAvatar.actor,
    )
    query = (
        select(*(col(column) for column in columns))
        .where(PastAvatar.location_id == location_id)
        .order_by(col(PastAvatar.id).desc())
    )
    return frame(db, query)


def retire(session: Session, location: Location, *, reason: str, actor: str) -> PastAvatar | None:
    """Put the location's avatar aside: the location is then as one that never had any.

    None when there was nothing to put aside.
    """
    if not has_avatar(location):
        return None
    assert location.id is not None
    past = PastAvatar(location_id=location.id, reason=reason, actor=actor)
    for name in KEPT:
        setattr(past, name, getattr(location, name))
    location.heygen_avatar_id = NO_AVATAR
    location.heygen_group_id = location.heygen_look_id = location.motion_type = None
    location.avatar_status = location.motion_status = "none"
    location.status_at = location.updated_at = clock.now()
    location.checked_at = None
    session.add(location)
    session.add(past)
    session.flush()
    return past


def group_deleted(session: Session, location: Location, group_id: str, *, actor: str) -> None:
    """HeyGen has deleted this group: whoever had it has it no more."""
    if location.heygen_group_id == group_id:
        retire(session, location, reason="slot", actor=actor)
    for past in session.exec(select(PastAvatar).where(PastAvatar.heygen_group_id == group_id)):
        past.deleted_at = past.deleted_at or clock.now()
        session.add(past)


@acts("take_back_avatar")
def take_back(db: Database, past_id: int, *, actor: Person) -> Location:
    """Use a past avatar again, with its photo; the present one becomes a past one. Costs nothing.

    Raises NotFound, and Refusal when its group is deleted or a run of the location is not over.
    """
    with db.write() as session:
        past = session.get(PastAvatar, past_id)
        if past is None:
            raise NotFound("There is no earlier avatar {id}. Nothing was changed.", id=past_id)
        if past.deleted_at is not None:
            raise Refusal(
                "HeyGen has deleted this avatar's group, so it cannot be taken back. Nothing was changed."
            )
        location = session.get_one(Location, past.location_id)
        if live_locations(session, location_id=past.location_id):
            raise Refusal(
                "A run of {location} is not over. Nothing was changed. Wait for it or cancel it, then try "
                "again.",
                location=location.name,
            )
        used = {name: getattr(location, name) for name in KEPT}
        retire(session, location, reason="swapped", actor=actor.name)
        for name in KEPT:
            setattr(location, name, getattr(past, name))
        differs = [name for name in KEPT if used[name] != getattr(past, name)]
        audit.note(
            session,
            actor,
            "take_back_avatar",
            **about_location(location, find_blogger(session, location.blogger_id).name),
            before={name: used[name] for name in differs},
            after={name: getattr(past, name) for name in differs},
        )
        location.status_at = location.updated_at = clock.now()
        session.add(location)
        session.delete(past)
        return location
