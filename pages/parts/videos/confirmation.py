"""The confirmation of videos: what is made, which avatars come first, what will be held."""

from typing import Any

import streamlit as st

from core.heygen.motions import MOTION_TYPES
from core.quotes.video_lines import VideoLine
from core.quotes.videos import VideoQuote
from core.studio import current
from pages.parts.kit import quotes
from pages.parts.kit.times import length
from pages.parts.kit.words import amount, at_most, many, name_of, sentence, t
from pages.parts.videos import plan
from pages.parts.videos.words import spend_label, warn

#: A longer list scrolls inside its own frame.
LONG = 10


def confirmation(asked: dict[str, Any]) -> None:
    """The dialog's body. `asked` keeps the quote that is shown, and why it was refused, if it was."""
    studio = current()
    quotes.confirmation(
        studio,
        asked,
        priced=lambda: plan.priced(studio, plan.read(studio)),
        contents=_contents,
        label=lambda quote: spend_label(quote.total, len(quote.to_make)),
        watch=_watch,
    )


def _contents(quote: VideoQuote) -> None:
    made = many("{n} video is made:", "{n} videos are made:", len(quote.to_make))
    _list(f"**{made}**", ":blue[:material/movie:]", quote.to_make)
    avatars = tuple(line for line in quote.to_make if line.avatar == "make")
    if avatars:
        first = many(
            "{n} avatar is made first with {engine}:",
            "{n} avatars are made first with {engine}:",
            len(avatars),
            engine=MOTION_TYPES[quote.wish.motion_type],
        )
        _list(f"**{first}**", ":blue[:material/add_circle:]", avatars, avatars=True)
    if quote.refused:
        _list(
            f"**{t('Refused')}.** {t('Nothing is paid for these.')}", ":red[:material/block:]", quote.refused
        )
    warn(quote.wish)
    st.markdown(
        t(
            "At most **{amount}** will be held. What a video took is paid when HeyGen has rendered it; "
            "the rest is available again.",
            amount=at_most(quote.total),
        )
    )


def _list(title: str, mark: str, lines: tuple[VideoLine, ...], *, avatars: bool = False) -> None:
    items = [f"{mark} {name_of(line.blogger, line.location)}: {_said(line, avatars)}" for line in lines]
    quotes.listing(title, items, long=LONG, height=260)


def _said(line: VideoLine, avatars: bool) -> str:
    if line.action == "refuse" and line.problem is not None:
        return sentence(line.problem.template, line.problem.values)
    if avatars:
        return amount(line.avatar_price)
    return t(
        "about {length}, at most {amount}",
        length=length(line.expected_ms),
        amount=at_most(line.video_price),
    )


def _watch(quote: VideoQuote, _ids: list[int]) -> None:
    plan.clear(current())
    st.query_params["batch"] = quote.id
