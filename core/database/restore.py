"""A backup read back: checked, never under a living Studio, and what it replaces is kept."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, col, func, select

from core import clock
from core.config import Settings
from core.database.backup import FOLDER, copy, forget_who_is_in
from core.database.engine import Database, migrate, without_wal
from core.database.leases import opening, somebody_lives
from core.database.stamp import stamp
from core.database.tables.bloggers import Location
from core.database.tables.heygen import Copied
from core.database.tables.runs import LIVE_STATES, Event, Operation, Run
from core.errors import BadInput, Refusal, StorageFailed
from core.files import own_folder


@dataclass(frozen=True)
class Restored:
    """What was read back: the moment it shows, its live runs, and where that which it replaced is kept."""

    made_at: datetime
    live_runs: int
    kept: Path | None


def restore(
    settings: Settings, file: Path, *, then: Callable[[Session, Copied], None] = lambda *_: None
) -> Restored:
    """Put the backup `file` in the place of the database; `then` writes into it before it is there.

    Killed in the middle, the old database or the new one is there, whole. Raises BadInput for what is no
    backup of a Studio, Refusal while a Studio or a command works on these data, StartRefused for a backup
    of another world or a newer version, StorageFailed.
    """
    _check(file)
    target = settings.data_dir / "studio.db"
    try:
        own_folder(settings.data_dir)
        (settings.data_dir / FOLDER).mkdir(exist_ok=True)
        with opening(settings.data_dir, alone=True):
            if somebody_lives(settings.data_dir):
                raise Refusal(
                    "A Studio, a worker or a command works on the data in {path}. Nothing was changed. "
                    "Stop it, then restore.",
                    path=str(settings.data_dir),
                )
            new = target.with_name(f".restored.{os.getpid()}.db")
            new.unlink(missing_ok=True)
            try:
                copy(file, new)
                made_at, live = _prepared(new, replace(settings, data_dir=file), then)
                kept = _keep(target, settings)
                os.replace(new, target)
            finally:
                for ending in ("", "-wal", "-shm"):
                    Path(f"{new}{ending}").unlink(missing_ok=True)
            # Until here they belonged to the database that was there; a start would find that out as well.
            without_wal(target)
    except OSError as exc:
        raise StorageFailed(
            "The backup could not be read back ({reason}). The database is as it was.",
            reason=exc.strerror or exc,
        ) from exc
    return Restored(made_at, live, kept)


def _check(file: Path) -> None:
    """Raises BadInput."""
    if not file.is_file():
        raise BadInput("There is no file {path}. Nothing was changed.", path=str(file))
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as rows:
            (said,) = rows.execute("PRAGMA quick_check(1)").fetchone()
            known = rows.execute(
                "SELECT count(*) FROM sqlite_master WHERE name IN ('stamp', 'run')"
            ).fetchone()
    except sqlite3.Error as exc:
        said, known = str(exc), (0,)
    if said != "ok":
        raise BadInput(
            "{path} is no whole database ({reason}). Nothing was changed. Take another backup.",
            path=str(file),
            reason=said,
        )
    if known != (2,):
        raise BadInput("{path} is no backup of a Studio. Nothing was changed.", path=str(file))


def _prepared(new: Path, settings: Settings, then: Callable[[Session, Copied], None]) -> tuple[datetime, int]:
    """Bring the copy to today's tables and let it say that it is one; its moment and its live runs."""
    database = Database(new)
    try:
        migrate(database)
        with database.write() as session:
            stamp(session, settings)
            copied = _mark(session)
            then(session, copied)
            live = select(func.count()).select_from(Run).where(col(Run.state).in_(LIVE_STATES))
            return copied.made_at, session.exec(live).one()
    finally:
        database.close()
        with closing(sqlite3.connect(new)) as rows:
            with rows:
                forget_who_is_in(rows)
            rows.execute("PRAGMA journal_mode=DELETE")


def _mark(session: Session) -> Copied:
    """What the backup says of itself; of a copy that was made by hand, its last line tells the time."""
    tables = {"last_location": Location, "last_run": Run, "last_operation": Operation}
    last = {name: session.exec(select(func.max(table.id))).one() or 0 for name, table in tables.items()}
    found = session.exec(select(Copied).order_by(col(Copied.id).desc()).limit(1)).first()
    if found is not None and all(getattr(found, name) == value for name, value in last.items()):
        return found
    made_at = session.exec(select(func.max(Event.created_at))).one()
    copied = Copied(made_at=made_at or clock.now(), **last)
    session.add(copied)
    session.flush()
    return copied


def _keep(target: Path, settings: Settings) -> Path | None:
    """The database that is replaced, as a file beside the backups; also one that cannot be read any more."""
    if not target.exists():
        return None
    kept = settings.data_dir / FOLDER / f"replaced-{settings.world}-{clock.now():%Y-%m-%d-%H%M%S-%f}.db"
    try:
        copy(target, kept)
    except StorageFailed:
        for ending in ("", "-wal"):
            found = Path(f"{target}{ending}")
            if found.exists():
                os.link(found, f"{kept}{ending}")
    return kept
