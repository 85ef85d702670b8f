"""Bloggers and locations: add, rename, edit, archive, restore.

Nothing is deleted: what is archived keeps its history, costs and avatars and can be restored. Every change
is refused or done in one write transaction and leaves a line in the log with the member's name.
"""

import logging
from typing import TypeVar

from sqlmodel import Session, SQLModel, col, select

from core import clock
from core.database.engine import Database
from core.database.tables.bloggers import NO_AVATAR, Blogger, Location, PastAvatar
from core.database.tables.runs import LIVE_STATES, Run
from core.errors import BadInput, NotFound, Refusal
from core.locale import N_
from core.names import clean_name, clean_url, name_key

log = logging.getLogger("studio.bloggers")

Row = TypeVar("Row", bound=SQLModel)


def group_name(blogger_name: str, location_name: str) -> str:
    """What a location's avatar group is called at HeyGen (workflow.md, step 2)."""
    return f"{blogger_name} - {location_name}"


def has_avatar(location: Location) -> bool:
    """True when HeyGen holds something made of this location's photo: a group, or an avatar."""
    return location.heygen_group_id is not None or location.heygen_avatar_id != NO_AVATAR


def has_made_avatar(location: Location) -> bool:
    """True when the location has an avatar whose motion has not failed: there is none to be made."""
    return location.heygen_avatar_id != NO_AVATAR and location.motion_status != "failed"


def avatar_of(place: Location | PastAvatar) -> str:
    """The id by which HeyGen knows the avatar: its look, or what videos use where only that is known."""
    return place.heygen_look_id or place.heygen_avatar_id


def get_blogger(db: Database, *, blogger_id: int) -> Blogger:
    """The blogger, archived or not. Raises NotFound."""
    with db.read() as session:
        return _blogger(session, blogger_id)


def get_location(db: Database, *, location_id: int) -> Location:
    """The location, archived or not. Raises NotFound."""
    with db.read() as session:
        return _location(session, location_id)


def add_blogger(db: Database, *, name: str, actor: str) -> Blogger:
    """A new blogger. Raises BadInput for a bad name or one that is taken, also by an archived blogger."""
    with db.write() as session:
        name = _free_blogger_name(session, name)
        blogger = Blogger(name=name, name_key=name_key(name))
        session.add(blogger)
        session.flush()
    log.info("%s added blogger %s", actor, blogger.id)
    return blogger


def rename_blogger(db: Database, *, blogger_id: int, name: str, actor: str) -> Blogger:
    """Another name. Groups that HeyGen holds already keep the old one. Raises BadInput, NotFound."""
    with db.write() as session:
        blogger = _blogger(session, blogger_id)
        blogger.name = _free_blogger_name(session, name, besides=blogger.id)
        blogger.name_key, blogger.updated_at = name_key(blogger.name), clock.now()
        session.add(blogger)
    log.info("%s renamed blogger %s", actor, blogger_id)
    return blogger


def archive_blogger(db: Database, *, blogger_id: int, actor: str) -> Blogger:
    """Put the blogger and all its locations away. Archiving twice changes nothing.

    Raises Refusal while a run of one of its locations is live, NotFound.
    """
    with db.write() as session:
        blogger = _blogger(session, blogger_id)
        if blogger.archived_at is not None:
            return blogger
        locations = session.exec(select(Location).where(Location.blogger_id == blogger_id)).all()
        live = live_locations(session, blogger_id=blogger_id)
        busy = [location for location in locations if location.id in live]
        if busy:
            raise Refusal(
                "{blogger} cannot be archived: a run of {location} is not over. Wait for it or cancel it, "
                "then archive again. Nothing was changed.",
                blogger=blogger.name,
                location=busy[0].name,
            )
        blogger.archived_at = blogger.updated_at = moment = clock.now()
        for location in locations:
            # The shared moment is how restoring knows which locations went away with the blogger.
            if location.archived_at is None:
                location.archived_at = location.updated_at = moment
                session.add(location)
        session.add(blogger)
    log.info("%s archived blogger %s", actor, blogger_id)
    return blogger


