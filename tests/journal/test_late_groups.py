"""A group that shows, or is named, late: it has one owner, is paid once, and nobody deletes it meanwhile."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core import clock
from core.account import inventory, taking_over
from core.bloggers import past_avatars
from core.database.tables.runs import Run
from core.errors import Refusal
from core.heygen.answers import GroupListing, LookInfo
from core.journal.settling import Outcome, settle
from tests.account.support import asked, elsewhere
from tests.conformance.support import agree
from tests.runs.support import confirm, earlier, made, other_photo, wish
from tests.world import CREDIT, PERSON, Over, World, charged, eventually, open_world, retry_price

#: In seconds: longer than any test takes, unless it moves the clock.
LONG = 80_000


@pytest.fixture(params=["v2", "v3"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """A world of this dialect, with 10 credits or dollars and no locations."""
    with open_world(tmp_path / "data", HEYGEN_DIALECT=request.param) as opened:
        yield opened


def hours(count: int) -> None:
    """It is that many hours later than it is."""
    clock.shift(timedelta(hours=count).total_seconds())


def unknown_create(world: World, fault: str, *, hidden: int = 0) -> Run:
    """A run whose create was lost in this way; HeyGen lists its group so many seconds later."""
    world.fault("create", fault)
    if hidden:
        world.fault("create", "hide", seconds=hidden)
    return world.step_until(world.confirm(world.location()), lambda r: r.state == "unknown")


def absent_create(world: World) -> Run:
    """A run whose create came through and counts as never made; two days later HeyGen lists its group."""
    run = unknown_create(world, "drop_after", hidden=LONG)
    # The key is too old by then for a repeat.
    hours(21)
    return world.step_until(run, lambda r: "absent" in world.states(r, "create_group"))


def given_up(world: World) -> Run:
    """A run whose create never arrived, as a person has said."""
    run = unknown_create(world, "drop_before")
    return world.did_not_happen(run)


def incomplete(world: World) -> Over:
    """HeyGen holds more groups than it lists, and lists none of ours."""
    inner = world.studio.client

    def part() -> GroupListing:
        return replace(inner.list_groups(), groups=(), complete=False)

    return Over(inner, list_groups=part)


def attach(world: World, place: int, group: str, look: str) -> None:
    taking_over.attach(world.studio, location_id=place, group_id=group, look_id=look, actor=PERSON)


def is_nobody_elses(world: World, group: str, look: str) -> None:
    """The group can neither be attached to another location nor be deleted."""
    other = world.location("Kitchen")
    with pytest.raises(Refusal, match="its answer was lost"):
        attach(world, other, group, look)
    with pytest.raises(Refusal, match="its answer was lost"):
        inventory.delete_group(world.studio, group, actor=PERSON.name)


def test_a_late_group_is_kept_for_the_run_that_will_take_it(world: World) -> None:
    """Its create counts as never made and the run is about to make another: the group that shows is its."""
    run = absent_create(world)
    hours(23)
    (shown,) = eventually(lambda: world.studio.client.list_groups().groups)
    asked(world)
    is_nobody_elses(world, shown.id, world.heygen["groups"][0]["looks"][0]["id"])
    run = world.drive(run)
    assert (run.state, world.place(run.location_id).heygen_group_id) == ("done", shown.id)
    assert charged(world) == CREDIT
    agree(world)


def test_a_group_is_not_attached_while_a_run_takes_it(world: World) -> None:
    """The run looks at a late group of its name, and in that moment another location asks for it."""
    other = world.location("Kitchen")
    run = given_up(world)
    group, look = elsewhere(world, "Mila Hart - Studio")
    asked(world)
    inner, tried = world.studio.client, []

    def meanwhile(group_id: str) -> tuple[LookInfo, ...]:
        found = inner.list_looks(group_id)
        if not tried:
            tried.append(group_id)
            with pytest.raises(Refusal):
                attach(world, other, group, look)
        return found

    world.studio.client = Over(inner, list_looks=meanwhile)
    run = world.drive(run)
    assert tried
    assert run.state == "done", world.lines(run)
    assert world.place(run.location_id).heygen_group_id == group
    assert world.place(other).heygen_group_id is None


def test_an_entered_group_is_kept_for_its_run(world: World) -> None:
    """A person has entered its id, and HeyGen has not been asked yet: it is nobody else's meanwhile."""
    run = unknown_create(world, "drop_before")
    group, look = elsewhere(world)
    asked(world)
    world.enter_id(run, look, group)
    is_nobody_elses(world, group, look)
    run = world.drive(run)
    assert (run.state, world.place(run.location_id).heygen_group_id) == ("done", group)


