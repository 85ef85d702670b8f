"""What holds for one visit to a page and is gone when the person goes to another one."""

from typing import TypeVar

import streamlit as st

T = TypeVar("T")

_PAGE = "visited_page"
_ASKED = "visited_with"
_KEPT = "kept_for_the_visit"


def stay_on(page: str) -> bool:
    """Call it once a run: forgets the visit to another page; False when that one was left."""
    stays = st.session_state.setdefault(_PAGE, page) == page
    st.session_state[_PAGE] = page
    if not stays:
        st.session_state.pop(_KEPT, None)
        st.session_state[_ASKED] = frozenset(st.query_params)
    return stays


def came_with() -> frozenset[str] | None:
    """The names in the address with which one came here from another page; None on the session's first."""
    return st.session_state.get(_ASKED)


def kept(name: str, new: T) -> T:
    """What this visit keeps under the name; `new` the first time. Change it in place."""
    return st.session_state.setdefault(_KEPT, {}).setdefault(name, new)


def first(name: str) -> bool:
    """True once a visit."""
    seen = kept("seen", set())
    new = name not in seen
    seen.add(name)
    return new
