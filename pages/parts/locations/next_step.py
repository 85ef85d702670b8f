"""What comes next for a location: one card, one obvious button."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.bloggers import archive, editing
from core.bloggers.editing import get_blogger, has_avatar
from core.database.tables.bloggers import NO_AVATAR, Location
from core.journal.due import asks
from core.photos import address
from core.reports import remedies
from core.reports.runs import AVATAR_KINDS, RunFilter, runs
from core.studio import Studio
from pages.parts.kit import dialogs, links, motions
from pages.parts.kit.guard import guarded
from pages.parts.kit.people import may, require
from pages.parts.kit.states import run_looks
from pages.parts.kit.tables import rows
from pages.parts.kit.words import amount, escape, sentence, t
from pages.parts.locations import found
from pages.parts.locations.actions import ask
from pages.parts.runs import actions, answers, steps
from pages.parts.runs.card import bars, failure_and_cost, purpose


def show(studio: Studio, place: Any, location: Location) -> None:
    """The card of a location without a live run, and the small buttons that always fit."""
    with st.container(border=True, key="location_next"):
        if place.archived:
            _archived(studio, place)
            return
        where = RunFilter(location_id=place.id, kinds=AVATAR_KINDS)
        last = next(iter(rows(runs(studio.db, where, limit=1))), None)
        if last is not None and place.last_failed:
            _failed(studio, location, last)
        elif not has_avatar(location) and _photo_comes_first(studio, place):
            pass
        elif place.heygen_avatar_id == NO_AVATAR or place.motion_status in ("none", "failed"):
            _make(studio, place, cancelled=last is not None and last.state == "cancelled")
        elif place.motion_status == "processing":
            st.markdown(t("**HeyGen is still at work.** Check now asks how far it is."))
        else:
            st.markdown(t(":green[:material/check_circle:] **The avatar is ready for videos.**"))
            if may("spend"):
                st.page_link(
                    "videos.py",
                    label=t("Make a video"),
                    icon=":material/movie:",
                    query_params={links.CHOSEN: str(place.id)},
                )
        _small_buttons(studio, place)


def live(studio: Studio, run: Any) -> None:
    """The card while a run goes on."""
    with st.container(border=True, key="location_next"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            run_looks()[run.state].badge()
            st.markdown(f"**{escape(purpose(run))}**", width="content")
        bars(run)
        if not asks(run):
            st.markdown(steps.now(run))
            st.caption(steps.after(studio, run))
        answers.show(studio, run)
        st.page_link(
            "provisioning.py",
            label=t("Watch the run"),
            icon=":material/visibility:",
            query_params={"runs": str(run.id)},
        )


def _archived(studio: Studio, place: Any) -> None:
    st.badge(t("Archived"), icon=":material/archive:", color="gray")
    blogger = get_blogger(studio.db, blogger_id=place.blogger_id)
    if blogger.archived_at is not None:
        st.markdown(
            t("{blogger} is in the archive, with this location.", blogger=escape(blogger.name)),
        )
        if may("edit") and st.button(
            t("Restore the blogger"), key="restore_blogger", type="primary", icon=":material/unarchive:"
        ):
            _change(
                lambda: archive.restore_blogger(studio.db, blogger_id=place.blogger_id, actor=require("edit"))
            )
        return
    st.markdown(t("This location is in no list. Its avatar, costs and runs are kept."))
    if may("edit") and st.button(
        t("Restore"), key="restore_location", type="primary", icon=":material/unarchive:"
    ):
        _change(lambda: archive.restore_location(studio.db, location_id=place.id, actor=require("edit")))


def _failed(studio: Studio, location: Location, run: Any) -> None:
    """Why, what it cost, and first what helps."""
    st.error(failure_and_cost(run), icon=":material/error:")
    remedy = remedies.of(studio.db, (run.id,))[run.id]
    mended = remedy == remedies.PHOTO and location.updated_at > run.ended_at
    if mended:
        st.markdown(t("The location has changed since. The next try takes the photo that is there now."))
    if not may("spend"):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if remedy == remedies.PHOTO:
            _mend_photo(location, primary=not mended)
        else:
            actions.mend_button(run, remedy)
        actions.retry_button(studio, run, primary=remedy == remedies.RETRY or mended)
    actions.start_over(run)


def _mend_photo(location: Location, *, primary: bool) -> None:
    """Before there is a group the photo is simply another one; afterwards that is an action with a quote."""
    if not has_avatar(location):
        _change_photo(location, key="failed_change_photo", primary=primary)
        return
    st.button(
        t("Another photo"),
        key="failed_another_photo",
        type="primary" if primary else "secondary",
        icon=":material/add_a_photo:",
        on_click=ask,
        args=("another_photo",),
        kwargs={"location_id": location.id},
    )


def ask_for_photo(studio: Studio, location_id: int) -> None:
    """Open the dialog in which the location gets its other photo. Raises NotFound."""
    location = editing.get_location(studio.db, location_id=location_id)
    if has_avatar(location):
        ask("another_photo", location_id=location_id)
    else:
        dialogs.ask("edit_location", location_id=location_id)


def _photo_comes_first(studio: Studio, place: Any) -> bool:
    """Says what is wrong with the photo, as far as that shows without fetching it; False when nothing is."""
    if not place.image_url:
        st.markdown(t("**A photo comes first.** The avatar is made of it."))
        _change_photo(place, key="add_photo", label=t("Add a photo"))
        return True
    try:
        address.check_address(place.image_url, studio.settings)
    except address.PhotoRefused as error:
        st.warning(sentence(error.template, error.values), icon=":material/link_off:")
        _change_photo(place, key="unusable_photo")
        return True
    return False


def _make(studio: Studio, place: Any, *, cancelled: bool) -> None:
    tariffs = studio.tariffs
    price = amount(tariffs.avatar)
    if (place.heygen_group_id or place.heygen_avatar_id != NO_AVATAR) and motions.with_video():
        st.markdown(
            t(
                "**The motion is not chosen yet.** The avatar is there already; to choose one costs nothing, "
                "because it is applied when the video is made."
            )
        )
    elif place.heygen_group_id or place.heygen_avatar_id != NO_AVATAR:
        st.markdown(
            t(
                "**The motion is missing.** The avatar group is there already; the motion costs {price}.",
                price=amount(tariffs.price("add_motion")),
            )
        )
    elif cancelled:
        st.markdown(t("**The last run was cancelled.** A new one makes the avatar for {price}.", price=price))
    else:
        st.markdown(t("**No avatar yet.** Making it costs {price} and takes a few minutes.", price=price))
    if may("spend") and st.button(
        t("Make avatar"),
        key="make_avatar",
        type="primary",
        icon=":material/face:",
        help=t("You see the price first; nothing is spent yet."),
    ):
        st.switch_page("provisioning.py", query_params={links.CHOSEN: links.joined([place.id])})


def _change_photo(place: Any, *, key: str, label: str = "", primary: bool = True) -> None:
    dialogs.button(
        label or t("Change the photo"),
        "edit_location",
        {"location_id": place.id},
        key=key,
        type="primary" if primary else "secondary",
        icon=":material/add_a_photo:",
    )


def _small_buttons(studio: Studio, place: Any) -> None:
    if not may("edit"):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        dialogs.button(
            t("Edit"),
            "edit_location",
            {"location_id": place.id},
            key="edit_location",
            type="tertiary",
            icon=":material/edit:",
        )
        if place.heygen_avatar_id == NO_AVATAR and not place.heygen_group_id:
            found.door_for(place.id)
        with st.popover(t("Archive"), icon=":material/archive:", type="tertiary"):
            st.markdown(
                t("The location leaves the lists. Avatar, costs and runs are kept; it can be restored.")
            )
            if st.button(t("Archive this location"), key="archive_location"):
                _change(
                    lambda: archive.archive_location(studio.db, location_id=place.id, actor=require("edit"))
                )


def _change(change: Callable[[], Any]) -> None:
    with guarded():
        change()
        st.rerun()
