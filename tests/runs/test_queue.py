"""The queue: what it holds is never executed, only read, and nothing is lost with an entry."""

import json
import logging
import pickle
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from core import clock
from core.database.tables.runs import Run
from core.journal import due
from core.runs import queue
from tests.world import World, eventually, open_world

#: A queue as the Studio left it when it stored pickles: a run twice, once for later, a question and the
#: balance.
EARLIER = Path(__file__).with_name("queued_in_core_jobs.db")
#: In what must not be repeated.
MARK = "b1ab1ab1a"


class Evil:
    """Unpickled, it makes a file."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[object, ...]:
        return Path.write_text, (self.target, MARK)


def entry(**other: object) -> bytes:
    """An entry as the queue writes it, but for this."""
    return json.dumps({"id": MARK, "name": "core.jobs.advance", "eta": None, "args": [1], **other}).encode()


#: What the Studio never wrote.
FOREIGN: dict[str, bytes | str | int] = {
    "broken": entry()[:-1],
    "nothing": b"",
    "text": entry().decode(),
    "a number": 7,
    "no UTF-8": b"\xff" + MARK.encode(),
    "another task": entry(name=f"os.system.{MARK}"),
    "no task's argument": entry(args=[MARK]),
    "two arguments": entry(args=[1, 2]),
    "a yes for a number": entry(args=[True]),
    "a number for a yes": entry(name="core.jobs.balance", args=[1]),
    "a number beyond SQLite's": entry(args=[2**63]),
    "a negative number": entry(args=[-1]),
    "no moment": entry(eta=MARK),
    "a moment with a zone": entry(eta="2026-01-01T00:00:00+00:00"),
    "more": entry(kwargs={"run_id": 1}),
    "a list": b"[1]",
    "deep": b"[" * queue.MAX_ENTRY,
    "huge": entry(id=MARK * 1_000_000),
}


@pytest.fixture
def earlier(tmp_path: Path) -> Iterator[World]:
    """A world over a queue of pickles."""
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(EARLIER, data / "queue.db")
    with open_world(data) as opened:
        yield opened


def test_what_an_earlier_studio_queued_is_dropped_and_its_run_still_ends(
    earlier: World, caplog: pytest.LogCaptureFixture
) -> None:
    """Its entries are pickles. None is executed, and the sweep finds the run that they were about."""
    assert kinds(earlier) == {b"\x80"}
    run = earlier.confirm(earlier.location())
    with working(earlier):
        eventually(lambda: earlier.run(run).state == "done")
        eventually(lambda: b"\x80" not in kinds(earlier))
    assert {line.getMessage() for line in caplog.records if line.name == "studio.jobs"} == {DROPPED}


def test_nothing_in_the_queue_is_executed(
    world: World, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A pickle that would make a file, among the entries, among those for later and as a revocation; JSON
    that no Studio wrote. Each is dropped with one line that repeats none of it, and good work goes on."""
    made = tmp_path / "made"
    evil = pickle.dumps(Evil(made))
    foreign = [evil, *FOREIGN.values()]
    run = world.confirm(world.location())
    jobs = queue.of(world.studio)
    with closing(sqlite3.connect(queue_of(world))) as rows, rows:
        for data in foreign:
            rows.execute("INSERT INTO task (queue, data) VALUES ('studio', ?)", (data,))
            rows.execute("INSERT INTO schedule (queue, data, timestamp) VALUES ('studio', ?, 0)", (data,))
        for key in ("rt:core.jobs.advance", "rt:core.jobs.sweep", f"r:{MARK}"):
            rows.execute("INSERT INTO kv (queue, key, value) VALUES ('studio', ?, ?)", (key, evil))
        rows.execute(
            "INSERT INTO task (queue, data) VALUES ('studio', ?)", (entry(id="good", args=[run.id]),)
        )
    caplog.set_level(logging.INFO, "studio.jobs")
    with working(world):
        eventually(lambda: world.run(run).state == "done")
        eventually(lambda: caplog.text.count(DROPPED) == 2 * len(foreign))
    assert not made.exists()
    assert MARK not in caplog.text
    assert "Traceback" not in caplog.text
    assert pickle.loads(evil) == len(MARK), "the pickle would have made the file"
    assert made.exists()
    assert jobs.damaged is None


def test_an_entry_comes_back_as_it_was_written(world: World) -> None:
    """Every kind of task, now and for later."""
    jobs = queue.of(world.studio)
    moment = clock.now().replace(microsecond=1)
    jobs.wake([1])
    jobs.wake_check(2)
    jobs.wake_balance(at_once=True)
    jobs._huey.enqueue(jobs._huey._registry.periodic_tasks[0])
    jobs._advance.schedule((3,), eta=moment)
    found = [(type(task).__name__, *task.args, task.eta) for task in jobs._huey.pending()]
    assert found == [
        ("advance", 1, None),
        ("check", 2, None),
        ("balance", True, None),
        ("sweep", None),
        ("advance", 3, moment.replace(tzinfo=None)),
    ]
    assert kinds(world) == {b"{"}
    assert set(queue.TAKES) == set(jobs._huey._registry._registry)


def test_an_entry_of_today_bears_the_same_name(world: World) -> None:
    """What is queued now can be read by the Studio of before, and of later."""
    jobs = queue.of(world.studio)
    jobs.wake([1])
    (task,) = jobs._huey.pending()
    assert f"{type(task).__module__}.{type(task).__name__}" == "core.jobs.advance"


def test_an_entry_outlives_that_another_process_parked_its_run(world: World) -> None:
    """The run is not due when its entry comes, and whoever parked it may be gone: it is come back to."""
    jobs, run = parked(world, 0.2)
    huey = jobs._huey
    jobs.wake([run.id])
    huey.execute(huey.dequeue())
    (later,) = huey.pending()
    assert later.eta is not None
    later.eta = None
    eventually(lambda: due.is_due(world.run(run)))
    huey.execute(later)
    assert world.run(run).step == "asset"


def test_entries_for_one_run_do_not_pile_up(world: World) -> None:
    """Woken ten times while the run is not due: one entry comes back to it."""
    jobs, run = parked(world, 30)
    huey = jobs._huey
    jobs.wake([run.id] * 10)
    for _ in range(10):
        huey.execute(huey.dequeue())
    (later,) = huey.pending()
    assert later.eta is not None


DROPPED = "the queue held something that is no entry of the Studio's; it was dropped unread"


def queue_of(world: World) -> Path:
    return world.studio.settings.data_dir / "queue.db"


def kinds(world: World) -> set[bytes]:
    """How what the queue holds begins: one byte each."""
    with closing(sqlite3.connect(queue_of(world))) as rows:
        found = rows.execute("SELECT data FROM task UNION ALL SELECT data FROM schedule").fetchall()
    return {data[:1] for (data,) in found}


@contextmanager
def working(world: World) -> Iterator[None]:
    """The queue's worker, with one thread."""
    jobs = queue.of(world.studio)
    jobs.start(1)
    try:
        yield
    finally:
        jobs.stop()


def parked(world: World, seconds: float) -> tuple[queue.Jobs, Run]:
    """The queue, which has no entry, and a run that comes due in so many seconds."""
    run = world.confirm(world.location())
    soon = (clock.now() + timedelta(seconds=seconds)).replace(tzinfo=None).isoformat(" ")
    world.sql("UPDATE run SET state = 'waiting', due_at = :t", t=soon)
    return queue.of(world.studio), run
