"""What HeyGen itself says of the account: balance and groups, read with free GETs only."""

import logging
from datetime import timedelta

from sqlmodel import Session, col, func, select

from core import clock, ledger
from core.errors import N_
from core.heygen.errors import HeyGenError
from core.models import LIVE_STATES, Entry, Reading, Run
from core.money import MICRO
from core.studio import Studio

log = logging.getLogger("studio.account")

#: HeyGen's balance is asked for at most this often while nothing happens.
READ_EVERY = timedelta(minutes=5)
BOOKKEEPER = "HeyGen's balance"
#: The least step of HeyGen's balance, in micro-credits (heygen-api.md section 8: sixtieths of a credit).
UNIT = MICRO // 60
#: For so long HeyGen may still finish, and charge, a render that the Studio stopped waiting for.
LATE_RENDERS = timedelta(days=1)


def refresh(studio: Studio) -> Reading:
    """Read balance and groups from HeyGen and note them. Raises HeyGenError; nothing is changed then.

    The first reading opens the ledger. Later, while nothing is under way, a balance that differs from the
    ledger's is booked as an adjust: somebody added or spent credits outside the Studio.
    """
    started = clock.now()
    micro = studio.client.remaining_credits()
    groups = len(studio.client.list_groups().groups)
    with studio.db.write() as session:
        reading = Reading(micro_credits=micro, groups=groups, read_at=started)
        first = latest(session) is None
        session.add(reading)
        session.flush()
        if first or _nothing_under_way(session, reading):
            known = ledger.balances(session)
            note = N_("Opening balance") if first else N_("Changed outside the Studio")
            drift = micro - known.available
            # HeyGen tells whole units only: what is less than one is its rounding, not a change.
            if first or abs(drift) > UNIT:
                ledger.adjust(session, micro=drift, actor=BOOKKEEPER, note=note)
        return reading


def refresh_if_old(studio: Studio) -> None:
    """Read again when the last reading is old or something was charged or made since; failures are logged."""
    with studio.db.read() as session:
        reading = latest(session)
        newest = session.exec(select(func.max(Entry.created_at))).one()
    now = clock.now()
    recent = reading if reading is not None and now - reading.read_at < READ_EVERY else None
    if recent is not None and (newest is None or recent.read_at >= newest):
        return
    try:
        refresh(studio)
    except HeyGenError as error:
        log.warning("HeyGen's balance could not be read: %s", error)


def latest(session: Session) -> Reading | None:
    """HeyGen's last word on the account."""
    return session.exec(select(Reading).order_by(col(Reading.id).desc()).limit(1)).first()


def _nothing_under_way(session: Session, reading: Reading) -> bool:
    late = (
        (col(Run.state) == "failed")
        & (col(Run.step) == "rendering")
        & (col(Run.ended_at) > clock.now() - LATE_RENDERS)
    )
    moving = col(Run.state).in_(LIVE_STATES) | late
    live = session.exec(select(func.count()).select_from(Run).where(moving)).one()
    since = session.exec(
        select(func.count()).select_from(Entry).where(col(Entry.created_at) >= reading.read_at)
    ).one()
    return live == 0 and since == 0
