"""The tables. States are strings with a CHECK constraint; times are UTC; money is micro-credits."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from core import clock
from core.database.tables.columns import among, json, time

#: The id that means "make the avatar on demand" in the brief.
NO_AVATAR = "00000"

AVATAR_STATUSES = ("none", "pending", "completed", "failed")
MOTION_STATUSES = ("none", "processing", "completed", "failed")
RUN_KINDS = ("avatar", "free_slot", "video")
RUN_STATES = ("queued", "running", "waiting", "unknown", "paused", "done", "failed", "cancelled")
ENDED_STATES = ("done", "failed", "cancelled")
LIVE_STATES = tuple(state for state in RUN_STATES if state not in ENDED_STATES)
AVATAR_STEPS = ("photo", "asset", "group", "motion", "saved")
#: The steps of a run that may still make a group.
GROUP_AHEAD = ("photo", "asset", "group")
VIDEO_STEPS = ("avatar", "turn", "render", "rendering", "archive")
STEPS = (*AVATAR_STEPS, "delete", *VIDEO_STEPS)
OPERATION_KINDS = ("upload_asset", "create_group", "add_motion", "delete_group", "generate_video")
OPERATION_STATES = ("sent", "confirmed", "refused", "unknown", "absent")
ENTRY_KINDS = ("hold", "capture", "release", "overrun", "adjust")
CHECK_KINDS = ("location", "connection", "inventory", "delete_group")
PAST_REASONS = ("photo", "slot", "swapped")


class Stamp(SQLModel, table=True):
    """Which world this database belongs to; one row, written when the database is made."""

    id: int = Field(default=1, primary_key=True)
    world: str
    api_host: str
    dialect_family: str
    key_fingerprint: str
    created_at: datetime = time(default_factory=clock.now)


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


class StatusCheck(SQLModel, table=True):
    """A question to HeyGen that costs nothing, asked by a person and answered by the worker.

    `kind`: location (how an avatar does), connection, inventory, or delete_group with the group as `subject`.
    """

    __table_args__ = (among("kind", CHECK_KINDS),)

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(default="location", sa_column_kwargs={"server_default": "location"})
    subject: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    location_id: int | None = Field(default=None, foreign_key="location.id", index=True)
    actor: str
    asked_at: datetime = time(default_factory=clock.now)
    done_at: datetime | None = time(default=None, index=True)
    answer: dict[str, Any] = json()
    #: Why HeyGen could not be asked; empty when it answered.
    error_template: str = ""
    error_values: dict[str, Any] = json()


class Run(SQLModel, table=True):
    """A person's wish about one location, advanced step by step by whoever holds its lease."""

    __table_args__ = (
        UniqueConstraint("quote_id", "location_id", "kind", name="run_once_a_quote"),
        among("kind", RUN_KINDS),
        among("state", RUN_STATES),
        among("step", STEPS),
        Index(
            "one_live_avatar_run_a_location",
            "location_id",
            unique=True,
            sqlite_where=text(
                "kind IN ('avatar', 'free_slot') AND state NOT IN ('done', 'failed', 'cancelled')"
            ),
        ),
        Index("run_due", "state", "due_at"),
        Index("run_ended", "state", "ended_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str = "avatar"
    location_id: int = Field(foreign_key="location.id", index=True)
    quote_id: str
    actor: str = Field(index=True)
    state: str = "queued"
    step: str = "photo"
    first_step: str = "photo"
    motion_type: str = ""
    group_name: str
    #: Another motion for an avatar that has one: the earlier one stays until this one is done.
    again: bool = False
    #: The avatar that a further motion is for or that loses its group; the group; the past avatar it is.
    avatar_id: str | None = None
    group_id: str | None = None
    past_id: int | None = None
    #: What was agreed at confirm: kind of operation -> micro-credits a unit. Empty: the tariff of the moment.
    prices: dict[str, int] = json(server_default="{}")
    photo_url: str = ""
    image_key: str | None = None
    #: Why the last attempt failed: one of the brief's three names (or empty), the cause and its values.
    error_name: str = ""
    error_template: str = ""
    error_values: dict[str, Any] = json()
    #: Tries of the present step that were not sent, refused for the moment or had to be repeated.
    tries: int = 0
    polls: int = 0
    cancel_requested_by: str | None = None
    due_at: datetime | None = time(default=None)
    step_at: datetime = time(default_factory=clock.now)
    lease_owner: str | None = Field(default=None, index=True)
    lease_until: datetime | None = time(default=None)
    fence: int = 0
    created_at: datetime = time(default_factory=clock.now, index=True)
    updated_at: datetime = time(default_factory=clock.now)
    ended_at: datetime | None = time(default=None)


class Operation(SQLModel, table=True):
    """One creating call to HeyGen, written down before it is sent."""

    __table_args__ = (
        UniqueConstraint("run_id", "kind", "attempt", name="operation_attempt_once"),
        among("kind", OPERATION_KINDS),
        among("state", OPERATION_STATES),
        Index(
            "one_unresolved_call_a_run",
            "run_id",
            unique=True,
            sqlite_where=text("state IN ('sent', 'unknown')"),
        ),
        Index(
            "one_unresolved_create_a_name",
            "subject",
            unique=True,
            sqlite_where=text("kind = 'create_group' AND state IN ('sent', 'unknown')"),
        ),
        Index("operation_settled", "kind", "settled_at"),
        Index("operation_orphans", "id", sqlite_where=text("orphan IS 1")),
    )

    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="run.id", index=True)
    location_id: int = Field(foreign_key="location.id", index=True)
    kind: str
    attempt: int
    state: str = "sent"
    #: What reconciliation looks for: the group's name, the avatar's id, the video's title.
    subject: str
    request: dict[str, Any] = json()
    request_hash: str
    idempotency_key: str
    snapshot: dict[str, Any] = json()
    price: int = 0
    sender: str
    sent_at: datetime = time(default_factory=clock.now)
    settled_at: datetime | None = time(default=None)
    answer: dict[str, Any] = json()
    http_status: int | None = None
    error_code: str = ""
    #: The refusal in English, as the log has it; its template and values are what a page translates.
    error_text: str = ""
    error_template: str = ""
    error_values: dict[str, Any] = json()
    #: Where only a person can tell: what HeyGen shows that may be the answer, with a picture's address.
    candidates: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    group_id: str | None = Field(default=None, index=True)
    look_id: str | None = Field(default=None, index=True)
    video_id: str | None = Field(default=None, index=True)
    #: An answer that arrived after the operation had been declared absent: what it made belongs to nobody.
    orphan: bool = False


class Entry(SQLModel, table=True):
    """A line of the ledger; never changed. The sign is the effect, see core.money.ledger."""

    __table_args__ = (
        among("kind", ENTRY_KINDS),
        Index(
            "charged_once_an_operation",
            "operation_id",
            "kind",
            unique=True,
            sqlite_where=text("kind IN ('capture', 'overrun')"),
        ),
        Index("taken_back_once", "reverses_id", unique=True, sqlite_where=text("reverses_id IS NOT NULL")),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(index=True)
    micro_credits: int
    run_id: int | None = Field(default=None, foreign_key="run.id", index=True)
    operation_id: int | None = Field(default=None, foreign_key="operation.id", index=True)
    location_id: int | None = Field(default=None, foreign_key="location.id", index=True)
    #: The price of one unit, in micro-credits, that the line was made under.
    unit_price: int | None = None
    #: The line that this one takes back.
    reverses_id: int | None = Field(default=None, foreign_key="entry.id")
    actor: str = Field(index=True)
    note: str = ""
    created_at: datetime = time(default_factory=clock.now, index=True)


class Event(SQLModel, table=True):
    """What happened in a run, in order; the brief's log lines stand here word for word."""

    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="run.id", index=True)
    step: str
    level: str = "info"
    #: The line in English, as the log has it; `template` and `details` are what a page translates.
    message: str
    template: str = ""
    details: dict[str, Any] = json()
    actor: str = ""
    created_at: datetime = time(default_factory=clock.now)
