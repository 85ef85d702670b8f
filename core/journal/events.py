"""What happened in a run, in order: rows for the pages and the same lines in the log."""

import logging
from collections.abc import Mapping

from sqlalchemy import event
from sqlmodel import Session

from core.database.tables.runs import Event, Run
from core.errors import fill, storable

log = logging.getLogger("studio.runs")

LEVELS = {"info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
#: What a line's details hold besides the values of its sentence.
FACTS = ("error_name", "begins", "rested")
_WAITING = "lines for the log"


def record(
    session: Session,
    run: Run,
    template: str,
    /,
    *,
    level: str = "info",
    actor: str = "",
    name: str = "",
    begins: str = "",
    rested: str = "",
    values: Mapping[str, object] | None = None,
    **more: object,
) -> None:
    """Add a line to the run's history and, once that is committed, to the log.

    The history keeps the template and its values for translation; the brief's lines pass through word for
    word. `name` is one of the brief's three failures and stands before the sentence. Two facts are for the
    timeline: the step that `begins` with this line, and the state in which the run had `rested` that goes on
    with it.
    """
    assert run.id is not None, "a run is stored before it has a history"
    shown = {**(values or {}), **more}
    filled = fill(template, shown)
    message = f"{name}: {filled}" if name else filled
    facts = dict(zip(FACTS, (name, begins, rested), strict=True))
    details = storable(shown) | {key: fact for key, fact in facts.items() if fact}
    session.add(
        Event(
            run_id=run.id,
            step=run.step,
            level=level,
            message=message,
            template=template,
            details=details,
            actor=actor,
        )
    )
    about = {"run_id": run.id, "group_name": run.group_name}
    session.info.setdefault(_WAITING, []).append((LEVELS[level], message, about))


@event.listens_for(Session, "after_commit")
def _committed(session: Session) -> None:
    for level, message, about in session.info.pop(_WAITING, []):
        log.log(level, message, extra=about)


@event.listens_for(Session, "after_rollback")
def _rolled_back(session: Session) -> None:
    session.info.pop(_WAITING, None)
