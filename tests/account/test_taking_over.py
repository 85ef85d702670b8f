"""What HeyGen holds already is used in place of a new one, and what it lost is let go; both cost nothing."""

from dataclasses import replace
from typing import Any

import pytest

from core.account import found, questions, taking_over
from core.bloggers import past_avatars
from core.bloggers.archive import archive_location
from core.bloggers.editing import edit_location
from core.database.tables.bloggers import NO_AVATAR, Location
from core.database.tables.heygen import HeyGenLook
from core.errors import NotFound, Refusal
from core.heygen.answers import GroupInfo, LookInfo
from core.quotes import avatars
from core.reports import runs
from core.runs import confirm
from tests.account.support import asked, elsewhere, listed
from tests.world import CREDIT, PERSON, Over, World, eventually


def moving(world: World, name: str = "Made elsewhere") -> tuple[str, str]:
    """As `elsewhere`, with a motion that is done."""
    group, look = elsewhere(world, name)
    world.studio.client.add_motion_to_avatar(look)
    eventually(lambda: world.studio.client.get_avatar(look).motion_status == "completed")
    return group, look


def attach(world: World, place: int, group: str, look: str) -> Location:
    taking_over.attach(world.studio, location_id=place, group_id=group, look_id=look, actor=PERSON)
    return world.place(place)


def look_row(
    look_id: str, *, motion: str = "none", is_motion: bool = False, status: str = "completed"
) -> HeyGenLook:
    return HeyGenLook(group_id="g", look_id=look_id, status=status, motion=motion, is_motion=is_motion)


def test_a_location_takes_an_avatar_with_its_motion_over(world: World) -> None:
    """All three ids and both statuses are there, nothing was sent to HeyGen, nothing is spent or held."""
    place = world.location()
    group, look = moving(world)
    asked(world)
    calls = world.heygen["calls"]
    taken = attach(world, place, group, look)
    assert (taken.heygen_group_id, taken.heygen_look_id, taken.heygen_avatar_id) == (group, look, look)
    assert (taken.avatar_status, taken.motion_status) == ("completed", "completed")
    assert world.heygen["calls"] == calls
    assert (world.money.held, world.money.spent) == (0, 0)
    assert listed(world) == []
    assert found.count_unknown(world.studio.db) == 0
    assert world.quote(place).lines[0].action == "skip"


def test_an_avatar_without_motion_goes_on_at_the_motion(world: World) -> None:
    """The group is never made again: the run that follows pays the motion alone."""
    place = world.location()
    group, look = elsewhere(world)
    asked(world)
    assert attach(world, place, group, look).heygen_avatar_id == NO_AVATAR
    run = world.drive(world.confirm(place))
    assert (run.first_step, run.state) == ("motion", "done")
    assert world.place(place).heygen_avatar_id == look
    assert [one["id"] for one in world.heygen["groups"]] == [group]
    assert world.money.available == 9 * CREDIT


def test_a_group_is_taken_over_once(world: World) -> None:
    """The second location is refused by name, and stays as it was."""
    first, second = world.location("Studio"), world.location("Cafe")
    group, look = elsewhere(world)
    asked(world)
    attach(world, first, group, look)
    with pytest.raises(Refusal, match="belongs to Studio"):
        attach(world, second, group, look)
    assert world.place(second).heygen_group_id is None


def test_who_has_an_avatar_or_a_run_takes_none(world: World) -> None:
    """Refused for a location with an avatar, with a run that is not over, and in the archive."""
    has, busy, away = world.location("Studio"), world.location("Cafe"), world.location("Park")
    world.drive(world.confirm(has))
    world.confirm(busy)
    archive_location(world.studio.db, location_id=away, actor=PERSON)
    group, look = elsewhere(world)
    asked(world)
    for place, why in ((has, "has an avatar already"), (busy, "is not over"), (away, "archived")):
        with pytest.raises(Refusal, match=why):
            attach(world, place, group, look)
    with pytest.raises(NotFound):
        attach(world, 4711, group, look)
    assert listed(world) == ["Made elsewhere"]
    assert found.takers(world.studio.db, limit=5).empty


