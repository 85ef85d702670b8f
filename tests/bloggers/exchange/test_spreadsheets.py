"""Files as spreadsheets save them are read, or called by their names with the menu entry that helps."""

import io
import json
import zipfile

import pytest

from core.bloggers.exchange import workbooks
from core.bloggers.exchange.export import export_json
from core.bloggers.exchange.reading import read_import
from core.bloggers.exchange.rows import ImportFile
from core.database.engine import Database
from core.errors import BadInput
from tests.bloggers.exchange.support import PHOTO, load, plan, remarks, verdicts, workbook

LINES = [
    ["blogger", "location", "image_url", "heygen_avatar_id"],
    ["Мила Харт", "Студия", PHOTO, "00000"],
    ["Антон Дёмин", "Кухня «Дача»", PHOTO, "c231e947600b428e92d540ca9c48596a"],
]


def text(mark: str = ",", end: str = "\r\n") -> str:
    return "".join(mark.join(line) + end for line in LINES)


def names(file: ImportFile) -> list[tuple[str, str | None, str]]:
    return [(row.blogger, row.location, row.avatar_id) for row in file.rows]


@pytest.mark.parametrize(
    "data",
    [
        text(";").encode("cp1251"),
        text("\t").encode("utf-16"),
        b"\xfe\xff" + text(";").encode("utf-16-be"),
        text().encode("utf-16-le"),
        b"\xef\xbb\xbf\xef\xbb\xbf" + text(";").encode(),
        ("sep=;\r\n" + text(";")).encode(),
        ("\ufeffsep=|\r\n" + text("|")).encode(),
        ("sep=;\r\n" + text()).encode(),
        b'"sep=\t"\n' + text("\t").encode(),
        ("\r\n;;;\r\n" + text(";")).encode(),
        text(",", "\r").encode("utf-8-sig"),
        workbook({"Лист1": LINES}),
    ],
    ids=[
        *(
            "cp1251",
            "UTF-16",
            "UTF-16 BE",
            "UTF-16 without a mark",
            "two marks",
            "sep=;",
            "sep=|",
            "sep= that is wrong",
            "sep= quoted",
        ),
        *("empty lines first", "old Mac line ends", "XLSX"),
    ],
)
@pytest.mark.parametrize("name", ["f.csv", "f.txt", "pasted"])
def test_a_table_is_read_as_it_was_saved(data: bytes, name: str):
    """Encoding, separator and format are found in the bytes; the name may say something else."""
    assert names(read_import(data, name)) == [
        ("Мила Харт", "Студия", ""),
        ("Антон Дёмин", "Кухня «Дача»", "c231e947600b428e92d540ca9c48596a"),
    ]


def test_a_guessed_encoding_is_told():
    """Windows-1251 is a guess: the person is asked to look at the names."""
    (told,) = read_import(text(";").encode("cp1251"), "f.csv").remarks
    assert "Windows-1251" in told.text
    assert "CSV UTF-8" in told.text
    data = "blogger;location;note\nІван Ґ.;ВкусВилл ТЦ «МЕГА»;YouTube №3 — 5°\n".encode("cp1251")
    assert names(read_import(data, "f.csv")) == [("Іван Ґ.", "ВкусВилл ТЦ «МЕГА»", "")]


@pytest.mark.parametrize(
    ("words", "encoding"),
    [
        ("José;Müller", "cp1252"),
        ("Şükrü;Ağa", "cp1254"),
        ("Мила;Студия", "mac-cyrillic"),
        ("Мила;Студия", "koi8-r"),
        ("Мила;Студия", "cp866"),
        ("สตูดิโอ;ก", "cp874"),
        ("ليلى;دبي", "cp1256"),
        ("工作室;米拉", "gbk"),
    ],
)
def test_an_encoding_that_nobody_can_guess_is_refused(words: str, encoding: str):
    """With Excel's own menu entry; names that are half right would be worse."""
    with pytest.raises(BadInput, match=r"not UTF-8 text.*CSV UTF-8"):
        read_import(f"blogger;location\n{words}\n".encode(encoding), "f.csv")


def test_json_may_have_a_mark_and_be_utf_16():
    """Notepad's Unicode is read like UTF-8."""
    for encoding in ("utf-16", "utf-8-sig", "utf-16-le"):
        for name in ("f.json", "f.txt"):
            assert names(read_import('[{"name": "Мила"}]'.encode(encoding), name)) == [("Мила", None, "")]


def test_a_workbooks_cells_are_what_excel_shows(db: Database):
    """Numbers without a point, truths in capitals; 0 and FALSE mean no avatar; errors stay errors."""
    file = workbook(
        {
            "S": [
                ["blogger", "location", "image_url", "heygen_avatar_id", "floor"],
                ["A", 101, PHOTO, 0, 2.5],
                ["A", "two", PHOTO, False, 7.0],
                ["A", "three", PHOTO, 1.234567e19],
                ["A", "four", PHOTO, 70000000000],
                ["A", "five", PHOTO, "#N/A"],
                ["A", "#REF!", PHOTO, "x1"],
                ["A", "six", PHOTO, "=VLOOKUP(A1,B1,2)"],
                [None, None, None, None],
            ]
        }
    )
    result = load(db, file, name="f.xlsx")
    assert verdicts(result) == ["new", "new", *["refused"] * 5]
    remarked = [row.remark for row in result.rows[2:]]
    for remark, says in zip(remarked, ("is a number", "is a number", "#N/A", "#REF!", "#CALC!"), strict=True):
        assert says in remark
    made = json.loads(export_json(db))[0]["settings"]["locations"]
    assert [(one["name"], one["heygen_avatar_id"], one.get("floor")) for one in made] == [
        ("101", "00000", "2.5"),
        ("two", "00000", "7"),
    ]


