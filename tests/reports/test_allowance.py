"""How much of the plan is used: months are those of UTC."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from core import clock
from core.database.engine import Database
from core.database.tables.money import Reading
from core.reports import allowance
from core.reports.allowance import AllowanceUsed
from tests.books import Books, moment


@pytest.fixture
def books(db: Database) -> Iterator[Books]:
    clock.shift((datetime(2025, 11, 22, 12, tzinfo=UTC) - datetime.now(UTC)).total_seconds())
    yield Books(db)
    clock.shift(0)


def call(books: Books, day: str, kind: str = "add_motion", state: str = "confirmed") -> None:
    place = books.location(f"{kind} {state} {day}", blogger=f"{kind} {state} {day}")
    books.call(books.run(place, day), place, kind, state=state, sent_at=moment(day), settled_at=moment(day))


def test_an_untouched_plan_is_not_used(books: Books) -> None:
    """Three times nothing."""
    assert allowance.load(books.db) == AllowanceUsed(groups=0, video_seconds=0, motions=0)


def test_motions_are_those_that_heygen_accepted_this_month(books: Books) -> None:
    """Not a refused one, not another call, not the last second of October."""
    for day, kind, state in (
        ("2025-11-01", "add_motion", "confirmed"),
        ("2025-11-22", "add_motion", "confirmed"),
        ("2025-11-21", "add_motion", "refused"),
        ("2025-11-20", "generate_video", "confirmed"),
        ("2025-10-31T23:59:59", "add_motion", "confirmed"),
    ):
        call(books, day, kind, state)
    assert allowance.load(books.db).motions == 2


def test_groups_are_heygens_count_and_what_came_since(books: Books) -> None:
    """The last reading says 2; one more was made after it."""
    with books.db.write() as session:
        session.add(Reading(micro_credits=0, groups=2, read_at=moment("2025-11-20")))
    call(books, "2025-11-19", "create_group")
    call(books, "2025-11-21", "create_group")
    assert allowance.load(books.db).groups == 3


def test_video_is_measured_by_what_was_rendered_this_month(books: Books) -> None:
    """The sum is rounded up once; last month's is past, what is not rendered yet is nothing."""
    for day, rendered in (
        ("2025-11-02", True),
        ("2025-11-03", True),
        ("2025-10-31", True),
        ("2025-11-04", False),
    ):
        place = books.location(f"Place {day}", blogger=f"Blogger {day}")
        if rendered:
            books.video(place, day, duration_ms=20_400, rendered_at=moment(day))
        else:
            books.video(place, day)
    assert allowance.load(books.db).video_seconds == 41
