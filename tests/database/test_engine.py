"""The database keeps its rules by itself, whoever writes to it, and never half of anything."""

import resource
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import event, func
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, select

from core.config import Settings
from core.database import tables
from core.database.engine import MIGRATIONS, Database, migrate, open_database, revisions
from core.database.tables import bloggers, heygen, money, people, runs, videos
from core.database.tables.bloggers import Blogger
from core.database.tables.money import Reading
from core.database.tables.runs import Event
from core.errors import StorageFailed
from tests.databases import dump, insert, plain, schema, schema_of_models

CHECKED = [
    ("location", "avatar_status", bloggers.AVATAR_STATUSES),
    ("location", "motion_status", bloggers.MOTION_STATUSES),
    ("pastavatar", "reason", bloggers.PAST_REASONS),
    ("pastavatar", "avatar_status", bloggers.AVATAR_STATUSES),
    ("pastavatar", "motion_status", bloggers.MOTION_STATUSES),
    ("run", "kind", runs.RUN_KINDS),
    ("run", "state", runs.RUN_STATES),
    ("run", "step", runs.STEPS),
    ("operation", "kind", runs.OPERATION_KINDS),
    ("operation", "state", runs.OPERATION_STATES),
    ("entry", "kind", money.ENTRY_KINDS),
    ("video", "format", videos.VIDEO_FORMATS),
    ("tally", "dimension", money.DIMENSIONS),
    ("budget", "scope", money.BUDGET_SCOPES),
    ("statuscheck", "kind", heygen.CHECK_KINDS),
    ("member", "role", people.ROLES),
    ("member", "way", ("", *people.WAYS)),
    ("signin", "way", people.WAYS),
    ("auditline", "kind", people.AUDIT_KINDS),
]


FIRST_ROWS: list[tuple[str, dict[str, object]]] = [
    ("blogger", {}),
    ("location", {"blogger_id": 1}),
    ("run", {"location_id": 1, "kind": "avatar", "state": "done"}),
    ("operation", {"run_id": 1, "location_id": 1, "state": "confirmed", "price": 1_000_000}),
    ("entry", {"run_id": 1, "operation_id": 1, "kind": "capture", "micro_credits": -1_000_000}),
    ("event", {"run_id": 1, "message": ">>> Motion added successfully"}),
]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = open_database(Settings(data_dir=tmp_path))
    yield database
    database.close()


@pytest.fixture
def rows(database: Database) -> Iterator[sqlite3.Connection]:
    """A plain connection to a database with one blogger and one location."""
    with closing(plain(database.path)) as connection:
        insert(connection, "blogger")
        insert(connection, "location", blogger_id=1)
        yield connection


def readings(session: Session) -> int:
    return session.exec(select(func.count()).select_from(Reading)).one()


def write_much(database: Database) -> None:
    """A row that fits anywhere, then one of two megabytes, in one write session."""
    with database.write() as session:
        session.add(Reading(micro_credits=1, groups=0))
        session.flush()
        session.add(Blogger(name="Anna" * 500_000, name_key="anna"))


@contextmanager
def each_connection(database: Database, pragma: str) -> Iterator[None]:
    """Run `pragma` whenever a session takes a connection."""

    def set_pragma(connection, _record, _proxy) -> None:
        connection.execute(f"PRAGMA {pragma}")

    event.listen(database.engine, "checkout", set_pragma)
    try:
        yield
    finally:
        event.remove(database.engine, "checkout", set_pragma)


def test_one_import_declares_every_table() -> None:
    """Whoever has imported core.database.tables needs no other import for the metadata to be whole."""
    files = {path.stem for path in Path(tables.__file__).parent.glob("*.py")}
    assert set(tables.__all__) == files - {"__init__", "columns"}
    declared = {mapper.class_.__module__ for mapper in SQLModel._sa_registry.mappers}
    assert declared == {f"core.database.tables.{name}" for name in tables.__all__}


