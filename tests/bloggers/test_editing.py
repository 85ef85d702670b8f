"""Nothing is put away or exchanged under a running run, and no name is given twice."""

import pytest

from core.bloggers.archive import archive_blogger, archive_location, restore_blogger, restore_location
from core.bloggers.editing import (
    add_blogger,
    add_location,
    edit_location,
    get_blogger,
    get_location,
    rename_blogger,
)
from core.database.engine import Database
from core.database.tables.bloggers import NO_AVATAR
from core.database.tables.runs import ENDED_STATES, LIVE_STATES
from core.errors import BadInput, NotFound, Refusal
from tests.fresh import add_run, blogger, location, set_location
from tests.people import somebody

# The photo of an avatar


def test_a_photo_may_be_changed_while_heygen_holds_nothing(db: Database):
    """Name and photo change together or alone; what is not given stays."""
    place = location(db, blogger(db))
    assert (
        edit_location(db, location_id=place, image_url="https://b.example/", actor=somebody()).name
        == "Studio"
    )
    changed = edit_location(db, location_id=place, name="Cafe", actor=somebody())
    assert (changed.name, changed.image_url) == ("Cafe", "https://b.example/")
    assert changed.updated_at > changed.created_at
    assert edit_location(db, location_id=place, image_url="", actor=somebody()).image_url == ""


@pytest.mark.parametrize("held", [{"heygen_group_id": "g"}, {"heygen_avatar_id": "a"}])
def test_the_photo_of_an_avatar_cannot_be_changed(db: Database, held: dict[str, str]):
    """A group or an avatar shows the old photo, so the row must go on showing it too; names may change."""
    place = location(db, blogger(db))
    set_location(db, place, **held)
    with pytest.raises(Refusal, match="already has an avatar"):
        edit_location(db, location_id=place, name="Cafe", image_url="https://b.example/", actor=somebody())
    assert get_location(db, location_id=place).name == "Studio"
    same = edit_location(
        db, location_id=place, name="Cafe", image_url="https://photos.example/a", actor=somebody()
    )
    assert same.name == "Cafe"


@pytest.mark.parametrize("state", LIVE_STATES)
def test_the_photo_of_a_running_run_cannot_be_changed(db: Database, state: str):
    """The run may be making an avatar of it this moment."""
    place = location(db, blogger(db))
    add_run(db, place, state)
    with pytest.raises(Refusal, match="run is not over"):
        edit_location(db, location_id=place, image_url="https://b.example/", actor=somebody())
    assert get_location(db, location_id=place).image_url == "https://photos.example/a"


# The archive


@pytest.mark.parametrize("state", LIVE_STATES)
@pytest.mark.parametrize("kind", ["avatar", "video"])
def test_nothing_is_archived_under_a_live_run(db: Database, state: str, kind: str):
    """Neither the location nor its blogger; the sentence names the location."""
    owner = blogger(db)
    location(db, owner, "Quiet")
    busy = location(db, owner, "Busy")
    add_run(db, busy, state, kind=kind)
    with pytest.raises(Refusal, match="Busy cannot be archived"):
        archive_location(db, location_id=busy, actor=somebody())
    with pytest.raises(Refusal, match="a run of Busy is not over"):
        archive_blogger(db, blogger_id=owner, actor=somebody())
    assert get_location(db, location_id=busy).archived_at is None
    assert get_blogger(db, blogger_id=owner).archived_at is None


def test_runs_that_are_over_and_runs_of_others_do_not_hinder(db: Database):
    """Done, failed and cancelled runs, and live ones elsewhere, let a blogger be archived."""
    owner, other = blogger(db), blogger(db, "Other")
    place = location(db, owner)
    for state in ENDED_STATES:
        add_run(db, place, state)
    add_run(db, location(db, other), "running")
    assert archive_location(db, location_id=place, actor=somebody()).archived_at is not None
    assert archive_blogger(db, blogger_id=owner, actor=somebody()).archived_at is not None


def test_a_blogger_goes_and_comes_back_with_its_locations(db: Database):
    """What was archived before stays archived; ids, photos and avatars are as they were."""
    owner = blogger(db)
    early, late = location(db, owner, "Early"), location(db, owner, "Late")
    set_location(db, late, heygen_avatar_id="a1", heygen_group_id="g1")
    archive_location(db, location_id=early, actor=somebody())
    archive_blogger(db, blogger_id=owner, actor=somebody())
    archive_blogger(db, blogger_id=owner, actor=somebody())
    assert get_location(db, location_id=late).archived_at is not None
    with pytest.raises(Refusal, match="Restore the blogger first"):
        restore_location(db, location_id=late, actor=somebody())
    with pytest.raises(Refusal, match="Restore the blogger first"):
        add_location(db, blogger_id=owner, name="New", actor=somebody())
    assert restore_blogger(db, blogger_id=owner, actor=somebody()).archived_at is None
    back = get_location(db, location_id=late)
    assert (back.archived_at, back.heygen_avatar_id, back.heygen_group_id) == (None, "a1", "g1")
    assert get_location(db, location_id=early).archived_at is not None
    assert restore_location(db, location_id=early, actor=somebody()).archived_at is None


def test_a_name_in_the_archive_is_still_taken(db: Database):
    """The sentence says to restore it, so that a second entry does not hide the first one's avatar."""
    owner = blogger(db)
    place = location(db, owner)
    archive_location(db, location_id=place, actor=somebody())
    with pytest.raises(BadInput, match="in the archive"):
        add_location(db, blogger_id=owner, name="STUDIO", actor=somebody())
    archive_blogger(db, blogger_id=owner, actor=somebody())
    with pytest.raises(BadInput, match="in the archive"):
        add_blogger(db, name="mila hart", actor=somebody())


# Who and what


@pytest.mark.parametrize("number", [0, -1, 99, 2**63, 10**40])
def test_unknown_numbers_are_told(db: Database, number: int):
    """Every function says that there is no such thing, also for numbers that SQLite cannot hold."""
    for act in (
        lambda: get_blogger(db, blogger_id=number),
        lambda: rename_blogger(db, blogger_id=number, name="x", actor=somebody()),
        lambda: archive_blogger(db, blogger_id=number, actor=somebody()),
        lambda: restore_blogger(db, blogger_id=number, actor=somebody()),
        lambda: add_location(db, blogger_id=number, name="x", actor=somebody()),
        lambda: get_location(db, location_id=number),
        lambda: edit_location(db, location_id=number, name="x", actor=somebody()),
        lambda: archive_location(db, location_id=number, actor=somebody()),
        lambda: restore_location(db, location_id=number, actor=somebody()),
    ):
        with pytest.raises(NotFound, match=str(number)):
            act()


def test_a_new_location_waits_for_its_avatar(db: Database):
    """ "00000", no group, nothing spent."""
    place = get_location(db, location_id=location(db, blogger(db)))
    assert (place.heygen_avatar_id, place.heygen_group_id, place.avatar_status) == (NO_AVATAR, None, "none")


def test_every_change_names_its_member(db: Database, caplog: pytest.LogCaptureFixture):
    """The log says who did it."""
    with caplog.at_level("INFO", logger="studio.bloggers"):
        owner = blogger(db)
        archive_location(db, location_id=location(db, owner), actor=somebody("Ben"))
    assert [record.getMessage().split()[0] for record in caplog.records] == ["Ann", "Ann", "Ben"]
