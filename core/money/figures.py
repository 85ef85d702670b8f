"""Available, Held and Spent: what a line of the ledger adds to each of them, and how lines are summed.

    kind      sign   effect
    adjust    ±      what came in or was corrected
    hold      -      from Available to Held, when a quote is confirmed
    release   +      from Held back to Available, when nothing was taken
    capture   -      from Held to Spent, when HeyGen did the work
    overrun   -      from Available to Spent: what HeyGen took beyond the hold

So at any moment Available + Held + Spent = the sum of all adjusts. All figures are micro-credits.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func
from sqlmodel import col, select

from core.database.tables.money import Entry, Tally

#: The table above: a figure, and the sign with which a line's own signed micro-credits count in it.
EFFECTS: dict[str, dict[str, int]] = {
    "available": {"adjust": 1, "hold": 1, "release": 1, "overrun": 1},
    "held": {"hold": -1, "release": -1, "capture": 1},
    "spent": {"capture": -1, "overrun": -1},
}
#: The kinds of lines that are money gone.
GONE = tuple(EFFECTS["spent"])


@dataclass(frozen=True)
class Balances:
    """The three figures, in micro-credits."""

    available: int
    held: int
    spent: int


def of_kinds(sums: Mapping[str, int]) -> Balances:
    """The three figures of lines that are summed up by their kind."""
    return Balances(
        **{
            figure: sum(sign * int(sums.get(kind, 0)) for kind, sign in signs.items())
            for figure, signs in EFFECTS.items()
        }
    )


def of_lines(figure: str) -> Any:
    """For a query of lines: what they add to the figure, 0 where there are none.

    The kind is no condition: with one SQLite reads all holds there ever were in place of a run's own lines.
    """
    return _sum(figure, col(Entry.kind), col(Entry.micro_credits))


def of_days(figure: str) -> Any:
    """As `of_lines`, for a query of the days' sums by `kind`."""
    return _sum(figure, col(Tally.key), col(Tally.micro_credits))


def of_each(figure: str, own: Any) -> Any:
    """A column for a query of runs or locations: the figure of the lines that are its `own`."""
    return select(of_lines(figure)).where(own).correlate_except(Entry).scalar_subquery()


def _sum(figure: str, kind: Any, micro: Any) -> Any:
    counted = {name: micro * sign for name, sign in EFFECTS[figure].items()}
    return func.coalesce(func.sum(case(counted, value=kind, else_=0)), 0)
