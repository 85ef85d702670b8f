"""Excel's workbooks (XLSX, XLSM) as lines of text cells; what other programs save is called by its name."""

import io
import json
import re
import resource
import subprocess
import sys
import zipfile
from datetime import date, datetime, time
from pathlib import Path
from posixpath import join, normpath
from typing import Any
from xml.etree import ElementTree

from core.bloggers.exchange.csv_files import names_columns
from core.errors import BadInput, Problem
from core.locale import N_

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: What a workbook may hold once unpacked. Ten thousand rows take a tenth of it.
MOST_UNPACKED = 50_000_000
#: Cells from A1 to the last value: they are all made, also where between them nothing stands.
MOST_CELLS = 2_000_000
#: What reading one may take: seconds, and bytes of memory.
DEADLINE, MOST_MEMORY = 30.0, 2_000_000_000
ROOT = Path(__file__).parents[3]
_BOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"

#: A cell with a value, by its attributes; Excel keeps the formats of empty ones, too.
_CELL = re.compile(rb"<(?:\w+:)?c\b([^<>]*)(?<!/)>")
_ROW = re.compile(rb"<(?:\w+:)?row\b[^<>]*?\br\s*=\s*[\"'](\d{1,9})")
_PLACE = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]{1,4})(\d{1,20})[\"']")
_KIND = re.compile(rb"\bt\s*=\s*[\"'](\w+)[\"']")
#: What stands in a cell: a formula or none, and its value, if it has one.
_VALUE = re.compile(
    rb"(<(?:\w+:)?f\b[^<>]*(?:/>|>[^<]{0,9000}</(?:\w+:)?f>))?\s*(?:<(?:\w+:)?v>([^<]{0,100})</|<(?:\w+:)?v/>|</)"
)
_NAMED = {
    "xls": N_(
        "The file is a workbook of an old Excel (XLS). In Excel choose File > Save as > CSV UTF-8, or Excel "
        "Workbook (XLSX), and import that; nothing was changed."
    ),
    "locked": N_(
        "The workbook is locked with a password. In Excel choose File > Info > Protect Workbook and take the "
        "password off, or File > Save as > CSV UTF-8, and import that; nothing was changed."
    ),
    "ods": N_(
        "The file is an OpenDocument spreadsheet (ODS). In LibreOffice choose File > Save as > Text CSV with "
        "the character set UTF-8, or Excel 2007-365 (XLSX), and import that; nothing was changed."
    ),
    "numbers": N_(
        "The file is a spreadsheet of Apple's Numbers. There choose File > Export To > CSV, or Excel, and "
        "import that; nothing was changed."
    ),
    "xlsb": N_(
        "The file is a binary Excel workbook (XLSB). In Excel choose File > Save as > CSV UTF-8, or Excel "
        "Workbook (XLSX), and import that; nothing was changed."
    ),
    "docx": N_(
        "The file is a Word document, not a table. Copy its table into Excel, choose File > Save as > CSV "
        "UTF-8, and import that; nothing was changed."
    ),
    "": N_(
        "The file is no Excel workbook that can be read. In Excel choose File > Save as > CSV UTF-8 and "
        "import that; nothing was changed."
    ),
}


def is_workbook(data: bytes) -> bool:
    """True for what begins as workbooks do, whatever the file is called."""
    return data.startswith((_ZIP, _OLE))


