"""Budgets: what the team, a blogger or a person may use in a month; set, removed, and kept to.

A soft budget warns at 75, 90 and 100 %; a hard one also refuses what would pass it, inside the transaction of
the hold, so that people who press at once never pass it together. What HeyGen took cannot be refused any
more: an overrun counts, and may pass a hard one.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, String, and_, case, cast, func, literal, or_
from sqlmodel import Session, col, select

from core import clock
from core.amounts import MICRO
from core.database.batches import in_batches
from core.database.engine import Database
from core.database.frames import frame
from core.database.tables.bloggers import Blogger, Location
from core.database.tables.money import BUDGET_SCOPES, Budget, Entry, Tally
from core.database.tables.runs import LIVE_STATES, Run
from core.errors import BadInput, NotFound, OverLimit
from core.locale import N_
from core.money import figures
from core.names import clean_name
from core.people import audit
from core.people.roles import Person, acts

if TYPE_CHECKING:
    import pandas as pd

log = logging.getLogger("studio.budgets")
#: The most that a budget may be, in micro-credits: more is a typing error.
MOST = 1_000_000_000 * MICRO
#: From these shares on, in percent, a budget warns; the highest first.
LEVELS = ((100, "full"), (90, "warn90"), (75, "warn75"))
#: A scope's sums of the ledger. What was spent at all is the sum over the operations.
DIMENSION = {"team": "operation", "blogger": "blogger", "person": "person"}
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


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A budget and what is used of it in a month; figures are micro-credits."""

    budget_id: int
    scope: str
    target: str
    #: The blogger's or the person's name; empty for the team.
    name: str
    limit: int
    spent: int
    held: int
    hard: bool

    @property
    def used(self) -> int:
        return self.spent + self.held

    @property
    def share(self) -> int:
        """What is used, in whole percent of the limit, rounded down: 100 only when all of it is."""
        return self.share_with(0)

    @property
    def level(self) -> str:
        """ok, warn75, warn90 or full."""
        return self.level_with(0)

    def share_with(self, micro: int) -> int:
        """The share once `micro` more is used."""
        return (self.used + micro) * 100 // self.limit

    def level_with(self, micro: int) -> str:
        """The level once `micro` more is used."""
        return next((level for share, level in LEVELS if self.share_with(micro) >= share), "ok")

    def refuses(self, micro: int) -> bool:
        """True when `micro` more must not be held."""
        return self.hard and self.used + micro > self.limit

    def values(self, micro: int) -> dict[str, Any]:
        """What fills a sentence about `micro` more."""
        known = {"budget": self.limit, "committed": self.used, "needed": micro}
        return known if self.scope == "team" else known | {self.scope: self.name}


@acts("set_budget")
def set_budget(
    db: Database, *, scope: str, target: str = "", micro: int, hard: bool, reason: str, actor: Person
) -> Budget:
    """Give the team, a blogger (by id) or a person (by name) this budget, in place of the one there is.

    The same figures change nothing. Raises BadInput for a figure that is no budget, an unknown blogger, an
    empty name, and where a hard limit is raised or made soft without a reason.
    """
    reason = reason.strip()
    if not 0 < micro <= MOST:
        raise BadInput("A budget is more than 0 and at most a thousand million. Nothing was changed.")
    with db.write() as session:
        target = _checked(session, scope, target)
        same = select(Budget).where(Budget.scope == scope, Budget.target == target)
        before = session.exec(same.where(col(Budget.ended_at).is_(None))).first()
        if before is not None:
            if (before.micro_credits, before.hard) == (micro, hard):
                return before
            if not hard or micro > before.micro_credits:
                _need_reason(before, reason)
            _end(session, before, actor.name)
        budget = Budget(
            scope=scope, target=target, micro_credits=micro, hard=hard, reason=reason, actor=actor.name
        )
        session.add(budget)
        session.flush()
        _note(session, actor, "set_budget", budget, before=before, after=budget, reason=reason)
    log.info("%s set budget %s: %s %r, hard: %s", actor.name, budget.id, scope, target, hard)
    return budget


@acts("end_budget")
def end_budget(db: Database, budget_id: int, *, reason: str = "", actor: Person) -> Budget:
    """Remove the budget; its row stays as history. Removing it twice changes nothing.

    Raises NotFound, and BadInput for a hard one without a reason.
    """
    reason = reason.strip()
    with db.write() as session:
        budget = session.get(Budget, budget_id)
        if budget is None:
            raise NotFound("There is no budget with the id {id}. Nothing was changed.", id=budget_id)
        if budget.ended_at is not None:
            return budget
        _need_reason(budget, reason)
        budget.ended_reason = reason
        _end(session, budget, actor.name)
        _note(session, actor, "end_budget", budget, before=budget, after=None, reason=reason)
    log.info("%s removed budget %s", actor.name, budget_id)
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
    for one in standings(session, found, clock.this_month().date(), held_too=True):
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
    found = standings(session, mine, clock.this_month().date(), held_too=True)
    return [(one, needed[one.scope, one.target]) for one in found]


def standing(db: Database, month: date | None = None) -> list[Standing]:
    """Every budget with what is used of it: the team's first, then bloggers' and people's by name.

    Of an earlier month (any day of it): the budgets in force at its end, with what was spent.
    """
    now = clock.this_month().date()
    first = (month or now).replace(day=1)
    with db.read() as session:
        query = in_force() if first >= now else _in_force_at(_following(first))
        return standings(session, session.exec(query).all(), first, held_too=first >= now)


