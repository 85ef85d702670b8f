"""Videos in the states that their page shows, made through core alone."""

from typing import Any

from sqlmodel import select

from core.database.tables.runs import Run
from core.database.tables.videos import Video
from core.quotes import videos
from core.quotes.video_lines import VideoWish
from core.runs import confirm, drive
from core.studio import Studio
from core.videos import voices
from tests.pages.conftest import ACTOR

SCRIPT = "Hi, {blogger}, {location}!"


def with_voices(studio: Studio) -> list[str]:
    """HeyGen's voices are known; returns their ids."""
    voices.refresh(studio)
    return list(voices.voices(studio.db)["voice_id"])


def order(studio: Studio, *location_ids: int, script: str = SCRIPT, **wish: Any) -> tuple[str, list[Run]]:
    """Videos that are confirmed and not begun; returns the quote's id and all its runs."""
    voice = wish.pop("voice_id", None) or with_voices(studio)[0]
    asked = VideoWish(script=script, voice_id=voice, **wish)
    quote = videos.quote(studio, location_ids=location_ids, wish=asked)
    return quote.id, confirm.confirm(studio, quote, actor=ACTOR)


def make(studio: Studio, *location_ids: int, **wish: Any) -> str:
    """Videos that are driven until they rest; returns the quote's id."""
    quote_id, runs = order(studio, *location_ids, **wish)
    drive.drive(studio, [run.id for run in runs])
    return quote_id


def the_video(studio: Studio, video_id: int = 1) -> Video:
    with studio.db.read() as session:
        return session.exec(select(Video).where(Video.id == video_id)).one()