def test_the_migrations_make_the_tables_of_the_models(database: Database) -> None:
    """A migrated database is what core.database.tables declares: Alembic finds nothing to change."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, SQLModel.metadata) == []


def test_checks_and_conditions_of_indexes_are_the_models(database: Database) -> None:
    """CHECKs, foreign keys and the conditions of partial indexes agree too; Alembic does not compare them."""
    with database.engine.connect() as connection:
        assert schema(connection) == schema_of_models()


def test_a_second_start_changes_nothing(database: Database, tmp_path: Path) -> None:
    """Opening a database of this version again leaves every row and every table as they are."""
    with database.write() as session:
        session.add(Blogger(name="Anna", name_key="anna"))
    before = dump(database.path)
    open_database(Settings(data_dir=tmp_path)).close()
    assert dump(database.path) == before


def test_every_connection_is_durable_and_keeps_foreign_keys(database: Database) -> None:
    """WAL, synchronous=FULL, foreign keys on and ten seconds of patience on each connection."""
    with database.engine.connect() as one, database.engine.connect() as two:
        for connection in (one, two):
            found = [
                connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            ]
            assert found == ["wal", 2, 1, 10_000]


def test_opening_waits_for_another_starter_at_the_same_new_file(tmp_path: Path) -> None:
    """Another process that is making the file at this moment delays a start; it does not fail it."""
    said: list[str] = []

    def start() -> None:
        try:
            open_database(Settings(data_dir=tmp_path)).close()
            said.append("opened")
        except StorageFailed as error:
            said.append(error.user_message)

    with closing(plain(tmp_path / "studio.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        thread = threading.Thread(target=start)
        thread.start()
        thread.join(0.2)
        assert said == []
        other.execute("COMMIT")
        thread.join(10)
    assert said == ["opened"]


@pytest.mark.parametrize(("table", "column", "known"), CHECKED)
def test_a_state_nobody_knows_is_refused_by_sqlite(
    rows: sqlite3.Connection, table: str, column: str, known: tuple[str, ...]
) -> None:
    """A CHECK lets every known state in and nothing else, also by raw SQL."""
    insert(rows, "run", location_id=1)
    insert(rows, "operation", run_id=1, location_id=1)
    insert(rows, "entry")
    insert(rows, "pastavatar", location_id=1)
    insert(rows, "video", run_id=1, location_id=1)
    insert(rows, "budget")
    insert(rows, "statuscheck")
    insert(rows, "member")
    insert(rows, "signin", key="x")
    insert(rows, "auditline")
    # A line of the ledger or of the record cannot be changed at all; here its CHECK is what is asked.
    for trigger in ("entry_no_update", "audit_no_update"):
        rows.execute(f"DROP TRIGGER {trigger}")
    rows.execute("DELETE FROM tally")
    insert(rows, "tally", dimension="kind", key="x", day="2025-11-22")
    for value in known:
        rows.execute(f"UPDATE {table} SET {column} = ?", (value,))
        assert rows.execute(f"SELECT {column} FROM {table}").fetchall() == [(value,)]
    for value in {"sleeping", "", known[0].upper(), f"{known[0]} ", 0, None} - set(known):
        with pytest.raises(sqlite3.IntegrityError):
            rows.execute(f"UPDATE {table} SET {column} = ?", (value,))


def test_rows_of_the_first_version_are_kept(tmp_path: Path) -> None:
    """A database of the first version comes to the newest with every row, reference and index."""
    old = Database(tmp_path / "studio.db")
    migrate(old, "0001")
    with closing(plain(old.path)) as rows:
        columns = {
            table: [str(row[1]) for row in rows.execute(f"PRAGMA table_info({table})")]
            for (table,) in rows.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        }
        for table, values in FIRST_ROWS:
            insert(rows, table, only=columns[table], **values)
        rows.commit()
        before = {table: rows.execute(f"SELECT * FROM {table}").fetchall() for table, _ in FIRST_ROWS}
    migrate(old)
    with closing(plain(old.path)) as rows:
        for table, found in before.items():
            kept = ", ".join(columns[table])
            assert rows.execute(f"SELECT {kept} FROM {table}").fetchall() == found, table
        assert rows.execute("PRAGMA foreign_key_check").fetchall() == []
        assert rows.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        with pytest.raises(sqlite3.IntegrityError):
            rows.execute("DELETE FROM run")
    old.close()


def test_the_names_of_the_migrations_say_their_versions() -> None:
    """A start takes the newest version from them and spares itself Alembic, which reads the files."""
    scripts = ScriptDirectory(str(MIGRATIONS))
    assert revisions() == [script.revision for script in scripts.walk_revisions()][::-1]
    assert revisions()[-1] == scripts.get_current_head()


def test_every_column_of_states_has_a_check() -> None:
    """A new table's state or kind must come with a CHECK, and stand in the list above."""
    named = {
        (table.name, column.name)
        for table in SQLModel.metadata.tables.values()
        for column in table.columns
        if column.name in ("state", "kind", "avatar_status", "motion_status", "role", "way")
    }
    assert named <= {(table, column) for table, column, _known in CHECKED}


