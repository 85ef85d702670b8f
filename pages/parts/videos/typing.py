"""A text area that is heard while one types: Streamlit hears one only when it is left, or by Ctrl+Enter."""

import streamlit as st

from core.locale import N_
from pages.parts.kit.guard import optional

#: After a pause in typing the text area gets the Ctrl+Enter that it understands. Where this does not run,
#: the text is heard when the area is left, as everywhere.
_SCRIPT = """
export default function ({ data }) {
  const pause = 600
  let timer = 0
  const hear = (area) => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      const enter = { key: "Enter", code: "Enter", keyCode: 13, ctrlKey: true, bubbles: true }
      area.dispatchEvent(new KeyboardEvent("keydown", enter))
    }, pause)
  }
  const typed = (event) => {
    const area = event.target
    if (area instanceof HTMLTextAreaElement && area.closest(".st-key-" + data.key)) hear(area)
  }
  document.addEventListener("input", typed)
  // What was typed before this was loaded; where nothing is new, Ctrl+Enter does nothing.
  const already = document.querySelector(".st-key-" + data.key + " textarea")
  if (already && already.value) hear(already)
  return () => {
    clearTimeout(timer)
    document.removeEventListener("input", typed)
  }
}
"""


@optional(N_("figures while you type"))
def commit_while_typing(key: str) -> None:
    """Let the page hear the text area of this key after every pause in typing."""
    listen = st.components.v2.component("commit_while_typing", js=_SCRIPT, isolate_styles=False)
    listen(data={"key": key}, key=f"{key}_typing", height=1)
