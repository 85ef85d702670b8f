"""The read side of the record: what people did, searched and filtered, and what they did to one thing.

Lines about members and their invitations are for administrators: whoever asks says whether to leave them out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement
from sqlmodel import col, func, or_, select

from core.database.engine import Database
from core.database.frames import frame
from core.database.tables.people import AuditLine

if TYPE_CHECKING:
    import pandas as pd

#: What only administrators see.
OF_MEMBERS = ("member", "invitation")
_COLUMNS = tuple(
    col(column)
    for column in (
        AuditLine.id,
        AuditLine.created_at,
        AuditLine.actor,
        AuditLine.action,
        AuditLine.kind,
        AuditLine.object_id,
        AuditLine.name,
        AuditLine.location_id,
        AuditLine.run_id,
        AuditLine.before,
        AuditLine.after,
    )
)


@dataclass(frozen=True, kw_only=True)
class AuditFilter:
    """Which lines to list. Empty means all; `since` is part of the range, `until` is not.

    Every word of `text` is in the object's name, in who did it or in the object's id. `members` False leaves
    out the lines about members and invitations.
    """

    text: str = ""
    actor: str | None = None
    actions: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    members: bool = False


def lines(db: Database, where: AuditFilter, *, limit: int | None = None, offset: int = 0) -> pd.DataFrame:
    """One row a line, newest first: when, who, what, which object, `before` and `after` as dicts."""
    query = select(*_COLUMNS).where(*_conditions(where)).order_by(col(AuditLine.id).desc())
    return frame(db, query.limit(limit).offset(offset))


def count(db: Database, where: AuditFilter) -> int:
    """How many lines the filter matches."""
    with db.read() as session:
        return session.scalars(select(func.count(col(AuditLine.id))).where(*_conditions(where))).one()


def people(db: Database, *, members: bool) -> list[str]:
    """Everybody who did something, in the alphabet's order. `members` as in AuditFilter."""
    query = select(col(AuditLine.actor)).distinct().order_by(col(AuditLine.actor))
    with db.read() as session:
        return list(session.scalars(query.where(*_conditions(AuditFilter(members=members)))))


def of_location(db: Database, location_id: int, *, limit: int | None = None) -> pd.DataFrame:
    """What people did to the location, its runs and videos, newest first, as `lines` has it."""
    return _of(db, col(AuditLine.location_id) == location_id, limit)


def of_run(db: Database, run_id: int, *, limit: int | None = None) -> pd.DataFrame:
    """What people did to the run, newest first, as `lines` has it."""
    return _of(db, col(AuditLine.run_id) == run_id, limit)


def _of(db: Database, which: ColumnElement[bool], limit: int | None) -> pd.DataFrame:
    return frame(db, select(*_COLUMNS).where(which).order_by(col(AuditLine.id).desc()).limit(limit))


def _conditions(where: AuditFilter) -> list[Any]:
    conditions: list[Any] = [_says(word) for word in where.text.split()]
    if where.actor is not None:
        conditions.append(col(AuditLine.actor) == where.actor)
    if where.actions:
        conditions.append(col(AuditLine.action).in_(where.actions))
    if where.kinds:
        conditions.append(col(AuditLine.kind).in_(where.kinds))
    if where.since is not None:
        conditions.append(col(AuditLine.created_at) >= where.since)
    if where.until is not None:
        conditions.append(col(AuditLine.created_at) < where.until)
    if not where.members:
        conditions.append(col(AuditLine.kind).not_in(OF_MEMBERS))
    return conditions


def _says(word: str) -> ColumnElement[bool]:
    # SQLite folds the case of English letters only; these are the ways in which names are written.
    ways = [word] if word.isascii() else sorted({word, word.lower(), word.upper(), word.capitalize()})
    # A word has no blank, so that it is never found across two of these.
    said = col(AuditLine.name) + " " + col(AuditLine.actor) + " " + col(AuditLine.object_id)
    return or_(*(said.contains(way, autoescape=True) for way in ways))
