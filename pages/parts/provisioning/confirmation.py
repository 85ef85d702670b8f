"""The confirmation: built from the exact quote it will act on, and the one place where money is committed."""

from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st

from core.errors import StudioError
from core.heygen.motions import MOTION_TYPES
from core.members import require
from core.quotes.avatar_lines import Line
from core.quotes.avatars import Quote
from core.quotes.plan import Plan
from core.runs import queue
from core.runs.confirm import confirm as confirm_quote
from core.studio import Studio, current
from pages.parts.kit import dialogs, links, location_picker
from pages.parts.kit.words import amount, many, name_of, say, sentence, t
from pages.parts.provisioning import plan, quote_card
from pages.parts.provisioning.quote_words import already, applied_with_video, spend_label

#: A longer list scrolls inside its own frame.
LONG = 12
Q = TypeVar("Q", bound=Plan[Any])


def confirmation(asked: dict[str, Any]) -> None:
    """The dialog's body. `asked` keeps the quote that is shown, and why it was refused, if it was."""
    studio = current()
    ask(
        asked,
        priced=lambda: plan.priced(studio, plan.read(studio)),
        contents=_contents,
        label=spend_label,
        confirm=lambda quote: _confirm(studio, quote, asked),
    )


def ask(
    asked: dict[str, Any],
    *,
    priced: Callable[[], Q | None],
    contents: Callable[[Q], None],
    label: Callable[[Q], str],
    confirm: Callable[[Q], None],
) -> None:
    """Show one quote, which stays the same while the dialog is open, and act on exactly that."""
    if asked.get("refused"):
        st.error(asked["refused"], title=t("Nothing was spent"), icon=":material/error:")
        if st.button(t("Look at the plan as it is now"), key="confirm_again", type="primary"):
            dialogs.close()
        return
    quote = asked.get("quote") or priced()
    if quote is None or not quote.to_make:
        st.info(t("Nothing is left to do for the chosen locations. Nothing was spent."))
        if st.button(t("Back"), key="confirm_back"):
            dialogs.close()
        return
    asked["quote"] = quote
    contents(quote)
    quote_card.show_warnings(quote)
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button(t("Back"), key="confirm_back"):
            dialogs.close()
        if st.button(label(quote), key="confirm_spend", type="primary", icon=":material/payments:"):
            confirm(quote)


def _contents(quote: Quote) -> None:
    engine, n = MOTION_TYPES[quote.motion_type], len(quote.to_make)
    if quote.action == plan.ANOTHER_MOTION:
        made = many(
            "{n} motion is made with {engine}:", "{n} motions are made with {engine}:", n, engine=engine
        )
    else:
        made = many(
            "{n} avatar is made with {engine}:", "{n} avatars are made with {engine}:", n, engine=engine
        )
    _list(f"**{made}**", ":blue[:material/add_circle:]", quote.to_make)
    if quote.skipped:
        _list(f"**{t('Skipped')}.** {already(quote)}", ":gray[:material/done_all:]", quote.skipped)
    if quote.refused:
        _list(
            f"**{t('Refused')}.** {t('Nothing is paid for these.')}", ":red[:material/block:]", quote.refused
        )
    if quote.motion_with_video:
        if quote.total:
            st.markdown(
                t(
                    "**{amount}** will be held. Each avatar is paid when HeyGen accepts its photo; what "
                    "HeyGen does not take is available again.",
                    amount=amount(quote.total),
                )
            )
        st.markdown(applied_with_video())
        return
    st.markdown(
        t(
            "**{amount}** will be held. Each motion is paid when HeyGen accepts it; "
            "what HeyGen does not take is available again.",
            amount=amount(quote.total),
        )
    )


def _list(title: str, mark: str, lines: tuple[Line, ...]) -> None:
    items = []
    for line in lines:
        item = f"{mark} {name_of(line.blogger, line.location)}"
        if line.problem is not None:
            item += f": {sentence(line.problem.template, line.problem.values)}"
        items.append(item)
    st.markdown(title)
    with st.container(height=300 if len(items) > LONG else "content", border=False):
        st.markdown("  \n".join(items))


def _confirm(studio: Studio, quote: Quote, asked: dict[str, Any]) -> None:
    """Confirming one quote twice starts and holds nothing more, so a double click is harmless.

    A refusal is said inside the dialog, where the eyes are; the page behind it shows the new plan meanwhile.
    """
    try:
        runs = confirm_quote(studio, quote, actor=require("spend"))
    except StudioError as error:
        asked["refused"] = say(error)
        st.rerun()
    ids = [run.id for run in runs if run.id is not None]
    queue.of(studio).wake(ids)
    for name in (links.CHOSEN, location_picker.PICK, plan.ACTION, plan.MOTION):
        st.query_params.pop(name, None)
    links.put("runs", ids)
    dialogs.close()
