"""CSV: the columns blogger, location, image_url, heygen_avatar_id, and any others of a location.

Read with commas or semicolons. A cell that a spreadsheet would take for a formula carries a leading
apostrophe outside and none inside.
"""

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any

from core.bloggers.exchange.rows import MAX_BYTES, FileRow, make_row
from core.errors import BadInput

CSV_COLUMNS = ("blogger", "location", "image_url", "heygen_avatar_id")

#: What a file of refused rows says besides, in its last columns.
REFUSED_COLUMNS = ("row", "reason")
#: What a list of locations says besides, all of it together.
LIST_COLUMNS = ("id", "avatar_status", "motion_status", "motion_type", "cost_credits", "updated_utc")

#: A text that already wears apostrophes gets one more, so that taking one away gives the text back.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")


def escape_cell(text: str) -> str:
    """A CSV cell that no spreadsheet takes for a formula; `unescape_cell` gives `text` back."""
    return "'" + text if _FORMULA.match(text) else text


def unescape_cell(cell: str) -> str:
    """The text of a cell, without the apostrophe that hides a formula."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def cell_text(value: Any) -> str:
    """How another field reads in CSV: text as it is, nothing as an empty cell, the rest as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def known_column(header: str) -> str | None:
    """Which of the four columns a header names, whatever its case; None for another field's header."""
    plain = header.strip().casefold()
    return plain if plain in CSV_COLUMNS else None


def csv_rows(text: str) -> Iterator[FileRow]:
    """The rows of a CSV text; lines without a filled cell are skipped.

    Raises BadInput for broken quotes and for a first line that does not name the columns.
    """
    # A field of an export may be longer than the module's usual 131,072 characters.
    csv.field_size_limit(max(csv.field_size_limit(), MAX_BYTES))
    header, reader = _header(text)
    number = 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                number += 1
                yield _row(number, header, [unescape_cell(cell) for cell in cells])
    except csv.Error as exc:
        raise BadInput(
            "The file is not valid CSV: {problem} near line {line}. Correct it there and import again; "
            "nothing was changed.",
            problem=str(exc),
            line=reader.line_num,
        ) from exc


def _header(text: str) -> tuple[list[str], Any]:
    """The columns, known ones by their plain names, and a reader that stands behind the first line."""
    for delimiter in (",", ";"):
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        try:
            cells = next(reader, [])
        except csv.Error:
            continue
        header = [known_column(cell) or unescape_cell(cell) for cell in cells]
        if {"blogger", "location"} <= set(header):
            twice = sorted({name for name in header if name and header.count(name) > 1})
            if twice:
                raise BadInput(
                    "The column {column} stands twice in the first line. Keep one; nothing was changed.",
                    column=twice[0],
                )
            if "name" in header:
                # At a location, `name` is the location's own name in the brief's shape.
                raise BadInput(
                    "The column name could not be told from the location's name. Call it something else; "
                    "nothing was changed."
                )
            return header, reader
    raise BadInput(
        "The first line of a CSV file must name its columns, at least blogger and location, separated by "
        "commas or semicolons. Add it and import again; nothing was changed."
    )


def _written_by_us(header: list[str]) -> frozenset[str]:
    """Columns that the Studio's own CSV files have for the reader only: an import passes over them."""
    if tuple(header[-len(REFUSED_COLUMNS) :]) == REFUSED_COLUMNS:
        return frozenset(REFUSED_COLUMNS)
    return frozenset(LIST_COLUMNS) if set(LIST_COLUMNS) <= set(header) else frozenset()


def _row(number: int, header: list[str], cells: list[str]) -> FileRow:
    ours = _written_by_us(header)
    found = {
        name: cell for name, cell in zip(header, cells, strict=False) if name and cell and name not in ours
    }
    if any(cells[len(header) :]):
        problem = BadInput(
            "The row has {cells} cells, but the first line names {columns} columns. Put quotes around texts "
            "that contain the separator.",
            cells=len(cells),
            columns=len(header),
        )
        return FileRow(
            number=number,
            blogger=found.get("blogger", "")[:200],
            location=found.get("location", "")[:200] or None,
            problem=problem,
            cells=found,
        )
    return make_row(
        number,
        blogger=found.get("blogger"),
        has_location=any(cell.strip() for name, cell in found.items() if name != "blogger"),
        location=found.get("location"),
        image_url=found.get("image_url"),
        avatar_id=found.get("heygen_avatar_id"),
        extra={name: cell for name, cell in found.items() if name not in CSV_COLUMNS},
        textual=True,
    )
