"""The list of runs: newest first, by state, in pages from SQL."""

from typing import Any

import pandas as pd
import streamlit as st

from core import histories
from core.heygen import MOTION_TYPES
from core.models import LIVE_STATES
from core.money import credits_text
from core.studio import Studio
from pages.parts import links, steps, times
from pages.parts.frames import csv_file, rows
from pages.parts.pictures import photo_url
from pages.parts.states import column, run_looks
from pages.parts.words import t

PER_PAGE = 25
_PAGE = "activity_page"
#: The choices of the filter -> the states they stand for.
GROUPS: dict[str, tuple[str, ...]] = {
    "all": (),
    "live": tuple(state for state in LIVE_STATES if state != "unknown"),
    "unknown": ("unknown",),
    "failed": ("failed",),
    "done": ("done",),
    "cancelled": ("cancelled",),
}


def show(studio: Studio) -> None:
    """Filter, table, pages; an empty state of its own for "nothing yet" and "nothing matches"."""
    words = {
        "all": t("All"),
        "live": t("Under way"),
        "unknown": t("Outcome unknown"),
        "failed": t("Failed"),
        "done": t("Done"),
        "cancelled": t("Cancelled"),
    }
    group = st.pills(
        t("State"),
        list(GROUPS),
        default="all",
        required=True,
        format_func=lambda g: words[g],
        key="activity_state",
        bind="query-params",
        on_change=_first_page,
    )
    states = GROUPS[group or "all"]
    total = histories.count_runs(studio.db, states=states)
    if not total:
        _empty(filtered=bool(states))
        return
    _table(studio, states, total)
    st.download_button(
        t("Download (CSV)"),
        lambda: csv_file(
            histories.runs(studio.db, states=states, limit=total),
            {
                "id": "run",
                "blogger": "blogger",
                "location": "location",
                "state": "state",
                "step": "step",
                "motion_type": "motion_type",
                "cost": "cost_credits",
                "actor": "actor",
                "created_at": "started_utc",
                "ended_at": "ended_utc",
            },
        ),
        file_name=f"runs-{times.today()}.csv",
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
        help=t("The runs in these states, all pages."),
    )


def _first_page() -> None:
    st.session_state[_PAGE] = 1


def _empty(*, filtered: bool) -> None:
    if filtered:
        st.info(t("No run is in this state."), icon=":material/filter_alt_off:")
        return
    st.info(
        t("There are no runs yet. A run starts when somebody confirms a quote."), icon=":material/history:"
    )
    st.page_link("provisioning.py", label=t("Make avatars"), icon=":material/motion_photos_on:")


def _table(studio: Studio, states: tuple[str, ...], total: int) -> None:
    slot = st.container()
    pages = -(-total // PER_PAGE)
    page = 1
    if pages > 1:
        page = st.pagination(pages, key=_PAGE, persist_state="session")
    found = histories.runs(studio.db, states=states, limit=PER_PAGE, offset=(min(page, pages) - 1) * PER_PAGE)
    slot.dataframe(
        _cells(found),
        column_config=_columns([int(i) for i in found["id"]]),
        hide_index=True,
        row_height=56,
        height="content",
        placeholder="–",
        key="activity_runs",
        alt=t("Runs with state, step, motion type, cost, person and start"),
    )


def _cells(found: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "run": found["id"],
            "photo": [photo_url(row.location_id, row.image_url) for row in rows(found)],
            "blogger": found["blogger"],
            "location": found["location"],
            "state": [[state] for state in found["state"]],
            "step": [steps.name(step) for step in found["step"]],
            "engine": [MOTION_TYPES.get(slug, slug) for slug in found["motion_type"]],
            "cost": [credits_text(cost) for cost in found["cost"]],
            "started": pd.to_datetime(found["created_at"], utc=True),
            "actor": found["actor"],
            "open": t("Open"),
        }
    )


def _columns(ids: list[int]) -> dict[str, Any]:
    return {
        "run": st.column_config.NumberColumn(t("Run"), width=60, format="plain"),
        "photo": st.column_config.ImageColumn(t("Photo"), width=64),
        "blogger": st.column_config.TextColumn(t("Blogger"), width=150),
        "location": st.column_config.TextColumn(t("Location"), width=150),
        "state": column(t("State"), run_looks()),
        "step": st.column_config.TextColumn(t("Step")),
        "engine": st.column_config.TextColumn(t("Motion type")),
        "cost": st.column_config.TextColumn(t("Cost"), alignment="right", help=t("Credits")),
        "started": st.column_config.DatetimeColumn(t("Started"), format="distance"),
        "actor": st.column_config.TextColumn(t("Who")),
        "open": st.column_config.ButtonColumn(
            "", type="tertiary", key="activity_open", on_click=_open, args=(ids,)
        ),
    }


def _open(ids: list[int]) -> None:
    click = st.session_state["activity_open"]
    links.put("run", [ids[click.row]])
