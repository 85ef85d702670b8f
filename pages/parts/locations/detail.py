"""One location by its link: photo, what comes next, both states, ids, cost, and what can be done with it."""

from functools import partial
from typing import Any

import streamlit as st

from core.bloggers import editing
from core.bloggers.editing import has_avatar
from core.database.tables.bloggers import NO_AVATAR, Location
from core.database.tables.runs import LIVE_STATES
from core.errors import NotFound
from core.heygen.motions import MOTION_TYPES
from core.locale import N_
from core.photos import address
from core.photos.address import SANDBOX_HOST
from core.reports import audit, locations, runs
from core.reports.locations import RUN_FAILED, LocationFilter
from core.reports.runs import RunFilter
from core.studio import Studio
from pages.parts.kit import motions, scrolling, times
from pages.parts.kit.pictures import photo
from pages.parts.kit.states import Look, avatar_looks, motion_looks, run_looks
from pages.parts.kit.tables import rows
from pages.parts.kit.words import amount, escape, name_of, person, t
from pages.parts.locations import actions, check, next_step, past_avatars
from pages.parts.runs import live, record
from pages.parts.runs.card import purpose, story

#: Runs on one page of their list.
RUNS_A_PAGE = 10

AVATAR_WORDS = {
    "none": N_("Nothing has been made of this photo yet."),
    "pending": N_("HeyGen is making the avatar of this photo."),
    "completed": N_("HeyGen has made the avatar of this photo."),
    "failed": N_("HeyGen could not make an avatar of this photo."),
}
MOTION_WORDS = {
    "none": N_("The avatar does not move yet."),
    "processing": N_("HeyGen is adding the motion."),
    "completed": N_("The avatar moves, so videos can be made with it."),
    "failed": N_("HeyGen could not make the motion. The avatar is kept."),
}


def show(studio: Studio, location_id: int) -> None:
    """The whole location. Raises NotFound."""
    place = _load(studio, location_id)
    location = editing.get_location(studio.db, location_id=location_id)
    st.title(name_of(place.blogger, place.location), anchor=False)
    photo, story = st.columns([1, 3], gap="medium")
    with photo:
        _photo(studio, place)
    with story:
        # One block whatever it holds: what stands below it keeps its place when a run begins or ends.
        with st.container():
            busy = _what_now(studio, place, location)
        _ids(location)
    with st.container():
        if not busy:
            actions.offers(studio, location, archived=place.archived)
    with st.container():
        _runs(studio, place)
    past_avatars.show(studio, place, busy=busy)
    record.history(audit.of_location(studio.db, location_id), key="location_record")


def _what_now(studio: Studio, place: Any, location: Location) -> bool:
    """What comes next and how things stand; True while a run is live."""
    where = RunFilter(location_id=place.id, states=LIVE_STATES, kinds=runs.AVATAR_KINDS)
    going = rows(runs.runs(studio.db, where, limit=1))
    if going:
        live.watch(studio, (going[0].id,), partial(_live, studio, place.id))
        # It may have been begun far below, where the avatar's other actions stand.
        scrolling.to_top(f"run {going[0].id}")
        return True
    next_step.show(studio, place, location)
    _facts(place)
    check.show(studio, location)
    return False


def _load(studio: Studio, location_id: int) -> Any:
    found = rows(locations.locations(studio.db, LocationFilter(archived=None), ids=(location_id,)))
    if not found:
        raise NotFound("There is no location with the number {id}.", id=location_id)
    return found[0]


def _live(studio: Studio, location_id: int, now: list[Any]) -> None:
    """What changes while a run goes on, drawn together each second."""
    place = _load(studio, location_id)
    for run in now:
        next_step.live(studio, run)
    _facts(place)


def _photo(studio: Studio, place: Any) -> None:
    photo(place.id, place.image_url, place.blogger, place.location, width=260)
    if address.is_upload(place.image_url):
        if address.is_kept(place.image_url, studio.settings):
            st.caption(t("Uploaded photo, kept on this machine"))
    elif place.image_url.startswith(f"http://{SANDBOX_HOST}/"):
        st.caption(t("Sample photo of the sandbox"))
    elif place.image_url:
        st.caption(t("Photo's link"))
        st.code(place.image_url, language=None, wrap_lines=True)


