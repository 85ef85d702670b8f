"""Make avatars: choose locations, see the price, confirm, watch."""

from typing import Any

import streamlit as st

from core import histories, quotes, reports
from core.errors import StudioError
from core.heygen import MOTION_TYPES, check_motion_type
from core.members import require
from core.models import LIVE_STATES
from core.studio import current
from pages.parts import choosing, dialogs, links, live_runs
from pages.parts.confirming import REFUSED, confirmation
from pages.parts.quote_card import MOTION_KEY, spend_button
from pages.parts.quote_card import card as quote_card
from pages.parts.run_card import card as run_card
from pages.parts.words import amount, many, say, t

require("view")
studio = current()
MOTION = "motion"
watched = links.ids("runs")
chosen = links.ids(links.CHOSEN)


def motion_name(slug: str) -> str:
    engine = MOTION_TYPES[slug]
    return t("{engine} (recommended)", engine=engine) if slug == "veo2" else engine


def keep_motion() -> None:
    """The choice stands in the address as HeyGen's own word, so a link means the same in every language."""
    st.query_params[MOTION] = st.session_state[MOTION_KEY]


def unsupported(slug: str) -> str:
    try:
        check_motion_type(slug)
    except StudioError as error:
        return say(error)
    return ""


def draw_watched(runs: list[Any]) -> None:
    """A summary over all watched runs, then a card for each."""
    ready = sum(run.state == "done" for run in runs)
    spent = amount(sum(run.cost for run in runs))
    if ready == len(runs):
        avatars = many("{n} avatar is ready", "{n} avatars are ready", ready)
        st.success(
            t("{avatars}, {spent} spent.", avatars=avatars, spent=spent), icon=":material/check_circle:"
        )
    else:
        of = many("{n} avatar", "{n} avatars", len(runs))
        st.markdown(t("**{ready} of {of}** ready · **{spent}** spent", ready=ready, of=of, spent=spent))
    with st.grid(2, min_column_width=340):
        for run in runs:
            run_card(studio, run)


# Also while runs are watched: the second click of a double click must find its dialog.
dialogs.show("confirm", t("Confirm spending"), confirmation)
st.title(t("Make avatars"), anchor=False)
if watched:
    if live_runs.load(studio, ids=watched):
        live_runs.watch(studio, watched, draw_watched)
    else:
        st.error(t("There is no run with the number in this address."), icon=":material/error:")
    st.button(t("Make more avatars"), icon=":material/add:", on_click=links.put, args=("runs", ()))
    st.stop()

under_way = histories.runs(studio.db, states=LIVE_STATES)
if len(under_way):
    st.subheader(t("Under way now"), anchor=False)
    live_runs.watch(studio, tuple(under_way["id"]), draw_watched)

if refused := st.session_state.pop(REFUSED, None):
    st.error(refused, icon=":material/error:")

st.subheader(t("Locations"), anchor=False)
if reports.overview(studio.db).locations == 0:
    st.info(
        t("There are no locations yet. Load the sample bloggers or add your own first."),
        icon=":material/photo_library:",
    )
    st.page_link("overview.py", label=t("Start on the overview"), icon=":material/arrow_forward:")
    st.stop()
found = reports.existing(studio.db, chosen)
if len(found) < len(chosen):
    gone = [i for i in chosen if i not in found]
    st.error(
        t("There is no location with the id {ids}; it is left out.", ids=links.joined(gone[:5])),
        icon=":material/error:",
    )
chosen = found
choosing.adding(studio, chosen)
if not chosen:
    st.info(
        t("Choose at least one location above, or tick several on the page Locations."),
        icon=":material/touch_app:",
    )
    st.page_link("locations.py", label=t("Choose on the page Locations"), icon=":material/photo_library:")
    st.stop()
choosing.pictures(studio, chosen)

st.subheader(t("Motion"), anchor=False)
asked = st.query_params.get(MOTION, "veo2")
if asked not in MOTION_TYPES:
    st.error(unsupported(asked), icon=":material/error:")
motion = st.pills(
    t("Motion type"),
    list(MOTION_TYPES),
    default=asked if asked in MOTION_TYPES else None,
    required=asked in MOTION_TYPES,
    format_func=motion_name,
    key=MOTION_KEY,
    on_change=keep_motion,
    help=t("The engine that makes the gestures. All cost the same; veo2 is the recommended one."),
)
if motion is None:
    st.info(t("Choose a motion type to see what it costs."), icon=":material/touch_app:")
    st.stop()
quote = quotes.quote(studio, location_ids=chosen, motion_type=motion)
quote_card(quote)
spend_button(studio, quote)
