"""What the pages say of the ledger: its sums agree with the ledger's own to the last micro-credit."""

from dataclasses import replace
from datetime import date

import pytest

from core.database.engine import Database
from core.money import ledger
from core.reports import ledger as spending
from core.reports.ledger import EntryFilter
from tests.books import CREDIT, Books, moment

ALL = EntryFilter()


@pytest.fixture
def books(db: Database) -> Books:
    """Two bloggers; two runs that spent, one with an overrun, one that gave back, one that still holds."""
    books = Books(db)
    mila, kai = books.location(), books.location("Beach", blogger="Kai Sol")
    books.entry("adjust", 20 * CREDIT, "2025-09-01", actor="HeyGen's balance", note="Opening balance")
    for place, day, end, extra in (
        (mila, "2025-10-31T23:59:59", "capture", 0),
        (mila, "2025-11-01", "capture", 200_001),
        (kai, "2025-11-01T12:00:00", "release", 0),
    ):
        run = books.run(place, day)
        books.entry("hold", -CREDIT, day, run_id=run, location_id=place)
        sign = 1 if end == "release" else -1
        books.entry(end, sign * CREDIT, day, run_id=run, location_id=place)
        if extra:
            books.entry("overrun", -extra, day, run_id=run, location_id=place)
    live = books.run(kai, "2025-11-02", state="running", step="group", ended_at=None)
    books.entry("hold", -CREDIT, "2025-11-02", run_id=live, location_id=kai, actor="somebody")
    return books


def balances(books: Books) -> ledger.Balances:
    with books.db.read() as session:
        return ledger.balances(session)


def test_every_way_to_sum_up_agrees_with_the_ledger(books: Books) -> None:
    """Total, days, months and bloggers come to the spent figure; open holds to the held one."""
    money = balances(books)
    assert money.spent == 2 * CREDIT + 200_001
    assert spending.spent(books.db, ALL) == money.spent
    for unit in ("day", "month"):
        assert sum(spending.by_time(books.db, ALL, unit=unit)["spent"]) == money.spent
    for split in spending.SPLITS:
        assert sum(spending.by(books.db, ALL, split)["spent"]) == money.spent
    assert sum(spending.open_holds(books.db)["held"]) == money.held == CREDIT


def test_a_day_ends_at_midnight_utc(books: Books) -> None:
    """A second before midnight is the day before, and the month before."""
    days = spending.by_time(books.db, ALL)
    assert days.to_dict("records") == [
        {"period": "2025-10-31", "operation": "add_motion", "spent": CREDIT},
        {"period": "2025-11-01", "operation": "add_motion", "spent": CREDIT + 200_001},
    ]
    assert list(spending.by_time(books.db, ALL, unit="month")["period"]) == ["2025-10", "2025-11"]


def test_bloggers_come_with_the_most_first_and_without_those_who_spent_nothing(books: Books) -> None:
    """What was only held and given back is no spending."""
    found = spending.by(books.db, ALL, "blogger")
    assert found.to_dict("records") == [{"key": "1", "name": "Mila Hart", "spent": 2 * CREDIT + 200_001}]
    assert spending.count_split(books.db, ALL, "blogger") == 1


SPLIT_UP = {
    "operation": [("generate_video", 500_000), ("add_motion", 2_200_001)],
    "engine": [("", 500_000), ("veo2", 2_200_001)],
    "person": [("Dana", 500_000), ("tester", 2_200_001)],
    "location": [("Kai Sol – Beach", 500_000), ("Mila Hart – Studio", 2_200_001)],
    "blogger": [("Kai Sol", 500_000), ("Mila Hart", 2_200_001)],
}


