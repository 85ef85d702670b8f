"""The database: engine, read and write sessions, migrations, the world's stamp.

SQLite with WAL, synchronous=FULL and a busy timeout of 10 s. A read session is a plain BEGIN, a consistent
view; a write session begins IMMEDIATE, so that read-modify-write is safe between threads and processes.
"""

import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, inspect
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlmodel import Session

from core import clock
from core.config import Settings
from core.database.stamp import stamp
from core.errors import Damaged, StartRefused, StorageFailed
from core.files import own_folder

log = logging.getLogger("studio.database")

BUSY_SECONDS = 10
MIGRATIONS = Path(__file__).parent / "migrations"
#: SQLite's primary result codes, https://sqlite.org/rescode.html.
DISK = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}
BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
DAMAGED = {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}


class Database:
    """One SQLite file and its sessions; safe to share between threads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.engine = _engine(path)
        self._writing = self.engine.execution_options(begin_immediate=True)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session over one consistent view. Nothing written in it is kept.

        Raises StorageFailed when the disk cannot be read or the file is damaged.
        """
        with _storage_errors(), Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that holds the write lock from its first statement and commits at the end.

        Raises StorageFailed when the disk is full or another process kept the lock too long; nothing of
        the session is kept then.
        """
        with _storage_errors(), Session(self._writing, expire_on_commit=False) as session:
            yield session
            session.commit()

    def close(self) -> None:
        self.engine.dispose()


def open_database(settings: Settings) -> Database:
    """The migrated and stamped database of this world.

    Raises StartRefused when it belongs to another world or to a newer version, StorageFailed when the
    directory cannot be written.
    """
    make_data_folder(settings)
    return open_rows(settings)


def open_rows(settings: Settings) -> Database:
    """As `open_database`, in a DATA_DIR that `make_data_folder` has made."""
    path = settings.data_dir / "studio.db"
    if _was_put_there(path):
        log.warning("%s was put in the place of another database; what that has left is removed", path)
        without_wal(path)
    database = Database(path)
    try:
        with _storage_errors():
            migrate(database)
            with database.write() as session:
                stamp(session, settings)
    except BaseException:
        database.close()
        raise
    return database


def make_data_folder(settings: Settings) -> None:
    """Make DATA_DIR, for nobody else to read. Raises StorageFailed."""
    try:
        own_folder(settings.data_dir)
    except OSError as exc:
        raise StorageFailed(
            "The data directory {path} cannot be made ({reason}). Nothing was changed. "
            "Set DATA_DIR to a directory that can be written.",
            path=str(settings.data_dir),
            reason=exc.strerror or str(exc),
        ) from exc


def _was_put_there(path: Path) -> bool:
    """True for a backup that was copied over a database: its header knows of no WAL, so that one beside it
    is the other's, and SQLite would mix the two. Bytes 18 and 19 tell (https://sqlite.org/fileformat2.html).
    """
    # In this order: a header that is read after a WAL was seen knows of it, whoever starts beside us.
    if not Path(f"{path}-wal").exists() or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(20)[18:] == b"\x01\x01"


def without_wal(path: Path) -> None:
    """Take away what the database that was here before has left beside this one."""
    for ending in ("-wal", "-shm"):
        Path(f"{path}{ending}").unlink(missing_ok=True)


def migrate(database: Database, target: str = "head") -> None:
    """Bring the tables to this version in one transaction.

    Several starters wait for each other; a kill in the middle leaves the old tables. Raises StartRefused
    for a database made by a newer version.
    """
    known = revisions()
    with database.engine.connect() as connection:
        if target == "head" and _revision(connection) == known[-1]:
            return
    # Importing it takes longer than a whole start without it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with _without_foreign_keys(database) as connection:
        found = _revision(connection)
        if found is not None and found not in known:
            raise StartRefused(
                "The database {path} was made by a newer version of the Studio (revision {found}). "
                "Nothing was changed. Update the Studio, or set DATA_DIR to another directory.",
                path=str(database.path),
                found=found,
            )
        config.attributes["connection"] = connection
        command.upgrade(config, target)


def revisions() -> list[str]:
    """The versions of the tables, the newest last: the name of each migration's file begins with its own."""
    return sorted(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("*.py"))


def _engine(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_SECONDS}, pool_size=16)

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        # The driver's own transaction control begins too late for reads and not at all for DDL.
        connection.isolation_level = None
        _use_wal(connection)
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection) -> None:
        immediate = connection.get_execution_options().get("begin_immediate")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    @event.listens_for(engine, "checkin")
    def _ended(connection: sqlite3.Connection | None, _record: object) -> None:
        # After a COMMIT that failed SQLAlchemy takes the transaction for over; SQLite still holds its lock.
        if connection is not None and connection.in_transaction:
            connection.rollback()

    return engine


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch to WAL, waiting for another process that is making the same file at this moment.

    SQLite itself does not wait here: with a write lock in sight it answers "locked" at once.
    """
    deadline = clock.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as exc:
            if _code(exc) not in BUSY or clock.monotonic() >= deadline:
                raise
        threading.Event().wait(0.01)


def _code(error: object) -> int:
    """SQLite's primary result code; 0 for an error of the driver's own."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


@contextmanager
def _storage_errors() -> Iterator[None]:
    try:
        yield
    except IntegrityError:
        raise
    except DatabaseError as exc:
        reason, code = str(exc.orig), _code(exc.orig)
        if code in DISK:
            raise StorageFailed(
                "The Studio's disk could not be written ({reason}). Nothing was changed. "
                "Free some space, then try again.",
                reason=reason,
            ) from exc
        if code in BUSY:
            raise StorageFailed(
                "The database was busy for {seconds} seconds. Nothing was changed. Try again.",
                seconds=BUSY_SECONDS,
            ) from exc
        if code in DAMAGED:
            raise Damaged(
                "The database is damaged ({reason}). Nothing was changed. Stop the Studio and run: "
                "python -m core restore BACKUP, or set DATA_DIR to another directory.",
                reason=reason,
            ) from exc
        raise


@contextmanager
def _without_foreign_keys(database: Database) -> Iterator[Connection]:
    """A write transaction that may rebuild tables; at its end every reference must hold again.

    SQLite takes this switch outside a transaction only.
    """
    with database._writing.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
                if broken is not None:
                    raise RuntimeError(f"the migration breaks the reference {tuple(broken)}")
        finally:
            driver.execute("PRAGMA foreign_keys=ON")


def _revision(connection: Connection) -> str | None:
    """The version of the tables there; None where there are none yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