def restore_blogger(db: Database, *, blogger_id: int, actor: str) -> Blogger:
    """Bring back the blogger and the locations that were archived together with it. Raises NotFound."""
    with db.write() as session:
        blogger = _blogger(session, blogger_id)
        if blogger.archived_at is None:
            return blogger
        together = select(Location).where(
            Location.blogger_id == blogger_id, Location.archived_at == blogger.archived_at
        )
        moment = clock.now()
        for location in session.exec(together):
            location.archived_at, location.updated_at = None, moment
            session.add(location)
        blogger.archived_at, blogger.updated_at = None, moment
        session.add(blogger)
    log.info("%s restored blogger %s", actor, blogger_id)
    return blogger


def add_location(db: Database, *, blogger_id: int, name: str, image_url: str = "", actor: str) -> Location:
    """A new location without an avatar; an empty `image_url` means that the photo comes later.

    Raises BadInput for a bad or taken name or a bad address, Refusal for an archived blogger, NotFound.
    """
    with db.write() as session:
        blogger = _blogger(session, blogger_id)
        if blogger.archived_at is not None:
            raise _blogger_is_archived(blogger)
        name = _free_location_name(session, blogger_id, name)
        location = Location(
            blogger_id=blogger_id, name=name, name_key=name_key(name), image_url=clean_url(image_url)
        )
        session.add(location)
        session.flush()
    log.info("%s added location %s to blogger %s", actor, location.id, blogger_id)
    return location


def edit_location(
    db: Database, *, location_id: int, name: str | None = None, image_url: str | None = None, actor: str
) -> Location:
    """Another name, another photo, or both; None leaves a field as it is.

    Raises BadInput, NotFound, and Refusal for another photo while HeyGen holds a group or an avatar made of
    the present one, or while a run may be making it.
    """
    with db.write() as session:
        location = _location(session, location_id)
        if name is not None:
            location.name = _free_location_name(session, location.blogger_id, name, besides=location.id)
            location.name_key = name_key(location.name)
        url = location.image_url if image_url is None else clean_url(image_url)
        if url != location.image_url:
            _check_photo_may_change(session, location)
            location.image_url = url
        location.updated_at = clock.now()
        session.add(location)
    log.info("%s edited location %s", actor, location_id)
    return location


def archive_location(db: Database, *, location_id: int, actor: str) -> Location:
    """Put a location away. Raises Refusal while a run of it is live, NotFound. Twice is harmless."""
    with db.write() as session:
        location = _location(session, location_id)
        if location.archived_at is not None:
            return location
        if live_locations(session, location_id=location_id):
            raise Refusal(
                "{location} cannot be archived: its run is not over. Wait for it or cancel it, then archive "
                "again. Nothing was changed.",
                location=location.name,
            )
        location.archived_at = location.updated_at = clock.now()
        session.add(location)
    log.info("%s archived location %s", actor, location_id)
    return location


def restore_location(db: Database, *, location_id: int, actor: str) -> Location:
    """Bring a location back. Raises Refusal while its blogger is archived, NotFound."""
    with db.write() as session:
        location = _location(session, location_id)
        if location.archived_at is None:
            return location
        blogger = _blogger(session, location.blogger_id)
        if blogger.archived_at is not None:
            raise _blogger_is_archived(blogger)
        location.archived_at, location.updated_at = None, clock.now()
        session.add(location)
    log.info("%s restored location %s", actor, location_id)
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


def _blogger_is_archived(blogger: Blogger) -> Refusal:
    return Refusal(
        "{blogger} is in the archive. Restore the blogger first; nothing was changed.", blogger=blogger.name
    )


def _blogger(session: Session, blogger_id: int) -> Blogger:
    return _found(session, Blogger, blogger_id, N_("There is no blogger with the number {id}."))


def _location(session: Session, location_id: int) -> Location:
    return _found(session, Location, location_id, N_("There is no location with the number {id}."))


def _found(session: Session, model: type[Row], row_id: int, template: str) -> Row:
    # A number from a link may be larger than SQLite can hold.
    row = session.get(model, row_id) if 0 < row_id < 2**63 else None
    if row is None:
        raise NotFound(template, id=row_id)
    return row
