"""What HeyGen itself says of the account: balance and groups, read with free GETs only.

The balance is read within a minute after HeyGen took something, as soon as all is at rest again, and
while pages are open whenever the last reading is five minutes old. Where nobody looks and nothing was spent
it is not read.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from core import clock
from core.amounts import least_step
from core.database.engine import Database
from core.database.tables.money import Entry, Reading
from core.database.tables.runs import LIVE_STATES, Operation, Run
from core.heygen.answers import GroupListing
from core.heygen.errors import HeyGenError
from core.journal import breaker, ownership
from core.journal.due import asking
from core.journal.queries import UNRESOLVED
from core.money import ledger
from core.money.figures import GONE
from core.money.ledger import DRIFT, OPENING
from core.people.roles import BOOKKEEPER
from core.studio import Studio

log = logging.getLogger("studio.account")
#: HeyGen's balance is asked for at most this often while nothing is spent.
READ_EVERY = timedelta(minutes=5)
#: For so long HeyGen may still finish, and charge, a render that the Studio stopped waiting for.
LATE_RENDERS = timedelta(days=1)


@dataclass(frozen=True)
class Seen:
    """A reading, the runs that may go on because of it, and whether it shows another account."""

    reading: Reading
    resumed: list[int]
    another: bool


@dataclass(frozen=True)
class Money:
    """The figures that every page shows, in micro-credits, with HeyGen's own.

    `heygen_behind`: HeyGen took something since it was read. `paused`: paid work is.
    """

    available: int
    held: int
    spent: int
    spent_this_month: int
    heygen_micro: int | None
    heygen_read_at: datetime | None
    heygen_behind: bool
    paused: bool


def refresh(studio: Studio) -> Reading:
    """Read balance and groups from HeyGen and note them. Raises HeyGenError; nothing is changed then.

    The first reading opens the ledger. Later, while nothing is under way, a balance that differs from the
    ledger's is booked as an adjust: somebody added or spent credits outside the Studio. A reading that
    covers what the breaker waits for lifts it. One that shows another account does neither.
    """
    return look(studio).reading


def look(studio: Studio) -> Seen:
    """As `refresh`, with what follows from the reading."""
    started = clock.now()
    with studio.db.read() as session:
        owned = owned_groups(session)
    micro = studio.client.remaining_credits()
    listing = studio.client.list_groups()
    with studio.db.write() as session:
        notice = dict(studio.client.notice)
        reading = Reading(micro_credits=micro, groups=len(listing.groups), notice=notice, read_at=started)
        first = latest(session) is None
        another = not first and is_another(session, owned, micro, listing)
        reading.compared = not another and (first or at_rest_since(session, started))
        session.add(reading)
        session.flush()
        if reading.compared:
            _book_drift(session, micro, OPENING if first else DRIFT)
        return Seen(reading, [] if another else breaker.lift_if_covered(session, reading), another)


def money(db: Database) -> Money:
    """The three figures and HeyGen's own, from sums of days: nothing is counted."""
    with db.read() as session:
        return figures(session)


def figures(session: Session) -> Money:
    sums = ledger.balances(session)
    reading = latest(session)
    available, paused = sums.available, breaker.current(session) is not None
    if reading is not None and paused:
        # HeyGen says that its credits are gone: its own figure counts until paid work goes on.
        spent = ledger.spent_after(session, reading.read_at)
        available = min(available, max(0, reading.micro_credits - spent - sums.held))
    return Money(
        available=available,
        held=sums.held,
        spent=sums.spent,
        spent_this_month=ledger.spent_since(session, clock.this_month().date()),
        heygen_micro=reading.micro_credits if reading else None,
        heygen_read_at=reading.read_at if reading else None,
        heygen_behind=reading is not None and _spent_since(session, reading.read_at),
        paused=paused,
    )


def owned_groups(session: Session) -> set[str]:
    """The groups in HeyGen that locations and past avatars own."""
    return {row.group_id for row in session.execute(ownership.groups())}


def is_another(session: Session, owned: set[str], micro: int, listing: GroupListing) -> bool:
    """True when HeyGen seems to speak of another account than these data: it knows none of their groups,
    and its balance is not the ledger's.

    One of the two alone proves nothing: groups are deleted in HeyGen, and credits are added there. `owned`
    was read before HeyGen was asked, so that what is made meanwhile does not count.
    """
    known = {group.id for group in listing.groups}
    if not owned or not listing.complete or owned & known:
        return False
    return abs(micro - expected(session)) > least_step()


def take_balance(session: Session, micro: int) -> None:
    """Make the ledger say what HeyGen says, because a person is sure that the account is the right one."""
    ledger.adjust(session, micro=micro - expected(session), actor=BOOKKEEPER, note=DRIFT)


