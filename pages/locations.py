"""Locations: find, choose for avatars, add, change, import, export; one location by ?location=12."""

from typing import Any

import streamlit as st

from core import exchange, reports
from core.members import require
from core.reports import LocationFilter
from core.studio import current
from pages.parts import dialogs, links, location_detail, location_list, times
from pages.parts.frames import csv_file
from pages.parts.location_forms import show_dialogs
from pages.parts.words import many, t

require("view")
studio = current()


def back() -> None:
    links.put("location", ())


def toolbar(where: LocationFilter, sort: str) -> None:
    with st.container(horizontal=True):
        ask: dict[str, Any] = {"on_click": dialogs.ask}
        st.button(t("Add location"), icon=":material/add_a_photo:", args=("add_location",), **ask)
        st.button(t("Add blogger"), icon=":material/person_add:", args=("add_blogger",), **ask)
        st.button(t("Edit bloggers"), icon=":material/edit:", args=("edit_blogger",), **ask)
        st.button(t("Import"), icon=":material/upload_file:", args=("import",), **ask)
        with st.popover(t("Download"), icon=":material/download:"):
            st.download_button(
                t("All bloggers and locations (JSON)"),
                lambda: exchange.export_json(studio.db),
                file_name=f"bloggers-{times.today()}.json",
                mime="application/json",
                on_click="ignore",
                type="tertiary",
                icon=":material/data_object:",
                help=t("Can be imported again; ids and unknown fields are kept."),
            )
            st.download_button(
                t("This list with its filters (CSV)"),
                lambda: csv_file(
                    reports.locations(studio.db, where, sort=sort),
                    {
                        "id": "id",
                        "blogger": "blogger",
                        "location": "location",
                        "image_url": "image_url",
                        "heygen_avatar_id": "heygen_avatar_id",
                        "avatar_status": "avatar_status",
                        "motion_status": "motion_status",
                        "motion_type": "motion_type",
                        "cost": "cost_credits",
                        "updated": "updated_utc",
                    },
                ),
                file_name=f"locations-{times.today()}.csv",
                mime="text/csv",
                on_click="ignore",
                type="tertiary",
                icon=":material/table:",
            )


def choice_bar(where: LocationFilter, sort: str, total: int) -> None:
    ids = location_list.chosen()
    with st.container(horizontal=True, vertical_alignment="center"):
        label = many("Make avatar for {n}", "Make avatars for {n}", len(ids)) if ids else t("Make avatars")
        if st.button(
            label,
            key="make_avatars",
            type="primary",
            icon=":material/motion_photos_on:",
            disabled=not ids,
            help=t("You see the price first; nothing is spent yet."),
        ):
            st.switch_page("provisioning.py", query_params={links.CHOSEN: links.joined(ids)})
        if ids:
            st.button(
                t("Clear choice"),
                key="clear_choice",
                type="tertiary",
                icon=":material/close:",
                on_click=location_list.choose,
                args=([],),
            )
        if len(ids) < total <= location_list.MOST_CHOSEN:
            st.button(
                t("Choose all {n}", n=total),
                key="choose_all",
                type="tertiary",
                icon=":material/select_all:",
                on_click=lambda: location_list.choose(reports.location_ids(studio.db, where, sort=sort)),
            )
        if not ids:
            st.caption(t("Tick rows at their left edge to choose them."))


opened = links.one("location")
if opened is not None:
    st.button(t("All locations"), icon=":material/arrow_back:", type="tertiary", on_click=back)
    location_detail.show(studio, opened)
    show_dialogs(studio)
    st.stop()

st.title(t("Locations"), anchor=False)
where, sort = location_list.filters(studio)
toolbar(where, sort)
total = reports.count_locations(studio.db, where)
if total:
    bar = st.container()
    location_list.table(studio, where, sort, total)
    with bar:
        choice_bar(where, sort, total)
elif where == LocationFilter():
    st.info(
        t("There are no locations yet. Add one, import a file, or load the samples on the overview."),
        icon=":material/photo_library:",
    )
    st.page_link("overview.py", label=t("Start on the overview"), icon=":material/arrow_forward:")
else:
    st.info(t("No location matches these filters."), icon=":material/filter_alt_off:")
    st.button(t("Clear filters"), icon=":material/close:", on_click=location_list.clear_filters)
show_dialogs(studio)
