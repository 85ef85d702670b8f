"""A location's earlier avatars: what they were, and the way back or the slot they still hold."""

from typing import Any

import streamlit as st

from core.bloggers import past_avatars
from core.database.tables.bloggers import NO_AVATAR
from core.heygen.motions import MOTION_TYPES
from core.locale import N_
from core.studio import Studio
from pages.parts.kit import times
from pages.parts.kit.people import may
from pages.parts.kit.pictures import photo_url, picture
from pages.parts.kit.tables import rows
from pages.parts.kit.words import escape, person, t
from pages.parts.locations import actions

REASONS = {
    "photo": N_("Another photo took its place"),
    "slot": N_("Its slot was freed"),
    "swapped": N_("An earlier avatar was taken back in its place"),
}


def show(studio: Studio, place: Any, *, busy: bool) -> None:
    """The list, if there is one; while a run is live nothing can be done with it."""
    found = rows(past_avatars.of_location(studio.db, place.id))
    if not found:
        return
    st.subheader(t("Earlier avatars"), anchor=False)
    st.caption(t("Nothing is lost: an earlier avatar can be taken back as long as HeyGen holds its group."))
    for one in found:
        with st.container(border=True, key=f"past_{one.id}"):
            _one(place, one, busy=busy)


def _one(place: Any, one: Any, *, busy: bool) -> None:
    with st.container(horizontal=True, wrap=False, gap="medium"):
        picture(
            photo_url(place.id, one.image_url, one.id),
            width=88,
            alt=t("Photo of an earlier avatar of {location}", location=place.location),
        )
        with st.container(gap="xsmall"):
            gone = one.deleted_at is not None
            if gone:
                st.badge(t("Deleted in HeyGen"), icon=":material/delete_forever:", color="gray")
            else:
                st.badge(t("Kept in HeyGen"), icon=":material/inventory_2:", color="blue")
            st.markdown(escape(MOTION_TYPES.get(one.motion_type or "", "")) or t("No motion"))
            st.caption(
                t(
                    "{reason}, {age} by {person}",
                    reason=t(REASONS[one.reason]),
                    age=times.ago(one.retired_at),
                    person=escape(person(one.actor)),
                ),
                help=times.exact(one.retired_at),
            )
    with st.container(horizontal=True, vertical_alignment="center"):
        if not gone and not busy and not place.archived and may("edit"):
            st.button(
                t("Take back"),
                key=f"take_back_{one.id}",
                icon=":material/undo:",
                on_click=actions.ask,
                args=("take_back",),
                kwargs={"location_id": place.id, "past_id": one.id},
            )
        if not gone and not busy and one.heygen_group_id and may("admin"):
            st.button(
                t("Free its slot"),
                key=f"free_past_{one.id}",
                type="tertiary",
                icon=":material/delete_forever:",
                on_click=actions.ask,
                args=("free_slot",),
                kwargs={"location_id": place.id, "past_id": one.id},
            )
        with st.popover(t("HeyGen ids"), icon=":material/tag:", type="tertiary"):
            if one.heygen_avatar_id != NO_AVATAR:
                st.caption(t("Avatar (heygen_avatar_id), for videos"))
                st.code(one.heygen_avatar_id, language=None, wrap_lines=True)
            if one.heygen_group_id:
                st.caption(t("Avatar group"))
                st.code(one.heygen_group_id, language=None, wrap_lines=True)
