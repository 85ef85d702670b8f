"""Overview: what is left, what needs attention, what runs, what is new."""

from typing import TYPE_CHECKING, Any

import streamlit as st

from core.database.tables.runs import LIVE_STATES
from core.journal.due import moves
from core.reports import locations, overview
from core.reports.locations import LocationFilter
from core.studio import current
from pages.parts.kit import adding, location_picker, times
from pages.parts.kit.links import location_link
from pages.parts.kit.people import may, require
from pages.parts.kit.pictures import photo
from pages.parts.kit.states import avatar_looks
from pages.parts.kit.tables import rows
from pages.parts.kit.words import name_of, t
from pages.parts.overview import attention, figures, first_visit
from pages.parts.runs import card, live

if TYPE_CHECKING:
    import pandas as pd

NEWEST = 6

require("view")
studio = current()


def draw_running(runs: list[Any]) -> None:
    """The figures with the runs that move them, so that both say the same."""
    figures.show(studio, overview.overview(studio.db))
    st.subheader(t("Running now"), anchor=False)
    with st.grid(3, min_column_width=300, gap="small"):
        for run in runs:
            card.compact(run)


def draw_newest(finished: "pd.DataFrame") -> None:
    """One picture a location whose avatar moves, and a way to it."""
    with st.grid("auto", min_column_width=150):
        for row in rows(finished):
            with st.container(border=True, gap="xsmall", height="stretch"):
                photo(row.id, row.image_url, row.blogger, row.location, width="stretch")
                st.markdown(f"**{name_of(row.blogger, row.location)}**")
                avatar_looks()["completed"].badge(help=t("Since {time}", time=times.exact(row.status_at)))
                location_link(row.id)


st.title(t("Overview"), anchor=False)
now = overview.overview(studio.db)
if now.bloggers == 0:
    first_visit.show(studio)
    adding.show_dialogs(studio)
    st.stop()

running = [run for run in live.load(studio, states=LIVE_STATES) if moves(run)]
if running:
    live.watch(studio, tuple(run.id for run in running), draw_running)
else:
    figures.show(studio, now)

attention.show(studio, now)

finished = locations.locations(
    studio.db, LocationFilter(motion_status="completed"), sort="status", limit=NEWEST
)
if len(finished):
    st.subheader(t("Newest avatars"), anchor=False)
    draw_newest(finished)
elif not may("edit"):
    pass
elif now.locations == 0:
    st.subheader(t("The next step"), anchor=False)
    st.caption(t("Your bloggers have no locations yet. A location is a photo that becomes an avatar."))
    st.page_link("locations.py", label=t("Add location"), icon=":material/add_a_photo:", query_params={})
elif not running:
    with st.container(border=True):
        st.subheader(t("The next step: the first avatar"), anchor=False)
        st.caption(t("Choose photos and see what their avatars cost before you confirm."))
        if st.button(t("Choose locations"), key="choose_first", type="primary", icon=":material/face:"):
            st.switch_page("provisioning.py", query_params={location_picker.PICK: "1"})
adding.show_dialogs(studio)
