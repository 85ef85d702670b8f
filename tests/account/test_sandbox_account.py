"""Rehearsing failures and the sandbox's controls, against the real sandbox."""

from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import col, select

from core.account import failures, sandbox_account
from core.bloggers import past_avatars
from core.database.tables.bloggers import NO_AVATAR, Location, PastAvatar
from core.database.tables.money import Entry
from core.errors import BadInput, Refusal, StudioError
from core.heygen.transport import CHANGES
from core.money.ledger import Balances
from core.quotes import avatars
from tests.films import with_voices
from tests.world import CREDIT, PERSON, SPEED, World

#: Scenario and step -> the run's state, the step it stands at, credits spent, the failure's name.
ENDS = {
    ("lost_answer", "motion"): ("done", "saved", 1, ""),
    ("lost_answer", "group"): ("done", "saved", 1, ""),
    ("lost_answer", "asset"): ("done", "saved", 1, ""),
    ("lost_call", "motion"): ("done", "saved", 1, ""),
    ("lost_call", "group"): ("done", "saved", 1, ""),
    ("lost_call", "asset"): ("done", "saved", 1, ""),
    ("rate_limit", "motion"): ("done", "saved", 1, ""),
    ("no_face", "group"): ("failed", "group", 0, "Avatar group creation failed"),
    ("group_limit", "group"): ("failed", "group", 0, "Avatar group creation failed"),
    ("no_credits", "motion"): ("paused", "motion", 0, ""),
    ("motion_fails", "motion"): ("failed", "motion", 1, "Add motion failed"),
    ("photo_rejected", "group"): ("failed", "motion", 0, "Avatar group creation failed"),
    ("down", failures.EVERYWHERE): ("done", "saved", 1, ""),
}
#: Scenario and step of a video -> the run's state, the step it stands at, whether the video was paid.
VIDEO_ENDS = {
    ("lost_answer", "render"): ("done", "archive", True),
    ("lost_call", "render"): ("done", "archive", True),
    ("no_credits", "render"): ("paused", "render", False),
    ("render_fails", "render"): ("failed", "turn", False),
    ("credit_gone", "render"): ("paused", "turn", False),
    ("url_late", "render"): ("done", "archive", True),
    ("link_expired", "archive"): ("done", "archive", True),
}
#: These wait for real seconds at each step alike; one step stands for all.
SLOW = {("rate_limit", step) for step in ("group", "asset", "render")} | {
    ("too_slow", step) for step in ("motion", "group", "asset", "render")
}


def test_every_scenario_is_tried() -> None:
    """What can be chosen is what these tests have seen happen."""
    offered = {(scenario.slug, step) for scenario in failures.ALL for step in scenario.sees}
    assert offered == ENDS.keys() | VIDEO_ENDS.keys() | SLOW


@pytest.mark.parametrize(("slug", "step"), ENDS)
def test_a_rehearsed_failure_ends_as_it_says(world: World, slug: str, step: str) -> None:
    """Each failure strikes once and leaves the run and the money as its description promises."""
    location = world.location()
    sandbox_account.arm(world.studio, slug, step, actor=PERSON)
    (armed,) = sandbox_account.state(world.studio).armed
    assert (armed.slug, armed.step, armed.times) == (slug, step, 1)
    run = world.drive(world.confirm(location))
    state, at, spent, name = ENDS[slug, step]
    assert (run.state, run.step, run.error_name) == (state, at, name)
    assert world.money == Balances(available=(10 - spent) * CREDIT, held=0, spent=spent * CREDIT)
    assert world.heygen["credits"] == world.money.available


@pytest.mark.parametrize(("slug", "step"), VIDEO_ENDS)
def test_a_rehearsed_failure_of_a_video_ends_as_it_says(world: World, slug: str, step: str) -> None:
    """It strikes once; a video is charged once or not at all, and the books agree with the sandbox."""
    place = world.location()
    world.drive(world.confirm(place))
    sandbox_account.arm(world.studio, slug, step, actor=PERSON)
    films = with_voices(world)
    (run,) = films.finish(*films.order(place))
    state, at, paid = VIDEO_ENDS[slug, step]
    assert (run.state, run.step) == (state, at), world.lines(run)
    assert sandbox_account.state(world.studio).armed == ()
    assert len(films.renders) == (1 if paid else 0)
    assert world.money.available == world.heygen["credits"]
    assert world.money.held == 0


@pytest.mark.parametrize("step", ["motion", "group", "render"])
def test_the_slow_answer_is_slower_than_the_client_waits(world: World, step: str) -> None:
    """Otherwise nothing would go wrong."""
    sandbox_account.arm(world.studio, "too_slow", step, actor=PERSON)
    (fault,) = world.heygen["faults"]
    assert fault["seconds"] > CHANGES.read


