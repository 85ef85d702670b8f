"""A run as a timeline: when each of its steps was worked on, and the calls that were made in it.

Steps follow each other in an instant, so one list of marks tells it all: a line of the history or a call
says which step was under way at its time. The waits for a person, between a failure and its retry or until
somebody answers, belong to no step, nor does the time in which paid work is paused.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.database.tables.runs import Operation
from core.journal.due import waits_for_person

#: The steps that people see, by kind of run.
PLANS = {
    "avatar": ("asset", "group", "motion", "saved"),
    "free_slot": ("delete",),
    "video": ("avatar", "render", "rendering", "archive"),
}
#: The first half of a step: checking the photo of the upload, waiting for its turn of the order.
_FIRST_HALF = {"photo": "asset", "turn": "render"}
_STEP_OF_CALL = {
    "upload_asset": "asset",
    "create_group": "group",
    "add_motion": "motion",
    "delete_group": "delete",
    "generate_video": "render",
}
#: The lines of the history that end a step, and the step that begins with them.
_BEGINS = (
    (">>> Asset uploaded", "group"),
    (">>> Avatar created", "motion"),
    (">>> Saved avatar_id", "saved"),
    (">>> Video submitted", "rendering"),
    (">>> Video rendered", "archive"),
)
#: The lines with which work goes on after it rested, and how it had come to rest.
_RESTED = (("Retry from", "failed"), ("Paid work goes on", "paused"))


@dataclass(frozen=True)
class Span:
    """A stretch of work on a step; `failed` when the run ended in it and was retried later."""

    start: datetime
    end: datetime
    failed: bool = False

    @property
    def seconds(self) -> float:
        return max(0.0, (self.end - self.start).total_seconds())


@dataclass
class Step:
    """One step, its spans and its calls.

    `state`: done, now, failed, cancelled, unknown, paused, ahead, or before: an earlier run had done it.
    """

    step: str
    state: str = "ahead"
    spans: list[Span] = field(default_factory=list)
    calls: list[Operation] = field(default_factory=list)

    @property
    def start(self) -> datetime | None:
        return self.spans[0].start if self.spans else None

    @property
    def seconds(self) -> float:
        return sum(span.seconds for span in self.spans)


def steps(run: Any, events: Iterable[Any], calls: Iterable[Operation], now: datetime) -> list[Step]:
    """The run's steps in order; `run` and `events` are rows of core.reports.runs."""
    calls = list(calls)
    plan = PLANS[run.kind]
    found = {step: Step(step) for step in plan}
    for step, span in _spans(run, list(events), calls, now):
        found[step].spans.append(span)
    for call in calls:
        found[_STEP_OF_CALL[call.kind]].calls.append(call)
    for place, step in enumerate(plan):
        found[step].state = _state(run, place, begun=bool(found[step].spans))
    return list(found.values())


def _state(run: Any, place: int, *, begun: bool) -> str:
    plan = PLANS[run.kind]
    here = plan.index(_shown(run.step))
    if place < plan.index(_shown(run.first_step)) and not begun:
        return "before"
    if run.state == "done" or place < here:
        return "done"
    if place > here:
        return "ahead"
    return run.state if run.state in ("failed", "cancelled", "unknown", "paused") else "now"


def _spans(run: Any, events: list[Any], calls: list[Operation], now: datetime) -> list[tuple[str, Span]]:
    step, start, last = _shown(run.first_step), run.created_at, run.created_at
    spans: list[tuple[str, Span]] = []
    for moment, then, rested in _marks(events, calls):
        if rested or then != step:
            spans.append((step, Span(start, last if rested else moment, failed=rested == "failed")))
            step, start = then, moment
        last = moment
    end = last if waits_for_person(run) else run.ended_at or now
    return [*spans, (step, Span(start, max(start, end)))]


def _marks(events: list[Any], calls: list[Operation]) -> list[tuple[datetime, str, str]]:
    """Time, step and, where work goes on after a rest, how it had come to rest; in order."""
    marks = []
    for event in events:
        begins = next((step for line, step in _BEGINS if event.message.startswith(line)), None)
        step = begins or _shown(event.step)
        rested = next((how for line, how in _RESTED if event.message.startswith(line)), "")
        marks.append((event.created_at, step, rested))
    for call in calls:
        marks.append((call.sent_at, _STEP_OF_CALL[call.kind], ""))
    return sorted(marks, key=lambda mark: mark[0])


def _shown(step: str) -> str:
    return _FIRST_HALF.get(step, step)
