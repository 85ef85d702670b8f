"""The money: what is left and for how long, what was spent and on whom, what is about to be; ?part=ledger."""

import streamlit as st

from core.studio import current
from pages.parts.credits import (
    balances,
    budgets,
    calculator,
    holds,
    ledger,
    plan_bars,
    reconciliation,
    spending,
)
from pages.parts.kit import sections
from pages.parts.kit.people import require
from pages.parts.kit.words import money_page, t

require("view")
studio = current()
st.title(money_page(), anchor=False)
balances.show(studio)
parts = {
    "spending": (t("Spending"), spending.show),
    "held": (t("Held now"), holds.show),
    "budgets": (t("Budgets"), budgets.show),
    "heygen": (t("HeyGen's balance"), reconciliation.show),
    "calculator": (t("Calculator"), calculator.show),
    "ledger": (t("Ledger"), ledger.show),
    "plan": (t("Plan limits"), plan_bars.show),
}
sections.show(studio, parts, key="credits_part")
