"""A run as a timeline: every second of work belongs to one step, waits for a person to none."""

from contextlib import closing
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from core import clock
from core.database.engine import Database, migrate
from core.database.tables.runs import Operation, Run
from core.reports import runs
from core.reports import timeline as timelines
from core.reports.timeline import StepTime
from tests.books import moment
from tests.databases import insert, plain
from tests.world import CREDIT, World

T0 = moment("2025-11-22")


def at(seconds: float) -> Any:
    return T0 + timedelta(seconds=seconds)


def row(**values: Any) -> Any:
    known = {
        "kind": "avatar",
        "state": "done",
        "step": "saved",
        "first_step": "photo",
        "created_at": T0,
        "ended_at": at(100),
        "due_at": None,
    }
    return SimpleNamespace(**known | values)


def event(seconds: float, step: str, message: str, **facts: str) -> Any:
    return SimpleNamespace(created_at=at(seconds), step=step, message=message, details=facts)


HISTORY = [
    event(0, "photo", "Confirmed: 1 credit held"),
    event(2, "asset", ">>> Step 1: Uploading asset to HeyGen..."),
    event(10, "asset", ">>> Asset uploaded, image_key: k", begins="group"),
    event(11, "group", ">>> Step 2: Creating Photo Avatar Group..."),
    event(20, "group", ">>> Avatar created: avatar_id=a, group_id=g", begins="motion"),
    event(50, "motion", ">>> Step 3: Adding motion to avatar..."),
    event(60, "motion", ">>> Motion added successfully"),
    event(60, "motion", ">>> Saved avatar_id to location for future use", begins="saved"),
    event(100, "saved", ">>> Photo Avatar created successfully: a"),
]


def seconds(found: list[StepTime]) -> dict[str, float]:
    return {step.step: step.seconds for step in found}


def states(found: list[StepTime]) -> dict[str, str]:
    return {step.step: step.state for step in found}


def test_every_second_of_a_finished_run_belongs_to_one_step() -> None:
    """HeyGen's preparing counts as motion, its rendering as save; together they are the whole run."""
    found = timelines.steps(row(), HISTORY, [], at(500))
    assert seconds(found) == {"asset": 10, "group": 10, "motion": 40, "saved": 40}
    assert set(states(found).values()) == {"done"}


def test_the_wait_between_a_failure_and_its_retry_belongs_to_no_step() -> None:
    """An hour until somebody presses Retry is no work; the failed stretch is marked as failed."""
    history = [
        *HISTORY[:4],
        event(15, "group", "Avatar group creation failed: no face"),
        event(3615, "group", "Retry from group: 1 credit held", rested="failed"),
        event(3620, "group", ">>> Avatar created: avatar_id=a, group_id=g", begins="motion"),
    ]
    run = row(state="cancelled", step="motion", ended_at=at(3630))
    found = timelines.steps(run, history, [], at(9999))
    assert seconds(found) == {"asset": 10, "group": 10, "motion": 10, "saved": 0}
    assert [span.failed for span in found[1].spans] == [True, False]
    assert states(found) == {"asset": "done", "group": "done", "motion": "cancelled", "saved": "ahead"}


def test_a_run_that_waits_for_an_answer_stands_still() -> None:
    """Its step grows only while HeyGen is being looked at."""
    waits = row(state="unknown", step="motion", ended_at=None)
    assert seconds(timelines.steps(waits, HISTORY[:6], [], at(9999)))["motion"] == 30
    looks = row(state="unknown", step="motion", ended_at=None, due_at=at(80))
    assert seconds(timelines.steps(looks, HISTORY[:6], [], at(70)))["motion"] == 50


def test_the_time_in_which_paid_work_is_paused_belongs_to_no_step() -> None:
    """Paused at 55, resumed at 95: neither grows while the run rests, nor counts afterwards."""
    rests = event(55, "motion", "Paid work is paused: waiting before the next paid step")
    history = [*HISTORY[:6], rests]
    found = timelines.steps(row(state="paused", step="motion", ended_at=None), history, [], at(90))
    assert states(found)["motion"] == "paused"
    assert seconds(found)["motion"] == 35
    history.append(event(95, "motion", "Paid work goes on", rested="paused"))
    found = timelines.steps(row(state="running", step="motion", ended_at=None), history, [], at(100))
    assert seconds(found)["motion"] == 40
    assert not any(span.failed for step in found for span in step.spans)


