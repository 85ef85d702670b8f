"""A quote on screen: what every line costs, the money and the groups after it, and what holds it up."""

from typing import Any

import streamlit as st

from core.account import slots
from core.errors import Problem
from core.heygen.motions import MOTION_TYPES
from core.quotes.avatars import Quote
from core.quotes.plan import Plan as AnyQuote
from core.reports.overview import Overview
from core.studio import Studio
from pages.parts.kit import dialogs
from pages.parts.kit.address import Address
from pages.parts.kit.tables import rows
from pages.parts.kit.words import many, name_of, number, sentence, t
from pages.parts.provisioning.plan import Plan
from pages.parts.provisioning.quote_words import spend_label, what_happens, whole

#: A longer list scrolls inside its own frame.
LONG = 12
#: As many locations are named as holders of a group.
MOST_HOLDERS = 6


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
        spend(quote, spend_label(quote), plan.address, "confirm")


def _waiting(studio: Studio, plan: Plan, figures: Overview) -> None:
    if plan.chosen:
        st.markdown(t("Choose a motion type: then every line and the total stand here."))
    else:
        st.markdown(
            t("Choose locations: then every line and the total stand here. Nothing is spent by choosing.")
        )
    limit = studio.plan.groups
    st.table(
        {
            t("Available now"): "–" if figures.heygen_micro is None else whole(figures.available),
            t("Avatar groups used"): _of(figures.groups_used, limit),
        },
        border="horizontal",
        alt=t("The balance and avatar groups before anything is chosen"),
    )


def _lines(quote: Quote) -> None:
    st.table(
        [
            {
                t("Location"): f"**{name_of(line.blogger, line.location)}**  \n{what_happens(quote, line)}",
                t("Cost"): whole(line.micro_credits) if line.action == "make" else "–",
            }
            for line in quote.lines
        ],
        border="horizontal",
        hide_index=True,
        alt=t("What is done for every location and what it costs"),
    )


def _money(quote: Quote) -> None:
    st.table(
        {
            t("Motion type"): _motion(quote),
            t("Total"): f"**{whole(quote.total)}**",
            t("Available now"): whole(quote.available),
            t("Available afterwards"): whole(quote.balance_after),
        },
        border="horizontal",
        alt=t("The quote's total and the balance before and after"),
    )
    for problem in quote.problems:
        if problem.code != "groups":
            show_problem(problem)
    show_warnings(quote)


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
            show_problem(problem)
            holders(studio, quote)


def _of(used: int, limit: int | None) -> str:
    return number(used) if limit is None else t("{n} of {all}", n=number(used), all=number(limit))


def holders(studio: Studio, quote: Quote) -> None:
    """The door in the wall: which locations hold the groups, each with the way to free its slot."""
    held = slots.holders(studio.db)
    if len(held):
        st.caption(t("These locations hold groups. Free the slot of one that is no longer needed:"))
    for row in rows(held.head(MOST_HOLDERS)):
        st.page_link(
            "locations.py",
            label=name_of(row.blogger, row.location),
            icon=":material/arrow_forward:",
            query_params={"location": str(row.location_id)},
        )
    more = len(held) - MOST_HOLDERS
    if more > 0:
        st.caption(many("And {n} more location.", "And {n} more locations.", more))
    strange = quote.groups_used - len(held) - slots.under_way(studio.db)
    if strange > 0:
        st.caption(
            many(
                "{n} group was not made here. It can be deleted in HeyGen itself.",
                "{n} groups were not made here. They can be deleted in HeyGen itself.",
                strange,
            )
        )


def show_problem(problem: Problem) -> None:
    """What holds up the whole plan."""
    st.error(sentence(problem.template, problem.values), icon=":material/block:")


def show_warnings(quote: AnyQuote[Any]) -> None:
    """What is worth knowing before the plan is confirmed; it holds up nothing."""
    for warning in quote.warnings:
        st.warning(sentence(warning.template, warning.values), icon=":material/trending_up:")


def _ask(address: Address, dialog: str) -> None:
    """Only opens the dialog: its quote is made when it is drawn, after every click of this moment."""
    address.change({})
    dialogs.ask(dialog, asked={})


def spend(quote: AnyQuote[Any], label: str, address: Address, dialog: str) -> None:
    """The button that opens the confirmation; `label` says what it spends."""
    if not quote.to_make:
        st.button(t("Nothing to make"), disabled=True, key="spend", width="stretch")
        if quote.refused:
            st.caption(t("The reasons stand above. Nothing would be spent."))
        else:
            st.caption(t("Nothing is left to pay for the chosen locations, so nothing would be spent."))
        return
    st.button(
        label,
        key="spend",
        type="primary",
        icon=":material/payments:",
        width="stretch",
        disabled=not quote.can_confirm,
        on_click=_ask,
        args=(address, dialog),
    )
    if quote.can_confirm:
        st.caption(t("You confirm once more before anything is held."))
    else:
        st.caption(t("What is marked red above holds it up. Nothing was spent."))
