"""Tables of HeyGen's side: the world of these data, the account's looks as last listed, events it sent."""

from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlmodel import Field, SQLModel

from core import clock
from core.database.tables.columns import among, json, time


class Stamp(SQLModel, table=True):
    """Which world this database belongs to; one row, written when the database is made."""

    id: int = Field(default=1, primary_key=True)
    world: str
    api_host: str
    dialect_family: str
    key_fingerprint: str
    created_at: datetime = time(default_factory=clock.now)


class Copied(SQLModel, table=True):
    """Only in a backup, and in a database that was read back from one: when it was made, and its last rows.

    It knows nothing of the calls that were made after that.
    """

    id: int | None = Field(default=None, primary_key=True)
    made_at: datetime = time(default_factory=clock.now)
    last_location: int
    last_run: int
    last_operation: int


class HeyGenLook(SQLModel, table=True):
    """A look that the account held when it was last listed; all rows are of one listing.

    A group without looks is one row with an empty `look_id`. `status` and `motion` as in
    core.heygen.AvatarDetails, `preview` a signed address that dies after some days.
    """

    group_id: str = Field(primary_key=True)
    look_id: str = Field(primary_key=True, default="")
    group_name: str = ""
    name_key: str = ""
    status: str = ""
    motion: str = "none"
    #: A motion that is a look of its own.
    is_motion: bool = False
    #: False for an avatar made of a video: it is none of the Studio's.
    photo: bool = True
    preview: str = ""
    #: When the group was made, by HeyGen's clock, where it says so.
    created_at: datetime | None = time(default=None)


class HookEvent(SQLModel, table=True):
    """A webhook that was taken: the same one is never taken again."""

    #: The signature over its raw body, which nobody without the secret can make anew.
    signature: str = Field(primary_key=True)
    event_type: str = ""
    received_at: datetime = time(default_factory=clock.now, index=True)


CHECK_KINDS = ("location", "connection", "inventory", "delete_group")


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
