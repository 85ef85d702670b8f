"""Taking over what HeyGen holds already, in place of paying for it anew; letting go of what it lost.

Nothing here calls HeyGen or costs anything: it goes by the last list (core.account.inventory).
"""

import logging
from dataclasses import dataclass

from sqlmodel import Session, col, select

from core import clock
from core.account import found, inventory, questions
from core.bloggers import editing, past_avatars
from core.bloggers.editing import about_location, find_blogger, has_avatar, live_locations
from core.database.engine import Database
from core.database.tables.bloggers import NO_AVATAR, Location, PastAvatar
from core.database.tables.heygen import HeyGenLook
from core.database.tables.runs import Operation
from core.errors import BadInput, NotFound, Refusal
from core.journal.queries import UNRESOLVED
from core.names import is_typed
from core.people import audit
from core.people.roles import Person, acts
from core.studio import Studio

log = logging.getLogger("studio.adoption")


@dataclass(frozen=True)
class Taken:
    """What a location gets with a look: its ids and statuses as HeyGen last listed them."""

    look_id: str
    #: What videos are made with; "00000" while the motion is missing.
    avatar_id: str
    avatar_status: str
    motion_status: str


@acts("attach_group")
def attach(studio: Studio, *, location_id: int, group_id: str, look_id: str, actor: Person) -> Location:
    """Let the location use this look of a group that nobody here has. Costs nothing.

    Where its motion is missing, "Make avatar" goes on at the motion. Raises NotFound, and Refusal when the
    location cannot take an avatar or somebody has the group.
    """
    editing.get_location(studio.db, location_id=location_id)
    with studio.db.write() as session:
        location = session.get_one(Location, location_id)
        _check_taker(session, location)
        rows = _listed(session, group_id)
        inventory.check_nobodys(session, rows)
        taken = taken_with(studio.client.traits.motion, rows, look_id)
        before, after = audit.changed(
            location,
            heygen_group_id=group_id,
            heygen_look_id=taken.look_id,
            heygen_avatar_id=taken.avatar_id,
            avatar_status=taken.avatar_status,
            motion_status=taken.motion_status,
        )
        about = about_location(location, find_blogger(session, location.blogger_id).name)
        audit.note(session, actor, "attach_group", **about, before=before, after=after)
        location.motion_type = location.checked_at = None
        location.status_at = location.updated_at = clock.now()
        session.add(location)
        inventory.no_orphan_any_more(session, group_id, {row.look_id for row in rows})
    log.info("%s attached group %s to location %s", actor.name, group_id, location_id)
    return location


def would_take(studio: Studio, group_id: str, look_id: str) -> Taken:
    """What a location would get with this look. Raises as `attach` does for the look."""
    with studio.db.read() as session:
        return taken_with(studio.client.traits.motion, _listed(session, group_id), look_id)


def taken_with(motion: str, rows: list[HeyGenLook], look_id: str) -> Taken:
    """What comes with a look of the group of `rows`; `motion` says where a motion lives (Traits).

    Raises NotFound, and Refusal for a look that HeyGen could not make.
    """
    chosen = next((row for row in rows if row.look_id == look_id and look_id), None)
    if chosen is None:
        raise NotFound(
            "HeyGen's list has no such look any more. Nothing was changed and nothing was spent. Look again."
        )
    if chosen.status == "failed":
        raise Refusal("HeyGen could not make this look. Nothing was changed and nothing was spent.")
    if motion == "render":
        # No motion is chosen yet: that costs nothing, and is done by "another motion".
        return Taken(look_id, look_id, chosen.status, "none")
    still, moves = chosen, chosen
    if motion == "look":
        still, moves = _pair(rows, chosen)
    avatar_id = moves.look_id if moves.motion in ("processing", "completed") else NO_AVATAR
    return Taken(still.look_id, avatar_id, still.status, moves.motion)


def _pair(rows: list[HeyGenLook], chosen: HeyGenLook) -> tuple[HeyGenLook, HeyGenLook]:
    """The still look and the one that moves. Which of several stills a motion was made of is not listed."""
    stills = [row for row in rows if row.look_id and not row.is_motion and row.status != "failed"]
    if chosen.is_motion:
        # The first look of a group has the group's own id (heygen-api.md 2a).
        return min(stills, key=lambda row: row.look_id != row.group_id, default=chosen), chosen
    motions = [row for row in rows if row.is_motion and row.status != "failed"]
    if len(stills) > 1 or not motions:
        return chosen, chosen
    return chosen, min(motions, key=lambda row: row.status != "completed")


def _check_taker(session: Session, location: Location) -> None:
    if location.archived_at is not None:
        raise Refusal("This location is archived. Nothing was changed. Restore it first.")
    if has_avatar(location):
        raise Refusal(
            "{location} has an avatar already. Nothing was changed. Free its slot first, or choose another "
            "location.",
            location=location.name,
        )
    open_call = select(Operation.id).where(
        Operation.location_id == location.id,
        Operation.kind == "create_group",
        col(Operation.state).in_(UNRESOLVED),
    )
    if live_locations(session, location_id=location.id) or session.exec(open_call).first() is not None:
        raise Refusal(
            "A run of {location} is not over. Nothing was changed. Wait for it or cancel it, then try again.",
            location=location.name,
        )


@acts("delete_group")
def ask_to_delete(db: Database, group_id: str, *, typed_name: str, actor: Person) -> int:
    """Have the worker delete a group that nobody here has; returns the question's number.

    Raises BadInput for another name than the group's, NotFound, Refusal.
    """
    with db.write() as session:
        rows = _listed(session, group_id)
        inventory.check_nobodys(session, rows)
        name = inventory.title(rows[0])
        if not is_typed(typed_name, name):
            raise BadInput(
                "The name does not match, so nothing was deleted. Type the group's name exactly: {name}",
                name=name,
            )
        number, is_new = questions.write(session, None, "delete_group", group_id, actor=actor.name)
        if is_new:
            audit.note(session, actor, "delete_group", kind="group", id=group_id, name=name)
        return number


@acts("let_group_go")
def let_go(db: Database, *, location_id: int, past_id: int | None = None, actor: Person) -> None:
    """Stop using an avatar that HeyGen no longer lists: the ids stay as those of a deleted avatar.

    Raises Refusal when HeyGen lists it, by now or again.
    """
    with db.write() as session:
        if not found.is_unknown(session, location_id, past_id):
            raise Refusal(
                "This avatar is in HeyGen's list, or it changed since the list was made. Nothing was "
                "changed. Look again."
            )
        location = session.get_one(Location, location_id)
        if past_id is None:
            gone = past_avatars.retire(session, location, reason="slot", actor=actor.name)
        else:
            gone = session.get_one(PastAvatar, past_id)
        if gone is not None:
            gone.deleted_at = clock.now()
            session.add(gone)
            ids = {name: getattr(gone, name) for name in ("heygen_group_id", "heygen_avatar_id")}
            about = about_location(location, find_blogger(session, location.blogger_id).name)
            audit.note(session, actor, "let_group_go", **about, before=ids)
    log.info("%s let go of an avatar of location %s that HeyGen no longer has", actor.name, location_id)


def _listed(session: Session, group_id: str) -> list[HeyGenLook]:
    return list(session.exec(select(HeyGenLook).where(HeyGenLook.group_id == group_id)))