def test_a_late_answer_to_a_create_is_used_before_its_group_is_listed(world: World) -> None:
    """The create was given up, then its answer arrives while HeyGen's list lags: no second group is made."""
    run = given_up(world)
    (call,) = world.operations(run, "create_group")
    world.fault("create", "hide", seconds=LONG)
    group, look = elsewhere(world, "Mila Hart - Studio")
    with world.studio.db.write() as session:
        settle(session, call.id or 0, Outcome.confirmed({"group_id": group, "avatar_id": look}))
    run = world.drive(run)
    assert (run.state, world.place(run.location_id).heygen_group_id) == ("done", group)
    assert len(world.heygen["groups"]) == 1
    agree(world)


def test_a_new_run_takes_what_a_cancelled_one_had_made(world: World) -> None:
    """The cancelled run's create counted as never made; its group shows two days later and is paid once."""
    run = unknown_create(world, "drop_after", hidden=LONG)
    world.cancel(run)
    hours(21)
    assert world.drive(run).state == "cancelled"
    hours(46)
    assert world.drive(world.confirm(run.location_id)).state == "done"
    assert (len(world.heygen["groups"]), charged(world)) == (1, CREDIT)
    agree(world)


def test_a_late_group_that_fills_the_plans_limit_is_taken(world: World) -> None:
    """Its create counted as never made, so the next one met the limit: the retry finds it for nothing."""
    world.control("POST", "settings", group_limit=1)
    run = world.drive(absent_create(world))
    assert run.state == "failed"
    assert "no more photo avatar groups" in run.error_template
    hours(46)
    run = world.drive(world.retry(run))
    assert run.state == "done"
    assert (len(world.heygen["groups"]), charged(world)) == (1, CREDIT)
    agree(world)


def test_an_avatar_whose_run_was_cancelled_is_not_paid_again(world: World) -> None:
    """Cancelled once the group is there: it is kept, and the next run goes on at the motion."""
    run = world.step_until(world.confirm(world.location()), lambda r: r.step == "motion")
    world.cancel(run)
    run = world.drive(run)
    group = world.place(run.location_id).heygen_group_id
    assert (run.state, world.money.held) == ("cancelled", 0)
    assert world.drive(world.confirm(run.location_id)).state == "done"
    assert group == world.place(run.location_id).heygen_group_id is not None
    assert charged(world) == CREDIT
    agree(world)


def test_a_photo_that_heygen_could_not_use_is_not_sent_again_by_a_retry(world: World) -> None:
    """The look has failed for good: the retry says so again and pays nothing."""
    world.fault("create", "look_fails")
    run = world.drive(world.confirm(world.location()))
    assert run.state == "failed"
    before, price = charged(world), retry_price(world.studio, run)
    run = world.drive(world.retry(run, price=price))
    assert run.state == "failed"
    assert (charged(world), world.calls("create")) == (before, 1)
    agree(world)


def test_an_avatar_that_was_taken_back_gets_another_motion(world: World) -> None:
    """Its own group and looks are meant, not those of the avatar that had replaced it."""
    place = made(world)
    old = world.place(place)
    photo = wish(world, "another_photo", place, image_url=other_photo(world), motion="veo2")
    assert world.drive(confirm(world, photo)).state == "done"
    (kept,) = earlier(world, place)
    past_avatars.take_back(world.studio.db, kept.id or 0, actor=PERSON)
    assert world.drive(confirm(world, wish(world, "another_motion", place))).state == "done"
    now = world.place(place)
    assert (now.heygen_group_id, now.heygen_look_id) == (old.heygen_group_id, old.heygen_look_id)
    (group,) = [one for one in world.heygen["groups"] if one["id"] == now.heygen_group_id]
    assert now.heygen_avatar_id in [look["id"] for look in group["looks"]]
    agree(world)


def test_what_an_incomplete_list_lacks_does_not_count_as_never_made(world: World) -> None:
    """A day after a lost create HeyGen has more groups than it lists: a person decides, nothing is sent."""
    run = unknown_create(world, "drop_after")
    hours(21)
    world.studio.client = incomplete(world)
    run = world.drive(run)
    assert (run.state, run.due_at, world.states(run, "create_group")) == ("unknown", None, ["unknown"])
    assert (len(world.heygen["groups"]), world.calls("create")) == (1, 1)


@pytest.mark.parametrize("gone", [False, True])
def test_what_an_incomplete_list_lacks_does_not_count_as_deleted(world: World, gone: bool) -> None:
    """A slot is freed and HeyGen has more groups than it lists: it is asked for the group itself."""
    place = made(world)
    group = world.place(place).heygen_group_id
    run = confirm(world, wish(world, "free_slot", place), typed_name="Mila Hart - Studio")
    client = incomplete(world)
    world.studio.client = client if gone else Over(client, delete_group=lambda group_id: None)
    run = world.drive(run)
    assert run.state == ("done" if gone else "failed")
    assert world.place(place).heygen_group_id == (None if gone else group)
