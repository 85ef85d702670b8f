"""The list of locations as a table: a page of rows from SQL, whose ticks become chosen ids.

The browser would sort the rows of one page only. So a click on a column's head, which Streamlit tells as the
choice of the column, becomes the order of the whole list.
"""

import hashlib
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from core.heygen.motions import MOTION_TYPES
from pages.parts.kit import links, times
from pages.parts.kit.pictures import photo_url
from pages.parts.kit.states import Look, full_avatar_looks, full_motion_looks
from pages.parts.kit.tables import NO_MENU_SORT, rows
from pages.parts.kit.words import credits_of, t
from pages.parts.locations import selection
from pages.parts.locations.filters import SORTED_BY, LocationFilters

#: High enough for two lines of names, and for Streamlit to break them.
ROW_HEIGHT = 64


def table(found: pd.DataFrame, filters: LocationFilters) -> None:
    """These rows with photo, names, states and cost; what is ticked is chosen."""
    ids = [int(i) for i in found["id"]]
    archived = filters.archived
    chosen = set(selection.chosen(archived))
    key = _key(filters, ids)
    st.html(NO_MENU_SORT)
    event = st.dataframe(
        _cells(found),
        column_config=_columns(ids, filters.sort),
        hide_index=True,
        row_height=ROW_HEIGHT,
        height="content",
        # At the click, with the ids that stood there: the page may list other rows by the time it runs.
        on_select=partial(_clicked, key, ids, filters),
        selection_mode=["multi-row", "single-column"],
        selection_default={"selection": {"rows": [row for row, i in enumerate(ids) if i in chosen]}},
        key=key,
        placeholder="–",
        alt=t("Locations with photo, avatar and motion status, cost and last change"),
    )
    _keep(event.selection.rows, ids, archived)


def _clicked(key: str, ids: list[int], filters: LocationFilters) -> None:
    clicked = st.session_state[key].selection
    if clicked.columns:
        filters.sort_by(clicked.columns[0])
        # Another table: no column is chosen in it, and the ticks are those of before.
        selection.choose(selection.chosen(filters.archived), filters.archived)
    else:
        _keep(clicked.rows, ids, filters.archived)


def _keep(ticked: list[int], ids: list[int], archived: bool) -> None:
    selection.keep(ids, [ids[row] for row in ticked if row < len(ids)], archived)


def _key(filters: LocationFilters, ids: list[int]) -> str:
    """A selection is row positions: another query or other rows must be another table."""
    query = repr((filters.where, filters.sort, ids, selection.version()))
    return "locations_" + hashlib.sha256(query.encode()).hexdigest()[:16]


def _cells(found: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "photo": [photo_url(row.id, row.image_url) for row in rows(found)],
            "status": [[f"avatar {row.avatar_shown}", f"motion {row.motion_shown}"] for row in rows(found)],
            "place": [f"{row.blogger} – {row.location}" for row in rows(found)],
            "engine": [MOTION_TYPES.get(slug, slug) for slug in found["motion_type"]],
            "cost": [credits_of(cost) for cost in found["cost"]],
            "updated": [times.ago(row.updated) for row in rows(found)],
            "open": t("Open"),
        }
    )


def _columns(ids: list[int], sort: str) -> dict[str, Any]:
    looks = _looks()
    here, down = SORTED_BY.get(sort, ("", False))

    def title(column: str, word: str) -> str:
        return f"{word} {'↓' if down else '↑'}" if column == here else word

    return {
        # The first three fit beside the ticks on a phone. Pinned ones do not grow: in a wider column the two
        # states of some rows would stand side by side and of others one above the other.
        "photo": st.column_config.ImageColumn(t("Photo"), width=56, pinned=True),
        "status": st.column_config.MultiselectColumn(
            title("status", t("Status")),
            width=158,
            pinned=True,
            options=list(looks),
            color=[look.color for look in looks.values()],  # pyright: ignore[reportArgumentType]
            format_func=lambda state: looks[state].label,
        ),
        "place": st.column_config.TextColumn(title("place", t("Location")), width=110),
        "engine": st.column_config.TextColumn(title("engine", t("Motion type"))),
        "cost": st.column_config.TextColumn(
            title("cost", t("Cost")), alignment="right", help=t("Spent so far")
        ),
        "updated": st.column_config.TextColumn(
            title("updated", t("Updated")), help=t("An opened location says it to the second.")
        ),
        "open": st.column_config.ButtonColumn(
            "", type="tertiary", key="locations_open", on_click=_open, args=(ids,)
        ),
    }


def _looks() -> dict[str, Look]:
    avatars = {f"avatar {state}": look for state, look in full_avatar_looks().items()}
    return avatars | {f"motion {state}": look for state, look in full_motion_looks().items()}


def _open(ids: list[int]) -> None:
    click = st.session_state["locations_open"]
    links.put("location", [ids[click.row]])
