"""journal.md, "Send and settle": intent before the call, answers never fenced, the table of answers."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event

from core import clock, decisions, heygen, operations, runs
from core.leases import Owner
from core.models import Run
from core.operations import Outcome, settle
from tests.world import CREDIT, PERSON, World, eventually


def in_background(world: World, run: Run) -> threading.Thread:
    thread = threading.Thread(target=world.drive, args=(run,), daemon=True)
    thread.start()
    return thread


def sent(world: World, run: Run, kind: str):
    """The operation of this kind while its call is under way."""
    return eventually(lambda: next((o for o in world.operations(run, kind) if o.state == "sent"), None))


@contextmanager
def unwritable(world: World) -> Iterator[None]:
    """Every write to the database fails, as on a disk that cannot be written."""
    pool = world.studio.db.engine

    def forbid(connection, _record, _proxy) -> None:
        connection.execute("PRAGMA query_only = ON")

    def allow(connection, _record, _proxy) -> None:
        connection.execute("PRAGMA query_only = OFF")

    event.listen(pool, "checkout", forbid)
    try:
        yield
    finally:
        event.remove(pool, "checkout", forbid)
        event.listen(pool, "checkout", allow)


def test_the_intent_is_written_before_the_call(world: World) -> None:
    """While HeyGen has not answered, the operation stands there as sent, with request, hash and snapshot."""
    run = world.confirm(world.location())
    world.fault("create", "stall", seconds=1)
    thread = in_background(world, run)
    operation = sent(world, run, "create_group")
    assert operation.request["name"] == "Mila Hart - Studio"
    assert len(operation.request_hash) == 64
    assert operation.snapshot["groups"] == []
    assert operation.settled_at is None
    thread.join(20)
    assert world.run(run).state == "done"


def test_the_lease_must_outlast_the_call(world: World) -> None:
    """A process suspended between its last check and the send finds its lease too short and does not send."""
    run = world.confirm(world.location())
    world.step_until(run, lambda r: r.step == "group")
    owner = world.studio.owner

    class Suspended(Owner):
        """An owner that sleeps for a minute and a half after each renewal."""

        def __init__(self) -> None:
            self.__dict__ = owner.__dict__

        def renew(self, lease, seconds=15.0) -> bool:
            renewed = super().renew(lease, seconds)
            clock.shift(90)
            return renewed

    world.studio.owner = Suspended()
    world.step_until(run, lambda r: r.tries > 0)
    world.studio.owner = owner
    assert world.calls("create") == 0
    assert [o.state for o in world.operations(run, "create_group")] == ["absent"]
    assert world.drive(run).state == "done"
    assert len(world.heygen["groups"]) == 1


def test_answers_are_never_fenced(world: World) -> None:
    """The lease was lost while HeyGen worked: the ids and the charge are written all the same, once."""
    place = world.location()
    run = world.confirm(place)
    world.fault("motion", "stall", seconds=1)
    thread = in_background(world, run)
    sent(world, run, "add_motion")
    other = Owner(world.studio.db, world.studio.settings.data_dir)
    ahead = (clock.now() + timedelta(seconds=100)).replace(tzinfo=None).isoformat(" ")
    world.sql("UPDATE run SET fence = fence + 1, lease_owner = :o, lease_until = :t", o=other.id, t=ahead)
    eventually(lambda: world.operations(run, "add_motion")[0].state == "confirmed")
    assert world.place(place).heygen_avatar_id == world.heygen["groups"][0]["looks"][0]["id"]
    assert world.money.spent == CREDIT
    assert world.run(run).step == "motion", "only the run's progress is fenced"
    other.close()
    thread.join(20)
    assert world.run(run).state == "done", "a dead owner's lease is free at once"
    assert len(world.heygen["charges"]) == 1


def test_a_late_answer_is_kept_as_an_orphan(world: World) -> None:
    """An answer for an operation already declared absent is kept, and what it cost is booked."""
    run = world.confirm(world.location())
    world.fault("motion", "stall", seconds=1)
    thread = in_background(world, run)
    operation = sent(world, run, "add_motion")
    assert operation.id is not None
    with world.studio.db.write() as session:
        settle(session, operation.id, Outcome(state="absent"))
    assert world.money.held == 0
    eventually(lambda: world.operations(run, "add_motion")[0].orphan)
    assert world.money.spent == CREDIT
    thread.join(20)
    assert world.run(run).state == "done", "the motion that came through was adopted"
    assert len(world.heygen["motions"]) == 1
    assert world.money.spent == CREDIT
    assert world.money.available + world.money.held + world.money.spent == 10 * CREDIT


def test_a_settle_that_cannot_be_written_is_retried(world: World) -> None:
    """The database refuses every write while the answer comes: it is written as soon as it can be."""
    run = world.confirm(world.location())
    world.fault("create", "stall", seconds=1)
    thread = in_background(world, run)
    sent(world, run, "create_group")
    with unwritable(world):
        eventually(lambda: len(world.heygen["groups"]) == 1)
        threading.Event().wait(1.5)
        assert world.states(run, "create_group") == ["sent"]
    eventually(lambda: world.states(run, "create_group") == ["confirmed"], seconds=3)
    thread.join(20)
    assert world.run(run).state == "done"
    assert len(world.heygen["groups"]) == 1


def test_a_location_with_a_stored_group_never_gets_a_second_one(world: World) -> None:
    """The run failed at motion; a new run goes on there, and HeyGen holds one group."""
    place = world.location()
    world.fault("motion", "refuse", status=400, code="invalid_parameter", message="no")
    assert world.drive(world.confirm(place)).state == "failed"
    assert world.place(place).heygen_group_id is not None
    quote = world.quote(place, motion="kling")
    assert quote.to_make[0].first_step == "motion"
    (again,) = decisions.confirm(world.studio, quote, actor=PERSON)
    assert world.drive(again).state == "done"
    assert len(world.heygen["groups"]) == 1
    assert world.calls("create") == 1


def test_an_answer_never_replaces_a_stored_group(world: World) -> None:
    """A group came to the location while a create was under way: the answer's own is kept as an orphan."""
    place = world.location()
    run = world.confirm(place)
    world.fault("create", "stall", seconds=1)
    thread = in_background(world, run)
    sent(world, run, "create_group")
    world.sql("UPDATE location SET heygen_group_id = 'first', heygen_look_id = 'first-look'")
    eventually(lambda: world.operations(run, "create_group")[0].orphan)
    assert world.place(place).heygen_group_id == "first"
    thread.join(20)


