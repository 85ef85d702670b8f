"""The ways in for bloggers and locations: a name, a photo, a file; the dialogs' bodies.

What was typed stays after a refusal. Nothing is drawn between a change and the closing of its dialog, so a
second click finds the dialog closed.
"""

import streamlit as st

from core.bloggers import editing
from core.database.tables.bloggers import Location
from core.reports import locations
from core.studio import Studio
from pages.parts.kit import dialogs, importing, links
from pages.parts.kit.guard import guarded
from pages.parts.kit.people import require
from pages.parts.kit.photo_input import photo_input
from pages.parts.kit.tables import rows
from pages.parts.kit.words import t


def show_dialogs(studio: Studio) -> None:
    """Draw whichever of these dialogs is open."""
    dialogs.show("add_blogger", t("Add blogger"), lambda: _add_blogger(studio), width="small")
    dialogs.show("add_location", t("Add location"), lambda: _add_location(studio), width="small")
    dialogs.show("import", t("Import bloggers and locations"), lambda: importing.body(studio), width="large")


def _add_blogger(studio: Studio) -> None:
    with st.form("add_blogger", border=False):
        name = st.text_input(t("Name"), key="add_blogger_name", max_chars=120, required=True)
        if st.form_submit_button(t("Add blogger"), type="primary", icon=":material/check:"):
            with guarded():
                added = editing.add_blogger(studio.db, name=name or "", actor=require("edit"))
                st.session_state["add_location_blogger"] = added.id
                dialogs.ask("add_location")
                st.rerun()


def _add_location(studio: Studio) -> None:
    known = {row.id: row.name for row in rows(locations.bloggers(studio.db))}
    if not known:
        st.markdown(t("A location belongs to a blogger. Add the blogger first."))
        dialogs.button(
            t("Add blogger"), "add_blogger", key="blogger_first", type="primary", icon=":material/person_add:"
        )
        return
    # Not a form: the photo is looked at before anything is saved.
    blogger_id = st.selectbox(
        t("Blogger"),
        list(known),
        format_func=lambda i: known.get(i, str(i)),
        key="add_location_blogger",
        filter_mode="contains",
    )
    name = st.text_input(t("Name of the location"), key="add_location_name", max_chars=120)
    photo = photo_input(studio, "add_location")
    said = st.empty()
    with st.container(horizontal=True, vertical_alignment="center"):
        add = st.button(t("Add location"), key="add_location_save", type="primary", icon=":material/check:")
        if not photo:
            st.caption(t("The photo may also be added later."))
    if add:
        with said.container(), guarded():
            added = editing.add_location(
                studio.db,
                blogger_id=blogger_id or 0,
                name=name,
                image_url=photo.address(studio.settings),
                actor=require("edit"),
            )
            _open(added)


def _open(location: Location) -> None:
    """Close the dialog and show the new location."""
    dialogs.forget()
    assert location.id is not None
    st.switch_page("locations.py", query_params={"location": links.joined([location.id])})
