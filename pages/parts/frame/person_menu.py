"""The person who looks, at the sidebar's end: name, role, and the way out."""

import streamlit as st

from core.people import sign_ins
from core.people.roles import LOCAL_ADMIN, Person
from core.studio import Studio
from pages.parts.kit.guard import guarded
from pages.parts.kit.people import sign_in_key
from pages.parts.kit.words import escape, person, role, t


def show(studio: Studio, me: Person) -> None:
    """Draw the menu: who one is here, what one may do; signing out where one signed in."""
    name = me.called or person(me.name)
    with st.popover(escape(name), icon=":material/account_circle:", width="stretch", wrap=False):
        st.markdown(f"**{escape(name)}**")
        if me.called:
            st.caption(escape(me.name))
        st.markdown(f":gray-badge[:material/badge: {role(me.role)}] {_may(me)}")
        key = sign_in_key()
        if me == LOCAL_ADMIN and not key:
            st.caption(t("At this machine nobody signs in while nothing else is set up."))
        if key and st.button(t("Sign out"), key="sign_out", icon=":material/logout:"):
            with guarded():
                sign_ins.end(studio.db, key)
                st.rerun()


def _may(me: Person) -> str:
    """What the role is for, in a few words."""
    if me.may("admin"):
        return t("May do everything.")
    if me.may("spend"):
        return t("May add, change and spend within the budgets.")
    return t("May look at everything and download.")
