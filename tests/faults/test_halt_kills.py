"""Processes killed while HeyGen refuses for want of credits: paid work pauses, nothing is paid twice."""

import signal

import pytest

from core.journal import breaker
from tests.faults.site import Site, the_runs
from tests.world import CREDIT, PERSON

pytestmark = pytest.mark.processes


def states(site: Site) -> list[str]:
    with site.open() as world:
        return [run.state for run in the_runs(world)]


def resumed(site: Site) -> None:
    """Credits are there again and a person lets paid work go on; the next Studio does it."""
    site.heygen.control("POST", "settings", credits=10 * CREDIT)
    with site.open() as world:
        assert len(breaker.lift(world.studio.db, actor=PERSON)) == len(the_runs(world))
    site.go_on()


@pytest.mark.parametrize(
    ("at", "calls"),
    [("answer", 2), ("commit", 2), ("begin", 1)],
    ids=["the refusal has come", "the refusal is being written", "the run is about to pause"],
)
def test_a_kill_around_the_refusal_pauses_all_the_same(site: Site, at: str, calls: int) -> None:
    """Not written: looked up, then sent and refused once more. Written: no further call. Both runs rest."""
    site.confirm("Studio", "Park")
    site.heygen.control("POST", "settings", credits=0)
    dying = site.studio(die={"at": at, "method": "add_motion_to_avatar"})
    assert dying.ends() == -signal.SIGKILL, dying.output
    site.go_on()
    assert states(site) == ["paused", "paused"]
    assert site.heygen.creating_calls["motion"] == calls
    resumed(site)
    assert states(site) == ["done", "done"]
    state = site.heygen.state
    assert [charge["micro_credits"] for charge in state["charges"]] == [CREDIT, CREDIT]
    with site.open() as world:
        assert (world.money.spent, world.money.held) == (2 * CREDIT, 0)


def test_a_worker_is_idle_when_all_that_is_left_is_paused(site: Site) -> None:
    """It ends by itself, and the next one does not begin anything either."""
    site.confirm("Studio", "Park")
    site.heygen.control("POST", "settings", credits=0)
    site.finish()
    site.finish()
    assert states(site) == ["paused", "paused"]
    assert 1 <= site.heygen.creating_calls["motion"] <= 2
    resumed(site)
    assert states(site) == ["done", "done"]
    assert len(site.heygen.state["charges"]) == 2
