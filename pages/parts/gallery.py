"""Avatars as pictures."""

import pandas as pd
import streamlit as st

from pages.parts import times
from pages.parts.frames import rows
from pages.parts.pictures import photo_url
from pages.parts.states import avatar_looks
from pages.parts.words import escape, t


def show(locations: pd.DataFrame) -> None:
    """One picture a location whose avatar moves, and a way to it."""
    with st.grid("auto", min_column_width=150):
        for row in rows(locations):
            with st.container(border=True, gap="xsmall"):
                st.image(
                    photo_url(row.id, row.image_url),
                    width="stretch",
                    alt=t("Photo of {blogger}, {location}", blogger=row.blogger, location=row.location),
                )
                st.markdown(f"**{escape(row.location)}**", wrap=False)
                st.caption(escape(row.blogger), wrap=False)
                avatar_looks()["completed"].badge(help=t("Since {time}", time=times.exact(row.status_at)))
                st.page_link(
                    "locations.py",
                    label=t("Open"),
                    icon=":material/arrow_forward:",
                    query_params={"location": str(row.id)},
                )
