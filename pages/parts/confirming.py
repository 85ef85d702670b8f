"""The confirmation: built from the exact quote it will act on, and the one place where money is committed."""

import streamlit as st

from core import decisions, jobs
from core.errors import StudioError
from core.heygen import MOTION_TYPES
from core.members import require
from core.quotes import Line, Quote
from core.studio import Studio
from pages.parts import dialogs, links
from pages.parts.quote_words import spend_label
from pages.parts.words import amount, many, name_of, say, sentence, t

#: Where a refused confirmation leaves its sentence for the page behind it.
REFUSED = "provisioning_refused"
#: A longer list scrolls inside its own frame.
LONG = 12


def confirmation(studio: Studio, quote: Quote) -> None:
    """The dialog's body: what will be made, skipped and refused; the button carries the amount."""
    avatars = many(
        "{n} avatar is made with {engine}:",
        "{n} avatars are made with {engine}:",
        len(quote.to_make),
        engine=MOTION_TYPES[quote.motion_type],
    )
    _list(avatars, quote.to_make)
    if quote.skipped:
        _list(t("Skipped, paid already:"), quote.skipped)
    if quote.refused:
        _list(t("Refused:"), quote.refused)
    st.markdown(
        t(
            "Set aside now: **{amount}**, taken as HeyGen accepts each motion. "
            "What HeyGen does not take comes back.",
            amount=amount(quote.total),
        )
    )
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button(t("Back"), key="confirm_back"):
            dialogs.close()
        if st.button(spend_label(quote), key="confirm_spend", type="primary", icon=":material/payments:"):
            _confirm(studio, quote)


def _list(title: str, lines: tuple[Line, ...]) -> None:
    items = []
    for line in lines:
        item = f"- {name_of(line.blogger, line.location)}"
        if line.problem is not None:
            item += f": {sentence(line.problem.template, line.problem.values)}"
        items.append(item)
    st.markdown(title)
    with st.container(height=300 if len(items) > LONG else "content", border=False):
        st.markdown("\n".join(items))


def _confirm(studio: Studio, quote: Quote) -> None:
    """Confirming one quote twice starts and holds nothing more, so a double click is harmless."""
    try:
        runs = decisions.confirm(studio, quote, actor=require("spend"))
    except StudioError as error:
        st.session_state[REFUSED] = say(error)
        dialogs.close()
        return
    ids = [run.id for run in runs if run.id is not None]
    jobs.of(studio).wake(ids)
    links.put(links.CHOSEN, ())
    links.put("runs", ids)
    dialogs.close()
