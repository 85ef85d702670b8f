"""The list of locations as pictures, whose ticks become chosen ids."""

from typing import Any

import pandas as pd
import streamlit as st

from pages.parts.kit import times
from pages.parts.kit.links import location_link
from pages.parts.kit.pictures import photo
from pages.parts.kit.states import full_avatar_looks, full_motion_looks
from pages.parts.kit.tables import rows
from pages.parts.kit.words import amount, name_of, t
from pages.parts.locations import selection
from pages.parts.locations.filters import LocationFilters


def gallery(locations: pd.DataFrame, filters: LocationFilters) -> None:
    """A card a location that can be ticked, with both states and the cost."""
    here = {name: st.query_params[name] for name in st.query_params}
    chosen = set(selection.chosen(filters.archived))
    avatars, motions = full_avatar_looks(), full_motion_looks()
    with st.grid("auto", min_column_width=156, gap="small"):
        for row in rows(locations):
            with st.container(border=True, gap="xsmall", height="stretch"):
                photo(row.id, row.image_url, row.blogger, row.location, width="stretch")
                _tick(row, row.id in chosen, filters.archived)
                # One piece of text each: every element more is drawn for every card.
                st.markdown(f"{avatars[row.avatar_shown].markdown} {motions[row.motion_shown].markdown}")
                st.caption(f"{t('{amount} so far', amount=amount(row.cost))}  \n{times.ago(row.updated)}")
                # The filters go along, so that the way back leads to the same list.
                location_link(row.id, here)


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
