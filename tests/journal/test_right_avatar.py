"""A location can have had several avatars: what is paid, deleted or adopted is always about the right one."""

import json
from dataclasses import replace

import pytest

from core import clock
from core.account import questions, sandbox_account
from core.bloggers import past_avatars
from core.bloggers.editing import edit_location
from core.bloggers.exchange.applying import apply_import
from core.bloggers.exchange.planning import plan_import
from core.bloggers.exchange.reading import read_import
from core.database.tables.bloggers import NO_AVATAR
from core.database.tables.runs import Run
from core.errors import BadInput, Refusal, StaleQuote
from core.photos import uploads
from core.runs import advance
from tests.runs.support import confirm, earlier, free, made, other_photo, wish
from tests.world import CREDIT, PERSON, Over, World, eventually, picture, retry_price


def groups(world: World) -> set[str]:
    return {group["id"] for group in world.heygen["groups"]}


def imported(world: World, name: str = "Studio") -> int:
    """A location whose avatar came from a file: HeyGen knows it, its group and its motion are not known."""
    place = world.location(name)
    key = world.studio.client.upload_asset(world.photo_url)
    ids = world.studio.client.create_photo_avatar_group("their own name", key)
    world.sql(
        "UPDATE location SET heygen_avatar_id = :a, avatar_status = 'completed' WHERE id = :i",
        a=ids["avatar_id"],
        i=place,
    )
    return place


def import_avatar(world: World, name: str, avatar_id: str) -> None:
    """A file names this avatar for the location; a person agrees where that is asked."""
    locations = [{"name": name, "image_url": "", "heygen_avatar_id": avatar_id}]
    text = json.dumps([{"name": "Mila Hart", "settings": {"locations": locations}}])
    plan = plan_import(world.studio.db, read_import(text.encode(), "file.json"))
    agreed = frozenset(row.number for row in plan.rows if row.needs_confirmation)
    apply_import(world.studio.db, plan, confirmed=agreed, actor=PERSON)


def with_two(world: World) -> tuple[int, int]:
    """A location with a present avatar of another photo, and the number of its past one."""
    place = made(world)
    quote = wish(world, "another_photo", place, image_url=other_photo(world), motion="veo2")
    assert world.drive(confirm(world, quote)).state == "done"
    [old] = earlier(world, place)
    return place, old.id or 0


def late_motion(world: World, run: Run) -> Run:
    """The motion is paid and HeyGen takes too long: the run fails while it waits."""
    world.step_until(run, lambda r: r.step == "saved")
    real = world.studio.client
    world.studio.client = Over(
        real, get_avatar=lambda i: replace(real.get_avatar(i), motion_status="processing")
    )
    world.sql("UPDATE run SET step_at = '2020-01-01 00:00:00.000000' WHERE id = :i", i=run.id)
    run = world.drive(run)
    world.studio.client = real
    assert (run.state, run.step) == ("failed", "saved")
    return run


# --- quotes that were shown before the avatar changed ------------------------------------------------------


@pytest.mark.parametrize("action", ["free_slot", "another_motion"])
def test_a_quote_is_for_the_avatar_that_was_shown(world: World, action: str) -> None:
    """Meanwhile another tab has taken the earlier avatar back: the plan is another one, nothing happens."""
    place, old = with_two(world)
    shown = wish(world, action, place)
    past_avatars.take_back(world.studio.db, old, actor=PERSON)
    with pytest.raises(StaleQuote):
        confirm(world, shown, typed_name=shown.lines[0].group_name)
    assert (len(groups(world)), world.money.held) == (2, 0)


def test_a_quote_is_for_the_photo_that_was_shown(world: World) -> None:
    """Somebody changed the photo meanwhile: the avatar would be of another one."""
    place = world.location()
    shown = world.quote(place)
    edit_location(world.studio.db, location_id=place, image_url=other_photo(world), actor=PERSON)
    with pytest.raises(StaleQuote):
        confirm(world, shown)


def test_the_slot_of_an_avatar_that_was_taken_back_is_not_freed(world: World) -> None:
    """The number of a past avatar that is none any more never stands for the present one."""
    place, old = with_two(world)
    past_avatars.take_back(world.studio.db, old, actor=PERSON)
    quote = wish(world, "free_slot", place, past_id=old)
    assert quote.lines[0].problem is not None
    assert not quote.can_confirm


