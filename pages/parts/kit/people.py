"""Who looks at the page: asked anew in every run, so that a role that changed counts at the next click."""

import streamlit as st

from core.people import access
from core.people.roles import PERMISSIONS, WHO_MAY, Person
from core.studio import current
from pages.parts.kit.words import t


def who() -> Person:
    """The person of this session. Ends the run with a sentence where nobody is known any more."""
    studio = current()
    found = access.person(studio.db, studio.settings, st.context.headers.get(access.HEADER, ""))
    if found is None:
        st.warning(
            t("You are signed out, or you are no member any more. Nothing was changed. Sign in again."),
            icon=":material/logout:",
        )
        st.link_button(t("Sign in"), "/", icon=":material/login:")
        st.stop()
    return found


def may(permission: str) -> bool:
    """True when the person who looks may do this: what would be refused is not drawn."""
    return who().may(permission)


def require(permission: str) -> Person:
    """The person who looks, who may do this. For anybody else the run ends with who may."""
    person = who()
    if not person.may(permission):
        st.info(t(WHO_MAY[PERMISSIONS[permission]]), icon=":material/lock:")
        st.stop()
    return person
