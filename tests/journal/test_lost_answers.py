"""journal.md, "Reconcile": never a repeat, first a look."""

from dataclasses import replace
from pathlib import Path

import pytest
import requests

from core import clock
from core.bloggers.editing import rename_blogger
from core.database.leases import Owner
from core.database.tables.runs import Run
from core.errors import BadInput, Refusal
from core.heygen.answers import GroupListing
from core.reports import runs, timeline
from core.runs import decisions
from tests.world import CREDIT, PERSON, Over, World, open_world


def unknown_create(world: World, run: Run) -> Run:
    """The run whose group was made and whose answer was lost, before any look."""
    world.fault("create", "drop_after")
    return world.step_until(run, lambda r: r.state == "unknown")


def make_group(world: World, name: str) -> str:
    """A group that a person makes by hand in HeyGen."""
    key = world.studio.client.upload_asset(world.photo_url)
    return world.studio.client.create_photo_avatar_group(name, key)["group_id"]


def test_a_group_is_found_by_the_stored_requests_name(world: World) -> None:
    """The blogger is renamed while the answer is missing: the group is found by the name that was sent."""
    place = world.location()
    run = unknown_create(world, world.confirm(place))
    rename_blogger(world.studio.db, blogger_id=world.place(place).blogger_id, name="New Name", actor=PERSON)
    assert world.drive(run).state == "done"
    assert [g["name"] for g in world.heygen["groups"]] == ["Mila Hart - Studio"]


def test_a_group_of_the_snapshot_is_no_candidate(world: World) -> None:
    """A group of the same name that was there before the call is not adopted; ours is made."""
    foreign = make_group(world, "Mila Hart - Studio")
    place = world.location()
    world.fault("create", "drop_before")
    run = world.drive(world.confirm(place))
    assert run.state == "done"
    assert world.place(place).heygen_group_id not in (None, foreign)


def test_a_group_that_another_operation_made_is_no_candidate(world: World) -> None:
    """Two bloggers whose group names are equal: each gets its own, also where the snapshot came too early."""
    first = world.location("B - C", blogger="A")
    second = world.location("C", blogger="A - B")
    assert world.drive(world.confirm(first)).state == "done"
    run = unknown_create(world, world.confirm(second))
    world.sql(
        "UPDATE operation SET snapshot = :s WHERE state = 'unknown'", s='{"groups": [], "server_time": 0}'
    )
    assert world.drive(run).state == "done"
    assert world.place(first).heygen_group_id != world.place(second).heygen_group_id
    assert len(world.heygen["groups"]) == 2


def test_one_unresolved_create_a_name_at_a_time(world: World) -> None:
    """While a create is unresolved, another run with the same group name waits instead of sending."""
    first = world.location("B - C", blogger="A")
    second = world.location("C", blogger="A - B")
    unknown_create(world, world.confirm(first))
    run = world.step_until(world.confirm(second), lambda r: r.step == "group" and r.state == "waiting")
    assert world.operations(run, "create_group") == []
    assert world.calls("create") == 1


def too_early(world: World, ahead: float, fault: str = "drop_after") -> Run:
    """A lost create, after HeyGen's Date was so many seconds ahead of its database."""
    inner = world.studio.client

    def list_groups() -> GroupListing:
        listing = inner.list_groups()
        return replace(listing, server_time=(listing.server_time or 0) + ahead)

    world.studio.client = Over(inner, list_groups=list_groups)
    world.fault("create", fault)
    return world.step_until(world.confirm(world.location()), lambda r: r.state == "unknown")


def test_a_group_that_only_its_time_rules_out_is_shown_to_a_person(world: World) -> None:
    """HeyGen's Date is 3 s ahead of the clock that times its groups: ours is not made twice."""
    run = world.drive(too_early(world, 3))
    assert (run.state, run.due_at) == ("unknown", None)
    (ours,) = world.heygen["groups"]
    (shown,) = world.operations(run, "create_group")[0].candidates
    assert (shown["group_id"], shown["avatar_id"]) == (ours["id"], ours["looks"][0]["id"])
    ids = {"avatar_id": shown["avatar_id"], "group_id": shown["group_id"]}
    decisions.enter_id(world.studio, run.id or 0, **ids, actor=PERSON)
    assert world.drive(run).state == "done"
    assert world.place(run.location_id).heygen_group_id == ours["id"]
    assert world.calls("create") == 1


