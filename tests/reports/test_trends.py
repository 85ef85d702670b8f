"""The history behind the overview's figures: a value a day, from the ledger and HeyGen's readings."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from core import clock
from core.database.engine import Database
from core.database.tables.money import Reading
from core.money import ledger
from core.reports import trends

CREDIT = 1_000_000


@pytest.fixture
def db(db: Database) -> Iterator[Database]:
    yield db
    clock.shift(0)


def on_day(day: int) -> None:
    clock.shift(timedelta(days=day).total_seconds())


def book(db: Database, credits: int) -> None:
    with db.write() as session:
        ledger.adjust(session, micro=credits * CREDIT, actor="tester", note="")


def read(db: Database, groups: int) -> None:
    with db.write() as session:
        session.add(Reading(micro_credits=0, groups=groups, read_at=clock.now()))


def test_an_empty_ledger_has_no_history(db: Database) -> None:
    """Nothing is drawn where nothing happened."""
    assert trends.load(db) == trends.Trends(None, None, None, None)


def test_one_day_is_no_history(db: Database) -> None:
    """Several entries of the same day make no line."""
    book(db, 10)
    book(db, -1)
    read(db, 1)
    read(db, 2)
    assert trends.load(db) == trends.Trends(None, None, None, None)


def test_a_day_without_entries_keeps_the_balance_and_spends_nothing(db: Database) -> None:
    """Every day up to today has a value: a level stays, a flow is zero."""
    book(db, 10)
    on_day(3)
    book(db, -4)
    on_day(4)
    found = trends.load(db)
    assert found.available == [10 * CREDIT, 10 * CREDIT, 10 * CREDIT, 6 * CREDIT, 6 * CREDIT]
    assert found.spent == [0, 0, 0, 0, 0]
    assert found.held == [0, 0, 0, 0, 0]


def test_only_the_last_days_are_shown_with_what_stood_before(db: Database) -> None:
    """A level that was reached before the span is where the span begins."""
    book(db, 10)
    on_day(40)
    book(db, 5)
    found = trends.load(db, days=3)
    assert found.available == [10 * CREDIT, 10 * CREDIT, 15 * CREDIT]


def test_groups_are_those_of_the_last_reading_of_each_day(db: Database) -> None:
    """HeyGen is read often; the day has one figure."""
    read(db, 1)
    read(db, 2)
    on_day(2)
    read(db, 3)
    assert trends.load(db).groups == [2, 2, 3]
