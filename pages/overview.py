"""Overview: what is left, what needs attention, what runs, what is new."""

from typing import Any

import streamlit as st

from core import histories, reports
from core.members import require
from core.models import LIVE_STATES
from core.money import credits_text
from core.reports import LocationFilter, Overview
from core.studio import current
from pages.parts import attention, first_visit, gallery, live_runs, times
from pages.parts.location_forms import show_dialogs
from pages.parts.run_card import card
from pages.parts.words import t

NEWEST = 6

require("view")
studio = current()


def metrics(figures: Overview) -> None:
    known = figures.heygen_micro is not None
    limit, used = studio.plan.groups, figures.groups_used
    with st.grid(5, min_column_width=150):
        st.metric(
            t("Available"),
            credits_text(figures.available) if known else "–",
            border=True,
            help=heygen_says(figures),
        )
        st.metric(
            t("Held"),
            credits_text(figures.held),
            border=True,
            help=t("Set aside for confirmed runs. It becomes spent, or comes back."),
        )
        st.metric(
            t("Spent this month"),
            credits_text(figures.spent_this_month),
            border=True,
            help=t("Credits since the first of the month (UTC). In all: {n}.", n=credits_text(figures.spent)),
        )
        st.metric(
            t("Avatar groups"),
            str(used) if limit is None else t("{n} of {all}", n=used, all=limit),
            border=True,
            help=t("Groups that count against your HeyGen plan, with those under way."),
        )
        st.metric(
            t("Locations with avatar"),
            t("{n} of {all}", n=figures.with_avatar, all=figures.locations),
            border=True,
        )


def heygen_says(figures: Overview) -> str:
    if figures.heygen_micro is None:
        return t("HeyGen has not said its balance yet.")
    return t(
        "Credits you can still spend. HeyGen itself said {n}, {age}.",
        n=credits_text(figures.heygen_micro),
        age=times.ago(figures.heygen_read_at),
    )


def draw_running(runs: list[Any]) -> None:
    with st.grid(2, min_column_width=340):
        for run in runs:
            card(studio, run)


st.title(t("Overview"), anchor=False)
figures = reports.overview(studio.db)
if figures.bloggers == 0:
    first_visit.show(studio)
    show_dialogs(studio)
    st.stop()

metrics(figures)

running = [run for run in live_runs.load(studio, states=LIVE_STATES) if live_runs.moves(run)]
if running:
    st.subheader(t("Running now"), anchor=False)
    live_runs.watch(studio, tuple(run.id for run in running), draw_running)

attention.show(histories.attention(studio.db), histories.orphans(studio.db))

newest = reports.locations(studio.db, LocationFilter(motion_status="completed"), sort="status", limit=NEWEST)
if len(newest):
    st.subheader(t("Newest avatars"), anchor=False)
    gallery.show(newest)
elif not running:
    st.subheader(t("Newest avatars"), anchor=False)
    st.caption(t("No avatar yet. Choose locations and see what their avatars cost before you confirm."))
    st.page_link("locations.py", label=t("Choose locations"), icon=":material/photo_library:")
