"""Filters with a search: a text in the address that narrows the list while it is typed."""

from dataclasses import dataclass

import streamlit as st

from pages.parts.kit.filters import Filters
from pages.parts.kit.words import t


@dataclass
class Searched(Filters):
    """Filters, a search and the pages of one list."""

    MORE = ("text",)

    @property
    def text(self) -> str:
        return st.query_params.get(self.key("text"), "")[:200]

    def search(self, placeholder: str) -> None:
        """Draw the field; `placeholder` says what can be found."""
        key = self.key("text")
        # Only from outside: what is being typed must not be overwritten by what was typed before.
        if st.session_state.get(key, "") != self.text:
            st.session_state[key] = self.text
        st.text_input(
            t("Search"),
            key=key,
            type="search",
            live="300ms",
            max_chars=200,
            placeholder=placeholder,
            label_visibility="collapsed",
            width=230,
            on_change=self._searched,
        )

    def _searched(self) -> None:
        text = st.session_state[self.key("text")] or ""
        self._write("text", (text,) if text else ())

    def clear_search(self) -> None:
        """Made for on_click."""
        self._write("text", ())
