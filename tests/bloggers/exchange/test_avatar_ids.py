"""An import never takes an avatar away: a saved id goes only when a person confirmed its row."""

import csv
import io
from typing import Any

import pytest

from core.bloggers.exchange.applying import apply_import
from core.bloggers.exchange.export import export_json
from core.database.engine import Database
from core.database.tables.bloggers import NO_AVATAR
from tests.bloggers.exchange.support import PHOTO, load, one, place, plan, verdicts
from tests.databases import dump
from tests.fresh import set_location
from tests.people import somebody


@pytest.mark.parametrize("says", ["00000", "", " ", "0", "000", None, "missing"])
def test_a_file_without_an_id_never_takes_a_saved_one_away(db: Database, says: str | None):
    """ "00000" (a spreadsheet makes it 0), empty, null, missing: the saved id stays, and the row says so."""
    file = one({} if says == "missing" else {"heygen_avatar_id": says})
    assert verdicts(load(db, file)) == ["new"]
    assert place(db).heygen_avatar_id == NO_AVATAR
    assert verdicts(load(db, file)) == ["same"]
    set_location(
        db,
        place(db).id or 0,
        heygen_avatar_id="a1",
        heygen_group_id="g1",
        heygen_look_id="a1",
        avatar_status="completed",
        motion_status="completed",
        motion_type="veo2",
    )
    before = dump(db.path)
    result = load(db, file)
    assert verdicts(result) == ["kept"]
    assert "a1" in result.rows[0].remark
    assert dump(db.path) == before


def test_the_saved_id_in_the_file_is_the_same(db: Database):
    """After provisioning, an export taken then says "same"."""
    load(db, one())
    set_location(db, place(db).id or 0, heygen_avatar_id="a1", heygen_group_id="g1", heygen_look_id="a1")
    exported = export_json(db).encode()
    before = dump(db.path)
    assert verdicts(load(db, exported)) == ["same"]
    assert dump(db.path) == before


def test_an_id_fills_an_empty_place(db: Database):
    """A location that waits for its avatar takes the file's id without asking."""
    load(db, one())
    assert verdicts(load(db, one({"heygen_avatar_id": " a1 "}))) == ["changed"]
    assert (place(db).heygen_avatar_id, place(db).avatar_status) == ("a1", "completed")


def test_another_id_replaces_the_saved_one_only_when_confirmed(db: Database):
    """Refused with both ids named; confirmed for that row, it is written, and the old group goes with it."""
    load(db, one({"heygen_avatar_id": "old"}))
    set_location(db, place(db).id or 0, heygen_group_id="g", heygen_look_id="old", motion_status="completed")
    file = one({"heygen_avatar_id": "new"})
    before = dump(db.path)
    refused = load(db, file)
    assert verdicts(refused) == ["refused"]
    assert refused.rows[0].needs_confirmation
    assert "old" in refused.rows[0].remark
    assert "new" in refused.rows[0].remark
    assert verdicts(load(db, file, confirmed=[2])) == ["refused"]
    assert dump(db.path) == before
    assert verdicts(load(db, file, confirmed=[1])) == ["changed"]
    found = place(db)
    assert (found.heygen_avatar_id, found.heygen_group_id, found.heygen_look_id) == ("new", None, None)
    assert (found.avatar_status, found.motion_status) == ("completed", "none")


def test_a_confirmation_counts_for_the_id_that_was_shown(db: Database):
    """An avatar that was made between the look and the click is not replaced by it."""
    load(db, one({"heygen_avatar_id": "old"}))
    shown = plan(db, one({"heygen_avatar_id": "new"}))
    set_location(db, place(db).id or 0, heygen_avatar_id="freshly-paid")
    result = apply_import(db, shown, confirmed=frozenset({1}), actor=somebody())
    assert verdicts(result) == ["refused"]
    assert place(db).heygen_avatar_id == "freshly-paid"


def test_an_avatar_made_after_the_plan_is_kept(db: Database):
    """The verdicts are made again inside the writing transaction."""
    load(db, one())
    shown = plan(db, one({"heygen_avatar_id": "from-file"}))
    assert verdicts(shown) == ["changed"]
    set_location(db, place(db).id or 0, heygen_avatar_id="freshly-paid", heygen_group_id="g")
    assert verdicts(apply_import(db, shown, actor=somebody())) == ["refused"]
    assert place(db).heygen_avatar_id == "freshly-paid"


def test_a_group_without_motion_is_an_avatar_on_its_way(db: Database):
    """Its look's id may be completed by the file; any other id needs a confirmation."""
    load(db, one())
    set_location(db, place(db).id or 0, heygen_group_id="g", heygen_look_id="look")
    assert verdicts(load(db, one())) == ["same"]
    other = load(db, one({"heygen_avatar_id": "other"}))
    assert (verdicts(other), other.rows[0].needs_confirmation) == (["refused"], True)
    assert verdicts(load(db, one({"heygen_avatar_id": "look"}))) == ["changed"]
    assert (place(db).heygen_avatar_id, place(db).heygen_group_id) == ("look", "g")


def test_reset_avatars_ignores_the_ids_of_the_file(db: Database):
    """New locations start at "00000"; saved ids stay, also different ones."""
    load(db, one({"heygen_avatar_id": "saved"}))
    other = {"name": "New", "settings": {"locations": [{"name": "Park", "heygen_avatar_id": "x"}]}}
    file = [*one({"heygen_avatar_id": "other"}), other]
    assert verdicts(load(db, file, reset=True)) == ["kept", "new"]
    assert place(db).heygen_avatar_id == "saved"
    assert (place(db, "Park").heygen_avatar_id, place(db, "Park").avatar_status) == (NO_AVATAR, "none")


