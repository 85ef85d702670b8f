"""Bloggers and locations: add, rename, edit.

Every change is refused or done in one write transaction and leaves a line in the log with the member's name.
"""

import logging
from typing import Any, TypeVar

from sqlmodel import Session, SQLModel, col, select

from core import clock
from core.database.engine import Database
from core.database.tables.bloggers import NO_AVATAR, Blogger, Location, PastAvatar
from core.database.tables.runs import LIVE_STATES, Run
from core.errors import BadInput, NotFound, Refusal
from core.locale import N_
from core.names import clean_name, clean_url, name_key
from core.people import audit
from core.people.roles import Person, acts

log = logging.getLogger("studio.bloggers")

Row = TypeVar("Row", bound=SQLModel)


def group_name(blogger_name: str, location_name: str) -> str:
    """What a location's avatar group is called at HeyGen (workflow.md, step 2)."""
    return f"{blogger_name} - {location_name}"


def about_location(location: Location, blogger_name: str) -> dict[str, Any]:
    """Which location a line of the record is about, as core.people.audit takes it."""
    return {
        "kind": "location",
        "id": location.id,
        "name": group_name(blogger_name, location.name),
        "location_id": location.id,
    }


def has_avatar(location: Location) -> bool:
    """True when HeyGen holds something made of this location's photo: a group, or an avatar."""
    return location.heygen_group_id is not None or location.heygen_avatar_id != NO_AVATAR


def has_made_avatar(location: Location) -> bool:
    """True when the location has an avatar whose motion has not failed: there is none to be made."""
    return location.heygen_avatar_id != NO_AVATAR and location.motion_status != "failed"


def avatar_of(place: Location | PastAvatar) -> str:
    """The id by which HeyGen knows the avatar: its look, or what videos use where only that is known."""
    return place.heygen_look_id or place.heygen_avatar_id


def owned_id(location: Location) -> str:
    """What HeyGen holds for this location by its most telling id; "00000" when it holds nothing.

    A group whose motion is still to come has a look already, though nothing to make videos with.
    """
    if location.heygen_avatar_id != NO_AVATAR:
        return location.heygen_avatar_id
    return location.heygen_look_id or location.heygen_group_id or NO_AVATAR


def get_blogger(db: Database, *, blogger_id: int) -> Blogger:
    """The blogger, archived or not. Raises NotFound."""
    with db.read() as session:
        return find_blogger(session, blogger_id)


def get_location(db: Database, *, location_id: int) -> Location:
    """The location, archived or not. Raises NotFound."""
    with db.read() as session:
        return find_location(session, location_id)


@acts("add_blogger")
def add_blogger(db: Database, *, name: str, actor: Person) -> Blogger:
    """A new blogger. Raises BadInput for a bad name or one that is taken, also by an archived blogger."""
    with db.write() as session:
        name = _free_blogger_name(session, name)
        blogger = Blogger(name=name, name_key=name_key(name))
        session.add(blogger)
        session.flush()
        audit.note(session, actor, "add_blogger", kind="blogger", id=blogger.id, name=name)
    log.info("%s added blogger %s", actor.name, blogger.id)
    return blogger


@acts("rename_blogger")
def rename_blogger(db: Database, *, blogger_id: int, name: str, actor: Person) -> Blogger:
    """Another name. Groups that HeyGen holds already keep the old one. Raises BadInput, NotFound."""
    with db.write() as session:
        blogger = find_blogger(session, blogger_id)
        free = _free_blogger_name(session, name, besides=blogger.id)
        before, after = audit.changed(blogger, name=free)
        if not after:
            return blogger
        blogger.name_key, blogger.updated_at = name_key(free), clock.now()
        session.add(blogger)
        audit.note(
            session,
            actor,
            "rename_blogger",
            kind="blogger",
            id=blogger_id,
            name=free,
            before=before,
            after=after,
        )
    log.info("%s renamed blogger %s", actor.name, blogger_id)
    return blogger


@acts("add_location")
def add_location(db: Database, *, blogger_id: int, name: str, image_url: str = "", actor: Person) -> Location:
    """A new location without an avatar; an empty `image_url` means that the photo comes later.

    Raises BadInput for a bad or taken name or a bad address, Refusal for an archived blogger, NotFound.
    """
    with db.write() as session:
        blogger = find_blogger(session, blogger_id)
        if blogger.archived_at is not None:
            raise blogger_is_archived(blogger)
        name = _free_location_name(session, blogger_id, name)
        location = Location(
            blogger_id=blogger_id, name=name, name_key=name_key(name), image_url=clean_url(image_url)
        )
        session.add(location)
        session.flush()
        about = about_location(location, blogger.name)
        audit.note(session, actor, "add_location", **about, after={"image_url": location.image_url})
    log.info("%s added location %s to blogger %s", actor.name, location.id, blogger_id)
    return location


