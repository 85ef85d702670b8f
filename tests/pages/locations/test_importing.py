"""The import's dialog: a verdict for every row before anything is written, then what was done."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from core.bloggers.editing import get_location
from core.bloggers.exchange import applying, planning, reading
from core.reports import overview
from core.studio import Studio
from tests.bloggers.exchange.support import workbook
from tests.pages.conftest import ACTOR, Open, confirm, drive, page_text

OTHER_IDS = [
    {
        "name": "Mila Hart",
        "settings": {
            "locations": [
                {"name": "Studio", "heygen_avatar_id": "aaaa"},
                {"name": "Cafe", "heygen_avatar_id": "bbbb"},
            ]
        },
    }
]


def upload(at: AppTest, entries: object, name: str = "file.json", label: str = "Import") -> AppTest:
    next(b for b in at.button if b.label == label).click().run()
    data = entries if isinstance(entries, bytes) else json.dumps(entries).encode()
    at.file_uploader[0].upload(name, data)
    return at.run()


def blogger(name: str, **location: str) -> dict[str, object]:
    return {"name": name, "settings": {"locations": [{"name": "Home", **location}]}}


def rows(at: AppTest) -> list[dict[str, str]]:
    """The rows of the dialog's table, as they are written in markdown."""
    table = next(table.value for table in at.table if "Verdict" in table.value.columns)
    return table.to_dict("records")


def test_an_import_shows_a_verdict_a_row_before_it_writes(samples: Studio, open_page: Open) -> None:
    """Nothing is written until Apply; then the rows are there, and the dialog says so."""
    at = upload(open_page("locations.py"), [blogger("Ada"), {"name": "Bob"}])
    assert ["New" in row["Verdict"] for row in rows(at)] == [True, True]
    assert overview.overview(samples.db).bloggers == 4
    at.button(key="import_apply").click().run()
    assert overview.overview(samples.db).bloggers == 6
    assert "2 rows were taken" in page_text(at)
    assert "import_apply" not in [button.key for button in at.button]


def test_the_result_stays_when_apply_is_clicked_again(samples: Studio, open_page: Open) -> None:
    """A double click finds the result and no second import; the next look has it too."""
    at = upload(open_page("locations.py"), [blogger("Ada")])
    again = at.button(key="import_apply")
    again.click().run()
    again.click().run()
    assert "1 row was taken" in page_text(at)
    assert "1 row was taken" in page_text(at.run())


def test_refused_rows_come_first_and_their_remarks_are_whole(samples: Studio, open_page: Open) -> None:
    """The reason stands in the row to its last word; a verdict can be chosen to see its rows only."""
    at = upload(open_page("locations.py"), [blogger("Ada"), blogger("Bob", image_url="ftp://x/a.png")])
    first, second = rows(at)
    assert "Refused" in first["Verdict"]
    assert first["Row"] == "2"
    assert "nothing was changed" in first["Location and remark"]
    assert "New" in second["Verdict"]
    at.pills(key="import_shown").set_value("new").run()
    assert [row["Row"] for row in rows(at)] == ["1"]


def test_refused_rows_can_be_downloaded_before_and_after(samples: Studio, open_page: Open) -> None:
    """The button stands with the verdicts and with the result, and not where nothing was refused."""
    at = upload(open_page("locations.py"), [blogger("Ada"), blogger("Bob", image_url="ftp://x/a.png")])
    assert "import_refused" in [button.key for button in at.download_button]
    at.button(key="import_apply").click().run()
    assert "import_refused" in [button.key for button in at.download_button]
    fine = upload(open_page("locations.py"), [blogger("Cy")])
    assert "import_refused" not in [button.key for button in fine.download_button]


def test_ten_thousand_rows_are_shown_a_page_at_a_time(samples: Studio, open_page: Open) -> None:
    """Counts say how many there are; twenty stand there, the others on further pages."""
    places = [{"name": f"P {n}", "image_url": "ftp://x" if n % 100 == 0 else ""} for n in range(10_000)]
    at = upload(open_page("locations.py"), [{"name": "Ada", "settings": {"locations": places}}])
    assert len(rows(at)) == 20
    assert at.pills(key="import_shown").options == ["Refused 100", "New 9,900"]
    at.pagination(key="import_page").set_value(6).run()
    assert "New" in rows(at)[0]["Verdict"]
    assert at.button(key="import_apply").label == "Apply 9,900 rows"


def test_another_avatar_id_needs_a_tick_for_its_row(samples: Studio, open_page: Open) -> None:
    """A saved id is replaced only for the ticked row."""
    drive(samples, confirm(samples, 1, 2))
    kept = get_location(samples.db, location_id=2).heygen_avatar_id
    at = upload(open_page("locations.py"), OTHER_IDS)
    assert at.button(key="import_apply").disabled
    at.pills(key="import_shown").set_value("confirm").run()
    at.checkbox(key="import_tick_1").check().run()
    assert at.button(key="import_apply").label == "Apply 1 row"
    at.button(key="import_apply").click().run()
    assert get_location(samples.db, location_id=1).heygen_avatar_id == "aaaa"
    assert get_location(samples.db, location_id=2).heygen_avatar_id == kept


