"""Prices that a person sets in place of the published ones, and what a run has agreed on.

A change is a row that is never altered, only ended, so every price that ever counted can be read here.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, col, select

from core import clock
from core.amounts import MICRO, micro_credits
from core.database.engine import Database
from core.database.frames import frame
from core.database.tables.money import PriceOverride
from core.errors import BadInput
from core.locale import N_
from core.money import tariffs
from core.people import audit
from core.people.roles import Person, acts

if TYPE_CHECKING:
    import pandas as pd

#: Nothing that HeyGen sells costs as much, in credits or dollars; whoever types more has mistyped.
MOST = 10_000

NEGATIVE = N_("A price cannot be negative. Nothing was changed. Write 0 for what is free.")
TOO_HIGH = N_("A price can be {amount} at most. Nothing was changed. Look at the decimal point.")


def typed(text: str) -> int:
    """The micro-credits of a price that a person typed: "1.5", "1,5" or "$1.50". Raises BadInput."""
    try:
        credits = Decimal(text.strip().removeprefix("$").replace(",", "."))
    except InvalidOperation:
        credits = Decimal("NaN")
    if not credits.is_finite():
        raise BadInput(
            "“{text}” is no price. Nothing was changed. Write a number like 1 or 0.25.",
            text=text.strip(),
        )
    if credits < 0:
        raise BadInput(NEGATIVE)
    if credits > MOST:
        raise BadInput(TOO_HIGH, amount=MOST * MICRO)
    try:
        return micro_credits(credits)
    except ValueError as exc:
        raise BadInput(
            "{text} has too many digits. Nothing was changed. Write at most six digits after the point.",
            text=text.strip(),
        ) from exc


@acts("set_price")
def override(db: Database, *, operation: str, micro: int, reason: str, actor: Person) -> PriceOverride:
    """Let `operation` cost `micro` micro-credits from now on; returns the row that says so.

    Quotes that are on screen become stale; runs that were confirmed keep their price. The same price for the
    same reason again changes nothing. Raises BadInput for an operation that is unknown or no call
    here, a price below 0 or above MOST, and without a reason.
    """
    reason = " ".join(reason.split())
    _check_known(operation)
    if micro < 0:
        raise BadInput(NEGATIVE)
    if micro > MOST * MICRO:
        raise BadInput(TOO_HIGH, amount=MOST * MICRO)
    if not reason:
        raise BadInput("A price needs a reason. Nothing was changed. Say where the figure comes from.")
    with db.write() as session:
        standing = _standing(session, operation)
        if standing is not None:
            if (standing.micro_credits, standing.reason) == (micro, reason):
                return standing
            _end(session, standing, actor.name)
        made = PriceOverride(operation=operation, micro_credits=micro, reason=reason, actor=actor.name)
        session.add(made)
        was = {} if standing is None else _said(standing)
        audit.note(session, actor, "set_price", kind="price", id=operation, before=was, after=_said(made))
    return made


@acts("restore_price")
def back_to_file(db: Database, operation: str, *, actor: Person) -> None:
    """Let the published price count again; nothing changes where it does already. Raises BadInput."""
    _check_known(operation)
    with db.write() as session:
        standing = _standing(session, operation)
        if standing is not None:
            _end(session, standing, actor.name)
            audit.note(session, actor, "restore_price", kind="price", id=operation, before=_said(standing))


def history(db: Database, *, limit: int = 50) -> pd.DataFrame:
    """One row for each price set by hand, newest first: operation, price, reason, by whom, from when to when.

    `ended_at` and `ended_by` are None for those that count.
    """
    columns = (
        PriceOverride.id,
        PriceOverride.operation,
        PriceOverride.micro_credits,
        PriceOverride.reason,
        PriceOverride.actor,
        PriceOverride.created_at,
        PriceOverride.ended_at,
        PriceOverride.ended_by,
    )
    query = select(*(col(column) for column in columns)).order_by(col(PriceOverride.id).desc())
    return frame(db, query.limit(limit))


def _check_known(operation: str) -> None:
    published = tariffs.load().prices.get(operation)
    if published is None or not published.charged:
        raise BadInput("“{operation}” has no price. Nothing was changed.", operation=operation)


def _standing(session: Session, operation: str) -> PriceOverride | None:
    return session.exec(
        select(PriceOverride).where(
            PriceOverride.operation == operation, col(PriceOverride.ended_at).is_(None)
        )
    ).first()


def _said(override: PriceOverride) -> dict[str, Any]:
    return {"micro_credits": override.micro_credits, "reason": override.reason}


def _end(session: Session, override: PriceOverride, actor: str) -> None:
    override.ended_at, override.ended_by = clock.now(), actor
    session.add(override)
    # Before the next one is written: only one may stand.
    session.flush()
