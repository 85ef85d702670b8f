"""Budgets: what the team, a blogger or a person may use in a month; set, removed, and kept to.

A soft budget warns at 75, 90 and 100 %; a hard one also refuses what would pass it, inside the transaction of
the hold, so that people who press at once never pass it together. What HeyGen took cannot be refused any
more: an overrun counts, and may pass a hard one.
"""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import String, and_, cast, or_
from sqlmodel import Session, col, select

from core import clock
from core.amounts import MICRO
from core.budget_reports import Standing, history, in_force, standing, standings, this_month
from core.database.tables.bloggers import Blogger, Location
from core.database.tables.money import BUDGET_SCOPES, Budget
from core.database.tables.runs import Run
from core.errors import N_, BadInput, NotFound, OverLimit
from core.names import clean_name
from core.studio import Studio

__all__ = ["Standing", "check", "end_budget", "history", "set_budget", "standing", "touched"]

log = logging.getLogger("studio.budgets")

#: The most that a budget may be, in micro-credits: more is a typing error.
MOST = 1_000_000_000 * MICRO
#: SQLite takes a limited number of values in one statement.
MOST_VALUES = 500

REFUSED = {
    "team": N_(
        "The team's budget for this month does not cover this. Budget: {budget}, spent or held: {committed}, "
        "needed: {needed}. Nothing was spent. An administrator can raise it under Budgets."
    ),
    "blogger": N_(
        "The budget of {blogger} for this month does not cover this. Budget: {budget}, spent or held: "
        "{committed}, needed: {needed}. Nothing was spent. An administrator can raise it under Budgets."
    ),
    "person": N_(
        "The budget of {person} for this month does not cover this. Budget: {budget}, spent or held: "
        "{committed}, needed: {needed}. Nothing was spent. An administrator can raise it under Budgets."
    ),
}


def set_budget(
    studio: Studio, *, scope: str, target: str = "", micro: int, hard: bool, reason: str, actor: str
) -> Budget:
    """Give the team, a blogger (by id) or a person (by name) this budget, in place of the one there is.

    The same figures change nothing. Raises BadInput for a figure that is no budget, an unknown blogger, an
    empty name, and where a hard limit is raised or made soft without a reason.
    """
    reason = reason.strip()
    if not 0 < micro <= MOST:
        raise BadInput("A budget is more than 0 and at most a thousand million. Nothing was changed.")
    with studio.db.write() as session:
        target = _checked(session, scope, target)
        same = select(Budget).where(Budget.scope == scope, Budget.target == target)
        before = session.exec(same.where(col(Budget.ended_at).is_(None))).first()
        if before is not None:
            if (before.micro_credits, before.hard) == (micro, hard):
                return before
            if not hard or micro > before.micro_credits:
                _need_reason(before, reason)
            _end(session, before, actor)
        budget = Budget(
            scope=scope, target=target, micro_credits=micro, hard=hard, reason=reason, actor=actor
        )
        session.add(budget)
        session.flush()
    log.info("%s set budget %s: %s %r, hard: %s", actor, budget.id, scope, target, hard)
    return budget


def end_budget(studio: Studio, budget_id: int, *, reason: str = "", actor: str) -> Budget:
    """Remove the budget; its row stays as history. Removing it twice changes nothing.

    Raises NotFound, and BadInput for a hard one without a reason.
    """
    reason = reason.strip()
    with studio.db.write() as session:
        budget = session.get(Budget, budget_id)
        if budget is None:
            raise NotFound("There is no budget with the id {id}. Nothing was changed.", id=budget_id)
        if budget.ended_at is not None:
            return budget
        _need_reason(budget, reason)
        budget.ended_reason = reason
        _end(session, budget, actor)
    log.info("%s removed budget %s", actor, budget_id)
    return budget


def check(session: Session, *, run: Run, micro: int) -> None:
    """Raise OverLimit when a hard budget does not cover `micro` more for this run.

    For the transaction that holds it: what other runs hold is in the sums at once.
    """
    blogger = select(cast(col(Location.blogger_id), String)).where(Location.id == run.location_id)
    owners = or_(
        col(Budget.scope) == "team",
        and_(col(Budget.scope) == "blogger", col(Budget.target) == blogger.scalar_subquery()),
        and_(col(Budget.scope) == "person", col(Budget.target) == run.actor),
    )
    found = session.exec(in_force().where(col(Budget.hard), owners)).all()
    for one in standings(session, found, this_month(), held_too=True):
        if one.refuses(micro):
            raise OverLimit(REFUSED[one.scope], **one.values(micro))


def touched(session: Session, costs: Mapping[int, int], *, actor: str) -> list[tuple[Standing, int]]:
    """The budgets that a plan would use, each with how much of it.

    `costs` are micro-credits by location, all in the name of `actor`.
    """
    budgets = session.exec(in_force()).all()
    if not budgets:
        return []
    needed = Counter({("team", ""): sum(costs.values()), ("person", actor): sum(costs.values())})
    for location_id, blogger_id in _bloggers(session, list(costs)):
        needed["blogger", str(blogger_id)] += costs[location_id]
    mine = [(budget, name) for budget, name in budgets if needed[budget.scope, budget.target]]
    found = standings(session, mine, this_month(), held_too=True)
    return [(one, needed[one.scope, one.target]) for one in found]


def _checked(session: Session, scope: str, target: str) -> str:
    """The target as it is stored. Raises BadInput."""
    if scope not in BUDGET_SCOPES:
        raise BadInput("A budget is of one of: {known}. Nothing was changed.", known=", ".join(BUDGET_SCOPES))
    if scope == "team":
        return ""
    if scope == "person":
        return clean_name(target)
    found = session.exec(select(Blogger.id).where(cast(col(Blogger.id), String) == target)).first()
    if found is None:
        raise BadInput("There is no such blogger. Nothing was changed. Choose one from the list.")
    return target


def _need_reason(budget: Budget, reason: str) -> None:
    if budget.hard and not reason:
        raise BadInput(
            "A hard limit is raised or removed with a reason only. Nothing was changed. "
            "Say why, for the record."
        )


def _end(session: Session, budget: Budget, actor: str) -> None:
    budget.ended_at, budget.ended_by = clock.now(), actor
    session.add(budget)
    # The next one of the same scope may only be written once this one is over.
    session.flush()


def _bloggers(session: Session, location_ids: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Location and blogger of these locations."""
    for start in range(0, len(location_ids), MOST_VALUES):
        part = location_ids[start : start + MOST_VALUES]
        query = select(Location.id, Location.blogger_id).where(col(Location.id).in_(part))
        yield from ((location_id or 0, blogger_id) for location_id, blogger_id in session.exec(query))
