"""What HeyGen holds is listed for free; groups that nobody here has can be deleted, and no others."""

from dataclasses import replace

import pytest

from core.account import found, inventory, questions, taking_over
from core.bloggers import past_avatars
from core.errors import BadInput, NotFound, Refusal
from core.heygen.answers import LookInfo
from core.heygen.errors import HeyGenError
from tests.account.support import asked, elsewhere, listed
from tests.world import CREDIT, PERSON, Over, World, eventually


def test_before_the_first_look_nothing_is_known(world: World) -> None:
    """Without a list there is nothing to offer and nothing to complain about."""
    world.drive(world.confirm(world.location()))
    elsewhere(world)
    assert found.last_listing(world.studio.db) is None
    assert listed(world) == []
    assert found.count_unknown(world.studio.db) == 0
    assert found.unknown(world.studio.db, limit=5).empty


def test_a_look_lists_what_nobody_here_has_and_costs_nothing(world: World) -> None:
    """Groups of locations and of earlier avatars are left out; the rest is told with looks and motion."""
    world.drive(world.confirm(world.location()))
    group, look = elsewhere(world)
    world.studio.client.add_motion_to_avatar(look)
    eventually(lambda: world.studio.client.get_avatar(look).motion_status == "completed")
    before = world.heygen["charges"]
    answer = asked(world).answer
    assert (answer["groups"], answer["looks"], answer["complete"]) == (2, 2, True)
    [row] = found.unowned(world.studio.db, limit=50).itertuples()
    assert (row.group_id, row.name, row.looks) == (group, "Made elsewhere", 1)
    assert (row.status, row.motion) == ("completed", "completed")
    assert row.preview.startswith("http")
    assert row.created_at is not None
    assert world.heygen["charges"] == before


def test_groups_are_found_by_name_in_any_case_and_script(world: World) -> None:
    """The search folds case as the list of locations does, takes no wildcards, and knows whole ids."""
    group, _ = elsewhere(world, "Анна - Кафе")
    elsewhere(world, "100 %")
    asked(world)
    assert listed(world, "анна") == ["Анна - Кафе"]
    assert listed(world, group) == ["Анна - Кафе"]
    assert listed(world, "%") == ["100 %"]
    assert listed(world, "nobody") == []
    pages = [found.unowned(world.studio.db, limit=1, offset=page) for page in (0, 1, 2)]
    assert [len(page) for page in pages] == [1, 1, 0]
    assert pages[0].iloc[0]["group_id"] != pages[1].iloc[0]["group_id"]


def test_an_avatar_known_by_its_id_alone_owns_its_group(world: World) -> None:
    """An imported location has no group's id; its look's group is not offered all the same."""
    _, look = elsewhere(world)
    world.sql("UPDATE location SET heygen_avatar_id = :look WHERE id = :id", look=look, id=world.location())
    asked(world)
    assert listed(world) == []


def test_a_group_of_a_call_without_an_answer_is_not_offered(world: World) -> None:
    """Whether the Studio made it is not known yet, so nobody may take or delete it meanwhile."""
    place = world.location()
    world.fault("create", "drop_after")
    run = world.confirm(place)
    world.step_until(run, lambda r: r.state == "unknown")
    asked(world)
    [group] = world.heygen["groups"]
    assert listed(world) == []
    with pytest.raises(Refusal, match="its answer was lost"):
        taking_over.ask_to_delete(world.studio.db, group["id"], typed_name=group["name"], actor=PERSON)
    assert "its answer was lost" in asked(world, "delete_group", group["id"]).error_template
    assert world.drive(run).state == "done"
    assert len(world.heygen["groups"]) == 1


def test_a_look_that_fails_keeps_the_last_list(world: World) -> None:
    """What HeyGen said before stays, with the reason beside it."""
    elsewhere(world)
    asked(world)
    before = found.last_listing(world.studio.db)
    world.fault("looks", "refuse", status=403, code="forbidden", message="No")
    assert asked(world).error_template
    assert listed(world) == ["Made elsewhere"]
    assert found.last_listing(world.studio.db) == before


def test_avatars_of_videos_are_left_alone(world: World) -> None:
    """A group that holds one is neither offered nor deleted: the Studio knows photo avatars only."""
    group, look = elsewhere(world)
    clip = LookInfo(id=look, group_id=group, status="completed", is_motion=False, photo=False)
    world.studio.client = Over(world.studio.client, list_looks=lambda _: (clip,))
    asked(world)
    assert listed(world) == []
    assert "made of videos" in asked(world, "delete_group", group).error_template
    assert len(world.heygen["groups"]) == 1


def test_a_group_that_nobody_has_is_deleted_under_its_typed_name(world: World) -> None:
    """Its slot is free, the list and the account's reading follow, and nothing is spent."""
    group, _ = elsewhere(world)
    asked(world)
    with pytest.raises(BadInput, match="exactly: Made elsewhere"):
        taking_over.ask_to_delete(world.studio.db, group, typed_name="made elsewhere", actor=PERSON)
    number = taking_over.ask_to_delete(world.studio.db, group, typed_name=" Made  elsewhere ", actor=PERSON)
    questions.answer(world.studio, number)
    newest = questions.newest(world.studio.db, kind="delete_group")
    assert newest is not None
    assert (newest.answer["name"], newest.error_template) == ("Made elsewhere", "")
    assert world.heygen["groups"] == []
    assert listed(world) == []
    assert world.money.available == 10 * CREDIT