def test_what_an_earlier_run_has_done_is_no_step_of_this_one() -> None:
    """A run that begins at motion passes over upload and group."""
    run = row(first_step="motion", step="motion", state="waiting", ended_at=None)
    found = timelines.steps(run, [event(0, "motion", "Confirmed: 1 credit held")], [], at(5))
    assert states(found) == {"asset": "before", "group": "before", "motion": "now", "saved": "ahead"}
    assert found[0].start is None
    assert found[2].seconds == 5


def test_freeing_a_slot_is_one_step() -> None:
    """Its call stands in it."""
    call = Operation(
        run_id=1,
        location_id=1,
        kind="delete_group",
        attempt=1,
        subject="g",
        request_hash="",
        idempotency_key="",
        sender="",
        sent_at=at(1),
    )
    run = row(kind="free_slot", step="delete", first_step="delete", ended_at=at(4))
    (found,) = timelines.steps(run, [event(0, "delete", "Confirmed")], [call], at(9))
    assert (found.step, found.state, found.seconds, found.calls) == ("delete", "done", 4, [call])


def timeline(world: World, run: Run) -> list[StepTime]:
    assert run.id is not None
    (shown,) = runs.runs(world.studio.db, ids=(run.id,)).itertuples(index=False)
    events = list(runs.events(world.studio.db, run.id).itertuples(index=False))
    return timelines.steps(shown, events, world.operations(run), clock.now())


def test_a_real_run_fills_its_own_time(world: World) -> None:
    """Refused, retried and done over the real journal: attempts in their step, no time lost or told twice."""
    world.fault("motion", "refuse", status=400, code="invalid_parameter", message="no")
    run = world.drive(world.confirm(world.location()))
    assert states(timeline(world, run))["motion"] == "failed"
    world.drive(world.retry(run, price=CREDIT))
    found = timeline(world, run)
    assert set(states(found).values()) == {"done"}
    assert [len(step.calls) for step in found] == [1, 1, 2, 0]
    spans = sorted((span for step in found for span in step.spans), key=lambda span: span.start)
    ended = world.run(run).ended_at
    assert ended is not None
    assert spans[0].start == world.run(run).created_at
    assert spans[-1].end == ended
    for before, after in pairwise(spans):
        assert before.end <= after.start
        assert before.failed or before.end == after.start


#: A history of the version before: what a line's step and its English text told, and what is told now.
OLD_LINES = (
    ("asset", ">>> Asset uploaded, image_key: k", {"begins": "group"}),
    ("group", ">>> Avatar created: avatar_id=a, group_id=g", {"begins": "motion"}),
    ("motion", "Add motion failed: no", {}),
    ("motion", "Retry from motion: 1 credit held", {"rested": "failed"}),
    ("motion", "Paid work is paused: waiting before the next paid step", {}),
    ("motion", "Paid work goes on", {"rested": "paused"}),
    ("motion", ">>> Motion added successfully", {}),
    ("motion", ">>> Saved avatar_id to location for future use", {"begins": "saved"}),
    ("saved", ">>> saved avatar_id, as somebody else might say it", {}),
    ("render", ">>> Video submitted: video_id=v", {"begins": "rendering"}),
    ("rendering", "Retry: go on waiting for the video: 1 credit held", {"rested": "failed"}),
    ("rendering", ">>> Video rendered", {"begins": "archive"}),
)


def test_the_history_of_an_older_version_tells_the_same(tmp_path: Path) -> None:
    """The migration keeps as facts what the lines said in words, beside the values that they had."""
    old = Database(tmp_path / "studio.db")
    migrate(old, "0006")
    with closing(plain(old.path)) as rows:
        insert(rows, "blogger")
        insert(rows, "location", blogger_id=1)
        insert(rows, "run", location_id=1, kind="avatar", state="done", step="saved", first_step="photo")
        for second, (step, message, _) in enumerate(OLD_LINES):
            moment = f"2025-11-22 00:00:{second:02}"
            values = {"run_id": 1, "step": step, "message": message, "created_at": moment}
            insert(rows, "event", **values, details='{"amount": 1}')
    migrate(old)
    events = list(runs.events(old, 1).itertuples(index=False))
    old.close()
    assert [event.details for event in events] == [{"amount": 1} | facts for *_, facts in OLD_LINES]
    avatar = [event for event in events if event.step not in ("render", "rendering")]
    found = timelines.steps(row(ended_at=at(9)), avatar, [], at(500))
    assert seconds(found) == {"asset": 0, "group": 1, "motion": 4, "saved": 2}
    assert [span.failed for span in found[2].spans] == [True, False, False]
