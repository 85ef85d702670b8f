"""The queue: an entry runs whatever version of the Studio wrote it."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from core import clock
from core.database.tables.runs import Run
from core.journal import due
from core.runs import queue
from tests.world import World, eventually, open_world

#: A queue as the Studio left it when this code was the module core.jobs: a run twice, once for later, a
#: question and the balance.
EARLIER = Path(__file__).with_name("queued_in_core_jobs.db")


@pytest.fixture
def earlier(tmp_path: Path) -> Iterator[World]:
    """A world over that queue."""
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(EARLIER, data / "queue.db")
    with open_world(data) as opened:
        yield opened


def test_an_entry_of_before_the_move_still_runs(earlier: World) -> None:
    """What was queued under the module's earlier name is found, and advances its run."""
    huey = queue.of(earlier.studio)._huey
    waiting = huey.pending()
    assert {type(task).__name__ for task in waiting} == {"advance", "check", "balance"}
    run = earlier.confirm(earlier.location())
    assert (run.id, run.state, run.step) == (1, "queued", "photo")
    for _ in waiting:
        huey.execute(huey.dequeue())
    assert earlier.run(run).step != "photo"


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


def parked(world: World, seconds: float) -> tuple[queue.Jobs, Run]:
    """The queue, which has no entry, and a run that comes due in so many seconds."""
    run = world.confirm(world.location())
    soon = (clock.now() + timedelta(seconds=seconds)).replace(tzinfo=None).isoformat(" ")
    world.sql("UPDATE run SET state = 'waiting', due_at = :t", t=soon)
    return queue.of(world.studio), run
