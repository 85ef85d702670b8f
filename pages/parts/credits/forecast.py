"""How long the balance lasts, as a sentence."""

import streamlit as st

from core.reports.forecast import DAYS, Forecast, forecast
from core.studio import Studio
from pages.parts.kit.words import day_name, many, short_amount, t

#: With fewer days than these the sentence becomes a warning.
SOON = 7


def show(studio: Studio) -> None:
    """The sentence, as a warning where the end is near."""
    found = forecast(studio.db)
    if found.available <= 0:
        st.warning(_sentence(found), icon=":material/account_balance_wallet:")
    elif found.days is not None and found.days < SOON:
        st.warning(_sentence(found), icon=":material/hourglass_bottom:")
    else:
        st.markdown(f":material/event_upcoming: {_sentence(found)}")


def _sentence(found: Forecast) -> str:
    if found.available <= 0:
        return t("Nothing is available, so nothing new can be confirmed. Top up HeyGen's balance.")
    if found.days is None:
        return many(
            "Nothing was spent in the last {n} day, so there is no pace to go by.",
            "Nothing was spent in the last {n} days, so there is no pace to go by.",
            DAYS,
        )
    pace = short_amount(found.per_day)
    if found.lasts_until is None:
        return t("At this week's pace ({pace} a day) the balance lasts for more than a year.", pace=pace)
    if not found.days:
        return t("At this week's pace ({pace} a day) the balance lasts less than a day.", pace=pace)
    return many(
        "At this week's pace ({pace} a day) the balance lasts until **{date}**, for {n} more day.",
        "At this week's pace ({pace} a day) the balance lasts until **{date}**, for {n} more days.",
        found.days,
        pace=pace,
        date=day_name(found.lasts_until),
    )
