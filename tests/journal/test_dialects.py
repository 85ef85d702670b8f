"""What journal.md says of single dialects: motions that are looks (v2), repeats under one key (v3)."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from core import clock, decisions, heygen, quotes
from core.errors import BadInput
from core.heygen.errors import OutcomeUnknown
from core.models import Run
from core.sending import perform
from tests.world import CREDIT, PERSON, Over, World, eventually, open_world


@pytest.fixture
def looks(tmp_path: Path) -> Iterator[World]:
    """A world in which a motion is a look of its own."""
    with open_world(tmp_path / "data", HEYGEN_DIALECT="v2") as opened:
        yield opened


@pytest.fixture
def dollars(tmp_path: Path) -> Iterator[World]:
    """A world in which a lost call may be sent again under its key."""
    with open_world(tmp_path / "data", HEYGEN_DIALECT="v3") as opened:
        yield opened


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


def unknown_motion(world: World, *, others: int) -> Run:
    """A run whose motion's answer was lost while `others` motions were added by hand."""
    run = world.step_until(world.confirm(world.location()), lambda r: r.step == "motion")
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
    decisions.enter_id(looks.studio, run.id or 0, avatar_id=theirs, actor=PERSON)
    run = looks.drive(run)
    assert run.state == "unknown"
    assert "HeyGen does not know the ids that were entered" in looks.lines(run)


def test_a_failed_motion_leaves_the_still_look(looks: World) -> None:
    """After the motion broke, the next one is made from the still look, not from the broken one."""
    looks.fault("motion", "motion_fails")
    run = looks.drive(looks.confirm(looks.location()))
    assert run.state == "failed"
    decisions.retry(looks.studio, run.id or 0, price=CREDIT, actor=PERSON)
    run = looks.drive(run)
    assert run.state == "done"
    first, second = looks.operations(run, "add_motion")
    assert first.subject == second.subject == looks.place(run.location_id).heygen_look_id
    assert looks.place(run.location_id).heygen_avatar_id == second.look_id != first.look_id


def test_an_imported_motion_look_gets_another_motion_from_its_still_look(looks: World) -> None:
    """Only the motion look's id is known: the group shows the still one, which is kept from then on."""
    made = looks.place(looks.drive(looks.confirm(looks.location())).location_id)
    place = looks.location("Garden")
    edit = "UPDATE location SET heygen_avatar_id = :a, avatar_status = 'completed' WHERE id = :i"
    looks.sql(
        "UPDATE location SET heygen_avatar_id = '00000', heygen_group_id = NULL WHERE id = :i", i=made.id
    )
    looks.sql(edit, a=made.heygen_avatar_id, i=place)

    quote = quotes.quote(looks.studio, location_ids=[place], motion_type="kling", action="another_motion")
    run = looks.drive(decisions.confirm(looks.studio, quote, actor=PERSON)[0])
    assert run.state == "done", run.error_template
    location = looks.place(place)
    assert location.heygen_look_id == made.heygen_look_id
    assert location.heygen_avatar_id not in (made.heygen_avatar_id, made.heygen_look_id)


def unknown_create(world: World) -> Run:
    """A run whose group was made and whose answer was lost, before anything else."""
    world.fault("create", "drop_after")
    return world.step_until(world.confirm(world.location()), lambda r: r.state == "unknown")


def test_a_lost_call_is_sent_again_under_its_key(dollars: World) -> None:
    """HeyGen replays the first result: one group, one charge, one operation, and no look at its lists."""
    run = unknown_create(dollars)
    listed = dollars.calls("groups")
    run = dollars.step_until(run, lambda r: r.state != "unknown")
    assert dollars.states(run, "create_group") == ["confirmed"]
    assert (dollars.calls("create"), dollars.calls("groups")) == (2, listed)
    assert len(dollars.heygen["groups"]) == 1
    assert dollars.drive(run).state == "done"
    assert dollars.money.spent == CREDIT


def test_an_old_call_is_looked_up_and_not_sent_again(dollars: World) -> None:
    """HeyGen may have forgotten the key after a day: 20 hours later the group is found by its name."""
    run = unknown_create(dollars)
    clock.shift(timedelta(hours=21).total_seconds())
    assert dollars.drive(run).state == "done"
    assert dollars.calls("create") == 1


