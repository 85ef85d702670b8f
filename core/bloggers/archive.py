"""Putting many locations away at once, and bringing them back; who is in the archive.

Each location is judged by itself: what cannot be moved is named with its reason, the rest moves in one
transaction. One location and whole bloggers are moved by core.bloggers.editing.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from core import clock
from core.bloggers.editing import live_locations
from core.database.batches import in_batches
from core.database.engine import Database
from core.database.frames import frame
from core.database.tables.bloggers import Blogger, Location
from core.errors import Refusal

if TYPE_CHECKING:
    import pandas as pd

log = logging.getLogger("studio.archive")


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


def archive_locations(db: Database, *, location_ids: Sequence[int], actor: str) -> Moved:
    """Put these locations away; one with a run that is not over stays. Archived and unknown ones are passed
    over, so that twice is harmless. Raises StorageFailed; nothing is changed then."""
    ids: list[int] = []
    stayed: list[Stayed] = []
    with db.write() as session:
        live = live_locations(session)
        for location, blogger in _locations(session, location_ids, archived=False):
            if location.id in live:
                reason = Refusal("Its run is not over. Wait for it or cancel it, then archive again.")
                stayed.append(_stayed(location, blogger, reason))
            elif location.id is not None:
                ids.append(location.id)
        moment = clock.now()
        _write(session, ids, archived_at=moment, updated_at=moment)
    log.info("%s archived locations %s", actor, ids)
    return Moved(tuple(ids), tuple(stayed))


def restore_locations(db: Database, *, location_ids: Sequence[int], actor: str) -> Moved:
    """Bring these locations back; one of an archived blogger stays. Twice is harmless.

    Raises StorageFailed; nothing is changed then.
    """
    ids: list[int] = []
    stayed: list[Stayed] = []
    with db.write() as session:
        for location, blogger in _locations(session, location_ids, archived=True):
            if blogger.archived_at is not None:
                reason = Refusal("The blogger is in the archive too. Restore the blogger first.")
                stayed.append(_stayed(location, blogger, reason))
            elif location.id is not None:
                ids.append(location.id)
        _write(session, ids, archived_at=None, updated_at=clock.now())
    log.info("%s restored locations %s", actor, ids)
    return Moved(tuple(ids), tuple(stayed))


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


def _write(session: Session, ids: Sequence[int], **values: object) -> None:
    for part in in_batches(ids):
        session.execute(update(Location).where(col(Location.id).in_(part)).values(**values))


def _stayed(location: Location, blogger: Blogger, reason: Refusal) -> Stayed:
    return Stayed(location.id or 0, blogger.name, location.name, reason)
