"""From the read side's DataFrames to rows, cells and files."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import streamlit as st

from core import amounts
from core.bloggers.exchange.csv_files import escape_cell
from pages.parts.kit import times
from pages.parts.kit.words import t

if TYPE_CHECKING:
    import pandas as pd

#: The two orders that the menu of a column offers would sort the rows of one page.
NO_MENU_SORT = """<style>
[data-testid="stDataFrameColumnMenu"] [role="menu"] > :nth-child(-n+4):not(:first-child) { display: none }
</style>"""
#: The columns of a list of locations as a file. An import passes over those that only the reader needs.
LIST_TITLES = {
    "id": "id",
    "blogger": "blogger",
    "location": "location",
    "image_url": "image_url",
    "heygen_avatar_id": "heygen_avatar_id",
    "avatar_shown": "avatar_status",
    "motion_shown": "motion_status",
    "motion_type": "motion_type",
    "cost": "cost_credits",
    "updated": "updated_utc",
}


def rows(frame: pd.DataFrame) -> list[Any]:
    """The frame's rows, each with its columns as attributes."""
    return list(frame.itertuples(index=False))


def csv_file(frame: pd.DataFrame, titles: Mapping[str, str]) -> bytes:
    """The columns named in `titles` as CSV that a spreadsheet opens; no cell is taken for a formula.

    The column `cost` is written as a number: a minus in front of it makes no formula. A title that names
    credits names dollars where the money is in those: cost_credits, cost_usd.
    """
    if "cost" in titles:
        frame = frame.assign(cost=[Decimal(amounts.plain(micro)) for micro in frame["cost"]])
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(title.replace(amounts.CREDITS, amounts.unit()) for title in titles.values())
    for row in frame[list(titles)].itertuples(index=False):
        writer.writerow("" if cell is None else _cell(cell) for cell in row)
    return text.getvalue().encode("utf-8-sig")


def _cell(value: Any) -> str:
    return escape_cell(value) if isinstance(value, str) else str(value)


def download(
    label: str, file: bytes | Callable[[], bytes | str], name: str, *, icon: str = "download", **more: Any
) -> None:
    """The button for a file, best made at the click; `name` ends in csv or json and gets the day."""
    stem, _, kind = name.rpartition(".")
    st.download_button(
        label,
        file,
        file_name=f"{stem}-{times.today()}.{kind}",
        mime={"csv": "text/csv", "json": "application/json"}[kind],
        on_click="ignore",
        icon=f":material/{icon}:",
        **more,
    )


def page_of(frame: pd.DataFrame, key: str, *, whole: bool, **more: Any) -> None:
    """A table of one page of a list, or of the `whole` list; `more` is what st.dataframe takes besides.

    A click on a column's head puts the rows that are here in order. Of one page that would pass for the
    order of the list: there the click chooses the column, and what was chosen is forgotten.
    """
    more |= {"hide_index": True, "row_height": 44, "height": "content", "placeholder": "–"}
    if whole:
        st.dataframe(frame, key=key, **more)
        return
    st.html(NO_MENU_SORT)
    turn = st.session_state.get(f"{key}_turn", 0)
    st.dataframe(
        frame,
        key=f"{key}_{turn}",
        on_select=lambda: st.session_state.update({f"{key}_turn": turn + 1}),
        selection_mode="single-column",
        **more,
    )


def run_label(run_id: int | None) -> str | None:
    """A run's number as a button in a table's cell; of none, nothing.

    A click tells the row's place and the button's words. The place means another row once the list has moved
    on; the number in the words always means the same run.
    """
    return None if run_id is None else f":material/arrow_forward: {run_id}"


def run_column(key: str, *, width: int) -> Any:
    """A column of buttons that open their runs; `opened_run` tells the page which one was clicked."""
    return st.column_config.ButtonColumn(
        t("Run"), type="tertiary", key=key, on_click=_keep, args=(key,), width=width, help=t("Opens the run")
    )


def opened_run(key: str) -> int | None:
    """The run whose button in this column was clicked since the page was drawn."""
    return st.session_state.pop(f"{key}ed", None)


def _keep(key: str) -> None:
    """The button says the run's number, so a table that is older than the click opens the right one."""
    number = re.search(r"\d+$", st.session_state[key].label or "")
    st.session_state[f"{key}ed"] = int(number.group()) if number else None


def listed(lines: list[dict[str, str]], *, alt: str) -> None:
    """A plain table of markdown that breaks its lines: title of the column -> cell, a dict a line."""
    st.table(lines, border="horizontal", hide_index=True, alt=alt)
