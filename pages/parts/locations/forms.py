"""Changing bloggers and locations: the dialogs' bodies, and the one place that shows all of the page's.

What was typed stays after a refusal. Nothing is drawn between a change and the closing of its dialog, so a
second click finds the dialog closed.
"""

import streamlit as st

from core.bloggers import archive, editing
from core.bloggers.editing import has_avatar
from core.database.tables.bloggers import Location
from core.reports import locations
from core.studio import Studio
from pages.parts.kit import adding, dialogs
from pages.parts.kit.people import require
from pages.parts.kit.photo_input import Given, photo_input
from pages.parts.kit.tables import rows
from pages.parts.kit.words import t
from pages.parts.locations import actions


def show_dialogs(studio: Studio) -> None:
    """Draw whichever of these dialogs is open."""
    adding.show_dialogs(studio)
    dialogs.show(
        "edit_location", t("Edit location"), lambda location_id: _edit(studio, location_id), width="small"
    )
    dialogs.show("edit_blogger", t("Edit bloggers"), lambda: _edit_blogger(studio), width="small")
    actions.show_dialogs(studio)


def _edit(studio: Studio, location_id: int) -> None:
    location = editing.get_location(studio.db, location_id=location_id)
    name = st.text_input(
        t("Name of the location"), value=location.name, key="edit_location_name", max_chars=120
    )
    photo = None
    if has_avatar(location):
        st.caption(
            t(
                "The photo belongs to the avatar that was made of it. For a new photo close this and choose "
                "Another photo: it makes a new avatar and keeps this one."
            )
        )
    else:
        photo = photo_input(studio, "edit_location", present=location.image_url)
    said = st.empty()
    if st.button(t("Save"), key="edit_location_save", type="primary", icon=":material/check:"):
        with said.container():
            dialogs.do(lambda: _edited(studio, location, name, photo))


def _edited(studio: Studio, before: Location, name: str, photo: Given | None) -> Location:
    """Only what a person changed: a photo that stays is not judged anew, and may be out of reach today."""
    assert before.id is not None
    same = photo is None or (photo.url == before.image_url and not photo.data)
    return editing.edit_location(
        studio.db,
        location_id=before.id,
        name=name,
        image_url=None if same or photo is None else photo.address(studio.settings),
        actor=require("edit"),
    )


def _edit_blogger(studio: Studio) -> None:
    known = {row.id: row.name for row in rows(locations.bloggers(studio.db))}
    if not known:
        st.markdown(t("There are no bloggers yet."))
        return
    blogger_id = st.selectbox(
        t("Blogger"),
        list(known),
        format_func=lambda i: known.get(i, str(i)),
        key="edit_blogger_id",
        filter_mode="contains",
    )
    if blogger_id is None:
        return
    with st.form(f"edit_blogger_{blogger_id}", border=False):
        name = st.text_input(
            t("Name"), value=known[blogger_id], key=f"edit_blogger_name_{blogger_id}", max_chars=120
        )
        if st.form_submit_button(t("Save"), type="primary", icon=":material/check:"):
            dialogs.do(
                lambda: editing.rename_blogger(
                    studio.db, blogger_id=blogger_id, name=name or "", actor=require("edit")
                )
            )
    with st.expander(t("Archive this blogger"), icon=":material/archive:"):
        st.caption(t("All its locations leave the lists. Avatars, costs and runs are kept; it can return."))
        if st.button(t("Archive blogger"), key="archive_blogger"):
            dialogs.do(
                lambda: archive.archive_blogger(studio.db, blogger_id=blogger_id, actor=require("edit"))
            )
