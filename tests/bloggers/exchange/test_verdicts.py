"""Every row of a file gets its verdict; what is refused says why."""

import json

import pytest

from core.bloggers.archive import archive_blogger, archive_location, restore_location
from core.bloggers.exchange.export import export_csv, export_json
from core.database.engine import Database
from core.database.tables.bloggers import NO_AVATAR
from core.database.tables.runs import LIVE_STATES
from tests.bloggers.exchange.support import BRIEF, PHOTO, load, one, place, plan, verdicts
from tests.databases import dump
from tests.fresh import add_run, set_location
from tests.people import somebody


def test_every_row_gets_its_verdict_and_reason(db: Database):
    """Bad names, bad links, bad ids and doubles are refused one by one; the good rows are written."""
    rows = [
        {"name": "Studio", "image_url": PHOTO},
        {"name": "studio", "image_url": PHOTO},
        {"name": "", "image_url": PHOTO},
        {"name": "Bad\u202ename"},
        {"name": "Link", "image_url": "ftp://a/b"},
        {"name": "Password", "image_url": "https://u:geheim@photos.example/"},
        {"name": "Number", "image_url": 5},
        {"name": "Id", "heygen_avatar_id": "../v1/x"},
        {"name": "Id number", "heygen_avatar_id": 12},
        {"image_url": PHOTO},
        {"name": "Cafe", "image_url": None, "heygen_avatar_id": None},
    ]
    result = load(db, [{"name": "Mila", "settings": {"locations": rows}}])
    assert verdicts(result) == ["new", *["refused"] * 9, "new"]
    assert result.counts == {"new": 2, "changed": 0, "same": 0, "kept": 0, "refused": 9}
    assert [row.number for row in result.rows] == list(range(1, 12))
    remarks = [row.remark for row in result.rows]
    wanted = [
        "",
        "Row 1",
        "is missing",
        "U+202E",
        "whole link",
        "password",
        "not text",
        "not an id",
        "not text",
    ]
    assert all(text in remark for text, remark in zip(wanted, remarks, strict=False))
    assert not any("geheim" in remark for remark in remarks)
    assert len(json.loads(export_json(db))[0]["settings"]["locations"]) == 2


def test_a_blogger_whose_rows_are_all_refused_is_not_made(db: Database):
    """No empty blogger is left behind, and the refused rows show what stood in the file."""
    result = load(db, [*one({"image_url": "nonsense"}), {"name": 7}])
    assert [(row.blogger, row.location, row.verdict) for row in result.rows] == [
        ("Mila Hart", "Studio", "refused"),
        ("7", None, "refused"),
    ]
    assert export_json(db) == "[]\n"


def test_planning_writes_nothing(db: Database):
    """A plan is a reading."""
    before = dump(db.path)
    assert verdicts(plan(db, BRIEF)) == ["new", "new"]
    assert dump(db.path) == before


def test_what_is_archived_is_refused_and_not_exported(db: Database):
    """An import neither wakes an archived entry nor makes a second one of its name."""
    load(db, BRIEF)
    studio = place(db)
    archive_location(db, location_id=studio.id or 0, actor=somebody())
    result = load(db, BRIEF)
    assert verdicts(result) == ["refused", "same"]
    assert "Restore it" in result.rows[0].remark
    assert [x["name"] for x in json.loads(export_json(db))[0]["settings"]["locations"]] == ["Cafe"]
    assert "Studio" not in export_csv(db)
    restore_location(db, location_id=studio.id or 0, actor=somebody())
    archive_blogger(db, blogger_id=studio.blogger_id, actor=somebody())
    assert verdicts(load(db, BRIEF)) == ["refused", "refused"]
    assert export_json(db) == "[]\n"


def test_a_photo_changes_only_while_there_is_no_avatar(db: Database):
    """The avatar shows the old photo, so the row keeps showing it; other fields of such a row stay too."""
    load(db, one())
    assert verdicts(load(db, one({"image_url": "https://b.example/"}))) == ["changed"]
    for held in ({"heygen_group_id": "g"}, {"heygen_group_id": None, "heygen_avatar_id": "a"}):
        set_location(db, place(db).id or 0, **held)
        result = load(db, one({"image_url": "https://c.example/", "note": "x"}))
        assert verdicts(result) == ["refused"]
        assert "photo cannot change" in result.rows[0].remark
    assert (place(db).image_url, place(db).extra) == ("https://b.example/", {})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"image_url": "https://b.example/"}, "The photo changes."),
        ({"heygen_avatar_id": "a1b2"}, "The avatar id changes."),
        ({"заметка": 1, "note": "x"}, "Other fields change: заметка, note."),
        (
            {"image_url": "https://b.example/", "heygen_avatar_id": "a1b2", "note": "x"},
            "The photo, the avatar id and other fields change: note.",
        ),
    ],
)
def test_what_changes_is_said(db: Database, change: dict[str, object], said: str):
    """Before Apply a person reads what the row would do, not only that it does something."""
    load(db, one())
    result = load(db, one(change))
    assert (verdicts(result), result.rows[0].remark) == (["changed"], said)


@pytest.mark.parametrize("url", ["", None, " "])
def test_a_file_without_a_photo_leaves_the_saved_one(db: Database, url: str | None):
    """An older export does not take away a photo that was added since."""
    load(db, one())
    result = load(db, one({"image_url": url}))
    assert (verdicts(result), result.rows[0].remark) == (["kept"], "The saved photo stays.")
    assert place(db).image_url == PHOTO


@pytest.mark.parametrize("state", LIVE_STATES)
def test_a_running_run_keeps_its_location_as_it_is(db: Database, state: str):
    """No other photo and no id from a file while an avatar may be in the making; other fields may change."""
    load(db, one())
    add_run(db, place(db).id or 0, state)
    for change in ({"image_url": "https://b.example/"}, {"heygen_avatar_id": "a1"}):
        result = load(db, one(change))
        assert verdicts(result) == ["refused"]
        assert "run" in result.rows[0].remark
    assert verdicts(load(db, one({"note": "x"}))) == ["changed"]
    found = place(db)
    assert (found.image_url, found.heygen_avatar_id, found.extra) == (PHOTO, NO_AVATAR, {"note": "x"})
