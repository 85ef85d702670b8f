"""HeyGen's balance is read when something was spent or somebody looks, and judged only while all rests."""

from collections.abc import Iterator

import pytest

from core import clock
from core.account import balance
from core.amounts import least_step
from core.database.tables.money import Reading
from core.database.tables.runs import Run
from core.journal import breaker
from core.money import corrections
from core.reports import reconciliation
from core.runs import queue as jobs
from tests.world import CREDIT, PERSON, Over, World, eventually

MINUTE = 60.0
LOOK = 5 * MINUTE + 1


@pytest.fixture
def queue(world: World) -> Iterator[jobs.Jobs]:
    """The world's queue, with a worker; nothing has been read but at the start."""
    queue = jobs.of(world.studio)
    queue.start(workers=1)
    yield queue
    queue.stop()


def outside(world: World) -> list[int]:
    """What was booked as changed outside the Studio, in order."""
    return list(reconciliation.drifts(world.studio.db)["micro_credits"])[::-1]


def latest(world: World) -> Reading:
    with world.studio.db.read() as session:
        reading = balance.latest(session)
    assert reading is not None
    return reading


def credits(world: World, micro: int) -> None:
    world.control("POST", "settings", credits=micro)


def sweep(world: World, times: int = 1) -> int:
    """The worker's minutes pass; returns how often HeyGen's balance was read in them."""
    before = world.calls("quota")
    for _ in range(times):
        jobs.of(world.studio).sweep()
    return world.calls("quota") - before


def paid(world: World, run: Run) -> Run:
    """The run until HeyGen took its credit; it is still under way then."""
    return world.step_until(run, lambda now: now.step == "saved")


def test_the_first_reading_opens_the_ledger(world: World) -> None:
    """What HeyGen says then is where the ledger begins, so it is no drift."""
    assert world.money.available == 10 * CREDIT
    assert latest(world).compared
    assert outside(world) == []


def test_a_change_is_judged_between_two_moments_at_rest(world: World) -> None:
    """Credits are added while a run is under way: judged once it has ended, against what it took."""
    run = world.confirm(world.location())
    credits(world, 20 * CREDIT)
    balance.refresh(world.studio)
    assert not latest(world).compared
    assert outside(world) == []
    world.drive(run)
    balance.refresh(world.studio)
    assert latest(world).compared
    assert outside(world) == [10 * CREDIT]
    assert world.money.available == 19 * CREDIT


def test_a_run_that_waits_for_an_answer_is_under_way(world: World) -> None:
    """Nobody knows whether HeyGen took the credit, so the balance says nothing until a person answers."""
    world.fault("motion", "motion_fails")
    run = world.drive(world.confirm(world.location()))
    world.fault("motion", "drop_after")
    run = world.drive(world.retry(run, price=CREDIT))
    assert run.state == "unknown"
    balance.refresh(world.studio)
    assert (outside(world), latest(world).compared) == ([], False)
    state = reconciliation.state(world.studio.db)
    assert (state.verdict, state.in_flight, state.waiting) == ("in_flight", 1, 1)


@pytest.mark.parametrize("books", ["line", "run"])
def test_what_happens_while_heygen_is_asked_is_not_judged(world: World, books: str) -> None:
    """HeyGen counted before the line was written or the run began: the next reading decides."""
    studio, place = world.studio, world.location()

    def slowly() -> int:
        if books == "line":
            corrections.book(studio.db, micro=CREDIT, reason="A voucher", actor=PERSON)
        else:
            world.confirm(place)
        return 20 * CREDIT

    studio.client = Over(studio.client, remaining_credits=slowly)  # pyright: ignore[reportAttributeAccessIssue]
    balance.refresh(studio)
    assert (outside(world), latest(world).compared) == ([], False)


def test_rounding_is_no_drift_and_never_adds_up_unseen(world: World) -> None:
    """Less than HeyGen's least step is passed over; two such changes together are booked."""
    for minute, (micro, booked) in enumerate([(9_990_000, []), (9_975_000, [-33_334]), (9_960_000, [])]):
        clock.shift(minute * MINUTE)
        before = len(outside(world))
        credits(world, micro)
        balance.refresh(world.studio)
        assert outside(world)[before:] == booked, micro
        assert abs(world.money.available - micro) <= 2 * least_step()


def test_where_nothing_was_spent_and_nobody_looks_nothing_is_read(world: World) -> None:
    """Hours of sweeps at rest, and of runs that have held but not spent, ask HeyGen nothing."""
    world.confirm(world.location())
    for hour in range(3):
        clock.shift(hour * 3600)
        assert sweep(world, 5) == 0