def test_failures_strike_as_often_as_chosen_and_can_be_taken_back(world: World) -> None:
    """Three times at the motion, one disarmed beside it; what is disarmed never strikes."""
    sandbox_account.arm(world.studio, "no_credits", "motion", 3, actor=PERSON)
    sandbox_account.arm(world.studio, "no_face", "group", actor=PERSON)
    by_slug = {armed.slug: armed for armed in sandbox_account.state(world.studio).armed}
    assert {slug: armed.times for slug, armed in by_slug.items()} == {"no_credits": 3, "no_face": 1}
    sandbox_account.disarm(world.studio, by_slug["no_face"].numbers, actor=PERSON)
    run = world.drive(world.confirm(world.location()))
    assert (run.state, run.step) == ("paused", "motion")
    assert [(armed.slug, armed.times) for armed in sandbox_account.state(world.studio).armed] == [
        ("no_credits", 2)
    ]
    sandbox_account.disarm(world.studio, actor=PERSON)
    assert sandbox_account.state(world.studio).armed == ()


def test_a_fault_that_was_not_armed_here_is_shown_and_can_be_taken_back(world: World) -> None:
    """Somebody used the control routes: the fault has no scenario, but a number."""
    world.fault("looks", "malformed", times=2)
    (armed,) = sandbox_account.state(world.studio).armed
    assert (armed.slug, armed.route, armed.fault, armed.times) == ("", "looks", "malformed", 2)
    sandbox_account.disarm(world.studio, armed.numbers, actor=PERSON)
    assert sandbox_account.state(world.studio).armed == ()


@pytest.mark.parametrize(
    ("slug", "step", "times"),
    [("no_face", "motion", 1), ("rubbish", "group", 1), ("no_face", "group", 0), ("no_face", "group", 21)],
)
def test_nonsense_arms_nothing(world: World, slug: str, step: str, times: int) -> None:
    """A stale page's choice is refused in a sentence."""
    with pytest.raises(BadInput, match="Nothing was changed"):
        sandbox_account.arm(world.studio, slug, step, times, actor=PERSON)
    assert sandbox_account.state(world.studio).armed == ()


def test_a_refill_is_in_the_books_at_once(world: World) -> None:
    """Ten more credits, then exactly four: the ledger follows by adjust lines and agrees with the sandbox."""
    assert sandbox_account.add_credits(world.studio, 10, actor=PERSON)
    assert world.money == Balances(available=20 * CREDIT, held=0, spent=0)
    assert sandbox_account.set_credits(world.studio, 4, actor=PERSON)
    assert world.money == Balances(available=4 * CREDIT, held=0, spent=0)
    assert sandbox_account.state(world.studio).micro_credits == 4 * CREDIT


def test_a_refill_while_a_run_is_live_is_booked_after_it(world: World) -> None:
    """The hold stays what it is; once nothing runs the next reading books the difference."""
    run = world.confirm(world.location())
    assert not sandbox_account.add_credits(world.studio, 10, actor=PERSON)
    assert world.money == Balances(available=9 * CREDIT, held=1 * CREDIT, spent=0)
    world.drive(run)
    assert sandbox_account.add_credits(world.studio, 1, actor=PERSON)
    assert world.money == Balances(available=20 * CREDIT, held=0, spent=1 * CREDIT)


@pytest.mark.parametrize("credits", [-1, 100_001])
def test_an_impossible_balance_is_refused(world: World, credits: int) -> None:
    """The account stays as it was."""
    with pytest.raises(BadInput):
        sandbox_account.set_credits(world.studio, credits, actor=PERSON)
    with pytest.raises(BadInput):
        sandbox_account.add_credits(world.studio, credits, actor=PERSON)
    assert sandbox_account.state(world.studio).micro_credits == 10 * CREDIT


def test_speed_and_limit_hold_at_once(world: World) -> None:
    """The Studio's own pace follows the sandbox's speed; a limit of none is none."""
    sandbox_account.set_speed(world.studio, 8, actor=PERSON)
    assert (world.studio.pace, world.heygen["speed"]) == (8, 8)
    sandbox_account.set_group_limit(world.studio, 1, actor=PERSON)
    assert sandbox_account.state(world.studio).group_limit == 1
    sandbox_account.set_group_limit(world.studio, None, actor=PERSON)
    assert sandbox_account.state(world.studio).group_limit is None


