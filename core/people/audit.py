"""The record of what people did: a line for every change and every spend, in the change's own transaction.

The database refuses to change or delete a line. A line says who, when, what, which object, before and after.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, SQLModel

from core.database.tables.people import AuditLine
from core.people.roles import ACTIONS, Person


def line(
    actor: Person,
    action: str,
    *,
    kind: str,
    id: object = "",
    name: str = "",
    location_id: int | None = None,
    run_id: int | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> AuditLine:
    """One line, for `add_all`. `kind`, `id` and `name` say which object it is about, in one of AUDIT_KINDS.

    `location_id` and `run_id` let a location and a run show the line too. `before` and `after` hold only what
    changed, as JSON keeps it; never a secret.
    """
    assert action in ACTIONS, action
    return AuditLine(
        actor=actor.name,
        action=action,
        kind=kind,
        object_id=str(id),
        name=name,
        location_id=location_id,
        run_id=run_id,
        before=dict(before or {}),
        after=dict(after or {}),
    )


def note(session: Session, actor: Person, action: str, **about: Any) -> None:
    """Write one line; `about` is what `line` takes."""
    session.add(line(actor, action, **about))


def add_all(session: Session, lines: Sequence[AuditLine]) -> None:
    """Write many lines with one statement."""
    if lines:
        session.execute(insert(AuditLine), [one.model_dump(exclude={"id"}) for one in lines])


def changed(row: SQLModel, **to: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Set these attributes of the row, and return what differs: the values before, and those after."""
    differs = {name: value for name, value in to.items() if getattr(row, name) != value}
    before = {name: getattr(row, name) for name in differs}
    for name, value in differs.items():
        setattr(row, name, value)
    return before, differs
