"""A world with voices, and what a test of videos does all the time."""

from dataclasses import dataclass
from pathlib import Path

from sqlmodel import select

from core.database.tables.runs import Run
from core.database.tables.videos import Video
from core.quotes import videos
from core.quotes.video_lines import VideoWish
from core.quotes.videos import VideoQuote
from core.runs import confirm, drive
from core.videos import voices
from tests.world import PERSON, World

SCRIPT = "Hi there."


@dataclass
class Films(World):
    """A world whose account offers voices."""

    voice: str = ""

    def wish(self, script: str = SCRIPT, **wishes: object) -> VideoWish:
        return VideoWish(**{"script": script, "voice_id": self.voice, **wishes})  # pyright: ignore[reportArgumentType]

    def price(self, *places: int, script: str = SCRIPT, **wishes: object) -> VideoQuote:
        return videos.quote(self.studio, location_ids=places, wish=self.wish(script, **wishes))

    def order(self, *places: int, script: str = SCRIPT, **wishes: object) -> list[Run]:
        """Confirm one video for each place; returns all runs, those that make avatars first."""
        quote = self.price(*places, script=script, **wishes)
        return confirm.confirm(self.studio, quote, actor=PERSON)

    def finish(self, *runs: Run) -> list[Run]:
        """Advance the runs until they rest."""
        return drive.drive(self.studio, [run.id for run in runs])

    def video(self, run: Run) -> Video:
        with self.studio.db.read() as session:
            return session.exec(select(Video).where(Video.run_id == run.id)).one()

    @property
    def folder(self) -> Path:
        return self.studio.settings.data_dir / "videos"

    @property
    def files(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir()) if self.folder.is_dir() else []

    @property
    def renders(self) -> list[dict]:
        """The charges for videos that HeyGen booked."""
        return [one for one in self.heygen["charges"] if one["kind"] == "generate_video"]

    def avatar(self, name: str = "Studio") -> int:
        """A location with a finished avatar."""
        place = self.location(name)
        assert self.drive(self.confirm(place)).state == "done"
        return place


def with_voices(world: World) -> Films:
    """The world once HeyGen's voices are listed, with an English one."""
    voices.refresh(world.studio)
    listed = voices.voices(world.studio.db, language="English")
    return Films(world.studio, world.photo_url, voice=listed["voice_id"].iloc[0])
