"""design.md, "A run": another motion, another photo, taking back and freeing a slot."""

import pytest

from core.account import questions
from core.bloggers import past_avatars
from core.database.tables.bloggers import NO_AVATAR
from core.errors import BadInput, Refusal, StaleQuote
from core.heygen.errors import NotSent
from core.runs import queue as jobs
from core.runs.confirm import confirm as confirm_quote
from core.sandbox.avatars import MOTION_SECONDS
from tests.runs.support import confirm, earlier, free, made, other_photo, wish
from tests.world import CREDIT, PERSON, SPEED, Over, World, eventually, next_retry, retry_price

# --- another motion -----------------------------------------------------------------------------------------


def test_another_motion_keeps_group_and_avatar(world: World) -> None:
    """It costs one credit, makes no group, and the avatar goes by the same id."""
    place = made(world)
    before = world.place(place)
    run = world.drive(confirm(world, wish(world, "another_motion", place)))
    after = world.place(place)
    assert run.state == "done"
    assert (after.heygen_avatar_id, after.heygen_group_id) == (
        before.heygen_avatar_id,
        before.heygen_group_id,
    )
    assert (after.motion_type, after.motion_status) == ("kling", "completed")
    assert [m["type"] for m in world.heygen["motions"]] == ["veo2", "kling"]
    assert (world.calls("create"), world.money.spent, world.money.held) == (1, 2 * CREDIT, 0)


def test_the_earlier_motion_stays_until_the_new_one_is_done(world: World) -> None:
    """While the new motion is being made the location shows the earlier one, completed."""
    place = made(world)
    run = confirm(world, wish(world, "another_motion", place))
    world.step_until(run, lambda r: r.step == "saved")
    now = world.place(place)
    assert (now.motion_type, now.motion_status) == ("veo2", "completed")
    world.drive(run)
    assert world.place(place).motion_type == "kling"


def test_the_earlier_motion_stays_when_the_new_one_fails(world: World) -> None:
    """HeyGen cannot make it: the run says so, and a check does not take the earlier motion away either."""
    place = made(world)
    world.fault("motion", "motion_fails")
    run = world.drive(confirm(world, wish(world, "another_motion", place)))
    assert (run.state, run.error_name) == ("failed", "Add motion failed")
    assert "The earlier motion stays" in run.error_template
    questions.answer(world.studio, questions.ask(world.studio.db, location_id=place, actor=PERSON))
    now = world.place(place)
    assert (now.motion_type, now.motion_status) == ("veo2", "completed")
    retried = world.retry(run, price=CREDIT)
    assert world.drive(retried).state == "done"
    assert (world.place(place).motion_type, world.money.spent) == ("kling", 3 * CREDIT)


def test_a_lost_answer_to_another_motion_asks_a_person(world: World) -> None:
    """The avatar had a motion before, so only a person can tell; the hold stays and nothing is repeated."""
    place = made(world)
    world.fault("motion", "drop_after")
    run = world.drive(confirm(world, wish(world, "another_motion", place)))
    assert (run.state, run.due_at) == ("unknown", None)
    assert (world.money.held, world.calls("motion")) == (CREDIT, 2)
    avatar_id = world.place(place).heygen_avatar_id
    world.enter_id(run, avatar_id)
    assert world.drive(run).state == "done"
    assert (world.calls("motion"), world.money.spent, world.place(place).motion_type) == (
        2,
        2 * CREDIT,
        "kling",
    )


def test_the_same_motion_again_is_skipped(world: World) -> None:
    """What the location has already is not paid a second time."""
    place = made(world)
    quote = wish(world, "another_motion", place, motion="veo2")
    assert [line.action for line in quote.lines] == ["skip"]
    assert (quote.total, quote.can_confirm) == (0, False)


def test_another_motion_needs_an_avatar(world: World) -> None:
    """Without a finished avatar there is nothing to add another motion to."""
    quote = wish(world, "another_motion", world.location())
    assert quote.lines[0].problem is not None
    assert "Make its avatar first" in quote.lines[0].problem.text


