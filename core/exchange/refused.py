"""The refused rows of an import as CSV, with the number of each row and the reason."""

import csv
import io
from collections.abc import Callable, Iterable

from core.bloggers.exchange.csv_files import (
    CSV_COLUMNS,
    REFUSED_COLUMNS,
    cell_text,
    escape_cell,
    known_column,
)
from core.bloggers.exchange.planning import PlanRow
from core.bloggers.exchange.rows import FileRow


def refused_csv(
    rows: Iterable[PlanRow],
    file_rows: Iterable[FileRow],
    reason: Callable[[PlanRow], str] = lambda row: row.remark,
) -> str:
    """The refused ones of `rows` with every value as it stood in the file: the columns of an import, then
    `row` and `reason`, which an import passes over. Cells are escaped against formulas.

    `reason` says a row's remark in the reader's language. Encode the text as utf-8-sig for Excel.
    """
    values = {row.number: row.cells for row in file_rows}
    refused = [row for row in rows if row.verdict == "refused"]
    names = {key: None for row in refused for key in values.get(row.number, {})}
    others = [key for key in names if key and known_column(key) is None]
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([*CSV_COLUMNS, *map(escape_cell, others), *REFUSED_COLUMNS])
    for row in refused:
        cells = values.get(row.number, {})
        found = [escape_cell(cell_text(cells.get(name))) for name in (*CSV_COLUMNS, *others)]
        writer.writerow([*found, row.number, escape_cell(reason(row))])
    return text.getvalue()
