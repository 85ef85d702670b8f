"""Files as tests write them, and what came of them."""

import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from sqlmodel import select

from core.bloggers.exchange.applying import ImportResult, apply_import
from core.bloggers.exchange.planning import ImportPlan, plan_import
from core.bloggers.exchange.reading import read_import
from core.database.engine import Database
from core.database.tables.bloggers import Location
from tests.people import somebody

PHOTO = "https://photos.example/a.png"
BRIEF = [
    {
        "name": "Mila Hart",
        "settings": {
            "locations": [
                {"name": "Studio", "image_url": PHOTO, "heygen_avatar_id": "00000"},
                {"name": "Cafe", "image_url": "", "heygen_avatar_id": "c231e947600b428e92d540ca9c48596a"},
            ]
        },
    }
]


def as_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def plan(db: Database, value: Any, *, name: str = "f.json", reset: bool = False) -> ImportPlan:
    data = value if isinstance(value, bytes) else as_json(value)
    return plan_import(db, read_import(data, name), reset_avatars=reset)


def load(db: Database, value: Any, **options: Any) -> ImportResult:
    confirmed = frozenset(options.pop("confirmed", ()))
    return apply_import(db, plan(db, value, **options), confirmed=confirmed, actor=somebody())


def verdicts(result: ImportPlan | ImportResult) -> list[str]:
    return [row.verdict for row in result.rows]


def one(location: dict[str, Any] | None = None, **blogger: Any) -> list[dict[str, Any]]:
    """A file with one blogger, Mila Hart, and one location, Studio, with these keys besides."""
    place = {"name": "Studio", "image_url": PHOTO} | (location or {})
    return [{"name": "Mila Hart", "settings": {"locations": [place]}} | blogger]


def place(db: Database, name: str = "Studio") -> Location:
    with db.read() as session:
        return session.exec(select(Location).where(Location.name == name)).one()


_SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def workbook(
    sheets: Mapping[str, Iterable[Iterable[object]] | str], *, extra: Mapping[str, bytes] | None = None
) -> bytes:
    """An XLSX file as Excel packs it. A cell is text, a number or a truth; text that begins with # is an
    error, with = a formula that nobody has reckoned; None is an empty cell with a format. A sheet that is
    text is its rows as XML.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        relations, listed, types = [], [], []
        for number, (name, rows) in enumerate(sheets.items(), start=1):
            part = f"worksheets/sheet{number}.xml"
            kind = f'Type="{_RELATIONS}/worksheet"'
            relations.append(f'<Relationship Id="rId{number}" {kind} Target="{part}"/>')
            listed.append(f'<sheet name="{escape(name)}" sheetId="{number}" r:id="rId{number}"/>')
            main = "application/vnd.openxmlformats-officedocument.spreadsheetml"
            types.append(f'<Override PartName="/xl/{part}" ContentType="{main}.worksheet+xml"/>')
            data = rows if isinstance(rows, str) else _rows(rows)
            file.writestr(
                f"xl/{part}", f'<worksheet xmlns="{_SHEETS}"><sheetData>{data}</sheetData></worksheet>'
            )
        file.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{_SHEETS}" xmlns:r="{_RELATIONS}">'
            f"<sheets>{''.join(listed)}</sheets></workbook>",
        )
        main = f'<Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/>'
        file.writestr(
            "_rels/.rels", f'<Relationships xmlns="{_PACKAGE}/relationships">{main}</Relationships>'
        )
        file.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships">{"".join(relations)}</Relationships>',
        )
        file.writestr(
            "[Content_Types].xml", f'<Types xmlns="{_PACKAGE}/content-types">{"".join(types)}</Types>'
        )
        for name, held in (extra or {}).items():
            file.writestr(name, held)
    return packed.getvalue()


def _rows(rows: Iterable[Iterable[object]]) -> str:
    lines = []
    for number, row in enumerate(rows, start=1):
        cells = (_cell(f"{chr(65 + at)}{number}", value) for at, value in enumerate(row))
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    return "".join(lines)


def _cell(at: str, value: object) -> str:
    match value:
        case None:
            return f'<c r="{at}" s="1"/>'
        case str() if value.startswith("="):
            return f'<c r="{at}"><f>{escape(value[1:])}</f><v></v></c>'
        case bool():
            return f'<c r="{at}" t="b"><v>{int(value)}</v></c>'
        case int() | float():
            return f'<c r="{at}"><v>{value}</v></c>'
        case str() if value.startswith("#"):
            return f'<c r="{at}" t="e"><f>VLOOKUP(A1,B1,2)</f><v>{value}</v></c>'
    return f'<c r="{at}" t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'


def remarks(plan: ImportPlan) -> dict[str, str]:
    """What a person is told of the file, by its code; the last of several."""
    return {told.code: told.text for told in plan.remarks}
