"""The breaker: HeyGen's credits are gone, paid work pauses as a whole, and goes on without paying twice."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import func, select

from core import clock
from core.account import balance
from core.database.tables.money import Reading
from core.database.tables.runs import Operation, Run
from core.errors import Refusal
from core.journal import breaker, due, progress, sending, settling
from core.people.roles import BOOKKEEPER
from core.runs import advance, decisions, drive, queue
from core.studio import Studio, open_studio
from tests.journal.support import NO_CREDIT, all_halts, credits, started
from tests.people import somebody
from tests.world import CREDIT, PERSON, Over, World, at_once, eventually, open_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Ten credits, and room for ten avatar groups."""
    with open_world(tmp_path / "data", PLAN="pro") as opened:
        opened.control("POST", "settings", group_limit=10)
        yield opened


def states(world: World, some: list[Run]) -> list[str]:
    return [world.run(run).state for run in some]


def finish(world: World, *some: Run) -> list[Run]:
    return drive.drive(world.studio, [run.id for run in some])


def halted(world: World, count: int = 3) -> list[Run]:
    """That many runs, paused because the first one's call was refused."""
    some = started(world, count)
    credits(world, 0)
    world.drive(some[0])
    assert states(world, some) == ["paused"] * count
    return some


def test_one_refusal_pauses_everything_that_waits(world: World) -> None:
    """Five runs, no credits: one halt, one refused call, nothing spent, and no other paid call is made."""
    some = started(world, 5)
    credits(world, CREDIT // 2)
    finish(world, *some)
    assert states(world, some) == ["paused"] * 5
    (halt,) = all_halts(world)
    assert (halt.run_id, halt.code, halt.needed) == (some[0].id, "insufficient_credit", CREDIT)
    assert world.calls("motion") == 1
    assert world.states(some[0], "add_motion") == ["refused"]
    assert (world.money.spent, world.money.held) == (0, 4 * CREDIT)
    standing = breaker.standing(world.studio.db)
    assert standing is not None
    assert standing.runs == 5
    finish(world, *some)
    with world.studio.db.read() as session:
        assert due.due(session) == []
        assert not due.can_move(session)
    assert world.calls("motion") == 1


def test_resumed_runs_finish_with_one_charge_each(world: World) -> None:
    """After the button all go on from where they stood; each is paid once."""
    some = halted(world, 3)
    credits(world, 10 * CREDIT)
    assert breaker.lift(world.studio.db, actor=somebody()) == [run.id for run in some]
    assert [run.state for run in finish(world, *some)] == ["done"] * 3
    (halt,) = all_halts(world)
    assert halt.lifted_by == "Ann"
    assert len(world.heygen["charges"]) == 3
    assert (world.money.spent, world.money.held) == (3 * CREDIT, 0)
    assert world.states(some[0], "add_motion") == ["refused", "confirmed"]
    assert world.calls("upload") == world.calls("create") == 3


def test_a_second_press_changes_nothing(world: World) -> None:
    """Two people press Resume: the runs go on once, and the second press finds nothing to do."""
    halted(world, 2)
    assert breaker.lift(world.studio.db, actor=somebody())
    assert breaker.lift(world.studio.db, actor=somebody("Bob")) == []
    (halt,) = all_halts(world)
    assert halt.lifted_by == "Ann"


def test_the_balance_lifts_it_once_it_covers_the_refused_call(world: World) -> None:
    """Half a credit more is not enough for a motion; enough is, and the record says who resumed."""
    (run,) = halted(world, 1)
    for micro in (0, CREDIT // 2):
        credits(world, micro)
        balance.refresh(world.studio)
        assert world.run(run).state == "paused"
    credits(world, 5 * CREDIT)
    balance.refresh(world.studio)
    assert world.run(run).state == "queued"
    assert [halt.lifted_by for halt in all_halts(world)] == [BOOKKEEPER]
    assert world.drive(run).state == "done"
    assert len(world.heygen["charges"]) == 1


def test_a_refusal_that_the_balance_contradicts_waits_for_a_person(world: World) -> None:
    """HeyGen refuses though its balance shows enough: reading it again and again sends no call."""
    run = world.confirm(world.location())
    world.fault("motion", "refuse", times=2, **NO_CREDIT)
    assert world.drive(run).state == "paused"
    for _ in range(3):
        balance.refresh(world.studio)
    assert world.run(run).state == "paused"
    breaker.lift(world.studio.db, actor=PERSON)
    assert world.drive(run).state == "paused"
    balance.refresh(world.studio)
    assert world.run(run).state == "paused"
    assert world.calls("motion") == 2
    assert len(all_halts(world)) == 2
    breaker.lift(world.studio.db, actor=PERSON)
    assert world.drive(run).state == "done"
    assert world.states(run, "add_motion") == ["refused", "refused", "confirmed"]
    assert (world.money.spent, world.money.held) == (CREDIT, 0)


def test_a_reading_from_before_the_refusal_lifts_nothing(world: World) -> None:
    """The balance was asked for before the call was refused and is written down after it: it is old."""
    asked_at = clock.now()
    world.sql("UPDATE reading SET micro_credits = 0")
    halted(world, 1)
    with world.studio.db.write() as session:
        old = Reading(micro_credits=9 * CREDIT, groups=0, read_at=asked_at)
        assert breaker.lift_if_covered(session, old) == []


def test_a_clock_that_went_back_hides_no_refusal(world: World) -> None:
    """Resumed at a time that is still to come: the next refusal pauses after one call, not after many."""
    (run,) = halted(world, 1)
    breaker.lift(world.studio.db, actor=PERSON)
    world.sql("UPDATE halt SET lifted_at = '2999-01-01 00:00:00'")
    assert world.drive(run).state == "paused"
    assert world.calls("motion") == 2


def test_a_second_refusal_under_the_same_halt_is_no_second_halt(world: World) -> None:
    """Two calls were on their way when credits ended: both runs rest, one halt is open, both go on."""
    one, two = started(world, 2)
    for run in (one, two):
        world.step_until(run, lambda now: now.step == "motion")
    credits(world, 0)
    gate = threading.Barrier(2, timeout=20)
    inner = world.studio.client

    def together(avatar_id: str, motion: str, *, key: str) -> Any:
        gate.wait()
        return inner.add_motion_to_avatar(avatar_id, motion, key=key)

    world.studio.client = Over(inner, add_motion_to_avatar=together)
    at_once(world.drive, [one, two])
    world.studio.client = inner
    assert states(world, [one, two]) == ["paused", "paused"]
    assert len(all_halts(world)) == 1
    assert world.money.held == 0
    credits(world, 5 * CREDIT)
    breaker.lift(world.studio.db, actor=PERSON)
    assert [run.state for run in finish(world, one, two)] == ["done", "done"]
    assert len(world.heygen["charges"]) == 2


def test_a_run_that_somebody_has_pauses_at_its_next_step(world: World) -> None:
    """Its free step is finished first; nothing paid is sent for it."""
    one, two = started(world, 2)
    world.step_until(one, lambda now: now.step == "motion")
    credits(world, 0)
    lease = world.studio.owner.take(two.id or 0)
    assert lease is not None
    assert world.drive(one).state == "paused"
    assert world.run(two).state == "running"
    world.studio.owner.give_back(lease)
    assert world.drive(two).state == "paused"
    assert world.operations(two) == []


def test_a_halt_between_the_look_and_the_call_stops_the_call(world: World) -> None:
    """Paid work was paused while the run read its avatar: the intent is not written, nothing is sent."""
    one, two = started(world, 2)
    for run in (one, two):
        world.step_until(run, lambda now: now.step == "motion")
    inner = world.studio.client

    def tripping(avatar_id: str) -> Any:
        world.studio.client = inner
        seen = eventually(lambda: _ready(inner.get_avatar(avatar_id)))
        credits(world, 0)
        assert world.drive(one).state == "paused"
        return seen

    world.studio.client = Over(inner, get_avatar=tripping)
    assert world.drive(two).state == "paused"
    assert world.calls("motion") == 1
    assert world.operations(two, "add_motion") == []
    assert world.money.held == CREDIT


def _ready(details: Any) -> Any:
    return details if details.status == "completed" else None


def test_what_is_paid_or_free_goes_on(world: World) -> None:
    """A motion that HeyGen is making is waited for, and a slot is freed, while paid work is paused."""
    paid = world.step_until(world.confirm(world.location("Paid")), lambda now: now.step == "saved")
    (run,) = halted(world, 1)
    assert world.drive(paid).state == "done"
    quote = world.quote(paid.location_id)
    assert quote.to_make == ()
    with world.studio.db.read() as session:
        assert not breaker.ahead(session, world.run(paid))
        assert breaker.ahead(session, world.run(run))


def test_a_motion_accepted_a_moment_ago_is_not_held_back(world: World) -> None:
    """Its answer is written, the next step is not: paid work is behind it already, so it goes on."""
    run = world.step_until(world.confirm(world.location("Paid")), lambda now: now.step == "motion")
    lease = world.studio.owner.take(run.id or 0)
    assert lease is not None
    assert send_motion(world, lease, run).state == "confirmed"
    world.studio.owner.give_back(lease)
    halted(world, 1)
    assert world.run(run).state == "running"
    assert world.drive(run).state == "done"
    assert len(world.heygen["charges"]) == 1


def test_a_run_that_costs_nothing_goes_on(world: World) -> None:
    """A motion that was agreed to be free pauses for nobody's credits."""
    free = world.confirm(world.location("Free"))
    world.sql("""UPDATE run SET prices = '{"add_motion": 0}' WHERE id = :id""", id=free.id)
    some = started(world, 1)
    world.fault("motion", "refuse", **NO_CREDIT)
    world.drive(some[0])
    assert states(world, [free, *some]) == ["queued", "paused"]
    assert world.drive(free).state == "done"


def test_an_unknown_run_is_resolved_while_paid_work_is_paused(world: World) -> None:
    """Its call may have been paid: the look goes on and adopts it; the halt does not touch it."""
    lost = world.step_until(world.confirm(world.location("Lost")), lambda now: now.step == "motion")
    world.fault("motion", "drop_after")
    lost = world.step_until(lost, lambda now: now.state == "unknown")
    halted(world, 1)
    assert world.drive(lost).state == "done"
    assert len(world.heygen["charges"]) == 1
    assert world.money.spent == CREDIT


def test_a_call_that_never_arrived_is_not_repeated_before_the_lift(world: World) -> None:
    """Found absent while paid work is paused: the next attempt waits, with nothing held for it."""
    lost = world.step_until(world.confirm(world.location("Lost")), lambda now: now.step == "motion")
    world.fault("motion", "drop_before")
    lost = world.step_until(lost, lambda now: now.state == "unknown")
    halted(world, 1)
    assert world.drive(lost).state == "paused"
    assert world.states(lost, "add_motion") == ["absent"]
    credits(world, 5 * CREDIT)
    breaker.lift(world.studio.db, actor=PERSON)
    assert world.drive(lost).state == "done"
    assert world.states(lost, "add_motion") == ["absent", "confirmed"]
    assert world.money.spent == CREDIT


def test_a_paused_run_can_be_cancelled(world: World) -> None:
    """It ends at once, gives its hold back and stays ended after the lift."""
    one, two = halted(world, 2)
    assert decisions.request_cancel(world.studio, two.id or 0, actor=somebody()).state == "cancelled"
    assert world.money.held == 0
    assert breaker.lift(world.studio.db, actor=PERSON) == [one.id]
    assert world.run(two).state == "cancelled"


def test_a_cancel_asked_during_the_refused_call_ends_the_run(world: World) -> None:
    """Cancel was pressed while the call was on its way: refused, it is cancelled and does not rest."""
    run = world.step_until(world.confirm(world.location()), lambda now: now.step == "motion")
    inner = world.studio.client

    def refused(*_: Any, key: str) -> Any:
        world.cancel(run)
        return inner.add_motion_to_avatar(*_, key=key)

    credits(world, 0)
    world.studio.client = Over(inner, add_motion_to_avatar=refused)
    assert world.drive(run).state == "cancelled"
    assert world.money.held == 0
    assert len(all_halts(world)) == 1


def test_a_lift_while_a_run_is_pausing_leaves_none_behind(world: World) -> None:
    """Resumed between the refusal and the run's own pause: it does not rest under a halt that is lifted."""
    run = world.step_until(world.confirm(world.location()), lambda now: now.step == "motion")
    credits(world, 0)
    lease = world.studio.owner.take(run.id or 0)
    assert lease is not None
    outcome = send_motion(world, lease, run)
    assert outcome.state == "refused"
    assert breaker.lift(world.studio.db, actor=PERSON) == []
    with progress.progress(world.studio, lease) as (session, now):
        assert not breaker.pause(session, now)
    world.studio.owner.give_back(lease)
    credits(world, 5 * CREDIT)
    assert world.drive(run).state == "done"


def send_motion(world: World, lease: Any, run: Run) -> settling.Outcome:
    avatar = world.place(run.location_id).heygen_look_id or ""
    eventually(lambda: world.studio.client.get_avatar(avatar).status == "completed")
    call = sending.Call(
        kind="add_motion",
        subject=avatar,
        request={"avatar_id": avatar, "type": "veo2"},
        price=CREDIT,
    )
    return sending.send(world.studio, lease, call)


def test_a_process_that_dies_after_the_refusal_has_paused_the_others(world: World) -> None:
    """The halt stands in the refusal's own transaction; who finds the run pauses it without a call."""
    one, two = started(world, 2)
    world.step_until(one, lambda now: now.step == "motion")
    credits(world, 0)
    dying = open_studio(world.studio.settings)
    lease = dying.owner.take(one.id or 0)
    assert lease is not None
    send_motion(World(dying, world.photo_url), lease, one)
    assert states(world, [one, two]) == ["running", "paused"]
    dying.owner.close()
    assert world.drive(one).state == "paused"
    assert world.calls("motion") == 1
    credits(world, 5 * CREDIT)
    breaker.lift(world.studio.db, actor=PERSON)
    assert [run.state for run in finish(world, one, two)] == ["done", "done"]
    assert world.money.spent == len(world.heygen["charges"]) * CREDIT == 2 * CREDIT


def test_a_worker_that_found_a_run_due_before_the_halt_does_not_wake_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found due, then paused by another worker, then leased: it rests and nothing is done with it."""
    one, two = started(world, 2)
    world.step_until(one, lambda now: now.step == "motion")
    credits(world, 0)
    take = world.studio.owner.take

    def late(run_id: int) -> Any:
        monkeypatch.setattr(world.studio.owner, "take", take)
        assert world.drive(one).state == "paused"
        return take(run_id)

    monkeypatch.setattr(world.studio.owner, "take", late)
    assert advance.advance(world.studio, two.id or 0) is None
    assert world.run(two).state == "paused"
    assert world.run(two).lease_owner is None
    assert sum(line.startswith("Paid work is paused") for line in world.lines(two)) == 1


def test_nothing_that_costs_something_is_retried_while_paid_work_is_paused(world: World) -> None:
    """A failed run's retry is refused with the reason; after the lift it is held and made."""
    world.fault("motion", "refuse", status=400, code="invalid_parameter", message="no")
    failed = world.drive(world.confirm(world.location("Failed")))
    halted(world, 1)
    with pytest.raises(Refusal, match="Paid work is paused"):
        world.retry(failed, price=CREDIT)
    credits(world, 5 * CREDIT)
    breaker.lift(world.studio.db, actor=PERSON)
    world.retry(failed, price=CREDIT)
    assert world.drive(failed).state == "done"


def test_new_work_is_refused_while_paid_work_is_paused(world: World) -> None:
    """A quote says why it cannot be confirmed; after the lift it can."""
    halted(world, 1)
    place = world.location("New")
    assert breaker.PAUSED in [problem.code for problem in world.quote(place).problems]
    breaker.lift(world.studio.db, actor=PERSON)
    assert world.quote(place).problems == ()


def test_whatever_is_pressed_while_workers_race_each_run_is_paid_once(world: World) -> None:
    """Four workers, credits that come and go, people who resume: every run ends done, charged once."""
    some = started(world, 3)
    stop = threading.Event()

    def work(studio: Studio) -> None:
        while not stop.is_set():
            for run in some:
                advance.advance(studio, run.id or 0)

    studios = [world.studio, open_studio(world.studio.settings)]
    threads = [threading.Thread(target=work, args=(studio,)) for studio in studios * 2]
    for thread in threads:
        thread.start()
    try:
        credits(world, 0)
        for _ in range(3):
            eventually(lambda: "paused" in states(world, some) or None)
            breaker.lift(world.studio.db, actor=PERSON)
        credits(world, 10 * CREDIT)
        eventually(lambda: _all_done(world, some), seconds=60)
    finally:
        stop.set()
        for thread in threads:
            thread.join(30)
        studios[1].close()
    with world.studio.db.read() as session:
        confirmed = session.exec(
            select(func.count())
            .select_from(Operation)
            .where(Operation.kind == "add_motion", Operation.state == "confirmed")
        ).one()
    assert len(world.heygen["charges"]) == confirmed == 3
    assert (world.money.spent, world.money.held) == (3 * CREDIT, 0)


def _all_done(world: World, some: list[Run]) -> bool:
    breaker.lift(world.studio.db, actor=PERSON)
    return states(world, some) == ["done"] * 3


def at(world: World, name: str, step: str) -> Run:
    return world.step_until(world.confirm(world.location(name)), lambda now: now.step == step)


def test_a_run_whose_motion_is_open_is_not_paused(world: World) -> None:
    """A person has said which motion it was; another run trips the breaker: it is found, charged and kept."""
    lost, other = at(world, "Lost", "motion"), at(world, "Other", "motion")
    world.fault("motion", "drop_after")
    lost = world.step_until(lost, lambda now: now.state == "unknown")
    avatar = world.operations(lost, "add_motion")[0].subject
    world.enter_id(lost, avatar)
    world.fault("motion", "refuse", **NO_CREDIT)
    assert world.drive(other).state == "paused"
    assert world.run(lost).state != "paused"
    assert world.drive(lost).state == "done"
    breaker.lift(world.studio.db, actor=PERSON)
    assert world.drive(other).state == "done"
    assert world.money.spent == sum(one["micro_credits"] for one in world.heygen["charges"]) == 2 * CREDIT


def test_a_cancel_during_a_pause_does_not_lose_a_group(world: World) -> None:
    """The group's answer was lost and a person entered its ids: a cancel then keeps it for its location."""
    other = at(world, "Other", "motion")
    place = world.location("Lost")
    lost = world.step_until(world.confirm(place), lambda now: now.step == "group")
    world.fault("create", "drop_after")
    lost = world.step_until(lost, lambda now: now.state == "unknown")
    (group,) = [one for one in world.studio.client.list_groups().groups if one.name == lost.group_name]
    look = eventually(lambda: world.studio.client.list_looks(group.id))[0].id
    world.enter_id(lost, look, group.id)
    world.fault("motion", "refuse", **NO_CREDIT)
    world.drive(other)
    world.cancel(lost)
    assert world.drive(lost).state == "cancelled"
    assert world.states(lost, "create_group") == ["confirmed"]
    assert world.place(place).heygen_group_id == group.id


def test_a_refusal_that_credits_do_not_cure_is_not_tried_again_and_again(world: World) -> None:
    """Credits were bought meanwhile, and a quota is what is used up: one call, then a person."""
    run = at(world, "One", "motion")
    credits(world, 30 * CREDIT)
    balance.refresh(world.studio)
    world.fault("motion", "refuse", times=50, status=400, code="quota_exceeded", message="x")
    world.drive(run)
    for _ in range(3):
        queue.of(world.studio).sweep()
        world.drive(run)
    assert world.calls("motion") == 1


def test_credits_bought_right_after_the_refusal_lift_it(world: World) -> None:
    """The balance is read at once, so that what is added a moment later is seen as a rise."""
    run = at(world, "One", "motion")
    credits(world, 0)
    assert world.drive(run).state == "paused"
    assert balance.refresh_after_run(world.studio) == []
    assert balance.refresh_after_run(world.studio) == []
    credits(world, 10 * CREDIT)
    clock.shift(301)
    queue.of(world.studio).sweep()
    assert world.run(run).state != "paused"


def test_what_a_refusal_gave_back_is_held_again_before_others_can_take_it(world: World) -> None:
    """The ledger knows of bought credits only later: the paused run holds what it gave back."""
    credits(world, 2 * CREDIT)
    balance.refresh(world.studio)
    first, second = started(world, 2)
    world.step_until(first, lambda now: now.step == "motion")
    credits(world, 0)
    assert world.drive(first).state == "paused"
    credits(world, 50 * CREDIT)
    balance.refresh(world.studio)
    assert world.money.held == 2 * CREDIT
    done = drive.drive(world.studio, [first.id, second.id])
    assert [run.state for run in done] == ["done", "done"]


def test_after_an_upgrade_what_was_spent_is_judged_at_rest(world: World) -> None:
    """Readings of the version before were never compared: the next one at rest is."""
    world.sql("UPDATE reading SET compared = 0")
    run = at(world, "One", "saved")
    queue.of(world.studio).sweep()
    world.drive(run)
    queue.of(world.studio).sweep()
    with world.studio.db.read() as session:
        newest = balance.latest(session)
    assert newest is not None
    assert newest.compared


def test_a_line_of_a_day_to_come_holds_nothing_up(world: World) -> None:
    """The clock was ahead by a year when a run was paid: balances are compared all the same."""
    clock.shift(365 * 86_400)
    world.drive(world.confirm(world.location()))
    clock.shift(0)
    assert balance.refresh(world.studio).compared