def test_a_group_that_somebody_has_is_never_deleted(world: World) -> None:
    """Not one of a location, not one of an earlier avatar, not one that was attached since the click."""
    place = world.location()
    world.drive(world.confirm(place))
    mine = world.place(place).heygen_group_id or ""
    group, look = elsewhere(world)
    asked(world)
    with world.studio.db.write() as session:
        past_avatars.retire(session, session.merge(world.place(place)), reason="photo", actor=PERSON.name)
    assert "belongs to" in asked(world, "delete_group", mine).error_template
    number = taking_over.ask_to_delete(world.studio.db, group, typed_name="Made elsewhere", actor=PERSON)
    taking_over.attach(world.studio, location_id=place, group_id=group, look_id=look, actor=PERSON)
    questions.answer(world.studio, number)
    assert {one["id"] for one in world.heygen["groups"]} == {mine, group}


def test_a_deletion_that_heygen_refuses_leaves_the_group_on_the_list(world: World) -> None:
    """It can be tried again; the reason stands beside the question."""
    group, _ = elsewhere(world)
    asked(world)
    world.fault("delete", "refuse", status=403, code="forbidden", message="Not now")
    assert asked(world, "delete_group", group).error_template
    assert listed(world) == ["Made elsewhere"]
    asked(world, "delete_group", group)
    assert world.heygen["groups"] == []


def test_what_is_gone_already_counts_as_deleted(world: World) -> None:
    """Somebody deleted it in HeyGen meanwhile: no error, and it leaves the list."""
    group, _ = elsewhere(world)
    asked(world)
    world.studio.client.delete_group(group)
    assert not asked(world, "delete_group", group).error_template
    assert listed(world) == []


def test_a_group_deleted_while_heygen_lists_does_not_come_back(world: World) -> None:
    """The list was begun before the deletion and is written after it."""
    group, _ = elsewhere(world)
    asked(world)
    client = world.studio.client

    def slowly(group_id: str) -> tuple[LookInfo, ...]:
        looks = client.list_looks(group_id)
        world.studio.client = client
        asked(world, "delete_group", group)
        return looks

    world.studio.client = Over(client, list_looks=slowly)
    asked(world)
    assert world.heygen["groups"] == []
    assert listed(world) == []


def test_an_avatar_that_heygen_lost_is_told(world: World) -> None:
    """A group that is gone takes its avatar along; what changed after the list is not judged by it."""
    place = world.location()
    world.drive(world.confirm(place))
    asked(world)
    assert found.count_unknown(world.studio.db) == 0
    world.studio.client.delete_group(world.place(place).heygen_group_id or "")
    asked(world)
    [row] = found.unknown(world.studio.db, limit=5).itertuples()
    assert (row.location_id, row.past_id, row.location) == (place, None, "Studio")
    assert row.group_gone
    world.sql("UPDATE location SET updated_at = '2999-01-01 00:00:00.000000'")
    assert found.count_unknown(world.studio.db) == 0


def test_an_id_that_heygen_never_had_is_told(world: World) -> None:
    """A file may name an avatar of another account; where HeyGen has more than it lists, nothing is said."""
    place = world.location()
    world.sql("UPDATE location SET heygen_avatar_id = 'of-another-account' WHERE id = :id", id=place)
    asked(world)
    [row] = found.unknown(world.studio.db, limit=5).itertuples()
    assert (row.avatar_id, bool(row.group_gone)) == ("of-another-account", False)
    assert not found.knows_any(world.studio.db)
    client = world.studio.client
    cut = Over(client, list_groups=lambda: replace(client.list_groups(), complete=False))
    world.studio.client = cut
    asked(world)
    assert found.count_unknown(world.studio.db) == 0


def test_a_group_without_looks_is_offered_for_deletion(world: World) -> None:
    """Its look was deleted in HeyGen; it still holds a slot."""
    group, _ = elsewhere(world)
    world.studio.client = Over(world.studio.client, list_looks=lambda _: ())
    asked(world)
    [row] = found.unowned(world.studio.db, limit=5).itertuples()
    assert (row.looks, row.status) == (0, "")
    assert found.looks(world.studio.db, group).empty
    assert not asked(world, "delete_group", group).error_template
    assert world.heygen["groups"] == []


def test_an_unknown_group_is_not_deleted(world: World) -> None:
    """Only what the list shows can be deleted: a stale page cannot name anything else."""
    group, _ = elsewhere(world)
    with pytest.raises(NotFound):
        taking_over.ask_to_delete(world.studio.db, group, typed_name="Made elsewhere", actor=PERSON)
    assert "no such group" in asked(world, "delete_group", group).error_template
    assert len(world.heygen["groups"]) == 1


def test_reading_that_heygen_refuses_is_an_error(world: World) -> None:
    """Whoever asked hears HeyGen's reason."""
    world.fault("groups", "refuse", status=403, code="forbidden", message="No")
    with pytest.raises(HeyGenError):
        inventory.read(world.studio)
