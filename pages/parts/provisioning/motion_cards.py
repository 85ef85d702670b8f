"""The motion types as cards: the engine's name, the price, which is recommended and which is chosen."""

import streamlit as st

from core.heygen.motions import MOTION_TYPES
from core.studio import Studio
from pages.parts.kit import motions
from pages.parts.kit.words import t, whole
from pages.parts.provisioning.plan import RECOMMENDED, Plan, choose_motion


def show(studio: Studio, plan: Plan, *, present: str = "") -> None:
    """One card each; those that cannot be had here say so. `present`: what all the chosen locations have."""
    if plan.unknown:
        st.error(motions.refusal(studio, plan.unknown), icon=":material/error:")
    price = studio.tariffs.price("add_motion")
    offered = motions.offered(studio)
    grid = st.grid(3, min_column_width=150, gap="xsmall", key="motion_types")
    for slug in MOTION_TYPES:
        # The recommended one has a row to itself, so that the six others fill whole rows at every width.
        with grid.cell(column_span="all" if slug == RECOMMENDED else 1):
            _card(
                plan,
                slug,
                whole(price) if price else t("free"),
                chosen=slug == plan.motion,
                present=slug == present,
                offered=slug in offered,
            )


def _card(plan: Plan, slug: str, said: str, *, chosen: bool, present: bool, offered: bool) -> None:
    name = f":violet[**{MOTION_TYPES[slug]}**]" if chosen else f"**{MOTION_TYPES[slug]}**"
    if slug == RECOMMENDED:
        name += f" :green-badge[{t('Recommended')}]"
    if not offered:
        said = t("not available here")
    elif chosen:
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
        disabled=not offered,
        on_click=choose_motion,
        args=(plan.address, slug),
    )