@pytest.mark.parametrize("fault", ["drop_after", "error_after", "malformed", "empty", "no_ids"])
def test_a_lost_answer_of_create_makes_one_group(world: World, fault: str) -> None:
    """HeyGen did the work and the answer was lost in any way: unknown, looked for, adopted; one group."""
    place = world.location()
    world.fault("create", fault)
    run = world.confirm(place)
    world.step_until(run, lambda r: r.state == "unknown")
    assert world.operations(run, "create_group")[0].state == "unknown"
    run = world.drive(run)
    assert run.state == "done"
    (group,) = world.heygen["groups"]
    assert world.place(place).heygen_group_id == group["id"]
    assert world.calls("create") == 1


@pytest.mark.parametrize("fault", ["drop_after", "error_after", "malformed", "empty", "no_ids"])
def test_a_lost_answer_of_motion_is_paid_once(world: World, fault: str) -> None:
    """HeyGen took the credit and the answer was lost: the motion is found by its status and paid once."""
    place = world.location()
    world.fault("motion", fault)
    run = world.step_until(world.confirm(place), lambda r: r.state == "unknown")
    assert (world.money.held, world.money.spent) == (CREDIT, 0), "unknown: the hold stays"
    assert world.drive(run).state == "done"
    assert world.calls("motion") == 1
    assert len(world.heygen["charges"]) == 1
    assert world.money.spent == CREDIT
    assert world.place(place).heygen_avatar_id == world.heygen["groups"][0]["looks"][0]["id"]