def _book_drift(session: Session, micro: int, note: str) -> None:
    """Make the ledger say what HeyGen says.

    HeyGen tells whole units only, so a difference within one is its rounding. Balances are compared, never
    changes since the last time: what was passed over stays in the difference, and is booked as soon as
    there is more of it than one unit.
    """
    drift = micro - expected(session)
    if note == OPENING or abs(drift) > least_step():
        ledger.adjust(session, micro=drift, actor=BOOKKEEPER, note=note)


def expected(session: Session) -> int:
    """What HeyGen's balance should be, in micro-credits: HeyGen knows nothing of what is held."""
    money = ledger.balances(session)
    return money.available + money.held


def refresh_after_spending(studio: Studio) -> list[int]:
    """Read when HeyGen took something since, or credits are waited for; returns the runs that may go on.

    What it took while other runs were under way is read once more when all is at rest. Failures are logged.
    """
    with studio.db.read() as session:
        reading = latest(session)
        wanted = (
            reading is None
            or _spent_since(session, reading.read_at)
            or _credits_awaited(session, reading.read_at)
            or (not reading.compared and _unjudged(session))
        )
    return _try(studio) if wanted else []


def _credits_awaited(session: Session, read_at: datetime) -> bool:
    """True when paid work is paused and the balance should be looked at: at once, then every five minutes."""
    halt = breaker.current(session)
    return halt is not None and (read_at < halt.tripped_at or is_old(read_at))


def refresh_after_run(studio: Studio) -> list[int]:
    """Read once right after paid work was paused, so that credits which are added then are seen to come; when
    the last run has come to rest and HeyGen took something for it; and when a run asks a person what became
    of a call, because HeyGen's balance may tell.

    Returns the runs that may go on. Failures are logged.
    """
    with studio.db.read() as session:
        reading, halt = latest(session), breaker.current(session)
        if reading is None:
            wanted = halt is not None
        else:
            wanted = (
                (halt is not None and reading.read_at < halt.tripped_at)
                or (_spent_since(session, reading.read_at) and _rests(session))
                or _asked_since(session, reading.read_at)
            )
    return _try(studio) if wanted else []


def refresh_if_old(studio: Studio, *, at_once: bool = False) -> list[int]:
    """Read when the last reading is old; returns the runs that may go on. Failures are logged.

    `at_once`: however old it is.
    """
    with studio.db.read() as session:
        reading = latest(session)
    return _try(studio) if at_once or reading is None or is_old(reading.read_at) else []


def is_old(read_at: datetime) -> bool:
    """True when HeyGen should be asked again while somebody looks; also where the clock went back."""
    return not timedelta(0) <= clock.now() - read_at < READ_EVERY


def _try(studio: Studio) -> list[int]:
    try:
        return look(studio).resumed
    except HeyGenError as error:
        log.warning("HeyGen's balance could not be read: %s", error)
        return []


def latest(session: Session) -> Reading | None:
    """HeyGen's last word on the account."""
    return session.exec(select(Reading).order_by(col(Reading.id).desc()).limit(1)).first()


def last_compared(session: Session) -> Reading | None:
    """The last reading that the ledger was held against."""
    compared = select(Reading).where(col(Reading.compared).is_(True))
    return session.exec(compared.order_by(col(Reading.id).desc()).limit(1)).first()


def under_way() -> ColumnElement[bool]:
    """For a query of runs: those that HeyGen may charge at a moment that nobody knows."""
    late = (
        (col(Run.state) == "failed")
        & (col(Run.step) == "rendering")
        & (col(Run.ended_at) > clock.now() - LATE_RENDERS)
    )
    return col(Run.state).in_(LIVE_STATES) | late


def at_rest_since(session: Session, moment: datetime) -> bool:
    """True when no run is under way and the ledger has no line since: the balance may be judged."""
    moved = select(Entry.id).where(_from(moment)).limit(1)
    return _rests(session) and session.exec(moved).first() is None


def _rests(session: Session) -> bool:
    return session.exec(select(Run.id).where(under_way()).limit(1)).first() is None


def _unjudged(session: Session) -> bool:
    """HeyGen took something since the ledger was last held against its balance, and now nothing moves."""
    judged = last_compared(session)
    return _rests(session) and (judged is None or _spent_since(session, judged.read_at))


def _spent_since(session: Session, moment: datetime) -> bool:
    # Written so that the index of the times is taken, not that of the kinds: most lines are of these.
    gone = col(Entry.kind).concat("").in_(GONE)
    query = select(Entry.id).where(_from(moment), gone).limit(1)
    return session.exec(query).first() is not None


def _asked_since(session: Session, moment: datetime) -> bool:
    """A run asks a person about a call that was sent since."""
    lost = select(Operation.id).where(
        col(Operation.run_id).in_(select(Run.id).where(asking())),
        col(Operation.state).in_(UNRESOLVED),
        col(Operation.sent_at) >= moment,
    )
    return session.exec(lost.limit(1)).first() is not None


def _from(moment: datetime) -> ColumnElement[bool]:
    """Lines from that moment on. One of a day to come was written by a clock that was ahead."""
    return col(Entry.created_at).between(moment, clock.now())