def test_a_group_of_before_that_a_person_knows_is_not_asked_about_again(world: World) -> None:
    """HeyGen's list shows late a group made by hand an hour before: it did not happen, and ours is made."""
    world.fault("create", "hide", seconds=3600)
    foreign = make_group(world, "Mila Hart - Studio")
    clock.shift(3590)
    world.fault("create", "drop_before")
    run = world.step_until(world.confirm(world.location()), lambda r: r.state == "unknown")
    clock.shift(3700)
    run = world.drive(run)
    assert (run.state, run.due_at) == ("unknown", None)
    decisions.did_not_happen(world.studio.db, run.id or 0, actor=PERSON)
    assert world.drive(run).state == "done"
    assert world.place(run.location_id).heygen_group_id not in (None, foreign)


def test_a_late_group_that_nobody_was_asked_about_is_not_made_again(world: World) -> None:
    """The create counts as never made, and then a group shows whose time lies before it: nothing is sent."""
    run = too_early(world, 3)
    world.sql("UPDATE operation SET state = 'absent' WHERE kind = 'create_group'")
    run = world.drive(run)
    assert (run.state, run.error_name) == ("failed", "Avatar group creation failed")
    assert "Nothing was sent" in run.error_template
    assert world.calls("create") == 1


def test_several_candidates_are_shown_to_a_person(world: World) -> None:
    """Two groups fit: the run is unknown and waits; the hold stays; a person enters the right ids."""
    place = world.location()
    run = unknown_create(world, world.confirm(place))
    ours = world.heygen["groups"][0]
    make_group(world, "Mila Hart - Studio")
    run = world.drive(run)
    assert (run.state, run.due_at) == ("unknown", None)
    assert world.money.held == CREDIT
    shown = world.operations(run, "create_group")[0].candidates
    assert {c["group_id"] for c in shown} == {g["id"] for g in world.heygen["groups"]}
    assert all(c["avatar_id"] and c["preview"].startswith("http") for c in shown), "with pictures"
    world.enter_id(run, ours["looks"][0]["id"], ours["id"])
    assert world.drive(run).state == "done"
    assert world.place(place).heygen_group_id == ours["id"]
    assert world.calls("create") == 2


def test_an_empty_look_list_means_not_yet(world: World) -> None:
    """The group is there and its look is not: the run neither adopts nor counts it as missing."""
    run = unknown_create(world, world.confirm(world.location()))
    look = world.heygen["groups"][0]["looks"][0]["id"]
    address = f"{world.studio.settings.api_base}/v2/photo_avatar/{look}"
    requests.delete(address, headers={"X-Api-Key": "sandbox"}, timeout=5).raise_for_status()
    polls = world.calls("looks")
    run = world.step_until(run, lambda r: world.calls("looks") >= polls + 3)
    assert run.state == "unknown"
    assert run.due_at is not None
    assert world.states(run, "create_group") == ["unknown"]
    assert world.calls("create") == 1


def test_absent_is_a_strong_word(tmp_path: Path) -> None:
    """HeyGen's listing lags: looks that miss the group within ABSENT_AFTER decide nothing."""
    with open_world(tmp_path, ABSENT_AFTER="80000") as world:
        world.fault("create", "drop_after")
        world.fault("create", "hide", seconds=3600)
        place = world.location()
        run = world.step_until(world.confirm(place), lambda r: r.state == "unknown")
        looks = world.calls("groups")
        run = world.step_until(run, lambda r: world.calls("groups") >= looks + 3)
        assert world.states(run, "create_group") == ["unknown"]
        clock.shift(3700)
        assert world.drive(run).state == "done"
        assert world.place(place).heygen_group_id == world.heygen["groups"][0]["id"]
        assert world.calls("create") == 1


def test_looks_count_from_the_moment_the_sender_is_dead(world: World) -> None:
    """While the sender may still be at it, nothing is looked for; once its lock is free, the run goes on."""
    place = world.location()
    run = unknown_create(world, world.confirm(place))
    sender = Owner(world.studio.db, world.studio.settings.data_dir)
    world.sql("UPDATE operation SET state = 'sent', sender = :s WHERE kind = 'create_group'", s=sender.id)
    looks = world.calls("groups")
    run = world.step_until(run, lambda r: r.state == "waiting")
    assert world.states(run, "create_group") == ["sent"]
    assert world.calls("groups") == looks
    sender.close()
    assert world.drive(run).state == "done"
    assert len(world.heygen["groups"]) == 1


def test_an_absent_call_that_came_through_after_all_is_adopted(world: World) -> None:
    """Counted as absent, then HeyGen shows it before the next attempt leaves: adopted, not made again."""
    place = world.location()
    run = unknown_create(world, world.confirm(place))
    world.sql("UPDATE operation SET state = 'absent' WHERE kind = 'create_group'")
    run = world.drive(run)
    assert run.state == "done"
    assert world.calls("create") == 1
    assert world.place(place).heygen_group_id == world.heygen["groups"][0]["id"]