@acts("edit_location")
def edit_location(
    db: Database, *, location_id: int, name: str | None = None, image_url: str | None = None, actor: Person
) -> Location:
    """Another name, another photo, or both; None leaves a field as it is.

    Raises BadInput, NotFound, and Refusal for another photo while HeyGen holds a group or an avatar made of
    the present one, or while a run may be making it.
    """
    with db.write() as session:
        location = find_location(session, location_id)
        wanted = location.name
        if name is not None:
            wanted = _free_location_name(session, location.blogger_id, name, besides=location.id)
        url = location.image_url if image_url is None else clean_url(image_url)
        if url != location.image_url:
            _check_photo_may_change(session, location)
        before, after = audit.changed(location, name=wanted, image_url=url)
        if not after:
            return location
        location.name_key, location.updated_at = name_key(wanted), clock.now()
        session.add(location)
        about = about_location(location, find_blogger(session, location.blogger_id).name)
        audit.note(session, actor, "edit_location", **about, before=before, after=after)
    log.info("%s edited location %s", actor.name, location_id)
    return location


def live_locations(
    session: Session, *, blogger_id: int | None = None, location_id: int | None = None
) -> set[int]:
    """The ids of locations with a run that is not over: all of them, a blogger's, or the one."""
    query = select(Run.location_id).where(col(Run.state).in_(LIVE_STATES))
    if blogger_id is not None:
        query = query.join(Location).where(Location.blogger_id == blogger_id)
    if location_id is not None:
        query = query.where(Run.location_id == location_id)
    return set(session.exec(query))


def find_blogger(session: Session, blogger_id: int) -> Blogger:
    """The blogger of this session, archived or not. Raises NotFound."""
    return _found(session, Blogger, blogger_id, N_("There is no blogger with the number {id}."))


def find_location(session: Session, location_id: int) -> Location:
    """The location of this session, archived or not. Raises NotFound."""
    return _found(session, Location, location_id, N_("There is no location with the number {id}."))


def blogger_is_archived(blogger: Blogger) -> Refusal:
    """What is said when a location cannot come to, or back to, a blogger in the archive."""
    return Refusal(
        "{blogger} is in the archive. Restore the blogger first; nothing was changed.", blogger=blogger.name
    )


def _check_photo_may_change(session: Session, location: Location) -> None:
    if has_avatar(location):
        raise Refusal(
            "{location} already has an avatar made of its present photo, so the photo cannot simply be "
            "changed. Add a new location for the new photo. Nothing was changed.",
            location=location.name,
        )
    if live_locations(session, location_id=location.id):
        raise Refusal(
            "The photo of {location} cannot be changed while its run is not over. Wait for it or cancel it, "
            "then try again. Nothing was changed.",
            location=location.name,
        )


def _free_blogger_name(session: Session, name: str, *, besides: int | None = None) -> str:
    name = clean_name(name)
    taken = session.exec(select(Blogger).where(Blogger.name_key == name_key(name))).first()
    if taken is not None and taken.id != besides:
        raise _name_taken(taken)
    return name


def _free_location_name(session: Session, blogger_id: int, name: str, *, besides: int | None = None) -> str:
    name = clean_name(name)
    same = select(Location).where(Location.blogger_id == blogger_id, Location.name_key == name_key(name))
    taken = session.exec(same).first()
    if taken is not None and taken.id != besides:
        raise _name_taken(taken)
    return name


def _name_taken(taken: Blogger | Location) -> BadInput:
    if taken.archived_at is not None:
        return BadInput(
            "The name {name} belongs to an entry in the archive. Restore that one, or choose another name; "
            "nothing was changed.",
            name=taken.name,
        )
    return BadInput(
        "The name {name} is already taken. Choose another one; nothing was changed.", name=taken.name
    )


def _found(session: Session, model: type[Row], row_id: int, template: str) -> Row:
    # A number from a link may be larger than SQLite can hold.
    row = session.get(model, row_id) if 0 < row_id < 2**63 else None
    if row is None:
        raise NotFound(template, id=row_id)
    return row