@pytest.mark.parametrize("split", spending.SPLITS)
@pytest.mark.parametrize("narrowed", [False, True], ids=["from the days' sums", "from the lines"])
def test_spending_is_split_five_ways(books: Books, split: str, narrowed: bool) -> None:
    """The most comes first; a video has no engine; sums of days and lines agree."""
    video = books.run(2, "2025-11-03", kind="video", step="archive", motion_type="", actor="Dana")
    books.entry("hold", -CREDIT // 2, "2025-11-03", run_id=video, location_id=2, actor="Dana")
    books.entry("capture", -CREDIT // 2, "2025-11-03", run_id=video, location_id=2, actor="Dana")
    wanted = sorted(SPLIT_UP[split], key=lambda one: -one[1])
    names = {"operation", "engine", "person"}
    if narrowed:
        # One filter that the days' sums cannot answer, for each of the two who spent.
        found = [
            row
            for who in ("tester", "Dana")
            for row in spending.by(books.db, EntryFilter(actor=who), split).itertuples()
        ]
    else:
        found = list(spending.by(books.db, ALL, split).itertuples())
        assert spending.count_split(books.db, ALL, split) == 2
        assert len(spending.by(books.db, ALL, split, limit=1)) == 1
    assert [(row.name, row.spent) for row in found] == wanted
    assert split not in names or [row.key for row in found] == [row.name for row in found]


def test_days_keep_their_operations_apart(books: Books) -> None:
    """A motion and a video of the same day are two rows, also where only the lines can tell."""
    video = books.run(2, "2025-11-01", kind="video", step="archive", motion_type="", actor="Dana")
    books.entry("overrun", -7, "2025-11-01", run_id=video, location_id=2, actor="Dana")
    day = EntryFilter(since=moment("2025-11-01"), until=moment("2025-11-02"))
    found = spending.by_time(books.db, day)
    assert list(zip(found["operation"], found["spent"], strict=True)) == [
        ("add_motion", CREDIT + 200_001),
        ("generate_video", 7),
    ]
    (line,) = spending.by_time(books.db, replace(day, actor="Dana")).itertuples()
    assert (line.period, line.operation, line.spent) == ("2025-11-01", "generate_video", 7)


@pytest.mark.parametrize(
    ("where", "lines"),
    [
        (ALL, 9),
        (EntryFilter(kinds=("hold", "release")), 5),
        (EntryFilter(actor="somebody"), 1),
        (EntryFilter(blogger_id=2), 3),
        (EntryFilter(blogger_id=2, kinds=("capture",)), 0),
        (EntryFilter(since=moment("2025-11-01")), 6),
        (EntryFilter(until=moment("2025-11-01")), 3),
        (EntryFilter(since=moment("2025-11-01"), until=moment("2025-11-02")), 5),
    ],
)
def test_a_filter_narrows_lines_and_count_alike(books: Books, where: EntryFilter, lines: int) -> None:
    """The end of a range is not part of it, its beginning is."""
    assert len(spending.entries(books.db, where)) == spending.count_entries(books.db, where) == lines


def test_spending_passes_over_the_kinds_of_a_filter(books: Books) -> None:
    """Whoever lists holds still sees in the charts what was spent."""
    holds = EntryFilter(kinds=("hold",), since=moment("2025-11-01"))
    assert spending.spent(books.db, holds) == CREDIT + 200_001


def test_lines_are_paged_newest_first(books: Books) -> None:
    """Two pages are the whole list, in order."""
    pages = [spending.entries(books.db, ALL, limit=5, offset=offset) for offset in (0, 5)]
    ids = [int(i) for page in pages for i in page["id"]]
    assert ids == sorted(ids, reverse=True) == list(range(9, 0, -1))


def test_a_line_of_no_run_has_no_names(books: Books) -> None:
    """The opening balance belongs to nobody and is listed all the same."""
    (line,) = spending.entries(books.db, EntryFilter(kinds=("adjust",))).itertuples()
    assert (line.blogger, line.location, line.run_id, line.note) == (None, None, None, "Opening balance")


def test_a_hold_says_which_run_has_it_and_what_is_left_of_it(books: Books) -> None:
    """A part that was taken is no longer held; a run that gave all back is not listed."""
    books.entry("hold", -CREDIT, "2025-11-02", run_id=4, location_id=2)
    books.entry("capture", -CREDIT // 4, "2025-11-02", run_id=4, location_id=2)
    (hold,) = spending.open_holds(books.db).itertuples()
    assert (hold.id, hold.held, hold.blogger, hold.state) == (
        4,
        2 * CREDIT - CREDIT // 4,
        "Kai Sol",
        "running",
    )
    assert hold.held == balances(books).held


def test_a_runs_own_lines_stand_in_order(books: Books) -> None:
    """What was held comes before what was taken."""
    assert list(spending.of_run(books.db, 2)["kind"]) == ["hold", "capture", "overrun"]


def test_only_people_and_bloggers_with_a_line_are_offered(books: Books) -> None:
    """A filter never offers what matches nothing by itself."""
    books.location("Nowhere", blogger="Nobody Yet")
    assert spending.people(books.db) == ["HeyGen's balance", "somebody", "tester"]
    assert list(spending.bloggers(books.db)["name"]) == ["Kai Sol", "Mila Hart"]
    assert list(spending.bloggers(books.db, limit=1)["name"]) == ["Kai Sol"]
    mila = int(spending.bloggers(books.db)["id"].iloc[1])
    assert list(spending.bloggers(books.db, limit=1, also=mila)["name"]) == ["Kai Sol", "Mila Hart"]


def test_every_day_and_every_month_of_a_range_has_its_place() -> None:
    """Days without a line are drawn as nothing, not left out."""
    assert spending.periods(date(2024, 2, 28), date(2024, 3, 1)) == ["2024-02-28", "2024-02-29", "2024-03-01"]
    assert spending.periods(date(2024, 1, 31), date(2024, 3, 1), unit="month") == [
        "2024-01",
        "2024-02",
        "2024-03",
    ]
    assert spending.periods(date(2024, 2, 2), date(2024, 2, 1)) == []


def test_nothing_spent_is_zero_and_not_missing(books: Books) -> None:
    """An empty sum is the number 0."""
    nothing = replace(ALL, until=moment("2000-01-01"))
    assert spending.spent(books.db, nothing) == 0
    assert len(spending.by_time(books.db, nothing)) == len(spending.by(books.db, nothing, "blogger")) == 0
    assert spending.count_split(books.db, nothing, "blogger") == 0
