"""Backups as people make them and read them back: each leaves a line in the record.

A backup's line is written once the file is there, so that a backup does not tell of itself. A restored
database says itself that it was one.
"""

from pathlib import Path

from sqlmodel import Session

from core.config import Settings
from core.database import backup as files
from core.database import restore as reading
from core.database.backup import Kept
from core.database.engine import Database
from core.database.restore import Restored
from core.database.tables.heygen import Copied
from core.people import audit
from core.people.roles import Person, acts


@acts("make_backup")
def keep(db: Database, settings: Settings, *, actor: Person) -> Kept:
    """A backup under DATA_DIR/backups. Raises as core.database.backup does."""
    made = files.keep(db, settings)
    _note(db, made.path, made.size, actor)
    return made


@acts("make_backup")
def write(db: Database, target: Path, *, actor: Person) -> int:
    """A backup in a new file; returns its size in bytes. Raises as core.database.backup does."""
    size = files.backup(db, target)
    _note(db, target, size, actor)
    return size


@acts("restore_backup")
def restore(settings: Settings, file: Path, *, actor: Person) -> Restored:
    """Put a backup in the place of the database. Raises as core.database.restore does."""

    def say_so(session: Session, copied: Copied) -> None:
        made_at = {"made_at": copied.made_at.isoformat()}
        audit.note(session, actor, "restore_backup", kind="data", name=file.name, after=made_at)

    return reading.restore(settings, file, then=say_so)


def _note(db: Database, path: Path, size: int, actor: Person) -> None:
    with db.write() as session:
        audit.note(session, actor, "make_backup", kind="data", name=path.name, after={"size": size})
