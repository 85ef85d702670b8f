"""workflow and v2 share their data: whatever was open when the dialect changed is paid once."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from core.account import questions
from core.database.tables.runs import Run
from tests.runs.support import confirm, made, wish
from tests.world import CREDIT, PERSON, World, charged, open_world

Open = Callable[[str], AbstractContextManager[World]]

both_ways = pytest.mark.parametrize(("first", "then"), [("workflow", "v2"), ("v2", "workflow")])
for_either_wish = pytest.mark.parametrize(("action", "motions"), [("make", 1), ("another_motion", 2)])


@pytest.fixture
def open_in(tmp_path: Path) -> Open:
    """Opens a world of the same data in this dialect."""
    return lambda dialect: open_world(tmp_path / "data", HEYGEN_DIALECT=dialect)


def begun(world: World, action: str, *faults: str) -> Run:
    """A run whose motion is its location's first or second; its call goes wrong in these ways."""
    place = world.location() if action == "make" else made(world)
    for fault in faults:
        world.fault("motion", fault)
    return world.confirm(place) if action == "make" else confirm(world, wish(world, action, place))


@both_ways
def test_a_lost_create_is_found_in_the_other_dialect(open_in: Open, first: str, then: str) -> None:
    """A group is a group in both: one is made, and paid once."""
    with open_in(first) as world:
        world.fault("create", "drop_after")
        run = world.step_until(world.confirm(world.location()), lambda r: r.state == "unknown")
    with open_in(then) as world:
        run = world.drive(run)
        assert run.state == "done", world.lines(run)
        assert (len(world.heygen["groups"]), charged(world), world.money.spent) == (1, CREDIT, CREDIT)


@pytest.mark.parametrize(
    ("first", "then", "action", "state"),
    [
        ("workflow", "v2", "make", "done"),
        ("workflow", "v2", "another_motion", "unknown"),
        ("v2", "workflow", "make", "unknown"),
        ("v2", "workflow", "another_motion", "unknown"),
    ],
)
def test_a_lost_motion_is_not_paid_again_in_the_other_dialect(
    open_in: Open, first: str, then: str, action: str, state: str
) -> None:
    """What cannot be told there by the snapshot before the call is asked of a person, never sent anew."""
    with open_in(first) as world:
        run = world.step_until(begun(world, action, "drop_after"), lambda r: r.state == "unknown")
        before = charged(world)
    with open_in(then) as world:
        run = world.drive(run)
        assert (run.state, run.due_at) == (state, None)
        assert world.states(run, "add_motion") == ["confirmed" if state == "done" else "unknown"]
        assert charged(world) == before == world.money.spent + world.money.held


@both_ways
@for_either_wish
def test_an_accepted_motion_is_finished_in_the_other_dialect(
    open_in: Open, first: str, then: str, action: str, motions: int
) -> None:
    """It is waited for where it was made; a check says the same."""
    with open_in(first) as world:
        run = world.step_until(begun(world, action), lambda r: r.step == "saved")
    with open_in(then) as world:
        run = world.drive(run)
        assert run.state == "done", world.lines(run)
        questions.answer(
            world.studio, questions.ask(world.studio.db, location_id=run.location_id, actor=PERSON)
        )
        place = world.place(run.location_id)
        assert (place.avatar_status, place.motion_status) == ("completed", "completed")
        assert charged(world) == world.money.spent == motions * CREDIT


@both_ways
@for_either_wish
def test_an_avatar_of_one_dialect_gets_another_motion_in_the_other(
    open_in: Open, first: str, then: str, action: str, motions: int
) -> None:
    """For one more motion's price, and in the same group."""
    with open_in(first) as world:
        run = world.drive(begun(world, action))
    with open_in(then) as world:
        run = world.drive(confirm(world, wish(world, "another_motion", run.location_id, motion="seedance")))
        assert run.state == "done", world.lines(run)
        place = world.place(run.location_id)
        assert (place.motion_type, place.motion_status) == ("seedance", "completed")
        assert len(world.heygen["groups"]) == 1
        assert charged(world) == world.money.spent == (motions + 1) * CREDIT


@both_ways
def test_a_motion_that_failed_is_made_anew_in_the_other_dialect(open_in: Open, first: str, then: str) -> None:
    """The retry goes on at the avatar that is there and pays for the motion alone."""
    with open_in(first) as world:
        run = world.drive(begun(world, "make", "motion_fails"))
        assert run.state == "failed"
    with open_in(then) as world:
        run = world.drive(world.retry(run, price=CREDIT))
        assert run.state == "done", world.lines(run)
        assert world.place(run.location_id).motion_status == "completed"
        assert (len(world.heygen["groups"]), charged(world)) == (1, 2 * CREDIT)
