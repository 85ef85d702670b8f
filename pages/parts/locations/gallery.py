"""Locations as pictures."""

from typing import Any

import pandas as pd
import streamlit as st

from pages.parts.kit import times
from pages.parts.kit.pictures import photo_url
from pages.parts.kit.states import avatar_looks
from pages.parts.kit.tables import rows
from pages.parts.kit.words import amount, name_of, t
from pages.parts.locations import selection
from pages.parts.locations.filters import LocationFilters
from pages.parts.locations.states import full_avatar_looks, full_motion_looks


def show(locations: pd.DataFrame) -> None:
    """One picture a location whose avatar moves, and a way to it."""
    with st.grid("auto", min_column_width=150):
        for row in rows(locations):
            with st.container(border=True, gap="xsmall", height="stretch"):
                _photo(row)
                st.markdown(f"**{name_of(row.blogger, row.location)}**")
                avatar_looks()["completed"].badge(help=t("Since {time}", time=times.exact(row.status_at)))
                _open(row, {"location": str(row.id)})


def choosing(locations: pd.DataFrame, filters: LocationFilters) -> None:
    """A card a location that can be ticked, with both states and the cost."""
    here = {name: st.query_params[name] for name in st.query_params}
    chosen = set(selection.chosen(filters.archived))
    avatars, motions = full_avatar_looks(), full_motion_looks()
    with st.grid("auto", min_column_width=156, gap="small"):
        for row in rows(locations):
            with st.container(border=True, gap="xsmall", height="stretch"):
                _photo(row)
                _tick(row, row.id in chosen, filters.archived)
                # One piece of text each: every element more is drawn for every card.
                st.markdown(f"{avatars[row.avatar_status].markdown} {motions[row.motion_status].markdown}")
                st.caption(f"{t('{amount} so far', amount=amount(row.cost))}  \n{times.ago(row.updated)}")
                # The filters go along, so that the way back leads to the same list.
                _open(row, {**here, "location": str(row.id)})


def _tick(row: Any, chosen: bool, archived: bool) -> None:
    key = f"locations_tick_{row.id}"
    if st.session_state.get(key) is not chosen:
        st.session_state[key] = chosen
    st.checkbox(
        # Read aloud as it stands here: no stars around the name.
        name_of(row.blogger, row.location),
        key=key,
        on_change=_ticked,
        args=(key, row.id, archived),
    )


def _ticked(key: str, location_id: int, archived: bool) -> None:
    others = [i for i in selection.chosen(archived) if i != location_id]
    selection.choose([*others, location_id] if st.session_state[key] else others, archived)


def _photo(row: Any) -> None:
    st.image(
        photo_url(row.id, row.image_url),
        width="stretch",
        alt=t("Photo of {blogger}, {location}", blogger=row.blogger, location=row.location),
    )


def _open(row: Any, query: dict[str, str]) -> None:
    # At the card's lower edge, however many lines the names above take.
    st.space("stretch")
    st.page_link("locations.py", label=t("Open"), icon=":material/arrow_forward:", query_params=query)
