"""The read side of reconciliation: does the ledger agree with HeyGen, what changed from outside, and why.

A change that HeyGen's balance shows and the ledger does not is a line of its own, a drift.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import aliased
from sqlmodel import case, col, func, or_, select

from core import clock
from core.account import balance
from core.amounts import least_step
from core.database.engine import Database
from core.database.frames import frame
from core.database.tables.bloggers import Blogger, Location
from core.database.tables.money import Entry
from core.database.tables.runs import Operation, Run
from core.journal.due import waiting_for_person
from core.money import figures
from core.money.ledger import OPENING
from core.people.roles import BOOKKEEPER

if TYPE_CHECKING:
    import pandas as pd

#: A refund is looked for among what HeyGen took in this time before the balance rose: for all runs that came
#: to nothing, and in so many of the newest lines, so that a page takes no longer in a large ledger.
REFUND_WITHIN = timedelta(days=30)
LINES_LOOKED_AT = 2_000
_DRIFT = (col(Entry.id), col(Entry.created_at), col(Entry.micro_credits))


@dataclass(frozen=True)
class Comparison:
    """HeyGen's figure beside the ledger's, in micro-credits."""

    heygen: int | None
    read_at: datetime | None
    compared_at: datetime | None
    #: What HeyGen should say: all that is available and held.
    expected: int
    #: Runs that HeyGen may charge at a moment that nobody knows, and how many of them wait for a person.
    in_flight: int
    waiting: int
    refunds_this_month: int

    @property
    def difference(self) -> int:
        """How much more HeyGen has than the ledger expects."""
        return 0 if self.heygen is None else self.heygen - self.expected

    @property
    def verdict(self) -> str:
        """`unread`, `in_flight` (not judged now), `agrees` or `differs` (until the next reading)."""
        if self.heygen is None:
            return "unread"
        if self.in_flight:
            return "in_flight"
        return "agrees" if abs(self.difference) <= least_step() else "differs"


@dataclass(frozen=True)
class Offer:
    """A drift that looks like a refund: the runs it may be of, the most likely first, as rows with run_id,
    state, operation, micro_credits, taken_at, blogger and location."""

    entry_id: int
    candidates: pd.DataFrame


def state(db: Database) -> Comparison:
    """How the ledger stands to HeyGen's balance."""
    with db.read() as session:
        reading, compared = balance.latest(session), balance.last_compared(session)
        moving, waiting = session.exec(
            select(func.count(), func.coalesce(func.sum(case((waiting_for_person(), 1), else_=0)), 0))
            .select_from(Run)
            .where(balance.under_way())
        ).one()
        refunds = select(func.coalesce(func.sum(Entry.micro_credits), 0)).where(
            Entry.kind == "adjust",
            col(Entry.run_id).is_not(None),
            col(Entry.created_at) >= clock.this_month(),
        )
        return Comparison(
            heygen=reading.micro_credits if reading else None,
            read_at=reading.read_at if reading else None,
            compared_at=compared.read_at if compared else None,
            expected=balance.expected(session),
            in_flight=moving,
            waiting=waiting,
            refunds_this_month=session.exec(refunds).one(),
        )


def hint(db: Database, call: Operation) -> bool | None:
    """What HeyGen's balance says of a call whose answer was lost: True when just its price is missing, False
    when nothing is, None when the balance cannot tell: it was read too early, or held against the ledger
    since, or other runs move it too."""
    with db.read() as session:
        reading = balance.latest(session)
        others = select(Run.id).where(balance.under_way(), Run.id != call.run_id).limit(1)
        if reading is None or reading.read_at <= call.sent_at or session.exec(others).first() is not None:
            return None
        compared = balance.last_compared(session)
        if compared is not None and compared.read_at > call.sent_at:
            # In data that were a backup: what was missing counts as a change from outside already.
            return None
        missing = balance.expected(session) - reading.micro_credits
    if call.price <= least_step() or min(abs(missing), abs(missing - call.price)) > least_step():
        return None
    return abs(missing) > least_step()


def drifts(db: Database, *, entry_id: int | None = None, limit: int | None = None) -> pd.DataFrame:
    """The changes from outside that nobody has explained, newest first: id, created_at, micro_credits.

    With `entry_id` only that one, if it is one.
    """
    query = _unexplained(*_DRIFT).order_by(col(Entry.id).desc()).limit(limit)
    return frame(db, query if entry_id is None else query.where(Entry.id == entry_id))


