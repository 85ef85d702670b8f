"""A location's other actions, each in a dialog with its own quote: another motion or photo, free the slot."""

from typing import Any

import streamlit as st

from core.bloggers import editing, past_avatars
from core.bloggers.editing import has_avatar
from core.database.tables.bloggers import NO_AVATAR, Location
from core.heygen.motions import MOTION_TYPES
from core.money.tariffs import Tariffs
from core.quotes import avatars
from core.studio import Studio
from pages.parts.kit import dialogs, motions
from pages.parts.kit.people import may, only, require, who
from pages.parts.kit.photo_input import photo_input
from pages.parts.kit.pictures import photo
from pages.parts.kit.words import amount, escape, name_of, t
from pages.parts.locations import quote_in_dialog

RECOMMENDED = "veo2"
_MOTION, _NAME = "location_action_motion", "location_action_name"


def show_dialogs(studio: Studio) -> None:
    """Draw whichever of these dialogs is open."""
    dialogs.show(
        "another_motion", t("Another motion"), lambda location_id: _another_motion(studio, location_id)
    )
    dialogs.show("another_photo", t("Another photo"), lambda location_id: _another_photo(studio, location_id))
    dialogs.show(
        "free_slot",
        t("Free the slot"),
        lambda location_id, past_id=None: _free_slot(studio, location_id, past_id),
        needs="admin",
    )
    dialogs.show(
        "take_back",
        t("Take back"),
        lambda location_id, past_id: _take_back(studio, location_id, past_id),
        width="small",
    )


def ask(name: str, **details: Any) -> None:
    """Open one of these dialogs without what an earlier one left behind; made for on_click."""
    quote_in_dialog.forget()
    st.session_state[_NAME] = ""
    dialogs.ask(name, **details)


def offers(studio: Studio, location: Location, *, archived: bool) -> None:
    """What can be done with an avatar that is there; what deletes it stands apart."""
    if not has_avatar(location) or not may("edit"):
        return
    st.subheader(t("Change the avatar"), anchor=False)
    if not archived:
        _changes(location, studio.tariffs)
    _offer(
        "free_slot",
        location,
        t("Free the slot"),
        t(
            ":red[:material/warning:] Deletes the avatar group in HeyGen for good, so that another avatar "
            "can be made. Costs nothing."
        ),
        icon="delete_forever",
        needs="admin",
    )


def _changes(location: Location, tariffs: Tariffs) -> None:
    moves = location.heygen_avatar_id != NO_AVATAR and location.motion_status in ("none", "completed")
    with st.grid(2, min_column_width=280):
        if moves:
            _offer(
                "another_motion",
                location,
                t("Another motion"),
                t("Another motion for the same avatar. It is applied from its next video on.")
                if motions.with_video()
                else t(
                    "Another engine for the same avatar. The earlier motion stays until the new one is done."
                ),
                icon="animation",
                price=amount(price) if (price := tariffs.price("add_motion")) else t("free"),
            )
        _offer(
            "another_photo",
            location,
            t("Another photo"),
            t("A new avatar in a group of its own. The present one is kept and can be taken back."),
            icon="add_a_photo",
            price=amount(tariffs.avatar),
        )


def _offer(
    name: str,
    location: Location,
    title: str,
    words: str,
    *,
    icon: str,
    price: str = "",
    needs: str = "spend",
) -> None:
    with st.container(border=True, gap="xsmall", height="stretch", key=f"offer_{name}"):
        st.markdown(words)
        if not may(needs):
            only(needs)
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                f"{title} · {price}" if price else title,
                key=name,
                icon=f":material/{icon}:",
                on_click=ask,
                args=(name,),
                kwargs={"location_id": location.id},
            )


def _about(studio: Studio, location: Location, past_id: int | None = None) -> None:
    """Which avatar the dialog speaks of, with its photo: the present one, or an earlier one."""
    blogger = editing.get_blogger(studio.db, blogger_id=location.blogger_id)
    assert location.id is not None
    with st.container(horizontal=True, wrap=False, vertical_alignment="center", gap="small"):
        photo(location.id, location.image_url, blogger.name, location.name, width=56, past=past_id)
        with st.container(gap="xxsmall"):
            st.markdown(f"**{name_of(blogger.name, location.name)}**")
            if past_id is not None:
                st.caption(t("Earlier avatar"))