def test_the_sheet_with_the_columns_is_read(db: Database):
    """Wherever it stands among the visible ones; the others are named."""
    book = workbook({"Notes": [["read me"]], "People": LINES, "Old": LINES})
    shown = plan(db, book, name="f.xlsx")
    assert verdicts(shown) == ["new", "new"]
    assert "only the sheet People is read, not: Notes, Old" in remarks(shown)["sheets"]
    with pytest.raises(BadInput, match="must name its columns"):
        read_import(workbook({"Notes": [["read me"]], "Empty": []}), "f.xlsx")


def packed(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(
                name, "application/vnd.oasis.opendocument.spreadsheet" if name == "mimetype" else ""
            )
    return file.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (OLE, "old Excel"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "password"),
        (packed("mimetype", "content.xml"), "OpenDocument"),
        (packed("Index/Document.iwa"), "Numbers"),
        (packed("xl/workbook.bin"), "XLSB"),
        (packed("word/document.xml"), "Word"),
        (packed("a.csv"), "no Excel workbook"),
        (workbook({"S": LINES})[:-200], "no Excel workbook"),
        (b"<html><table><tr><td>blogger</td></tr></table></html>", "web page"),
        (b'<?xml version="1.0"?><Workbook/>', "web page or XML"),
    ],
)
@pytest.mark.parametrize("name", ["f.csv", "f.xlsx", "f.json"])
def test_another_programs_file_is_called_by_its_name(data: bytes, says: str, name: str):
    """Whatever the file is called; with what to choose in its program, and that nothing was changed."""
    if name == "f.json" and data.startswith(b"<"):
        says = "not valid JSON"
    with pytest.raises(BadInput) as caught:
        read_import(data, name)
    assert says in caught.value.user_message
    assert "nothing was changed" in caught.value.user_message
    assert name == "f.json" or "CSV" in caught.value.user_message


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="900000"><c r="ZZ3"><v>1</v></c></row>'
        '<row r="900000"><c r="C900000"><v>1</v></c></row>',
        '<row r="9000000"><c><v>1</v></c></row>',
    ],
)
def test_a_workbook_that_would_fill_the_memory_is_refused(rows: str):
    """Two cells far apart are a billion empty ones; a format at the last row is nothing."""
    with pytest.raises(BadInput, match="more than can be read"):
        read_import(workbook({"S": rows}), "f.xlsx")
    far = workbook(
        {"S": '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="A1048576" s="1"/></row>'}
    )
    with pytest.raises(BadInput, match="must name its columns"):
        read_import(far, "f.xlsx")


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1"><v>1</v></c><c a=">" r="ZZZ1048576"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c><c r="A0"><v>1</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>99999</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></row>',
    ],
)
def test_a_workbook_that_ends_its_reader_is_one_sentence(rows: str):
    """The library ends its process on some files, or fails as it should not: the Studio goes on."""
    with pytest.raises(BadInput, match=r"no Excel workbook that can be read|must name its columns"):
        read_import(workbook({"S": rows}), "f.xlsx")


def test_a_workbook_that_unpacks_to_much_is_refused_unread():
    """Ten kilobytes that unpack to ten megabytes more than the limit, and ones that lie about it."""
    held = bytes(workbooks.MOST_UNPACKED + 1)
    bomb = workbook({"S": LINES}, extra={"xl/media/image1.png": held})
    assert len(bomb) < 100_000
    with pytest.raises(BadInput, match="more than 50 MB"):
        read_import(bomb, "f.xlsx")
    size = len(held).to_bytes(4, "little")
    assert size in bomb
    with pytest.raises(BadInput, match="more than 50 MB, or is damaged"):
        read_import(bomb.replace(size, (1000).to_bytes(4, "little")), "f.xlsx")


def test_typographic_quotes_are_told(db: Database):
    """They hold nothing together: a row has too many cells, JSON breaks off, and the sentence says why."""
    data = f"blogger,location,image_url\n“Mila Hart”,“Studio, big”,{PHOTO}\nA,«Дача»,{PHOTO}\n".encode()
    result = load(db, data, name="f.csv")
    assert verdicts(result) == ["refused", "new"]
    assert "typographic" in result.rows[0].remark
    quoted = "“blogger”,“location”\n“Mila Hart”,“Studio”\nA,«Дача»\n".encode()
    told = remarks(plan(db, quoted, name="f.csv"))["quoted"]
    assert "In row 1 the name “Mila Hart” stands in typographic quotes" in told
    assert "quoted" not in remarks(plan(db, "blogger,location\nA,«Дача»\nB,“\n".encode(), name="f.csv"))
    with pytest.raises(BadInput, match=r"typographic \(“ ”\) at line 1, column 3"):
        read_import("[{“name”: “A”}]".encode(), "f.json")


def test_the_rows_below_a_merged_cell_are_refused(db: Database):
    """Only the first has the blogger; whose the others are nobody guesses."""
    book = workbook({"S": [LINES[0], LINES[1], [None, "Park", PHOTO, "00000"]]})
    result = load(db, book, name="f.xlsx")
    assert verdicts(result) == ["new", "refused"]
    assert "blogger's name is missing" in result.rows[1].remark
