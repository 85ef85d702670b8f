"""The ledger: every credit as a line that is never changed; a balance is a sum of lines (core.money.figures).

The database sums every line up by day in the line's own transaction (core.database.tables.money.Tally), so
that a figure costs the same after a million lines.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from core.database.tables.columns import id_of
from core.database.tables.money import Entry, Tally
from core.database.tables.runs import Operation, Run
from core.errors import OverLimit
from core.locale import N_
from core.money import budgets, figures
from core.money.figures import Balances

OPENING = N_("Opening balance")
DRIFT = N_("Changed outside the Studio")


def balances(session: Session) -> Balances:
    """The three figures over the whole ledger."""
    sums = {figure: figures.of_days(figure).label(figure) for figure in figures.EFFECTS}
    query = select(*sums.values()).where(Tally.dimension == "kind")
    return Balances(**session.exec(query).one()._mapping)


def held_by(session: Session, run_id: int) -> int:
    """What the run holds now, in micro-credits."""
    return _of_lines(session, "held", Entry.run_id == run_id)


def spent_by(session: Session, run_ids: Sequence[int]) -> int:
    """What HeyGen took for these runs, in micro-credits."""
    return _of_lines(session, "spent", col(Entry.run_id).in_(run_ids))


def spent_since(session: Session, day: date) -> int:
    """What was spent from `day` (UTC) on, in micro-credits."""
    days = (Tally.dimension == "kind", Tally.day >= day.isoformat())
    return session.exec(select(figures.of_days("spent")).where(*days)).one()


def spent_after(session: Session, moment: datetime) -> int:
    """What was spent from that moment on, in micro-credits; for moments that are not long ago."""
    return _of_lines(session, "spent", col(Entry.created_at) >= moment)


def _of_lines(session: Session, figure: str, which: Any) -> int:
    return session.exec(select(figures.of_lines(figure)).where(which)).one()


def adjust(
    session: Session,
    *,
    micro: int,
    actor: str,
    note: str,
    run: Run | None = None,
    takes_back: Entry | None = None,
) -> None:
    """Book what came in (positive) or a correction (negative); of a run, or taking an earlier line back."""
    if micro:
        session.add(
            Entry(
                kind="adjust",
                micro_credits=micro,
                actor=actor,
                note=note,
                run_id=run.id if run else None,
                location_id=run.location_id if run else None,
                reverses_id=takes_back.id if takes_back else None,
            )
        )
        session.flush()


def hold(session: Session, *, run: Run, micro: int, actor: str) -> None:
    """Set `micro` aside for the run. Raises OverLimit when Available or a hard budget does not cover it."""
    if micro <= 0:
        return
    available = balances(session).available
    if available < micro:
        raise OverLimit(
            "Needed: {needed}, available: {available}. Nothing was spent. "
            "Top up HeyGen's balance, or choose fewer locations.",
            needed=micro,
            available=available,
        )
    budgets.check(session, run=run, micro=micro)
    _add(session, run, "hold", -micro, actor)


def top_up(session: Session, *, run: Run, micro: int, actor: str) -> None:
    """Make the run hold at least `micro`: a new attempt has its own hold. Raises OverLimit."""
    hold(session, run=run, micro=micro - held_by(session, id_of(run)), actor=actor)


def release(session: Session, *, run: Run, actor: str, micro: int | None = None) -> None:
    """Give back `micro` of what the run holds, or all of it."""
    held = held_by(session, id_of(run))
    back = held if micro is None else min(micro, held)
    if back > 0:
        _add(session, run, "release", back, actor)


def capture(session: Session, *, run: Run, operation: Operation, micro: int) -> None:
    """Book that HeyGen took `micro`; what the run does not hold is an overrun, never silent."""
    covered = min(micro, held_by(session, id_of(run)))
    if covered > 0:
        _add(session, run, "capture", -covered, run.actor, operation)
    if micro > covered:
        _add(session, run, "overrun", -(micro - covered), run.actor, operation)


def _add(
    session: Session, run: Run, kind: str, micro: int, actor: str, operation: Operation | None = None
) -> None:
    session.add(
        Entry(
            kind=kind,
            micro_credits=micro,
            run_id=run.id,
            operation_id=operation.id if operation else None,
            location_id=run.location_id,
            unit_price=_unit_price(run, operation) if operation else None,
            actor=actor,
        )
    )
    session.flush()


def _unit_price(run: Run, operation: Operation) -> int | None:
    """A video is paid by the minute, at the run's price; any other call has its own."""
    if operation.kind == "generate_video":
        return run.prices.get(operation.kind)
    return operation.price
