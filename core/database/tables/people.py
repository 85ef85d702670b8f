"""The tables of people: members, how they came in, and what they did."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from core import clock
from core.database.tables.columns import among, json, time

#: From the least to the most. Each may do what those before it may.
ROLES = ("viewer", "operator", "administrator")
WAYS = ("provider", "invitation", "proxy", "start_link")
AUDIT_KINDS = (
    "blogger",
    "location",
    "run",
    "video",
    "group",
    "budget",
    "price",
    "ledger",
    "member",
    "invitation",
    "data",
    "sandbox",
)


class Member(SQLModel, table=True):
    """Somebody of the team. `email` is lower case and is the name under which the record knows the member."""

    __table_args__ = (among("role", ROLES), among("way", ("", *WAYS)))

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(unique=True)
    #: As the provider or the proxy calls the person; "" while nobody said.
    called: str = ""
    role: str
    added_by: str
    added_at: datetime = time(default_factory=clock.now)
    #: The last way in that was taken, one of WAYS; "" before the first.
    way: str = ""
    last_seen_at: datetime | None = time(default=None)
    #: A cookie that was signed before this counts no more.
    not_before: datetime | None = time(default=None)
    removed_at: datetime | None = time(default=None)


class SignIn(SQLModel, table=True):
    """One cookie that was seen: its use is what keeps it alive, and signing out ends every copy of it.

    Without a member it is the start link's, on this machine alone.
    """

    __table_args__ = (among("way", WAYS),)

    #: The cookie's SHA-256: what stands here opens nothing.
    key: str = Field(primary_key=True)
    member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    way: str
    signed_at: datetime = time()
    last_seen_at: datetime = time(default_factory=clock.now)
    ended_at: datetime | None = time(default=None)


class Invitation(SQLModel, table=True):
    """A link that lets one member in once."""

    id: int | None = Field(default=None, primary_key=True)
    member_id: int = Field(foreign_key="member.id", index=True)
    #: The token's SHA-256; the token itself stands in the link alone.
    token_hash: str = Field(unique=True)
    made_by: str
    made_at: datetime = time(default_factory=clock.now)
    expires_at: datetime = time()
    used_at: datetime | None = time(default=None)
    taken_back_at: datetime | None = time(default=None)


class AuditLine(SQLModel, table=True):
    """What somebody did; written once, by the transaction that did it."""

    __table_args__ = (
        among("kind", AUDIT_KINDS),
        Index("audit_object", "kind", "object_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    created_at: datetime = time(default_factory=clock.now, index=True)
    actor: str = Field(index=True)
    #: A name of core.people.roles.ACTIONS.
    action: str = Field(index=True)
    kind: str
    object_id: str = ""
    name: str = ""
    location_id: int | None = Field(default=None, index=True)
    run_id: int | None = Field(default=None, index=True)
    before: dict[str, Any] = json()
    after: dict[str, Any] = json()
