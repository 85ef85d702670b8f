"""Advance given runs in this process until they end or need a person: commands start no worker."""

import logging
import threading
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from core import clock
from core.database.engine import Database
from core.database.tables.runs import Run
from core.errors import Damaged, StorageFailed
from core.journal import due
from core.runs import advance
from core.studio import Studio

log = logging.getLogger("studio.runs")

#: How often a run that somebody else has is looked at.
TICK_SECONDS = 0.2
#: How long a call under way is waited for when the process is told to stop: less than the process has left.
LAST_CALL_SECONDS = 3.0


def drive(studio: Studio, run_ids: Iterable[int | None]) -> list[Run]:
    """Advance the runs, under their leases, and return them as they stand at the end.

    A run ends at done, failed, cancelled, paused, or unknown that waits for a person, and a video also while
    its avatar is at one of the last two. Returns early, with live runs, when the process is told to stop,
    even in the middle of a call. A worker elsewhere may advance the same runs meanwhile.
    """
    wanted = [i for i in run_ids if i is not None]
    broke: list[Exception] = []

    def work() -> None:
        try:
            _advance_all(studio, wanted)
        except Exception as error:
            broke.append(error)

    # The main thread stays free for signals, and a call that stalls does not hold it up.
    thread = threading.Thread(target=work, name="driving", daemon=True)
    thread.start()
    while thread.is_alive() and not studio.stopping.is_set():
        thread.join(TICK_SECONDS)
    thread.join(LAST_CALL_SECONDS)
    if broke:
        raise broke[0]
    return _found(studio.db, wanted)


def _advance_all(studio: Studio, wanted: list[int]) -> None:
    moving = _moving(studio.db, wanted)
    while moving and not studio.stopping.is_set():
        gap = TICK_SECONDS
        for run in moving:
            if run.id is not None and not studio.stopping.is_set():
                again = _advance(studio, run.id)
                gap = gap if again is None else min(gap, (again - clock.now()).total_seconds())
        moving = _moving(studio.db, wanted)
        if moving:
            studio.stopping.wait(max(gap, 0))


def _advance(studio: Studio, run_id: int) -> datetime | None:
    try:
        return advance.advance(studio, run_id)
    except Damaged:
        raise
    except StorageFailed as error:
        # What was spent so far is on record; the run goes on as soon as the disk can be written.
        log.error("run %s waits: %s", run_id, error)
        return None


def _moving(db: Database, wanted: list[int]) -> list[Run]:
    return [run for run in _found(db, wanted, ~due.held_up()) if due.moves(run)]


def _found(db: Database, wanted: list[int], *where: ColumnElement[bool]) -> list[Run]:
    with db.read() as session:
        return list(session.exec(select(Run).where(col(Run.id).in_(wanted), *where).order_by(col(Run.id))))
