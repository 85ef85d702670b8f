"""v3: a lost call is sent again under its key, and whatever the repeat meets, it is paid once."""

from datetime import timedelta
from typing import Any

import pytest

from core import clock, heygen
from core.database.tables.money import Halt
from core.database.tables.runs import Run
from core.heygen.errors import Refused, UnknownRoute
from core.journal import breaker, due, lost_answers
from core.journal.progress import failure_text
from core.journal.sending import perform
from core.runs import advance, decisions, motion
from core.studio import open_studio
from tests.account.support import elsewhere
from tests.conformance.support import agree
from tests.heygen.support import Waits
from tests.world import CREDIT, PERSON, Over, World, charged


def unknown_create(world: World, fault: str = "drop_after") -> Run:
    """A run whose create was lost in this way, before anything else."""
    world.fault("create", fault)
    return world.step_until(world.confirm(world.location()), lambda r: r.state == "unknown")


def halt(world: World, run: Run) -> None:
    """Paid work is paused, as after a refusal of this run's call."""
    with world.studio.db.write() as session:
        session.add(Halt(run_id=run.id or 0, code="insufficient_credit", needed=1, believed=0))


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


def test_a_clock_that_was_put_back_keeps_no_key_alive(dollars: World) -> None:
    """HeyGen has forgotten the key by its own clock, and by this machine's it is 19 hours old: looked up."""
    run = unknown_create(dollars)
    clock.shift(timedelta(hours=25).total_seconds())
    dollars.sql(
        "UPDATE operation SET sent_at = :t WHERE state = 'unknown'",
        t=(clock.now() - timedelta(hours=19)).replace(tzinfo=None).isoformat(" "),
    )
    dollars.studio.client.list_groups()
    assert dollars.drive(run).state == "done"
    assert (dollars.calls("create"), charged(dollars)) == (1, CREDIT)


def test_a_clock_that_was_put_back_by_minutes_holds_nothing_up(dollars: World) -> None:
    """The answer was lost, then the clock went back by half an hour: the run goes on at once."""
    run = unknown_create(dollars, "drop_before")
    clock.shift(-1800)
    assert due.is_due(dollars.run(run))
    with dollars.studio.db.read() as session:
        assert due.due(session) == [run.id]
    assert dollars.drive(run).state == "done"
    agree(dollars)


def test_a_key_whose_age_nobody_tells_is_not_used_again(dollars: World) -> None:
    """HeyGen's answers bear no date: in doubt the call is looked for, and found."""
    run = unknown_create(dollars)
    dollars.studio.client = Over(dollars.studio.client, server_time=lambda: None)
    assert dollars.drive(run).state == "done"
    assert dollars.calls("create") == 1


FAILURES = {"status": 502, "code": "bad_gateway", "message": "Bad Gateway"}
BUSY = {"status": 409, "code": "request_in_progress", "message": "in progress"}


@pytest.mark.parametrize("answer", [FAILURES, BUSY])
def test_what_repeats_never_tell_is_looked_for(dollars: World, answer: dict[str, Any]) -> None:
    """Every repeat fails or is told that the first sending is at work: the list shows the group."""
    run = unknown_create(dollars)
    dollars.fault("create", "refuse", times=1000, **answer)
    run = dollars.drive(run)
    assert (run.state, dollars.states(run, "create_group")) == ("done", ["confirmed"])
    assert charged(dollars) == CREDIT
    agree(dollars)


@pytest.mark.parametrize("answer", [FAILURES, BUSY])
def test_a_call_that_neither_repeats_nor_looks_tell_of_asks_a_person(
    dollars: World, answer: dict[str, Any]
) -> None:
    """It may come any moment, so it is not absent; after 15 minutes a person is told what is known."""
    run = unknown_create(dollars, "drop_before")
    dollars.fault("create", "refuse", times=1_000_000, **answer)
    run = dollars.drive(run)
    assert (run.state, run.due_at, dollars.states(run, "create_group")) == ("unknown", None, ["unknown"])
    assert answer["message"] in dollars.lines(run)[-1]
    assert "its list does not show the result" in dollars.lines(run)[-1]
    (call,) = dollars.operations(run, "create_group")
    assert (call.http_status, call.error_values["detail"]) == (answer["status"], answer["message"])
    assert dollars.money.held == CREDIT
    decisions.check_again(dollars.studio.db, run.id or 0, actor=PERSON)
    dollars.control("DELETE", "faults")
    assert dollars.drive(run).state == "done"
    assert charged(dollars) == CREDIT