def test_a_motion_that_somebody_else_started_is_waited_for(world: World) -> None:
    """Only one motion at a time can be told apart: the Studio sends its own once HeyGen is done."""
    place = made(world)
    avatar_id = world.place(place).heygen_avatar_id
    world.studio.client.add_motion_to_avatar(avatar_id, "seedance")
    run = world.drive(confirm(world, wish(world, "another_motion", place)))
    assert run.state == "done"
    motions = world.heygen["motions"]
    assert [m["type"] for m in motions] == ["veo2", "seedance", "kling"]
    # A motion takes a minute and a half of HeyGen's time: kling left when seedance was finished.
    assert motions[2]["accepted_at"] > motions[1]["accepted_at"] + MOTION_SECONDS / SPEED


# --- another photo ------------------------------------------------------------------------------------------


def test_another_photo_keeps_the_old_avatar_as_a_past_one(world: World) -> None:
    """One credit, one more group; the old ids are kept and still there at HeyGen."""
    place = made(world)
    before = world.place(place)
    run = world.drive(confirm(world, wish(world, "another_photo", place, image_url=other_photo(world))))
    after = world.place(place)
    assert (run.state, after.image_url) == ("done", other_photo(world))
    assert after.heygen_group_id not in (None, before.heygen_group_id)
    [old] = earlier(world, place)
    assert (old.heygen_avatar_id, old.heygen_group_id, old.reason) == (
        before.heygen_avatar_id,
        before.heygen_group_id,
        "photo",
    )
    assert {g["id"] for g in world.heygen["groups"]} == {before.heygen_group_id, after.heygen_group_id}
    assert world.money.spent == 2 * CREDIT


def test_another_photo_that_fails_loses_nothing(world: World) -> None:
    """The new photo has no face: nothing is spent, and the old avatar can be taken back with its photo."""
    place = made(world)
    before = world.place(place)
    world.fault("create", "refuse", status=400, code=40004, message="No face detected")
    run = world.drive(confirm(world, wish(world, "another_photo", place, image_url=other_photo(world))))
    assert (run.state, world.money.spent, world.money.held) == ("failed", CREDIT, 0)
    past_avatars.take_back(world.studio.db, earlier(world, place)[0].id or 0, actor=PERSON)
    after = world.place(place)
    for field in past_avatars.KEPT:
        assert getattr(after, field) == getattr(before, field)
    assert earlier(world, place) == []


def test_another_photo_takes_a_slot(world: World) -> None:
    """With all groups used it is refused before anything changes; the quote says so."""
    places = [made(world, name) for name in ("Studio", "Cafe", "Park")]
    quote = wish(world, "another_photo", places[0], image_url=other_photo(world))
    assert (quote.groups_after, [p.code for p in quote.problems]) == (4, ["groups"])
    with pytest.raises(Refusal):
        confirm_quote(world.studio, quote, actor=PERSON)
    assert world.place(places[0]).image_url == world.photo_url
    assert earlier(world, places[0]) == []


@pytest.mark.parametrize(
    ("url", "said"),
    [("", "has no photo"), ("http://10.0.0.1/x.png", "not a public"), ("same", "Choose another")],
)
def test_another_photo_must_be_usable(world: World, url: str, said: str) -> None:
    """An unusable photo is refused in the quote, in words."""
    place = made(world)
    quote = wish(world, "another_photo", place, image_url=world.photo_url if url == "same" else url)
    assert quote.lines[0].problem is not None
    assert said in quote.lines[0].problem.text


def test_taking_back_swaps_and_costs_nothing(world: World) -> None:
    """The present avatar becomes the past one, so that one can change one's mind for ever."""
    place = made(world)
    first = world.place(place).heygen_avatar_id
    world.drive(confirm(world, wish(world, "another_photo", place, image_url=other_photo(world))))
    second = world.place(place).heygen_avatar_id
    for expected, kept in ((first, second), (second, first)):
        [old] = earlier(world, place)
        past_avatars.take_back(world.studio.db, old.id or 0, actor=PERSON)
        assert world.place(place).heygen_avatar_id == expected
        assert [p.heygen_avatar_id for p in earlier(world, place)] == [kept]
    assert world.money.spent == 2 * CREDIT