def _another_motion(studio: Studio, location_id: int) -> None:
    quote_in_dialog.leave_when_done()
    location = editing.get_location(studio.db, location_id=location_id)
    _about(studio, location)
    if motions.with_video():
        st.markdown(
            t(
                "HeyGen applies the motion when a video is made: the new one counts from the next video on. "
                "Videos that are there stay as they are."
            )
        )
    else:
        st.markdown(
            t(
                "HeyGen adds another motion to the avatar. Its group and its ids stay. The earlier motion "
                "stays until the new one is done; one that fails changes nothing."
            )
        )
    quote = avatars.quote(
        studio,
        location_ids=[location_id],
        motion_type=_motion_choice(studio, location, besides=location.motion_type),
        action="another_motion",
        person=who().name,
    )
    quote_in_dialog.card(quote)
    quote_in_dialog.confirm_button(
        studio,
        quote,
        t("Spend {amount} on another motion", amount=amount(quote.total))
        if quote.total
        else t("Use this motion, free"),
        choice=_MOTION,
    )


def _another_photo(studio: Studio, location_id: int) -> None:
    quote_in_dialog.leave_when_done()
    location = editing.get_location(studio.db, location_id=location_id)
    _about(studio, location)
    st.markdown(
        t(
            "HeyGen makes a new avatar of the new photo, in a group of its own. The present avatar stays in "
            "HeyGen as an earlier one: it keeps its slot and can be taken back."
        )
    )
    photo = photo_input(studio, "another_photo")
    motion_type = _motion_choice(studio, location)
    if not photo.good:
        price = amount(studio.tariffs.avatar)
        st.caption(t("The quote follows when the photo is there. It will be {price}.", price=price))
        return
    quote = avatars.quote(
        studio,
        location_ids=[location_id],
        motion_type=motion_type,
        action="another_photo",
        image_url=photo.address(studio.settings),
        person=who().name,
    )
    quote_in_dialog.card(quote)
    quote_in_dialog.confirm_button(
        studio, quote, t("Spend {amount} on another photo", amount=amount(quote.total)), choice=_MOTION
    )


def _free_slot(studio: Studio, location_id: int, past_id: int | None) -> None:
    quote_in_dialog.leave_when_done()
    quote = avatars.quote(
        studio, location_ids=[location_id], action="free_slot", past_id=past_id, person=who().name
    )
    name = quote.lines[0].group_name
    _about(studio, editing.get_location(studio.db, location_id=location_id), past_id)
    st.warning(
        t(
            "HeyGen deletes the avatar group {name} with its avatar and its motion, for good.",
            name=escape(name),
        ),
        icon=":material/warning:",
    )
    if past_id is None:
        st.markdown(
            t(
                "The location goes back to no avatar; another one is paid for anew. "
                "Videos, runs and costs stay here, and the ids are kept for the record."
            )
        )
    else:
        st.markdown(
            t("This earlier avatar cannot be taken back afterwards. The location's present avatar stays.")
        )
    quote_in_dialog.card(quote)
    if not quote.can_confirm:
        return
    quote_in_dialog.name_input(name, _NAME)
    quote_in_dialog.confirm_button(studio, quote, t("Free the slot"), icon="delete_forever", typed=_NAME)


def _take_back(studio: Studio, location_id: int, past_id: int) -> None:
    quote_in_dialog.leave_when_done()
    _about(studio, editing.get_location(studio.db, location_id=location_id), past_id)
    st.markdown(
        t(
            "The location uses this avatar and its photo again. The present avatar, if there is one, becomes "
            "an earlier one and can be taken back as well. This costs nothing."
        )
    )
    quote_in_dialog.act_button(
        t("Take back"),
        lambda: past_avatars.take_back(studio.db, past_id, actor=require("spend")),
        key="take_back_now",
        icon="undo",
    )


def _motion_choice(studio: Studio, location: Location, besides: str | None = None) -> str:
    """The motion type from a list; `besides` is the one that the avatar has already."""
    there = besides if location.motion_status == "completed" else None
    types = [motion_type for motion_type in motions.offered(studio) if motion_type != there]
    usual = location.motion_type if location.motion_type in types else RECOMMENDED
    return st.selectbox(
        t("Motion type"),
        types,
        index=types.index(usual) if usual in types else 0,
        format_func=_engine,
        key=_MOTION,
        help=motions.not_offered(studio) or None,
    )


def _engine(motion_type: str) -> str:
    name = MOTION_TYPES[motion_type]
    return t("{engine} (recommended)", engine=name) if motion_type == RECOMMENDED else name
