"""A quote on screen: what every line costs, the money and the groups after it, and what holds it up."""

import streamlit as st

from core.heygen.motions import MOTION_TYPES
from core.quotes.avatars import Quote
from core.reports.overview import Overview
from core.studio import Studio
from pages.parts.kit import quotes
from pages.parts.kit.tables import listed
from pages.parts.kit.words import at_least, name_of, number, t, whole
from pages.parts.provisioning.plan import Plan
from pages.parts.provisioning.words import spend_label, what_happens

#: A longer list scrolls inside its own frame.
LONG = 12


def card(studio: Studio, plan: Plan, quote: Quote | None, figures: Overview) -> None:
    """The whole quote; before there is one, what it waits for. It stays where it is while one chooses."""
    with st.container(border=True, key="quote_card"):
        st.subheader(t("What it costs"), anchor=False)
        if quote is None:
            _waiting(studio, plan, figures)
            return
        with st.container(height=460 if len(quote.lines) > LONG else "content", border=False):
            _lines(quote)
        _money(quote)
        _groups(studio, quote)
        quotes.spend(quote, spend_label(quote), plan.address, "confirm")


def _waiting(studio: Studio, plan: Plan, figures: Overview) -> None:
    if plan.chosen:
        st.markdown(t("Choose a motion type: then every line and the total stand here."))
    else:
        st.markdown(
            t("Choose locations: then every line and the total stand here. Nothing is spent by choosing.")
        )
    limit = studio.subscription.groups
    st.table(
        {
            t("Available now"): "–" if figures.heygen_micro is None else at_least(figures.available),
            t("Avatar groups used"): _of(figures.groups_used, limit),
        },
        border="horizontal",
        alt=t("The balance and avatar groups before anything is chosen"),
    )


def _lines(quote: Quote) -> None:
    listed(
        [
            {
                t("Location"): f"**{name_of(line.blogger, line.location)}**  \n{what_happens(quote, line)}",
                t("Cost"): whole(line.micro_credits) if line.action == "make" else "–",
            }
            for line in quote.lines
        ],
        alt=t("What is done for every location and what it costs"),
    )


def _money(quote: Quote) -> None:
    st.table(
        {
            t("Motion type"): _motion(quote),
            t("Total"): f"**{whole(quote.total)}**",
            t("Available now"): at_least(quote.available),
            t("Available afterwards"): at_least(quote.balance_after),
        },
        border="horizontal",
        alt=t("The quote's total and the balance before and after"),
    )
    for problem in quote.problems:
        if problem.code != "groups":
            quotes.show_problem(problem)
    quotes.show_warnings(quote)


def _motion(quote: Quote) -> str:
    engine = MOTION_TYPES[quote.motion_type]
    return t("{engine}, applied when the video is made", engine=engine) if quote.motion_with_video else engine


def _groups(studio: Studio, quote: Quote) -> None:
    st.table(
        {
            t("Avatar groups used"): _of(quote.groups_used, quote.group_limit),
            t("Used afterwards"): _of(quote.groups_after, quote.group_limit),
        },
        border="horizontal",
        alt=t("Avatar groups used before and after, and the plan's limit"),
    )
    for problem in quote.problems:
        if problem.code == "groups":
            quotes.show_problem(problem)
            quotes.holders(studio, quote)


def _of(used: int, limit: int | None) -> str:
    return number(used) if limit is None else t("{n} of {all}", n=number(used), all=number(limit))