def test_nothing_is_taken_back_during_a_run(world: World) -> None:
    """A run of the location is not over: its avatar must not change under it."""
    place = made(world)
    run = confirm(world, wish(world, "another_photo", place, image_url=other_photo(world)))
    with pytest.raises(Refusal, match="is not over"):
        past_avatars.take_back(world.studio.db, earlier(world, place)[0].id or 0, actor=PERSON)
    assert world.drive(run).state == "done"


# --- free the slot ------------------------------------------------------------------------------------------


def test_freeing_a_slot_makes_room_for_the_fourth(world: World) -> None:
    """Three groups are the limit; one is deleted, its location starts at 00000, and the fourth is made."""
    places = [made(world, name) for name in ("Studio", "Cafe", "Park")]
    fourth = world.location("Kitchen")
    assert [p.code for p in world.quote(fourth).problems] == ["groups"]
    old = world.place(places[0])
    assert free(world, places[0]).state == "done"
    freed = world.place(places[0])
    assert (freed.heygen_avatar_id, freed.heygen_group_id, freed.motion_status) == (NO_AVATAR, None, "none")
    assert old.heygen_group_id not in {g["id"] for g in world.heygen["groups"]}
    [kept] = earlier(world, places[0])
    assert (kept.heygen_avatar_id, kept.deleted_at is not None) == (old.heygen_avatar_id, True)
    assert world.drive(world.confirm(fourth)).state == "done"
    assert world.money.spent == 4 * CREDIT


def test_the_name_must_be_typed(world: World) -> None:
    """Another name changes nothing and starts nothing."""
    place = made(world)
    quote = wish(world, "free_slot", place)
    for typed in ("", "Mila Hart", quote.lines[0].group_name.lower()):
        with pytest.raises(BadInput, match="nothing was deleted"):
            confirm_quote(world.studio, quote, actor=PERSON, typed_name=typed)
    assert world.place(place).heygen_avatar_id != NO_AVATAR
    assert confirm(world, quote, typed_name=f" {quote.lines[0].group_name} ").kind == "free_slot"


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "html", "error_after"])
def test_a_lost_answer_to_a_deletion_is_repeated(world: World, fault: str) -> None:
    """Deleting twice is harmless, so nobody is asked, and the location keeps its ids until it is certain."""
    place = made(world)
    world.fault("delete", fault)
    assert free(world, place).state == "done"
    assert (world.heygen["groups"], world.place(place).heygen_avatar_id) == ([], NO_AVATAR)


def test_a_refused_deletion_changes_nothing(world: World) -> None:
    """HeyGen says no: the location keeps its avatar, the run says why, a retry costs nothing."""
    place = made(world)
    before = world.place(place).heygen_avatar_id
    world.fault("delete", "refuse", status=403, code=400573, message="Permission denied")
    run = free(world, place)
    assert (run.state, world.place(place).heygen_avatar_id) == ("failed", before)
    assert retry_price(world.studio, run) == 0
    assert world.drive(world.retry(run, price=0)).state == "done"
    assert world.place(place).heygen_avatar_id == NO_AVATAR


def test_a_group_that_is_still_listed_is_not_deleted(world: World) -> None:
    """HeyGen accepted the deletion and lists the group all the same: the location keeps its ids."""
    place = made(world)
    before = world.place(place).heygen_avatar_id
    world.studio.client = Over(world.studio.client, delete_group=lambda group_id: None)
    quote = wish(world, "free_slot", place)
    run = confirm(world, quote, typed_name=quote.lines[0].group_name)
    world.step_until(run, lambda r: world.states(r, "delete_group") == ["confirmed"])
    world.sql("UPDATE run SET step_at = '2020-01-01 00:00:00.000000' WHERE id = :i", i=run.id)
    run = world.drive(run)
    assert (run.state, world.place(place).heygen_avatar_id) == ("failed", before)
    assert "still lists" in run.error_template


