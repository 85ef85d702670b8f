"""The tables. States are strings with a CHECK constraint; times are UTC; money is micro-credits."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from core import clock
from core.database.tables.columns import among, json, time

#: The id that means "make the avatar on demand" in the brief.
NO_AVATAR = "00000"

AVATAR_STATUSES = ("none", "pending", "completed", "failed")
MOTION_STATUSES = ("none", "processing", "completed", "failed")
PAST_REASONS = ("photo", "slot", "swapped")


class Blogger(SQLModel, table=True):
    """A person whose videos are published. `extra` and `settings_extra` keep an import's unknown keys."""

    id: int | None = Field(default=None, primary_key=True)
    name: str
    name_key: str = Field(unique=True)
    extra: dict[str, Any] = json()
    settings_extra: dict[str, Any] = json()
    #: What this person's videos are made with where a location does not say otherwise.
    voice_id: str | None = None
    language: str | None = None
    video_format: str | None = None
    archived_at: datetime | None = time(default=None)
    created_at: datetime = time(default_factory=clock.now)
    updated_at: datetime = time(default_factory=clock.now)


class Location(SQLModel, table=True):
    """A photo of a blogger somewhere, and what HeyGen made of it.

    `heygen_avatar_id` is what videos use; `heygen_group_id` and `heygen_look_id` are stored as soon as the
    group is confirmed, so that a location never gets a second group.
    """

    __table_args__ = (
        UniqueConstraint("blogger_id", "name_key", name="location_name_once_a_blogger"),
        among("avatar_status", AVATAR_STATUSES),
        among("motion_status", MOTION_STATUSES),
        Index("location_statuses", "avatar_status", "motion_status"),
        Index("location_newest", "motion_status", "status_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    blogger_id: int = Field(foreign_key="blogger.id", index=True)
    name: str
    name_key: str
    image_url: str = ""
    heygen_avatar_id: str = NO_AVATAR
    heygen_group_id: str | None = Field(default=None, index=True)
    heygen_look_id: str | None = None
    avatar_status: str = "none"
    motion_type: str | None = None
    motion_status: str = "none"
    #: Since when the statuses are what they are, and when HeyGen last said so.
    status_at: datetime | None = time(default=None)
    checked_at: datetime | None = time(default=None)
    #: In place of the blogger's own.
    voice_id: str | None = None
    language: str | None = None
    video_format: str | None = None
    extra: dict[str, Any] = json()
    archived_at: datetime | None = time(default=None)
    created_at: datetime = time(default_factory=clock.now)
    updated_at: datetime = time(default_factory=clock.now)


class PastAvatar(SQLModel, table=True):
    """An avatar that a location no longer uses; it can be taken back until its group is deleted."""

    __table_args__ = (
        among("reason", PAST_REASONS),
        among("avatar_status", AVATAR_STATUSES),
        among("motion_status", MOTION_STATUSES),
    )

    id: int | None = Field(default=None, primary_key=True)
    location_id: int = Field(foreign_key="location.id", index=True)
    reason: str
    image_url: str = ""
    heygen_avatar_id: str = NO_AVATAR
    heygen_group_id: str | None = Field(default=None, index=True)
    heygen_look_id: str | None = None
    avatar_status: str = "none"
    motion_type: str | None = None
    motion_status: str = "none"
    actor: str
    retired_at: datetime = time(default_factory=clock.now)
    deleted_at: datetime | None = time(default=None)
