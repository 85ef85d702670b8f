"""What somebody should look at, one row and one action each."""

from typing import Any

import pandas as pd
import streamlit as st

from pages.parts import steps, times
from pages.parts.frames import rows
from pages.parts.pictures import photo_url
from pages.parts.run_card import failure
from pages.parts.states import run_looks
from pages.parts.words import escape, name_of, t


def show(runs: pd.DataFrame, orphans: pd.DataFrame) -> None:
    """Runs that failed or wait for an answer, and what belongs to nobody; nothing when all is well."""
    if not len(runs) and not len(orphans):
        return
    st.subheader(t("Needs attention"), anchor=False)
    for run in rows(runs):
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.image(
                photo_url(run.location_id, run.image_url),
                width=48,
                alt=t("Photo of {blogger}, {location}", blogger=run.blogger, location=run.location),
            )
            with st.container(gap="xxsmall"):
                st.markdown(f"**{name_of(run.blogger, run.location)}** {run_looks()[run.state].markdown}")
                st.caption(_why(run))
            _open(run.id, t("Answer") if run.state == "unknown" else t("Open run"))
    for call in rows(orphans):
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            with st.container(gap="xxsmall"):
                st.markdown(t("**HeyGen made something that belongs to no location**"))
                st.caption(
                    t(
                        "Its answer came after the call had counted as never made ({age}): {subject}.",
                        age=times.ago(call.settled_at),
                        subject=escape(call.subject),
                    )
                )
            _open(call.run_id, t("Open run"))


def _why(run: Any) -> str:
    if run.state == "unknown":
        return t(
            "The answer to the step {step} was lost and HeyGen cannot tell: only a person can decide.",
            step=steps.name(run.step),
        )
    return t("{age} · {why}", age=times.ago(run.ended_at), why=failure(run))


def _open(run_id: int, label: str) -> None:
    st.page_link(
        "activity.py", label=label, icon=":material/arrow_forward:", query_params={"run": str(run_id)}
    )
