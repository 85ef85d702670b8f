"""Taking over, deleting and letting go, each in a dialog; none of them costs anything."""

from typing import Any

import streamlit as st

from core.account import found, taking_over
from core.bloggers import editing
from core.database.tables.bloggers import NO_AVATAR
from core.errors import StudioError
from core.runs import queue
from core.studio import Studio
from pages.parts.kit import dialogs
from pages.parts.kit.people import require
from pages.parts.kit.pictures import photo_url, picture, reachable
from pages.parts.kit.states import avatar_looks, motion_looks
from pages.parts.kit.tables import rows
from pages.parts.kit.words import amount, escape, name_of, say, t
from pages.parts.locations import quote_in_dialog

#: More options than this make a list slow; the search finds the others.
MOST_OPTIONS = 200
_NAME, _TAKER, _LOOK, _SEARCH = "found_name", "found_taker", "found_look", "found_taker_search"


def show_dialogs(studio: Studio) -> None:
    """Draw whichever of these dialogs is open."""
    dialogs.show("use_found", t("Use this avatar"), lambda **asked: _use(studio, **asked))
    dialogs.show(
        "delete_found", t("Delete in HeyGen"), lambda **asked: _delete(studio, **asked), needs="admin"
    )
    dialogs.show("let_go", t("Let go"), lambda **asked: _let_go(studio, **asked), width="small")


def _use(studio: Studio, group_id: str, title: str, location_id: int | None) -> None:
    looks = {row.look_id: row for row in rows(found.looks(studio.db, group_id))}
    if not looks:
        st.info(t("HeyGen's list has no such group any more. Close this and look again."))
        return
    look_id = _look(looks)
    taker = _taker(studio, title) if location_id is None else location_id
    with st.container(horizontal=True, wrap=False, gap="medium"):
        _picture(
            reachable(studio, looks[look_id].preview), t("In HeyGen"), t("Picture of {group}", group=title)
        )
        if taker is not None:
            place = editing.get_location(studio.db, location_id=taker)
            blogger = editing.get_blogger(studio.db, blogger_id=place.blogger_id)
            alt = t("Photo of {blogger}, {location}", blogger=blogger.name, location=place.name)
            _picture(photo_url(taker, place.image_url), name_of(blogger.name, place.name), alt)
    st.markdown(_what_comes(studio, group_id, look_id))
    st.caption(t("The location keeps its own photo. Videos show the avatar as HeyGen has it."))
    said = st.empty()
    if st.button(
        t("Use this avatar"),
        key="use_found_now",
        type="primary",
        icon=":material/link:",
        disabled=taker is None,
    ):
        try:
            taking_over.attach(
                studio, location_id=taker or 0, group_id=group_id, look_id=look_id, actor=require("spend")
            )
        except StudioError as error:
            said.error(say(error), icon=":material/error:")
            return
        dialogs.forget()
        st.switch_page("locations.py", query_params={"location": str(taker)})


def _look(looks: dict[str, Any]) -> str:
    """The one look, or the chosen one of several."""
    names = {look_id: _words(place, row) for place, (look_id, row) in enumerate(looks.items(), start=1)}
    if len(names) == 1:
        return next(iter(names))
    return st.selectbox(t("Look"), list(names), format_func=lambda i: names.get(str(i), str(i)), key=_LOOK)


def _words(place: int, row: Any) -> str:
    state = motion_looks()[row.motion] if row.motion != "none" else avatar_looks()[row.status]
    if row.is_motion:
        return t("{n}: with its motion, {state}", n=place, state=state.word)
    return t("{n}: {state}", n=place, state=state.word)


def _taker(studio: Studio, name: str) -> int | None:
    """The location that is chosen; the one that the group is named after is offered first."""
    text = st.session_state.get(_SEARCH) or ""
    places = rows(found.takers(studio.db, text=text, group=name, limit=MOST_OPTIONS))
    if len(places) == MOST_OPTIONS or text:
        st.text_input(
            t("Search"), key=_SEARCH, type="search", live="300ms", placeholder=t("Blogger or location")
        )
    if not places:
        st.info(
            t("No location matches.") if text else t("Every location has its avatar or a run under way."),
            icon=":material/search_off:" if text else ":material/photo_library:",
        )
        dialogs.button(t("Add location"), "add_location", key="found_add", icon=":material/add_a_photo:")
        return None
    names = {row.id: f"{row.blogger} – {row.location}" for row in places}
    return st.selectbox(
        t("Location"),
        list(names),
        index=0 if places[0].fits else None,
        format_func=lambda i: names.get(i, str(i)),
        key=_TAKER,
        filter_mode="contains",
        placeholder=t("Choose a location without an avatar"),
    )


def _picture(address: str, words: str, alt: str) -> None:
    with st.container(gap="xxsmall", width=130):
        if address:
            picture(address, width=130, alt=alt)
        st.caption(words)


def _what_comes(studio: Studio, group_id: str, look_id: str) -> str:
    """What the location has afterwards, and what may cost something later."""
    taken = taking_over.would_take(studio, group_id, look_id)
    if taken.avatar_id == NO_AVATAR:
        price = amount(studio.tariffs.price("add_motion"))
        return t(
            "**Costs nothing.** Its motion is missing: Make avatar adds it afterwards, for {price}.",
            price=price,
        )
    if taken.avatar_status == "completed" and taken.motion_status in ("none", "completed"):
        return t("**Costs nothing.** It is ready: videos can be made with it at once.")
    return t("**Costs nothing.** HeyGen is still at work on it; the location shows how far it is.")


def _delete(studio: Studio, group_id: str, title: str) -> None:
    quote_in_dialog.leave_when_done()
    st.warning(
        t("HeyGen deletes the avatar group {name} with all its looks, for good.", name=escape(title)),
        icon=":material/warning:",
    )
    st.markdown(
        t(
            "No location here uses it; somebody else with this HeyGen account may. Deleting costs nothing "
            "and frees a slot."
        )
    )
    named = quote_in_dialog.name_input(title, _NAME)
    quote_in_dialog.act_button(
        t("Delete in HeyGen"),
        lambda: _ask_to_delete(studio, group_id),
        key="delete_found_now",
        icon="delete_forever",
        disabled=not named,
    )


def _ask_to_delete(studio: Studio, group_id: str) -> None:
    typed = str(st.session_state.get(_NAME) or "")
    asked = taking_over.ask_to_delete(studio.db, group_id, typed_name=typed, actor=require("admin"))
    queue.of(studio).wake_check(asked)


def _let_go(studio: Studio, location_id: int, past_id: int | None) -> None:
    quote_in_dialog.leave_when_done()
    place = editing.get_location(studio.db, location_id=location_id)
    blogger = editing.get_blogger(studio.db, blogger_id=place.blogger_id)
    st.markdown(f"**{name_of(blogger.name, place.name)}**")
    if past_id is None:
        st.markdown(
            t(
                "The location goes back to no avatar; a new one has its price. Videos, runs and costs stay "
                "here, and the ids are kept for the record. Letting go costs nothing."
            )
        )
    else:
        st.markdown(t("The earlier avatar counts as deleted and cannot be taken back. This costs nothing."))
    quote_in_dialog.act_button(
        t("Let go"),
        lambda: taking_over.let_go(
            studio.db, location_id=location_id, past_id=past_id, actor=require("spend")
        ),
        key="let_go_now",
        icon="link_off",
    )
