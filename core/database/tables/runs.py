"""The tables of runs: what was wished, the calls it made, and what happened in it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from core import clock
from core.database.tables.columns import among, json, time

RUN_KINDS = ("avatar", "free_slot", "video")
RUN_STATES = ("queued", "running", "waiting", "unknown", "paused", "done", "failed", "cancelled")
ENDED_STATES = ("done", "failed", "cancelled")
LIVE_STATES = tuple(state for state in RUN_STATES if state not in ENDED_STATES)
AVATAR_STEPS = ("photo", "asset", "group", "motion", "saved")
FREE_SLOT_STEPS = ("delete",)
VIDEO_STEPS = ("avatar", "turn", "render", "rendering", "archive")
STEPS = (*AVATAR_STEPS, *FREE_SLOT_STEPS, *VIDEO_STEPS)
OPERATION_KINDS = ("upload_asset", "create_group", "add_motion", "delete_group", "generate_video")
OPERATION_STATES = ("sent", "confirmed", "refused", "unknown", "absent")


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
