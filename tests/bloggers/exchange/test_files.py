"""Files that cannot be read are told in a sentence; CSV is read as spreadsheets write it."""

import csv
import io
import itertools
import json
import time
from collections.abc import ItemsView, Iterator, KeysView
from dataclasses import replace
from typing import Any

import pytest

from core.bloggers.exchange.csv_files import MAX_COLUMNS, escape_cell, unescape_cell
from core.bloggers.exchange.export import export_csv, export_json, refused_csv
from core.bloggers.exchange.planning import PlanRow, plan_import
from core.bloggers.exchange.reading import read_import
from core.bloggers.exchange.rows import MAX_BYTES, FileRow, ImportFile
from core.database.engine import Database
from core.errors import BadInput
from tests.bloggers.exchange.support import PHOTO, as_json, load, one, place, plan, verdicts


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b'[{"name": "A",}]', "line 1, column 15"),
        (b'[\n  {"name": "A"\n   "b": 1}]', "line 3, column 4"),
        (b"", "line 1, column 1"),
        (b"{}", "the file must be a list"),
        (b"null", "the file must be a list"),
        (b"[1]", "entry 1 must be an object"),
        (b"[null]", "entry 1 must be an object"),
        (b'[{"name": "A"}, {"name": "B", "settings": []}]', "settings of entry 2 must be an object"),
        (b'[{"name": "A", "settings": {"locations": {}}}]', "locations of entry 1 must be a list"),
        (b'[{"name": "A", "settings": {"locations": [null]}}]', "location 1 of entry 1 must be an object"),
        (b"[" * 100_000, "levels deep"),
        (b'[{"name": "A", "x": ' + b"[" * 60 + b"]" * 60 + b"}]", "levels deep"),
        (b'[{"name": "A", "x": NaN}]', "number that cannot be kept"),
        (b'[{"name": "A", "x": -1e999}]', "number that cannot be kept"),
        (b'[{"name": "A", "x": ' + b"9" * 5000 + b"}]", "number that cannot be kept"),
        (b'[{"name": "A", "x": "\\ud83d"}]', "half a character"),
        ("[]".encode("utf-16")[:-1], "not UTF-8"),
        ('[{"name": "José"}]'.encode("latin-1"), "not UTF-8"),
    ],
)
def test_a_broken_json_file_is_told_in_a_sentence(data: bytes, says: str):
    """Where it is broken and what is expected; every such sentence says that nothing was changed."""
    with pytest.raises(BadInput) as caught:
        read_import(data, "f.json")
    assert says in caught.value.user_message
    assert "nothing was changed" in caught.value.user_message.lower()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "name its columns"),
        ("name,photo\nA,B", "name its columns"),
        ("blogger:location\nA:B", "name its columns"),
        ("blogger,location,note,note\nA,B,1,2", "note stands twice"),
        ("blogger,location,Blogger\nA,B,C", "blogger stands twice"),
        ("blogger,location,name\nA,B,C", "location's name"),
        ('blogger,location\nA,"B\nC,D', "not valid CSV"),
        ('blogger,location\nA,"B"x', "not valid CSV"),
    ],
)
def test_a_broken_csv_file_is_told_in_a_sentence(text: str, says: str):
    """Missing, doubled or misleading columns and open quotes concern the whole file."""
    with pytest.raises(BadInput) as caught:
        read_import(text.encode(), "f.csv")
    assert says in caught.value.user_message
    assert "nothing was changed" in caught.value.user_message.lower()


def test_a_large_file_is_refused_before_it_is_read():
    """50 MB cost no parsing; 10 MB exactly may pass."""
    data = b"[" + b" " * 50_000_000
    started = time.process_time()
    with pytest.raises(BadInput, match="larger than 10 MB"):
        read_import(data, "f.json")
    assert time.process_time() - started < 0.05
    assert read_import(b"[" + b" " * (MAX_BYTES - 2) + b"]", "f.json").rows == ()
    with pytest.raises(BadInput, match="larger than 10 MB"):
        read_import(b"[" + b" " * (MAX_BYTES - 1) + b"]", "f.json")


@pytest.mark.parametrize("kind", ["json", "csv"])
def test_ten_thousand_rows_are_the_limit(kind: str):
    """The 10,001st row refuses the file."""

    def file(count: int) -> bytes:
        if kind == "csv":
            return b"blogger,location\n" + b"".join(b"A,%d\n" % i for i in range(count))
        return as_json([{"name": "A", "settings": {"locations": [{"name": str(i)} for i in range(count)]}}])

    assert len(read_import(file(10_000), f"f.{kind}").rows) == 10_000
    with pytest.raises(BadInput, match="more than 10000 rows"):
        read_import(file(10_001), f"f.{kind}")


