"""The queue: an entry runs whatever version of the Studio wrote it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.runs import queue
from tests.world import World, open_world

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
