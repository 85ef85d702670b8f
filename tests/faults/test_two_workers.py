"""Two workers over one DATA_DIR: neither takes the other for dead, and nothing is made twice."""

import signal
from datetime import timedelta

import pytest

from core import clock
from core.runs import queue as jobs
from tests.faults.processes import PATIENCE, Process
from tests.faults.site import Site, the_runs
from tests.world import eventually

pytestmark = pytest.mark.processes


def suspended_in_a_call(site: Site, seconds: float) -> Process:
    """A worker that stands still in the middle of adding a motion, which HeyGen answers after `seconds`.

    Its file lock is held, its lease stretched over the call.
    """
    site.heygen.fault("motion", "stall", seconds=seconds)
    site.confirm("Studio")
    worker = site.worker()
    site.heygen.wait_for_calls("motion")
    worker.suspend()
    assert site.attempts("add_motion") == ["sent"]
    return worker


def followed(site: Site) -> Process:
    """Another worker, which has got the run since the suspended one's lease expired, and has parked it."""
    past = clock.now().replace(tzinfo=None) - timedelta(hours=1)
    with site.open() as world:
        world.sql("UPDATE run SET lease_until = :past", past=past.isoformat(sep=" "))
        (before,) = the_runs(world)
        worker = site.worker("--until-idle")

        def parked() -> bool:
            (run,) = the_runs(world)
            return run.fence > before.fence and run.state == "waiting" and run.lease_owner is None

        eventually(parked, seconds=PATIENCE)
    assert site.attempts("add_motion") == ["sent"]
    return worker


def test_two_workers_share_three_locations(site: Site) -> None:
    """Woken for every run at the same time, and again while it is in a call, they make each avatar once."""
    site.heygen.fault("create", "stall", seconds=0.5, times=3)
    workers = [site.worker(), site.worker()]
    with site.open() as world:
        # The Studio of this process and the two workers.
        eventually(lambda: site.owners == 3, seconds=PATIENCE)
        site.confirm("Studio", "Park", "Cafe")
        queue, ids = jobs.of(world.studio), [run.id for run in the_runs(world)]
        for _ in range(10):
            queue.wake(ids)
    site.wait_for_runs()
    for worker in workers:
        worker.kill()
    site.assert_paid_once(3)


def test_a_suspended_workers_lease_holds(site: Site) -> None:
    """Another worker does other work, does not touch the suspended one's run, and waits for its end."""
    first = suspended_in_a_call(site, 2)
    site.confirm("Park")
    with site.open() as world:
        before = the_runs(world)[0]
        second = site.worker("--until-idle")
        eventually(lambda: the_runs(world)[1].state == "done", seconds=PATIENCE)
        assert the_runs(world)[0] == before
    assert site.attempts("add_motion") == ["sent", "confirmed"]
    first.send(signal.SIGCONT)
    assert second.ends() == 0, second.output
    assert site.attempts("add_motion") == ["confirmed", "confirmed"]
    site.assert_paid_once(2)


def test_a_suspended_worker_is_not_dead_when_its_lease_expires(site: Site) -> None:
    """Another worker gets the run but not the call: it waits, and the answer settles it after all."""
    first = suspended_in_a_call(site, 2)
    second = followed(site)
    first.send(signal.SIGCONT)
    assert second.ends() == 0, second.output
    assert site.attempts("add_motion") == ["confirmed"]
    site.assert_paid_once()


def test_a_suspended_worker_that_dies_is_followed(site: Site) -> None:
    """With its file lock free the other worker looks, finds the motion and adopts it."""
    first = suspended_in_a_call(site, 60)
    second = followed(site)
    first.kill()
    assert second.ends() == 0, second.output
    assert site.attempts("add_motion") == ["adopted"]
    site.assert_paid_once()


def test_an_answer_that_another_process_lost_is_looked_for_while_it_lives(site: Site) -> None:
    """It is known to be lost, so there is no sender to wait for: a command finds the motion and ends."""
    site.heygen.fault("motion", "drop_after")
    site.confirm("Studio")
    loser = site.loser()
    site.go_on()
    assert loser.code(0) is None
    assert site.attempts("add_motion") == ["adopted"]
    site.assert_paid_once()


def test_a_lost_queue_loses_nothing(site: Site) -> None:
    """Without queue.db the next worker finds the run in the database, at its start."""
    site.heygen.fault("create", "stall", seconds=60)
    site.confirm("Studio")
    worker = site.worker()
    site.heygen.wait_for_calls("create")
    worker.kill()
    queue = list((site.folder / "data").glob("queue.db*"))
    assert queue
    for file in queue:
        file.unlink()
    site.finish()
    site.assert_paid_once()
