"""A quote on screen: what every line costs, what is skipped or refused and why, and the money after it."""

import streamlit as st

from core import quotes, reports
from core.money import credits_text
from core.quotes import Problem, Quote
from core.studio import Studio
from pages.parts import dialogs, links
from pages.parts.quote_words import spend_label, what_happens
from pages.parts.words import amount, name_of, sentence, t

#: The key of the choice of motion types.
MOTION_KEY = "provisioning_motion"
#: A longer list scrolls inside its own frame.
LONG = 12


def card(quote: Quote) -> None:
    """The whole quote."""
    with st.container(border=True):
        st.subheader(t("What it will cost"), anchor=False)
        with st.container(height=460 if len(quote.lines) > LONG else "content", border=False):
            st.table(
                [
                    {
                        t("Location"): name_of(line.blogger, line.location),
                        t("What happens"): what_happens(line),
                        t("Cost"): amount(line.micro_credits) if line.action == "make" else "–",
                    }
                    for line in quote.lines
                ],
                border="horizontal",
                hide_index=True,
                alt=t("What is done for every location and what it costs"),
            )
        money, groups = st.columns(2)
        with money:
            _money(quote)
        with groups:
            _groups(quote)
        for problem in quote.problems:
            if problem.code not in ("credits", "balance", "groups"):
                _show(problem)


def _money(quote: Quote) -> None:
    st.table(
        {
            t("Total"): f"**{amount(quote.total)}**",
            t("Available now"): credits_text(quote.available),
            t("Available afterwards"): credits_text(quote.balance_after),
        },
        border="horizontal",
        alt=t("The quote's total and the balance before and after"),
    )
    for problem in quote.problems:
        if problem.code in ("credits", "balance"):
            _show(problem)


def _groups(quote: Quote) -> None:
    limit = t("no limit") if quote.group_limit is None else str(quote.group_limit)
    st.table(
        {
            t("Avatar groups used now"): str(quote.groups_used),
            t("Used afterwards"): str(quote.groups_after),
            t("Allowed by the plan"): limit,
        },
        border="horizontal",
        alt=t("Avatar groups used before and after, and the plan's limit"),
    )
    for problem in quote.problems:
        if problem.code == "groups":
            _show(problem)


def _show(problem: Problem) -> None:
    st.error(sentence(problem.template, problem.values), icon=":material/block:")


def _ask(studio: Studio) -> None:
    """Confirm what is chosen at the click: a choice made just before it has not been drawn yet."""
    chosen = reports.existing(studio.db, links.ids(links.CHOSEN))
    now = quotes.quote(studio, location_ids=chosen, motion_type=st.session_state[MOTION_KEY])
    dialogs.ask("confirm", studio=studio, quote=now)


def spend_button(studio: Studio, quote: Quote) -> None:
    """The button that opens the confirmation of exactly this quote."""
    if not quote.to_make:
        st.button(t("Nothing to make"), disabled=True, key="spend")
        if quote.refused:
            st.caption(t("The reasons stand above. Nothing would be spent."))
        else:
            st.caption(t("No chosen location needs an avatar now, so nothing would be spent."))
        return
    st.button(
        spend_label(quote),
        key="spend",
        type="primary",
        icon=":material/payments:",
        disabled=not quote.can_confirm,
        on_click=_ask,
        args=(studio,),
    )
    if quote.can_confirm:
        st.caption(t("You confirm once more before anything is held."))
    else:
        st.caption(t("What is marked red above holds it up. Nothing was spent."))
