"""Refused rows as a file, and what an import passes over in the Studio's own files."""

import csv
import io

import pytest

from core.bloggers.exchange.export import export_csv, export_json, refused_csv
from core.database.engine import Database
from pages.parts.kit.tables import LIST_TITLES
from tests.bloggers.exchange.support import PHOTO, load, place, plan, verdicts


def lines(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


BAD = (
    "location,blogger,image_url,heygen_avatar_id,mood\n"
    f"Studio,Mila Hart,{PHOTO},00000,calm\n"
    "Cafe,Mila Hart,ftp://x/a.png,00000,=1+1\n"
    "Park,,https://photos.example/b.png,abc def,\n"
)


def test_refused_rows_keep_every_value_with_their_row_and_reason(db: Database) -> None:
    """Only refused rows, the import's columns first, values as they stood in the file, then why."""
    found = plan(db, BAD.encode(), name="f.csv")
    assert verdicts(found) == ["new", "refused", "refused"]
    text = refused_csv(found.rows, found.file_rows)
    assert text.splitlines()[0] == "blogger,location,image_url,heygen_avatar_id,mood,row,reason"
    cafe, park = lines(text)
    assert (cafe["blogger"], cafe["location"], cafe["image_url"]) == ("Mila Hart", "Cafe", "ftp://x/a.png")
    assert cafe["row"] == "2"
    assert cafe["reason"].startswith("The photo's address must be a whole link")
    assert (park["blogger"], park["heygen_avatar_id"], park["row"]) == ("", "abc def", "3")


def test_no_cell_of_the_file_is_a_formula(db: Database) -> None:
    """What a spreadsheet would run wears an apostrophe, and so does a reason."""
    found = plan(db, BAD.encode(), name="f.csv")
    cafe = lines(refused_csv(found.rows, found.file_rows, lambda row: "=reason"))[0]
    assert cafe["mood"] == "'=1+1"
    assert cafe["reason"] == "'=reason"


def test_corrected_refused_rows_can_be_imported_again(db: Database) -> None:
    """Row and reason are passed over, other columns arrive: a round trip changes what was wrong only."""
    found = plan(db, BAD.encode(), name="f.csv")
    text = refused_csv(found.rows, found.file_rows).replace("ftp:", "https:")
    result = load(db, text.encode(), name="refused.csv")
    assert verdicts(result) == ["new", "refused"]
    assert place(db, "Cafe").extra == {"mood": "=1+1"}


def test_a_json_files_refused_rows_have_the_same_columns(db: Database) -> None:
    """Names that are no text, and other fields, stand there as JSON writes them."""
    entry = {"name": "Mila Hart", "settings": {"locations": [{"name": 7, "image_url": PHOTO, "tags": [1]}]}}
    found = plan(db, [entry])
    (row,) = lines(refused_csv(found.rows, found.file_rows))
    assert (row["blogger"], row["location"], row["tags"], row["row"]) == ("Mila Hart", "7", "[1]", "1")


def test_a_row_with_too_many_cells_keeps_its_own_names(db: Database) -> None:
    """The names are found by their columns, wherever those stand."""
    found = plan(db, b"location,blogger\nCafe,Mila Hart,x\n", name="f.csv")
    (row,) = found.rows
    assert (row.blogger, row.location, row.verdict) == ("Mila Hart", "Cafe", "refused")
    assert lines(refused_csv(found.rows, found.file_rows))[0]["location"] == "Cafe"


def test_row_and_reason_survive_where_they_are_not_ours(db: Database) -> None:
    """Only as the last two columns together are they passed over; elsewhere they are fields like others."""
    load(db, b"blogger,location,row,reason,mood\nMila Hart,Studio,3,why,calm\n", name="f.csv")
    assert place(db).extra == {"row": "3", "reason": "why", "mood": "calm"}


def test_a_list_as_csv_can_be_imported_and_changes_nothing(db: Database) -> None:
    """The figures of a list's CSV (statuses, cost, time) do not become fields of the locations."""
    load(db, b"blogger,location\nMila Hart,Studio\n", name="f.csv")
    titles = list(LIST_TITLES.values())
    cells = {"blogger": "Mila Hart", "location": "Studio", "id": "1", "avatar_status": "none"}
    text = ",".join(titles) + "\n" + ",".join(cells.get(title, "9") for title in titles) + "\n"
    text = text.replace(",9,9,", ",,,", 1)
    assert verdicts(plan(db, text.encode(), name="list.csv")) == ["same"]


@pytest.mark.parametrize("cost", ["cost_credits", "cost_usd"])
def test_a_list_in_either_money_changes_nothing(db: Database, cost: str) -> None:
    """The column of costs is called by its unit, and passed over in both."""
    load(db, b"blogger,location\nMila Hart,Studio\n", name="f.csv")
    titles = [title.replace("cost_credits", cost) for title in LIST_TITLES.values()]
    cells = {"blogger": "Mila Hart", "location": "Studio", "image_url": "", "heygen_avatar_id": ""}
    text = ",".join(titles) + "\n" + ",".join(cells.get(title, "9") for title in titles) + "\n"
    found = plan(db, text.encode(), name="list.csv")
    assert (verdicts(found), found.remarks) == (["same"], ())


def test_an_export_of_chosen_locations_holds_these_only(db: Database) -> None:
    """Their bloggers and they, in the same shape; nobody else."""
    load(db, b"blogger,location\nMila Hart,Studio\nMila Hart,Cafe\nWei Chen,Gym\n", name="f.csv")
    text = export_json(db, ids=[place(db, "Cafe").id])
    assert "Cafe" in text
    assert not any(name in text for name in ("Studio", "Gym", "Wei Chen"))
    assert verdicts(plan(db, text.encode())) == ["same"]
    assert "Gym" in export_csv(db)


def test_an_avatar_that_stays_says_where_it_can_be_replaced(db: Database) -> None:
    """The remark makes sense on the page and on the command line: it names the page and the tick."""
    load(db, b"blogger,location,heygen_avatar_id\nMila Hart,Studio,aaaa\n", name="f.csv")
    (row,) = plan(db, b"blogger,location,heygen_avatar_id\nMila Hart,Studio,bbbb\n", name="f.csv").rows
    assert row.verdict == "refused"
    assert row.needs_confirmation
    assert "aaaa is saved and stays" in row.remark
    assert "page Locations" in row.remark
