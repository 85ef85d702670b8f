"""Several processes at one database: nothing is lost, doubled, or left half done."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event

from core.config import Settings
from core.database.engine import Database, migrate, open_database
from core.database.tables.money import Reading
from tests.databases import dump, is_change, plain, schema, schema_of_models
from tests.faults.site import Site

pytestmark = pytest.mark.processes

ROOT = Path(__file__).parents[2]
PATIENCE = 60
OPEN = "tests.faults.child_open"
COUNT = "tests.faults.child_count"
MIGRATE = "tests.faults.child_migrate"


def command(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", module, *arguments]


def environment(data_dir: Path) -> dict[str, str]:
    """A keyless process's environment, whatever this one's or a .env says."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return {**kept, "DATA_DIR": str(data_dir), "HEYGEN_API_KEY": "", "HEYGEN_DIALECT": ""}


def run(data_dir: Path, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(module, *arguments),
        cwd=ROOT,
        env=environment(data_dir),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


class Child:
    """A process that has said "ready" and waits for a line."""

    def __init__(self, data_dir: Path, module: str, *arguments: str) -> None:
        self.process = subprocess.Popen(
            command(module, *arguments),
            cwd=ROOT,
            env=environment(data_dir),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def tell(self, line: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def hear(self) -> str:
        """Its next line; empty when it has ended."""
        assert self.process.stdout
        return self.process.stdout.readline().strip()


@contextmanager
def children(number: int, data_dir: Path, module: str, *arguments: str) -> Iterator[list[Child]]:
    """`number` processes, all ready before any is told to go. None outlives the test."""
    started = [Child(data_dir, module, *arguments) for _ in range(number)]
    with ExitStack() as stack:
        for child in started:
            stack.callback(child.process.communicate)
            stack.callback(child.process.kill)
        assert [child.hear() for child in started] == ["ready"] * number
        yield started


def assert_whole(data_dir: Path) -> None:
    """The database has this version's tables and one stamp."""
    database = open_database(Settings(data_dir=data_dir))
    try:
        with database.engine.connect() as connection:
            assert schema(connection) == schema_of_models()
            assert connection.exec_driver_sql("SELECT count(*) FROM stamp").scalar() == 1
            assert connection.exec_driver_sql("SELECT count(*) FROM alembic_version").scalar() == 1
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    finally:
        database.close()


def changes_of_the_migrations(path: Path) -> int:
    """How many statements the migrations change an empty database with."""
    statements: list[str] = []
    database = Database(path)
    event.listen(database.engine, "after_cursor_execute", lambda *sent: statements.append(sent[2]))
    migrate(database)
    database.close()
    return sum(map(is_change, statements))


def test_no_write_of_two_processes_and_eight_threads_is_lost(tmp_path: Path) -> None:
    """Two processes of four threads read, add one and write 60 times each: the sum is 480."""
    database = open_database(Settings(data_dir=tmp_path))
    with database.write() as session:
        session.add(Reading(micro_credits=0, groups=0))
    with children(2, tmp_path, COUNT, "4", "60") as counting:
        for child in counting:
            child.tell("go")
        assert [child.process.wait(PATIENCE) for child in counting] == [0, 0]
    with database.read() as session:
        assert session.get_one(Reading, 1).micro_credits == 2 * 4 * 60
    database.close()


def test_four_starters_at_an_empty_directory_all_succeed(tmp_path: Path) -> None:
    """Whoever comes first makes the tables and the stamp; the others wait and find them. Twelve rounds."""
    directories = [tmp_path / f"round-{number}" for number in range(12)]
    with children(4, tmp_path, OPEN, "--each") as starters:
        for directory in directories:
            for child in starters:
                child.tell(str(directory))
            assert [child.hear() for child in starters] == ["opened"] * 4
    for directory in directories:
        assert_whole(directory)


def test_a_kill_in_the_middle_of_migrating_leaves_the_database_as_it_was(tmp_path: Path) -> None:
    """A process killed after any change of the migration leaves no trace; the next start completes it.

    Another's table stands in the file and must come through all of it unharmed.
    """
    path = tmp_path / "studio.db"
    with closing(plain(path)) as rows:
        rows.execute("CREATE TABLE keepsake (words)")
        rows.execute("INSERT INTO keepsake VALUES ('stays')")
    before = dump(path)
    changes = changes_of_the_migrations(tmp_path / "rehearsal.db")
    assert changes > 10
    for last in (1, changes // 2, changes):
        killed = run(tmp_path, MIGRATE, str(last))
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        assert dump(path) == before
    started = run(tmp_path, OPEN)
    assert (started.returncode, started.stderr) == (0, "")
    with closing(sqlite3.connect(path)) as rows:
        assert rows.execute("SELECT words FROM keepsake").fetchall() == [("stays",)]
        rows.execute("DROP TABLE keepsake")
    assert_whole(tmp_path)


def test_a_kill_between_migrating_and_stamping_is_harmless(tmp_path: Path) -> None:
    """A process killed while it writes the stamp leaves none; the next start writes it."""
    changes = changes_of_the_migrations(tmp_path / "rehearsal.db")
    killed = run(tmp_path, MIGRATE, str(changes + 1))
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    with closing(sqlite3.connect(tmp_path / "studio.db")) as rows:
        assert rows.execute("SELECT count(*) FROM stamp").fetchone() == (0,)
    assert_whole(tmp_path)


@pytest.mark.parametrize("started", [[OPEN], ["core", "export"], ["core", "worker", "--until-idle"]])
def test_a_newer_database_ends_a_process_with_2_and_one_sentence(tmp_path: Path, started: list[str]) -> None:
    """A database of a later version: exit code 2, one line on stderr, no traceback, nothing changed."""
    open_database(Settings(data_dir=tmp_path)).close()
    with closing(plain(tmp_path / "studio.db")) as rows:
        rows.execute("UPDATE alembic_version SET version_num = '9999'")
    before = dump(tmp_path / "studio.db")
    refused = run(tmp_path, *started)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("The database ")
    assert "was made by a newer version of the Studio" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    assert dump(tmp_path / "studio.db") == before


@pytest.mark.parametrize(
    ("table", "command"),
    [("event", ["worker"]), ("event", ["worker", "--until-idle"]), ("blogger", ["export"])],
)
def test_a_damaged_page_ends_a_process_with_one_sentence(site: Site, table: str, command: list[str]) -> None:
    """One page of the database is rubbish: exit code 2, no traceback, and it says what to do."""
    site.confirm("Studio")
    path = site.folder / "data" / "studio.db"
    with closing(plain(path)) as rows:
        (page,) = rows.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        (size,) = rows.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"rubbish." * (size // 8))
    process = site.command(*command)
    assert process.ends() == 2, process.output
    assert "The database is damaged" in process.output
    assert "Traceback" not in process.output
