"""journal.md, "Money": every credit is in one of three places, and no hold outlives its run."""

import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, func, select

from core.account import balance
from core.bloggers.editing import edit_location
from core.database.tables.runs import Operation, Run
from core.errors import OverLimit, Refusal
from core.money import ledger
from tests.world import CREDIT, PERSON, World, eventually


def test_a_retry_has_its_own_hold_inside_the_same_run(world: World) -> None:
    """Refused: released. Retried: a second attempt, a second hold, the same run; one charge at the end."""
    place = world.location()
    world.fault("motion", "refuse", status=400, code="invalid_parameter", message="no")
    run = world.drive(world.confirm(place))
    assert (run.state, run.step, run.error_name) == ("failed", "motion", "Add motion failed")
    assert world.money.held == 0
    again = world.retry(run, price=CREDIT)
    assert again.id == run.id
    assert world.money.held == CREDIT
    assert world.drive(again).state == "done"
    assert [o.attempt for o in world.operations(run, "add_motion")] == [1, 2]
    assert len(world.operations(run, "create_group")) == 1
    assert (world.money.spent, world.money.held) == (CREDIT, 0)


def test_a_failed_motion_is_paid_and_a_retry_pays_again(world: World) -> None:
    """HeyGen took the credit and failed: it is spent, said so, and only a confirmed retry spends another."""
    place = world.location()
    world.fault("motion", "motion_fails")
    run = world.drive(world.confirm(place))
    assert (run.state, run.step) == ("failed", "motion")
    assert world.place(place).motion_status == "failed"
    assert (world.money.spent, world.money.held) == (CREDIT, 0)
    assert world.drive(world.retry(run, price=CREDIT)).state == "done"
    assert world.money.spent == 2 * CREDIT
    assert world.place(place).motion_status == "completed"


def test_a_retry_is_refused_while_another_run_is_live(world: World) -> None:
    """A failed run and a newer live one for the same location: the old one is not revived."""
    place = world.location()
    world.fault("create", "refuse", status=400, code=40004, message="No face")
    old = world.drive(world.confirm(place))
    world.confirm(place)
    with pytest.raises(Refusal, match="already under way"):
        world.retry(old, price=CREDIT)
    assert world.money.held == CREDIT


def test_another_photo_after_a_refused_one_is_uploaded_again(world: World) -> None:
    """The face check failed, the photo was replaced: the retry starts at the photo, pays nothing twice."""
    place = world.location()
    world.fault("create", "refuse", status=400, code=40004, message="No face detected")
    run = world.drive(world.confirm(place))
    edit_location(world.studio.db, location_id=place, image_url=world.photo_url + "?better", actor=PERSON)
    run = world.drive(world.retry(run, price=CREDIT))
    assert run.state == "done"
    assert world.calls("upload") == 2
    assert world.money.spent == CREDIT


def test_cancel_stops_before_the_next_paid_step(world: World) -> None:
    """Cancelled before motion: nothing is paid, the hold is back, the group stays with its location."""
    place = world.location()
    run = world.step_until(world.confirm(place), lambda r: r.step == "motion")
    world.cancel(run)
    run = world.drive(run)
    assert run.state == "cancelled"
    assert world.calls("motion") == 0
    assert world.money.available == 10 * CREDIT
    assert world.place(place).heygen_group_id is not None


def test_cancel_after_the_last_payment_is_refused(world: World) -> None:
    """Nothing is left to stop once the motion is paid."""
    run = world.step_until(world.confirm(world.location()), lambda r: r.step == "saved")
    with pytest.raises(Refusal, match="paid"):
        world.cancel(run)
    assert world.drive(run).state == "done"


def test_cancel_waits_for_a_lost_answer(world: World) -> None:
    """The outcome of a paid call is unknown when cancel is pressed: it is found out first, and kept."""
    place = world.location()
    world.fault("motion", "drop_after")
    run = world.step_until(world.confirm(place), lambda r: r.state == "unknown")
    world.cancel(run)
    assert world.money.held == CREDIT
    assert world.drive(run).state == "done"
    assert world.place(place).motion_status == "completed"
    assert (world.money.spent, world.money.held) == (CREDIT, 0)


def test_cancel_during_the_last_payment_changes_nothing(world: World) -> None:
    """Cancel is pressed while the paid call is under way: it is paid, so the run goes on to its end."""
    place = world.location()
    world.fault("motion", "stall", seconds=1)
    run = world.confirm(place)
    thread = threading.Thread(target=world.drive, args=(run,))
    thread.start()
    eventually(lambda: world.states(run, "add_motion") == ["sent"])
    world.cancel(run)
    thread.join(20)
    assert world.run(run).state == "done"
    assert world.place(place).motion_status == "completed"


def test_a_retry_without_enough_credits_is_refused(world: World) -> None:
    """The credits went elsewhere since the run failed: the retry holds nothing and says so."""
    world.fault("motion", "refuse", status=400, code="invalid_parameter", message="no")
    run = world.drive(world.confirm(world.location()))
    world.control("POST", "settings", credits=0)
    balance.refresh(world.studio)
    with pytest.raises(OverLimit, match="available: 0"):
        world.retry(run, price=CREDIT)
    assert world.run(run).state == "failed"
    assert world.money.held == 0


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["hold", "release", "capture"]), st.integers(1, 5 * CREDIT))))
def test_available_held_and_spent_always_add_up(world: World, moves: list[tuple[str, int]]) -> None:
    """Whatever is held, released and captured: the three figures equal what came in, none is lost."""
    studio = world.studio
    with studio.db.write() as session:
        run = session.get(Run, 1)
    if run is None:
        run = world.confirm(world.location())
    with studio.db.read() as session:
        came_in = sum(vars(ledger.balances(session)).values())
    for move, micro in moves:
        with studio.db.write() as session:
            try:
                if move == "hold":
                    ledger.hold(session, run=run, micro=micro, actor=PERSON.name)
                elif move == "release":
                    ledger.release(session, run=run, micro=micro, actor=PERSON.name)
                else:
                    spent = ledger.balances(session).spent
                    ledger.capture(session, run=run, operation=another_call(session, run), micro=micro)
                    assert ledger.balances(session).spent == spent + micro, "an overrun is never silent"
            except OverLimit:
                session.rollback()
            figures = ledger.balances(session)
            assert sum(vars(figures).values()) == came_in
            assert figures.held >= 0
            assert ledger.held_by(session, run.id or 0) == figures.held


def another_call(session: Session, run: Run) -> Operation:
    """Another confirmed call of the run, to be charged."""
    operation = Operation(
        run_id=run.id or 0,
        location_id=run.location_id,
        kind="generate_video",
        attempt=1 + session.exec(select(func.count()).select_from(Operation)).one(),
        state="confirmed",
        subject="x",
        request_hash="",
        idempotency_key="",
        sender="",
    )
    session.add(operation)
    session.flush()
    return operation