def test_a_listing_that_lags_is_waited_for(world: World) -> None:
    """HeyGen deletes and lists the group for a moment longer: the run comes back, and asks only once."""
    place = made(world)
    real, asked = world.studio.client, []
    listed = real.list_groups()

    def lagging():
        asked.append(1)
        return listed if len(asked) < 3 else real.list_groups()

    world.studio.client = Over(real, list_groups=lagging)
    assert free(world, place).state == "done"
    assert (world.calls("delete"), world.place(place).heygen_avatar_id) == (1, NO_AVATAR)


def test_a_deletion_that_could_not_be_looked_at_is_finished_by_a_retry(world: World) -> None:
    """The group is deleted, then HeyGen cannot be reached: the ids stay until it can, nothing is repeated."""
    place = made(world)
    real = world.studio.client

    def unreachable():
        raise NotSent("HeyGen could not be reached ({detail}).", detail="DNS")

    world.studio.client = Over(real, list_groups=unreachable)
    run = free(world, place)
    assert (run.state, world.place(place).heygen_avatar_id == NO_AVATAR) == ("failed", False)
    world.studio.client = real
    assert world.drive(world.retry(run, price=0)).state == "done"
    assert (world.calls("delete"), world.place(place).heygen_avatar_id) == (1, NO_AVATAR)


def test_a_deletion_that_has_left_is_finished_not_cancelled(world: World) -> None:
    """Its answer was lost and somebody cancels: the group may be gone, so the run goes on to its end."""
    place = made(world)
    world.fault("delete", "drop_after")
    quote = wish(world, "free_slot", place)
    run = confirm(world, quote, typed_name=quote.lines[0].group_name)
    world.step_until(run, lambda r: bool(world.states(run, "delete_group")))
    world.cancel(run)
    assert world.drive(run).state == "done"
    assert (world.heygen["groups"], world.place(place).heygen_avatar_id) == ([], NO_AVATAR)


def test_an_imported_avatars_group_is_looked_up(world: World) -> None:
    """A file names an avatar only; HeyGen says which group it belongs to."""
    place = made(world)
    world.sql("UPDATE location SET heygen_group_id = NULL, heygen_look_id = NULL WHERE id = :i", i=place)
    assert free(world, place).state == "done"
    assert (world.heygen["groups"], world.place(place).heygen_avatar_id) == ([], NO_AVATAR)


def test_the_slot_of_a_past_avatar_can_be_freed(world: World) -> None:
    """The location keeps its present avatar; the past one cannot be taken back any more."""
    place = made(world)
    world.drive(confirm(world, wish(world, "another_photo", place, image_url=other_photo(world))))
    present = world.place(place).heygen_avatar_id
    [old] = earlier(world, place)
    assert free(world, place, past_id=old.id).state == "done"
    assert world.place(place).heygen_avatar_id == present
    assert [g["id"] for g in world.heygen["groups"]] == [world.place(place).heygen_group_id]
    with pytest.raises(Refusal, match="cannot be taken back"):
        past_avatars.take_back(world.studio.db, old.id or 0, actor=PERSON)


def test_no_slot_is_freed_during_a_run(world: World) -> None:
    """Making and deleting exclude each other, whoever confirms first."""
    place = made(world)
    motion, deletion = wish(world, "another_motion", place), wish(world, "free_slot", place)
    run = confirm(world, motion)
    with pytest.raises(StaleQuote):
        confirm_quote(world.studio, deletion, actor=PERSON, typed_name=deletion.lines[0].group_name)
    assert world.drive(run).state == "done"
    again, deletion = wish(world, "another_motion", place, motion="seedance"), wish(world, "free_slot", place)
    confirm(world, deletion, typed_name=deletion.lines[0].group_name)
    with pytest.raises(StaleQuote):
        confirm_quote(world.studio, again, actor=PERSON)
    for action in ("make", "another_motion", "another_photo", "free_slot"):
        [line] = wish(world, action, place, image_url=other_photo(world)).lines
        assert (line.action, line.problem.code if line.problem else "") == ("refuse", "live")


def test_a_freed_group_counts_no_more_before_the_next_reading(world: World) -> None:
    """The quote subtracts what was deleted since HeyGen was last asked."""
    place = made(world)
    world.studio.client = Over(world.studio.client, remaining_credits=_not_now)
    assert free(world, place).state == "done"
    assert world.quote(place).groups_used == 0


