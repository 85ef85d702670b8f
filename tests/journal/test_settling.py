"""journal.md, "Send and settle": intent before the call, answers never fenced, the table of answers."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import event

from core import clock
from core.database.leases import Owner
from core.database.tables.runs import Run
from core.journal.settling import Outcome, settle
from core.runs import advance, confirm
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
    (again,) = confirm.confirm(world.studio, quote, actor=PERSON)
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


def test_the_stop_flag_bars_every_creating_call(world: World) -> None:
    """Once the process is told to stop, no creating call starts; the run is left as it is."""
    run = world.confirm(world.location())
    world.step_until(run, lambda r: r.step == "group")
    world.studio.stopping.set()
    world.drive(run)
    assert run.id is not None
    advance.advance(world.studio, run.id)
    assert world.calls("create") == 0
    assert world.operations(run, "create_group") == []
