"""The sidebar: which world this is, and the three figures of the money with the age of HeyGen's own."""

import streamlit as st

from core import histories, reports
from core.reports import Overview
from core.studio import Studio
from pages.parts import times
from pages.parts.guard import guarded
from pages.parts.words import amount, t

EVERY_SECONDS = 2


def show(studio: Studio) -> None:
    """Draw it. The figures follow by themselves while a run moves, and rest otherwise."""
    with st.sidebar:
        if studio.settings.world == "sandbox":
            st.caption(t("Sandbox: nothing here costs money."))
        else:
            st.caption(t("Live: HeyGen charges for what you confirm."))
        live = histories.moving(studio.db)
        # The first figures are read here, so that a failing database is said once, in the page's place.
        read = [reports.overview(studio.db)]
        st.fragment(_figures, run_every=EVERY_SECONDS if live else None)(studio, live, read)


def _figures(studio: Studio, live: bool, read: list[Overview]) -> None:
    with guarded():
        if live and not histories.moving(studio.db):
            st.rerun()
        money = read.pop() if read else reports.overview(studio.db)
        known = money.heygen_micro is not None
        st.table(
            {
                t("Available"): amount(money.available) if known else "–",
                t("Held"): amount(money.held),
                t("Spent this month"): amount(money.spent_this_month),
            },
            border="horizontal",
            alt=t("Credits available, held and spent this month"),
        )
        if money.heygen_micro is None:
            st.caption(t("HeyGen has not said its balance yet."))
        else:
            said = amount(money.heygen_micro)
            st.caption(
                t("HeyGen's own balance: {amount}, {age}.", amount=said, age=times.ago(money.heygen_read_at))
            )
