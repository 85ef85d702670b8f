"""A consistent copy of the database while everything goes on."""

import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from core import clock
from core.config import Settings
from core.database.engine import Database
from core.errors import BadInput, StorageFailed

FOLDER = "backups"


#: What a copy says of itself, once.
_MARK = """
INSERT INTO copied (made_at, last_location, last_run, last_operation)
SELECT ?, (SELECT coalesce(max(id), 0) FROM location), (SELECT coalesce(max(id), 0) FROM run),
       (SELECT coalesce(max(id), 0) FROM operation)
"""

#: Cookies that were ended since, and links that were used since, would open the copy.
_NOBODY_IS_IN = ("DELETE FROM signin", "DELETE FROM invitation WHERE used_at IS NULL")


def backup(db: Database, target: Path) -> int:
    """Copy the database to `target`, which must not exist, and return its size in bytes.

    The copy knows that it is one: whoever reads it back, with a command or by hand, has a Studio that looks
    at HeyGen before it pays, and everybody signs in anew. Written to a temporary name first, so that a copy
    that exists is whole. Raises BadInput, StorageFailed.
    """

    def mark(rows: sqlite3.Connection) -> None:
        rows.execute(_MARK, (f"{clock.now():%Y-%m-%d %H:%M:%S.%f}",))
        forget_who_is_in(rows)

    return copy(db.path, target, mark)


def forget_who_is_in(rows: sqlite3.Connection) -> None:
    """Let no cookie and no open invitation count in this database."""
    for statement in _NOBODY_IS_IN:
        rows.execute(statement)


def copy(path: Path, target: Path, then: Callable[[sqlite3.Connection], object] = lambda _: None) -> int:
    """The database at `path` as it is at one moment, with what `then` changes in the copy; as `backup`."""
    if target.exists():
        raise BadInput("{path} exists already. Nothing was changed. Choose another name.", path=str(target))
    if not target.parent.is_dir():
        raise BadInput("{path} is no directory. Nothing was written.", path=str(target.parent))
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        source = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        made = sqlite3.connect(part)
        try:
            source.backup(made)
            with made:
                then(made)
            made.execute("PRAGMA journal_mode=DELETE")
        finally:
            made.close()
            source.close()
        os.replace(part, target)
    except (sqlite3.Error, OSError) as exc:
        part.unlink(missing_ok=True)
        raise StorageFailed(
            "The backup could not be written ({reason}). Nothing was kept.", reason=str(exc)
        ) from exc
    return target.stat().st_size


@dataclass(frozen=True)
class Kept:
    """A backup in the data directory."""

    path: Path
    size: int
    made_at: datetime


def keep(db: Database, settings: Settings) -> Kept:
    """A backup under DATA_DIR/backups, named after the world and the moment. Raises as `backup` does."""
    folder = settings.data_dir / FOLDER
    try:
        folder.mkdir(exist_ok=True)
    except OSError as exc:
        raise StorageFailed(
            "The backup could not be written ({reason}). Nothing was kept.", reason=exc.strerror or exc
        ) from exc
    path = folder / f"studio-{settings.world}-{clock.now():%Y-%m-%d-%H%M%S}.db"
    size = backup(db, path)
    return Kept(path, size, _made_at(path))


def kept(settings: Settings) -> list[Kept]:
    """The backups under DATA_DIR/backups, the newest first."""
    found = (settings.data_dir / FOLDER).glob("studio-*.db")
    return sorted(
        (Kept(path, path.stat().st_size, _made_at(path)) for path in found),
        key=lambda one: one.made_at,
        reverse=True,
    )


def _made_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
