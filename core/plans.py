"""What every quote has in common: lines that are made or refused, their sum, and what is available for it."""

from typing import Any, Generic, Protocol, TypeVar

from sqlmodel import Session, select

from core.errors import N_, OverLimit, StaleQuote
from core.lines import Problem
from core.models import Reading

NOTHING_SPENT = {
    "groups": N_(
        "This makes {after} avatar groups and the plan allows {limit} ({used} are used). Nothing was spent. "
        "Choose fewer locations, or free a slot."
    ),
    "balance": N_("HeyGen's balance is not known yet. Nothing was spent. Try again in a moment."),
    "credits": N_(
        "Credits needed: {needed}, available: {available}. Nothing was spent. "
        "Choose fewer locations, or add credits in HeyGen."
    ),
}
STALE = N_(
    "The plan has changed since this quote was made. Nothing was spent. Look at the new quote and confirm it."
)


class Priced(Protocol):
    """A line of a quote."""

    @property
    def action(self) -> str: ...

    @property
    def micro_credits(self) -> int: ...


L = TypeVar("L", bound=Priced)


class Plan(Generic[L]):
    """The sums of a quote, in micro-credits. `problems` hold up the whole plan."""

    lines: tuple[L, ...]
    available: int
    problems: tuple[Problem, ...]

    @property
    def fingerprint(self) -> str:
        """A hash of the plan itself: another plan, another fingerprint."""
        raise NotImplementedError

    @property
    def to_make(self) -> tuple[L, ...]:
        return tuple(line for line in self.lines if line.action == "make")

    @property
    def refused(self) -> tuple[L, ...]:
        return tuple(line for line in self.lines if line.action == "refuse")

    @property
    def total(self) -> int:
        """What will be held at confirm."""
        return sum(line.micro_credits for line in self.lines)

    @property
    def balance_after(self) -> int:
        return self.available - self.total

    @property
    def can_confirm(self) -> bool:
        return bool(self.to_make) and not self.problems


def money_problems(session: Session, plan: Plan[Any]) -> list[Problem]:
    """Why the credits do not suffice, if they do not."""
    if plan.total and session.exec(select(Reading.id).limit(1)).first() is None:
        return [Problem("balance", "HeyGen's balance is not known yet. Try again in a moment.")]
    if plan.balance_after < 0:
        return [
            Problem(
                "credits",
                "Credits needed: {needed}, available: {available}. "
                "Choose fewer locations, or add credits in HeyGen.",
                {"needed": plan.total, "available": plan.available},
            )
        ]
    return []


def check_plan(shown: Plan[Any], now: Plan[Any]) -> None:
    """Raise StaleQuote when the plan is not the one that was shown, OverLimit when it cannot be afforded."""
    if now.fingerprint != shown.fingerprint:
        raise StaleQuote(STALE)
    if now.problems:
        problem = now.problems[0]
        raise OverLimit(NOTHING_SPENT[problem.code], **problem.values)
