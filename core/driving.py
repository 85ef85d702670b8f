"""Advance given runs in this process until they end or need a person: commands start no worker."""

from collections.abc import Iterable

from sqlmodel import col, select

from core import clock, runs
from core.models import ENDED_STATES, Run
from core.studio import Studio

TICK_SECONDS = 0.1


def drive(studio: Studio, run_ids: Iterable[int | None]) -> list[Run]:
    """Advance the runs, under their leases, and return them as they stand at the end.

    A run ends at done, failed, cancelled, paused, or unknown that waits for a person. Returns early, with
    live runs, when the process is told to stop. A worker elsewhere may advance the same runs meanwhile.
    """
    wanted = [i for i in run_ids if i is not None]
    while True:
        with studio.db.read() as session:
            found = list(session.exec(select(Run).where(col(Run.id).in_(wanted)).order_by(col(Run.id))))
        moving = [run for run in found if not _rests(run)]
        if not moving or studio.stopping.is_set():
            return found
        at_once = False
        for run in moving:
            if run.id is not None and not studio.stopping.is_set():
                again = runs.advance(studio, run.id)
                at_once = at_once or (again is not None and again <= clock.now())
        if not at_once:
            studio.stopping.wait(TICK_SECONDS)


def _rests(run: Run) -> bool:
    needs_person = run.state == "unknown" and run.due_at is None
    return run.state in ENDED_STATES or run.state == "paused" or needs_person
