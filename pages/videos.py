"""Videos: write one and see its price, watch a batch being made, find, play and keep what is finished.

The address holds everything: ?chosen=1,2 a plan with ?draft=… its script, ?batch=… the videos of one
confirmation, ?video=12 one video, otherwise the library with its filters.
"""

import streamlit as st

from core.reports import videos
from core.studio import current
from pages.parts.kit import dialogs, links
from pages.parts.kit.location_picker import PICK
from pages.parts.kit.people import may, require
from pages.parts.kit.words import t
from pages.parts.videos import batch, compose, defaults, library, player, quote_card
from pages.parts.videos.confirmation import confirmation
from pages.parts.videos.plan import outlook, read

require("view")
studio = current()
opened, confirmed = links.one("video"), st.query_params.get("batch")

# Also while a batch is watched: the second click of a double click must find its dialog.
dialogs.show("video_confirm", t("Confirm spending"), confirmation, needs="spend")
defaults.show()
if opened is not None:
    player.show(studio, opened)
    st.stop()
if confirmed:
    batch.show(studio, confirmed)
    st.stop()

plan = read(studio)
kept = videos.count_videos(studio.db)
asked = plan.chosen or plan.missing or PICK in st.query_params
if not kept and not asked and not may("spend"):
    st.title(t("Videos"), anchor=False)
    st.info(t("There are no videos yet."), icon=":material/movie:")
    st.stop()
if kept and not asked:
    library.show(studio, kept)
    st.stop()

if kept:
    library.way_back(plan.address)
st.title(t("Make a video"), anchor=False)
require("spend")
if compose.nowhere(studio):
    st.stop()
quote = outlook(studio, plan)
left, right = st.columns([5, 3], gap="medium")
with left:
    compose.show(studio, plan, quote)
with right:
    quote_card.card(studio, plan, None if plan.script_problem else quote)
