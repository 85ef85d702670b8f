"""The overview's figures as cards, with how they came about where there is a history."""

from typing import Any

import streamlit as st

from core.amounts import MICRO
from core.reports import trends
from core.reports.overview import Overview
from core.studio import Studio
from pages.parts.kit import times
from pages.parts.kit.words import adding_up, amount, exactly, number, short_amount, short_credits, t


def show(studio: Studio, figures: Overview) -> None:
    """Available, held, spent this month, groups used, locations with avatar."""
    history = trends.load(studio.db)
    known = figures.heygen_micro is not None
    limit, used = studio.subscription.groups, figures.groups_used
    available, held, spent = adding_up(figures.available, figures.held, figures.spent_this_month)
    with st.grid(5, min_column_width=150, gap="xsmall"):
        _card(
            t("Available"),
            short_credits(available) if known else "–",
            _credits(history.available),
            help=exactly(_heygen_says(figures), figures.available if known else None),
        )
        _card(
            t("Held"),
            short_credits(held),
            _credits(history.held),
            help=exactly(t("Set aside for confirmed runs. It becomes spent, or comes back."), figures.held),
        )
        _card(
            t("Spent this month"),
            short_credits(spent),
            _credits(history.spent),
            chart_type="bar",
            help=exactly(
                t("Since the first of the month (UTC). In all: {amount}.", amount=amount(figures.spent)),
                figures.spent_this_month,
            ),
        )
        _card(
            t("Avatar groups"),
            number(used) if limit is None else t("{n} of {all}", n=number(used), all=number(limit)),
            history.groups,
            help=t("Groups that count against your HeyGen plan, with those under way."),
        )
        _card(
            t("Locations with avatar"),
            t("{n} of {all}", n=number(figures.with_avatar), all=number(figures.locations)),
            None,
        )


def _heygen_says(figures: Overview) -> str:
    """HeyGen's own figure with its age."""
    if figures.heygen_micro is None:
        return t("HeyGen has not said its balance yet.")
    return t(
        "What you can still spend. HeyGen's own balance: {amount}, {age}.",
        amount=short_amount(figures.heygen_micro),
        age=times.ago(figures.heygen_read_at),
    )


def _card(label: str, value: str, history: list[float] | list[int] | None, **more: Any) -> None:
    st.metric(label, value, border=True, height="stretch", chart_data=history, **more)


def _credits(micro: list[int] | None) -> list[float] | None:
    return None if micro is None else [value / MICRO for value in micro]
