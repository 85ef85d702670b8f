"""Import files: bytes from a person become rows.

JSON has the brief's shape (workflow.md): a list of
`{"name", "settings": {"locations": [{"name", "image_url", "heygen_avatar_id"}]}}`; unknown keys at all
three levels are kept, and names near the known ones are read as those. What is wrong with the file as a whole
is raised; what is wrong with one row stays with the row; what a person should know is a remark.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from core.bloggers.exchange.columns import ENTRY, LOCATION, TABLE, Names, Remarks, claim, single
from core.bloggers.exchange.csv_files import csv_rows, table_rows
from core.bloggers.exchange.rows import MAX_BYTES, MAX_ROWS, FileRow, ImportFile, make_row
from core.bloggers.exchange.workbooks import is_workbook, sheet_lines
from core.errors import BadInput, Problem
from core.locale import N_

MAX_DEPTH = 50
_TYPOGRAPHIC = frozenset("“”„‟«»‘’")
_TABLES = ("csv", "tsv", "tab")

#: What Russian, Ukrainian and Belarusian texts in Windows-1251 do not hold.
_NOT_CYRILLIC = re.compile("[^\\x00-\\x7fА-яЁёІіЇїЄєҐґЎў«»„“”‘’–—…№ \u00a0•·°§©®™\u00ad]")
_LETTERS = re.compile("[A-Za-zА-яЁёІіЇїЄєҐґЎў]+")
#: How people write a word of them; another language's bytes read so have capitals and Latin letters anywhere.
_WORD = re.compile("[А-ЯЁІЇЄҐЎ]?[а-яёіїєґў]+(?:[А-ЯЁІЇЄҐЎ][а-яёіїєґў]+)*|[А-ЯЁІЇЄҐЎ]+|[A-Za-z]+")
_VOWEL = re.compile("[aeiouyаеёиоуыэюяіїє]", re.IGNORECASE)

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


def read_import(data: bytes, filename: str) -> ImportFile:
    """The rows of a file, and how it was read. Its first bytes tell a workbook from text; its name's ending,
    otherwise its first character, tells JSON from CSV.

    Raises BadInput, one sentence, for more than 10 MB or 10,000 rows, text in an encoding that nobody can
    guess, broken JSON, CSV or workbooks, and any other shape. Read at most MAX_BYTES + 1 bytes of a file to
    have its size judged.
    """
    if len(data) > MAX_BYTES:
        raise BadInput(
            "The file is larger than {limit} MB. Split it into smaller ones; nothing was changed.",
            limit=MAX_BYTES // 1_000_000,
        )
    remarks = Remarks()
    rows: list[FileRow] = []
    for row in _rows(data, filename, remarks):
        if len(rows) == MAX_ROWS:
            raise BadInput(
                "The file has more than {limit} rows. Split it into smaller ones; nothing was changed.",
                limit=MAX_ROWS,
            )
        rows.append(row)
    return ImportFile(rows=tuple(rows), remarks=remarks.problems())


def _rows(data: bytes, filename: str, remarks: Remarks) -> Iterator[FileRow]:
    if is_workbook(data):
        lines, told = sheet_lines(data)
        remarks.others += told
        return table_rows(lines, remarks)
    ending = filename.lower().rpartition(".")[2]
    text = _decoded(data, remarks, is_json=ending == "json")
    start = text.lstrip()[:1]
    if ending == "json" or (ending not in _TABLES and start in ("[", "{")):
        return _json_rows(text, remarks)
    if start == "<":
        raise BadInput(
            "The file is a web page or XML, not a table. Open it in Excel, choose File > Save as > CSV "
            "UTF-8, and import that; nothing was changed."
        )
    return csv_rows(text, remarks)


def _decoded(data: bytes, remarks: Remarks, *, is_json: bool) -> str:
    """The text: UTF-8, 16 or 32, with any number of byte order marks; for a table also Excel's Cyrillic."""
    try:
        return data.decode(json.detect_encoding(data)).lstrip("\ufeff")
    except UnicodeDecodeError as exc:
        guess = None if is_json else _cyrillic(data)
        if guess is not None:
            remarks.others.append(
                Problem(
                    "cyrillic",
                    "The file is not UTF-8; it is read as Windows-1251 (Cyrillic), which Excel writes. Look "
                    "whether the names are right; if not, choose File > Save as > CSV UTF-8 in Excel.",
                )
            )
            return guess
        raise BadInput(
            "The file is not UTF-8 text (byte {position} does not fit). Save it as UTF-8, in Excel with File "
            "> Save as > CSV UTF-8, and import it again; nothing was changed.",
            position=exc.start + 1,
        ) from exc


def _cyrillic(data: bytes) -> str | None:
    """The text as Windows-1251, if its words then are Russian, Ukrainian or Belarusian; otherwise None."""
    try:
        text = data.decode("cp1251")
    except UnicodeDecodeError:
        return None
    if "\0" in text or _NOT_CYRILLIC.search(text):
        return None
    return text if all(_is_word(found[0]) for found in _LETTERS.finditer(text)) else None


