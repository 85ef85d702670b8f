"""How the figures of the overview came about, day by day (UTC), from the ledger and HeyGen's readings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlmodel import col, func

from core import clock
from core.database.engine import Database
from core.database.frames import frame
from core.database.tables.money import Reading, Tally
from core.money import figures

if TYPE_CHECKING:
    import pandas as pd

DAYS = 30
#: A line through fewer days shows nothing.
FEWEST_DAYS = 2


@dataclass(frozen=True)
class Trends:
    """A figure for every day of the span, the oldest first; None where there is no history of two days.

    Money in micro-credits: `available` and `held` at the end of the day, `spent` on that day.
    """

    available: list[int] | None
    held: list[int] | None
    spent: list[int] | None
    groups: list[int] | None


def load(db: Database, *, days: int = DAYS) -> Trends:
    """The last `days` days up to today."""
    today = clock.now().date()
    first = today - timedelta(days=days - 1)
    money = _by_day(frame(db, _money()), "day")
    groups = _by_day(frame(db, _groups()), "day")
    return Trends(
        available=_levels(money, "available", first, today),
        held=_levels(money, "held", first, today),
        spent=_flow(money, "spent", first, today),
        groups=_levels(groups, "groups", first, today),
    )


def _money() -> Any:
    """One row a day with entries: balances at its end, what was spent on it."""
    daily = (
        select(col(Tally.day), *(figures.of_days(figure).label(figure) for figure in figures.EFFECTS))
        .where(col(Tally.dimension) == "kind")
        .group_by(col(Tally.day))
        .subquery()
    )
    return select(
        daily.c.day,
        func.sum(daily.c.available).over(order_by=daily.c.day).label("available"),
        func.sum(daily.c.held).over(order_by=daily.c.day).label("held"),
        daily.c.spent,
    ).order_by(daily.c.day)


def _groups() -> Any:
    """One row a day with a reading: the groups that HeyGen's last reading of the day counted."""
    last = select(func.max(col(Reading.id))).group_by(func.date(col(Reading.read_at)))
    return (
        select(func.date(col(Reading.read_at)).label("day"), col(Reading.groups))
        .where(col(Reading.id).in_(last))
        .order_by(col(Reading.id))
    )


def _by_day(found: pd.DataFrame, name: str) -> pd.DataFrame:
    import pandas as pd

    # Rows come in the order they were written, which a clock that was put back can have turned round.
    return found.set_index(pd.to_datetime(found[name]).dt.date).sort_index()


def _levels(found: pd.DataFrame, name: str, first: date, today: date) -> list[int] | None:
    """What stands at the end of each day; a day without news has the figure of the day before."""
    days = _span(found, first, today)
    return None if days is None else _whole(found.reindex(days, method="ffill"), name)


def _flow(found: pd.DataFrame, name: str, first: date, today: date) -> list[int] | None:
    """What moved on each day; a day without news moved nothing."""
    days = _span(found, first, today)
    return None if days is None else _whole(found.reindex(days, fill_value=0), name)


def _whole(found: pd.DataFrame, name: str) -> list[int]:
    return [int(value) for value in found[name].tolist()]


def _span(known: pd.DataFrame, first: date, today: date) -> list[date] | None:
    """The days to show; None where fewer than two days have news."""
    if len(known) < FEWEST_DAYS:
        return None
    begin = max(first, min(known.index))
    return [begin + timedelta(days=n) for n in range((today - begin).days + 1)]
