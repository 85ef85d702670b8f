"""What is about to be spent: the runs that hold credits, and why each still does."""

from typing import Any

import streamlit as st

from core.journal.due import asks
from core.reports import ledger, runs
from core.studio import Studio
from pages.parts.kit import times
from pages.parts.kit.following import follow
from pages.parts.kit.links import run_link
from pages.parts.kit.states import run_looks
from pages.parts.kit.tables import rows
from pages.parts.kit.words import amount, escape, exactly, many, name_of, person, short_amount, t

#: More holds than these are counted, and listed by Activity.
MOST = 25


def show(studio: Studio) -> None:
    """Draw them, the oldest first. They follow by themselves while a run moves."""
    follow(lambda: runs.moving(studio.db), bool, lambda _: _draw(studio))


def _draw(studio: Studio) -> None:
    found = ledger.open_holds(studio.db)
    if not len(found):
        st.caption(t("Nothing is held: no run is under way that may still cost something."))
        return
    held = int(found["held"].sum())
    st.markdown(
        many(
            "**{amount}** held for {n} run. It is spent when HeyGen does the work, or given back.",
            "**{amount}** held for {n} runs. It is spent when HeyGen does the work, or given back.",
            len(found),
            amount=short_amount(held),
        ),
        help=exactly("", held) or None,
    )
    for run in rows(found.head(MOST)):
        _card(run)
    if len(found) > MOST:
        st.page_link(
            "activity.py",
            label=many("and {n} more run", "and {n} more runs", len(found) - MOST),
            icon=":material/history:",
            query_params={"activity_state": "live,unknown"},
        )


def _card(run: Any) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"hold_{run.id}"):
        with st.container(gap="xxsmall"):
            st.markdown(
                t("**{amount}** for {name}", amount=amount(run.held), name=name_of(run.blogger, run.location))
                + f" {run_looks()[run.state].markdown}"
            )
            st.caption(_why(run))
            st.caption(
                t(
                    "Confirmed by {person}, {age}.",
                    person=escape(person(run.actor)),
                    age=times.ago(run.created_at),
                ),
                help=times.exact(run.created_at),
            )
        run_link(run.id)


def _why(run: Any) -> str:
    if asks(run):
        return t("HeyGen cannot tell whether it took this. It stays held until somebody answers.")
    if run.state == "unknown":
        return t("An answer was lost. The Studio is looking whether HeyGen did the work.")
    if run.state == "paused":
        return t("The run is paused. It stays held until the run goes on or is cancelled.")
    if run.kind == "video":
        return t("The video is under way. HeyGen takes what it measures; the rest is given back.")
    return t("The run is under way. HeyGen takes it when it does the work; if that fails, it is given back.")
