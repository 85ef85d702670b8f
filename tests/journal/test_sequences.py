"""Sequences of events that break simpler rules: late answers, decisions at a bad moment, lagging listings."""

import threading
from dataclasses import replace

import pytest

from core import clock
from core.bloggers.exchange import applying, planning, reading
from core.errors import Refusal
from core.heygen.answers import AvatarDetails
from core.heygen.errors import OutcomeUnknown
from core.reports import runs
from core.runs import advance, decisions
from tests.world import CREDIT, PERSON, Over, World, eventually


def test_a_cancel_is_heard_until_the_call_leaves(world: World) -> None:
    """Cancel is pressed while the snapshot before the motion is read: nothing is sent, nothing is paid."""
    run = world.step_until(world.confirm(world.location()), lambda r: r.step == "motion")
    inner = world.studio.client

    def slow(avatar_id: str) -> AvatarDetails:
        details = inner.get_avatar(avatar_id)
        if details.status == "completed" and world.run(run).cancel_requested_by is None:
            world.cancel(run)
        return details

    world.studio.client = Over(inner, get_avatar=slow)
    assert world.drive(run).state == "cancelled"
    assert world.calls("motion") == 0
    assert world.money.available == 10 * CREDIT


def test_a_lost_motion_that_fails_late_is_not_paid_again_by_itself(world: World) -> None:
    """Counted as absent, then HeyGen shows it failed: it was paid once, and only a person pays again."""
    world.fault("motion", "motion_fails")
    world.fault("motion", "drop_after")
    run = world.step_until(world.confirm(world.location()), lambda r: r.step == "motion")
    inner = world.studio.client
    lagging = Over(inner, get_avatar=lambda a: replace(inner.get_avatar(a), motion_status="none"))
    world.studio.client = lagging
    run = world.step_until(run, lambda r: world.states(r, "add_motion") == ["absent"])
    world.studio.client = inner
    eventually(lambda: world.heygen["motions"][0]["status"] == "failed")
    assert world.drive(run).state == "failed"
    assert world.calls("motion") == 1
    assert world.money.spent == CREDIT


def test_an_absent_group_that_shows_without_its_look_is_waited_for(world: World) -> None:
    """The group of a lost create appears, its look not yet: no second group is made."""
    world.fault("create", "drop_after")
    world.fault("create", "hide", seconds=3600)
    run = world.confirm(world.location())
    run = world.step_until(run, lambda r: world.states(r, "create_group") == ["absent"])
    clock.shift(3700)
    inner = world.studio.client
    world.studio.client = Over(inner, list_looks=lambda group_id: ())
    for _ in range(5):
        advance.advance(world.studio, run.id or 0)
    world.studio.client = inner
    assert world.drive(run).state == "done"
    assert world.calls("create") == 1


def test_a_person_who_errs_is_still_charged_what_it_cost(world: World) -> None:
    """ "It did not happen" was wrong: the ledger says what HeyGen took, and it is not paid a third time."""
    world.fault("motion", "motion_fails")
    run = world.drive(world.confirm(world.location()))
    world.fault("motion", "drop_after")
    run = world.drive(world.retry(run, price=CREDIT))
    world.did_not_happen(run)
    assert world.drive(run).state == "done"
    assert not any("nothing was paid" in line for line in world.lines(run))
    assert world.money.spent == len(world.heygen["charges"]) * CREDIT == 2 * CREDIT
    assert (world.calls("motion"), world.money.held) == (2, 0)


@pytest.mark.parametrize("cause", ["the group was deleted", "the key was revoked"])
def test_a_look_that_heygen_refuses_asks_a_person(world: World, cause: str) -> None:
    """Looking again cannot help: the run is shown under "Needs attention" instead of looking for ever."""
    world.fault("motion", "drop_after")
    run = world.step_until(world.confirm(world.location()), lambda r: r.state == "unknown")
    if cause == "the group was deleted":
        world.studio.client.delete_group(world.heygen["groups"][0]["id"])
    else:
        world.fault("avatar", "refuse", status=401, code=400112, message="Unauthorized")
    run = world.drive(run)
    assert (run.state, run.due_at) == ("unknown", None)
    assert list(runs.attention(world.studio.db)["id"]) == [run.id]
    assert not any("Nothing was spent" in line for line in world.lines(run))
    assert world.money.held == CREDIT


@pytest.mark.parametrize("answer", ["it happened", "it did not happen"])
def test_a_persons_answer_counts_though_a_look_is_under_way(world: World, answer: str) -> None:
    """Check again, then an answer from a stale tab while HeyGen is read: the answer stands."""
    place = world.location()
    world.fault("motion", "motion_fails")
    run = world.drive(world.confirm(place))
    world.fault("motion", "drop_after" if answer == "it happened" else "drop_before")
    run = world.drive(world.retry(run, price=CREDIT))
    decisions.check_again(world.studio.db, run.id or 0, actor=PERSON)
    inner, avatar = world.studio.client, world.place(place).heygen_avatar_id

    def slow(avatar_id: str) -> AvatarDetails:
        details = inner.get_avatar(avatar_id)
        world.studio.client = inner
        if answer == "it happened":
            world.enter_id(run, avatar)
        else:
            world.did_not_happen(run)
        return details

    world.studio.client = Over(inner, get_avatar=slow)
    assert world.drive(run).state == "done"
    assert (world.money.held, world.money.spent) == (0, len(world.heygen["charges"]) * CREDIT)


