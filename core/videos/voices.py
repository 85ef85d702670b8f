"""Voices: HeyGen's list kept here for a day, and the voice, language and format that people start from."""

from __future__ import annotations

import logging
import threading
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy import ColumnElement, delete, insert, or_
from sqlmodel import Session, col, func, select

from core import clock
from core.bloggers.editing import about_location, get_blogger, get_location
from core.database.engine import Database
from core.database.frames import frame
from core.database.tables.bloggers import Blogger, Location
from core.database.tables.videos import VIDEO_FORMATS, Video, Voice
from core.errors import BadInput, StudioError
from core.heygen.answers import VoiceInfo
from core.people import audit
from core.people.roles import Person, acts
from core.studio import Studio

if TYPE_CHECKING:
    import pandas as pd

log = logging.getLogger("studio.voices")

#: How old the list may become, and how soon a reading that failed is tried again.
OLD_AFTER = timedelta(days=1)
TRY_AGAIN_SECONDS = 300.0
LANGUAGE_LIMIT = 64

_tried: WeakKeyDictionary[Studio, float] = WeakKeyDictionary()
_trying = threading.Lock()


@dataclass(frozen=True)
class Default:
    """What a location's videos start from."""

    voice_id: str | None = None
    language: str | None = None
    video_format: str | None = None


def refresh(studio: Studio) -> int:
    """Read HeyGen's voices in place of those that are known; how many there are now. Costs nothing.

    Voices that HeyGen no longer lists go; an empty answer changes nothing. Raises HeyGenError, StorageFailed.
    """
    found: dict[str, VoiceInfo] = {}
    for voice in studio.client.list_voices():
        found.setdefault(voice.voice_id, voice)
    if not found:
        log.warning("HeyGen listed no voices; the known ones stay")
        with studio.db.read() as session:
            return session.exec(select(func.count()).select_from(Voice)).one()
    moment = clock.now()
    rows = [
        {
            "voice_id": voice.voice_id,
            "position": position,
            "name": voice.name,
            "language": voice.language,
            "gender": voice.gender,
            "preview_url": voice.preview_url or "",
            "read_at": moment,
        }
        for position, voice in enumerate(found.values())
    ]
    with studio.db.write() as session:
        connection = session.connection()
        connection.execute(delete(Voice))
        connection.execute(insert(Voice), rows)
    return len(rows)


def refresh_if_old(studio: Studio) -> None:
    """Read HeyGen's voices when none are known, or they are a day old, or of a sandbox that has ended.

    Never raises for what HeyGen or the disk does: a failure is logged. Whatever came of it, this process
    does not try again within five minutes.
    """
    with _trying:
        if not _is_old(studio):
            return
        last = _tried.get(studio)
        if last is not None and clock.monotonic() - last < TRY_AGAIN_SECONDS:
            return
        _tried[studio] = clock.monotonic()
    try:
        refresh(studio)
    except StudioError as error:
        log.warning("the voices could not be read: %s", error)


def voices(db: Database, *, text: str = "", language: str = "", gender: str = "") -> pd.DataFrame:
    """voice_id, name, language, gender, preview_url and last_used, the last used first, then HeyGen's order.

    Each word of `text` must be in the name, language or gender. `last_used` is when a video was last asked
    for with this voice, in UTC, or None.
    """
    used = (
        sa.select(col(Video.voice_id), func.max(col(Video.created_at)).label("last_used"))
        .group_by(col(Video.voice_id))
        .subquery()
    )
    query = (
        sa.select(
            col(Voice.voice_id),
            col(Voice.name),
            col(Voice.language),
            col(Voice.gender),
            col(Voice.preview_url),
            used.c.last_used,
        )
        .outerjoin(used, used.c.voice_id == col(Voice.voice_id))
        .where(*(_says(word) for word in text.split()))
        .order_by(used.c.last_used.desc().nulls_last(), col(Voice.position))
    )
    if language:
        query = query.where(col(Voice.language) == language)
    if gender:
        query = query.where(func.lower(col(Voice.gender)) == gender.lower())
    return frame(db, query)


def get(db: Database, voice_id: str) -> Voice | None:
    """The voice, or None when HeyGen does not list it."""
    with db.read() as session:
        return session.get(Voice, voice_id)


def languages(db: Database) -> list[str]:
    """The languages that voices speak, as HeyGen names them, in the alphabet's order."""
    with db.read() as session:
        found = session.exec(select(Voice.language).where(Voice.language != "").distinct())
        return sorted(found)