def _is_word(letters: str) -> bool:
    """True for what people write as one word; abbreviations and short words may go without a vowel."""
    if not _WORD.fullmatch(letters):
        return False
    return letters.isascii() or len(letters) < (6 if letters.isupper() else 4) or bool(_VOWEL.search(letters))


def _json_rows(text: str, remarks: Remarks) -> Iterator[FileRow]:
    number = 0
    for place, entry in enumerate(_sequence(_parse(text), _FILE), start=1):
        entry = _object(entry, _ENTRY, place=place)
        named = _claimed(entry, ENTRY)
        if "settings" not in named and "locations" not in named:
            _check_flat(entry, place)
        settings = entry.get(named.get("settings", "settings"))
        settings = {} if settings is None else _object(settings, _SETTINGS, place=place)
        inside = _claimed(settings, {"locations": ENTRY["locations"]}).get("locations")
        # Beside the blogger's name they are read where the settings have none.
        beside = named.pop("locations", None) if inside is None else None
        locations = settings[inside] if inside else entry[beside] if beside else None
        locations = [] if locations is None else _sequence(locations, _LOCATIONS, place=place)
        taken = {known: named[known] for known in ("name", "settings") if known in named}
        for known, key in taken.items():
            remarks.read(key, known)
        if inside or beside:
            remarks.read(inside or beside or "", "locations" if inside else "settings.locations")
        shared = {
            "blogger": entry.get(named.get("name", "name")),
            "blogger_extra": _others(entry, *taken.values(), *filter(None, (beside,))),
            "settings_extra": _others(settings, *filter(None, (inside,))),
        }
        for extra in (shared["blogger_extra"], shared["settings_extra"]):
            for key, value in extra.items():
                remarks.keep(key, value, {"locations": locations, "image_url": bool(locations)}, outside=True)
        if not locations:
            number += 1
            yield make_row(number, **shared)
        for spot, location in enumerate(locations, start=1):
            number += 1
            location = _object(location, _LOCATION, place=place, spot=spot)
            yield _location_row(number, location, shared, remarks)


def _location_row(number: int, location: dict[str, Any], shared: dict[str, Any], remarks: Remarks) -> FileRow:
    named = _claimed(location, LOCATION)
    values = {known: location.get(name) for known, name in named.items()}
    for known, name in named.items():
        remarks.read(name, known)
    extra = _others(location, *named.values())
    for key, value in extra.items():
        remarks.keep(key, value, values | {"locations": True})
    return make_row(
        number,
        **shared,
        has_location=True,
        location=values.get("name"),
        image_url=values.get("image_url"),
        avatar_id=values.get("heygen_avatar_id"),
        extra=extra,
    )


def _claimed(found: dict[str, Any], known: Names) -> dict[str, str]:
    """Which key stands for each known one. A near one must hold what belongs there: object, list or text."""

    def fits(one: str, name: str) -> bool:
        kind = {"settings": dict, "locations": list}.get(one)
        return isinstance(found[name], kind) if kind else not isinstance(found[name], dict | list)

    if found.keys() <= known.keys():
        return {name: name for name in found}
    return single(claim(found, known, fits))


def _check_flat(entry: dict[str, Any], place: int) -> None:
    """Raises BadInput for a location in a blogger's place, as tables that became JSON have it."""
    claimed = claim(entry, {"location": TABLE["location"], "heygen_avatar_id": TABLE["heygen_avatar_id"]})
    named = claim(entry.keys() - {"name"}, {"blogger": TABLE["blogger"]}) if "name" in entry else {}
    if claimed or named or "image_url" in entry:
        raise BadInput(
            "The list is flat: in entry {place} {key} stands beside the blogger's name. A file has one entry "
            'a blogger: [{{"name": "Mila Hart", "settings": {{"locations": [{{"name": "Studio", "image_url": '
            '"https://…", "heygen_avatar_id": "00000"}}]}}}}]. Write it so, or import it as CSV; nothing was '
            "changed.",
            place=place,
            key=next(iter((claimed | named).values()), ["image_url"])[0][:60],
        )


def _parse(text: str) -> Any:
    try:
        found = json.loads(
            text, parse_constant=_no_number, parse_float=_finite, object_pairs_hook=_each_key_once
        )
        _check_depth(found, MAX_DEPTH)
        json.dumps(found, ensure_ascii=False).encode()
    except json.JSONDecodeError as exc:
        if text[exc.pos : exc.pos + 1] in _TYPOGRAPHIC:
            raise BadInput(
                "The file is not valid JSON: the quotes are typographic (“ ”) at line {line}, column "
                '{column}. Put straight quotes (") in their place and import again; nothing was changed.',
                line=exc.lineno,
                column=exc.colno,
            ) from exc
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


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """JSON says nothing of a key that stands twice; the last value would win without a word."""
    found = dict(pairs)
    if len(found) < len(pairs):
        key = next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        name = found.get("name")
        raise BadInput(
            "The key {key} stands twice in one object of the file (name: {name}). Keep one and import again; "
            "nothing was changed.",
            key=key[:60],
            name=name[:60] if isinstance(name, str) else "–",
        )
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
