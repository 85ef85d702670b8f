"""The chosen locations of the page "Make avatars": pictures that can be taken out, a list to add from."""

import streamlit as st

from core import reports
from core.reports import LocationFilter
from core.studio import Studio
from pages.parts import links
from pages.parts.frames import rows
from pages.parts.pictures import photo_url
from pages.parts.words import escape, t

#: More options than this make a list slow; the page Locations has filters for the rest.
MOST_OPTIONS = 500
#: More pictures than this are only counted.
MOST_PICTURES = 24


def pictures(studio: Studio, chosen: tuple[int, ...]) -> None:
    """The chosen locations, each with its own way out."""
    shown = reports.locations(studio.db, LocationFilter(archived=None), ids=chosen[:MOST_PICTURES])
    by_id = {row.id: row for row in rows(shown)}
    with st.grid("auto", min_column_width=128, key="chosen_pictures"):
        for row in (by_id[i] for i in chosen if i in by_id):
            with st.container(border=True, gap="xsmall"):
                st.image(
                    photo_url(row.id, row.image_url),
                    width="stretch",
                    alt=t("Photo of {blogger}, {location}", blogger=row.blogger, location=row.location),
                )
                st.markdown(f"**{escape(row.location)}**", wrap=False)
                st.caption(escape(row.blogger), wrap=False)
                st.button(
                    t("Remove"),
                    key=f"remove_{row.id}",
                    icon=":material/close:",
                    type="tertiary",
                    on_click=links.put,
                    args=(links.CHOSEN, [i for i in chosen if i != row.id]),
                )
    if len(chosen) > MOST_PICTURES:
        st.caption(t("And {n} more, all listed below.", n=len(chosen) - MOST_PICTURES))


def adding(studio: Studio, chosen: tuple[int, ...]) -> None:
    """A list of locations that still need an avatar, to add some."""
    found = reports.locations(studio.db, LocationFilter(needs_avatar=True), limit=MOST_OPTIONS)
    labels = {
        row.id: f"{row.blogger} – {row.location}"
        for row in rows(found)
        if row.id not in chosen and row.run_id is None
    }
    st.multiselect(
        t("Add locations"),
        list(labels),
        format_func=lambda i: labels.get(i, str(i)),
        key="provisioning_add",
        placeholder=t("Find by blogger or location"),
        help=t("Locations without a finished avatar and without a run under way."),
        on_change=_add,
        args=(chosen,),
    )
    if len(found) == MOST_OPTIONS:
        st.caption(t("The first {n} are listed. The page Locations finds the others.", n=MOST_OPTIONS))


def _add(chosen: tuple[int, ...]) -> None:
    links.put(links.CHOSEN, (*chosen, *st.session_state["provisioning_add"]))
    st.session_state["provisioning_add"] = []
