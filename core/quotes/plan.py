"""What every quote has in common: lines that are made or refused, their sum, and what is available for it."""

from typing import Any, Generic, Protocol, TypeVar

from sqlmodel import Session, select

from core.database.tables.money import Reading
from core.errors import OverLimit, Problem, StaleQuote
from core.journal import breaker
from core.locale import N_
from core.money import budgets
from core.money.budgets import Standing

NOTHING_SPENT = {
    "groups": N_(
        "This makes {after} avatar groups and the plan allows {limit} ({used} are used). Nothing was spent. "
        "Choose fewer locations, or free a slot."
    ),
    "balance": N_("HeyGen's balance is not known yet. Nothing was spent. Try again in a moment."),
    "credits": N_(
        "Needed: {needed}, available: {available}. Nothing was spent. "
        "Choose fewer locations, or top up HeyGen's balance."
    ),
    breaker.PAUSED: breaker.WHY_NOTHING_SPENT,
    **{f"budget_{scope}": refused for scope, refused in budgets.REFUSED.items()},
}
OVER_BUDGET = {
    "team": N_(
        "The team's budget for this month does not cover this. Budget: {budget}, spent or held: {committed}, "
        "needed: {needed}. An administrator can raise it under Budgets."
    ),
    "blogger": N_(
        "The budget of {blogger} for this month does not cover this. Budget: {budget}, spent or held: "
        "{committed}, needed: {needed}. An administrator can raise it under Budgets."
    ),
    "person": N_(
        "The budget of {person} for this month does not cover this. Budget: {budget}, spent or held: "
        "{committed}, needed: {needed}. An administrator can raise it under Budgets."
    ),
}
NEARLY_USED = {
    "team": N_("This takes the team's budget for this month to {percent} %."),
    "blogger": N_("This takes the budget of {blogger} for this month to {percent} %."),
    "person": N_("This takes the budget of {person} for this month to {percent} %."),
}
STALE = N_(
    "The plan has changed since this quote was made. Nothing was spent. Look at the new quote and confirm it."
)


class Priced(Protocol):
    """A line of a quote."""

    @property
    def location_id(self) -> int: ...

    @property
    def action(self) -> str: ...

    @property
    def micro_credits(self) -> int: ...


L = TypeVar("L", bound=Priced)


class Plan(Generic[L]):
    """The sums of a quote, in micro-credits. `problems` hold up the whole plan, `warnings` nothing."""

    lines: tuple[L, ...]
    available: int
    #: In whose name: the person's own budget counts too.
    person: str
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]

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
    """Why what the plan costs may not be spent now, if it may not: a pause, the credits, the budgets."""
    if plan.total and session.exec(select(Reading.id).limit(1)).first() is None:
        return [Problem("balance", "HeyGen's balance is not known yet. Try again in a moment.")]
    paused = breaker.problem(session) if plan.total else None
    found = [paused] if paused else []
    if plan.balance_after < 0:
        found.append(
            Problem(
                "credits",
                "Needed: {needed}, available: {available}. "
                "Choose fewer locations, or top up HeyGen's balance.",
                {"needed": plan.total, "available": plan.available},
            )
        )
    found += [
        Problem(f"budget_{budget.scope}", OVER_BUDGET[budget.scope], budget.values(needed))
        for budget, needed in _budgets(session, plan)
        if budget.refuses(needed)
    ]
    return found


def money_warnings(session: Session, plan: Plan[Any]) -> tuple[Problem, ...]:
    """Which budgets are nearly used up by the plan, or pass what they only warn of."""
    return tuple(
        Problem(
            "budget",
            NEARLY_USED[budget.scope],
            budget.values(needed) | {"percent": budget.share_with(needed)},
        )
        for budget, needed in _budgets(session, plan)
        if budget.level_with(needed) != "ok" and not budget.refuses(needed)
    )


def _budgets(session: Session, plan: Plan[Any]) -> list[tuple[Standing, int]]:
    """The budgets that the plan would use and how much of each."""
    costs = {line.location_id: line.micro_credits for line in plan.lines if line.micro_credits}
    return budgets.touched(session, costs, actor=plan.person) if costs else []


def check_plan(shown: Plan[Any], now: Plan[Any]) -> None:
    """Raise StaleQuote when the plan is not the one that was shown, OverLimit when it cannot be afforded."""
    if now.fingerprint != shown.fingerprint:
        raise StaleQuote(STALE)
    if now.problems:
        problem = now.problems[0]
        raise OverLimit(NOTHING_SPENT[problem.code], **problem.values)
