"""What cannot be loaded is said in one sentence, without a trace; an optional part takes no page down."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from sqlalchemy.exc import SQLAlchemyError

from core.errors import StudioError
from pages.parts.kit.words import say, t

log = logging.getLogger("studio.pages")


@contextmanager
def guarded() -> Iterator[None]:
    """Show a StudioError or a failing database as a sentence in place of what could not be shown."""
    try:
        yield
    except StudioError as error:
        st.error(say(error), icon=":material/error:")
    except SQLAlchemyError:
        log.exception("the database could not be read")
        st.error(
            t(
                "The Studio's data could not be read. Nothing was changed and nothing was spent. "
                "Reload the page in a moment; if that does not help, the server's log says why."
            ),
            title=t("Could not load"),
            icon=":material/error:",
        )


@contextmanager
def told_later(slot: str) -> Iterator[None]:
    """For a click: a StudioError ends it, and `refusal` says it where the page is drawn again."""
    try:
        yield
    except StudioError as error:
        st.session_state[slot] = say(error)


def refusal(slot: str) -> None:
    """Say, once, why the last click was refused."""
    if said := st.session_state.pop(slot, None):
        st.error(said, icon=":material/error:")


@contextmanager
def optional(part: str) -> Iterator[None]:
    """Around, or as a decorator on, what a page can do without: whatever breaks it, the page goes on.

    `part` is its name as N_ knows it: it stands in a line in the part's place, the cause in the log.
    """
    try:
        yield
    except Exception:
        log.exception("not shown: %s", part)
        st.caption(
            t("Not shown: {part}. The rest of the page works; the server's log says why.", part=t(part))
        )
