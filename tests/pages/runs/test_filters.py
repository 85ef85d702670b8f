"""Activity's filters: a link opens the same list for everybody, whatever stands in it."""

import csv
import io

import pytest
from streamlit.testing.v1 import AppTest

from core.bloggers.editing import add_blogger
from core.reports.runs import RunFilter
from core.studio import Studio, current
from pages.parts.runs import table
from tests.books import Books
from tests.pages.conftest import ACTOR, Open, page_text

FORMULA = "=SUM(A1)"


@pytest.fixture
def books(samples: Studio) -> Books:
    """60 runs: every third failed, every fifth another motion, each second by Dana; locations 1 and 2."""
    books = Books(samples.db)
    for n in range(1, 61):
        books.run(
            1 + n % 2,
            f"2025-11-{1 + n % 20:02}",
            state="failed" if n % 3 == 0 else "done",
            again=n % 5 == 0,
            actor="Dana" if n % 2 else ACTOR.name,
            quote_id=f"q{n}",
        )
    return books


def ids(at: AppTest) -> list[int]:
    return [int(label.split()[-1]) for label in at.dataframe[0].value["run"]]


def test_a_link_opens_filtered_and_its_filters_can_be_taken_away(books: Books, open_page: Open) -> None:
    """Every value of the link narrows the list and stands as a chip that takes it away again."""
    at = open_page("activity.py", activity_state="failed", activity_kind="another_motion")
    assert ids(at) == [60, 45, 30, 15]
    assert "4 runs, newest first" in page_text(at)
    assert at.get("popover")[0].proto.popover.label == "Filters (2)"
    at.button(key="activity_chip_kind_another_motion").click().run()
    assert "20 runs, newest first" in page_text(at)
    assert at.query_params["activity_state"] == "failed"
    at.button(key="activity_chip_state_failed").click().run()
    assert "60 runs, newest first" in page_text(at)
    assert not at.query_params


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"activity_person": "Dana"}, 30),
        ({"activity_blogger": "1"}, 60),
        ({"activity_since": "2025-11-20"}, 3),
        ({"activity_since": "2025-11-20", "activity_until": "2025-11-20"}, 3),
        ({"activity_until": "2025-11-01"}, 3),
        ({"activity_state": "failed,done"}, 60),
    ],
)
def test_each_filter_can_be_linked(books: Books, open_page: Open, query: dict[str, str], found: int) -> None:
    """A day in the link means the whole day."""
    assert f"{found} runs, newest first" in page_text(open_page("activity.py", **query))


def test_a_choice_is_written_into_the_address_as_a_slug(books: Books, open_page: Open) -> None:
    """What is chosen stands in the address in words of no language; the list begins at its first page."""
    at = open_page("activity.py", activity_page="2")
    assert ids(at)[0] == 35
    at.pills(key="activity_state").set_value(["failed"]).run()
    assert at.query_params == {"activity_state": "failed"}
    assert ids(at)[0] == 60
    at.selectbox(key="activity_person").set_value("Dana").run()
    assert at.query_params["activity_person"] == "Dana"
    assert ids(at) == [n for n in range(60, 0, -1) if n % 3 == 0 and n % 2]


def test_a_cleared_filter_gets_a_new_widget(books: Books, open_page: Open) -> None:
    """The browser may keep the old widget's value in a closed popover: it is another widget from then on."""
    at = open_page("activity.py")
    at.pills(key="activity_state").set_value(["failed"]).run()
    at.button(key="activity_chip_state_failed").click().run()
    assert at.pills(key="activity_state_1").value == []
    at.pills(key="activity_state_1").set_value(["done"]).run()
    assert at.query_params == {"activity_state": "done"}


def test_what_the_address_holds_by_mistake_is_passed_over(books: Books, open_page: Open) -> None:
    """One calm line, and the list of what could be understood."""
    at = open_page(
        "activity.py",
        activity_state="Failed,failed",
        activity_kind="nonsense",
        activity_person="Nobody",
        activity_blogger="<b>1</b>",
        activity_since="2025-02-30",
        activity_until="20251122",
        activity_page="-3",
    )
    text = page_text(at)
    assert "it was passed over" in text
    assert "20 runs, newest first" in text
    assert not at.error
    at.button(key="activity_chip_state_failed").click().run()
    assert not at.query_params
    assert "it was passed over" not in page_text(at)


def test_a_page_beyond_the_last_is_the_last(books: Books, open_page: Open) -> None:
    """A link from the time when there were more runs still opens."""
    assert ids(open_page("activity.py", activity_page="99")) == list(range(10, 0, -1))


def test_nothing_matches_is_another_state_than_nothing_yet(books: Books, open_page: Open) -> None:
    """It says so and offers to clear the filters."""
    at = open_page("activity.py", activity_state="cancelled")
    assert "No run matches these filters." in page_text(at)
    assert "There are no runs yet" not in page_text(at)
    assert not at.dataframe
    at.button(key="activity_clear_all").click().run()
    assert "60 runs, newest first" in page_text(at)


def test_the_file_has_every_run_that_matches_and_no_formula(books: Books) -> None:
    """All pages of the filtered list; a name that looks like a formula is no formula in a spreadsheet."""
    owner = add_blogger(books.db, name=FORMULA, actor=ACTOR).id
    books.run(books.location(FORMULA, owner=owner), state="failed", actor="@cmd")
    file = table.file_of(current(), RunFilter(states=("failed",))).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(file)))
    assert len(rows) == 21
    assert (rows[0]["blogger"], rows[0]["person"]) == (f"'{FORMULA}", "'@cmd")
    assert {row["state"] for row in rows} == {"failed"}
    assert rows[0]["cost_credits"] == "0"
