"""Leases: who may advance a run now.

A lease is owner, expiry and fencing number. An owner is a process; it keeps a file lock in DATA_DIR for as
long as it lives, so a lock that can be taken proves that its owner is dead, and its leases are free at once.
One heartbeat thread a process renews what the process holds.
"""

import fcntl
import logging
import os
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import Session, col, update

from core import clock
from core.database.engine import Database
from core.database.tables.runs import LIVE_STATES, Run
from core.errors import StudioError

log = logging.getLogger("studio.leases")

LEASE_SECONDS = 15.0
BEAT_SECONDS = 5.0
#: No lease is written further ahead than this; one that seems to be was written before the clock went back.
LONGEST_LEASE = 120.0


class LeaseLost(Exception):
    """Somebody else advances this run now; what this process still knows about its progress is void."""


@dataclass
class Lease:
    """The right to advance one run; `until` is on this process's monotonic clock."""

    run_id: int
    fence: int
    until: float


class Owner:
    """This process as an owner of leases. Open one a process and close it at the end."""

    def __init__(self, db: Database, data_dir: Path) -> None:
        self.id = uuid.uuid4().hex
        self._db = db
        self._dir = data_dir / "locks"
        self._dir.mkdir(parents=True, exist_ok=True)
        self._lock = _lock_file(self._path(self.id))
        if self._lock is None:
            raise OSError("a new lock file is locked already")
        self._held: dict[int, Lease] = {}
        self._guard = threading.Lock()
        self._closing = threading.Event()
        self._heart = threading.Thread(target=self._beat, name="lease-heartbeat", daemon=True)
        self._heart.start()

    def close(self) -> None:
        self._closing.set()
        self._heart.join(timeout=2)
        self._path(self.id).unlink(missing_ok=True)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def is_dead(self, owner: str) -> bool:
        """True when that owner's process has ended, which is known for certain: its lock can be taken."""
        if owner == self.id:
            return False
        path = self._path(owner)
        try:
            lock = _lock_file(path, create=False)
        except FileNotFoundError:
            return True
        if lock is None:
            return False
        path.unlink(missing_ok=True)
        os.close(lock)
        return True

    def take(self, run_id: int) -> Lease | None:
        """A lease on the run, or None while it has ended or a living owner has it."""
        with self._db.write() as session:
            run = session.get(Run, run_id)
            if run is None or run.state not in LIVE_STATES or not self._free(run):
                return None
            run.lease_owner, run.lease_until = self.id, clock.now() + timedelta(seconds=LEASE_SECONDS)
            run.fence += 1
            # One that waits for HeyGen waits also while it is looked at: a badge that flips says nothing.
            if run.state == "queued":
                run.state = "running"
            session.add(run)
            lease = Lease(run_id, run.fence, clock.monotonic() + LEASE_SECONDS)
        with self._guard:
            self._held[run_id] = lease
        return lease

    def renew(self, lease: Lease, seconds: float = LEASE_SECONDS) -> bool:
        """Let the lease last at least `seconds` from now. False when it has been lost."""
        until = clock.monotonic() + seconds
        with self._db.write() as session:
            result = session.exec(
                update(Run)
                .where(col(Run.id) == lease.run_id, col(Run.fence) == lease.fence)
                .values(lease_until=clock.now() + timedelta(seconds=seconds))
            )
            if result.rowcount != 1:
                return False
        lease.until = until
        return True

    def give_back(self, lease: Lease) -> None:
        with self._guard:
            self._held.pop(lease.run_id, None)
        with self._db.write() as session:
            session.exec(
                update(Run)
                .where(col(Run.id) == lease.run_id, col(Run.fence) == lease.fence)
                .values(lease_owner=None, lease_until=None)
            )

    def _free(self, run: Run) -> bool:
        if run.lease_owner is None or run.lease_until is None:
            return True
        now = clock.now()
        passed = run.lease_until <= now or too_far(run.lease_until, LONGEST_LEASE)
        return passed or self.is_dead(run.lease_owner)

    def _beat(self) -> None:
        while not self._closing.wait(BEAT_SECONDS):
            with self._guard:
                held = list(self._held.values())
            for lease in held:
                # A lease that was stretched for a call is not shortened.
                if lease.until - clock.monotonic() > LEASE_SECONDS - BEAT_SECONDS:
                    continue
                try:
                    self.renew(lease)
                except StudioError:
                    log.warning("could not renew the lease of run %s", lease.run_id, exc_info=True)

    def _path(self, owner: str) -> Path:
        return self._dir / f"{owner}.lock"


def somebody_lives(data_dir: Path) -> bool:
    """True while a process that may advance runs works on these data."""
    return any(_is_held(path) for path in (data_dir / "locks").glob("*.lock"))


@contextmanager
def opening(data_dir: Path, *, alone: bool = False) -> Iterator[None]:
    """Nobody puts another database in this one's place until this process is its owner, or, `alone`, nobody
    opens it meanwhile. Waits for those who do; DATA_DIR is there. Raises OSError."""
    (data_dir / "locks").mkdir(exist_ok=True)
    handle = os.open(data_dir / "locks" / "opening", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield
    finally:
        os.close(handle)


def _is_held(path: Path) -> bool:
    try:
        lock = _lock_file(path, create=False)
    except FileNotFoundError:
        return False
    if lock is None:
        return True
    os.close(lock)
    return False


def too_far(moment: datetime, seconds: float) -> bool:
    """True when `moment` lies further ahead than could have been written: the clock went back."""
    return moment > clock.now() + timedelta(seconds=seconds)


def _lock_file(path: Path, *, create: bool = True) -> int | None:
    """An open file descriptor that holds the file's lock, or None when another one holds it."""
    handle = os.open(path, os.O_RDWR | (os.O_CREAT if create else 0), 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    except BaseException:
        os.close(handle)
        raise
    return handle


def fenced(session: Session, lease: Lease) -> Run:
    """The run, in a session that may write its progress. Raises LeaseLost."""
    run = session.get(Run, lease.run_id, populate_existing=True)
    if run is None or run.fence != lease.fence:
        raise LeaseLost
    return run
