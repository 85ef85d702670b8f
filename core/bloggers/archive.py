"""Putting locations and bloggers away, and bringing them back; who is in the archive.

Nothing is deleted: what is archived keeps its history, costs and avatars and can be restored. One location
or blogger is moved or refused. Of many locations each is judged by itself: what cannot be moved is named with
its reason, the rest moves in one transaction.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlmodel import Session, col, func, select

from core import clock
from core.bloggers.editing import (
    about_location,
    blogger_is_archived,
    find_blogger,
    find_location,
    live_locations,
)
from core.database.batches import in_batches
from core.database.engine import Database
from core.database.frames import frame
from core.database.tables.bloggers import Blogger, Location
from core.errors import Refusal
from core.people import audit
from core.people.roles import Person, acts

if TYPE_CHECKING:
    import pandas as pd

log = logging.getLogger("studio.bloggers")
log_of_many = logging.getLogger("studio.archive")


@dataclass(frozen=True)
class Stayed:
    """A location that could not be moved, and why."""

    location_id: int
    blogger: str
    location: str
    reason: Refusal


@dataclass(frozen=True)
class Moved:
    """The ids that went where they were sent, and the locations that stayed."""

    ids: tuple[int, ...]
    stayed: tuple[Stayed, ...]


@acts("archive_location")
def archive_location(db: Database, *, location_id: int, actor: Person) -> Location:
    """Put a location away. Raises Refusal while a run of it is live, NotFound. Twice is harmless."""
    with db.write() as session:
        location = find_location(session, location_id)
        if location.archived_at is not None:
            return location
        _, busy = _archive(session, [location], clock.now())
        if busy:
            raise Refusal(
                "{location} cannot be archived: its run is not over. Wait for it or cancel it, then archive "
                "again. Nothing was changed.",
                location=location.name,
            )
        blogger = find_blogger(session, location.blogger_id)
        _note(session, actor, "archive_location", [(location, blogger)])
    log.info("%s archived location %s", actor.name, location_id)
    return location


@acts("archive_location")
def archive_locations(db: Database, *, location_ids: Sequence[int], actor: Person) -> Moved:
    """Put these locations away; one with a run that is not over stays. Archived and unknown ones are passed
    over, so that twice is harmless. Raises StorageFailed; nothing is changed then."""
    with db.write() as session:
        found = list(_locations(session, location_ids, archived=False))
        ids, busy = _archive(session, [location for location, _ in found], clock.now())
        _note(session, actor, "archive_location", [one for one in found if one[0] not in busy])
    log_of_many.info("%s archived locations %s", actor.name, ids)
    reason = Refusal("Its run is not over. Wait for it or cancel it, then archive again.")
    owners = {location.id: blogger for location, blogger in found}
    return Moved(tuple(ids), tuple(_stayed(location, owners[location.id], reason) for location in busy))


@acts("archive_blogger")
def archive_blogger(db: Database, *, blogger_id: int, actor: Person) -> Blogger:
    """Put the blogger and all its locations away. Archiving twice changes nothing.

    Raises Refusal while a run of one of its locations is live, NotFound.
    """
    with db.write() as session:
        blogger = find_blogger(session, blogger_id)
        if blogger.archived_at is not None:
            return blogger
        # The shared moment is how restoring knows which locations went away with the blogger.
        moment = clock.now()
        of_blogger = select(Location).where(Location.blogger_id == blogger_id)
        locations = session.exec(of_blogger.where(col(Location.archived_at).is_(None))).all()
        _, busy = _archive(session, locations, moment)
        if busy:
            raise Refusal(
                "{blogger} cannot be archived: a run of {location} is not over. Wait for it or cancel it, "
                "then archive again. Nothing was changed.",
                blogger=blogger.name,
                location=busy[0].name,
            )
        blogger.archived_at = blogger.updated_at = moment
        session.add(blogger)
        _note_family(session, actor, "archive", blogger, locations)
    log.info("%s archived blogger %s", actor.name, blogger_id)
    return blogger


@acts("restore_location")
def restore_location(db: Database, *, location_id: int, actor: Person) -> Location:
    """Bring a location back. Raises Refusal while its blogger is archived, NotFound."""
    with db.write() as session:
        location = find_location(session, location_id)
        if location.archived_at is None:
            return location
        blogger = find_blogger(session, location.blogger_id)
        if blogger.archived_at is not None:
            raise blogger_is_archived(blogger)
        _move(session, [location], archived_at=None, moment=clock.now())
        _note(session, actor, "restore_location", [(location, blogger)])
    log.info("%s restored location %s", actor.name, location_id)
    return location


@acts("restore_location")
def restore_locations(db: Database, *, location_ids: Sequence[int], actor: Person) -> Moved:
    """Bring these locations back; one of an archived blogger stays. Twice is harmless.

    Raises StorageFailed; nothing is changed then.
    """
    back: list[tuple[Location, Blogger]] = []
    stayed: list[Stayed] = []
    with db.write() as session:
        for location, blogger in _locations(session, location_ids, archived=True):
            if blogger.archived_at is not None:
                reason = Refusal("The blogger is in the archive too. Restore the blogger first.")
                stayed.append(_stayed(location, blogger, reason))
            else:
                back.append((location, blogger))
        ids = _move(session, [location for location, _ in back], archived_at=None, moment=clock.now())
        _note(session, actor, "restore_location", back)
    log_of_many.info("%s restored locations %s", actor.name, ids)
    return Moved(tuple(ids), tuple(stayed))


@acts("restore_blogger")
def restore_blogger(db: Database, *, blogger_id: int, actor: Person) -> Blogger:
    """Bring back the blogger and the locations that were archived together with it. Raises NotFound."""
    with db.write() as session:
        blogger = find_blogger(session, blogger_id)
        if blogger.archived_at is None:
            return blogger
        moment = clock.now()
        together = select(Location).where(
            Location.blogger_id == blogger_id, Location.archived_at == blogger.archived_at
        )
        locations = session.exec(together).all()
        _move(session, locations, archived_at=None, moment=moment)
        blogger.archived_at, blogger.updated_at = None, moment
        session.add(blogger)
        _note_family(session, actor, "restore", blogger, locations)
    log.info("%s restored blogger %s", actor.name, blogger_id)
    return blogger


def archived_bloggers(db: Database, *, limit: int) -> pd.DataFrame:
    """id, name and number of locations of the bloggers in the archive, the last archived first."""
    query = (
        select(col(Blogger.id), col(Blogger.name), func.count(col(Location.id)).label("locations"))
        .outerjoin(Location, col(Location.blogger_id) == col(Blogger.id))
        .where(col(Blogger.archived_at).is_not(None))
        .group_by(col(Blogger.id))
        .order_by(col(Blogger.archived_at).desc(), col(Blogger.name_key))
        .limit(limit)
    )
    return frame(db, query)


def _locations(
    session: Session, location_ids: Sequence[int], *, archived: bool
) -> Iterator[tuple[Location, Blogger]]:
    for part in in_batches(location_ids):
        query = select(Location, Blogger).join(Blogger, col(Blogger.id) == col(Location.blogger_id))
        place = col(Location.archived_at).is_not(None) if archived else col(Location.archived_at).is_(None)
        yield from session.exec(query.where(col(Location.id).in_(part), place)).all()


def _archive(
    session: Session, locations: Iterable[Location], moment: datetime
) -> tuple[list[int], list[Location]]:
    """Put away those of these locations that no run works on: their ids, and the locations that stay."""
    live = live_locations(session)
    busy: list[Location] = []
    free: list[Location] = []
    for location in locations:
        if location.id in live:
            busy.append(location)
        elif location.archived_at is None:
            free.append(location)
    return _move(session, free, archived_at=moment, moment=moment), busy


def _move(
    session: Session, locations: Iterable[Location], *, archived_at: datetime | None, moment: datetime
) -> list[int]:
    ids: list[int] = []
    for location in locations:
        location.archived_at, location.updated_at = archived_at, moment
        session.add(location)
        ids.append(location.id or 0)
    return ids


def _note(session: Session, actor: Person, action: str, moved: Iterable[tuple[Location, Blogger]]) -> None:
    """A line for each location."""
    lines = [audit.line(actor, action, **about_location(place, blogger.name)) for place, blogger in moved]
    audit.add_all(session, lines)


def _note_family(
    session: Session, actor: Person, verb: str, blogger: Blogger, locations: Sequence[Location]
) -> None:
    """A line for the blogger, and one for each location that went along."""
    count = {"locations": len(locations)}
    audit.note(
        session, actor, f"{verb}_blogger", kind="blogger", id=blogger.id, name=blogger.name, after=count
    )
    _note(session, actor, f"{verb}_location", [(location, blogger) for location in locations])


def _stayed(location: Location, blogger: Blogger, reason: Refusal) -> Stayed:
    return Stayed(location.id or 0, blogger.name, location.name, reason)
