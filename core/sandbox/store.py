"""The sandbox's rows: one SQLite file that several processes serve at the same time.

Nothing is kept in memory. What takes time is a row with the moment it will be ready, so a restart changes
nothing, and a process that is killed leaves either the whole work with its charge or none of it.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from core import clock
from core.amounts import MICRO
from core.config import SANDBOX_SPEED
from core.errors import StorageFailed

BUSY_SECONDS = 10.0
#: Ten credits, or ten dollars in v3.
FIRST_CREDITS = 10 * MICRO
#: "At most 3 avatar groups" (the brief, free plan limits).
FIRST_GROUP_LIMIT = 3

_TABLES = """
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value NUMERIC NOT NULL);
CREATE TABLE IF NOT EXISTS images (
    image_key TEXT PRIMARY KEY, url TEXT NOT NULL, face INTEGER NOT NULL, created_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS avatar_groups (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, created_at REAL NOT NULL, visible_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS looks (
    id TEXT PRIMARY KEY, group_id TEXT NOT NULL, name TEXT NOT NULL, image_url TEXT NOT NULL,
    created_at REAL NOT NULL, ready_at REAL NOT NULL, fails INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS looks_of_group ON looks (group_id);
CREATE TABLE IF NOT EXISTS motions (
    number INTEGER PRIMARY KEY, avatar_id TEXT NOT NULL, type TEXT NOT NULL,
    accepted_at REAL NOT NULL, ready_at REAL NOT NULL, fails INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS motions_of_look ON motions (avatar_id);
CREATE TABLE IF NOT EXISTS videos (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, look_id TEXT NOT NULL, image_url TEXT NOT NULL,
    voice_id TEXT NOT NULL, script TEXT NOT NULL, speed REAL NOT NULL, width INTEGER NOT NULL,
    height INTEGER NOT NULL, watermark INTEGER NOT NULL, duration REAL NOT NULL, created_at REAL NOT NULL,
    starts_at REAL NOT NULL, ready_at REAL NOT NULL, fails TEXT NOT NULL, late INTEGER NOT NULL,
    notice INTEGER NOT NULL, callback_id TEXT, claim TEXT NOT NULL DEFAULT '',
    claimed_until REAL NOT NULL DEFAULT 0, tries INTEGER NOT NULL DEFAULT 0,
    motion_prompt TEXT NOT NULL DEFAULT '', expressiveness TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS charges (
    number INTEGER PRIMARY KEY, kind TEXT NOT NULL, micro_credits INTEGER NOT NULL, at REAL NOT NULL,
    subject TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS calls (route TEXT PRIMARY KEY, times INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS faults (
    number INTEGER PRIMARY KEY, route TEXT NOT NULL, fault TEXT NOT NULL, times INTEGER NOT NULL,
    options TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS results (
    route TEXT NOT NULL, key TEXT NOT NULL, until REAL NOT NULL, status INTEGER, body TEXT,
    PRIMARY KEY (route, key));
CREATE TABLE IF NOT EXISTS endpoints (
    id TEXT PRIMARY KEY, url TEXT NOT NULL, events TEXT NOT NULL, secret TEXT NOT NULL,
    created_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS deliveries (
    id TEXT PRIMARY KEY, endpoint_id TEXT NOT NULL, subject TEXT NOT NULL, event_type TEXT NOT NULL,
    body TEXT NOT NULL, due_at REAL NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
    status INTEGER, UNIQUE (endpoint_id, subject));
"""
#: Columns that rows of earlier sandboxes lack.
_LATER = (("videos", "motion_prompt"), ("videos", "expressiveness"))
_RESET = (
    "images",
    "avatar_groups",
    "looks",
    "motions",
    "videos",
    "charges",
    "calls",
    "faults",
    "results",
    "endpoints",
    "deliveries",
)
#: Moments that lie ahead, which a change of the speed moves.
_MOMENTS = (("looks", "ready_at"), ("motions", "ready_at"), ("videos", "starts_at"), ("videos", "ready_at"))


class Store:
    """One open connection to the rows, shared by the threads of one process.

    Raises StorageFailed when the file cannot be opened or made.
    """

    def __init__(self, path: Path, speed: float | None) -> None:
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(
                path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            self._connection.row_factory = sqlite3.Row
            self._prepare(speed)
        except (OSError, sqlite3.Error) as exc:
            raise StorageFailed(
                "The sandbox's rows in {path} cannot be opened ({reason}). Nothing was changed. "
                "Set DATA_DIR to a directory that can be written.",
                path=str(path),
                reason=str(exc),
            ) from exc

    def _prepare(self, speed: float | None) -> None:
        self._use_wal()
        # A kill loses nothing with NORMAL; only a power cut could, and these credits are not real.
        self._connection.execute("PRAGMA synchronous=NORMAL")
        with self.write() as rows:
            for statement in _TABLES.split(";"):
                rows.execute(statement)
            for table, column in _LATER:
                if column not in {found["name"] for found in rows.execute(f"PRAGMA table_info({table})")}:
                    rows.execute(f"ALTER TABLE {table} ADD COLUMN {column} TEXT NOT NULL DEFAULT ''")
            _keep_first(rows, "speed", SANDBOX_SPEED)
            _keep_first(rows, "credits", FIRST_CREDITS)
            _keep_first(rows, "group_limit", FIRST_GROUP_LIMIT)
            _keep_first(rows, "sunset", 0)
            _keep_first(rows, "secret", f"k{token_hex(16)}")
            if speed is not None:
                set_speed(rows, speed)

    def _use_wal(self) -> None:
        """Several starters may switch a new file at once, and this one statement does not wait by itself."""
        deadline = clock.monotonic() + BUSY_SECONDS
        pause = threading.Event()
        while True:
            try:
                self._connection.execute("PRAGMA journal_mode=WAL")
                return
            except sqlite3.OperationalError:
                if clock.monotonic() > deadline:
                    raise
                pause.wait(0.02)

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """The rows under the write lock; everything done is kept together, or nothing after an exception."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        with self._lock:
            self._connection.close()


def now() -> float:
    """The present moment as the rows keep it: epoch seconds."""
    return clock.now().timestamp()


def setting(rows: sqlite3.Connection, name: str) -> float:
    """A setting's value; `credits` is in millionths of the dialect's unit, `group_limit` -1 means none."""
    return rows.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()["value"]


def put_setting(rows: sqlite3.Connection, name: str, value: float) -> None:
    rows.execute("UPDATE settings SET value = ? WHERE name = ?", (value, name))


def charge(rows: sqlite3.Connection, kind: str, micro: int, *, subject: str, at: float) -> None:
    """Take this much from what is left, and write down for what."""
    put_setting(rows, "credits", setting(rows, "credits") - micro)
    rows.execute(
        "INSERT INTO charges (kind, micro_credits, at, subject) VALUES (?, ?, ?, ?)",
        (kind, micro, at, subject),
    )


def secret(rows: sqlite3.Connection) -> str:
    """What the addresses of videos are signed with; the same for every process over these rows."""
    return rows.execute("SELECT value FROM settings WHERE name = 'secret'").fetchone()["value"]


def set_speed(rows: sqlite3.Connection, speed: float) -> None:
    """Run `speed` times faster than HeyGen from now on; what is finished stays finished."""
    moment, ratio = now(), setting(rows, "speed") / speed
    for table, column in _MOMENTS:
        rows.execute(
            f"UPDATE {table} SET {column} = :now + ({column} - :now) * :ratio WHERE {column} > :now",
            {"now": moment, "ratio": ratio},
        )
    put_setting(rows, "speed", speed)


def reset(rows: sqlite3.Connection) -> None:
    """An account as new: no groups, first credits, first limit, no faults, no counts. The speed stays."""
    for table in _RESET:
        rows.execute(f"DELETE FROM {table}")
    put_setting(rows, "credits", FIRST_CREDITS)
    put_setting(rows, "group_limit", FIRST_GROUP_LIMIT)
    put_setting(rows, "sunset", 0)


def _keep_first(rows: sqlite3.Connection, name: str, value: float | str) -> None:
    rows.execute("INSERT INTO settings VALUES (?, ?) ON CONFLICT DO NOTHING", (name, value))