def test_after_a_reset_nothing_points_to_what_is_gone(world: World) -> None:
    """No location keeps an id, every former avatar is on record as deleted, and the ledger agrees."""
    ready, failed, earlier = world.location("Ready"), world.location("Failed"), world.location("Earlier")
    for location in (ready, earlier):
        world.drive(world.confirm(location))
    sandbox_account.arm(world.studio, "motion_fails", "motion", actor=PERSON)
    world.drive(world.confirm(failed))
    with world.studio.db.write() as session:
        past_avatars.retire(session, session.get_one(Location, earlier), reason="photo", actor=PERSON.name)
    assert sandbox_account.reset_plan(world.studio) == sandbox_account.ResetPlan(
        locations=2, groups=3, live_runs=0
    )

    assert sandbox_account.reset(world.studio, actor=PERSON)

    for location in (ready, failed, earlier):
        place = world.place(location)
        assert (place.heygen_avatar_id, place.heygen_group_id, place.heygen_look_id) == (
            NO_AVATAR,
            None,
            None,
        )
        assert (place.avatar_status, place.motion_status) == ("none", "none")
    with world.studio.db.read() as session:
        kept = session.exec(select(PastAvatar).order_by(col(PastAvatar.location_id))).all()
        adjusts = session.exec(select(Entry.micro_credits).where(Entry.kind == "adjust")).all()
    assert [(row.location_id, row.reason) for row in kept] == [
        (ready, "slot"),
        (failed, "slot"),
        (earlier, "photo"),
    ]
    assert all(row.deleted_at and row.heygen_group_id for row in kept)
    assert list(adjusts) == [10 * CREDIT, 3 * CREDIT]
    assert world.money == Balances(available=10 * CREDIT, held=0, spent=3 * CREDIT)
    assert world.heygen["groups"] == []
    assert avatars.quote(world.studio, location_ids=[ready], motion_type="veo2").groups_used == 0
    assert world.drive(world.confirm(ready)).state == "done"


def test_a_run_that_failed_before_a_reset_can_be_retried_after_it(world: World) -> None:
    """Its uploaded photo is gone with the account, so the retry begins with the upload."""
    for slug, step, name in (("no_face", "group", "One"), ("motion_fails", "motion", "Two")):
        sandbox_account.arm(world.studio, slug, step, actor=PERSON)
        run = world.drive(world.confirm(world.location(name)))
        assert (run.state, run.step) == ("failed", step)
        sandbox_account.reset(world.studio, actor=PERSON)
        world.retry(run, price=1 * CREDIT)
        assert world.drive(run).state == "done"


def test_a_reset_waits_for_live_runs(world: World) -> None:
    """A run that is not over forbids it: the account and the location stay as they are."""
    done = world.location("Done")
    world.drive(world.confirm(done))
    world.confirm(world.location("Live"))
    with pytest.raises(Refusal, match="Runs that have not ended: 1"):
        sandbox_account.reset(world.studio, actor=PERSON)
    assert len(world.heygen["groups"]) == 1
    assert world.place(done).heygen_avatar_id != NO_AVATAR


CONTROLS: dict[str, Any] = {
    "state": sandbox_account.state,
    "add_credits": lambda studio: sandbox_account.add_credits(studio, 1, actor=PERSON),
    "set_credits": lambda studio: sandbox_account.set_credits(studio, 1, actor=PERSON),
    "set_speed": lambda studio: sandbox_account.set_speed(studio, 2, actor=PERSON),
    "set_group_limit": lambda studio: sandbox_account.set_group_limit(studio, 2, actor=PERSON),
    "arm": lambda studio: sandbox_account.arm(studio, "no_face", "group", actor=PERSON),
    "disarm": lambda studio: sandbox_account.disarm(studio, actor=PERSON),
    "reset_plan": sandbox_account.reset_plan,
    "reset": lambda studio: sandbox_account.reset(studio, actor=PERSON),
}


@pytest.mark.parametrize("control", CONTROLS)
def test_the_live_world_refuses_every_control(world: World, control: str) -> None:
    """With HeyGen's own address nothing is sent and nothing changes, whatever a page shows."""
    live = replace(world.studio.settings, api_base="https://api.heygen.com")
    assert live.world == "live"
    sandbox, before = world.studio.settings, world.heygen
    world.studio.settings = live
    with pytest.raises(Refusal, match="belongs to the sandbox"):
        CONTROLS[control](world.studio)
    world.studio.settings = sandbox
    assert world.heygen == before


@pytest.mark.parametrize("control", CONTROLS)
def test_a_silent_sandbox_is_one_sentence(world: World, control: str) -> None:
    """Nobody listens, or something else answers there: said at once, never raised as something else."""
    world.location()
    for base in ("http://127.0.0.1:9", world.photo_url.removesuffix("/photo.jpg")):
        world.studio.settings = replace(world.studio.settings, api_base=base)
        with pytest.raises(StudioError, match="did not answer as it should"):
            CONTROLS[control](world.studio)
    assert world.studio.pace == SPEED
