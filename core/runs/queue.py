"""The queue: it only says *when* a run is looked at; what is due is found in the database.

Lost queue entries lose nothing: a sweep at the start and every minute finds what is due. Results are off,
and entries are written after the run's own transaction has committed.

An entry is a short piece of JSON: which of the Studio's own tasks, and a number or a yes. Nothing else is
ever read back: what is no such entry, the pickles of an earlier Studio too, is dropped, and the sweep finds
what it was about.
"""

import json
import logging
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from huey import SqliteHuey, crontab
from huey.api import Task
from huey.consumer import Consumer
from huey.registry import Message
from huey.serializer import Serializer

from core import clock
from core.account import balance, questions
from core.errors import Damaged, StorageFailed
from core.journal import due
from core.runs import advance
from core.studio import Studio
from core.videos import voices

log = logging.getLogger("studio.jobs")

#: Huey stores an entry under its task's module and name, and this one outlives that the code moves.
STORED_UNDER = "core.jobs"
#: What a task takes, by the name that its entry has.
TAKES: dict[str, tuple[type, ...]] = {
    f"{STORED_UNDER}.advance": (int,),
    f"{STORED_UNDER}.check": (int,),
    f"{STORED_UNDER}.balance": (bool,),
    f"{STORED_UNDER}.sweep": (),
}
#: More bytes than an entry has, and a greater number than SQLite holds.
MAX_ENTRY, MAX_NUMBER = 500, 2**63
#: After this many seconds an answer of HeyGen's that pages wait for is waited for no longer.
SOON = 10.0
#: After this many seconds what failed at the disk is tried again.
DISK_GAP = 10.0
#: An entry may run this many seconds before the moment that is noted of it: two clocks never agree.
SLACK = 2.0


class Plain(Serializer):
    """A task's entry as JSON of its id, name, moment and arguments: nothing that could be executed."""

    def _serialize(self, data: Message) -> bytes:
        eta = None if data.eta is None else data.eta.isoformat()
        return json.dumps({"id": data.id, "name": data.name, "eta": eta, "args": list(data.args)}).encode()

    def _deserialize(self, data: bytes) -> Message:
        """Raises ValueError, which repeats nothing of `data`, for what `_serialize` never wrote."""
        try:
            entry = json.loads(data) if isinstance(data, bytes) and len(data) <= MAX_ENTRY else None
            match entry:
                case {"id": str(), "name": str(name), "eta": None | str() as eta, "args": list(args)}:
                    moment = None if eta is None else datetime.fromisoformat(eta)
                    takes = TAKES.get(name)
                    if (
                        len(entry) == 4
                        and takes is not None
                        and tuple(map(type, args)) == takes
                        and all(0 <= one < MAX_NUMBER for one in args)
                        and (moment is None or moment.tzinfo is None)
                    ):
                        return Message(id=entry["id"], name=name, eta=moment, args=tuple(args))
        except (ValueError, RecursionError):
            pass
        raise ValueError("no entry of the Studio's")


class PlainHuey(SqliteHuey):
    """Huey over entries that `Plain` reads; others are dropped with a line in the log."""

    def dequeue(self) -> Task | None:
        while (data := self.storage.dequeue()) is not None:
            if (task := self._read(data)) is not None:
                return task
        return None

    def read_schedule(self, timestamp: datetime | None = None) -> list[Task]:
        due = self.storage.read_schedule(timestamp or self._get_timestamp())
        return [task for data in due if (task := self._read(data)) is not None]

    def is_revoked(self, task: Task, timestamp: datetime | None = None, peek: bool = True) -> bool:
        """Never: the Studio revokes nothing, so what stands there as a revocation is not read."""
        return False

    def _read(self, data: bytes) -> Task | None:
        try:
            return self.deserialize_task(data)
        except ValueError:
            log.warning("the queue held something that is no entry of the Studio's; it was dropped unread")
            return None


class QuietConsumer(Consumer):
    """Huey's consumer without its signal handlers: uvicorn's own must stay."""

    def _set_signal_handlers(self) -> None:
        pass


_all: "WeakKeyDictionary[Studio, Jobs]" = WeakKeyDictionary()


def of(studio: Studio) -> "Jobs":
    """The one queue of this Studio."""
    if studio not in _all:
        _all[studio] = Jobs(studio)
    return _all[studio]


