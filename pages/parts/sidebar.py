"""The sidebar: which world this is, and the three figures of the money."""

import streamlit as st

from core import histories, reports
from core.money import credits_text
from core.reports import Overview
from core.studio import Studio
from pages.parts.guard import guarded
from pages.parts.words import t

EVERY_SECONDS = 2


def show(studio: Studio) -> None:
    """Draw it. The figures follow by themselves while a run moves."""
    with st.sidebar:
        if studio.settings.world == "sandbox":
            st.caption(t("Sandbox: nothing here costs money"))
        else:
            st.caption(t("Live: HeyGen charges for what you confirm"))
        live = histories.moving(studio.db)
        # The first figures are read here, so that a failing database is said once, in the page's place.
        read = [reports.overview(studio.db)]
        st.fragment(_figures, run_every=EVERY_SECONDS if live else None)(studio, live, read)


def _figures(studio: Studio, live: bool, read: list[Overview]) -> None:
    with guarded():
        if live and not histories.moving(studio.db):
            st.rerun()
        money = read.pop() if read else reports.overview(studio.db)
        known = money.heygen_read_at is not None
        st.table(
            {
                t("Available"): credits_text(money.available) if known else "–",
                t("Held"): credits_text(money.held),
                t("Spent this month"): credits_text(money.spent_this_month),
            },
            border="horizontal",
            alt=t("Credits available, held and spent this month"),
        )
        st.caption(t("In credits."))
