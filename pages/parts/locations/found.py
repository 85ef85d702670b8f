"""Found in HeyGen: groups that no location uses, to take over or to delete, and avatars that HeyGen lost."""

from typing import Any

import streamlit as st

from core.account import found
from core.bloggers import editing
from core.database.tables.bloggers import Location
from core.errors import NotFound
from core.studio import Studio
from pages.parts.kit import links, times
from pages.parts.kit.filters import Searched
from pages.parts.kit.people import may
from pages.parts.kit.pictures import photo, picture, reachable
from pages.parts.kit.sections import PART
from pages.parts.kit.states import full_avatar_looks, full_motion_looks
from pages.parts.kit.tables import rows
from pages.parts.kit.words import escape, many, name_of, number, t
from pages.parts.locations import actions, found_check

#: In the address: the location that an avatar is looked for.
TAKER = "for"
PER_PAGE = 12
LOST_A_PAGE = 10
#: With fewer groups than this there is nothing to search.
FEW = 6


def door(studio: Studio) -> None:
    """The button that leads here, with how many groups wait."""
    waiting = found.count_unowned(studio.db)
    label = t("Found in HeyGen ({n})", n=number(waiting)) if waiting else t("Found in HeyGen")
    st.button(label, key="to_found", icon=":material/travel_explore:", on_click=_open)


def door_for(location_id: int) -> None:
    """The button that leads here from a location without an avatar."""
    if st.button(
        t("Use one that is in HeyGen already"),
        key="to_found",
        type="tertiary",
        icon=":material/travel_explore:",
        help=t("Takes over an avatar of this HeyGen account. Costs nothing."),
    ):
        st.switch_page("locations.py", query_params={PART: links.FOUND, TAKER: str(location_id)})


def is_open() -> bool:
    return st.query_params.get(PART) == links.FOUND


def leave() -> None:
    """Back to the locations; made for on_click."""
    for name in (PART, TAKER):
        st.query_params.pop(name, None)


def show(studio: Studio) -> None:
    """The whole view."""
    st.title(t("Found in HeyGen"), anchor=False)
    st.markdown(
        t(
            "Avatar groups that the HeyGen account holds and no location uses. A location that takes one "
            "over needs no new one, and that costs nothing."
        )
    )
    place = _taker(studio)
    found_check.show(studio)
    if found.last_listing(studio.db) is None:
        st.info(
            t("Nobody has looked yet. Look now asks HeyGen what it holds; that is free and changes nothing.")
            if may("edit")
            else t("Nobody has looked yet. Operators and administrators may ask HeyGen what it holds."),
            icon=":material/travel_explore:",
        )
        return
    if place is not None:
        _banner(studio, place)
    _groups(studio, place)
    _lost(studio)


def _open() -> None:
    st.query_params[PART] = links.FOUND


def _taker(studio: Studio) -> Location | None:
    """The location that the address names, while it has no avatar."""
    location_id = links.one(TAKER)
    try:
        place = None if location_id is None else editing.get_location(studio.db, location_id=location_id)
    except NotFound:
        return None
    return None if place is None or editing.has_avatar(place) else place


def _banner(studio: Studio, place: Location) -> None:
    blogger = editing.get_blogger(studio.db, blogger_id=place.blogger_id)
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="found_for"):
        photo(place.id or 0, place.image_url, blogger.name, place.name, width=48)
        st.markdown(
            t("Choose the avatar for **{name}**.", name=name_of(blogger.name, place.name)), width="stretch"
        )
        st.button(
            t("For another location"),
            key="found_for_any",
            type="tertiary",
            icon=":material/close:",
            on_click=_for_any,
        )


def _for_any() -> None:
    st.query_params.pop(TAKER, None)


def _ask_from(popover: str, name: str, **details: Any) -> None:
    """Open a dialog and close the popover, which would stand in front of it; made for on_click."""
    st.session_state[popover] = False
    actions.ask(name, **details)


def _groups(studio: Studio, place: Location | None) -> None:
    filters = Searched("found", [])
    total = found.count_unowned(studio.db)
    matching = found.count_unowned(studio.db, text=filters.text) if filters.text else total
    st.subheader(t("Used by no location"), anchor=False)
    if total > FEW or filters.text:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            filters.search(t("Name of the group"))
            st.caption(many("{n} group", "{n} groups", matching), width="content")
    if not total:
        listed = found.last_listing(studio.db)
        if listed is not None and listed.groups:
            st.success(
                t("Every avatar group in HeyGen belongs to a location."), icon=":material/check_circle:"
            )
        else:
            st.info(t("The HeyGen account holds no avatar groups."), icon=":material/inventory_2:")
        return
    if not matching:
        st.info(t("No group of this name."), icon=":material/search_off:")
        st.button(
            t("Clear the search"),
            key="found_clear",
            type="tertiary",
            icon=":material/close:",
            on_click=filters.clear_search,
        )
        return
    slot = st.container()
    page = filters.pages(matching, PER_PAGE)
    groups = found.unowned(studio.db, text=filters.text, limit=PER_PAGE, offset=(page - 1) * PER_PAGE)
    with slot, st.grid("auto", min_column_width=160, gap="small"):
        for group in rows(groups):
            with st.container(border=True, gap="xsmall", height="stretch", key=f"found_{group.group_id}"):
                _group(studio, group, place)