def motion_cannot_tell(world: World, place: int) -> Run:
    """The second motion of an avatar whose first one failed; its answer was lost."""
    world.fault("motion", "motion_fails")
    run = world.drive(world.confirm(place))
    assert (run.state, run.step) == ("failed", "motion")
    world.fault("motion", "drop_after")
    run = world.retry(run, price=CREDIT)
    run = world.drive(run)
    assert (run.state, run.due_at) == ("unknown", None)
    return run


def test_where_heygen_cannot_tell_a_person_is_asked(world: World) -> None:
    """The avatar had a motion status before, so a lost answer cannot be judged: unknown, the hold stays."""
    run = motion_cannot_tell(world, world.location())
    assert world.calls("motion") == 2
    assert (world.money.spent, world.money.held) == (CREDIT, CREDIT)
    decisions.check_again(world.studio.db, run.id or 0, actor=PERSON)
    assert world.drive(run).state == "unknown"
    assert world.calls("motion") == 2


@pytest.mark.parametrize("answer", ["look again", "did not happen", "happened"])
def test_the_wait_for_an_answer_is_no_work(world: World, answer: str) -> None:
    """Whoever answers after an hour, in whatever way: the hour belongs to no step."""
    place = world.location()
    run = motion_cannot_tell(world, place)
    clock.shift(3600)
    if answer == "look again":
        decisions.check_again(world.studio.db, run.id or 0, actor=PERSON)
    elif answer == "did not happen":
        decisions.did_not_happen(world.studio.db, run.id or 0, actor=PERSON)
    else:
        world.enter_id(run, world.place(place).heygen_avatar_id)
    world.drive(run)
    run = world.run(run)
    history = runs.events(world.studio.db, run.id or 0).itertuples(index=False)
    steps = timeline.steps(run, history, world.operations(run), clock.now())
    assert sum(step.seconds for step in steps) < 600


def test_a_person_says_it_happened(world: World) -> None:
    """Enter the id: the credit is captured, the run goes on and sends nothing."""
    place = world.location()
    run = motion_cannot_tell(world, place)
    avatar = world.place(place).heygen_avatar_id
    with pytest.raises(BadInput, match="not the id"):
        world.enter_id(run, "another")
    world.enter_id(run, avatar)
    assert world.drive(run).state == "done"
    assert world.calls("motion") == 2
    assert (world.money.spent, world.money.held) == (2 * CREDIT, 0)
    with pytest.raises(Refusal):
        world.enter_id(run, avatar)


def test_a_sent_operation_of_a_dead_process_is_looked_for(world: World) -> None:
    """The row says sent and its sender is gone: unknown first, then found and adopted."""
    place = world.location()
    world.fault("motion", "drop_after")
    run = world.step_until(world.confirm(place), lambda r: r.state == "unknown")
    world.sql("UPDATE operation SET state = 'sent', sender = 'gone' WHERE kind = 'add_motion'")
    assert world.drive(run).state == "done"
    assert len(world.heygen["charges"]) == 1
    assert world.money.spent == CREDIT


def test_a_call_that_heygen_never_carries_out_is_given_up(world: World) -> None:
    """Every attempt is lost before HeyGen works: after some the run fails, nothing was spent."""
    world.fault("create", "drop_before", times=50)
    run = world.drive(world.confirm(world.location()))
    assert (run.state, run.error_name) == ("failed", "Avatar group creation failed")
    assert 2 <= world.calls("create") <= 10
    assert world.money.available == 10 * CREDIT


def test_what_heygen_says_to_a_call_that_it_never_carries_out_is_told(world: World) -> None:
    """It says that it broke, whatever it is asked: no attempt counts as done, and the run ends so."""
    broke = {"status": 400, "code": "internal_error", "message": "This avatar does not support it"}
    world.fault("create", "refuse", times=50, **broke)
    run = world.drive(world.confirm(world.location()))
    assert (run.state, run.error_values["detail"]) == ("failed", "This avatar does not support it")
    assert set(world.states(run, "create_group")) == {"absent"}
    assert world.money.available == 10 * CREDIT


def test_an_id_with_which_heygen_cannot_be_asked_ends_the_run(world: World) -> None:
    """A location that has come by such an id does not try it for ever."""
    place = world.location()
    world.sql("UPDATE location SET heygen_group_id = 'g', heygen_look_id = '..'")
    run = world.drive(world.confirm(place))
    assert run.state == "failed"
    assert "is not an id of HeyGen" in run.error_template
