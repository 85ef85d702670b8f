"""One run: its card, its facts, its history, and every call to HeyGen with request and answer."""

from typing import Any

import pandas as pd
import streamlit as st

from core import histories
from core.heygen import MOTION_TYPES
from core.models import Operation
from core.studio import Studio
from pages.parts import steps, times
from pages.parts.frames import rows
from pages.parts.run_card import card
from pages.parts.states import call_looks
from pages.parts.words import amount, escape, t


def draw(studio: Studio, run: Any) -> None:
    """Everything about the run; drawn again and again while it moves."""
    card(studio, run, link=False)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.subheader(t("What happened"), anchor=False)
        _history(histories.events(studio.db, run.id))
    with right:
        st.subheader(t("Facts"), anchor=False)
        _facts(run)
    st.subheader(t("Calls to HeyGen"), anchor=False)
    calls = histories.operations(studio.db, run.id)
    if not calls:
        st.caption(t("None was made so far."))
    for call in calls:
        _call(call)


def _history(events: pd.DataFrame) -> None:
    lines = []
    for event in rows(events):
        who = f"  ({event.actor})" if event.actor else ""
        mark = {"warning": "! ", "error": "x "}.get(event.level, "  ")
        lines.append(f"{times.clock_time(event.created_at)}  {mark}{event.message}{who}")
    st.code("\n".join(lines) or t("Nothing yet."), language=None, wrap_lines=True)


def _facts(run: Any) -> None:
    st.table(
        {
            t("Started by"): escape(run.actor),
            t("Started"): times.exact(run.created_at),
            t("Ended"): times.exact(run.ended_at),
            t("Took") if run.ended_at else t("So far"): times.lasted(run.created_at, run.ended_at),
            t("Motion type"): escape(str(MOTION_TYPES.get(run.motion_type, run.motion_type))),
            t("Began at"): steps.name(run.first_step),
            t("Cost"): amount(run.cost),
        },
        border="horizontal",
        alt=t("Facts about this run"),
    )
    st.page_link(
        "locations.py",
        label=t("Open the location"),
        icon=":material/photo_library:",
        query_params={"location": str(run.location_id)},
    )


def _call(call: Operation) -> None:
    kinds = {
        "upload_asset": t("Upload asset"),
        "create_group": t("Create group"),
        "add_motion": t("Add motion"),
        "generate_video": t("Generate video"),
    }
    look = call_looks()[call.state]
    title = t(
        "{kind} · attempt {n} · {state} · {time}",
        kind=kinds[call.kind],
        n=call.attempt,
        state=look.word,
        time=times.clock_time(call.sent_at),
    )
    with st.expander(title, icon=f":material/{look.icon}:", key=f"call_{call.id}"):
        st.table(
            {
                t("Price"): amount(call.price),
                t("Sent"): times.exact(call.sent_at),
                t("Settled"): times.exact(call.settled_at),
                t("HTTP status"): str(call.http_status or "–"),
                t("Error"): escape(call.error_text) or "–",
            },
            border="horizontal",
            alt=t("Facts about this call"),
        )
        request, answer = st.columns(2)
        with request:
            st.caption(t("Request"))
            st.json(call.request)
        with answer:
            st.caption(t("Answer"))
            st.json(call.answer)