def explained(db: Database, *, limit: int | None = None) -> pd.DataFrame:
    """What people booked, newest first: adjustments of their own and what stands in place of a drift.

    id, created_at, micro_credits, actor, note, run_id (of a refund), blogger, location, and whether it
    `explains` a drift.
    """
    back = aliased(Entry)
    columns: list[Any] = [
        *(col(c) for c in (Entry.id, Entry.created_at, Entry.micro_credits, Entry.actor, Entry.note)),
        col(Entry.run_id),
        col(Blogger.name).label("blogger"),
        col(Location.name).label("location"),
        col(Entry.reverses_id).is_not(None).label("explains"),
    ]
    query = (
        select(*columns)
        .select_from(Entry)
        .outerjoin(back, col(back.id) == col(Entry.reverses_id))
        .outerjoin(Location, col(Location.id) == col(Entry.location_id))
        .outerjoin(Blogger, col(Blogger.id) == col(Location.blogger_id))
        .where(
            col(Entry.kind) == "adjust",
            col(Entry.actor) != BOOKKEEPER,
            # The line between a drift and what stands in its place says nothing of its own.
            or_(col(Entry.reverses_id).is_(None), col(back.reverses_id).is_not(None)),
        )
        .order_by(col(Entry.id).desc())
    )
    return frame(db, query.limit(limit))


def offers(db: Database, *, entry_id: int | None = None, limit: int = 10, candidates: int = 4) -> list[Offer]:
    """The changes from outside that may be refunds, among the newest `limit` of those that came in.

    With `entry_id` only that one, if it may be one.
    """
    gone = aliased(Entry)
    # What went away again was HeyGen's balance being late, not a refund.
    undone = select(gone.id).where(
        gone.actor == BOOKKEEPER,
        col(gone.id) > col(Entry.id),
        func.abs(col(gone.micro_credits) + col(Entry.micro_credits)) <= least_step(),
    )
    query = _unexplained(*_DRIFT).where(col(Entry.micro_credits) > 0, ~undone.exists())
    if entry_id is not None:
        query = query.where(Entry.id == entry_id)
    with db.read() as session:
        came_in = session.exec(query.order_by(col(Entry.id).desc()).limit(limit)).all()
    found = [Offer(one.id, _candidates(db, one, candidates)) for one in came_in]
    return [offer for offer in found if len(offer.candidates)]


def _candidates(db: Database, drift: Any, limit: int) -> pd.DataFrame:
    """What HeyGen took shortly before and may have given back: of runs that came to nothing first."""
    since = drift.created_at - REFUND_WITHIN
    came_to_nothing = select(col(Run.id)).where(
        col(Run.state).in_(("failed", "cancelled")), col(Run.ended_at) >= since
    )
    recent = (
        select(col(Entry.id))
        .where(col(Entry.created_at) >= since, col(Entry.created_at) <= drift.created_at)
        .order_by(col(Entry.created_at).desc())
        .limit(LINES_LOOKED_AT)
    )
    back = figures.of_lines("spent")
    taken = (
        select(
            col(Entry.operation_id),
            func.max(col(Entry.run_id)).label("run_id"),
            back.label("micro_credits"),
            func.max(col(Entry.created_at)).label("taken_at"),
        )
        .where(
            or_(col(Entry.id).in_(recent), col(Entry.run_id).in_(came_to_nothing)),
            col(Entry.created_at).between(since, drift.created_at),
            col(Entry.kind).concat("").in_(figures.GONE),
        )
        .group_by(col(Entry.operation_id))
        .having(back.between(*_about(drift.micro_credits)))
        .subquery()
    )
    given_back = select(col(Entry.run_id)).where(Entry.kind == "adjust", col(Entry.run_id).is_not(None))
    likely = case((col(Run.state).in_(("failed", "cancelled")), 0), else_=1)
    columns: list[Any] = [
        taken.c.run_id,
        col(Run.state),
        col(Operation.kind).label("operation"),
        taken.c.micro_credits,
        taken.c.taken_at,
        col(Blogger.name).label("blogger"),
        col(Location.name).label("location"),
    ]
    query = (
        select(*columns)
        .select_from(taken)
        .join(Operation, col(Operation.id) == taken.c.operation_id)
        .join(Run, col(Run.id) == taken.c.run_id)
        .join(Location, col(Location.id) == col(Run.location_id))
        .join(Blogger, col(Blogger.id) == col(Location.blogger_id))
        .where(taken.c.run_id.not_in(given_back))
        .order_by(likely, taken.c.taken_at.desc(), taken.c.run_id.desc())
    )
    return frame(db, query.limit(limit))


def _about(micro: int) -> tuple[int, int]:
    """HeyGen tells whole units only, so what it gave back shows as much, give or take one."""
    return micro - least_step(), micro + least_step()


def _unexplained(*columns: Any) -> Any:
    back = aliased(Entry)
    taken_back = select(back.id).where(back.reverses_id == col(Entry.id)).exists()
    query: Any = select(*columns).select_from(Entry)
    return query.where(Entry.actor == BOOKKEEPER, Entry.kind == "adjust", Entry.note != OPENING, ~taken_back)
