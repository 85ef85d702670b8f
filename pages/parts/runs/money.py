"""A run's own lines of the ledger, and what they come to."""

import streamlit as st

from core.money import figures
from core.reports import ledger
from core.studio import Studio
from pages.parts.kit import times
from pages.parts.kit.states import entry_looks
from pages.parts.kit.tables import listed, rows
from pages.parts.kit.words import amount, moved, t


def show(studio: Studio, run_id: int) -> None:
    """The lines, oldest first, below their sums."""
    found = ledger.of_run(studio.db, run_id)
    if not len(found):
        st.caption(t("This run has held and spent nothing."))
        return
    sums = found.groupby("kind")["micro_credits"].sum()
    own = figures.of_kinds(sums.to_dict())
    spent, held = amount(own.spent), amount(own.held)
    st.markdown(t("Spent: **{spent}** · still held: **{held}**", spent=spent, held=held))
    shown = entry_looks()
    listed(
        [
            {
                t("Time"): times.clock_time(line.created_at),
                t("Entry"): shown[line.kind].markdown,
                t("Credits"): moved(line.kind, line.micro_credits),
            }
            for line in rows(found)
        ],
        alt=t("This run's entries in the ledger"),
    )
