"""A draft behind the address: what is too long for one survives a reload under a name that stands in it.

A session that finds a name reads it and, at the first change, goes on under a name of its own: a link given
to a colleague shows what it showed, and two who work on one never write over each other.
"""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from core import drafts
from core.studio import Studio


@dataclass(frozen=True)
class _Held:
    """The draft that this session knows; `own` once it has written it."""

    name: str
    draft: Any
    own: bool


def found(studio: Studio, param: str) -> Any:
    """What the address names under `param` and this session does not hold; None for nothing new."""
    name = st.query_params.get(param, "")
    held = st.session_state.get(_slot(param))
    if not name or (held is not None and held.name == name):
        return None
    draft = drafts.read(studio.settings.data_dir, name)
    if draft is not None:
        st.session_state[_slot(param)] = _Held(name, draft, own=False)
    return draft


def keep(studio: Studio, param: str, draft: Any) -> None:
    """The draft as it is now, in the address under its name; an empty one is none."""
    held = st.session_state.get(_slot(param))
    if not draft:
        forget(studio, param)
        return
    if held is None or held.draft != draft:
        held = _Held(held.name if held and held.own else drafts.new_name(), draft, own=True)
        drafts.keep(studio.settings.data_dir, held.name, draft)
        st.session_state[_slot(param)] = held
    if st.query_params.get(param) != held.name:
        st.query_params[param] = held.name


def forget(studio: Studio, param: str) -> None:
    """The draft is finished or empty: it leaves the address, and the disk where it is this session's own."""
    held = st.session_state.pop(_slot(param), None)
    if held is not None and held.own:
        drafts.drop(studio.settings.data_dir, held.name)
    st.query_params.pop(param, None)


def begin_anew(param: str) -> None:
    """What comes next is another draft; the one so far stays behind its own address."""
    st.session_state.pop(_slot(param), None)


def _slot(param: str) -> str:
    return f"{param}_draft"
