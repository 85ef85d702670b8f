"""What happened in a run, in order: rows for the pages and the same lines in the log."""

import logging

from sqlmodel import Session

from core.models import Event, Run

log = logging.getLogger("studio.runs")

LEVELS = {"info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def record(session: Session, run: Run, message: str, *, level: str = "info", actor: str = "") -> None:
    """Add a line to the run's history and to the log. The brief's lines pass through word for word."""
    assert run.id is not None, "a run is stored before it has a history"
    session.add(Event(run_id=run.id, step=run.step, level=level, message=message, actor=actor))
    log.log(LEVELS[level], message, extra={"run_id": run.id, "group_name": run.group_name})