def _group(studio: Studio, group: Any, place: Location | None) -> None:
    name = group.name.strip() or group.group_id
    if group.preview:
        picture(reachable(studio, group.preview), width="stretch", alt=t("Picture of {group}", group=name))
    st.markdown(f"**{escape(name)}**")
    st.markdown(_states(studio, group))
    if group.created_at:
        st.caption(t("Made {age}", age=times.ago(group.created_at)), help=times.exact(group.created_at))
    # The buttons stand at the card's lower edge, however many lines the name takes.
    st.space("stretch")
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        if group.status in ("completed", "pending") and may("edit"):
            st.button(
                t("Use it"),
                key=f"use_{group.group_id}",
                icon=":material/link:",
                on_click=actions.ask,
                args=("use_found",),
                kwargs={
                    "group_id": group.group_id,
                    "title": name,
                    "location_id": place.id if place else None,
                },
            )
        more = f"more_{group.group_id}"
        with st.popover(
            t("More"), icon=":material/more_horiz:", type="tertiary", key=more, on_change="rerun"
        ):
            st.caption(t("Avatar group"))
            st.code(group.group_id, language=None, wrap_lines=True)
            if may("admin"):
                st.button(
                    t("Delete in HeyGen"),
                    key=f"delete_{group.group_id}",
                    icon=":material/delete_forever:",
                    on_click=_ask_from,
                    args=(more, "delete_found"),
                    kwargs={"group_id": group.group_id, "title": name},
                )


def _states(studio: Studio, group: Any) -> str:
    """What it is in badges; where a motion is an option of each video, no group has one."""
    if not group.looks:
        return f":gray-badge[:material/hide_image: {t('Empty')}]"
    badges = [full_avatar_looks()[group.status].markdown]
    if studio.client.traits.motion != "render" and group.status != "failed":
        badges.append(full_motion_looks()[group.motion].markdown)
    if group.looks > 1:
        badges.append(f":gray-badge[{many('{n} look', '{n} looks', group.looks)}]")
    return " ".join(badges)


def _lost(studio: Studio) -> None:
    total = found.count_unknown(studio.db)
    if not total:
        return
    st.subheader(t("No longer in HeyGen"), anchor=False)
    st.markdown(
        t(
            "These avatars are known here, and HeyGen's list does not have them. Nothing can be made with "
            "them. A location that lets go of one can get a new one."
        )
    )
    if not found.knows_any(studio.db):
        st.warning(
            t(
                "HeyGen lists none of the avatars that are known here. If the key is that of another "
                "account, let go of nothing: set the right key, then look again."
            ),
            icon=":material/key:",
        )
    pages = -(-total // LOST_A_PAGE)
    page = min(st.session_state.get("lost_page", 1), pages)
    for one in rows(found.unknown(studio.db, limit=LOST_A_PAGE, offset=(page - 1) * LOST_A_PAGE)):
        _lost_one(one)
    if pages > 1:
        st.pagination(pages, key="lost_page")


def _lost_one(one: Any) -> None:
    key = f"{one.location_id}_{one.past_id or 0}"
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"lost_{key}"):
        photo(one.location_id, one.image_url, one.blogger, one.location, width=48, past=one.past_id)
        with st.container(gap="xxsmall", width="stretch"):
            earlier = "" if one.past_id is None else f" :gray-badge[{t('Earlier avatar')}]"
            st.markdown(f"**{name_of(one.blogger, one.location)}**{earlier}")
            st.caption(t("Its avatar group is gone.") if one.group_gone else t("Its avatar is gone."))
        with st.container(horizontal=True, width=260, vertical_alignment="center"):
            st.page_link(
                "locations.py",
                label=t("Open"),
                icon=":material/arrow_forward:",
                query_params={"location": str(one.location_id)},
            )
            if may("edit"):
                st.button(
                    t("Let go"),
                    key=f"let_go_{key}",
                    icon=":material/link_off:",
                    on_click=actions.ask,
                    args=("let_go",),
                    kwargs={"location_id": one.location_id, "past_id": one.past_id},
                )
