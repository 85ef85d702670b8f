"""The read side of runs: what a filter finds, and that list and count agree."""

import pytest

from core.database.engine import Database
from core.reports import runs
from core.reports.runs import RunFilter
from tests.books import Books, moment


@pytest.fixture
def books(db: Database) -> Books:
    """Six runs of two bloggers, the newest first in the comments."""
    books = Books(db)
    mila, kai = books.location(), books.location("Beach", blogger="Kai Sol")
    books.run(mila, "2025-10-31T23:59:59")
    books.run(mila, "2025-11-01", again=True, actor="Dana")
    books.run(kai, "2025-11-01T08:00:00", state="failed", step="group")
    books.run(kai, "2025-11-02", kind="free_slot", step="delete", first_step="delete", motion_type="")
    books.run(kai, "2025-11-03", state="cancelled", step="motion", actor="Dana")
    books.run(mila, "2025-11-04", state="unknown", step="motion", ended_at=None)
    return books


@pytest.mark.parametrize(
    ("where", "ids"),
    [
        (RunFilter(), [6, 5, 4, 3, 2, 1]),
        (RunFilter(states=("failed", "unknown")), [6, 3]),
        (RunFilter(kinds=("avatar",)), [6, 5, 3, 1]),
        (RunFilter(kinds=("another_motion",)), [2]),
        (RunFilter(kinds=("free_slot", "another_motion")), [4, 2]),
        (RunFilter(actor="Dana"), [5, 2]),
        (RunFilter(blogger_id=2), [5, 4, 3]),
        (RunFilter(location_id=1), [6, 2, 1]),
        (RunFilter(ids=(1, 3)), [3, 1]),
        (RunFilter(ids=()), []),
        (RunFilter(since=moment("2025-11-01")), [6, 5, 4, 3, 2]),
        (RunFilter(until=moment("2025-11-01")), [1]),
        (RunFilter(since=moment("2025-11-01"), until=moment("2025-11-02")), [3, 2]),
        (RunFilter(actor="Dana", blogger_id=2, states=("cancelled",), kinds=("avatar",)), [5]),
        (RunFilter(actor="nobody"), []),
    ],
)
def test_a_filter_finds_its_runs_newest_first(books: Books, where: RunFilter, ids: list[int]) -> None:
    """List and count say the same; the end of a range is not part of it."""
    assert list(runs.runs(books.db, where)["id"]) == ids
    assert runs.count_runs(books.db, where) == len(ids)


def test_pages_are_cut_in_order(books: Books) -> None:
    """The second page goes on where the first ended."""
    assert list(runs.runs(books.db, RunFilter(), limit=2, offset=2)["id"]) == [4, 3]


def test_only_people_and_bloggers_with_a_run_are_offered(books: Books) -> None:
    """A filter never offers what matches nothing by itself."""
    books.location("Nowhere", blogger="Nobody Yet")
    assert runs.people(books.db) == ["Dana", "tester"]
    assert list(runs.bloggers(books.db)["name"]) == ["Kai Sol", "Mila Hart"]


def test_a_freed_slot_is_later_news_than_a_failed_avatar(books: Books) -> None:
    """Only the newest run of a location is the newest, whatever it was for."""
    found = runs.runs(books.db)
    assert list(found[found["newest"] == 1]["id"]) == [6, 5]


@pytest.mark.parametrize("step", ["photo", "asset", "group", "motion", "saved", "delete"])
def test_every_step_counts_its_calls(books: Books, step: str) -> None:
    """A run without calls is at its attempt 0 in each of its steps."""
    kind = "free_slot" if step == "delete" else "avatar"
    run = books.run(1, "2025-11-05", step=step, kind=kind, state="failed")
    assert list(runs.runs(books.db, RunFilter(ids=(run,)))["attempt"]) == [0]
