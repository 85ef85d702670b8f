"""Prices and plan limits: those of tariffs.toml, with the prices that a person has set in their place.

Every figure has its source and date, and every price its unit of money. Only prices in the world's own unit
are ever loaded, so nothing can add credits to dollars.
"""

import tomllib
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path

from sqlmodel import Session, col, select

from core import amounts
from core.amounts import CENT, micro_credits
from core.database.tables.money import PriceOverride

FILE = Path(__file__).with_name("tariffs.toml")
#: A price that was read longer ago than this should be looked up again.
STALE_DAYS = 90
#: What is bought by a step that is no call of its own.
NOTHING = "nothing"
#: What a run of each kind may call and pay for.
CALLS = {
    "avatar": ("upload_asset", "create_group", "add_motion"),
    "free_slot": (),
    "video": ("generate_video",),
}


@dataclass(frozen=True)
class Price:
    """What an operation costs a call, a look or a minute (`per`), in millionths of `unit`.

    Of a price that a person set, `set_by` is that person and `source` the reason given.
    """

    operation: str
    micro_credits: int
    unit: str
    per: str
    source: str
    as_of: date
    set_by: str = ""

    @property
    def overridden(self) -> bool:
        return bool(self.set_by)

    @property
    def charged(self) -> bool:
        """False for a step that is no call in this world, so that no price could count."""
        return self.per != NOTHING

    def age_days(self, now: datetime) -> int:
        """Whole days since the price was read or set."""
        return (now.date() - self.as_of).days

    def stale(self, now: datetime) -> bool:
        return self.age_days(now) > STALE_DAYS


@dataclass(frozen=True)
class Limit:
    """One figure of a plan. `value` is None where the plan has no limit."""

    name: str
    value: int | str | bool | None
    source: str
    as_of: date


@dataclass(frozen=True)
class Subscription:
    """A plan of HeyGen's: what one pays a month for, and its limits."""

    name: str
    limits: dict[str, Limit]

    @property
    def groups(self) -> int | None:
        """How many avatar groups the plan allows; None = no limit."""
        value = self.limits["groups"].value
        return value if isinstance(value, int) else None


@dataclass(frozen=True)
class Tariffs:
    prices: dict[str, Price]
    plans: dict[str, Subscription]

    def price(self, operation: str) -> int:
        """Micro-credits for one call, look or minute of `operation`."""
        return self.prices[operation].micro_credits

    @property
    def avatar(self) -> int:
        """Micro-credits for a new avatar with motion, from the photo on."""
        return sum(self.of_run("avatar").values())

    def of_run(self, kind: str) -> dict[str, int]:
        """What a run of this kind agrees on when it is confirmed: operation -> micro-credits a unit."""
        return {operation: self.price(operation) for operation in CALLS[kind]}


def for_length(a_minute: int, milliseconds: int) -> int:
    """What a video of that length costs, in micro-credits, rounded up; counted from the first moment."""
    return -(-a_minute * milliseconds // 60_000)


def upper_bound(a_minute: int, milliseconds: int) -> int:
    """What is held for a video of at most that length, in micro-credits: `for_length`, up to a hundredth, so
    that a quote's lines come to its total as people read them."""
    return -(-for_length(a_minute, milliseconds) // CENT) * CENT


def load(path: Path = FILE) -> Tariffs:
    """The tariffs of `path`, its prices in this world's unit.

    Raises KeyError or ValueError where a figure lacks its source or date.
    """
    return _load(path, amounts.unit())


@cache
def _load(path: Path, unit: str) -> Tariffs:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    prices = {
        name: Price(name, micro_credits(p["price"]), unit, p["per"], p["source"], p["as_of"])
        for name, p in data["prices"][unit].items()
    }
    plans = {
        name: Subscription(
            name,
            {
                key: Limit(key, None if f["value"] == -1 else f["value"], f["source"], f["as_of"])
                for key, f in figures.items()
            },
        )
        for name, figures in data["plans"].items()
    }
    return Tariffs(prices, plans)


def standing(session: Session) -> Tariffs:
    """The tariffs of this moment: the file's, with the prices that a person has set in their place."""
    published = load()
    overrides = session.exec(select(PriceOverride).where(col(PriceOverride.ended_at).is_(None)))
    prices = {one.operation: _set_by_hand(published, one) for one in overrides}
    return replace(published, prices=published.prices | prices)


def _set_by_hand(published: Tariffs, override: PriceOverride) -> Price:
    return replace(
        published.prices[override.operation],
        micro_credits=override.micro_credits,
        source=override.reason,
        as_of=override.created_at.date(),
        set_by=override.actor,
    )