# --- deleting ----------------------------------------------------------------------------------------------


def test_a_retry_never_deletes_the_avatar_in_use(world: World) -> None:
    """Freeing a past avatar's slot failed, then that avatar was taken back: the retry is refused."""
    place, old = with_two(world)
    world.fault("delete", "refuse", status=403, code=400573, message="Permission denied")
    failed = free(world, place, past_id=old)
    past_avatars.take_back(world.studio.db, old, actor=PERSON)
    with pytest.raises(Refusal, match="have changed"):
        world.retry(failed, price=0)
    assert world.place(place).heygen_group_id in groups(world)


def test_a_retry_looks_for_the_group_of_its_own_avatar(world: World) -> None:
    """An imported avatar's group could not be read, then another avatar was taken back: that one stays."""
    place, old = with_two(world)
    world.sql("UPDATE location SET heygen_group_id = NULL, heygen_look_id = NULL WHERE id = :i", i=place)
    real = world.studio.client
    world.studio.client = Over(real, get_avatar=lambda i: replace(real.get_avatar(i), group_id=None))
    failed = free(world, place)
    world.studio.client = real
    past_avatars.take_back(world.studio.db, old, actor=PERSON)
    with pytest.raises(Refusal, match="have changed"):
        world.retry(failed, price=0)
    assert len(groups(world)) == 2


def test_a_group_that_another_location_uses_is_not_deleted(world: World) -> None:
    """A file names one avatar for two locations: freeing the one's slot would take the other's avatar."""
    one = made(world, "One")
    import_avatar(world, "Two", world.place(one).heygen_avatar_id)
    run = free(world, one)
    assert (run.state, run.error_values["location"]) == ("failed", "Two")
    assert world.place(one).heygen_group_id in groups(world)


def test_the_slot_of_an_imported_past_avatar_can_be_freed(world: World) -> None:
    """Its group is not known here; HeyGen is asked for it."""
    place = imported(world)
    first = groups(world)
    world.drive(confirm(world, wish(world, "another_photo", place, image_url=other_photo(world))))
    [old] = earlier(world, place)
    assert free(world, place, past_id=old.id).state == "done"
    assert groups(world) == {world.place(place).heygen_group_id}
    assert not groups(world) & first