def test_what_was_captured_in_one_minute_shares_a_reading(world: World) -> None:
    """Two captures, one reading within the minute, and none after it."""
    for run in [world.confirm(world.location(name)) for name in ("Studio", "Beach")]:
        world.drive(run)
    assert sweep(world, 3) == 1
    assert latest(world).compared


def test_what_was_captured_under_way_is_judged_at_rest_once(world: World) -> None:
    """The motion is paid and the run goes on: read, not judged; read and judged once it has ended."""
    run = paid(world, world.confirm(world.location()))
    assert sweep(world, 3) == 1
    assert not latest(world).compared
    world.drive(run)
    assert sweep(world, 3) == 1
    assert latest(world).compared
    assert outside(world) == []


def test_when_the_last_run_rests_the_balance_is_read_at_once(world: World, queue: jobs.Jobs) -> None:
    """No minute passes until HeyGen's own figure counts what was just spent."""
    run = world.confirm(world.location())
    queue.wake([run.id])
    eventually(lambda: world.run(run).ended_at is not None)
    eventually(lambda: latest(world).micro_credits == 9 * CREDIT)
    assert not balance.money(world.studio.db).heygen_behind


def test_a_reading_that_failed_is_tried_again_at_the_next_sweep(world: World) -> None:
    """HeyGen was out of reach just after a capture: nothing is booked, and the next minute asks again."""
    world.drive(world.confirm(world.location()))
    world.fault("quota", "refuse", status=400, message="no")
    assert sweep(world) == 1
    assert reconciliation.state(world.studio.db).verdict == "differs"
    assert sweep(world, 2) == 1
    assert reconciliation.state(world.studio.db).verdict == "agrees"


def test_while_paid_work_is_paused_heygen_is_asked_every_five_minutes(world: World) -> None:
    """At once, and on until credits were added: then it goes on, and its runs are returned to be woken."""
    run = world.confirm(world.location())
    credits(world, 0)
    assert world.drive(run).state == "paused"
    assert sweep(world, 3) == 1
    clock.shift(LOOK)
    assert sweep(world, 3) == 1
    credits(world, 10 * CREDIT)
    clock.shift(2 * LOOK)
    assert balance.refresh_after_spending(world.studio) == [run.id]
    with world.studio.db.read() as session:
        assert breaker.current(session) is None
    assert world.run(run).state == "queued"


def test_many_pages_that_ask_share_a_reading(world: World, queue: jobs.Jobs) -> None:
    """Twenty people open a page: HeyGen is asked once, and again when five minutes have passed."""
    before = world.calls("quota")
    for shift, readings in ((0, 0), (LOOK, 1), (LOOK + 200, 1), (2 * LOOK, 2)):
        clock.shift(shift)
        for _ in range(20):
            queue.wake_balance()
        eventually(lambda: not queue.awaits_balance())
        assert world.calls("quota") - before == readings, shift


def test_pages_do_not_press_a_heygen_that_fails(world: World, queue: jobs.Jobs) -> None:
    """It is asked every five minutes at most, however many pages are open."""
    world.fault("quota", "refuse", status=400, message="no", times=100)
    before = world.calls("quota")
    for shift, readings in ((LOOK, 1), (LOOK + 100, 1), (2 * LOOK - 10, 1), (2 * LOOK, 2)):
        clock.shift(shift)
        for _ in range(5):
            queue.wake_balance()
        eventually(lambda: not queue.awaits_balance())
        assert world.calls("quota") - before == readings, shift


def test_a_person_who_asks_is_answered_at_once(world: World, queue: jobs.Jobs) -> None:
    """However new the last reading is."""
    credits(world, 12 * CREDIT)
    queue.wake_balance(at_once=True)
    assert queue.awaits_balance()
    assert eventually(lambda: outside(world)) == [2 * CREDIT]


def test_an_answer_that_does_not_come_is_not_awaited_for_ever(world: World) -> None:
    """No worker runs: after ten seconds a page stops waiting for the reading."""
    queue = jobs.of(world.studio)
    queue.wake_balance(at_once=True)
    assert queue.awaits_balance()
    clock.shift(jobs.SOON + 1)
    assert not queue.awaits_balance()


def test_a_clock_that_went_back_does_not_stop_the_readings(world: World) -> None:
    """The last reading seems to be of tomorrow: it counts as old."""
    assert balance.is_old(clock.now() + balance.READ_EVERY)
    assert not balance.is_old(clock.now())