def _not_now() -> int:
    raise Refusal("HeyGen cannot be read now.")


def test_a_retry_never_builds_on_what_is_gone(world: World) -> None:
    """The motion failed, then the group was deleted: the retry begins at the photo, for the same price."""
    place = world.location()
    world.fault("motion", "motion_fails")
    failed = world.drive(world.confirm(place))
    other = free(world, place)
    assert (failed.state, other.state) == ("failed", "done")
    assert next_retry(world.studio, failed).step == "photo"
    again = world.retry(failed, price=CREDIT)
    assert world.drive(again).state == "done"
    assert len(world.heygen["groups"]) == 1


def test_another_motion_is_not_retried_without_its_avatar(world: World) -> None:
    """Another motion failed, then the avatar's slot was freed: there is nothing to add a motion to."""
    place = made(world)
    world.fault("motion", "refuse", status=400, code="invalid_parameter", message="no")
    failed = world.drive(confirm(world, wish(world, "another_motion", place)))
    free(world, place)
    with pytest.raises(Refusal, match="no avatar any more"):
        world.retry(failed, price=CREDIT)
    assert world.money.held == 0


# --- checks -------------------------------------------------------------------------------------------------


def test_a_check_writes_both_statuses(world: World) -> None:
    """What HeyGen says now stands at the location, with the moment it said so."""
    place = made(world)
    world.sql("UPDATE location SET motion_status = 'processing', checked_at = NULL WHERE id = :i", i=place)
    asked = questions.ask(world.studio.db, location_id=place, actor=PERSON)
    assert questions.ask(world.studio.db, location_id=place, actor=PERSON) == asked
    questions.answer(world.studio, asked)
    now = world.place(place)
    assert (now.avatar_status, now.motion_status) == ("completed", "completed")
    found = questions.newest(world.studio.db, place)
    assert found is not None
    assert (found.answer["motion_status"], now.checked_at is not None) == ("completed", True)


def test_a_check_never_overtakes_a_run(world: World) -> None:
    """While a run is live it alone writes the statuses."""
    place = made(world)
    confirm(world, wish(world, "another_motion", place))
    world.sql("UPDATE location SET avatar_status = 'pending' WHERE id = :i", i=place)
    questions.answer(world.studio, questions.ask(world.studio.db, location_id=place, actor=PERSON))
    assert world.place(place).avatar_status == "pending"


@pytest.mark.parametrize(("route", "fault"), [("avatar", "html"), ("avatar", "drop_before")])
def test_a_check_that_fails_says_why(world: World, route: str, fault: str) -> None:
    """HeyGen cannot be read: the sentence is kept as the answer, the statuses stay."""
    place = made(world)
    world.fault(route, fault, times=9)
    questions.answer(world.studio, questions.ask(world.studio.db, location_id=place, actor=PERSON))
    found = questions.newest(world.studio.db, place)
    assert found is not None
    assert found.done_at is not None
    assert found.error_template
    assert world.place(place).motion_status == "completed"


def test_a_location_without_an_avatar_has_nothing_to_check(world: World) -> None:
    """HeyGen is not asked about 00000."""
    place = world.location()
    questions.answer(world.studio, questions.ask(world.studio.db, location_id=place, actor=PERSON))
    found = questions.newest(world.studio.db, place)
    assert found is not None
    assert "no avatar in HeyGen yet" in found.error_template
    assert world.calls("avatar") == 0


def test_the_worker_answers_a_check_of_the_connection(world: World) -> None:
    """A page only writes the question down; the queue has it answered with balance, groups and plan."""
    queue = jobs.of(world.studio)
    queue.start(1)
    try:
        queue.wake_check(questions.ask(world.studio.db, actor=PERSON))

        def answered():
            found = questions.newest(world.studio.db)
            return found if found and found.done_at else None

        found = eventually(answered)
    finally:
        queue.stop()
    assert (found.answer["credits"], found.answer["groups"], found.answer["group_limit"]) == (
        10 * CREDIT,
        0,
        3,
    )