@pytest.mark.parametrize("start", ["", "\ufeff"])
@pytest.mark.parametrize("mark", [",", ";"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_csv_is_read_as_spreadsheets_write_it(db: Database, start: str, mark: str, end: str):
    """Commas or semicolons, with or without BOM, headers in any case, quotes, empty lines, short rows."""
    lines = [
        ["Note", " BLOGGER ", "location", "Image_URL", "heygen_avatar_id"],
        ["warm", "Антон", f'"Кухня{mark} новая"', PHOTO, "0"],
        ["", "", "", "", ""],
        ["", "Антон", '"Say ""hi"""'],
        ["", "Solo"],
    ]
    text = start + end.join(mark.join(line) for line in lines) + end + end
    assert verdicts(load(db, text.encode(), name="List.CSV")) == ["new"] * 3
    assert verdicts(load(db, text.encode(), name="pasted")) == ["same"] * 3
    found = json.loads(export_json(db))
    assert [b["name"] for b in found] == ["Антон", "Solo"]
    kitchen, quoted = found[0]["settings"]["locations"]
    assert kitchen == {
        "name": f"Кухня{mark} новая",
        "image_url": PHOTO,
        "heygen_avatar_id": "00000",
        "Note": "warm",
    }
    assert quoted == {"name": 'Say "hi"', "image_url": "", "heygen_avatar_id": "00000"}


def test_csv_rows_that_do_not_fit_are_refused_one_by_one(db: Database):
    """Too many cells, no blogger, no location: the others are written."""
    text = f"blogger,location,image_url\nA,One,{PHOTO},x\n,Two,\nA,,{PHOTO}\nA,Three,{PHOTO},,\n"
    result = load(db, text.encode(), name="f.csv")
    assert verdicts(result) == ["refused", "refused", "refused", "new"]
    for row, text in zip(result.rows, ("4 cells", "blogger's name", "location's name"), strict=False):
        assert text in row.remark


#: What a spreadsheet takes for a formula at a cell's beginning.
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


@pytest.mark.parametrize("start", FORMULAS)
def test_no_cell_of_an_export_is_a_formula(db: Database, start: str):
    """An apostrophe hides it from spreadsheets, an import takes it away again; headers count too."""
    text = f"{start}HYPERLINK(1)"
    load(db, one({"note": text, text: "x", "quoted": f"'{text}", "plain": "'x"}))
    cells = [cell for line in csv.reader(io.StringIO(export_csv(db), newline="")) for cell in line]
    assert f"'{text}" in cells
    assert f"''{text}" in cells
    assert not any(cell.startswith(FORMULAS) for cell in cells)
    assert verdicts(load(db, export_csv(db).encode(), name="f.csv")) == ["same"]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize(
    "text",
    [
        "a;=1+1",
        "a;;\t=1+1",
        'a;"=1+1"',
        "a; ＝1+1",
        "a\n=1+1",
        "a\r\n\r\n@SUM(1)",
        "a\t+1",
        'x";=1+1;"',
        " =1+1",
        '"=1+1"',
        "\ufeff=1+1",
        "a;'=1;''=2",
    ],
)
def test_no_part_of_a_cell_is_a_formula_with_another_separator(db: Database, text: str, mark: str):
    """Excel reads commas, semicolons or tabs by the country: where one cuts a cell, no formula begins."""
    load(db, one({"note": text, text: "x"}))
    for written in (export_csv(db), refused_csv(*refused(db, text))):
        for line in csv.reader(io.StringIO(written, newline=""), delimiter=mark):
            for cell in line:
                assert not cell.lstrip(' "\r\n\ufeff').startswith(FORMULAS), cell
    assert verdicts(load(db, export_csv(db).encode(), name="f.csv")) == ["same"]


def refused(db: Database, text: str) -> tuple[tuple[PlanRow, ...], tuple[FileRow, ...]]:
    shown = plan(db, one({"note": text, "image_url": "ftp://x", text: text}))
    return shown.rows, shown.file_rows


def test_every_text_comes_back_from_its_cell():
    """Whatever stands in it, also apostrophes of its own: every text of five signs that matter."""
    for signs in itertools.product("a'\";=\n\t ", repeat=5):
        text = "".join(signs)
        assert unescape_cell(escape_cell(text)) == text


@pytest.mark.parametrize("sign", ["\n", "'", ";", " ", "=", ";'"])
def test_escaping_takes_as_long_as_the_text(sign: str):
    """A megabyte of one sign is read and written once, not once a sign."""
    started = time.process_time()
    for _ in range(100):
        escape_cell(unescape_cell(sign * 1_000))
    little = time.process_time() - started
    started = time.process_time()
    escape_cell(unescape_cell(sign * 100_000))
    assert time.process_time() - started < 20 * little + 0.05


def test_a_csv_export_keeps_the_kinds_of_values(db: Database):
    """A number that went through a spreadsheet is still a number, unless somebody changed it there."""
    load(db, one({"count": 5, "nested": {"a": [1]}, "flag": True, "text": "5", "none": None}))
    exported = export_csv(db)
    assert verdicts(load(db, exported.encode(), name="f.csv")) == ["same"]
    assert verdicts(load(db, exported.replace(",true,", ",false,").encode(), name="f.csv")) == ["changed"]
    found = json.loads(export_json(db))[0]["settings"]["locations"][0]
    assert (found["count"], found["nested"], found["flag"], found["text"]) == (5, {"a": [1]}, "false", "5")


def test_fields_that_read_like_the_four_columns_stay_out_of_csv(db: Database):
    """A location's own "blogger" or unnamed field would be taken for a column; JSON keeps it."""
    load(db, one({"blogger": "x", " Image_URL": "y", "": "z", "note": "n"}))
    assert export_csv(db).splitlines()[0] == "blogger,location,image_url,heygen_avatar_id,note"
    assert verdicts(load(db, export_csv(db).encode(), name="f.csv")) == ["same"]
    assert json.loads(export_json(db))[0]["settings"]["locations"][0]["blogger"] == "x"


def test_more_columns_than_anybody_fills_are_refused():
    """Twenty thousand columns are one sentence; as many as are read come through; empty ones do not count."""
    header = ["blogger", "location", *(f"c{n}" for n in range(20_000))]
    with pytest.raises(BadInput, match="names 20002 columns; at most 500"):
        read_import(f"{','.join(header)}\nA,B\n".encode(), "f.csv")
    wide = ",".join(header[:MAX_COLUMNS]) + "," * 5_000
    (row,) = read_import(f"{wide}\nA,B{',x' * (MAX_COLUMNS - 2)}\n".encode(), "f.csv").rows
    assert len(row.extra) == MAX_COLUMNS - 2


def test_a_csv_grows_with_its_rows_and_not_with_their_kinds_of_fields(db: Database):
    """Rows with fields of their own cost as many columns as an import reads; what most rows have stays."""
    places = [
        {"name": f"Place {n}", "image_url": "ftp://x", **{f"{n} {m}": "x" for m in range(20)}, "mood": "calm"}
        for n in range(200)
    ]
    file = [{"name": "Mila Hart", "settings": {"locations": places}}]
    shown = plan(db, file)
    for one_place in places:
        one_place["image_url"] = PHOTO
    load(db, file)
    for text in (export_csv(db), refused_csv(shown.rows, shown.file_rows)):
        header, *lines = csv.reader(io.StringIO(text, newline=""))
        assert len(lines) == 200
        assert len(header) <= MAX_COLUMNS
        assert "mood" in header
        assert {line[header.index("mood")] for line in lines} == {"calm"}
    assert verdicts(load(db, export_csv(db).encode(), name="f.csv")) == ["same"] * 200
    assert place(db, "Place 199").extra["199 19"] == "x"


class Counted(dict[str, Any]):
    """Another field's dictionary that counts how often it is gone through."""

    read = 0

    def __iter__(self) -> Iterator[str]:
        Counted.read += 1
        return super().__iter__()

    def keys(self) -> KeysView[str]:
        Counted.read += 1
        return super().keys()

    def items(self) -> ItemsView[str, Any]:
        Counted.read += 1
        return super().items()


def test_an_entrys_other_fields_are_taken_once(db: Database):
    """Not once for each of its locations: many fields times many locations would take for ever."""
    entry = {"name": "Mila Hart", **{f"key {n}": n for n in range(300)}}
    entry["settings"] = {"locations": [{"name": f"Place {n}"} for n in range(300)]}
    rows = read_import(as_json([entry]), "f.json").rows
    shared = Counted(rows[0].blogger_extra)
    assert all(row.blogger_extra is rows[0].blogger_extra for row in rows)
    counted = tuple(replace(row, blogger_extra=shared) for row in rows)
    Counted.read = 0
    found = plan_import(db, ImportFile(rows=counted))
    assert [row.verdict for row in found.rows] == ["new"] * 300
    assert 1 <= Counted.read <= 3
