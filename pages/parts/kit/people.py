"""Who looks at the page: asked anew in every run, so that a role that changed counts at the next click."""

from html import escape

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.people import access
from core.people.roles import PERMISSIONS, WHO_MAY, Person
from core.studio import current
from pages.parts.kit.words import t

_FOUND = "who_looks"
SIGN_IN = (
    '<a href="/" style="display: inline-block; padding: 0.4rem 0.9rem; border: 1px solid; '
    'border-radius: 0.5rem; text-decoration: none; color: inherit">{words}</a>'
)


def known() -> Person | None:
    """The person of this session; None where nobody is known any more. Raises StorageFailed.

    Asked for by every control, so it is looked up once a run; a fragment's rerun is a run of its own.
    """
    context = get_script_run_ctx()
    # Streamlit begins every run with a new one, and keeps it until the run's end.
    this_run = context and context.parallel_coordinator
    found = st.session_state.get(_FOUND, (None, None))
    if this_run is None or found[0] is not this_run:
        found = (this_run, _asked())
        st.session_state[_FOUND] = found
    return found[1]


def who() -> Person:
    """As `known`. Ends the run with a sentence where nobody is known any more."""
    person = known()
    if person is None:
        st.warning(
            t("You are signed out, or you are no member any more. Nothing was changed. Sign in again."),
            icon=":material/logout:",
        )
        # A plain link stays in this tab, where Streamlit's own open another one.
        st.html(SIGN_IN.format(words=escape(t("Sign in"))))
        st.stop()
    return person


def _asked() -> Person | None:
    studio = current()
    return access.person(studio.db, studio.settings, st.context.headers.get(access.HEADER, ""))


def sign_in_key() -> str:
    """The key of the sign-in by which the person who looks came in; "" for who came in otherwise."""
    return access.sign_in_of(st.context.headers.get(access.HEADER, ""))


def may(permission: str) -> bool:
    """True when the person who looks may do this: what would be refused is not drawn."""
    return who().may(permission)


def only(permission: str) -> None:
    """In place of what the person who looks may not change: who may, in one line. Nothing for who may."""
    if not may(permission):
        words = {
            "admin": t("Only administrators may change this."),
            "edit": t("Only operators and administrators may change this."),
        }
        st.caption(f":material/lock: {words[permission]}")


def require(permission: str) -> Person:
    """The person who looks, who may do this. For anybody else the run ends with who may."""
    if refused(permission):
        st.stop()
    return who()


def refused(permission: str) -> bool:
    """True, and said who may, where the person who looks may not do this."""
    if may(permission):
        return False
    st.info(t(WHO_MAY[PERMISSIONS[permission]]), icon=":material/lock:")
    return True
