"""Credits: what is available, held and spent; the ledger line by line; spending by day and by blogger."""

import streamlit as st

from core.members import require
from core.studio import current
from pages.parts import balances, ledger_list, spending_charts
from pages.parts.words import t

require("view")
studio = current()
st.title(t("Credits"), anchor=False)
if balances.show(studio):
    st.subheader(t("Spending"), anchor=False)
    chosen = ledger_list.filters(studio)
    where = ledger_list.where_of(chosen)
    chosen.draw()
    spending_charts.show(studio, where)
    st.subheader(t("Ledger"), anchor=False)
    ledger_list.table(studio, chosen, where)
