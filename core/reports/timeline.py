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
from core.journal.steps import STEP_OF, seen, seen_as, states


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
class StepTime:
    """One step that people see, with its spans and its calls; `state` as core.journal.steps tells it."""

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


def steps(run: Any, events: Iterable[Any], calls: Iterable[Operation], now: datetime) -> list[StepTime]:
    """The run's steps in order; `run` and `events` are rows of core.reports.runs."""
    calls = list(calls)
    found = {step: StepTime(step) for step in seen(run.kind)}
    for step, span in _spans(run, list(events), calls, now):
        found[step].spans.append(span)
    for call in calls:
        found[STEP_OF[call.kind]].calls.append(call)
    worked_on = [step for step, time in found.items() if time.spans]
    for step, state in states(run, worked_on).items():
        found[step].state = state
    return list(found.values())


def _spans(run: Any, events: list[Any], calls: list[Operation], now: datetime) -> list[tuple[str, Span]]:
    step, start, last = seen_as(run.first_step), run.created_at, run.created_at
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
        facts = event.details
        step = facts.get("begins") or seen_as(event.step)
        marks.append((event.created_at, step, facts.get("rested", "")))
    for call in calls:
        marks.append((call.sent_at, STEP_OF[call.kind], ""))
    return sorted(marks, key=lambda mark: mark[0])
