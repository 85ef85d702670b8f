"""The record of what people did, as pages show it: a line for every change and every spend."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from core.database.engine import Database
from core.database.tables.people import AuditLine
from core.names import name_key

#: What only administrators see.
OF_MEMBERS = ("member", "invitation")


@dataclass(frozen=True, kw_only=True)
class AuditFilter:
    """Which lines to list. Empty means all; `since` is part of the range, `until` is not.

    `text`: each of its words stands somewhere in the line.
    """

    text: str = ""
    actor: str | None = None
    action: str | None = None
    kinds: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


def lines(
    db: Database, where: AuditFilter, *, limit: int | None = None, offset: int = 0, members: bool
) -> list[AuditLine]:
    """The lines that match, newest first. Without `members` those about members are left out."""
    with db.read() as session:
        query = select(AuditLine).where(*_conditions(session, where, members))
        return list(session.exec(query.order_by(col(AuditLine.id).desc()).limit(limit).offset(offset)))


def count(db: Database, where: AuditFilter, *, members: bool) -> int:
    """How many lines match."""
    with db.read() as session:
        query = select(func.count()).select_from(AuditLine)
        return session.exec(query.where(*_conditions(session, where, members))).one()


def of_location(db: Database, location_id: int) -> list[AuditLine]:
    """What was done about this location, newest first."""
    return _about(db, col(AuditLine.location_id) == location_id)


def of_run(db: Database, run_id: int) -> list[AuditLine]:
    """What was done about this run, newest first."""
    return _about(db, col(AuditLine.run_id) == run_id)


def people(db: Database, *, members: bool) -> list[str]:
    """Everybody who did something."""
    with db.read() as session:
        query = select(AuditLine.actor).where(*_conditions(session, AuditFilter(), members)).distinct()
        return sorted(session.exec(query))


def _about(db: Database, condition: Any) -> list[AuditLine]:
    with db.read() as session:
        return list(session.exec(select(AuditLine).where(condition).order_by(col(AuditLine.id).desc())))


def _conditions(session: Session, where: AuditFilter, members: bool) -> list[Any]:
    conditions: list[Any] = []
    if not members:
        conditions.append(col(AuditLine.kind).not_in(OF_MEMBERS))
    if where.actor is not None:
        conditions.append(col(AuditLine.actor) == where.actor)
    if where.action is not None:
        conditions.append(col(AuditLine.action) == where.action)
    if where.kinds:
        conditions.append(col(AuditLine.kind).in_(where.kinds))
    if where.since is not None:
        conditions.append(col(AuditLine.created_at) >= where.since)
    if where.until is not None:
        conditions.append(col(AuditLine.created_at) < where.until)
    if words := name_key(where.text).split():
        conditions.append(col(AuditLine.id).in_(list(_holding(session, words, conditions))))
    return conditions


def _holding(session: Session, words: list[str], conditions: list[Any]) -> Iterator[int | None]:
    """SQLite knows capital letters of English only, so the letters are compared here."""
    for line in session.exec(select(AuditLine).where(*conditions)):
        values = json.dumps([line.before, line.after], ensure_ascii=False)
        text = name_key(f"{line.actor} {line.name} {line.object_id} {values}")
        if all(word in text for word in words):
            yield line.id
