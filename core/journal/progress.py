"""A run's progress: the fenced writes that move it, park it or end it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlmodel import Session

from core import clock
from core.database.leases import Lease, fenced
from core.database.tables.runs import Run
from core.errors import StudioError, fill, storable
from core.journal import events, notifications
from core.journal.due import LONGEST_WAIT, moves
from core.money import ledger
from core.studio import Studio

#: Gaps between polls in seconds of HeyGen's time; the last one repeats.
POLL_GAPS = (3, 3, 5, 5, 8, 8, 10, 10, 15)
#: Gaps after a call that did not get through; after the last one the run fails.
RETRY_GAPS = (2, 5, 15, 30, 60, 120)
SHORTEST_GAP = 0.1


@contextmanager
def progress(studio: Studio, lease: Lease) -> Iterator[tuple[Session, Run]]:
    """A write session and the run in it. Raises LeaseLost when somebody else has it now."""
    with studio.db.write() as session:
        run = fenced(session, lease)
        moved = moves(run)
        # After the clock went back, what began in the future began now: nothing waits until then.
        run.step_at = min(run.step_at, clock.now())
        yield session, run
        run.updated_at = clock.now()
        session.add(run)
        if moved and not moves(run):
            notifications.note(session, studio.settings.notify_url, run)


def announce(studio: Studio, lease: Lease, run: Run, line: str) -> None:
    """Record the line with which a step begins, at its first try only."""
    if run.tries == 0:
        with progress(studio, lease) as (session, run):
            events.record(session, run, line)


def go_to(run: Run, step: str) -> None:
    """Start the next step at once."""
    run.step, run.step_at, run.state = step, clock.now(), "running"
    run.tries = run.polls = 0
    run.due_at = None


def wait(run: Run, seconds: float, *, state: str = "waiting") -> float:
    """Park the run for `seconds`, and return them as the time until it is due."""
    seconds = min(max(seconds, SHORTEST_GAP), LONGEST_WAIT)
    run.state, run.due_at = state, clock.now() + timedelta(seconds=seconds)
    return seconds


def ask(run: Run) -> None:
    """Let the run wait until a person says what became of its call."""
    run.state, run.due_at = "unknown", None


def poll_gap(studio: Studio, run: Run) -> float:
    """Seconds until the next poll; grows with each."""
    gap = POLL_GAPS[min(run.polls, len(POLL_GAPS) - 1)] / studio.pace
    run.polls += 1
    return gap


def retry_gap(studio: Studio, run: Run) -> float | None:
    """Seconds until the next try after a call that did not get through; None when it was the last."""
    if run.tries >= len(RETRY_GAPS):
        return None
    gap = RETRY_GAPS[run.tries] / studio.pace
    run.tries += 1
    return gap


def fail(session: Session, run: Run, error: StudioError, name: str = "") -> None:
    """End the run as failed; what it still held is available again."""
    run.error_name = name
    run.error_template = error.template
    run.error_values = storable(error.values)
    events.record(session, run, error.template, level="error", name=name, values=run.error_values)
    _end(session, run, "failed")


def finish(session: Session, run: Run) -> None:
    """End the run as done."""
    _end(session, run, "done")


def cancel(session: Session, run: Run, actor: str) -> None:
    """End the run as cancelled, before the next paid step."""
    events.record(session, run, "Cancelled before the next paid step", level="warning", actor=actor)
    _end(session, run, "cancelled")


def failure_text(run: Run) -> str:
    """Why the run failed, in English: the brief's name first where it has one."""
    cause = fill(run.error_template, run.error_values)
    return f"{run.error_name}: {cause}" if run.error_name else cause


def _end(session: Session, run: Run, state: str) -> None:
    run.state, run.ended_at, run.due_at = state, clock.now(), None
    run.cancel_requested_by = None
    ledger.release(session, run=run, actor=run.actor)
