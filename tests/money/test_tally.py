"""The days' sums: always those of the lines, and asked in place of them."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from core.config import Settings
from core.database.engine import Database, migrate, open_database
from core.money import ledger
from core.reports import ledger as spending
from core.reports import overview, trends
from core.reports.ledger import EntryFilter
from tests.books import CREDIT, Books, moment
from tests.databases import insert, plain, plans, statements

ALL = EntryFilter()
MONTH = EntryFilter(since=moment("2025-11-01"), until=moment("2025-12-01"))


@pytest.fixture
def books(db: Database) -> Books:
    """Avatars and videos of three bloggers over two months, one line of no location."""
    books = Books(db)
    books.entry("adjust", 90 * CREDIT, "2025-10-01")
    for n, blogger in enumerate(("Mila Hart", "Kai Sol", "Ada Low")):
        place = books.location(blogger=blogger)
        for day in ("2025-10-31T23:59:59", "2025-11-01", "2025-11-30T12:00:00"):
            for kind, motion in (("avatar", "veo2"), ("avatar", "kling"), ("video", "")):
                actor = f"person {n}"
                run = books.run(place, day, kind=kind, motion_type=motion, actor=actor)
                of_run = {"run_id": run, "location_id": place, "actor": actor}
                books.entry("hold", -2 * CREDIT, day, **of_run)
                books.entry("capture", -CREDIT - n, day, **of_run)
                books.entry("release", CREDIT - n, day, **of_run)
                books.entry("overrun", -7, day, **of_run)
    return books


@pytest.mark.parametrize("split", spending.SPLITS)
@pytest.mark.parametrize("where", [ALL, MONTH], ids=["all", "month"])
def test_sums_of_days_are_the_sums_of_the_lines(books: Books, split: str, where: EntryFilter) -> None:
    """Asked of the days and asked of the lines, every split says the same, and the same in all."""
    short = spending.by(books.db, where, split)
    # A filter for everybody who is there asks the lines.
    people = {
        one: spending.by(books.db, replace(where, actor=one), split) for one in spending.people(books.db)
    }
    long: dict[str, int] = {}
    for found in people.values():
        for key, spent in zip(found["key"], found["spent"], strict=True):
            long[key] = long.get(key, 0) + int(spent)
    assert dict(zip(short["key"], short["spent"], strict=True)) == long
    assert sum(long.values()) == spending.spent(books.db, where) > 0
    assert spending.count_split(books.db, where, split) == len(long)


def test_figures_of_the_ledger_are_the_sums_of_its_lines(books: Books) -> None:
    """The three figures, counts and days agree with the lines themselves."""
    with books.db.read() as session:
        sums = dict(session.execute(text("SELECT kind, sum(micro_credits) FROM entry GROUP BY kind")).all())
        lines = session.execute(text("SELECT count(*) FROM entry")).scalar()
        figures = ledger.balances(session)
    assert figures.spent == -sums["capture"] - sums["overrun"]
    assert figures.held == -sums["hold"] - sums["release"] + sums["capture"]
    assert figures.available == sums["adjust"] + sums["hold"] + sums["release"] + sums["overrun"]
    assert spending.count_entries(books.db, ALL) == lines
    assert spending.count_entries(books.db, replace(MONTH, kinds=("overrun",))) == 18
    assert sum(spending.by_time(books.db, MONTH)["spent"]) == spending.spent(books.db, MONTH)


def test_lines_of_an_older_version_are_summed_up_when_it_is_opened(tmp_path: Path) -> None:
    """A database from before the sums comes to the same figures as one that always had them."""
    old = Database(tmp_path / "studio.db")
    migrate(old, "0004")
    rows = plain(old.path)
    tables = {
        table: [row[1] for row in rows.execute(f"PRAGMA table_info({table})")]
        for table in ("blogger", "location", "run", "operation", "entry")
    }
    for table, values in (
        ("blogger", {}),
        ("location", {"blogger_id": 1}),
        ("run", {"location_id": 1, "kind": "avatar", "motion_type": "kling"}),
        ("operation", {"run_id": 1, "location_id": 1, "kind": "add_motion"}),
        ("entry", {"kind": "adjust", "micro_credits": 5 * CREDIT}),
        ("entry", {"kind": "hold", "micro_credits": -CREDIT, "run_id": 1, "location_id": 1}),
        ("entry", {"kind": "capture", "micro_credits": -CREDIT, "run_id": 1, "location_id": 1}),
    ):
        insert(rows, table, only=tables[table], **values)
    rows.close()
    old.close()
    db = open_database(Settings(data_dir=tmp_path))
    with db.read() as session:
        assert ledger.balances(session) == ledger.Balances(available=4 * CREDIT, held=0, spent=CREDIT)
    for split, key in (("engine", "kling"), ("blogger", "1"), ("operation", "add_motion"), ("location", "1")):
        assert list(spending.by(db, ALL, split)["key"]) == [key]
    assert spending.count_entries(db, ALL) == 3
    db.close()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE entry SET micro_credits = 0",
        "DELETE FROM entry",
        "INSERT OR REPLACE INTO entry SELECT * FROM entry LIMIT 1",
    ],
)
def test_a_line_is_never_changed(books: Books, change: str) -> None:
    """The database itself refuses to change a line of the ledger, or to take it away."""
    with pytest.raises(IntegrityError, match="never changed"), books.db.write() as session:
        session.execute(text(change))


def test_a_line_that_is_rolled_back_counts_nowhere(books: Books) -> None:
    """Sums are kept in the line's own transaction."""
    before = spending.count_entries(books.db, ALL)
    with books.db.write() as session:
        ledger.adjust(session, micro=CREDIT, actor="tester", note="")
        session.rollback()
    assert spending.count_entries(books.db, ALL) == before


def test_a_month_is_asked_without_reading_the_whole_ledger(books: Books) -> None:
    """EXPLAIN QUERY PLAN: what pages ask for a month searches by indexes and never scans the lines."""
    with statements(books.db) as asked:
        overview.overview(books.db)
        trends.load(books.db)
        spending.spent(books.db, MONTH)
        spending.by_time(books.db, MONTH)
        for split in spending.SPLITS:
            spending.by(books.db, MONTH, split, limit=12)
            spending.by(books.db, replace(MONTH, actor="person 1"), split, limit=12)
            spending.count_split(books.db, MONTH, split)
        spending.count_entries(books.db, MONTH)
        spending.entries(books.db, ALL, limit=25)
        spending.open_holds(books.db)
        spending.people(books.db)
        spending.bloggers(books.db)
    found = "\n".join(plans(books.db, asked))
    assert "SEARCH tally" in found
    assert "SEARCH entry USING" in found
    # The newest lines are read backwards from the end, as far as the page goes.
    assert re.findall(r"SCAN (?:entry|tally)\b.*", found) == ["SCAN entry"], found