def test_a_run_that_has_ended_stays_ended(world: World) -> None:
    """What breaks after the end, like counting the groups anew, does not bring a run back to life."""
    place = made(world)
    real = world.studio.client
    quote = wish(world, "free_slot", place)
    run = confirm(world, quote, typed_name=quote.lines[0].group_name)
    world.studio.client = Over(real, remaining_credits=lambda: 1 // 0)

    def ended() -> bool:
        advance.advance(world.studio, run.id or 0)
        return world.run(run).ended_at is not None

    eventually(ended)
    assert world.run(run).state == "done"


# --- import ------------------------------------------------------------------------------------------------


def test_an_avatar_that_a_file_replaces_becomes_a_past_one(world: World) -> None:
    """Its ids are kept, so that it can be taken back and its slot freed."""
    place = made(world)
    before = world.place(place)
    import_avatar(world, "Studio", "another-look")
    [old] = earlier(world, place)
    assert (old.heygen_group_id, old.heygen_look_id) == (before.heygen_group_id, before.heygen_look_id)
    past_avatars.take_back(world.studio.db, old.id or 0, actor=PERSON)
    assert world.place(place).heygen_group_id == before.heygen_group_id


def test_a_past_avatar_that_a_file_names_is_in_use_again(world: World) -> None:
    """It is then no past one any more, so nobody frees its slot by mistake."""
    place, old = with_two(world)
    kept = earlier(world, place)[0]
    import_avatar(world, "Studio", kept.heygen_avatar_id)
    now = world.place(place)
    assert (now.heygen_avatar_id, now.heygen_group_id) == (kept.heygen_avatar_id, kept.heygen_group_id)
    assert (now.motion_type, now.image_url) == (kept.motion_type, kept.image_url)
    assert old not in [one.id for one in earlier(world, place)]


def test_an_entered_group_must_not_be_a_past_avatars(world: World) -> None:
    """A group that a past avatar holds belongs to that location, also where a person enters it."""
    place, _ = with_two(world)
    [old] = earlier(world, place)
    world.fault("create", "drop_after")
    world.fault("create", "hide", seconds=999)
    run = world.confirm(world.location("Two"))
    world.step_until(run, lambda r: r.state == "unknown")
    with pytest.raises(BadInput, match="belongs to another location"):
        world.enter_id(run, old.heygen_look_id or "", old.heygen_group_id or "")


# --- paying ------------------------------------------------------------------------------------------------


def test_another_motion_that_came_through_late_is_adopted(world: World) -> None:
    """Its answer was lost and two looks missed it; the next attempt finds it instead of paying again."""
    place = imported(world)
    world.fault("motion", "drop_after")
    real, lagging = world.studio.client, [True]

    def get_avatar(avatar_id: str):
        found = real.get_avatar(avatar_id)
        return replace(found, motion_status="none") if lagging else found

    world.studio.client = Over(real, get_avatar=get_avatar)
    run = confirm(world, wish(world, "another_motion", place))
    world.step_until(run, lambda r: "absent" in world.states(run, "add_motion"))
    lagging.clear()
    assert world.drive(run).state == "done"
    assert (len(world.heygen["charges"]), world.money.spent) == (1, CREDIT)


def test_starting_over_does_not_pay_for_a_late_motion_again(world: World) -> None:
    """It is paid and HeyGen is late: the quote for the same or another motion sends one to the retry."""
    place = made(world)
    late = late_motion(world, confirm(world, wish(world, "another_motion", place)))
    for motion in ("kling", "seedance"):
        [line] = wish(world, "another_motion", place, motion=motion).lines
        assert (line.action, line.problem.code if line.problem else "") == ("refuse", "late")
    assert retry_price(world.studio, late) == 0
    again = world.retry(late, price=0)
    assert (world.drive(again).state, world.money.spent) == ("done", 2 * CREDIT)


@pytest.mark.parametrize("before", ["completed", "failed"])
def test_an_old_status_is_not_the_new_motions(world: World, before: str) -> None:
    """HeyGen's listing lags after a motion was accepted: the run must not end on what was there before."""
    place = made(world)
    run = confirm(world, wish(world, "another_motion", place))
    if before == "failed":
        world.fault("motion", "motion_fails")
        run = world.drive(run)
        run = world.retry(run, price=CREDIT)
    else:
        world.fault("motion", "motion_fails")
    real = world.studio.client
    old, sent = real.get_avatar(world.place(place).heygen_avatar_id), world.calls("motion")
    seen: list[int] = []

    def lagging(avatar_id: str):
        if world.calls("motion") > sent and len(seen) < 2:
            seen.append(1)
            return old
        return real.get_avatar(avatar_id)

    world.studio.client = Over(real, get_avatar=lagging)
    # As slow as HeyGen compared with this machine's own pauses.
    world.studio.pace = 20
    assert world.drive(run).state == ("failed" if before == "completed" else "done")
    assert len(seen) == 2


@pytest.mark.parametrize("given_up", ["taken back", "edited"])
def test_a_late_group_of_another_photo_is_not_adopted(world: World, given_up: str) -> None:
    """The create for photo B was lost and given up; a run for photo C must not get B's group."""
    place = made(world) if given_up == "taken back" else world.location()
    world.fault("create", "drop_after")
    world.fault("create", "hide", seconds=3600)
    before = groups(world)
    photo_b, photo_c = world.photo_url + "?B", world.photo_url + "?C"
    if given_up == "taken back":
        run = confirm(world, wish(world, "another_photo", place, image_url=photo_b))
    else:
        run = world.confirm(place)
    world.step_until(run, lambda r: "unknown" in world.states(run, "create_group"))
    world.cancel(run)
    assert world.drive(run).state == "cancelled"
    clock.shift(3700)
    assert {group.id for group in world.studio.client.list_groups().groups} - before
    if given_up == "taken back":
        past_avatars.take_back(world.studio.db, earlier(world, place)[0].id or 0, actor=PERSON)
        world.drive(confirm(world, wish(world, "another_photo", place, image_url=photo_c)))
    else:
        edit_location(world.studio.db, location_id=place, image_url=photo_c, actor=PERSON)
        world.drive(world.confirm(place))
    looks = {look["id"]: look for group in world.heygen["groups"] for look in group["looks"]}
    assert looks[world.place(place).heygen_look_id]["image_url"].endswith("?C")


def test_an_imported_avatar_is_never_overwritten(world: World) -> None:
    """Its other motion failed and HeyGen says so: making its avatar adds a motion, no second group."""
    place = imported(world)
    before = world.place(place).heygen_avatar_id
    world.fault("motion", "motion_fails")
    run = world.drive(confirm(world, wish(world, "another_motion", place)))
    assert "earlier motion" not in run.error_template
    questions.answer(world.studio, questions.ask(world.studio.db, location_id=place, actor=PERSON))
    assert world.drive(world.confirm(place)).state == "done"
    assert (world.place(place).heygen_avatar_id, len(groups(world))) == (before, 1)


def test_a_late_motion_names_no_other_avatars_motion(world: World) -> None:
    """Another avatar is in use by now: the retry, which would write its motion type there, is refused."""
    place, old = with_two(world)
    late = late_motion(world, confirm(world, wish(world, "another_motion", place, motion="seedance")))
    past_avatars.take_back(world.studio.db, old, actor=PERSON)
    with pytest.raises(Refusal, match="another avatar by now"):
        world.retry(late, price=0)
    assert world.place(place).motion_type == "veo2"


@pytest.mark.parametrize("gone", ["freed", "reset"])
def test_a_late_motion_of_a_deleted_avatar_is_no_motion_of_the_next(world: World, gone: str) -> None:
    """The retry makes everything anew and pays for it, instead of taking the old motion for the new one."""
    place = world.location()
    failed = late_motion(world, world.confirm(place))
    if gone == "freed":
        free(world, place)
    else:
        sandbox_account.reset(world.studio, actor=PERSON)
    price = retry_price(world.studio, failed)
    assert price == CREDIT
    again = world.drive(world.retry(failed, price=price))
    assert (again.state, world.place(place).heygen_avatar_id != NO_AVATAR) == ("done", True)


def test_a_motion_paid_for_a_past_avatar_is_booked_when_it_is_found(world: World) -> None:
    """Another avatar had a motion since: once the first is taken back, its lost credit is booked."""
    place = world.location()
    world.fault("motion", "drop_after")
    real = world.studio.client
    world.studio.client = Over(real, get_avatar=lambda i: replace(real.get_avatar(i), motion_status="none"))
    run = world.confirm(place)
    world.step_until(run, lambda r: "unknown" in world.states(run, "add_motion"))
    world.cancel(run)
    assert world.drive(run).state == "cancelled"
    world.studio.client = real
    world.drive(confirm(world, wish(world, "another_photo", place, image_url=other_photo(world))))
    past_avatars.take_back(world.studio.db, earlier(world, place)[0].id or 0, actor=PERSON)
    world.drive(world.confirm(place))
    assert (len(world.heygen["charges"]), world.money.spent) == (2, 2 * CREDIT)


def test_a_retry_whose_upload_is_gone_ends(world: World) -> None:
    """The uploaded photo is not here any more: the run fails in words and holds nothing."""
    place = world.location()
    url = uploads.keep(world.studio.settings, picture())
    world.sql("UPDATE location SET image_url = :u WHERE id = :i", u=url, i=place)
    world.fault("upload", "refuse")
    failed = world.drive(world.confirm(place))
    for kept in (world.studio.settings.data_dir / "uploads").iterdir():
        kept.unlink()
    run = world.drive(world.retry(failed))
    assert (run.state, world.money.held) == ("failed", 0)


# --- figures -----------------------------------------------------------------------------------------------


def test_another_motion_takes_no_group(world: World) -> None:
    """An imported avatar's group is not known here; its other motion makes none all the same."""
    place = imported(world)
    used = world.quote(world.location("Other")).groups_used
    confirm(world, wish(world, "another_motion", place))
    assert world.quote(world.location("Third")).groups_used == used


def test_a_check_after_taking_back_keeps_the_earlier_motion(world: World) -> None:
    """Another motion failed once; the avatar was put aside and taken back: its motion is still usable."""
    place = made(world)
    world.fault("motion", "motion_fails")
    assert world.drive(confirm(world, wish(world, "another_motion", place))).state == "failed"
    world.drive(confirm(world, wish(world, "another_photo", place, image_url=other_photo(world))))
    past_avatars.take_back(world.studio.db, earlier(world, place)[0].id or 0, actor=PERSON)
    questions.answer(world.studio, questions.ask(world.studio.db, location_id=place, actor=PERSON))
    assert (world.place(place).motion_status, world.quote(place).total) == ("completed", 0)