@pytest.mark.parametrize(
    ("known", "new"),
    [
        ({"kind": "capture", "operation_id": 1}, {"kind": "capture", "operation_id": 1}),
        ({"reverses_id": 1}, {"reverses_id": 1}),
        ({}, {"id": 2}),
    ],
    ids=["the same charge", "taken back twice", "the same number"],
)
def test_no_line_of_the_ledger_is_put_in_the_place_of_another(
    rows: sqlite3.Connection, known: dict[str, object], new: dict[str, object]
) -> None:
    """SQLite's REPLACE deletes what is in its way and asks no trigger on DELETE."""
    insert(rows, "run", location_id=1)
    insert(rows, "operation", run_id=1, location_id=1)
    insert(rows, "entry")
    insert(rows, "entry", **known)
    before = rows.execute("SELECT * FROM entry").fetchall()
    names = [name for _, name, *_ in rows.execute("PRAGMA table_info(entry)") if name != "id" or "id" in new]
    values = (
        dict(zip(names, rows.execute(f"SELECT {', '.join(names)} FROM entry").fetchone(), strict=True)) | new
    )
    marks = ", ".join("?" * len(names))
    with pytest.raises(sqlite3.IntegrityError, match="never changed"):
        rows.execute(
            f"INSERT OR REPLACE INTO entry ({', '.join(names)}) VALUES ({marks})", list(values.values())
        )
    assert rows.execute("SELECT * FROM entry").fetchall() == before


@pytest.mark.parametrize("state", runs.LIVE_STATES)
def test_one_live_avatar_run_a_location(rows: sqlite3.Connection, state: str) -> None:
    """SQLite refuses a second live avatar run of a location by raw SQL, in whichever state the first is."""
    insert(rows, "run", kind="avatar", state=state, location_id=1, quote_id="first")
    for second in runs.LIVE_STATES:
        with pytest.raises(sqlite3.IntegrityError, match=r"UNIQUE constraint failed: run\.location_id"):
            insert(rows, "run", kind="avatar", state=second, location_id=1, quote_id="second")
    assert rows.execute("SELECT count(*) FROM run").fetchone() == (1,)


@pytest.mark.parametrize("state", runs.ENDED_STATES)
def test_another_avatar_run_may_follow_an_ended_one(rows: sqlite3.Connection, state: str) -> None:
    """The rule is about live runs alone: after the first ended, and at another location, a run is allowed."""
    insert(rows, "location", blogger_id=1, name_key="another")
    insert(rows, "run", kind="avatar", state="queued", location_id=1, quote_id="first")
    rows.execute("UPDATE run SET state = ?", (state,))
    insert(rows, "run", kind="avatar", state="queued", location_id=1, quote_id="second")
    insert(rows, "run", kind="avatar", state="queued", location_id=2, quote_id="third")
    with pytest.raises(sqlite3.IntegrityError, match=r"UNIQUE constraint failed: run\.location_id"):
        rows.execute("UPDATE run SET state = 'queued' WHERE quote_id = 'first'")


