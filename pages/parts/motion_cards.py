"""The motion types as cards: the engine's name, the price, which is recommended and which is chosen."""

import streamlit as st

from core.errors import StudioError
from core.heygen import MOTION_TYPES, check_motion_type
from pages.parts import planning
from pages.parts.planning import RECOMMENDED, Plan
from pages.parts.quote_words import whole
from pages.parts.words import say, t

#: Keeps a card's third line where there is nothing to say, so that no card changes its height.
BLANK = "\u00a0"


def show(plan: Plan, price: int, *, present: str = "") -> None:
    """One card each, `price` in micro-credits. `present`: what all the chosen locations have already."""
    if plan.unknown:
        st.error(_unsupported(plan.unknown), icon=":material/error:")
    with st.grid("auto", min_column_width=150, gap="xsmall", key="motion_types"):
        for slug, engine in MOTION_TYPES.items():
            chosen = slug == plan.motion
            # One kind of button for all: a button that changes its kind loses the keyboard's focus.
            st.button(
                f"{_name(engine, chosen)}  \n{_price(price, chosen)}  \n{_tag(slug, present)}",
                key=f"motion_{slug}",
                icon=":material/radio_button_checked:" if chosen else ":material/radio_button_unchecked:",
                width="stretch",
                wrap=True,
                on_click=planning.choose_motion,
                args=(slug,),
            )


def _name(engine: str, chosen: bool) -> str:
    return f":primary[**{engine}**]" if chosen else f"**{engine}**"


def _price(price: int, chosen: bool) -> str:
    said = whole(price)
    return f"{said} · :primary[{t('chosen')}]" if chosen else said


def _tag(slug: str, present: str) -> str:
    if slug == present:
        return f":gray-badge[{t('In use now')}]"
    if slug == RECOMMENDED:
        return f":green-badge[{t('Recommended')}]"
    return BLANK


def _unsupported(slug: str) -> str:
    try:
        check_motion_type(slug)
    except StudioError as error:
        return say(error)
    return ""
