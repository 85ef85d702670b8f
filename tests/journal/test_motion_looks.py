"""v2: a motion is a look of its own, found as a new one in the group and paid once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core import clock, heygen
from core.account import questions
from core.database.tables.bloggers import Location
from core.database.tables.runs import Run
from core.errors import BadInput
from core.heygen import answers
from core.heygen.errors import Missing, OutcomeUnknown
from core.journal.settling import Outcome, settle
from core.runs import decisions
from tests.conformance.support import agree
from tests.runs.support import confirm, made, wish
from tests.world import CREDIT, PERSON, Over, World, charged, eventually


def by_hand(world: World, look_id: str, motion: str = "kling") -> str:
    """A motion that somebody adds in HeyGen itself; returns its look."""
    return heygen.connect(world.studio.settings).add_motion_to_avatar(look_id, motion)["avatar_id"]


def test_the_motion_look_is_what_videos_use_and_both_ids_are_kept(looks: World) -> None:
    """The location has the still look and the motion look; the journal says which call made which."""
    place = looks.location()
    run = looks.drive(looks.confirm(place))
    location = looks.place(place)
    assert location.heygen_avatar_id != location.heygen_look_id
    (create,), (motion,) = looks.operations(run, "create_group"), looks.operations(run, "add_motion")
    assert (create.look_id, motion.look_id) == (location.heygen_look_id, location.heygen_avatar_id)
    assert motion.subject == location.heygen_look_id


def test_a_motion_added_by_hand_is_taken_and_nothing_is_paid(looks: World) -> None:
    """Before the Studio pays for a motion it looks whether the group has one that nobody here knows."""
    place = looks.location()
    run = looks.step_until(looks.confirm(place), lambda r: r.step == "motion")
    still = looks.place(place).heygen_look_id or ""
    eventually(lambda: looks.studio.client.get_avatar(still).status == "completed")
    theirs = by_hand(looks, still)
    run = looks.drive(run)
    assert run.state == "done"
    assert looks.place(place).heygen_avatar_id == theirs
    assert (looks.operations(run, "add_motion"), looks.money.spent) == ([], 0)


def unknown_motion(world: World, *, others: int, run: Run | None = None) -> Run:
    """A run whose motion's answer was lost while `others` motions were added by hand."""
    run = run or world.step_until(world.confirm(world.location()), lambda r: r.step == "motion")
    inner = world.studio.client

    def lost(avatar_id: str, motion_type: str, *, key: str) -> dict[str, str]:
        for _ in range(others):
            by_hand(world, avatar_id)
        inner.add_motion_to_avatar(avatar_id, motion_type, key=key)
        raise OutcomeUnknown("lost")

    world.studio.client = Over(inner, add_motion_to_avatar=lost)
    run = world.step_until(run, lambda r: r.state == "unknown")
    world.studio.client = inner
    return run


def test_a_new_motion_look_is_adopted(looks: World) -> None:
    """The one look that was not in the snapshot is the lost call's; it is paid once."""
    run = looks.drive(unknown_motion(looks, others=0))
    assert run.state == "done"
    assert looks.states(run, "add_motion") == ["confirmed"]
    assert looks.place(run.location_id).heygen_avatar_id == looks.operations(run, "add_motion")[0].look_id
    assert looks.money.spent == CREDIT


def test_of_several_new_motions_a_person_says_which(looks: World) -> None:
    """Two new looks cannot be told apart: the run asks, and takes the id of a motion and of nothing else."""
    run = looks.drive(unknown_motion(looks, others=1))
    assert (run.state, run.due_at) == ("unknown", None)
    (call,) = looks.operations(run, "add_motion")
    ids = [one["avatar_id"] for one in call.candidates]
    assert len(ids) == 2
    run_id = run.id or 0
    with pytest.raises(BadInput, match="was there before"):
        decisions.enter_id(looks.studio, run_id, avatar_id=call.subject, actor=PERSON)
    decisions.enter_id(looks.studio, run_id, avatar_id=ids[1], actor=PERSON)
    assert looks.drive(run).state == "done"
    assert looks.place(run.location_id).heygen_avatar_id == ids[1]


def test_an_entered_motion_of_another_avatar_is_not_believed(looks: World) -> None:
    """The look of another group is refused by what HeyGen says of it, and the question stays open."""
    other = looks.drive(looks.confirm(looks.location("Kitchen")))
    theirs = by_hand(looks, looks.place(other.location_id).heygen_look_id or "")
    run = looks.drive(unknown_motion(looks, others=1))
    looks.enter_id(run, theirs)
    run = looks.drive(run)
    assert run.state == "unknown"
    assert "HeyGen does not know the ids that were entered" in looks.lines(run)


