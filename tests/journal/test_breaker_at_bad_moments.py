"""The breaker beside calls whose outcome is open, and beside credits that were bought meanwhile."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core import clock
from core.account import balance
from core.database.tables.runs import Run
from core.journal import breaker
from core.runs import drive, queue
from tests.journal.support import NO_CREDIT, credits, started
from tests.world import CREDIT, PERSON, World, eventually, open_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Ten credits, and room for ten avatar groups."""
    with open_world(tmp_path / "data", PLAN="pro") as opened:
        opened.control("POST", "settings", group_limit=10)
        yield opened


def at(world: World, name: str, step: str) -> Run:
    return world.step_until(world.confirm(world.location(name)), lambda now: now.step == step)


def test_a_run_whose_motion_is_open_is_not_paused(world: World) -> None:
    """A person has said which motion it was; another run trips the breaker: it is found, charged and kept."""
    lost, other = at(world, "Lost", "motion"), at(world, "Other", "motion")
    world.fault("motion", "drop_after")
    lost = world.step_until(lost, lambda now: now.state == "unknown")
    avatar = world.operations(lost, "add_motion")[0].subject
    world.enter_id(lost, avatar)
    world.fault("motion", "refuse", **NO_CREDIT)
    assert world.drive(other).state == "paused"
    assert world.run(lost).state != "paused"
    assert world.drive(lost).state == "done"
    breaker.lift(world.studio.db, actor=PERSON)
    assert world.drive(other).state == "done"
    assert world.money.spent == sum(one["micro_credits"] for one in world.heygen["charges"]) == 2 * CREDIT


def test_a_cancel_during_a_pause_does_not_lose_a_group(world: World) -> None:
    """The group's answer was lost and a person entered its ids: a cancel then keeps it for its location."""
    other = at(world, "Other", "motion")
    place = world.location("Lost")
    lost = world.step_until(world.confirm(place), lambda now: now.step == "group")
    world.fault("create", "drop_after")
    lost = world.step_until(lost, lambda now: now.state == "unknown")
    (group,) = [one for one in world.studio.client.list_groups().groups if one.name == lost.group_name]
    look = eventually(lambda: world.studio.client.list_looks(group.id))[0].id
    world.enter_id(lost, look, group.id)
    world.fault("motion", "refuse", **NO_CREDIT)
    world.drive(other)
    world.cancel(lost)
    assert world.drive(lost).state == "cancelled"
    assert world.states(lost, "create_group") == ["confirmed"]
    assert world.place(place).heygen_group_id == group.id


def test_a_refusal_that_credits_do_not_cure_is_not_tried_again_and_again(world: World) -> None:
    """Credits were bought meanwhile, and a quota is what is used up: one call, then a person."""
    run = at(world, "One", "motion")
    credits(world, 30 * CREDIT)
    balance.refresh(world.studio)
    world.fault("motion", "refuse", times=50, status=400, code="quota_exceeded", message="x")
    world.drive(run)
    for _ in range(3):
        queue.of(world.studio).sweep()
        world.drive(run)
    assert world.calls("motion") == 1


def test_credits_bought_right_after_the_refusal_lift_it(world: World) -> None:
    """The balance is read at once, so that what is added a moment later is seen as a rise."""
    run = at(world, "One", "motion")
    credits(world, 0)
    assert world.drive(run).state == "paused"
    assert balance.refresh_after_trip(world.studio) == []
    assert balance.refresh_after_trip(world.studio) == []
    credits(world, 10 * CREDIT)
    clock.shift(301)
    queue.of(world.studio).sweep()
    assert world.run(run).state != "paused"


def test_what_a_refusal_gave_back_is_held_again_before_others_can_take_it(world: World) -> None:
    """The ledger knows of bought credits only later: the paused run holds what it gave back."""
    credits(world, 2 * CREDIT)
    balance.refresh(world.studio)
    first, second = started(world, 2)
    world.step_until(first, lambda now: now.step == "motion")
    credits(world, 0)
    assert world.drive(first).state == "paused"
    credits(world, 50 * CREDIT)
    balance.refresh(world.studio)
    assert world.money.held == 2 * CREDIT
    done = drive.drive(world.studio, [first.id, second.id])
    assert [run.state for run in done] == ["done", "done"]


def test_after_an_upgrade_what_was_spent_is_judged_at_rest(world: World) -> None:
    """Readings of the version before were never compared: the next one at rest is."""
    world.sql("UPDATE reading SET compared = 0")
    run = at(world, "One", "saved")
    queue.of(world.studio).sweep()
    world.drive(run)
    queue.of(world.studio).sweep()
    with world.studio.db.read() as session:
        newest = balance.latest(session)
    assert newest is not None
    assert newest.compared


def test_a_line_of_a_day_to_come_holds_nothing_up(world: World) -> None:
    """The clock was ahead by a year when a run was paid: balances are compared all the same."""
    clock.shift(365 * 86_400)
    world.drive(world.confirm(world.location()))
    clock.shift(0)
    assert balance.refresh(world.studio).compared
