"""The brief's shape comes in and goes out unchanged, unknown keys included."""

import json
from typing import Any

import pytest

from core.bloggers.exchange.export import export_json
from core.database.engine import Database
from tests.bloggers.exchange.support import BRIEF, load, one, place, verdicts


def test_the_briefs_shape_comes_in_and_goes_out(db: Database):
    """What was imported is exported word for word."""
    assert verdicts(load(db, BRIEF)) == ["new", "new"]
    assert json.loads(export_json(db)) == BRIEF
    assert json.dumps(json.loads(export_json(db))) == json.dumps(BRIEF)


def test_an_id_from_a_file_counts_as_made_but_not_as_moving(db: Database):
    """Only HeyGen could tell whether an imported avatar has motion; "00000" means that nothing is made."""
    load(db, BRIEF)
    cafe, studio = place(db, "Cafe"), place(db)
    assert (cafe.avatar_status, cafe.motion_status, cafe.motion_type) == ("completed", "none", None)
    assert cafe.status_at is not None
    assert (studio.heygen_avatar_id, studio.avatar_status, studio.motion_status) == ("00000", "none", "none")


def test_unknown_keys_survive_at_all_three_levels(db: Database):
    """Deep values, their types and the order of keys included, also over a second import."""
    extra = {
        "z": 1,
        "a": [1.5, None, {"ü": ["👩‍💻", True, 10**30]}],
        "1": "",
        "deep": {"y": {"b": 1, "a": 2}},
    }
    file = [
        {
            "name": "Mila Hart",
            "settings": {"locations": [one()[0]["settings"]["locations"][0] | extra], **extra},
            **extra,
        }
    ]
    load(db, file)
    assert load(db, file).counts["same"] == 1
    found = json.loads(export_json(db))[0]
    for level in (found, found["settings"], found["settings"]["locations"][0]):
        kept = {key: value for key, value in level.items() if key in extra}
        assert json.dumps(kept) == json.dumps(extra)


@pytest.mark.parametrize("change", [{"k": True}, {"k": 1.0}, {"k": "1"}, {"k": [1]}, {"n": None}])
@pytest.mark.parametrize("level", ["blogger", "settings", "location"])
def test_a_changed_unknown_key_is_a_change(db: Database, change: dict[str, Any], level: str):
    """1, 1.0 and true differ; keys that the file no longer names stay; the change shows at one row."""

    def file(extra: dict[str, Any]) -> list[dict[str, Any]]:
        found = one(extra if level == "location" else None, **(extra if level == "blogger" else {}))
        found[0]["settings"] |= extra if level == "settings" else {}
        found[0]["settings"]["locations"].append({"name": "Cafe"})
        return found

    load(db, file({"k": 1, "old": "x"}))
    assert verdicts(load(db, file(change))) == ["changed", "same"]
    assert verdicts(load(db, file(change))) == ["same", "same"]
    found = json.loads(export_json(db))[0]
    spot = {"blogger": found, "settings": found["settings"], "location": found["settings"]["locations"][0]}
    wanted = {"k": 1, "old": "x"} | change
    assert json.dumps({k: v for k, v in spot[level].items() if k in wanted}) == json.dumps(wanted)


def test_one_blogger_in_two_entries_is_one_blogger(db: Database):
    """Entries add up; a second import of the same file settles."""
    file = [
        {"name": "Mila Hart", "a": 1, "settings": {"locations": [{"name": "Studio"}]}},
        {"name": "mila  hart", "a": 2, "settings": {"locations": [{"name": "Cafe"}]}},
    ]
    assert verdicts(load(db, file)) == ["new", "new"]
    assert verdicts(load(db, file)) == ["same", "same"]
    found = json.loads(export_json(db))
    assert [(b["name"], b["a"], len(b["settings"]["locations"])) for b in found] == [("Mila Hart", 2, 2)]


def test_bloggers_without_locations_come_too(db: Database):
    """Missing and null settings or locations mean none; the export has the full shape."""
    file = [{"name": "A"}, {"name": "B", "settings": None}, {"name": "C", "settings": {"locations": None}}]
    assert verdicts(load(db, file)) == ["new"] * 3
    assert verdicts(load(db, file)) == ["same"] * 3
    assert json.loads(export_json(db))[1] == {"name": "B", "settings": {"locations": []}}
