"""Prices and plan limits, read from tariffs.toml; every figure with its source and date."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from core.money import micro_credits

FILE = Path(__file__).with_name("tariffs.toml")


@dataclass(frozen=True)
class Price:
    """What one `unit` of an operation costs, in micro-credits."""

    operation: str
    micro_credits: int
    unit: str
    source: str
    as_of: date


@dataclass(frozen=True)
class Limit:
    """One figure of a plan. `value` is None where the plan has no limit."""

    name: str
    value: int | str | bool | None
    source: str
    as_of: date


@dataclass(frozen=True)
class Plan:
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
    plans: dict[str, Plan]

    def price(self, operation: str) -> int:
        """Micro-credits for one unit of `operation`."""
        return self.prices[operation].micro_credits


@cache
def load(path: Path = FILE) -> Tariffs:
    """The tariffs of `path`. Raises KeyError or ValueError where a figure lacks its source or date."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    prices = {
        name: Price(name, micro_credits(p["credits"]), p["unit"], p["source"], p["as_of"])
        for name, p in data["prices"].items()
    }
    plans = {
        name: Plan(
            name,
            {
                key: Limit(key, None if f["value"] == -1 else f["value"], f["source"], f["as_of"])
                for key, f in figures.items()
            },
        )
        for name, figures in data["plans"].items()
    }
    return Tariffs(prices, plans)
