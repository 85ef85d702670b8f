"""One location: photo, states, ids, cost, its runs, and what can be done with it."""

from typing import Any

import streamlit as st

from core import bloggers, histories, reports
from core.errors import NotFound, StudioError
from core.heygen import MOTION_TYPES
from core.members import require
from core.models import NO_AVATAR
from core.reports import LocationFilter
from core.studio import Studio
from pages.parts import dialogs, links, steps, times
from pages.parts.frames import rows
from pages.parts.pictures import photo_url
from pages.parts.states import Look, avatar_looks, motion_looks, run_looks
from pages.parts.words import amount, escape, name_of, say, t

MOST_RUNS = 10


def show(studio: Studio, location_id: int) -> None:
    """The whole location. Raises NotFound."""
    found = rows(reports.locations(studio.db, LocationFilter(archived=None), ids=(location_id,)))
    if not found:
        raise NotFound("There is no location with the number {id}.", id=location_id)
    place = found[0]
    st.title(name_of(place.blogger, place.location), anchor=False)
    _buttons(studio, place)
    photo, facts = st.columns([1, 2], gap="medium")
    with photo:
        st.image(
            photo_url(place.id, place.image_url),
            width=320,
            alt=t("Photo of {blogger}, {location}", blogger=place.blogger, location=place.location),
        )
    with facts:
        _facts(place)
    _runs(studio, place)


def _buttons(studio: Studio, place: Any) -> None:
    with st.container(horizontal=True):
        if place.archived:
            _restore(studio, place)
            return
        needs = place.heygen_avatar_id == NO_AVATAR or place.motion_status == "failed"
        if place.run_id is not None:
            st.page_link(
                "provisioning.py",
                label=t("Watch the run"),
                icon=":material/visibility:",
                query_params={"runs": str(place.run_id)},
            )
        elif needs and st.button(t("Make avatar"), type="primary", icon=":material/motion_photos_on:"):
            st.switch_page("provisioning.py", query_params={links.CHOSEN: links.joined([place.id])})
        st.button(
            t("Edit"),
            icon=":material/edit:",
            on_click=dialogs.ask,
            args=("edit_location",),
            kwargs={"location_id": place.id},
        )
        _archive(studio, place)


def _archive(studio: Studio, place: Any) -> None:
    with st.popover(t("Archive"), icon=":material/archive:", type="tertiary"):
        st.markdown(t("The location leaves the lists. Avatar, costs and runs are kept; it can be restored."))
        if st.button(t("Archive this location"), key="archive_location"):
            _change(lambda: bloggers.archive_location(studio.db, location_id=place.id, actor=require("edit")))


def _restore(studio: Studio, place: Any) -> None:
    st.badge(t("Archived"), icon=":material/archive:", color="gray")
    if st.button(t("Restore"), key="restore_location", icon=":material/unarchive:"):
        _change(lambda: bloggers.restore_location(studio.db, location_id=place.id, actor=require("edit")))


def _change(change: Any) -> None:
    try:
        change()
    except StudioError as error:
        st.error(say(error), icon=":material/error:")
        return
    st.rerun()


def _facts(place: Any) -> None:
    engine = MOTION_TYPES.get(place.motion_type or "", place.motion_type or "–")
    st.table(
        {
            t("Avatar"): _since(avatar_looks()[place.avatar_status], place),
            t("Motion"): _since(motion_looks()[place.motion_status], place),
            t("Motion type"): escape(str(engine)),
            t("Cost so far"): amount(place.cost),
            t("Last change"): f"{times.ago(place.updated)} ({times.exact(place.updated)})",
        },
        border="horizontal",
        alt=t("Facts about this location"),
    )
    made = place.heygen_avatar_id != NO_AVATAR
    st.caption(
        "heygen_avatar_id" if made else t("heygen_avatar_id: 00000 means that the avatar is still to be made")
    )
    st.code(place.heygen_avatar_id, language=None)
    if place.heygen_group_id:
        st.caption("heygen_group_id")
        st.code(place.heygen_group_id, language=None)
    if place.image_url:
        st.caption(t("Photo's link"))
        st.code(place.image_url, language=None, wrap_lines=True)


def _since(look: Look, place: Any) -> str:
    return f"{look.markdown} {times.ago(place.status_at)}" if place.status_at else look.markdown


def _runs(studio: Studio, place: Any) -> None:
    st.subheader(t("Runs"), anchor=False)
    found = rows(histories.runs(studio.db, location_id=place.id, limit=MOST_RUNS))
    if not found:
        st.caption(t("No run yet: nothing was made and nothing was spent for this location."))
    for run in found:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            run_looks()[run.state].badge(help=times.exact(run.ended_at or run.step_at))
            st.caption(_run_facts(run))
            st.page_link(
                "activity.py",
                label=t("Run {id}", id=run.id),
                icon=":material/history:",
                query_params={"run": str(run.id)},
            )


def _run_facts(run: Any) -> str:
    parts = [times.ago(run.created_at), amount(run.cost), escape(run.actor)]
    if run.state != "done":
        parts.insert(1, t("at {step}", step=steps.name(run.step)))
    return " · ".join(parts)