def ids(*said: Any) -> list[dict[str, Any]]:
    """A file with a location for each of these ids."""
    places = [
        {"name": f"Place {n}", "image_url": PHOTO, "heygen_avatar_id": one} for n, one in enumerate(said)
    ]
    return [{"name": "Mila Hart", "settings": {"locations": places}}]


@pytest.mark.parametrize(
    "says",
    [
        *(
            "null",
            "None",
            "NaN",
            "undefined",
            "-",
            "—",
            "--",
            "no",
            "FALSE",
            "n/a",
            "nil",
            "нет",
            "Н/Д",
            "00000000-0000-0000-0000-000000000000",
            "ЛОЖЬ",
            " Null ",
        ),
        *("0", "0.0", "0,00", "0.00E+00", "0000000000", False, 0, 0.0),
    ],
)
def test_words_for_nothing_mean_that_there_is_no_avatar(db: Database, says: Any):
    """They are no ids: the avatar is made, and a saved one stays."""
    assert verdicts(load(db, ids(says))) == ["new"]
    assert place(db, "Place 0").heygen_avatar_id == NO_AVATAR
    set_location(db, place(db, "Place 0").id or 0, heygen_avatar_id="a1", avatar_status="completed")
    assert verdicts(load(db, ids(says))) == ["kept"]


@pytest.mark.parametrize(
    "says",
    [
        "pending",
        "TODO",
        "your-avatar-id",
        "YOUR_AVATAR_ID",
        "yourAvatarId",
        "avatar_id_here",
        "xxx",
        "XXXX-xxxx",
        "tbd",
        "processing",
        "in_progress",
        "failed",
        "true",
        "yes",
        "heygen_avatar_id",
        "noid",
        "unset",
        "Archived",
        "test-1",
        "<avatar id>",
    ],
)
def test_a_placeholder_is_no_id(db: Database, says: str):
    """Taken for an id it would say that the avatar is made; the row says what to write."""
    (row,) = load(db, ids(says)).rows
    assert row.verdict == "refused"
    assert "write 00000" in row.remark.lower() or "or 00000" in row.remark


@pytest.mark.parametrize(
    "says",
    [
        *(
            "7E10",
            "1.23457E+15",
            "1,23457E+15",
            "5.61e+31",
            "1E5",
            "12345670000000000000",
            "1234567890123450000",
        ),
        *("70000000000", "12345678901234567890.0", "-12", "12345678901234500000000000000000"),
    ],
)
def test_a_number_is_no_id(db: Database, says: str):
    """What a spreadsheet has shortened or rounded cannot be the id any more; the row says so."""
    (row,) = load(db, ids(says)).rows
    assert row.verdict == "refused"
    assert f"{says} is a number" in row.remark


@pytest.mark.parametrize("says", ["#N/A", "#REF!", "#Н/Д", "#ИМЯ?"])
def test_an_error_of_the_spreadsheet_is_no_value(db: Database, says: str):
    """Neither an id nor a name nor a link."""
    for row in ({"heygen_avatar_id": says}, {"name": says}, {"image_url": says}):
        (told,) = load(db, one(row)).rows
        assert told.verdict == "refused"
        assert f"{says} is an error of the spreadsheet" in told.remark


@pytest.mark.parametrize(
    "says",
    [
        "8f3c2d1e0b9a4f6e8d7c6b5a49382716",
        "12345678901234567890123456789012",
        "1234567890123456789012345678e123",
        "Abigail_expressive_2024112501",
        "8f3c2d1e-0b9a-4f6e-8d7c-6b5a49382716",
        "pending8f3c2d1e",
        "a1",
    ],
)
def test_an_id_is_an_id(db: Database, says: str):
    """Also one of digits only, or with one e among them, if it is as long as HeyGen's."""
    assert verdicts(load(db, ids(says))) == ["new"]
    assert place(db, "Place 0").heygen_avatar_id == says


@pytest.mark.parametrize("mark", ['="{}"', "'{}", ' ="{} " '])
def test_an_id_that_is_marked_as_text_is_that_id(db: Database, mark: str):
    """A spreadsheet's formula for a text, and its apostrophe; zeros inside still mean that there is none."""
    rows = [["blogger", "location", "heygen_avatar_id"]]
    rows += [["A", name, mark.format(says)] for name, says in (("B", "12e4f6"), ("C", "00000"), ("D", "TBD"))]
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    assert verdicts(load(db, text.getvalue().encode(), name="f.csv")) == ["new", "new", "refused"]
    assert (place(db, "B").heygen_avatar_id, place(db, "C").heygen_avatar_id) == ("12e4f6", NO_AVATAR)


def test_an_id_that_another_row_has_gets_a_remark(db: Database):
    """Both rows are taken, and each names the other; "00000" is nobody's."""
    result = load(db, ids("a1", "00000", "a1", "00000", "a1"))
    assert verdicts(result) == ["new"] * 5
    assert [row.remark[:5] for row in result.rows] == ["Row 3", "", "Row 1", "", "Row 1"]
    assert "same avatar id" in result.rows[0].remark


def test_an_id_that_another_location_has_gets_a_remark(db: Database):
    """By its avatar or its look; not of the location itself, and not where the file's ids are ignored."""
    load(db, ids("a1"))
    set_location(db, place(db, "Place 0").id or 0, heygen_look_id="look1")
    for held in ("a1", "look1"):
        (row,) = plan(db, one({"heygen_avatar_id": held})).rows
        assert row.verdict == "new"
        assert row.remark.startswith("The location Mila Hart - Place 0 has the same avatar id")
        assert plan(db, one({"heygen_avatar_id": held}), reset=True).rows[0].remark == ""
    assert plan(db, ids("a1")).rows[0].remark == ""