def test_videos_of_one_location_may_run_side_by_side(rows: sqlite3.Connection) -> None:
    """Only avatar runs exclude each other."""
    for quote in ("first", "second"):
        insert(rows, "run", kind="video", state="queued", location_id=1, quote_id=quote)
    insert(rows, "run", kind="avatar", state="queued", location_id=1, quote_id="third")
    assert rows.execute("SELECT count(*) FROM run").fetchone() == (3,)


def test_a_read_session_sees_one_consistent_view(database: Database) -> None:
    """What others commit while a page reads does not reach that page, and nothing it writes is kept."""
    with database.read() as view:
        assert readings(view) == 0
        with database.write() as session:
            session.add(Reading(micro_credits=1, groups=0))
        assert readings(view) == 0
    with database.read() as view:
        assert readings(view) == 1
        view.add(Reading(micro_credits=2, groups=0))
        view.flush()
    with database.read() as view:
        assert readings(view) == 1


def test_a_write_session_holds_the_lock_before_it_reads(database: Database) -> None:
    """Nobody can write between what a write session reads and what it writes."""
    with database.write() as session, closing(plain(database.path, timeout=0)) as other:
        assert readings(session) == 0
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")


def test_a_write_that_fails_leaves_nothing(database: Database) -> None:
    """An error anywhere in a write session undoes all of it, and the next one works."""
    before = dump(database.path)

    def write_and_fail() -> None:
        with database.write() as session:
            session.add(Reading(micro_credits=1, groups=0))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    assert dump(database.path) == before
    with database.write() as session:
        session.add(Reading(micro_credits=1, groups=0))
    with database.read() as session:
        assert readings(session) == 1


def test_a_full_disk_is_said_and_nothing_is_half_written(database: Database) -> None:
    """When the file cannot grow the whole write is undone, in one sentence, and works again later."""
    before = dump(database.path)
    # SQLite takes 1 for the present size: what fits into free places is written, then comes the end.
    with each_connection(database, "max_page_count = 1"):
        with pytest.raises(StorageFailed) as failed:
            write_much(database)
        assert "Nothing was changed. Free some space" in failed.value.user_message
        assert dump(database.path) == before
    with each_connection(database, "max_page_count = 1000000"):
        write_much(database)
    with database.read() as session:
        assert readings(session) == 1


def test_a_disk_that_fills_up_at_the_commit_keeps_nothing(database: Database) -> None:
    """The system itself refuses the bytes: the write is undone, said, and works again later."""
    before = dump(database.path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    size = max(path.stat().st_size for path in database.path.parent.iterdir())
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 65_536, hard))
    try:
        with pytest.raises(StorageFailed) as failed:
            write_much(database)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "Nothing was changed. Free some space" in failed.value.user_message
    assert dump(database.path) == before
    write_much(database)
    with database.read() as session:
        assert readings(session) == 1


def test_a_busy_database_is_said_and_can_be_tried_again(database: Database) -> None:
    """A lock kept too long by another process ends in one sentence, not in a lost session."""
    with closing(plain(database.path)) as other, each_connection(database, "busy_timeout = 20"):
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageFailed, match="was busy") as failed:
            write_much(database)
        assert "Nothing was changed. Try again." in failed.value.user_message
        other.execute("COMMIT")
        write_much(database)
    with database.read() as session:
        assert readings(session) == 1


def test_a_commit_that_sqlite_refuses_leaves_no_lock(database: Database) -> None:
    """The transaction that SQLite would not commit is undone at once: the next write goes through."""

    def of_no_run() -> None:
        with database.write() as session:
            session.connection().exec_driver_sql("PRAGMA defer_foreign_keys = ON")
            session.add(Event(run_id=4711, step="photo", message="of no run"))

    with pytest.raises(IntegrityError):
        of_no_run()
    write_much(database)
    with database.read() as session:
        assert readings(session) == 1
