"""What is used of the budgets in a month, and what they were before.

Used is what was spent in the month (UTC), overruns with it, and what is held now: of a blogger for its
locations, of a person for the runs in their name.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import Integer, and_, case, cast, func, literal, or_
from sqlmodel import Session, col, select

from core import clock
from core.database.engine import Database
from core.database.frames import frame
from core.database.tables.bloggers import Blogger, Location
from core.database.tables.money import BUDGET_SCOPES, Budget, Entry, Tally
from core.database.tables.runs import LIVE_STATES, Run

#: From these shares on, in percent, a budget warns; the highest first.
LEVELS = ((100, "full"), (90, "warn90"), (75, "warn75"))
#: A scope's sums of the ledger. What was spent at all is the sum over the operations.
DIMENSION = {"team": "operation", "blogger": "blogger", "person": "person"}


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


def standing(db: Database, month: date | None = None) -> list[Standing]:
    """Every budget with what is used of it: the team's first, then bloggers' and people's by name.

    Of an earlier month (any day of it): the budgets in force at its end, with what was spent.
    """
    now = this_month()
    first = (month or now).replace(day=1)
    with db.read() as session:
        query = in_force() if first >= now else _in_force_at(_following(first))
        return standings(session, session.exec(query).all(), first, held_too=first >= now)


def history(db: Database, *, limit: int) -> pd.DataFrame:
    """One row a figure that a budget had, newest first: whose, how much, who set it and why, until when."""
    columns = (
        *(Budget.id, Budget.scope, Budget.micro_credits, Budget.hard, Budget.reason, Budget.actor),
        *(Budget.created_at, Budget.ended_at, Budget.ended_by, Budget.ended_reason),
    )
    query = _with_name(*(col(column) for column in columns), _NAME)
    return frame(db, query.order_by(col(Budget.id).desc()).limit(limit))


def this_month() -> date:
    """The first of this month, UTC."""
    return clock.now().date().replace(day=1)


_NAME: Any = func.coalesce(col(Blogger.name), col(Budget.target)).label("name")


def _with_name(*columns: Any) -> Any:
    owner = and_(col(Budget.scope) == "blogger", col(Blogger.id) == cast(col(Budget.target), Integer))
    return select(*columns).select_from(Budget).outerjoin(Blogger, owner)


def _budgets() -> Any:
    team_first = case({scope: n for n, scope in enumerate(BUDGET_SCOPES)}, value=col(Budget.scope))
    return _with_name(Budget, _NAME).order_by(team_first, _NAME)


def in_force() -> Any:
    """Selects every budget in force with its owner's name, for `standings`."""
    return _budgets().where(col(Budget.ended_at).is_(None))


def _in_force_at(day: date) -> Any:
    """Those that were in force when `day` (UTC) began."""
    moment = datetime.combine(day, time.min, UTC)
    still = or_(col(Budget.ended_at).is_(None), col(Budget.ended_at) >= moment)
    return _budgets().where(col(Budget.created_at) < moment, still)


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
    # A capture takes its part out of what is held; it is negative like the hold. The kind is no condition, or
    # SQLite reads all holds there ever were in place of the live runs' lines.
    signs = {"hold": -col(Entry.micro_credits), "release": -col(Entry.micro_credits)}
    left = case(signs | {"capture": col(Entry.micro_credits)}, value=col(Entry.kind), else_=0)
    query = (
        select(Location.blogger_id, Run.actor, func.sum(left))
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
