"""Tables: the columns blogger, location, image_url, heygen_avatar_id, and any others of a location.

CSV is read with commas, semicolons, tabs or bars. A cell that a spreadsheet would take for a formula carries
a leading apostrophe outside and none inside.
"""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from core.bloggers.exchange.columns import CSV_COLUMNS, TABLE, Remarks, claim, plain, single
from core.bloggers.exchange.rows import MAX_BYTES, FileRow, make_row
from core.errors import BadInput

#: More columns than a person fills; each costs a cell in every row of a file that is written.
MAX_COLUMNS = 500

#: What a file of refused rows says besides, in its last columns.
REFUSED_COLUMNS = ("row", "reason")
#: What a list of locations says besides, all of it together.
LIST_COLUMNS = frozenset(("id", "avatar_status", "motion_status", "motion_type", "updated_utc"))
#: And one of these, by the unit of the money.
COST_COLUMNS = frozenset(("cost_credits", "cost_usd"))

_SPELLED = {plain(column): column for column in CSV_COLUMNS}
_DELIMITERS = ",;\t|"
#: Excel's own first line, which names the separator.
_SEP = re.compile(r'[ \t]*"?sep=(.)"?[ \t,;]*(?:\r\n|\r|\n|$)', re.IGNORECASE)

#: What begins a formula; Excel takes the full-width signs for the others.
_FORMULA = tuple("=+-@＝＋－＠")
#: What a spreadsheet passes over before a formula, and what ends a cell when it reads with another separator.
_RUN = re.compile("([\\s'\";\ufeff\u200b]+)([=+\\-@＝＋－＠])?")
_ENDS_CELL = re.compile(r"([;\t\r\n])")
_ENDS_CELL_ESCAPED = re.compile(r"([;\t\r\n])'")
_TYPOGRAPHIC = tuple("“”„‟«»")


def escape_cell(text: str) -> str:
    """A CSV cell no part of which a spreadsheet takes for a formula, whether it reads with commas, semicolons
    or tabs; `unescape_cell` gives `text` back.

    A text that already wears apostrophes gets one more, so that taking one away gives the text back.
    """
    inner = _RUN.sub(
        lambda run: _ENDS_CELL.sub(r"\1'", run[1]) + run[2] if run[2] else run[0],
        text,
    )
    return "'" + inner if _begins_formula(text) else inner


def unescape_cell(cell: str) -> str:
    """The text of a cell, without the apostrophes that hide a formula."""
    if cell.startswith("'") and _begins_formula(cell):
        cell = cell[1:]
    return _RUN.sub(
        lambda run: _ENDS_CELL_ESCAPED.sub(r"\1", run[1]) + run[2] if run[2] else run[0],
        cell,
    )


def _begins_formula(text: str) -> bool:
    """True when a formula begins behind quotes and blanks, or a break stands behind apostrophes."""
    run = _RUN.match(text)
    if run is None:
        return text.startswith(_FORMULA)
    return bool(run[2]) or run[1].lstrip("'").startswith(("\t", "\r", "\n"))


def cell_text(value: Any) -> str:
    """How another field reads in CSV: text as it is, nothing as an empty cell, the rest as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def known_column(header: str) -> str | None:
    """Which of the four columns a header spells, whatever its case, spaces and dashes; None for another's."""
    return _SPELLED.get(plain(header))


def field_columns(keys: Iterable[str]) -> list[str]:
    """The other fields that get columns of their own, in the order of `keys`: at most as many as an import
    reads, those of most rows first; JSON has them all."""
    often = Counter(key for key in keys if key and known_column(key) is None)
    chosen = {key for key, _ in often.most_common(MAX_COLUMNS - len(CSV_COLUMNS) - len(REFUSED_COLUMNS))}
    return [key for key in often if key in chosen]


def csv_rows(text: str, remarks: Remarks) -> Iterator[FileRow]:
    """The rows of a CSV text; lines without a filled cell are skipped.

    Raises BadInput for broken quotes and for a first line that does not name the columns.
    """
    # A field of an export may be longer than the module's usual 131,072 characters.
    csv.field_size_limit(max(csv.field_size_limit(), MAX_BYTES))
    named = _SEP.match(text)
    body = text[named.end() :] if named else text
    reader = _reader(body, _delimiter(body, (named[1] if named else "") + _DELIMITERS))
    try:
        yield from table_rows(reader, remarks)
    except csv.Error as exc:
        raise BadInput(
            "The file is not valid CSV: {problem} near line {line}. Correct it there and import again; "
            "nothing was changed.",
            problem=str(exc),
            line=reader.line_num + bool(named),
        ) from exc


