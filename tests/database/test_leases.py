"""journal.md, "Leases": one advances a run at a time, and nobody dead holds it."""

from datetime import timedelta

from core import clock
from core.database.leases import Owner
from core.database.tables.runs import Run
from core.journal import due
from core.runs import advance
from core.runs import queue as jobs
from tests.world import World, eventually


def other_owner(world: World) -> Owner:
    """Another process's identity over the same data."""
    return Owner(world.studio.db, world.studio.settings.data_dir)


def test_one_owner_at_a_time(world: World) -> None:
    """While one has the lease nobody else gets it; given back, it is free, with a higher fence."""
    run = world.confirm(world.location())
    other = other_owner(world)
    mine = world.studio.owner.take(run.id or 0)
    assert mine is not None
    assert other.take(run.id or 0) is None
    world.studio.owner.give_back(mine)
    theirs = other.take(run.id or 0)
    assert theirs is not None
    assert theirs.fence > mine.fence
    assert not world.studio.owner.renew(mine), "a lost lease cannot be renewed"
    other.close()


def test_a_run_that_waits_for_heygen_waits_also_while_it_is_looked_at(world: World) -> None:
    """Whoever takes it to look changes no state that people see: a badge does not flip each second."""
    run = world.confirm(world.location())
    world.sql("UPDATE run SET state = 'waiting'")
    lease = world.studio.owner.take(run.id or 0)
    assert lease is not None
    assert world.run(run).state == "waiting"
    world.studio.owner.give_back(lease)
    assert world.drive(run).state == "done"


def test_a_dead_owners_lease_is_free_at_once(world: World) -> None:
    """The owner's file lock can be taken, so its lease is void long before it expires."""
    run = world.confirm(world.location())
    other = other_owner(world)
    assert other.take(run.id or 0) is not None
    assert not world.studio.owner.is_dead(other.id)
    other.close()
    assert world.studio.owner.is_dead(other.id)
    assert world.studio.owner.take(run.id or 0) is not None


def test_an_expired_lease_is_free(world: World) -> None:
    """A living owner that did not renew its lease for longer than it lasts has lost it."""
    run = world.confirm(world.location())
    other = other_owner(world)
    lease = other.take(run.id or 0)
    assert lease is not None
    past = (clock.now() - timedelta(seconds=1)).replace(tzinfo=None).isoformat(" ")
    world.sql("UPDATE run SET lease_until = :t", t=past)
    assert world.studio.owner.take(run.id or 0) is not None
    other.close()


def test_a_lease_or_due_time_too_far_ahead_counts_as_passed(world: World) -> None:
    """The clock went back: what seems to lie a year ahead cannot have been written, so it is due."""
    place = world.location()
    run = world.confirm(place)
    other = other_owner(world)
    far = (clock.now() + timedelta(days=365)).replace(tzinfo=None).isoformat(" ")
    world.sql(
        "UPDATE run SET state = 'waiting', due_at = :t, lease_owner = :o, lease_until = :t", t=far, o=other.id
    )
    with world.studio.db.read() as session:
        assert due.due(session) == [run.id]
    advance.advance(world.studio, run.id or 0)
    assert world.run(run).step == "asset"
    other.close()


def test_a_step_that_began_in_the_future_begins_now(world: World) -> None:
    """The clock went back by minutes: what the step waits for is reckoned from now, not from then."""
    run = world.step_until(world.confirm(world.location()), lambda r: r.step == "motion")
    later = (clock.now() + timedelta(minutes=30)).replace(tzinfo=None).isoformat(" ")
    world.sql("UPDATE run SET step_at = :t, updated_at = :t, due_at = :t", t=later)
    advance.advance(world.studio, run.id or 0)
    assert world.run(run).step_at <= clock.now()


def test_a_heartbeat_keeps_a_held_lease(world: World, monkeypatch) -> None:
    """A lease that is held longer than it lasts is renewed by the process's heartbeat."""
    from core.database import leases

    monkeypatch.setattr(leases, "BEAT_SECONDS", 0.05)
    monkeypatch.setattr(leases, "LEASE_SECONDS", 0.4)
    run = world.confirm(world.location())
    owner = other_owner(world)
    lease = owner.take(run.id or 0)
    assert lease is not None
    first = world.run(run).lease_until
    assert first is not None
    eventually(lambda: (world.run(run).lease_until or first) > first + timedelta(seconds=0.8))
    assert world.studio.owner.take(run.id or 0) is None
    owner.close()


def test_not_due_means_not_yet(world: World) -> None:
    """A run whose due time lies ahead is not advanced, and no thread waits for it."""
    run = world.confirm(world.location())
    soon = (clock.now() + timedelta(seconds=30)).replace(tzinfo=None).isoformat(" ")
    world.sql("UPDATE run SET state = 'waiting', due_at = :t", t=soon)
    assert advance.advance(world.studio, run.id or 0) == world.run(run).due_at
    assert world.run(run).step == "photo"
    with world.studio.db.read() as session:
        assert due.due(session) == []
        assert due.can_move(session), "a due time ahead is busy, not idle"


def test_a_lost_queue_loses_nothing(world: World) -> None:
    """Nothing was ever enqueued for the run: the sweep at the worker's start finds it and it is done."""
    run = world.confirm(world.location())
    queue = jobs.of(world.studio)
    queue.start(workers=2)
    finished = eventually(lambda: _done(world, run))
    queue.stop()
    assert finished.step == "saved"


def _done(world: World, run: Run) -> Run | None:
    now = world.run(run)
    return now if now.state == "done" else None
