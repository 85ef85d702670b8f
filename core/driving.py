"""Advance given runs in this process until they end or need a person: commands start no worker."""

import threading
from collections.abc import Iterable

from sqlmodel import col, select

from core import clock, runs
from core.models import ENDED_STATES, Run
from core.studio import Studio

TICK_SECONDS = 0.2
#: How long a call under way is waited for when the process is told to stop: less than the process has left.
LAST_CALL_SECONDS = 3.0


def drive(studio: Studio, run_ids: Iterable[int | None]) -> list[Run]:
    """Advance the runs, under their leases, and return them as they stand at the end.

    A run ends at done, failed, cancelled, paused, or unknown that waits for a person. Returns early, with
    live runs, when the process is told to stop, even in the middle of a call. A worker elsewhere may advance
    the same runs meanwhile.
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
    return _found(studio, wanted)


def _advance_all(studio: Studio, wanted: list[int]) -> None:
    while not studio.stopping.is_set():
        moving = [run for run in _found(studio, wanted) if not _rests(run)]
        if not moving:
            return
        at_once = False
        for run in moving:
            if run.id is not None and not studio.stopping.is_set():
                again = runs.advance(studio, run.id)
                at_once = at_once or (again is not None and again <= clock.now())
        if not at_once:
            studio.stopping.wait(TICK_SECONDS)


def _found(studio: Studio, wanted: list[int]) -> list[Run]:
    with studio.db.read() as session:
        return list(session.exec(select(Run).where(col(Run.id).in_(wanted)).order_by(col(Run.id))))


def _rests(run: Run) -> bool:
    needs_person = run.state == "unknown" and run.due_at is None
    return run.state in ENDED_STATES or run.state == "paused" or needs_person
