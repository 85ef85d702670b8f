"""What holds for one visit to a page and is gone when the person goes to another one."""

from typing import TypeVar

import streamlit as st

T = TypeVar("T")

_PAGE = "visited_page"
_KEPT = "kept_for_the_visit"


def stay_on(page: str) -> bool:
    """Call it once a run: forgets the visit to another page; False when that one was left."""
    stays = st.session_state.setdefault(_PAGE, page) == page
    st.session_state[_PAGE] = page
    if not stays:
        st.session_state.pop(_KEPT, None)
    return stays


def kept(name: str, new: T) -> T:
    """What this visit keeps under the name; `new` the first time. Change it in place."""
    return st.session_state.setdefault(_KEPT, {}).setdefault(name, new)