def test_only_what_is_listed_and_usable_is_taken(world: World) -> None:
    """Not before a list, not an unknown look, not one that HeyGen could not make."""
    place = world.location()
    world.fault("create", "look_fails")
    group, look = elsewhere(world)
    with pytest.raises(NotFound):
        attach(world, place, group, look)
    eventually(lambda: world.studio.client.get_avatar(look).status == "failed")
    asked(world)
    with pytest.raises(NotFound):
        attach(world, place, group, "another")
    with pytest.raises(Refusal, match="could not make this look"):
        attach(world, place, group, look)
    assert world.place(place).heygen_group_id is None


def test_the_location_that_the_group_is_named_after_is_offered_first(world: World) -> None:
    """Its name is the one the Studio would have given the group."""
    world.location("Beach")
    fits = world.location("Studio")
    offered = found.takers(world.studio.db, group="Mila Hart - Studio", limit=5)
    assert [bool(row.fits) for row in offered.itertuples()] == [True, False]
    assert offered.iloc[0]["id"] == fits
    assert list(found.takers(world.studio.db, text="BEA", limit=5)["location"]) == ["Beach"]


def test_what_a_late_answer_made_is_an_orphan_no_more(world: World) -> None:
    """Its group got a location: nothing needs attention any more, and no later run adopts it once more."""
    place, other = world.location("Studio"), world.location("Cafe")
    world.fault("create", "hide", seconds=3600)
    world.fault("create", "drop_after")
    run = world.confirm(place)
    world.step_until(run, lambda r: r.state == "unknown")
    world.did_not_happen(run)
    world.cancel(run)
    assert world.drive(run).state == "cancelled"
    [lost] = world.heygen["groups"]
    look = world.studio.client.list_looks(lost["id"])[0].id
    world.sql("UPDATE operation SET orphan = 1, group_id = :g WHERE kind = 'create_group'", g=lost["id"])
    shown = world.studio.client.list_groups()
    shown = replace(shown, groups=(*shown.groups, _as_listed(lost)))
    world.studio.client = Over(world.studio.client, list_groups=lambda: shown)
    asked(world)
    assert len(runs.orphans(world.studio.db)) == 1
    attach(world, other, lost["id"], look)
    assert runs.orphans(world.studio.db).empty
    assert world.drive(world.confirm(place)).state == "done"
    assert world.place(place).heygen_group_id not in (None, lost["id"])


def _as_listed(group: dict[str, Any]) -> GroupInfo:
    return GroupInfo(id=group["id"], name=group["name"], created_at=None, looks=1)


def test_a_run_that_failed_before_needs_no_attention_afterwards(world: World) -> None:
    """The location has its avatar in another way, so nobody is sent to retry."""
    place = world.location()
    world.fault("create", "refuse", status=400, code=40004, message="No face")
    assert world.drive(world.confirm(place)).state == "failed"
    assert len(runs.attention(world.studio.db)) == 1
    group, look = moving(world)
    asked(world)
    attach(world, place, group, look)
    assert runs.attention(world.studio.db).empty


def test_an_attached_avatar_is_retired_and_taken_back_like_any(world: World) -> None:
    """Its group is then kept for the earlier avatar: it is not offered to anybody."""
    place = world.location()
    group, look = moving(world)
    asked(world)
    attach(world, place, group, look)
    with world.studio.db.write() as session:
        past_avatars.retire(session, session.get_one(Location, place), reason="photo", actor=PERSON.name)
    assert listed(world) == []
    [old] = past_avatars.of_location(world.studio.db, place).itertuples()
    assert past_avatars.take_back(world.studio.db, old.id, actor=PERSON).heygen_group_id == group


def test_freeing_the_slot_of_an_attached_avatar_takes_its_group_off_the_list(world: World) -> None:
    """The list is older than the deletion: what HeyGen has deleted is not offered again."""
    place = world.location()
    group, look = moving(world)
    asked(world)
    attach(world, place, group, look)
    plan = avatars.quote(world.studio, location_ids=[place], action="free_slot")
    name = plan.lines[0].group_name
    [run] = confirm.confirm(world.studio, plan, actor=PERSON, typed_name=name)
    assert world.drive(run).state == "done"
    assert world.heygen["groups"] == []
    assert listed(world) == []


