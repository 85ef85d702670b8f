"""An import never takes an avatar away: a saved id goes only when a person confirmed its row."""

import pytest

from core.bloggers.exchange.applying import apply_import
from core.bloggers.exchange.export import export_json
from core.database.engine import Database
from core.database.tables.bloggers import NO_AVATAR
from tests.bloggers.exchange.support import load, one, place, plan, verdicts
from tests.databases import dump
from tests.fresh import set_location


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
    result = apply_import(db, shown, confirmed=frozenset({1}), actor="Ann")
    assert verdicts(result) == ["refused"]
    assert place(db).heygen_avatar_id == "freshly-paid"


def test_an_avatar_made_after_the_plan_is_kept(db: Database):
    """The verdicts are made again inside the writing transaction."""
    load(db, one())
    shown = plan(db, one({"heygen_avatar_id": "from-file"}))
    assert verdicts(shown) == ["changed"]
    set_location(db, place(db).id or 0, heygen_avatar_id="freshly-paid", heygen_group_id="g")
    assert verdicts(apply_import(db, shown, actor="Ann")) == ["refused"]
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
