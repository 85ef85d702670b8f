"""From the read side's DataFrames to rows and files."""

import csv
import io
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pandas as pd

from core import amounts
from core.bloggers.exchange.csv_files import escape_cell

#: The columns of a list of locations as a file. An import passes over those that only the reader needs.
LIST_TITLES = {
    "id": "id",
    "blogger": "blogger",
    "location": "location",
    "image_url": "image_url",
    "heygen_avatar_id": "heygen_avatar_id",
    "avatar_status": "avatar_status",
    "motion_status": "motion_status",
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
    frame = frame.assign(cost=[Decimal(amounts.plain(micro)) for micro in frame["cost"]])
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(title.replace(amounts.CREDITS, amounts.unit()) for title in titles.values())
    for row in frame[list(titles)].itertuples(index=False):
        writer.writerow("" if cell is None else _cell(cell) for cell in row)
    return text.getvalue().encode("utf-8-sig")


def _cell(value: Any) -> str:
    return escape_cell(value) if isinstance(value, str) else str(value)