def test_a_failed_motion_leaves_the_still_look(looks: World) -> None:
    """After the motion broke, the next one is made from the still look, not from the broken one."""
    looks.fault("motion", "motion_fails")
    run = looks.drive(looks.confirm(looks.location()))
    assert run.state == "failed"
    looks.retry(run, price=CREDIT)
    run = looks.drive(run)
    assert run.state == "done"
    first, second = looks.operations(run, "add_motion")
    assert first.subject == second.subject == looks.place(run.location_id).heygen_look_id
    assert looks.place(run.location_id).heygen_avatar_id == second.look_id != first.look_id


def imported(world: World) -> tuple[int, Location]:
    """A location of which only the motion look's id is known, and the one that had the avatar before."""
    before = world.place(made(world, "Terrace"))
    place = world.location("Garden")
    forget = (
        "UPDATE location SET heygen_avatar_id = '00000', heygen_group_id = NULL, heygen_look_id = NULL,"
        " avatar_status = 'none', motion_status = 'none' WHERE id = :i"
    )
    known = "UPDATE location SET heygen_avatar_id = :a, avatar_status = 'completed' WHERE id = :i"
    world.sql(forget, i=before.id)
    world.sql(known, a=before.heygen_avatar_id, i=place)
    return place, before


def test_an_imported_motion_look_gets_another_motion_from_its_still_look(looks: World) -> None:
    """Only the motion look's id is known: the group shows the still one, which is kept from then on."""
    place, before = imported(looks)
    run = looks.drive(confirm(looks, wish(looks, "another_motion", place)))
    assert run.state == "done", run.error_template
    location = looks.place(place)
    assert location.heygen_look_id == before.heygen_look_id
    assert location.heygen_avatar_id not in (before.heygen_avatar_id, before.heygen_look_id)


def absent_motion(world: World, run: Run) -> Run:
    """The motion was made, its answer was lost, and HeyGen's listing of looks did not show it in time."""
    world.fault("motion", "drop_after")
    inner = world.studio.client

    def still_only(group_id: str) -> tuple[answers.LookInfo, ...]:
        return tuple(look for look in inner.list_looks(group_id) if not look.is_motion)

    world.studio.client = Over(inner, list_looks=still_only)
    run = world.step_until(run, lambda r: "absent" in world.states(r, "add_motion"))
    world.studio.client = inner
    return run


def test_a_motion_look_that_shows_up_late_is_adopted(looks: World) -> None:
    """Counted as never made, then listed before the next attempt: it is taken, and paid once."""
    run = absent_motion(looks, looks.confirm(looks.location()))
    run = looks.drive(run)
    assert run.state == "done"
    assert (looks.calls("motion"), looks.money.spent, looks.money.held) == (1, CREDIT, 0)
    assert looks.states(run, "add_motion") == ["confirmed"]


def test_another_motion_that_shows_up_late_is_adopted(looks: World) -> None:
    """Also where the avatar has a motion already: the new look is told apart from the one in use."""
    place = looks.location()
    looks.drive(looks.confirm(place))
    before = looks.place(place).heygen_avatar_id
    run = looks.drive(absent_motion(looks, confirm(looks, wish(looks, "another_motion", place))))
    assert run.state == "done"
    assert (looks.calls("motion"), looks.money.spent) == (2, 2 * CREDIT)
    assert looks.place(place).heygen_avatar_id != before


def test_a_late_motion_look_that_failed_is_not_paid_again_by_itself(looks: World) -> None:
    """It was paid once and HeyGen could not make it: only a person pays again."""
    looks.fault("motion", "motion_fails")
    run = looks.drive(absent_motion(looks, looks.confirm(looks.location())))
    assert (run.state, run.step) == ("failed", "motion")
    assert (looks.calls("motion"), looks.money.spent, looks.money.held) == (1, CREDIT, 0)


@pytest.mark.parametrize(("group", "state"), [("kept", "done"), ("forgotten", "unknown")])
def test_where_heygen_tells_no_group_a_lost_motion_is_not_paid_again(
    looks: World, group: str, state: str
) -> None:
    """It is looked for in the location's own group; where that is not known either, a person decides."""
    place = made(looks)
    looks.fault("motion", "drop_after")
    run = confirm(looks, wish(looks, "another_motion", place))
    run = looks.step_until(run, lambda r: r.state == "unknown")
    if group == "forgotten":
        looks.sql("UPDATE location SET heygen_group_id = NULL")
    inner = looks.studio.client
    looks.studio.client = Over(inner, get_avatar=lambda a: replace(inner.get_avatar(a), group_id=None))
    run = looks.drive(run)
    assert (run.state, run.due_at) == (state, None)
    assert charged(looks) == 2 * CREDIT