def test_a_repeat_of_another_process_starts_the_looks_anew(dollars: World) -> None:
    """What this process missed before it says nothing of what the repeat may have made since."""
    run = unknown_create(dollars, "drop_before")
    (call,) = dollars.operations(run, "create_group")
    assert lost_answers.missing_long_enough(dollars.studio, call) is False
    clock.shift(dollars.studio.absent_after)
    assert lost_answers.missing_long_enough(dollars.studio, call)
    other = open_studio(dollars.studio.settings)
    lease = other.owner.take(run.id or 0)
    assert lease is not None
    dollars.fault("create", "drop_before")
    lost_answers.repeat(other, lease, call)
    other.close()
    (call,) = dollars.operations(run, "create_group")
    assert lost_answers.missing_long_enough(dollars.studio, call) is False


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
    dollars.cancel(run)
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
    dollars.retry(run, price=CREDIT)
    run = dollars.drive(run)
    assert run.state == "done"
    first, second = dollars.operations(run, "create_group")
    assert first.idempotency_key != second.idempotency_key


def test_a_call_that_never_arrived_and_is_refused_ends_the_run(dollars: World) -> None:
    """Its repeats are refused and nothing of it is found: a new attempt meets the refusal, which counts."""
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


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "resource_limit_reached"),
        (401, "unauthorized"),
        (402, "insufficient_credit"),
        (403, "forbidden"),
    ],
)
def test_a_refused_repeat_says_nothing_of_the_first_sending(dollars: World, status: int, code: str) -> None:
    """HeyGen may judge key, limits and balance before it knows the idempotency key: the group is found."""
    run = unknown_create(dollars)
    dollars.fault("create", "refuse", status=status, code=code, message="no")
    run = dollars.drive(run)
    assert (run.state, dollars.states(run, "create_group")) == ("done", ["confirmed"])
    assert len(dollars.heygen["groups"]) == 1
    agree(dollars)


def test_a_repeat_that_meets_no_route_says_nothing_of_the_first_sending(dollars: World) -> None:
    """A page with 404 in place of an answer: the group is looked for, and found."""
    run = unknown_create(dollars)
    inner = dollars.studio.client

    def gone(*_: object, **__: object) -> dict[str, str]:
        raise UnknownRoute("No such route", status=404)

    dollars.studio.client = Over(inner, create_photo_avatar_group=gone)
    run = dollars.drive(run)
    assert (run.state, dollars.states(run, "create_group")) == ("done", ["confirmed"])
    agree(dollars)


def test_the_answer_of_a_repeat_is_kept_whatever_a_person_says_meanwhile(dollars: World) -> None:
    """ "It did not happen" while the repeat makes the group: it is the run's own, and no other is made."""
    run = unknown_create(dollars, "drop_before")
    dollars.fault("create", "hide", seconds=600)
    inner, said = dollars.studio.client, []

    def slow(*args: Any, **more: Any) -> dict[str, str]:
        if not said:
            said.append(dollars.did_not_happen(run))
        return inner.create_photo_avatar_group(*args, **more)

    dollars.studio.client = Over(inner, create_photo_avatar_group=slow)
    run = dollars.drive(run)
    assert said
    assert (run.state, dollars.states(run, "create_group")) == ("done", ["confirmed"])
    assert len(dollars.heygen["groups"]) == 1
    agree(dollars)


def test_an_entered_id_counts_though_a_repeat_is_refused_meanwhile(dollars: World) -> None:
    """The person has found the group by hand: it is checked and taken."""
    run = unknown_create(dollars, "drop_before")
    group, look = elsewhere(dollars)
    inner, entered = dollars.studio.client, []

    def refused(*_: object, **__: object) -> dict[str, str]:
        if not entered:
            entered.append(dollars.enter_id(run, look, group))
        raise Refused("no", status=400, code="invalid_parameter")

    dollars.studio.client = Over(inner, create_photo_avatar_group=refused)
    run = dollars.drive(run)
    assert entered
    assert run.state == "done", dollars.lines(run)
    assert dollars.place(run.location_id).heygen_group_id == group


def test_a_lease_lost_during_a_repeat_loses_no_group(dollars: World) -> None:
    """Whoever comes next asks under the same key and takes the same result."""
    run = unknown_create(dollars, "drop_before")
    inner, lost = dollars.studio.client, []

    def slow(*args: Any, **more: Any) -> dict[str, str]:
        made = inner.create_photo_avatar_group(*args, **more)
        if not lost:
            lost.append(made)
            # Somebody had taken the lease over meanwhile, and gave it back.
            dollars.sql("UPDATE run SET fence = fence + 1, lease_owner = NULL, lease_until = NULL")
        return made

    dollars.studio.client = Over(inner, create_photo_avatar_group=slow)
    run = dollars.drive(run)
    assert lost
    assert (run.state, dollars.place(run.location_id).heygen_group_id) == ("done", lost[0]["group_id"])
    assert len(dollars.heygen["groups"]) == 1
    agree(dollars)