@pytest.mark.parametrize("fault", ["drop_before", "error_before", "html"])
@pytest.mark.parametrize("route", ["create", "motion"])
def test_a_call_that_never_happened_is_made_again(world: World, route: str, fault: str) -> None:
    """HeyGen had done nothing and the answer was lost: after two looks a new attempt; one of each."""
    world.fault(route, fault)
    run = world.drive(world.confirm(world.location()))
    assert run.state == "done"
    assert world.calls(route) == 2
    assert (len(world.heygen["groups"]), len(world.heygen["charges"])) == (1, 1)
    kind = {"create": "create_group", "motion": "add_motion"}[route]
    assert [(o.attempt, o.state) for o in world.operations(run, kind)] == [(1, "absent"), (2, "confirmed")]
    again = ["release", "hold"] if route == "motion" else []
    assert world.entries(run) == ["hold", *again, "capture"], "a new attempt has its own hold"
    assert (world.money.spent, world.money.held) == (CREDIT, 0)


@pytest.mark.parametrize("fault", ["drop_after", "error_after", "malformed", "drop_before", "no_ids"])
def test_an_upload_is_repeated_whatever_happened(world: World, fault: str) -> None:
    """An upload is free and nobody owns it: it is sent again, and one group is made."""
    world.fault("upload", fault)
    run = world.drive(world.confirm(world.location()))
    assert run.state == "done"
    assert world.calls("upload") == 2
    assert len(world.heygen["groups"]) == 1


def test_a_refusal_releases_the_hold(world: World) -> None:
    """4xx with HeyGen's error: refused, the run failed under the brief's name, every credit is available."""
    world.fault("create", "refuse", status=400, code=40004, message="No face detected")
    run = world.drive(world.confirm(world.location()))
    assert (run.state, run.step, run.error_name) == ("failed", "group", "Avatar group creation failed")
    assert world.operations(run, "create_group")[0].state == "refused"
    assert world.money.available == 10 * CREDIT
    assert world.money.held == 0


def test_429_waits_without_a_thread(world: World) -> None:
    """HeyGen asks to come back in 2 s: the run is parked until then, its hold stays, then it goes on."""
    world.fault("motion", "rate_limit", seconds=2)
    run = world.confirm(world.location())
    run = world.step_until(run, lambda r: r.step == "motion" and r.tries > 0)
    assert run.state == "waiting"
    assert run.due_at is not None
    assert 1 < (run.due_at - clock.now()).total_seconds() <= 2
    assert world.money.held == CREDIT
    assert world.drive(run).state == "done"
    assert len(world.heygen["charges"]) == 1


def test_a_request_that_was_not_sent_is_tried_again_later(world: World) -> None:
    """HeyGen cannot be reached: nothing counts as sent, the run waits and goes on when it can be."""
    run = world.confirm(world.location())
    world.step_until(run, lambda r: r.step == "asset")
    client = world.studio.client

    nowhere = replace(world.studio.settings, api_base="http://127.0.0.1:9")
    world.studio.client = heygen.connect(nowhere)
    run = world.step_until(run, lambda r: r.tries >= 1)
    assert run.state == "waiting"
    (operation,) = world.operations(run)
    assert (operation.state, operation.error_code) == ("absent", operations.NOT_SENT)
    world.studio.client = client
    assert world.drive(run).state == "done"


def test_the_group_limit_is_not_believed_after_an_unresolved_create(world: World) -> None:
    """401028 after a create that counted as never made: the Studio looks again and finds its own group."""
    place = world.location()
    world.control("POST", "settings", group_limit=1)
    world.fault("create", "drop_after")
    world.fault("create", "hide", seconds=3600)
    run = world.confirm(place)
    run = world.step_until(run, lambda r: world.states(r, "create_group") == ["absent"])
    inner = world.studio.client

    class LateListing:
        """HeyGen's listing catches up between the look and the second create."""

        def __getattr__(self, name):
            return getattr(inner, name)

        def create_photo_avatar_group(self, name, image_key):
            clock.shift(3700)
            return inner.create_photo_avatar_group(name, image_key)

    world.studio.client = LateListing()
    run = world.drive(run)
    assert run.state == "done", run.error_template
    (group,) = world.heygen["groups"]
    assert world.place(place).heygen_group_id == group["id"]


def test_the_stop_flag_bars_every_creating_call(world: World) -> None:
    """Once the process is told to stop, no creating call starts; the run is left as it is."""
    run = world.confirm(world.location())
    world.step_until(run, lambda r: r.step == "group")
    world.studio.stopping.set()
    world.drive(run)
    assert run.id is not None
    runs.advance(world.studio, run.id)
    assert world.calls("create") == 0
    assert world.operations(run, "create_group") == []
