"""The confirmation of avatars: what is made, what is left out, what will be held."""

from typing import Any

import streamlit as st

from core.heygen.motions import MOTION_TYPES
from core.quotes.avatar_lines import Line
from core.quotes.avatars import Quote
from core.studio import current
from pages.parts.kit import links, quotes
from pages.parts.kit.words import amount, many, name_of, sentence, t
from pages.parts.provisioning import plan
from pages.parts.provisioning.words import already, applied_with_video, spend_label

#: A longer list scrolls inside its own frame.
LONG = 12


def confirmation(asked: dict[str, Any]) -> None:
    """The dialog's body. `asked` keeps the quote that is shown, and why it was refused, if it was."""
    studio = current()
    quotes.confirmation(
        studio,
        asked,
        priced=lambda: plan.priced(studio, plan.read(studio)),
        contents=_contents,
        label=spend_label,
        watch=_watch,
    )


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
    quotes.listing(title, items, long=LONG, height=300)


def _watch(_quote: Quote, ids: list[int]) -> None:
    plan.clear()
    links.put("runs", ids)
