"""Many locations at once into the archive and back: each judged by itself, all in one transaction."""

from core.bloggers.archive import (
    archive_blogger,
    archive_locations,
    archived_bloggers,
    restore_blogger,
    restore_locations,
)
from core.bloggers.editing import get_location
from core.database.engine import Database
from core.reports.locations import LocationFilter, count_locations
from tests.people import somebody
from tests.world import World

ACTOR = somebody()


def listed(db: Database) -> int:
    return count_locations(db, LocationFilter())


def test_what_can_be_archived_is_and_what_cannot_is_named(world: World) -> None:
    """A location with a run that is not over stays, with its name and a reason; the others go."""
    busy, free, other = world.location("Studio"), world.location("Cafe"), world.location("Park")
    world.confirm(busy)
    moved = archive_locations(world.studio.db, location_ids=[busy, free], actor=ACTOR)
    assert moved.ids == (free,)
    assert [(one.location_id, one.blogger, one.location) for one in moved.stayed] == [
        (busy, "Mila Hart", "Studio")
    ]
    assert "run is not over" in moved.stayed[0].reason.user_message
    assert world.place(free).archived_at is not None
    assert world.place(busy).archived_at is None
    assert world.place(other).archived_at is None


def test_archiving_and_restoring_twice_is_harmless(world: World) -> None:
    """The second time finds nothing to do, and unknown ids are passed over."""
    db, one = world.studio.db, world.location()
    assert archive_locations(db, location_ids=[one, 999], actor=ACTOR).ids == (one,)
    at = world.place(one).archived_at
    assert archive_locations(db, location_ids=[one], actor=ACTOR).ids == ()
    assert world.place(one).archived_at == at
    assert restore_locations(db, location_ids=[one], actor=ACTOR).ids == (one,)
    assert restore_locations(db, location_ids=[one], actor=ACTOR).ids == ()
    assert listed(db) == 1


def test_a_location_of_an_archived_blogger_waits_for_its_blogger(world: World) -> None:
    """It stays in the archive with the reason; with its blogger it comes back."""
    db, one = world.studio.db, world.location()
    owner = get_location(db, location_id=one).blogger_id
    archive_blogger(db, blogger_id=owner, actor=ACTOR)
    moved = restore_locations(db, location_ids=[one], actor=ACTOR)
    assert moved.ids == ()
    assert "Restore the blogger first" in moved.stayed[0].reason.user_message
    found = archived_bloggers(db, limit=10)
    assert found.to_dict("records") == [{"id": owner, "name": "Mila Hart", "locations": 1}]
    restore_blogger(db, blogger_id=owner, actor=ACTOR)
    assert listed(db) == 1
    assert len(archived_bloggers(db, limit=10)) == 0


def test_more_than_one_statement_can_hold_are_moved_together(world: World) -> None:
    """Twelve thousand ids are no problem for SQLite's limit of values."""
    ids = [world.location(str(n)) for n in range(3)]
    moved = archive_locations(world.studio.db, location_ids=[*ids, *range(1000, 13_000)], actor=ACTOR)
    assert sorted(moved.ids) == sorted(ids)