def sheet_lines(data: bytes) -> tuple[list[list[str]], tuple[Problem, ...]]:
    """The lines of the first sheet whose first filled line names the columns, else of the first sheet; and
    what a person should know.

    Whole numbers, dates and truths are written as Excel shows them; an error such as #N/A stays one. Raises
    BadInput, one sentence, for another program's file, one with a password, a broken or a huge one.

    It is read in a process of its own: on files that are damaged, or made for it, the library may end one.
    """
    if named := _program(data):
        raise BadInput(_NAMED[named])
    try:
        ended = subprocess.run(
            [sys.executable, "-m", __name__],
            input=data,
            capture_output=True,
            cwd=ROOT,
            timeout=DEADLINE,
            check=True,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as exc:
        raise BadInput(_NAMED[""]) from exc
    answer = json.loads(ended.stdout)
    if refused := answer.get("refused"):
        raise BadInput(refused, **answer["values"])
    if not answer["others"]:
        return answer["lines"], ()
    values = {"sheet": answer["sheet"], "others": ", ".join(answer["others"][:12])}
    remark = Problem("sheets", "Of the workbook only the sheet {sheet} is read, not: {others}.", values)
    return answer["lines"], (remark,)


def _read(data: bytes) -> dict[str, Any]:
    """The chosen sheet's name and lines, and the names of the other visible ones."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum, load_workbook

    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        files = _sheet_files(packed)
        book = load_workbook(io.BytesIO(data))
        shown = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
        ]
        chosen, lines = "", []
        for name in shown:
            missing = _look_through(packed.read(files[name]))
            cells = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            found = [[_text(cell) for cell in line] for line in cells]
            for (row, column), error in missing.items():
                # The library reads these as empty cells: an avatar that exists would be paid again.
                if 0 < row <= len(found) and 0 < column <= len(found[row - 1]):
                    found[row - 1][column - 1] = error
            wanted = names_columns(next((line for line in found if any(line)), []))
            if wanted or not chosen:
                chosen, lines = name, found
            if wanted:
                break
    return {"sheet": chosen, "lines": lines, "others": [name for name in shown if name != chosen]}


def _main() -> None:
    """Read a workbook from standard input and write what `sheet_lines` needs of it."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    try:
        answer = _read(sys.stdin.buffer.read())
    except BadInput as refused:
        answer = {"refused": refused.template, "values": refused.values}
    print(json.dumps(answer))


def _sheet_files(packed: zipfile.ZipFile) -> dict[str, str]:
    """Where each sheet's cells stand, after a look at how much there is to unpack."""
    if sum(info.file_size for info in packed.infolist()) > MOST_UNPACKED or packed.testzip() is not None:
        raise BadInput(
            "The workbook holds more than {limit} MB, or is damaged. Copy the rows into a new one and import "
            "that; nothing was changed.",
            limit=MOST_UNPACKED // 1_000_000,
        )
    targets = {
        one.get("Id"): normpath(join("/xl", one.get("Target", ""))).lstrip("/")
        for one in ElementTree.fromstring(packed.read(_RELATIONS))
    }
    return {
        sheet.get("name", ""): targets[next(value for key, value in sheet.items() if key.endswith("}id"))]
        for sheet in ElementTree.fromstring(packed.read(_BOOK)).iter()
        if sheet.tag.endswith("}sheet")
    }


def _look_through(xml: bytes) -> dict[tuple[int, int], str]:
    """The errors of a sheet by row and column, from 1: #N/A, and #CALC! for a formula that nobody reckoned.

    Raises BadInput where the last value is so far off that the cells before it fill the memory.
    """
    missing: dict[tuple[int, int], str] = {}
    rows = columns = 0
    for cell in _CELL.finditer(xml):
        place = _PLACE.search(cell[1])
        if place is None:
            continue
        row, column = int(place[2]), _column(place[1])
        rows, columns = max(rows, row), max(columns, column)
        kind = _KIND.search(cell[1])
        if kind is None or kind[1] == b"e":
            value = _VALUE.match(xml, cell.end())
            if kind and kind[1] == b"e":
                missing[row, column] = value[2].decode("ascii", "replace") if value and value[2] else "#N/A"
            elif value and value[1] and not value[2]:
                missing[row, column] = "#CALC!"
    # Cells may go without their place; their rows do not stand where none of them does.
    rows = rows or max((int(row[1]) for row in _ROW.finditer(xml)), default=0)
    if rows * max(columns, 1) > MOST_CELLS:
        raise BadInput(
            "The sheet of the workbook reaches to row {row}, column {column}: that is more than can be read. "
            "Copy the rows that matter into a new one and import that; nothing was changed.",
            row=rows,
            column=columns,
        )
    return missing


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _text(value: Any) -> str:
    match value:
        case bool():
            return str(value).upper()
        case float() if value.is_integer():
            return str(int(value))
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case date():
            return value.isoformat()
    return str(value)


def _program(data: bytes) -> str:
    """What saved it: the name of a format, or "" for one that nobody here knows."""
    if data.startswith(_OLE):
        return "locked" if "EncryptedPackage".encode("utf-16-le") in data else "xls"
    if _BOOK.encode() in data:
        return ""
    marks = {
        "ods": b"opendocument.spreadsheet",
        "numbers": b"Index/Document.iwa",
        "xlsb": b"xl/workbook.bin",
        "docx": b"word/document.xml",
    }
    return next((name for name, mark in marks.items() if mark in data), "")


if __name__ == "__main__":
    _main()