def _facts(place: Any) -> None:
    facts = {
        t("Avatar"): _state(avatar_looks()[place.avatar_shown], _avatar(place)),
        t("Motion"): _state(motion_looks()[_motion_state(place)], _motion(place)),
    }
    if place.status_at:
        age, moment = times.ago(place.status_at), times.exact(place.status_at)
        facts[t("Since")] = t("{age} ({time})", age=age, time=moment)
    if place.motion_type:
        facts[t("Motion type")] = escape(str(MOTION_TYPES.get(place.motion_type, place.motion_type)))
    facts[t("Cost so far")] = amount(place.cost)
    st.table(facts, border="horizontal", alt=t("Facts about this location"))


def _avatar(place: Any) -> str:
    if place.avatar_shown != place.avatar_status:
        return t("The last run failed, and nothing has been made of this photo yet.")
    return t(AVATAR_WORDS[place.avatar_status])


def _motion_state(place: Any) -> str:
    """The card above tells of a run that failed to change a ready avatar; its motion is still there."""
    return "completed" if place.motion_shown == RUN_FAILED else place.motion_shown


def _motion(place: Any) -> str:
    if _motion_state(place) != place.motion_status:
        return t("The last run failed. The avatar does not move yet.")
    if place.motion_status == "completed" and motions.with_video():
        return t("It is applied when a video is made, so videos can be made with this avatar.")
    return t(MOTION_WORDS[place.motion_status])


def _state(look: Look, words: str) -> str:
    return f"{look.markdown} {words}"


def _ids(location: Location) -> None:
    """HeyGen's ids, each behind its copy button."""
    with st.expander(t("HeyGen ids"), icon=":material/tag:", expanded=has_avatar(location)):
        if location.heygen_avatar_id == NO_AVATAR:
            st.caption(t("No avatar id yet. An export says {id} for it: made on demand.", id=NO_AVATAR))
        with st.grid(2, min_column_width=290):
            if location.heygen_avatar_id != NO_AVATAR:
                _id(t("Avatar (heygen_avatar_id), for videos"), location.heygen_avatar_id)
            if location.heygen_group_id:
                _id(t("Avatar group"), location.heygen_group_id)
            if location.heygen_look_id and location.heygen_look_id != location.heygen_avatar_id:
                _id(t("Look in the group"), location.heygen_look_id)


def _id(name: str, value: str) -> None:
    with st.container(gap="xxsmall"):
        st.caption(name)
        st.code(value, language=None, wrap_lines=True)


def _runs(studio: Studio, place: Any) -> None:
    st.subheader(t("Runs"), anchor=False)
    where = RunFilter(location_id=place.id)
    total = runs.count_runs(studio.db, where)
    if not total:
        st.caption(t("No run yet: nothing was made and nothing was spent for this location."))
        return
    pages = -(-total // RUNS_A_PAGE)
    # The pages stand below their list and are read above it.
    key = f"location_runs_page_{place.id}"
    page = min(st.session_state.get(key, 1), pages)
    found = runs.runs(studio.db, where, limit=RUNS_A_PAGE, offset=(page - 1) * RUNS_A_PAGE)
    for run in rows(found):
        _run(run)
    if pages > 1:
        st.pagination(pages, key=key)


def _run(run: Any) -> None:
    with st.container(border=True, gap="xxsmall", key=f"location_run_{run.id}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            run_looks()[run.state].badge(help=times.exact(run.ended_at or run.step_at))
            st.markdown(escape(purpose(run)), width="content")
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            story(run.id)
            st.caption(
                t(
                    "{age} by {person}, cost {cost}",
                    age=times.ago(run.created_at),
                    person=escape(person(run.actor)),
                    cost=amount(run.cost),
                ),
                help=times.exact(run.created_at),
                width="content",
            )
