"""Locations: find, choose for avatars, add, change, import, export; one location by ?location=12."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.bloggers import archive
from core.bloggers.exchange import export
from core.reports import locations
from core.reports.locations import LocationFilter
from core.studio import current
from pages.parts.kit import dialogs, links
from pages.parts.kit.people import may, require
from pages.parts.kit.tables import LIST_TITLES, csv_file, download, rows
from pages.parts.kit.words import many, t
from pages.parts.locations import detail, found, found_dialogs, gallery, next_step, selection, table
from pages.parts.locations.filters import read
from pages.parts.locations.forms import show_dialogs

require("view")
studio = current()
PER_PAGE = 18
MORE = "locations_more"


def back() -> None:
    links.put("location", ())


def back_button(leave: Callable[[], None]) -> None:
    st.button(t("All locations"), icon=":material/arrow_back:", type="tertiary", on_click=leave)


def toolbar() -> None:
    with st.container(horizontal=True, gap="xsmall"):
        dialogs.button(t("Add location"), "add_location", icon=":material/add_a_photo:")
        dialogs.button(t("Import"), "import", icon=":material/upload_file:")
        found.door(studio)
        with st.popover(t("More"), icon=":material/more_horiz:", key=MORE, on_change="rerun"):
            if may("edit"):
                plain: dict[str, Any] = {"type": "tertiary", "on_click": ask_from_more}
                st.button(t("Add blogger"), icon=":material/person_add:", args=("add_blogger",), **plain)
                st.button(t("Edit bloggers"), icon=":material/edit:", args=("edit_blogger",), **plain)
            downloads()


def ask_from_more(name: str) -> None:
    """Open a dialog and close the popover, which would stand in front of it; made for on_click."""
    st.session_state[MORE] = False
    dialogs.ask(name)


def downloads() -> None:
    download(
        t("All bloggers and locations (JSON)"),
        lambda: export.export_json(studio.db),
        "bloggers.json",
        type="tertiary",
        icon="data_object",
        help=t("Can be imported again; ids and unknown fields are kept."),
    )
    download(
        t("This list with its filters (CSV)"),
        lambda: csv_file(locations.locations(studio.db, filters.where, sort=filters.sort), LIST_TITLES),
        "locations.csv",
        type="tertiary",
        icon="table",
    )


def archive_head() -> None:
    """Where one is, and the bloggers that can be brought back with all that was archived with them."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(t("Archive"), icon=":material/archive:", color="gray")
        st.button(
            t("Leave the archive"),
            key="leave_archive",
            icon=":material/arrow_back:",
            type="tertiary",
            on_click=filters.show_archive,
            args=(False,),
        )
        away = {row.id: row for row in rows(archive.archived_bloggers(studio.db, limit=500))}
        if not away or not may("edit"):
            return
        with st.popover(t("Restore a blogger"), icon=":material/person_add:", key="restore_bloggers"):
            picked = st.selectbox(
                t("Blogger"),
                list(away),
                format_func=lambda i: away[i].name if i in away else str(i),
                key="away",
                filter_mode="contains",
            )
            if picked in away:
                n = away[picked].locations
                st.caption(many("With {n} location.", "With {n} locations.", n))
            st.button(
                t("Restore blogger"),
                key="restore_blogger",
                icon=":material/unarchive:",
                on_click=restore_blogger,
            )


def restore_blogger() -> None:
    if picked := st.session_state.get("away"):
        blogger = archive.restore_blogger(studio.db, blogger_id=picked, actor=require("edit"))
        st.toast(t("{blogger} is back.", blogger=blogger.name), icon=":material/unarchive:")


def whole_list(total: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(many("{n} location", "{n} locations", total), width="content")
        selection.all_button(studio, filters, total)
    slot = st.container()
    page = filters.pages(total, PER_PAGE)
    found = locations.locations(
        studio.db, filters.where, sort=filters.sort, limit=PER_PAGE, offset=(page - 1) * PER_PAGE
    )
    with slot:
        if filters.view == "gallery":
            gallery.gallery(found, filters)
        else:
            table.table(found, filters)


def nothing() -> None:
    """Nothing to list: because of the filters, because all is archived, or because nothing is there yet."""
    if filters.narrowed:
        filters.nothing(t("No location matches these filters."))
    elif filters.archived:
        st.info(t("The archive is empty."), icon=":material/archive:")
    elif locations.count_locations(studio.db, LocationFilter(archived=True)):
        st.info(t("All locations are in the archive."), icon=":material/archive:")
        st.button(
            t("Show the archive"),
            key="to_archive",
            icon=":material/archive:",
            on_click=filters.show_archive,
            args=(True,),
        )
    elif not may("edit"):
        st.info(t("There are no locations yet."), icon=":material/photo_library:")
    else:
        st.info(
            t("There are no locations yet. Add one, import a file, or load the samples on the overview."),
            icon=":material/photo_library:",
        )
        st.page_link("overview.py", label=t("Start on the overview"), icon=":material/arrow_forward:")


opened = links.one("location")
if opened is not None:
    back_button(back)
    if st.query_params.pop(links.PHOTO, None):
        next_step.ask_for_photo(studio, opened)
    detail.show(studio, opened)
elif found.is_open():
    back_button(found.leave)
    found.show(studio)
else:
    st.title(t("Locations"), anchor=False)
    filters = read(studio)
    selection.restore(studio, filters.archived)
    toolbar()
    total = locations.count_locations(studio.db, filters.where)
    if total or filters.narrowed or filters.archived:
        filters.draw()
    if filters.archived:
        archive_head()
    selection.said(studio)
    if total:
        whole_list(total)
    else:
        nothing()
    selection.bar(studio, filters)
# Drawn at the script's end, never after st.stop(): what was typed in a closed dialog would be kept then.
show_dialogs(studio)
found_dialogs.show_dialogs(studio)