def table_rows(lines: Iterable[list[str]], remarks: Remarks) -> Iterator[FileRow]:
    """The rows below a line that names the columns; `remarks` hears what is read how, and what is not.

    Raises BadInput where the first filled line does not name blogger and location.
    """
    filled = (cells for cells in lines if any(cell.strip() for cell in cells))
    header = _header(next(filled, []), remarks)
    ours = _written_by_us(header)
    for number, cells in enumerate(filled, start=1):
        yield _row(number, header, ours, [unescape_cell(cell) for cell in cells], remarks)


def names_columns(cells: list[str]) -> bool:
    """True for a line that names the columns an import needs."""
    # A line may consist of ten million separators; whether too many columns have names is judged later.
    filled = (unescape_cell(cell) for cell in cells if cell.strip())
    return {"blogger", "location"} <= claim(islice(filled, 2 * MAX_COLUMNS), TABLE).keys()


def _reader(text: str, delimiter: str) -> Any:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)


def _delimiter(text: str, delimiters: str) -> str:
    """The first separator with which the first filled line names the columns; the first where none does."""
    for delimiter in delimiters:
        try:
            cells = next((line for line in _reader(text, delimiter) if any(map(str.strip, line))), [])
        except csv.Error:
            continue
        if names_columns(cells):
            return delimiter
    return delimiters[0]


def _header(cells: list[str], remarks: Remarks) -> list[str]:
    """The columns, known ones by their plain names."""
    names = [unescape_cell(cell) if cell.strip() else "" for cell in cells]
    filled = [name for name in names if name]
    if len(filled) > MAX_COLUMNS:
        raise BadInput(
            "The first line names {count} columns; at most {limit} are read. Delete those that are not "
            "needed and import again; nothing was changed.",
            count=len(filled),
            limit=MAX_COLUMNS,
        )
    times = Counter(known_column(name) or name for name in filled)
    if twice := sorted(name for name, count in times.items() if count > 1):
        raise BadInput(
            "The column {column} stands twice in the first line. Keep one; nothing was changed.",
            column=twice[0],
        )
    claimed = claim(filled, TABLE)
    if not {"blogger", "location"} <= claimed.keys():
        raise BadInput(
            "The first line of a table must name its columns, at least blogger and location; in CSV they are "
            "separated by commas, semicolons or tabs. Add it and import again; nothing was changed."
        )
    known = {name: column for column, name in single(claimed).items()}
    if "name" in filled:
        # At a location, `name` is the location's own name in the brief's shape.
        raise BadInput(
            "The column name could not be told from the location's name. Call it something else; "
            "nothing was changed."
        )
    for name, column in known.items():
        if name.strip().casefold() != column:
            remarks.read(name, column)
    return [known.get(name, name) for name in names]


def _written_by_us(header: list[str]) -> frozenset[str]:
    """Columns that the Studio's own CSV files have for the reader only: an import passes over them."""
    if tuple(header[-len(REFUSED_COLUMNS) :]) == REFUSED_COLUMNS:
        return frozenset(REFUSED_COLUMNS)
    names = set(header)
    return LIST_COLUMNS | COST_COLUMNS if names >= LIST_COLUMNS and names & COST_COLUMNS else frozenset()


def _row(number: int, header: list[str], ours: frozenset[str], cells: list[str], remarks: Remarks) -> FileRow:
    found: dict[str, str] = {}
    headless: list[tuple[int, str]] = []
    for column, (name, cell) in enumerate(zip(header, cells, strict=False), start=1):
        if not name:
            if cell.strip():
                headless.append((column, cell))
        elif cell and name not in ours:
            found[name] = cell
    for column, cell in headless:
        remarks.pass_over(number, column, cell, found)
    if any(cells[len(header) :]):
        return FileRow(
            number=number,
            blogger=found.get("blogger", "")[:200],
            location=found.get("location", "")[:200] or None,
            problem=_too_many(header, cells),
            cells=found,
        )
    for name in ("blogger", "location"):
        remarks.note_quotes(number, found.get(name, "").strip())
    extra = {name: cell for name, cell in found.items() if name not in CSV_COLUMNS}
    for name, cell in extra.items():
        remarks.keep(name, cell, found)
    return make_row(
        number,
        blogger=found.get("blogger"),
        has_location=any(cell.strip() for name, cell in found.items() if name != "blogger"),
        location=found.get("location"),
        image_url=found.get("image_url"),
        avatar_id=found.get("heygen_avatar_id"),
        extra=extra,
        textual=True,
    )


def _too_many(header: list[str], cells: list[str]) -> BadInput:
    """Why a row has more cells than there are columns."""
    count = {"cells": len(cells), "columns": len(header)}
    if any(cell.lstrip().startswith(_TYPOGRAPHIC) for cell in cells):
        return BadInput(
            "The row has {cells} cells, but the first line names {columns} columns: the quotes are "
            'typographic (“ ”) and hold nothing together. Put straight quotes (") in their place.',
            **count,
        )
    return BadInput(
        "The row has {cells} cells, but the first line names {columns} columns. Put quotes around texts "
        "that contain the separator.",
        **count,
    )
