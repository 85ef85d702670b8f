"""journal.md, the table of answers: what each kind of answer to a creating call means."""

from dataclasses import replace

import pytest

from core import clock, heygen
from core.heygen.transport import Timing, Transport
from core.heygen.workflow import WorkflowDialect
from core.journal import queries
from core.journal.progress import failure_text
from tests.world import CREDIT, Over, World


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


@pytest.mark.parametrize("route", ["create", "motion"])
def test_an_answer_that_never_comes_is_looked_for(world: World, route: str) -> None:
    """HeyGen did the work and says nothing until the call's time is over: one of each, paid once."""
    settings = world.studio.settings
    quick = Timing(connect=1.0, read=0.3, total=0.3)
    world.studio.client = WorkflowDialect(
        Transport(settings.api_base, settings.api_key, dialect="workflow", changes=quick)
    )
    world.fault(route, "stall", seconds=600)
    run = world.confirm(world.location())
    world.step_until(run, lambda r: r.state == "unknown")
    assert world.drive(run).state == "done"
    assert (world.calls("create"), world.calls("motion")) == (1, 1)
    assert (len(world.heygen["groups"]), len(world.heygen["charges"])) == (1, 1)
    assert (world.money.spent, world.money.held) == (CREDIT, 0)


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


def test_a_read_that_fails_after_the_payment_does_not_say_that_nothing_was_spent(world: World) -> None:
    """The key stops working while HeyGen renders a paid motion: the text says it is paid, retry is free."""
    run = world.step_until(world.confirm(world.location()), lambda r: r.step == "saved")
    world.fault("avatar", "refuse", status=401, code=400112, message="Unauthorized")
    run = world.drive(run)
    assert (run.state, run.step) == ("failed", "saved")
    assert "It is paid" in failure_text(run)
    assert "Nothing was spent" not in failure_text(run)
    assert world.money.spent == CREDIT
    assert world.drive(world.retry(run, price=0)).state == "done"
    assert world.money.spent == CREDIT


@pytest.mark.parametrize("step", ["motion", "saved"])
def test_heygen_may_not_take_for_ever(world: World, step: str) -> None:
    """HeyGen stays pending past the deadline: the run ends, says what is paid, and a retry goes on."""
    run = world.step_until(world.confirm(world.location()), lambda r: r.step == step)
    inner = world.studio.client
    stuck = {"status": "pending"} if step == "motion" else {"motion_status": "processing"}
    world.studio.client = Over(inner, get_avatar=lambda a: replace(inner.get_avatar(a), **stuck))
    world.sql("UPDATE run SET step_at = '2026-01-01 00:00:00.000000'")
    run = world.drive(run)
    assert (run.state, run.step) == ("failed", step)
    paid = CREDIT if step == "saved" else 0
    assert (world.money.spent, world.money.held) == (paid, 0)
    assert ("It is paid" in failure_text(run)) == bool(paid)
    world.studio.client = inner
    price = CREDIT - paid
    assert world.drive(world.retry(run, price=price)).state == "done"
    assert (world.money.spent, len(world.heygen["charges"])) == (CREDIT, 1)


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
    assert (operation.state, operation.error_code) == ("absent", queries.NOT_SENT)
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

        def create_photo_avatar_group(self, name, image_key, key):
            clock.shift(3700)
            return inner.create_photo_avatar_group(name, image_key, key=key)

    world.studio.client = LateListing()
    run = world.drive(run)
    assert run.state == "done", run.error_template
    (group,) = world.heygen["groups"]
    assert world.place(place).heygen_group_id == group["id"]
