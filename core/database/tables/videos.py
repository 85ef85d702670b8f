"""The tables of videos: what was asked for, what came of it, and the voices that can speak."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from core import clock
from core.database.tables.columns import among, time

#: Width to height.
VIDEO_FORMATS = ("16:9", "9:16", "1:1")


class Video(SQLModel, table=True):
    """What a video run makes: the script as it is spoken, how it is rendered, and the file kept of it.

    A batch is the videos of one quote. `file`, `poster` and `captions` are names inside DATA_DIR/videos,
    made of our own ids; "" while there is none.
    """

    __table_args__ = (among("format", VIDEO_FORMATS), Index("video_listed", "created_at", "location_id"))

    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="run.id", unique=True)
    location_id: int = Field(foreign_key="location.id", index=True)
    #: What people call it, and the name HeyGen gets: it ends in the run's short id.
    title: str
    heygen_title: str = Field(index=True)
    script: str
    voice_id: str = Field(index=True)
    voice_name: str = ""
    #: The language that the estimator counted in.
    language: str = ""
    format: str = "16:9"
    width: int
    height: int
    #: The estimator's guess and its upper bound, which is held; milliseconds.
    expected_ms: int
    upper_ms: int
    #: The person chose the still look, knowing that the motion failed.
    still: bool = False
    #: The avatar run that this one waits for.
    avatar_run_id: int | None = Field(default=None, foreign_key="run.id")
    #: The look that was rendered, and HeyGen's id of the video.
    look_id: str | None = None
    heygen_video_id: str | None = Field(default=None, index=True)
    #: HeyGen finished it together with a credit error: it carries a watermark.
    watermark: bool = False
    #: As measured: by HeyGen when the render ended, by the file once it is here.
    duration_ms: int | None = None
    rendered_at: datetime | None = time(default=None, index=True)
    file: str = ""
    poster: str = ""
    captions: str = ""
    size: int = 0
    sha256: str = ""
    archived_at: datetime | None = time(default=None)
    #: When a person removed the file; the record stays.
    removed_at: datetime | None = time(default=None)
    created_at: datetime = time(default_factory=clock.now)


class Voice(SQLModel, table=True):
    """A voice that HeyGen offers, as it was last listed."""

    voice_id: str = Field(primary_key=True)
    #: Its place in HeyGen's own order.
    position: int
    name: str = ""
    language: str = ""
    gender: str = ""
    preview_url: str = ""
    read_at: datetime = time(default_factory=clock.now)
