"""The list of locations: filters in the address, pages from SQL, rows that can be chosen."""

import hashlib
from typing import Any

import pandas as pd
import streamlit as st

from core import reports
from core.heygen import MOTION_TYPES
from core.money import credits_text
from core.reports import LocationFilter
from core.studio import Studio
from pages.parts import links
from pages.parts.frames import rows
from pages.parts.pictures import photo_url
from pages.parts.states import avatar_looks, column, motion_looks
from pages.parts.words import t

PER_PAGE = 25
#: More at once do not fit into an address; the filters make the list shorter.
MOST_CHOSEN = 500
#: The chosen locations of this session: ids, never positions in a table.
CHOSEN = "locations_chosen"
_VERSION = "locations_choice_version"
_PAGE = "locations_page"
_ALL = "all"


def filters(studio: Studio) -> tuple[LocationFilter, str]:
    """The filter row; what it says stands in the address."""
    known = {row.id: row.name for row in rows(reports.bloggers(studio.db))}
    avatar, motion = avatar_looks(), motion_looks()
    with st.grid(6, min_column_width=140, vertical_alignment="bottom"):
        text = st.text_input(
            t("Search"),
            key="locations_text",
            type="search",
            live="300ms",
            placeholder=t("Blogger or location"),
            bind="query-params",
            on_change=_first_page,
        )
        blogger_id = _choice(t("Blogger"), "locations_blogger", known)
        avatar_status = _choice(
            t("Avatar"), "locations_avatar", {state: look.word for state, look in avatar.items()}
        )
        motion_status = _choice(
            t("Motion"), "locations_motion", {state: look.word for state, look in motion.items()}
        )
        sorts = {"blogger": t("Blogger"), "newest": t("Newest"), "status": t("Last change")}
        sort = st.selectbox(
            t("Sort by"),
            list(sorts),
            format_func=lambda s: sorts[s],
            key="locations_sort",
            bind="query-params",
            on_change=_first_page,
        )
        archived = st.toggle(
            t("Archive"),
            key="locations_archive",
            help=t("Shows what was archived, in place of the rest."),
            bind="query-params",
            on_change=_first_page,
        )
    where = LocationFilter(
        text=text or "",
        blogger_id=blogger_id,
        avatar_status=avatar_status,
        motion_status=motion_status,
        archived=archived,
    )
    return where, sort or "blogger"


def _choice(label: str, key: str, options: dict[Any, str]) -> Any:
    """One of the options, or None for all."""
    found = st.selectbox(
        label,
        [_ALL, *options],
        format_func=lambda value: t("All") if value == _ALL else options[value],
        key=key,
        bind="query-params",
        on_change=_first_page,
    )
    return None if found == _ALL else found


def _first_page() -> None:
    st.session_state[_PAGE] = 1


def chosen() -> list[int]:
    """The ids chosen so far, also on other pages of the list."""
    return st.session_state.setdefault(CHOSEN, [])


def choose(ids: list[int]) -> None:
    """Choose exactly these; made for on_click. The table then starts anew with their rows ticked."""
    st.session_state[CHOSEN] = ids
    st.session_state[_VERSION] = st.session_state.get(_VERSION, 0) + 1


def table(studio: Studio, where: LocationFilter, sort: str, total: int) -> None:
    """One page of rows with photo, states and cost; ticked rows become chosen ids."""
    slot = st.container()
    pages = -(-total // PER_PAGE)
    page = 1
    if pages > 1:
        page = st.pagination(pages, key=_PAGE, persist_state="session")
    page = min(page, pages)
    found = reports.locations(studio.db, where, sort=sort, limit=PER_PAGE, offset=(page - 1) * PER_PAGE)
    ids = [int(i) for i in found["id"]]
    event = slot.dataframe(
        _cells(found),
        column_config=_columns(ids),
        hide_index=True,
        row_height=56,
        height="content",
        on_select="rerun",
        selection_mode="multi-row",
        selection_default={"selection": {"rows": [ids.index(i) for i in chosen() if i in ids]}},
        key=_key(where, sort, page, ids),
        placeholder="–",
        alt=t("Locations with photo, avatar and motion status, cost and last change"),
    )
    ticked = [ids[row] for row in event.selection.rows if row < len(ids)]
    st.session_state[CHOSEN] = [i for i in chosen() if i not in ids] + ticked


def _key(where: LocationFilter, sort: str, page: int, ids: list[int]) -> str:
    """A selection is row positions: another query or other rows must be another table."""
    query = repr((where, sort, page, ids, st.session_state.get(_VERSION, 0)))
    return "locations_" + hashlib.sha256(query.encode()).hexdigest()[:16]


def _cells(found: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "photo": [photo_url(row.id, row.image_url) for row in rows(found)],
            "blogger": found["blogger"],
            "location": found["location"],
            "avatar": [[state] for state in found["avatar_status"]],
            "motion": [[state] for state in found["motion_status"]],
            "engine": [MOTION_TYPES.get(slug, slug) for slug in found["motion_type"]],
            "cost": [credits_text(cost) for cost in found["cost"]],
            "updated": pd.to_datetime(found["updated"], utc=True),
            "open": t("Open"),
        }
    )


def _columns(ids: list[int]) -> dict[str, Any]:
    return {
        "photo": st.column_config.ImageColumn(t("Photo"), width=64),
        "blogger": st.column_config.TextColumn(t("Blogger"), width=150),
        "location": st.column_config.TextColumn(t("Location"), width=150),
        "avatar": column(t("Avatar"), avatar_looks()),
        "motion": column(t("Motion"), motion_looks()),
        "engine": st.column_config.TextColumn(t("Motion type")),
        "cost": st.column_config.TextColumn(t("Cost"), alignment="right", help=t("Credits spent so far")),
        "updated": st.column_config.DatetimeColumn(t("Updated"), format="distance"),
        "open": st.column_config.ButtonColumn(
            "", type="tertiary", key="locations_open", on_click=_open, args=(ids,)
        ),
    }


def _open(ids: list[int]) -> None:
    click = st.session_state["locations_open"]
    links.put("location", [ids[click.row]])


def clear_filters() -> None:
    """Back to the whole list; made for on_click."""
    st.session_state["locations_text"] = ""
    for key in ("locations_blogger", "locations_avatar", "locations_motion"):
        st.session_state[key] = _ALL
    st.session_state["locations_archive"] = False
    _first_page()
