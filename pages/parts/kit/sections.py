"""A page's sections as tabs, the open one in the address, and its folds: only what is open is drawn."""

from collections.abc import Callable, Mapping

import streamlit as st

from core.studio import Studio
from pages.parts.kit.guard import guarded

PART = "part"

#: Slug in the address -> label and what draws the section.
Sections = Mapping[str, tuple[str, Callable[[Studio], None]]]


def fold(label: str, draw: Callable[[], None], *, key: str, icon: str = "history") -> None:
    """A part behind its label, read and drawn only where somebody looks: the page comes up sooner."""
    part = st.expander(label, icon=f":material/{icon}:", key=key, on_change="rerun")
    if part.open:
        with part:
            draw()


def show(studio: Studio, sections: Sections, *, key: str) -> None:
    """Draw the tabs and the open section: the first one where the address names none."""
    labels = [label for label, _ in sections.values()]

    def keep() -> None:
        # A link leads to the same section in any language.
        slugs = dict(zip(labels, sections, strict=True))
        st.query_params[PART] = slugs.get(st.session_state[key], next(iter(sections)))

    named = sections.get(st.query_params.get(PART, ""))
    tabs = st.tabs(labels, default=named[0] if named else None, key=key, on_change=keep)
    for tab, (_, draw) in zip(tabs, sections.values(), strict=True):
        if tab.open:
            with tab, guarded():
                draw(studio)
