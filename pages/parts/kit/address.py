"""What a page keeps in its address, robust against clicks that come faster than their answers.

A click that comes before the one before it was answered brings an address that is a click behind, and a
touch of st.session_state or st.query_params in a callback is a place where the next click may cut it off.
So a click changes a plain object, which it was given when the page was drawn; the address follows when the
page is drawn again. Where nobody has clicked, the address counts: it may be a link.
"""

from collections.abc import Collection, Iterable

import streamlit as st

from pages.parts.kit import visit

_SLOT = "_address"


class Address:
    """Some names in the address; one object a session and key."""

    def __init__(self) -> None:
        self._newest: dict[str, str] = {}
        self._ahead = False
        #: How often something was set from elsewhere than its widget, by name.
        self.versions: dict[str, int] = {}

    def now(self) -> dict[str, str]:
        """For a click: the values as the clicks before it left them."""
        return dict(self._newest)

    def change(self, values: dict[str, str]) -> None:
        """For a click: these values from now on, "" for none; the others stay."""
        self._newest = {name: value for name, value in {**self._newest, **values}.items() if value}
        self._ahead = True


def follow(key: str, names: Iterable[str], *, beside: Collection[str] | None = None) -> Address:
    """For the page: bring the address to the last click, or take over what a link says.

    With `beside` it is there again after a look at another page, for who comes back with no other names in
    the address than these, which choose nothing.
    """
    address = st.session_state.setdefault(key + _SLOT, Address())
    came_with = visit.came_with()
    if beside is not None and came_with is not None and came_with <= set(beside) and visit.first(key):
        address.change({name: st.query_params[name] for name in names if name in st.query_params})
    if address._ahead:
        newest = address.now()
        for name in names:
            if name in newest:
                st.query_params[name] = newest[name]
            else:
                st.query_params.pop(name, None)
        # A click may have come meanwhile.
        address._ahead = address._newest != newest
    else:
        address._newest = {name: st.query_params[name] for name in names if name in st.query_params}
    return address


def forget(key: str, names: Iterable[str]) -> None:
    """These names leave the address, and nothing of them is remembered."""
    for name in names:
        st.query_params.pop(name, None)
    st.session_state.pop(key + _SLOT, None)


def say() -> None:
    """For every run, before its page: what is asked for stands in the browser's address.

    After a link to the same page it does not: Streamlit leaves that to the server. Where a click is ahead of
    the address, `follow` says it.
    """
    slots = [key for key in st.session_state if str(key).endswith(_SLOT)]
    if not any(st.session_state[key]._ahead for key in slots):
        st.query_params.from_dict(st.query_params.to_dict())