def test_the_still_look_of_a_lost_create_is_not_its_motion(looks: World) -> None:
    """Somebody added a motion by hand meanwhile, and HeyGen lists the newest first."""
    looks.fault("create", "drop_after")
    run = looks.step_until(looks.confirm(looks.location()), lambda r: r.state == "unknown")
    still = looks.heygen["groups"][0]["looks"][0]["id"]
    eventually(lambda: looks.studio.client.get_avatar(still).status == "completed")
    theirs = by_hand(looks, still)
    inner = looks.studio.client
    looks.studio.client = Over(inner, list_looks=lambda group: tuple(reversed(inner.list_looks(group))))
    run = looks.drive(run)
    place = looks.place(run.location_id)
    assert (place.heygen_look_id, place.heygen_avatar_id) == (still, theirs)


def test_looks_that_heygen_does_not_know_yet_are_come_back_to(looks: World) -> None:
    """The group of a lost create is listed and its looks are 404 for a moment: nobody is asked."""
    looks.fault("create", "drop_after")
    run = looks.step_until(looks.confirm(looks.location()), lambda r: r.state == "unknown")
    inner, missed = looks.studio.client, []

    def lagging(group_id: str) -> tuple[answers.LookInfo, ...]:
        if not missed:
            missed.append(group_id)
            raise Missing("gone", status=404, code="avatar_group_not_found")
        return inner.list_looks(group_id)

    looks.studio.client = Over(inner, list_looks=lagging)
    assert looks.drive(run).state == "done"
    assert missed
    agree(looks)


def test_an_answer_after_a_person_gave_the_motion_up_is_used(looks: World) -> None:
    """It had counted as never made: the late answer's look is taken, and no second one is paid."""
    looks.fault("motion", "drop_before")
    run = looks.step_until(
        looks.confirm(looks.location()), lambda r: (r.step, r.state) == ("motion", "unknown")
    )
    looks.did_not_happen(run)
    (call,) = looks.operations(run, "add_motion")
    late = by_hand(looks, call.subject, "veo2")
    with looks.studio.db.write() as session:
        settle(session, call.id or 0, Outcome.confirmed({"avatar_id": late}))
    run = looks.drive(run)
    assert (run.state, looks.place(run.location_id).heygen_avatar_id) == ("done", late)
    assert charged(looks) == CREDIT
    agree(looks)


def test_a_motion_that_was_given_up_never_replaces_the_later_one(looks: World) -> None:
    """Late, then failed by a check, then another was paid: a retry of the first run changes nothing."""
    place = looks.location()
    first = looks.step_until(looks.confirm(place), lambda r: r.step == "saved")
    broken = looks.place(place).heygen_avatar_id
    inner = looks.studio.client

    def seen_as(status: str) -> Over:
        def get_avatar(avatar_id: str) -> answers.AvatarDetails:
            details = inner.get_avatar(avatar_id)
            return replace(details, motion_status=status) if avatar_id == broken else details

        return Over(inner, get_avatar=get_avatar)

    looks.studio.client = seen_as("processing")
    clock.shift(timedelta(hours=1).total_seconds())
    first = looks.drive(first)
    assert (first.state, first.step) == ("failed", "saved")
    looks.studio.client = seen_as("failed")
    questions.answer(looks.studio, questions.ask(looks.studio.db, location_id=place, actor=PERSON))
    assert looks.place(place).motion_status == "failed"
    assert looks.drive(looks.confirm(place)).state == "done"
    later = looks.place(place).heygen_avatar_id
    first = looks.drive(looks.retry(first, price=0))
    assert first.state == "failed"
    assert (looks.place(place).heygen_avatar_id, looks.place(place).motion_status) == (later, "completed")
    assert later != broken
    assert charged(looks) == 2 * CREDIT
    agree(looks)


def test_an_entered_motion_of_another_group_is_not_an_imported_avatars(looks: World) -> None:
    """Its group is not known here: HeyGen is asked for the group of the avatar itself."""
    other = looks.place(made(looks, "Kitchen"))
    stranger = by_hand(looks, other.heygen_look_id or "")
    place, _ = imported(looks)
    run = unknown_motion(looks, others=1, run=confirm(looks, wish(looks, "another_motion", place)))
    run = looks.drive(run)
    assert (run.state, run.due_at) == ("unknown", None)
    before = looks.place(place).heygen_avatar_id
    looks.enter_id(run, stranger)
    run = looks.drive(run)
    assert (run.state, looks.place(place).heygen_avatar_id) == ("unknown", before)