def test_a_repeat_begins_the_two_looks_anew(dollars: World) -> None:
    """Missed once before the repeat left, cancelled after it: one more look that misses it is no second."""
    run = unknown_create(dollars, "drop_before")
    halt(dollars, run)
    run = dollars.step_until(run, lambda r: bool(dollars.studio.first_missing))
    clock.shift(60)
    breaker.lift(dollars.studio.db, actor=PERSON)
    dollars.fault("create", "drop_after")
    dollars.fault("create", "hide", seconds=3600)
    run = dollars.step_until(run, lambda r: dollars.calls("create") == 2)
    dollars.cancel(run)
    looked = dollars.calls("groups")
    run = dollars.step_until(run, lambda r: dollars.calls("groups") > looked)
    assert dollars.states(run, "create_group") == ["unknown"]
    clock.shift(timedelta(hours=2).total_seconds())
    run = dollars.drive(run)
    assert (run.state, dollars.states(run, "create_group")) == ("cancelled", ["confirmed"])
    assert charged(dollars) == CREDIT
    agree(dollars)


def test_a_lost_create_is_looked_for_while_paid_work_is_paused(dollars: World) -> None:
    """No repeat is sent under a halt; what HeyGen shows is kept and booked, and the run ends after it."""
    run = unknown_create(dollars)
    halt(dollars, run)
    run = dollars.drive(run)
    assert dollars.place(run.location_id).heygen_group_id == dollars.heygen["groups"][0]["id"]
    assert (dollars.calls("create"), dollars.money.spent) == (1, CREDIT)
    breaker.lift(dollars.studio.db, actor=PERSON)
    assert dollars.drive(run).state == "done"
    assert dollars.calls("create") == 1
    agree(dollars)


def test_a_halt_does_not_hold_up_an_avatar_that_is_paid(dollars: World) -> None:
    """The group is paid and a motion costs nothing here: nothing is left that would have to wait."""
    run = dollars.step_until(dollars.confirm(dollars.location()), lambda r: r.step == "motion")
    halt(dollars, run)
    assert dollars.drive(run).state == "done"
    agree(dollars)


def test_a_studio_that_stops_asks_nobody_about_a_lost_call(dollars: World) -> None:
    """The repeat is not sent because the process ends; an hour after the call the run is still due."""
    run = unknown_create(dollars, "drop_before")
    clock.shift(timedelta(hours=1).total_seconds())
    dollars.studio.stopping.set()
    advance.advance(dollars.studio, run.id or 0)
    run = dollars.run(run)
    assert (run.state, dollars.calls("create")) == ("unknown", 1)
    assert run.due_at is not None
    dollars.studio.stopping.clear()
    assert dollars.drive(run).state == "done"


def test_an_old_call_that_is_in_flight_is_come_back_to(dollars: World) -> None:
    """An hour after the call a repeat meets 409: a killed process's repeat is at work, nobody is asked."""
    run = unknown_create(dollars, "drop_before")
    clock.shift(timedelta(hours=1).total_seconds())
    dollars.fault("create", "refuse", status=409, code="request_in_progress", message="in progress")
    assert dollars.drive(run).state == "done"
    agree(dollars)


def test_a_look_that_cannot_be_read_after_it_was_paid_does_not_claim_that_nothing_was_spent(
    dollars: World,
) -> None:
    """HeyGen breaks off again and again: the run ends and says that it is paid; its retry is free."""
    run = dollars.step_until(dollars.confirm(dollars.location()), lambda r: r.step == "motion")
    dollars.studio.client = heygen.connect(dollars.studio.settings, stop=Waits())
    dollars.fault("avatar", "error_before", times=100)
    run = dollars.drive(run)
    assert run.state == "failed"
    assert "Nothing was spent" not in failure_text(run)
    assert "It is paid" in failure_text(run)
    agree(dollars)


def test_a_look_that_heygen_knows_a_little_later_is_waited_for(
    dollars: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """404 right after the create: it is paid, so the run waits."""
    # At the sandbox's speed a look is old after 0.15 s, sooner than a busy machine asks.
    monkeypatch.setattr(motion, "OLD_LOOK_SECONDS", 3600.0)
    dollars.fault("avatar", "refuse", status=404, code="avatar_not_found", message="Avatar not found")
    assert dollars.drive(dollars.confirm(dollars.location())).state == "done"
    agree(dollars)
