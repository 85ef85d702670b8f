"""The three figures beside HeyGen's own, and which runs hold credits and why."""

from typing import Any

import streamlit as st

from core import histories, reports, spending
from core.studio import Studio
from pages.parts import times
from pages.parts.frames import rows
from pages.parts.guard import guarded
from pages.parts.states import run_looks
from pages.parts.words import amount, credits_of, many, name_of, t

EVERY_SECONDS = 2
#: More holds than these are counted, and listed by Activity.
MOST = 8


def show(studio: Studio) -> bool:
    """Draw them; False while the ledger has not begun. They follow by themselves while a run moves."""
    begun = spending.count_entries(studio.db, spending.EntryFilter()) > 0
    live = histories.moving(studio.db)
    st.fragment(_figures, run_every=EVERY_SECONDS if live else None)(studio, live, begun)
    return begun


def _figures(studio: Studio, live: bool, begun: bool) -> None:
    with guarded():
        if live and not histories.moving(studio.db):
            st.rerun()
        money = reports.overview(studio.db)
        known = money.heygen_read_at is not None
        with st.grid(4, min_column_width=150):
            st.metric(
                t("Available"),
                credits_of(money.available) if known else "–",
                help=t("What a new quote may spend: all that came in, less what is held and spent."),
                border=True,
                height="stretch",
            )
            st.metric(
                t("Held"),
                credits_of(money.held),
                help=t("Set aside for runs under way. A run spends it, or gives it back when it ends."),
                border=True,
                height="stretch",
            )
            st.metric(
                t("Spent this month"),
                credits_of(money.spent_this_month),
                help=t("What HeyGen took since the first of this month, UTC."),
                border=True,
                height="stretch",
            )
            st.metric(
                t("HeyGen's balance"),
                credits_of(money.heygen_micro) if money.heygen_micro is not None else "–",
                help=t(
                    "HeyGen's own figure, {age}. What is held is still in it, so it can be above Available.",
                    age=times.ago(money.heygen_read_at),
                ),
                border=True,
                height="stretch",
            )
        st.caption(
            t("In credits. HeyGen's balance was read {age}.", age=times.ago(money.heygen_read_at))
            if known
            else t("In credits. HeyGen has not said its balance yet.")
        )
        if not begun:
            st.info(
                t("The ledger is empty. Its first entry is HeyGen's balance, once HeyGen has been reached."),
                icon=":material/payments:",
            )
            return
        _holds(rows(spending.open_holds(studio.db)))


def _holds(holds: list[Any]) -> None:
    st.subheader(t("Held now"), anchor=False)
    if not holds:
        st.caption(t("Nothing is held: no run is under way that may still cost something."))
        return
    for run in holds[:MOST]:
        with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"hold_{run.id}"):
            with st.container(gap="xxsmall"):
                st.markdown(
                    t(
                        "**{amount}** for {name}",
                        amount=amount(run.held),
                        name=name_of(run.blogger, run.location),
                    )
                    + f" {run_looks()[run.state].markdown}"
                )
                st.caption(_why(run))
            st.page_link(
                "activity.py",
                label=t("Run {id}", id=run.id),
                icon=":material/history:",
                query_params={"run": str(run.id)},
            )
    if len(holds) > MOST:
        st.caption(many("and {n} more run", "and {n} more runs", len(holds) - MOST))


def _why(run: Any) -> str:
    if run.state == "unknown" and run.due_at is None:
        return t("HeyGen cannot tell whether it took this. It stays held until somebody answers.")
    if run.state == "unknown":
        return t("An answer was lost. The Studio is looking whether HeyGen did the work.")
    return t("The run is under way. HeyGen takes it with the motion; if that fails, it is given back.")