def test_an_id_that_heygen_does_not_know_is_not_taken(world: World) -> None:
    """A mistyped id: the run asks again, the location keeps nothing of it."""
    place = world.location()
    world.fault("create", "drop_after")
    run = world.step_until(world.confirm(place), lambda r: r.state == "unknown")
    ours = world.heygen["groups"][0]
    key = world.studio.client.upload_asset(world.photo_url)
    world.studio.client.create_photo_avatar_group("Mila Hart - Studio", key)
    run = world.drive(run)
    avatar = ours["looks"][0]["id"]
    world.enter_id(run, avatar[:-1], ours["id"])
    run = world.drive(run)
    assert (run.state, run.due_at) == ("unknown", None)
    assert world.place(place).heygen_group_id is None
    world.enter_id(run, avatar, ours["id"])
    assert world.drive(run).state == "done"
    assert world.place(place).heygen_avatar_id == avatar


def test_a_refused_look_in_doubt_leaves_no_open_call_behind(world: World) -> None:
    """401028 is doubted and the doubting look is refused: the create is unknown, not forgotten."""
    world.control("POST", "settings", group_limit=1)
    world.fault("create", "drop_after")
    world.fault("create", "hide", seconds=3600)
    run = world.confirm(world.location())
    run = world.step_until(run, lambda r: world.states(r, "create_group") == ["absent"])
    inner = world.studio.client

    def create(name: str, image_key: str, *, key: str) -> dict[str, str]:
        world.fault("groups", "refuse", status=403, code="forbidden", message="no")
        return inner.create_photo_avatar_group(name, image_key, key=key)

    world.studio.client = Over(inner, create_photo_avatar_group=create)
    run = world.step_until(run, lambda r: r.state in ("failed", "unknown"))
    assert (run.state, world.states(run, "create_group")[-1]) == ("unknown", "unknown")


def test_a_retry_never_replaces_an_avatar_that_came_meanwhile(world: World) -> None:
    """The run failed, a colleague imported a real id: the old run's retry is refused, the id stays."""
    place = world.location()
    world.fault("create", "refuse", status=400, code=40004, message="No face")
    run = world.drive(world.confirm(place))
    file = (
        b'[{"name": "Mila Hart", "settings": {"locations": '
        b'[{"name": "Studio", "heygen_avatar_id": "made-by-hand"}]}}]'
    )
    plan = planning.plan_import(world.studio.db, reading.read_import(file, "x.json"))
    applying.apply_import(world.studio.db, plan, actor=PERSON)
    with pytest.raises(Refusal, match="already"):
        world.retry(run, price=CREDIT)
    assert world.place(place).heygen_avatar_id == "made-by-hand"
    assert world.money.held == 0


def test_passing_read_failures_do_not_add_up(world: World) -> None:
    """HeyGen hiccups ten times with good answers in between: the run goes on to its end."""
    run = world.step_until(world.confirm(world.location()), lambda r: r.step == "saved")
    inner, reads = world.studio.client, iter(range(1000))

    def hiccuping(avatar_id: str) -> AvatarDetails:
        read = next(reads)
        if read < 20 and read % 2:
            raise OutcomeUnknown("HeyGen hiccups.")
        return replace(inner.get_avatar(avatar_id), **({"motion_status": "processing"} if read < 20 else {}))

    world.studio.client = Over(inner, get_avatar=hiccuping)
    world.sql("UPDATE run SET step_at = '2999-01-01 00:00:00.000000'")
    assert world.drive(run).state == "done"
    assert next(reads) > 20


def test_a_status_read_long_ago_does_not_overwrite_a_newer_one(world: World) -> None:
    """A process that slept through the end of the run wakes up with an old status: it writes nothing."""
    place = world.location()
    run = world.step_until(world.confirm(place), lambda r: r.step == "saved")
    inner = world.studio.client
    asleep, awake = threading.Event(), threading.Event()

    def sleepy(avatar_id: str) -> AvatarDetails:
        details = replace(inner.get_avatar(avatar_id), motion_status="processing")
        asleep.set()
        awake.wait(20)
        return details

    world.studio.client = Over(inner, get_avatar=sleepy)
    sleeper = threading.Thread(target=advance.advance, args=(world.studio, run.id))
    sleeper.start()
    assert asleep.wait(20)
    world.studio.client = inner
    world.sql("UPDATE run SET fence = fence + 1, lease_owner = NULL, lease_until = NULL, due_at = NULL")
    assert world.drive(run).state == "done"
    awake.set()
    sleeper.join(20)
    assert world.place(place).motion_status == "completed"