@pytest.mark.parametrize(
    ("chosen", "look_id", "avatar_id", "motion"),
    [
        ("still", "still", "moves", "completed"),
        ("moves", "still", "moves", "completed"),
        ("making", "still", "making", "processing"),
    ],
)
def test_a_motion_that_is_a_look_is_paired_with_the_still_one(
    chosen: str, look_id: str, avatar_id: str, motion: str
) -> None:
    """Videos use the motion, the still look is what a further motion is made of; a failed motion is none."""
    rows = [
        look_row("broken", motion="failed", is_motion=True, status="failed"),
        look_row("making", motion="processing", is_motion=True, status="pending"),
        look_row("moves", motion="completed", is_motion=True),
        look_row("still"),
    ]
    taken = taking_over.taken_with("look", rows, chosen)
    assert (taken.look_id, taken.avatar_id, taken.motion_status) == (look_id, avatar_id, motion)


def test_of_several_stills_a_motion_is_not_guessed() -> None:
    """Which one it was made of is not listed; a motion chosen by itself goes with the group's first look."""
    rows = [look_row("a"), look_row("g"), look_row("moves", motion="completed", is_motion=True)]
    assert taking_over.taken_with("look", rows, "a").avatar_id == NO_AVATAR
    assert taking_over.taken_with("look", rows, "moves").look_id == "g"


def test_where_a_motion_comes_with_each_video_none_is_chosen_yet(world: World) -> None:
    """There is no motion to add: the look itself is what videos are made with, still at first."""
    taken = taking_over.taken_with("render", [look_row("a", status="pending")], "a")
    assert (taken.look_id, taken.avatar_id) == ("a", "a")
    assert (taken.avatar_status, taken.motion_status) == ("pending", "none")


def test_a_listing_of_motion_looks_asks_heygen_for_no_avatar(world: World) -> None:
    """Where a motion is a look, the list itself tells how far it is."""
    client = world.studio.client
    group, look = elsewhere(world)
    moved = LookInfo(id="moved", group_id=group, status="pending", is_motion=True)
    traits = replace(client.traits, motion="look")
    world.studio.client = Over(client, traits=traits, list_looks=lambda g: (*client.list_looks(g), moved))
    asked(world)
    assert world.calls("avatar") == 0
    place = world.location()
    taken = attach(world, place, group, look)
    assert (taken.heygen_look_id, taken.heygen_avatar_id, taken.motion_status) == (
        look,
        "moved",
        "processing",
    )


def test_letting_go_of_a_lost_avatar_leaves_the_ids_on_record(world: World) -> None:
    """The location can get a new avatar; the old one counts as deleted and cannot be taken back."""
    place = world.location()
    world.drive(world.confirm(place))
    group = world.place(place).heygen_group_id or ""
    asked(world)
    with pytest.raises(Refusal, match="in HeyGen's list"):
        taking_over.let_go(world.studio.db, location_id=place, actor=PERSON)
    world.studio.client.delete_group(group)
    asked(world)
    taking_over.let_go(world.studio.db, location_id=place, actor=PERSON)
    [old] = past_avatars.of_location(world.studio.db, place).itertuples()
    assert (old.heygen_group_id, old.deleted_at is not None) == (group, True)
    assert world.place(place).heygen_avatar_id == NO_AVATAR
    assert found.count_unknown(world.studio.db) == 0
    assert world.drive(world.confirm(place)).state == "done"


def test_an_earlier_avatar_that_heygen_lost_is_let_go(world: World) -> None:
    """It is marked as deleted; the present one stays."""
    place = world.location()
    world.drive(world.confirm(place))
    group = world.place(place).heygen_group_id or ""
    with world.studio.db.write() as session:
        past_avatars.retire(session, session.get_one(Location, place), reason="photo", actor=PERSON.name)
    world.studio.client.delete_group(group)
    asked(world)
    [row] = found.unknown(world.studio.db, limit=5).itertuples()
    assert row.past_id is not None
    taking_over.let_go(world.studio.db, location_id=place, past_id=row.past_id, actor=PERSON)
    assert found.count_unknown(world.studio.db) == 0


def test_the_question_after_taking_over_is_about_the_taken_avatar(world: World) -> None:
    """Check now asks HeyGen about the attached look and notes what it says."""
    place = world.location()
    group, look = elsewhere(world)
    asked(world)
    attach(world, place, group, look)
    edit_location(world.studio.db, location_id=place, name="Renamed", actor=PERSON)
    number = questions.ask(world.studio.db, location_id=place, actor=PERSON)
    questions.answer(world.studio, number)
    answered = questions.newest(world.studio.db, place)
    assert answered is not None
    assert answered.answer["motion_status"] == "none"
