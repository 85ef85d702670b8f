"""Runs' numbers as buttons in a table's cells.

A click in a table tells the row's place and the button's words. The place means another row once the list has
moved on; the number in the words always means the same run.
"""

import re

import streamlit as st

_ICON = ":material/arrow_forward:"


def label(run_id: int | None) -> str | None:
    """The cell of a run; of none, nothing."""
    return None if run_id is None else f"{_ICON} {run_id}"


def clicked(key: str) -> int | None:
    """The run whose button in the column `key` was clicked; made for on_click."""
    number = re.search(r"\d+$", st.session_state[key].label or "")
    return int(number.group()) if number else None
