"""Import files: bytes from a person become rows.

JSON has the brief's shape (workflow.md): a list of
`{"name", "settings": {"locations": [{"name", "image_url", "heygen_avatar_id"}]}}`; unknown keys at all
three levels are kept. What is wrong with the file as a whole is raised; what is wrong with one row stays
with the row.
"""

import json
from collections.abc import Iterator
from typing import Any

from core.bloggers.exchange.csv_files import csv_rows
from core.bloggers.exchange.rows import MAX_BYTES, MAX_ROWS, FileRow, make_row
from core.errors import BadInput
from core.locale import N_

MAX_DEPTH = 50

#: What is said of a file of another shape, by the place where it differs.
_FILE = N_(
    'The file is not a list of {{"name", "settings": {{"locations": [...]}}}}: the file must be a list in '
    "brackets. Correct it and import again; nothing was changed."
)
_ENTRY = N_(
    'The file is not a list of {{"name", "settings": {{"locations": [...]}}}}: entry {place} must be an '
    "object in braces. Correct it and import again; nothing was changed."
)
_SETTINGS = N_(
    'The file is not a list of {{"name", "settings": {{"locations": [...]}}}}: settings of entry {place} '
    "must be an object in braces. Correct it and import again; nothing was changed."
)
_LOCATIONS = N_(
    'The file is not a list of {{"name", "settings": {{"locations": [...]}}}}: locations of entry {place} '
    "must be a list in brackets. Correct it and import again; nothing was changed."
)
_LOCATION = N_(
    'The file is not a list of {{"name", "settings": {{"locations": [...]}}}}: location {spot} of entry '
    "{place} must be an object in braces. Correct it and import again; nothing was changed."
)


def read_import(data: bytes, filename: str) -> tuple[FileRow, ...]:
    """The rows of a file; its name's ending tells JSON from CSV, otherwise its first character does.

    Raises BadInput, one sentence, for more than 10 MB or 10,000 rows, text that is not UTF-8, broken JSON
    or CSV, and any other shape. Read at most MAX_BYTES + 1 bytes of a file to have its size judged.
    """
    if len(data) > MAX_BYTES:
        raise BadInput(
            "The file is larger than {limit} MB. Split it into smaller ones; nothing was changed.",
            limit=MAX_BYTES // 1_000_000,
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise BadInput(
            "The file is not UTF-8 text (byte {position} does not fit). Save it as UTF-8 and import it "
            "again; nothing was changed.",
            position=exc.start + 1,
        ) from exc
    ending = filename.lower().rpartition(".")[2]
    is_json = ending == "json" or (ending != "csv" and text.lstrip()[:1] in ("[", "{"))
    rows: list[FileRow] = []
    for row in _json_rows(text) if is_json else csv_rows(text):
        if len(rows) == MAX_ROWS:
            raise BadInput(
                "The file has more than {limit} rows. Split it into smaller ones; nothing was changed.",
                limit=MAX_ROWS,
            )
        rows.append(row)
    return tuple(rows)


def _json_rows(text: str) -> Iterator[FileRow]:
    number = 0
    for place, entry in enumerate(_sequence(_parse(text), _FILE), start=1):
        entry = _object(entry, _ENTRY, place=place)
        settings = {} if entry.get("settings") is None else _object(entry["settings"], _SETTINGS, place=place)
        shared = {
            "blogger": entry.get("name"),
            "blogger_extra": _others(entry, "name", "settings"),
            "settings_extra": _others(settings, "locations"),
        }
        locations = settings.get("locations")
        locations = [] if locations is None else _sequence(locations, _LOCATIONS, place=place)
        if not locations:
            number += 1
            yield make_row(number, **shared)
        for spot, location in enumerate(locations, start=1):
            number += 1
            location = _object(location, _LOCATION, place=place, spot=spot)
            yield make_row(
                number,
                **shared,
                has_location=True,
                location=location.get("name"),
                image_url=location.get("image_url"),
                avatar_id=location.get("heygen_avatar_id"),
                extra=_others(location, "name", "image_url", "heygen_avatar_id"),
            )


def _parse(text: str) -> Any:
    try:
        found = json.loads(text, parse_constant=_no_number, parse_float=_finite)
        _check_depth(found, MAX_DEPTH)
        json.dumps(found, ensure_ascii=False).encode()
    except json.JSONDecodeError as exc:
        raise BadInput(
            "The file is not valid JSON: {problem} at line {line}, column {column}. Correct it there and "
            "import again; nothing was changed.",
            problem=exc.msg,
            line=exc.lineno,
            column=exc.colno,
        ) from exc
    except UnicodeEncodeError as exc:
        raise BadInput(
            "The file contains half a character (a lone surrogate such as \\ud83d). Remove it and import "
            "again; nothing was changed."
        ) from exc
    except RecursionError as exc:
        raise BadInput(
            "The file is nested more than {limit} levels deep. Flatten it and import again; "
            "nothing was changed.",
            limit=MAX_DEPTH,
        ) from exc
    except ValueError as exc:
        raise BadInput(
            "The file contains a number that cannot be kept (NaN, Infinity or far too long). "
            "Write it as text and import again; nothing was changed."
        ) from exc
    return found


def _no_number(constant: str) -> float:
    raise ValueError(constant)


def _finite(text: str) -> float:
    number = float(text)
    return number if abs(number) != float("inf") else _no_number(text)


def _check_depth(value: Any, left: int) -> None:
    """Deeper values can be read, but not always be written again."""
    if not isinstance(value, (dict, list)):
        return
    if left == 0:
        raise RecursionError
    for inner in value.values() if isinstance(value, dict) else value:
        _check_depth(inner, left - 1)


def _object(value: Any, otherwise: str, **where: int) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadInput(otherwise, **where)
    return value


def _sequence(value: Any, otherwise: str, **where: int) -> list[Any]:
    if not isinstance(value, list):
        raise BadInput(otherwise, **where)
    return value


def _others(found: dict[str, Any], *known: str) -> dict[str, Any]:
    return {key: value for key, value in found.items() if key not in known}
