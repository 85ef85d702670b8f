"""The window at its top: after a click far below, what has begun is in view."""

import streamlit as st

#: Runs once for each `key`: who has scrolled down since is left alone.
_SCRIPT = """
export default function ({ data }) {
  const main = document.querySelector('[data-testid="stMain"]')
  if (main && window.studioAtTop !== data.key) main.scrollTo({ top: 0 })
  window.studioAtTop = data.key
}
"""


def to_top(key: str) -> None:
    """Begin at the top with what `key` names."""
    top = st.components.v2.component("begin_at_top", js=_SCRIPT, isolate_styles=False)
    top(data={"key": key}, key="begin_at_top", height=1)
