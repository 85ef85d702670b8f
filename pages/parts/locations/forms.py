"""Adding and changing bloggers and locations: the dialogs' bodies, and the one place that shows them.

What was typed stays after a refusal. Nothing is drawn between a change and the closing of its dialog, so a
second click finds the dialog closed.
"""

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.bloggers import editing
from core.bloggers.editing import has_avatar
from core.database.tables.bloggers import Location
from core.errors import StudioError
from core.members import require
from core.reports import locations
from core.studio import Studio
from pages.parts.kit import dialogs, links
from pages.parts.kit.tables import rows
from pages.parts.kit.words import say, t
from pages.parts.locations import actions, importing
from pages.parts.locations.photo_input import Given, photo_input


def show_dialogs(studio: Studio) -> None:
    """Draw whichever of these dialogs is open."""
    dialogs.show("add_blogger", t("Add blogger"), lambda: _add_blogger(studio), width="small")
    dialogs.show("add_location", t("Add location"), lambda: _add_location(studio), width="small")
    dialogs.show(
        "edit_location", t("Edit location"), lambda location_id: _edit(studio, location_id), width="small"
    )
    dialogs.show("edit_blogger", t("Edit bloggers"), lambda: _edit_blogger(studio), width="small")
    dialogs.show(
        "import",
        t("Import bloggers and locations"),
        lambda: importing.body(studio),
        width="large",
    )
    actions.show_dialogs(studio)


def _add_blogger(studio: Studio) -> None:
    with st.form("add_blogger", border=False):
        name = st.text_input(t("Name"), key="add_blogger_name", max_chars=120, required=True)
        if st.form_submit_button(t("Add blogger"), type="primary", icon=":material/check:"):
            added = _try(lambda: editing.add_blogger(studio.db, name=name or "", actor=require("edit")))
            if added is not None:
                st.session_state["add_location_blogger"] = added.id
                dialogs.ask("add_location")
                st.rerun()


def _add_location(studio: Studio) -> None:
    known = {row.id: row.name for row in rows(locations.bloggers(studio.db))}
    if not known:
        st.markdown(t("A location belongs to a blogger. Add the blogger first."))
        st.button(
            t("Add blogger"),
            key="blogger_first",
            type="primary",
            icon=":material/person_add:",
            on_click=dialogs.ask,
            args=("add_blogger",),
        )
        return
    # Not a form: the photo is looked at before anything is saved.
    blogger_id = st.selectbox(
        t("Blogger"), list(known), format_func=lambda i: known.get(i, str(i)), key="add_location_blogger"
    )
    name = st.text_input(t("Name of the location"), key="add_location_name", max_chars=120)
    photo = photo_input(studio, "add_location")
    said = st.empty()
    with st.container(horizontal=True, vertical_alignment="center"):
        add = st.button(t("Add location"), key="add_location_save", type="primary", icon=":material/check:")
        if not photo:
            st.caption(t("The photo may also be added later."))
    if add:
        with said.container():
            added = _try(lambda: _added(studio, blogger_id or 0, name, photo))
        if added is not None:
            _open(added)


def _added(studio: Studio, blogger_id: int, name: str, photo: Given) -> Location:
    return editing.add_location(
        studio.db,
        blogger_id=blogger_id,
        name=name,
        image_url=photo.address(studio.settings),
        actor=require("edit"),
    )


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
            edited = _try(lambda: _edited(studio, location, name, photo))
        if edited is not None:
            dialogs.close()


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
        t("Blogger"), list(known), format_func=lambda i: known.get(i, str(i)), key="edit_blogger_id"
    )
    if blogger_id is None:
        return
    with st.form(f"edit_blogger_{blogger_id}", border=False):
        name = st.text_input(
            t("Name"), value=known[blogger_id], key=f"edit_blogger_name_{blogger_id}", max_chars=120
        )
        if st.form_submit_button(t("Save"), type="primary", icon=":material/check:"):
            renamed = _try(
                lambda: editing.rename_blogger(
                    studio.db, blogger_id=blogger_id, name=name or "", actor=require("edit")
                )
            )
            if renamed is not None:
                dialogs.close()
    with st.expander(t("Archive this blogger"), icon=":material/archive:"):
        st.caption(t("All its locations leave the lists. Avatars, costs and runs are kept; it can return."))
        if st.button(t("Archive blogger"), key="archive_blogger"):
            archived = _try(
                lambda: editing.archive_blogger(studio.db, blogger_id=blogger_id, actor=require("edit"))
            )
            if archived is not None:
                dialogs.close()


def _open(location: Location) -> None:
    """Close the dialog and show the new location."""
    dialogs.forget()
    assert location.id is not None
    st.switch_page("locations.py", query_params={"location": links.joined([location.id])})


def _try(change: Callable[[], Any]) -> Any:
    """What `change` returns; a refusal is said in place and gives None."""
    try:
        return change()
    except StudioError as error:
        st.error(say(error), icon=":material/error:")
        return None
