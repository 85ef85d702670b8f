"""Who holds the avatar groups of the plan."""

import pytest

from core import clock
from core.account import slots
from core.database.engine import Database
from core.database.tables.bloggers import Location, PastAvatar
from tests.fresh import blogger, location


@pytest.fixture
def db(db: Database) -> Database:
    """Three locations of one blogger; none has a group."""
    owner = blogger(db)
    for name in ("Studio", "Cafe", "Park"):
        location(db, owner, name)
    return db


def held(db: Database) -> list[tuple[str, str]]:
    return [(row.location, row.group_id) for row in slots.holders(db).itertuples()]


def test_a_location_without_a_group_holds_none(db: Database) -> None:
    """Nothing is listed before the first group."""
    assert held(db) == []


def test_a_group_counts_until_it_is_deleted_also_that_of_a_past_avatar(db: Database) -> None:
    """The present group and a past one of the same location are two; a deleted one is none."""
    with db.write() as session:
        cafe = session.get_one(Location, 2)
        cafe.heygen_group_id = "now"
        session.add(cafe)
        session.add(PastAvatar(location_id=2, reason="photo", heygen_group_id="before", actor="tester"))
        session.add(
            PastAvatar(
                location_id=1, reason="slot", heygen_group_id="gone", actor="tester", deleted_at=clock.now()
            )
        )
    assert held(db) == [("Cafe", "before"), ("Cafe", "now")]
