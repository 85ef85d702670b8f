"""How long the credits last at the pace of the last seven days."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from core import clock
from core.database.engine import Database
from core.reports.forecast import DAYS, FAR, forecast
from tests.books import CREDIT, Books


@pytest.fixture
def books(db: Database) -> Iterator[Books]:
    yield Books(db)
    clock.shift(0)


def ago(days: int) -> str:
    return (clock.now() - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S")


def spend(books: Books, micro: int, day: str) -> None:
    """In a run of its own, held and taken."""
    place = books.location(f"Place {day} {micro}", blogger=f"Blogger {day} {micro}")
    run = books.run(place, day)
    for kind in ("hold", "capture"):
        books.entry(kind, -micro, day, run_id=run, location_id=place)


def test_an_empty_ledger_has_nothing_and_no_pace(books: Books) -> None:
    """No division by nothing."""
    found = forecast(books.db)
    assert (found.available, found.spent, found.days, found.lasts_until) == (0, 0, None, None)


def test_without_spending_there_is_no_date(books: Books) -> None:
    """Money came in and stays."""
    books.entry("adjust", 10 * CREDIT, ago(3))
    found = forecast(books.db)
    assert (found.available, found.per_day, found.days, found.lasts_until) == (10 * CREDIT, 0, None, None)


def test_the_pace_is_a_seventh_of_what_seven_days_took(books: Books) -> None:
    """14 credits in a week are 2 a day, so that 21 last ten whole days."""
    books.entry("adjust", 35 * CREDIT, ago(20))
    spend(books, 4 * CREDIT, ago(DAYS - 1))
    spend(books, 10 * CREDIT, ago(0))
    found = forecast(books.db)
    assert (found.spent, found.per_day, found.days) == (14 * CREDIT, 2 * CREDIT, 10)
    assert found.lasts_until == clock.now().date() + timedelta(days=10)


def test_what_is_older_than_a_week_sets_no_pace(books: Books) -> None:
    """The eighth day back no longer counts, though the money is gone."""
    books.entry("adjust", 10 * CREDIT, ago(20))
    spend(books, 9 * CREDIT, ago(DAYS))
    found = forecast(books.db)
    assert (found.available, found.spent, found.days) == (CREDIT, 0, None)


def test_an_overrun_is_part_of_the_pace(books: Books) -> None:
    """What HeyGen took beyond a hold is gone all the same."""
    books.entry("adjust", 21 * CREDIT, ago(20))
    books.entry("overrun", -7 * CREDIT, ago(1))
    assert (forecast(books.db).spent, forecast(books.db).days) == (7 * CREDIT, 14)


def test_what_is_held_is_not_available(books: Books) -> None:
    """Only what a new quote may spend is divided by the pace."""
    books.entry("adjust", 21 * CREDIT, ago(20))
    spend(books, 7 * CREDIT, ago(1))
    books.entry("hold", -4 * CREDIT, ago(0))
    assert forecast(books.db).days == 10


@pytest.mark.parametrize(("left", "days"), [(0, 0), (-1, 0)])
def test_used_up_credits_last_no_day(books: Books, left: int, days: int) -> None:
    """Nothing or less than nothing: no date, no negative days."""
    books.entry("adjust", 7 * CREDIT + left, ago(20))
    spend(books, 7 * CREDIT, ago(1))
    found = forecast(books.db)
    assert (found.available, found.days, found.lasts_until) == (left, days, None)


def test_less_than_a_days_worth_lasts_until_today(books: Books) -> None:
    """The first day is not rounded up."""
    books.entry("adjust", 8 * CREDIT - 1, ago(20))
    spend(books, 7 * CREDIT, ago(1))
    found = forecast(books.db)
    assert (found.days, found.lasts_until) == (0, clock.now().date())


def test_a_date_too_far_off_is_none(books: Books) -> None:
    """A micro-credit a week would last until the year 20 million."""
    books.entry("adjust", FAR + 2, ago(20))
    spend(books, 1, ago(1))
    found = forecast(books.db)
    assert found.days == (FAR + 1) * DAYS
    assert found.lasts_until is None