def test_a_call_that_was_changed_is_not_sent_again(dollars: World) -> None:
    """HeyGen would answer for another request under the same key: the hash is compared here."""
    run = unknown_create(dollars)
    dollars.sql(
        'UPDATE operation SET request = \'{"name": "x", "image_key": "y"}\' WHERE state = \'unknown\''
    )
    assert dollars.drive(run).state == "done"
    assert dollars.calls("create") == 1


def test_a_cancelled_run_begins_nothing_by_asking(dollars: World) -> None:
    """The call never arrived and a person cancelled: it is looked for, not sent, and nothing is spent."""
    dollars.fault("create", "drop_before")
    run = dollars.step_until(dollars.confirm(dollars.location()), lambda r: r.state == "unknown")
    decisions.request_cancel(dollars.studio, run.id or 0, actor=PERSON)
    assert dollars.drive(run).state == "cancelled"
    assert (dollars.calls("create"), dollars.money.spent, dollars.money.held) == (1, 0, 0)


def test_a_call_in_flight_is_come_back_to(dollars: World) -> None:
    """409: the first sending is still at work; the run waits and takes its result."""
    dollars.fault("create", "refuse", status=409, code="request_in_progress", message="in progress")
    run = dollars.drive(dollars.confirm(dollars.location()))
    assert run.state == "done"
    assert len(dollars.heygen["groups"]) == 1
    assert dollars.money.spent == CREDIT


def test_a_refused_call_never_uses_its_key_again(dollars: World) -> None:
    """The retry is a new attempt with a key of its own."""
    dollars.fault("create", "refuse", status=400, code="invalid_parameter", message="no")
    run = dollars.drive(dollars.confirm(dollars.location()))
    assert run.state == "failed"
    decisions.retry(dollars.studio, run.id or 0, price=CREDIT, actor=PERSON)
    run = dollars.drive(run)
    assert run.state == "done"
    first, second = dollars.operations(run, "create_group")
    assert first.idempotency_key != second.idempotency_key


def test_a_call_that_never_arrived_and_is_refused_ends_the_run(dollars: World) -> None:
    """Its repeats are refused and nothing of it is found: a new attempt meets the refusal, and that counts."""
    dollars.fault("create", "drop_before")
    run = dollars.step_until(dollars.confirm(dollars.location()), lambda r: r.state == "unknown")
    refusal = {"status": 400, "code": "invalid_parameter", "message": "no"}
    dollars.fault("create", "refuse", times=1000, **refusal)
    run = dollars.drive(run)
    assert (run.state, dollars.states(run, "create_group")) == ("failed", ["absent", "refused"])
    assert (dollars.money.spent, dollars.money.held) == (0, 0)


def test_what_stands_in_the_journal_is_what_is_sent(dollars: World) -> None:
    """The stored request and key make the same call: HeyGen answers it with the same group."""
    run = dollars.drive(dollars.confirm(dollars.location()))
    (call,) = dollars.operations(run, "create_group")
    again = perform(dollars.studio.client, call.kind, call.request, call.idempotency_key)
    assert again["group_id"] == call.group_id
    assert len(dollars.heygen["groups"]) == 1


def absent_motion(world: World, run: Run) -> Run:
    """The motion was made, its answer was lost, and HeyGen's listing of looks did not show it in time."""
    world.fault("motion", "drop_after")
    inner = world.studio.client

    def still_only(group_id: str) -> tuple[heygen.LookInfo, ...]:
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
    quote = quotes.quote(looks.studio, location_ids=[place], motion_type="kling", action="another_motion")
    (run,) = decisions.confirm(looks.studio, quote, actor=PERSON)
    run = looks.drive(absent_motion(looks, run))
    assert run.state == "done"
    assert (looks.calls("motion"), looks.money.spent) == (2, 2 * CREDIT)
    assert looks.place(place).heygen_avatar_id != before


def test_a_late_motion_look_that_failed_is_not_paid_again_by_itself(looks: World) -> None:
    """It was paid once and HeyGen could not make it: only a person pays again."""
    looks.fault("motion", "motion_fails")
    run = looks.drive(absent_motion(looks, looks.confirm(looks.location())))
    assert (run.state, run.step) == ("failed", "motion")
    assert (looks.calls("motion"), looks.money.spent, looks.money.held) == (1, CREDIT, 0)
