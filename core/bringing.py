"""Bringing bloggers and locations over from the data of v1 and v2, which count in credits, to those of v3.

What they cost stays there: credits and dollars never meet. The old data are read from a copy and stay as
they are. It costs nothing and asks HeyGen nothing.
"""

import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from sqlmodel import Session, SQLModel, col, select

from core import config
from core.bloggers import live_locations
from core.copies import copied
from core.db import Database, open_database
from core.errors import BadInput, Refusal, StartRefused, StorageFailed
from core.exchange import FileRow, apply_import, plan_import
from core.files import write_whole
from core.models import NO_AVATAR, Blogger, Location
from core.photo_address import PhotoRefused, is_kept, is_upload, upload_path
from core.studio import Studio

log = logging.getLogger("studio.bringing")

#: The dialect whose data are brought over; workflow and v2 share theirs.
FROM = "v2"
#: What a blogger's and a location's videos are made with.
DEFAULTS = ("voice_id", "language", "video_format")
#: What HeyGen holds for a location, beside the avatar's id.
HELD = (
    *("heygen_group_id", "heygen_look_id", "avatar_status", "motion_type", "motion_status"),
    *("status_at", "checked_at"),
)


@dataclass(frozen=True, kw_only=True)
class Brought:
    """How many locations were added, were here already or could not be taken, and were left there.

    `left` have a run there that is not over: what it makes would be lost to sight here.
    """

    added: int
    known: int
    refused: int
    left: int


@dataclass(frozen=True)
class _There:
    """What the other data hold: bloggers with their locations, and those that are still being worked on."""

    bloggers: list[tuple[Blogger, list[Location]]]
    left: int


def offered(studio: Studio) -> Path | None:
    """The directory of v1 and v2 beside this one of v3; None where there is nothing to bring over."""
    if studio.settings.family != "v3":
        return None
    folder = Path(config.data_dir(studio.settings.world, FROM))
    return folder if (folder / "studio.db").is_file() else None


def keeps_avatars(studio: Studio) -> bool:
    """False where another HeyGen stands behind these data, which does not know the avatars.

    A sandbox that the Studio brings itself keeps its rows with the data.
    """
    return studio.sandbox is None


def bring(studio: Studio, folder: Path, *, actor: str) -> Brought:
    """Add the bloggers and locations of the data in `folder`, with avatars, photos and voices.

    What is here already stays, by the rules of an import; doing it twice adds nothing. Raises BadInput where
    there are no data, Refusal for those of another account, StorageFailed.
    """
    there = replace(studio.settings, dialect=FROM, data_dir=folder)
    if not (folder / "studio.db").is_file():
        raise BadInput("There is no data of the Studio in {folder}. Nothing was changed.", folder=str(folder))
    with copied(there) as copy:
        try:
            other = open_database(copy)
        except StartRefused as exc:
            raise Refusal(
                "The data in {folder} are not those of this HeyGen account in v1 or v2. Nothing was changed. "
                "Start the Studio with HEYGEN_DIALECT=v2 and that DATA_DIR: it says what differs.",
                folder=str(folder),
            ) from exc
        try:
            found = _read(other)
        finally:
            other.close()
        for _, places in found.bloggers:
            for place in places:
                _keep_photo(place.image_url, copy, studio.settings)
    avatars = keeps_avatars(studio)
    plan = plan_import(studio.db, _rows(found), reset_avatars=not avatars)
    result = apply_import(studio.db, plan, actor=actor)
    _fill_in(studio.db, found, avatars=avatars)
    log.info("%s brought bloggers and locations over: %s", actor, result.counts)
    counts = {verdict: 0 for verdict in result.counts}
    for row in result.rows:
        counts[row.verdict] += row.location is not None
    known = counts["same"] + counts["kept"] + counts["changed"]
    return Brought(added=counts["new"], known=known, refused=counts["refused"], left=found.left)


def _read(other: Database) -> _There:
    """What is not in the archive there, in the order it was added."""
    with other.read() as session:
        live = live_locations(session)
        places: dict[int | None, list[Location]] = {}
        left = 0
        for place in session.exec(
            select(Location).where(col(Location.archived_at).is_(None)).order_by(col(Location.id))
        ):
            if place.id in live:
                left += 1
            else:
                places.setdefault(place.blogger_id, []).append(place)
        bloggers = session.exec(
            select(Blogger).where(col(Blogger.archived_at).is_(None)).order_by(col(Blogger.id))
        )
        return _There([(one, places.get(one.id, [])) for one in bloggers], left)


def _rows(found: _There) -> tuple[FileRow, ...]:
    """The same as rows of an import."""
    rows: list[FileRow] = []
    for blogger, places in found.bloggers:
        for place in places or [None]:
            known = {} if place is None else _of_place(place)
            rows.append(
                FileRow(
                    number=len(rows) + 1,
                    blogger=blogger.name,
                    location=None if place is None else place.name,
                    blogger_extra=blogger.extra,
                    settings_extra=blogger.settings_extra,
                    **known,
                )
            )
    return tuple(rows)