@acts("set_video_defaults")
def set_default(
    studio: Studio | Database,
    *,
    blogger_id: int | None = None,
    location_id: int | None = None,
    voice_id: str | None,
    language: str | None,
    video_format: str | None,
    actor: Person,
) -> None:
    """What the blogger's or the location's videos start from; None or "" means: nothing of its own.

    Exactly one of the two ids is given. Raises BadInput for a voice that HeyGen does not list, an unknown
    format or a language that is no name, NotFound.
    """
    if (blogger_id is None) == (location_id is None):
        raise TypeError("exactly one of blogger_id and location_id is needed")
    db = studio if isinstance(studio, Database) else studio.db
    if blogger_id is not None:
        get_blogger(db, blogger_id=blogger_id)
    if location_id is not None:
        get_location(db, location_id=location_id)
    values = {
        "language": _language(language),
        "video_format": _format(video_format),
    }
    with db.write() as session:
        owner: Blogger | Location = (
            session.get_one(Blogger, blogger_id)
            if location_id is None
            else session.get_one(Location, location_id)
        )
        before, after = audit.changed(owner, voice_id=_voice(session, voice_id), **values)
        if not after:
            return
        owner.updated_at = clock.now()
        session.add(owner)
        if isinstance(owner, Blogger):
            about: dict[str, Any] = {"kind": "blogger", "id": owner.id, "name": owner.name}
        else:
            about = about_location(owner, session.get_one(Blogger, owner.blogger_id).name)
        audit.note(session, actor, "set_video_defaults", **about, before=before, after=after)
    whose = f"blogger {blogger_id}" if location_id is None else f"location {location_id}"
    log.info("%s set what videos of %s start from", actor.name, whose)


def default_of(location: Location, blogger: Blogger) -> Default:
    """What the location's videos start from: its own where it has it, else its blogger's."""
    return Default(
        voice_id=location.voice_id or blogger.voice_id or None,
        language=location.language or blogger.language or None,
        video_format=location.video_format or blogger.video_format or None,
    )


def any_default(db: Database, location_ids: Sequence[int]) -> bool:
    """True when at least one of these locations has a voice of its own or of its blogger."""
    query = (
        select(Location.id)
        .join(Blogger, col(Blogger.id) == col(Location.blogger_id))
        .where(
            col(Location.id).in_(location_ids),
            or_(col(Location.voice_id).is_not(None), col(Blogger.voice_id).is_not(None)),
        )
        .limit(1)
    )
    with db.read() as session:
        return session.exec(query).first() is not None


def _is_old(studio: Studio) -> bool:
    with studio.db.read() as session:
        newest = session.exec(select(Voice).order_by(col(Voice.read_at).desc()).limit(1)).first()
    # A reading from the future was written before the clock was put right.
    if newest is None or not timedelta(0) <= clock.now() - newest.read_at < OLD_AFTER:
        return True
    # The sandbox has another port after each start, and its samples are heard there.
    sandbox = studio.settings.world == "sandbox"
    return sandbox and not newest.preview_url.startswith(studio.settings.api_base)


def _says(word: str) -> ColumnElement[bool]:
    # SQLite folds the case of English letters only; these are the ways in which names are written.
    ways = {word, word.lower(), word.upper(), word.capitalize()}
    columns: tuple[Any, ...] = (col(Voice.name), col(Voice.language), col(Voice.gender))
    return or_(*(column.icontains(way, autoescape=True) for column in columns for way in sorted(ways)))


def _voice(session: Session, voice_id: str | None) -> str | None:
    if not voice_id:
        return None
    if session.get(Voice, voice_id) is None:
        raise BadInput(
            "HeyGen lists no voice “{voice}”. Nothing was changed. Choose one from the list.", voice=voice_id
        )
    return voice_id


def _format(video_format: str | None) -> str | None:
    if not video_format:
        return None
    if video_format not in VIDEO_FORMATS:
        raise BadInput(
            "There is no video format “{format}”. Nothing was changed. Choose one of: {known}.",
            format=video_format,
            known=", ".join(VIDEO_FORMATS),
        )
    return video_format


def _language(language: str | None) -> str | None:
    name = " ".join((language or "").split())
    if len(name) > LANGUAGE_LIMIT or any(unicodedata.category(char) in ("Cc", "Cf", "Cs") for char in name):
        raise BadInput("This is not the name of a language. Nothing was changed. Choose one from the list.")
    return name or None
