"""Make avatars: choose locations and a motion type, see the price, confirm, watch.

The address holds everything: ?chosen=1,2&motion=veo2 a plan, &action=another_motion one for avatars that are
there, ?runs=7,8 the runs to watch.
"""

import streamlit as st

from core.database.tables.runs import LIVE_STATES
from core.reports import overview, runs
from core.studio import current
from pages.parts.kit import dialogs, links, motions
from pages.parts.kit.people import require
from pages.parts.kit.words import many, t
from pages.parts.provisioning import choosing, motion_cards, quote_card, watching
from pages.parts.provisioning.confirmation import confirmation
from pages.parts.provisioning.plan import present_motion, priced, read
from pages.parts.runs import live

require("view")
studio = current()
watched = links.ids("runs")

# Also while runs are watched: the second click of a double click must find its dialog.
dialogs.show("confirm", t("Confirm spending"), confirmation, needs="spend")
if watched:
    watching.show(studio, watched)
    st.stop()

plan = read(studio)
st.title(t("Another motion") if plan.again else t("Make avatars"), anchor=False)
require("spend")
figures = overview.overview(studio.db)
if figures.locations == 0:
    st.info(
        t("There are no locations yet. Load the sample bloggers or add your own first."),
        icon=":material/photo_library:",
    )
    st.page_link("overview.py", label=t("Start on the overview"), icon=":material/arrow_forward:")
    st.stop()
under_way = runs.runs(studio.db, states=LIVE_STATES, limit=live.MOST)
if len(under_way):
    st.button(
        many("{n} run has not ended: look at it", "{n} runs have not ended: look at them", len(under_way)),
        key="watch_live",
        icon=":material/visibility:",
        on_click=links.put,
        args=("runs", list(under_way["id"])),
    )
if plan.missing:
    st.error(
        t("There is no location with the id {ids}; it is left out.", ids=links.joined(plan.missing[:5])),
        icon=":material/error:",
    )

quote = priced(studio, plan)
left, right = st.columns([5, 3], gap="medium")
with left:
    st.subheader(t("1. Choose locations"), anchor=False)
    if plan.again:
        st.caption(
            t("An avatar that is there gets another motion. It stays in its group: no new group is needed.")
        )
    elif plan.chosen:
        st.caption(many("{n} location is chosen.", "{n} locations are chosen.", len(plan.chosen)))
    else:
        st.caption(t("Tick the photos that should become avatars. Nothing is spent by choosing."))
    if not choosing.show(studio, plan, quote):
        st.stop()
    st.subheader(t("2. Choose a motion type"), anchor=False)
    if motions.with_video():
        st.caption(t("How the avatar moves. It is applied when a video is made, so it costs nothing here."))
    else:
        st.caption(t("The engine that makes the gestures. All cost the same."))
    motion_cards.show(studio, plan, present=present_motion(studio, plan))
with right:
    quote_card.card(studio, plan, quote, figures)
