"""One run: its card, its steps as bars, every call with request and answer, its money and its history."""

from typing import Any

import streamlit as st

from core import clock
from core.heygen.motions import MOTION_TYPES
from core.reports import runs, timeline
from core.reports.timeline import StepTime
from core.studio import Studio
from pages.parts.kit import charts, times
from pages.parts.kit.states import Look, kind_of, step_looks
from pages.parts.kit.tables import rows
from pages.parts.kit.words import escape, many, number, person, t
from pages.parts.runs import calls, money, steps
from pages.parts.runs.card import card


def draw(studio: Studio, run: Any) -> None:
    """Everything about the run; drawn again and again while it moves."""
    card(studio, run, link=False)
    events = rows(runs.events(studio.db, run.id))
    made = runs.operations(studio.db, run.id)
    found = timeline.steps(run, events, made, clock.now())
    st.subheader(t("Steps"), anchor=False)
    _bars(run, found)
    for step in found:
        _step(step)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.subheader(t("What happened"), anchor=False)
        _history(events)
    with right:
        st.subheader(t("Money"), anchor=False)
        money.show(studio, run.id)
        st.subheader(t("Facts"), anchor=False)
        _facts(run, found)


def _looks() -> dict[str, Look]:
    return step_looks() | {"before": Look(t("Was there already"), "history", "gray", "–")}


def _bars(run: Any, found: list[StepTime]) -> None:
    """The time that each step took, end to end; waits for a person are left out."""
    looks = _looks()
    spans = sorted(((span.start, step, span) for step in found for span in step.spans), key=lambda s: s[0])
    bars, passed = [], 0.0
    for _, step, span in spans:
        look = looks["failed" if span.failed else step.state]
        bars.append(
            {
                "step": steps.name(step.step),
                "start": passed,
                "end": passed + span.seconds,
                "took": took(span.seconds),
                # The last bar of a step carries the whole step's time.
                "label": took(step.seconds) if span is step.spans[-1] else "",
                "word": look.word,
                "color": look.color,
            }
        )
        passed += span.seconds
    charts.steps(
        bars,
        order=[steps.name(step.step) for step in found],
        live=run.ended_at is None,
        alt=t("How long each step took, {time} in all", time=took(passed)),
        key=f"bars_{run.id}",
    )
    if any(span.failed for _, _, span in spans) or run.state == "unknown":
        st.caption(t("Time in which the run waited for a person is left out."))


def took(seconds: float) -> str:
    """A duration, with a tenth of a second where that says something."""
    if seconds < 10:
        return t("{n} s", n=number(round(seconds, 1 if seconds >= 1 else 2)))
    return times.duration(int(seconds))


def _step(step: StepTime) -> None:
    look = _looks()[step.state]
    with st.container(border=True, gap="small", key=f"step_{step.step}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{steps.name(step.step)}** {look.markdown}", width="content")
            if said := _when(step):
                st.caption(said, width="content")
        for call in step.calls:
            calls.draw(call)


def _when(step: StepTime) -> str:
    if step.start is None:
        return {
            "before": t("An earlier run had done this step; it was not paid again."),
            "done": t("Nothing was left to do."),
        }.get(step.state, "")
    if step.state == "ahead":
        return t(
            "Was under way for {duration} before the failure; comes again after a retry.",
            duration=took(step.seconds),
        )
    return t(
        "Began {time} · took {duration} · {attempts}",
        time=times.clock_time(step.start),
        duration=took(step.seconds),
        attempts=many("{n} call", "{n} calls", len(step.calls)) if step.calls else t("no call"),
    )


def _history(events: list[Any]) -> None:
    """The run's lines; the brief's own stand as they are in the log."""
    marks = {"warning": ":orange[:material/warning:] ", "error": ":red[:material/error:] "}
    lines = []
    for event in events:
        who = f" :gray[({escape(person(event.actor))})]" if event.actor else ""
        time = f":gray[{times.clock_time(event.created_at)}]"
        lines.append(f"- {time} {marks.get(event.level, '')}{steps.line(event)}{who}")
    st.markdown("\n".join(lines) or t("Nothing yet."))


def _facts(run: Any, found: list[StepTime]) -> None:
    facts = {
        t("Action"): kind_of(run).word,
        t("Confirmed by"): escape(person(run.actor)),
        t("Started"): times.exact(run.created_at),
        t("Ended"): times.exact(run.ended_at),
        t("Took") if run.ended_at else t("So far"): took(sum(step.seconds for step in found)),
        t("First step"): steps.name(run.first_step),
        t("Group name"): escape(run.group_name),
    }
    if run.motion_type:
        facts[t("Motion type")] = escape(str(MOTION_TYPES.get(run.motion_type, run.motion_type)))
    st.table(facts, border="horizontal", alt=t("Facts about this run"))
    st.caption(t("Quote id"))
    st.code(run.quote_id, language=None, wrap_lines=True)
    if run.kind == "video":
        st.page_link(
            "videos.py",
            label=t("Open the video"),
            icon=":material/movie:",
            query_params={"batch": run.quote_id},
        )
    st.page_link(
        "locations.py",
        label=t("Open the location"),
        icon=":material/photo_library:",
        query_params={"location": str(run.location_id)},
    )
