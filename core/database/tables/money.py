"""Tables of the money beside the ledger: sums by day, budgets, prices set by hand, the breaker, readings."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from core import clock
from core.database.tables.columns import among, json, time

#: What the ledger is summed by. `kind` counts every line with its sign; the others count what was spent.
DIMENSIONS = ("kind", "operation", "blogger", "location", "person", "engine")
BUDGET_SCOPES = ("team", "blogger", "person")


class Tally(SQLModel, table=True):
    """Sums of the ledger's lines by day (UTC), kept by triggers in the line's own transaction.

    A page asks these, so that it takes as long after a million lines as after a thousand. `micro_credits` is
    signed for `kind`; for the others it is what was spent, positive. `lines` counts lines: all of them for
    `kind`, `blogger` and `person`, those that are money gone for the rest.
    """

    __table_args__ = (
        among("dimension", DIMENSIONS),
        Index("tally_by_day", "dimension", "day", "key", "micro_credits"),
        {"sqlite_with_rowid": False},
    )

    dimension: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    day: str = Field(primary_key=True)
    micro_credits: int
    lines: int


class Budget(SQLModel, table=True):
    """What may be spent in a month (UTC); never changed: another figure is another row.

    A soft one warns, a hard one refuses what would pass it.
    """

    __table_args__ = (
        among("scope", BUDGET_SCOPES),
        Index(
            "one_budget_a_scope",
            "scope",
            "target",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    scope: str
    #: The blogger's id, the person's name, or empty for the team.
    target: str = ""
    micro_credits: int
    hard: bool = False
    reason: str = ""
    #: Why it was removed; of one that was replaced the next row's reason says it.
    ended_reason: str = ""
    actor: str
    created_at: datetime = time(default_factory=clock.now)
    ended_at: datetime | None = time(default=None)
    ended_by: str | None = None


class PriceOverride(SQLModel, table=True):
    """A price that a person set in place of the one in tariffs.toml; never changed, only ended."""

    __table_args__ = (
        Index("one_override_an_operation", "operation", unique=True, sqlite_where=text("ended_at IS NULL")),
    )

    id: int | None = Field(default=None, primary_key=True)
    operation: str
    micro_credits: int
    reason: str
    actor: str
    created_at: datetime = time(default_factory=clock.now)
    ended_at: datetime | None = time(default=None)
    ended_by: str | None = None


class Halt(SQLModel, table=True):
    """The breaker: HeyGen said that its credits are gone, and no paid call is made until this is lifted."""

    id: int | None = Field(default=None, primary_key=True)
    #: The run whose call was refused, HeyGen's code, and what that call costs.
    run_id: int = Field(foreign_key="run.id", index=True)
    code: str
    needed: int
    #: The balance that was believed then, or the lowest that HeyGen has told since.
    believed: int
    tripped_at: datetime = time(default_factory=clock.now)
    lifted_at: datetime | None = time(default=None, index=True)
    lifted_by: str | None = None


class Reading(SQLModel, table=True):
    """What HeyGen itself said of the account, and when; `compared`: the ledger was held against it."""

    id: int | None = Field(default=None, primary_key=True)
    micro_credits: int
    groups: int
    compared: bool = Field(default=False, sa_column_kwargs={"server_default": "0"})
    #: What HeyGen announced with its answers: `sunset` (a date), `message`; empty when nothing.
    notice: dict[str, str] = json(server_default="{}")
    read_at: datetime = time(default_factory=clock.now)


ENTRY_KINDS = ("hold", "capture", "release", "overrun", "adjust")


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