class Jobs:
    """The queue of one Studio, and its worker when `start` was called."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        try:
            self._huey = PlainHuey(
                "studio",
                filename=str(studio.settings.data_dir / "queue.db"),
                results=False,
                fsync=False,
                serializer=Plain(),
            )
        except sqlite3.Error as exc:
            raise StorageFailed(
                "The queue in {path} cannot be opened ({reason}). Nothing was changed. "
                "Free some space or delete queue.db: nothing is lost with it.",
                path=str(studio.settings.data_dir),
                reason=exc,
            ) from exc
        self._advance = self._huey.task(name="advance", __module__=STORED_UNDER)(self._advance_run)
        self._check = self._huey.task(name="check", __module__=STORED_UNDER)(self._answer_check)
        self._balance = self._huey.task(name="balance", __module__=STORED_UNDER)(self._read_balance)
        #: When a page last asked for HeyGen's balance, on the monotonic clock, and whether it was read then.
        self._asked: float | None = None
        self._awaited = False
        # Huey's scheduler looks at periodic tasks as soon as it starts, so this one also runs then.
        self._huey.periodic_task(crontab(), name="sweep", __module__=STORED_UNDER)(self.sweep)
        #: The runs that an entry comes back to, and when, on the monotonic clock: one entry each is enough.
        self._coming: dict[int, float] = {}
        #: Why nothing can be done any more, once the database turned out to be damaged.
        self.damaged: Damaged | None = None
        self._consumer: QuietConsumer | None = None

    def start(self, workers: int) -> None:
        """Start that many worker threads (0 = none) and find what is due."""
        if workers == 0:
            return
        self._consumer = QuietConsumer(
            self._huey, workers=workers, initial_delay=0.05, max_delay=0.1, scheduler_interval=1
        )
        self._consumer.start()

    def stop(self) -> None:
        """No further job starts; a call that is under way is not waited for."""
        self._studio.stopping.set()
        if self._consumer is not None:
            self._consumer.stop(graceful=False)

    def wake(self, run_ids: Iterable[int | None]) -> None:
        """Let the worker look at these runs now; call it after the commit."""
        try:
            for run_id in run_ids:
                self._advance(run_id)
        except sqlite3.Error as error:
            log.error("the queue could not be written (%s); the next sweep finds what is due", error)

    def wake_check(self, check_id: int) -> None:
        """Let the worker ask HeyGen this question now; call it after the commit."""
        try:
            self._check(check_id)
        except sqlite3.Error as error:
            log.error("the queue could not be written (%s); the next sweep finds the question", error)

    def wake_balance(self, *, at_once: bool = False) -> None:
        """Let the worker read HeyGen's balance, because somebody looks and the last reading is old.

        It is asked for every five minutes at most, also where HeyGen does not answer; `at_once`: whatever
        was asked or read before, because a person wants to know.
        """
        now = clock.monotonic()
        if not at_once and self._asked is not None and now - self._asked < balance.READ_EVERY.total_seconds():
            return
        self._asked, self._awaited = now, True
        try:
            self._balance(at_once)
        except sqlite3.Error as error:
            log.error("the queue could not be written (%s); HeyGen's balance is read later", error)

    def awaits_balance(self) -> bool:
        """True while a reading that a page asked for is on its way."""
        return self._awaited and self._asked is not None and clock.monotonic() - self._asked < SOON

    def sweep(self) -> None:
        """Enqueue every run that is due, and read HeyGen's balance when something was spent since."""
        with self._storage():
            self._sweep()

    def _sweep(self) -> None:
        with self._studio.db.read() as session:
            ids = due.due(session)
            asked = questions.waiting(session)
        self.wake(ids)
        for check_id in asked:
            self.wake_check(check_id)
        self.wake(balance.refresh_after_spending(self._studio))
        voices.refresh_if_old(self._studio)

    @contextmanager
    def _storage(self) -> Iterator[None]:
        """Say in one line that the disk or the database failed. What is due then is found again."""
        try:
            yield
        except StorageFailed as error:
            log.error("%s", error)
            if isinstance(error, Damaged):
                self.damaged = error

    def _answer_check(self, check_id: int) -> None:
        if not self._studio.stopping.is_set():
            with self._storage():
                questions.answer(self._studio, check_id)

    def _read_balance(self, at_once: bool) -> None:
        try:
            if not self._studio.stopping.is_set():
                with self._storage():
                    self.wake(balance.refresh_if_old(self._studio, at_once=at_once))
        finally:
            self._awaited = False

    def _advance_run(self, run_id: int) -> None:
        if self._studio.stopping.is_set():
            return
        again: datetime | None = clock.now() + timedelta(seconds=DISK_GAP)
        with self._storage():
            again = advance.advance(self._studio, run_id)
        if again is None:
            self._coming.pop(run_id, None)
            self.wake(balance.refresh_after_run(self._studio))
            return
        now, gap = clock.monotonic(), (again - clock.now()).total_seconds()
        if gap <= 0:
            self._advance(run_id)
        elif not now + SLACK < self._coming.get(run_id, 0.0) <= now + gap + SLACK:
            self._coming[run_id] = now + gap
            self._advance.schedule((run_id,), eta=again)
