"""The motion types as cards: the engine's name, the price, which is recommended and which is chosen."""

import streamlit as st

from core.errors import StudioError
from core.heygen import MOTION_TYPES, check_motion_type
from pages.parts import planning
from pages.parts.planning import RECOMMENDED, Plan
from pages.parts.quote_words import whole
from pages.parts.words import say, t


def show(plan: Plan, price: int, *, present: str = "") -> None:
    """One card each, `price` in micro-credits. `present`: what all the chosen locations have already."""
    if plan.unknown:
        st.error(_unsupported(plan.unknown), icon=":material/error:")
    grid = st.grid(3, min_column_width=150, gap="xsmall", key="motion_types")
    for slug in MOTION_TYPES:
        # The recommended one has a row to itself, so that the six others fill whole rows at every width.
        with grid.cell(column_span="all" if slug == RECOMMENDED else 1):
            _card(plan, slug, price, chosen=slug == plan.motion, present=slug == present)


def _card(plan: Plan, slug: str, price: int, *, chosen: bool, present: bool) -> None:
    name = f":violet[**{MOTION_TYPES[slug]}**]" if chosen else f"**{MOTION_TYPES[slug]}**"
    if slug == RECOMMENDED:
        name += f" :green-badge[{t('Recommended')}]"
    said = whole(price)
    if chosen:
        said += f" · :violet[{t('chosen')}]"
    elif present:
        said += f" · {t('in use now')}"
    # One kind of button for all: a button that changes its kind loses the keyboard's focus.
    st.button(
        f"{name}  \n{said}",
        key=f"motion_{slug}",
        icon=":material/radio_button_checked:" if chosen else ":material/radio_button_unchecked:",
        width="stretch",
        wrap=True,
        on_click=planning.choose_motion,
        args=(plan.address, slug),
    )


def _unsupported(slug: str) -> str:
    try:
        check_motion_type(slug)
    except StudioError as error:
        return say(error)
    return ""
