"""Dialogs that stay open while the page behind them reruns: which one is open stands in the session."""

from collections.abc import Callable
from typing import Any, Literal

import streamlit as st

from pages.parts.kit.guard import guarded
from pages.parts.kit.people import may, refused

_SLOT = "open_dialog"


def ask(name: str, **details: Any) -> None:
    """Open the dialog `name` at the coming rerun; made for on_click."""
    st.session_state[_SLOT] = (name, details)


def button(
    label: str, name: str, details: dict[str, Any] | None = None, *, needs: str = "edit", **look: Any
) -> None:
    """A button that opens the dialog `name` with `details`; `look` is what st.button takes besides.

    Nothing for who has not the permission that the dialog `needs`.
    """
    if may(needs):
        st.button(label, on_click=ask, args=(name,), kwargs=details, **look)


def details(name: str) -> dict[str, Any]:
    """With what the dialog `name` was asked for; nothing while it is not open."""
    found, asked = st.session_state.get(_SLOT, ("", {}))
    return asked if found == name else {}


def show(
    name: str,
    title: str,
    body: Callable[..., None],
    *,
    needs: str = "edit",
    width: Literal["small", "medium", "large"] = "medium",
) -> None:
    """Draw the dialog when it is open: `body` gets the details it was asked with.

    Who has not the permission that it `needs` reads in it who has.
    """
    found, details = st.session_state.get(_SLOT, ("", {}))
    if found != name:
        return

    def draw() -> None:
        with guarded():
            if not refused(needs):
                body(**details)

    st.dialog(title, width=width, on_dismiss=forget)(draw)()


def do(change: Callable[[], object]) -> None:
    """Make the change and close the dialog; a refusal is said in place."""
    with guarded():
        change()
        close()


def forget() -> None:
    """The dialog was dismissed; made for on_dismiss."""
    st.session_state.pop(_SLOT, None)


def close() -> None:
    """Close the dialog and show the page as it is now."""
    forget()
    st.rerun()