def test_a_tick_survives_another_verdict_and_is_taken_back(samples: Studio, open_page: Open) -> None:
    """Looking at other rows forgets nothing; what is unticked is not replaced."""
    drive(samples, confirm(samples, 1))
    at = upload(open_page("locations.py"), [*OTHER_IDS, blogger("Ada")])
    at.pills(key="import_shown").set_value("confirm").run()
    at.checkbox(key="import_tick_1").check().run()
    at.pills(key="import_shown").set_value("new").run()
    assert at.button(key="import_apply").label == "Apply 3 rows"
    at.pills(key="import_shown").set_value("confirm").run()
    at.checkbox(key="import_tick_1").uncheck().run()
    assert at.button(key="import_apply").label == "Apply 2 rows"


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("file.json", b"[{", "not valid JSON"),
        ("file.csv", b"a,b\n1,2\n", "must name its columns"),
        ("file.csv", b"\xff\xfe\x00", "not UTF-8"),
        ("file.json", b"{}", "not a list"),
        ("file.csv", b"blogger,location\n" + b"a,b\n" * 10_001, "more than 10"),
    ],
)
def test_a_bad_file_is_one_sentence(
    samples: Studio, open_page: Open, name: str, data: bytes, says: str
) -> None:
    """What is wrong with the file is said in the dialog; nothing is written."""
    at = upload(open_page("locations.py"), data, name)
    assert not at.exception
    (error,) = at.error
    assert says in error.value
    assert "import_apply" not in [button.key for button in at.button]
    assert overview.overview(samples.db).bloggers == 4


def test_a_file_without_rows_says_so(samples: Studio, open_page: Open) -> None:
    """An empty list is no error and offers nothing to apply."""
    at = upload(open_page("locations.py"), [])
    assert "The file has no rows" in page_text(at)


def test_what_changed_meanwhile_is_judged_again(samples: Studio, open_page: Open) -> None:
    """A blogger archived between plan and Apply is refused then, and the result says so."""
    at = upload(open_page("locations.py"), [blogger("Ada")])
    plan = planning.plan_import(samples.db, reading.read_import(b'[{"name": "Ada"}]', "f.json"))
    applying.apply_import(samples.db, plan, actor=ACTOR)
    with samples.db.write() as session:
        session.connection().exec_driver_sql("UPDATE blogger SET archived_at = created_at WHERE name = 'Ada'")
    at.button(key="import_apply").click().run()
    assert "0 rows were taken" in page_text(at)
    assert "Refused" in rows(at)[0]["Verdict"]


@pytest.mark.parametrize("russian", [False, True])
def test_what_is_not_read_is_said_before_apply(samples: Studio, open_page: Open, russian: bool) -> None:
    """How columns were read, what looks like an id and is not, cells under no header, said to the reader."""
    at = open_page("locations.py")
    if russian:
        next(group for group in at.button_group if group.label == "Language").set_value("ru").run()
    file = (
        "Blogger,Location,Image URL,№ \u202eномер,цвет,,\n"
        "Ada,Home,,8f3c2d1e0b9a4f6e8d7c6b5a49382716,белый,голос: Клара \x1b[31m,x\n"
    )
    at = upload(at, file.encode(), "f.csv", label="Импорт" if russian else "Import")
    said = page_text(at)
    words = {
        "не читается, но похоже на heygen": "is not read, but looks like heygen",
        "Ячеек без заголовка, которые не читаются: 2": "Cells under no header, which are not read: 2",
        "Прочитано под обычными именами: Image URL": "Read by their usual names: Image URL",
        "Студия этим не пользуется: цвет": "the Studio does not use them: цвет",
    }
    for in_russian, in_english in words.items():
        assert (in_russian if russian else in_english) in said
    assert len(at.warning) == 2
    assert not set("\u202e\x1b") & set(said)
    assert overview.overview(samples.db).bloggers == 4


@pytest.mark.parametrize("name", ["book.xlsx", "book.csv"])
def test_a_workbook_is_imported_whatever_it_is_called(samples: Studio, open_page: Open, name: str) -> None:
    """Excel's own file needs no other program."""
    book = workbook({"Лист1": [["blogger", "location"], ["Ада", "Дом"]]})
    at = upload(open_page("locations.py"), book, name)
    assert ["New" in row["Verdict"] for row in rows(at)] == [True]
    at.button(key="import_apply").click().run()
    assert "1 row was taken" in page_text(at)
    at = upload(open_page("locations.py"), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504), "old.xls")
    assert "old Excel (XLS). In Excel choose File" in at.error[0].value