def standings(
    session: Session, found: Sequence[tuple[Budget, str]], month: date, *, held_too: bool
) -> list[Standing]:
    """The budgets with what is used of them, in a number of queries that does not depend on how many."""
    spent: dict[tuple[str, str], int] = {}
    for scope in {budget.scope for budget, _ in found}:
        targets = [budget.target for budget, _ in found if budget.scope == scope]
        spent |= {(scope, key): int(micro) for key, micro in _spent(session, scope, targets, month)}
    held = _held(session) if found and held_too else Counter()
    return [
        Standing(
            budget_id=budget.id or 0,
            scope=budget.scope,
            target=budget.target,
            name=name,
            limit=budget.micro_credits,
            spent=spent.get((budget.scope, budget.target), 0),
            held=held[budget.scope, budget.target],
            hard=budget.hard,
        )
        for budget, name in found
    ]


def history(db: Database, *, limit: int) -> pd.DataFrame:
    """One row a figure that a budget had, newest first: whose, how much, who set it and why, until when."""
    columns = (
        *(Budget.id, Budget.scope, Budget.micro_credits, Budget.hard, Budget.reason, Budget.actor),
        *(Budget.created_at, Budget.ended_at, Budget.ended_by, Budget.ended_reason),
    )
    query = _with_name(*(col(column) for column in columns), _NAME)
    return frame(db, query.order_by(col(Budget.id).desc()).limit(limit))


def in_force() -> Any:
    """Selects every budget in force with its owner's name, for `standings`."""
    return _budgets().where(col(Budget.ended_at).is_(None))


_NAME: Any = func.coalesce(col(Blogger.name), col(Budget.target)).label("name")


def _with_name(*columns: Any) -> Any:
    owner = and_(col(Budget.scope) == "blogger", col(Blogger.id) == cast(col(Budget.target), Integer))
    return select(*columns).select_from(Budget).outerjoin(Blogger, owner)


def _budgets() -> Any:
    team_first = case({scope: n for n, scope in enumerate(BUDGET_SCOPES)}, value=col(Budget.scope))
    return _with_name(Budget, _NAME).order_by(team_first, _NAME)


def _in_force_at(day: date) -> Any:
    """Those that were in force when `day` (UTC) began."""
    moment = datetime.combine(day, time.min, UTC)
    still = or_(col(Budget.ended_at).is_(None), col(Budget.ended_at) >= moment)
    return _budgets().where(col(Budget.created_at) < moment, still)


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


def _note(
    session: Session,
    actor: Person,
    action: str,
    budget: Budget,
    *,
    before: Budget | None,
    after: Budget | None,
    reason: str,
) -> None:
    """A line with the figures that differ, and why. It is named as a list of budgets names it."""
    was, is_now = (
        {} if one is None else {"micro_credits": one.micro_credits, "hard": one.hard}
        for one in (before, after)
    )
    same = [key for key in was if was[key] == is_now.get(key)]
    name = session.exec(_with_name(_NAME).where(Budget.id == budget.id)).one() if budget.target else ""
    audit.note(
        session,
        actor,
        action,
        kind="budget",
        id=budget.id,
        name=name,
        before={key: value for key, value in was.items() if key not in same},
        after={key: value for key, value in is_now.items() if key not in same}
        | {"scope": budget.scope}
        | ({"reason": reason} if reason else {}),
    )


def _end(session: Session, budget: Budget, actor: str) -> None:
    budget.ended_at, budget.ended_by = clock.now(), actor
    session.add(budget)
    # The next one of the same scope may only be written once this one is over.
    session.flush()


def _bloggers(session: Session, location_ids: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Location and blogger of these locations."""
    for part in in_batches(location_ids):
        query = select(Location.id, Location.blogger_id).where(col(Location.id).in_(part))
        yield from ((location_id or 0, blogger_id) for location_id, blogger_id in session.exec(query))


def _spent(session: Session, scope: str, targets: Sequence[str], month: date) -> Any:
    """Target and what was spent on it in the month."""
    key: Any = literal("") if scope == "team" else col(Tally.key)
    query = select(key, func.sum(Tally.micro_credits)).where(
        Tally.dimension == DIMENSION[scope],
        Tally.day >= month.isoformat(),
        Tally.day < _following(month).isoformat(),
    )
    if scope != "team":
        query = query.where(col(Tally.key).in_(targets))
    return session.exec(query.group_by(key)).all()


def _held(session: Session) -> Counter[tuple[str, str]]:
    """What is held now, by scope and target. A run that has ended holds nothing."""
    query = (
        select(Location.blogger_id, Run.actor, figures.of_lines("held"))
        .select_from(Run)
        .join(Entry, col(Entry.run_id) == col(Run.id))
        .join(Location, col(Location.id) == col(Run.location_id))
        .where(col(Run.state).in_(LIVE_STATES))
        .group_by(col(Location.blogger_id), col(Run.actor))
    )
    held: Counter[tuple[str, str]] = Counter()
    for blogger_id, actor, micro in session.exec(query):
        for owner in (("team", ""), ("blogger", str(blogger_id)), ("person", actor)):
            held[owner] += int(micro)
    return held


def _following(month: date) -> date:
    """The first of the next month."""
    return (month.replace(day=1) + timedelta(days=31)).replace(day=1)
