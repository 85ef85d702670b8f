"""The list of runs: newest first, filters in the address, pages from SQL."""

from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from core.heygen.motions import MOTION_TYPES
from core.journal.due import UNDER_WAY
from core.reports import runs
from core.reports.runs import RunFilter
from core.studio import Studio
from pages.parts.kit import links, times
from pages.parts.kit.filters import Choice, Field, Filters, who_and_when
from pages.parts.kit.following import follow
from pages.parts.kit.people import may
from pages.parts.kit.states import column, kind_looks, kind_of, run_looks, words_of
from pages.parts.kit.tables import csv_file, download, opened_run, page_of, rows, run_column, run_label
from pages.parts.kit.words import credits_of, many, person, t
from pages.parts.runs import steps
from pages.parts.runs.live import any_moves

PER_PAGE = 25
#: The choices of the filter -> the states they stand for.
GROUPS: dict[str, tuple[str, ...]] = {
    "live": UNDER_WAY,
    "paused": ("paused",),
    "unknown": ("unknown",),
    "failed": ("failed",),
    "done": ("done",),
    "cancelled": ("cancelled",),
}
_OPEN = "activity_open"


def show(studio: Studio) -> None:
    """Filters, table, pages; an empty state of its own for "nothing yet" and "nothing matches"."""
    filters = Filters("activity", _fields(studio))
    where = _where(filters)
    total = runs.count_runs(studio.db, where)
    if not total and not filters.active and not filters.passed_over:
        _nothing_yet()
        return
    filters.draw()
    if not total:
        filters.nothing(t("No run matches these filters."))
        return
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(many("{n} run, newest first", "{n} runs, newest first", total), width="content")
        _download(studio, where)
    slot = st.container()
    page = filters.pages(total, PER_PAGE)
    with slot:
        follow(lambda: _page(studio, where, page), any_moves, partial(_table, whole=total <= PER_PAGE))


def _fields(studio: Studio) -> list[Field]:
    return [
        Choice(
            "state",
            t("State"),
            {
                "live": t("Under way"),
                "paused": t("Paused"),
                "unknown": t("Outcome unknown"),
                "failed": t("Failed"),
                "done": t("Done"),
                "cancelled": t("Cancelled"),
            },
            several=True,
        ),
        Choice("kind", t("Action"), words_of(kind_looks()), several=True),
        *who_and_when(runs.people(studio.db), runs.bloggers(studio.db)),
    ]


def _where(filters: Filters) -> RunFilter:
    groups = filters.several("state")
    return RunFilter(
        states=tuple(state for group in groups for state in GROUPS[group]),
        kinds=filters.several("kind"),
        **filters.who_and_when,
    )


def _nothing_yet() -> None:
    st.info(
        t("There are no runs yet. A run starts when somebody confirms a quote."), icon=":material/history:"
    )
    if may("spend"):
        st.page_link("provisioning.py", label=t("Make avatars"), icon=":material/face:")


def _page(studio: Studio, where: RunFilter, page: int) -> list[Any]:
    return rows(runs.runs(studio.db, where, limit=PER_PAGE, offset=(page - 1) * PER_PAGE))


def _table(found: list[Any], *, whole: bool) -> None:
    """One page of the list. What is selected says nothing, so it may follow its runs while they move."""
    if opened := opened_run(_OPEN):
        links.put("run", [opened])
        st.rerun()
    page_of(
        _cells(found),
        "activity_runs",
        whole=whole,
        column_config=_columns(),
        alt=t("Runs with location, state, action, step, motion type, cost, start, duration and person"),
    )


def _cells(found: list[Any]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "run": [run_label(run.id) for run in found],
            "location": [f"{run.blogger} – {run.location}" for run in found],
            "state": [[run.state] for run in found],
            "kind": [kind_of(run).word for run in found],
            "step": ["" if run.state == "done" else steps.name(run.step) for run in found],
            "engine": [MOTION_TYPES.get(run.motion_type, run.motion_type) or None for run in found],
            "cost": [credits_of(run.cost) for run in found],
            "started": pd.to_datetime([run.created_at for run in found], utc=True),
            "took": [times.lasted(run.created_at, run.ended_at) for run in found],
            "actor": [person(run.actor) for run in found],
        }
    )


def _columns() -> dict[str, Any]:
    return {
        "run": run_column(_OPEN, width=62),
        "location": st.column_config.TextColumn(t("Location"), width=140),
        "state": column(t("State"), run_looks()),
        "kind": st.column_config.TextColumn(t("Action")),
        "step": st.column_config.TextColumn(t("Step"), width=84),
        "engine": st.column_config.TextColumn(t("Motion type")),
        "cost": st.column_config.TextColumn(
            t("Credits"), alignment="right", help=t("What the run has cost so far.")
        ),
        "started": times.column(t("Started")),
        "took": st.column_config.TextColumn(t("Took"), alignment="right", width=92),
        "actor": st.column_config.TextColumn(t("Person")),
    }


def file_of(studio: Studio, where: RunFilter) -> bytes:
    """The runs that match, all pages, as CSV."""
    return csv_file(
        runs.runs(studio.db, where, limit=runs.count_runs(studio.db, where)),
        {
            "id": "run",
            "kind": "action",
            "again": "another_motion",
            "blogger": "blogger",
            "location": "location",
            "state": "state",
            "step": "step",
            "motion_type": "motion_type",
            "cost": "cost_credits",
            "actor": "person",
            "created_at": "started_utc",
            "ended_at": "ended_utc",
            "quote_id": "quote_id",
        },
    )


def _download(studio: Studio, where: RunFilter) -> None:
    download(
        t("Download (CSV)"),
        lambda: file_of(studio, where),
        "runs.csv",
        help=t("The runs that match the filters, all pages."),
    )
