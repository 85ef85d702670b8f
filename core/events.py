"""What happened in a run, in order: rows for the pages and the same lines in the log."""

import logging

from sqlalchemy import event
from sqlmodel import Session

from core.models import Event, Run

log = logging.getLogger("studio.runs")

LEVELS = {"info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
_WAITING = "lines for the log"


def record(session: Session, run: Run, message: str, *, level: str = "info", actor: str = "") -> None:
    """Add a line to the run's history and, once that is committed, to the log.

    The brief's lines pass through word for word.
    """
    assert run.id is not None, "a run is stored before it has a history"
    session.add(Event(run_id=run.id, step=run.step, level=level, message=message, actor=actor))
    about = {"run_id": run.id, "group_name": run.group_name}
    session.info.setdefault(_WAITING, []).append((LEVELS[level], message, about))


@event.listens_for(Session, "after_commit")
def _committed(session: Session) -> None:
    for level, message, about in session.info.pop(_WAITING, []):
        log.log(level, message, extra=about)


@event.listens_for(Session, "after_rollback")
def _rolled_back(session: Session) -> None:
    session.info.pop(_WAITING, None)
