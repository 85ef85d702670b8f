"""Credits: the three figures, what is held and why, the ledger in plain words, and what was spent."""

import csv
import io
import json
from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from core import clock, histories
from core.bloggers import add_blogger
from core.ledger import balances
from core.spending import EntryFilter
from core.studio import Studio, current
from pages.parts import ledger_list
from tests.books import CREDIT, Books
from tests.pages.conftest import ACTOR, Open, confirm, drive, fault, page_text, unknown_run

CHARTS = "vega_lite_chart"


def figures(at: AppTest) -> dict[str, str]:
    return {metric.label: str(metric.value) for metric in at.metric}


def ledger(at: AppTest) -> list[dict]:
    """The ledger's rows; the tables behind the charts come before it."""
    return at.dataframe[-1].value.to_dict("records")


@pytest.fixture
def books(samples: Studio) -> Books:
    """40 credits spent: on each of the last 40 days one, each second for another blogger."""
    books = Books(samples.db)
    owner = add_blogger(samples.db, name="=Kai*Sol*", actor=ACTOR).id
    other = books.location("Beach", owner=owner)
    today = clock.now()
    books.entry("adjust", 100 * CREDIT, "2025-01-01", note="Changed outside the Studio")
    for n in range(40):
        day = (today.replace(hour=1) - timedelta(days=n)).strftime("%Y-%m-%dT%H:%M:%S")
        place = other if n % 2 else 1
        run = books.run(place, day, quote_id=f"q{n}")
        books.entry("hold", -CREDIT, day, run_id=run, location_id=place)
        books.entry("capture", -CREDIT, day, run_id=run, location_id=place, actor="Dana")
    return books


def test_an_untouched_account_shows_its_opening_balance(studio: Studio, open_page: Open) -> None:
    """Figures, no hold, no chart, one line of the ledger in plain words."""
    at = open_page("credits.py")
    text = page_text(at)
    assert figures(at) == {"Available": "10", "Held": "0", "Spent this month": "0", "HeyGen's balance": "10"}
    assert "Nothing is held" in text
    assert "Nothing was spent yet." in text
    assert not at.get(CHARTS)
    (line,) = ledger(at)
    assert (list(line["kind"]), line["credits"], line["words"]) == (
        ["adjust"],
        "+10",
        "Opening balance, as HeyGen said it",
    )


def test_a_ledger_that_has_not_begun_says_what_begins_it(samples: Studio, open_page: Open) -> None:
    """Before HeyGen has been reached once there is no balance, and none is invented."""
    with samples.db.write() as session:
        for table in ("entry", "reading"):
            session.connection().exec_driver_sql(f"DELETE FROM {table}")
    at = open_page("credits.py")
    assert "The ledger is empty." in page_text(at)
    assert figures(at)["Available"] == figures(at)["HeyGen's balance"] == "–"
    assert not at.dataframe


def test_a_run_is_told_as_hold_and_spending(samples: Studio, open_page: Open) -> None:
    """A credit goes from Available to Held and on to Spent; the run of a line can be opened."""
    drive(samples, confirm(samples, 1))
    at = open_page("credits.py")
    assert figures(at) == {"Available": "9", "Held": "0", "Spent this month": "1", "HeyGen's balance": "10"}
    rows = ledger(at)
    assert [(next(iter(row["kind"])), row["credits"]) for row in rows] == [
        ("capture", "1"),
        ("hold", "1"),
        ("adjust", "+10"),
    ]
    assert rows[0]["run"].endswith(" 1")
    assert rows[0]["location"] == "Mila Hart – Studio"


def test_what_is_held_says_for_which_run_and_why(samples: Studio, open_page: Open) -> None:
    """A run under way and one that waits for an answer hold a credit each, for different reasons."""
    unknown = unknown_run(samples, 2)
    confirm(samples, 1)
    at = open_page("credits.py")
    text = page_text(at)
    assert figures(at)["Held"] == "2"
    assert "**1 credit** for Mila Hart – Cafe" in text
    assert "It stays held until somebody answers." in text
    assert "The run is under way." in text
    assert f"Run {unknown.id}" in [link.label for link in at.page_link]


def test_a_refused_motion_is_given_back(samples: Studio, open_page: Open) -> None:
    """Nothing was spent: hold and release stand side by side and nothing is held."""
    fault(samples, route="motion", fault="refuse", status=400, code=40004)
    drive(samples, confirm(samples, 1))
    at = open_page("credits.py")
    assert [next(iter(row["kind"])) for row in ledger(at)] == ["release", "hold", "adjust"]
    assert ledger(at)[0]["credits"] == "1"
    assert "Nothing was spent yet." in page_text(at)


def test_charts_cover_thirty_days_and_have_their_tables(books: Books, open_page: Open) -> None:
    """Both charts say their total in words, and a table stands behind each with the same sum."""
    at = open_page("credits.py")
    text = page_text(at)
    assert "30 credits in all" in text
    assert [expander.label for expander in at.expander] == ["As a table", "As a table"]
    assert len(at.dataframe) == 1, "a closed table is drawn"
    at.session_state["spent_table_period"] = at.session_state["spent_table_blogger"] = True
    days, bloggers = (frame.value for frame in at.run().dataframe[:2])
    assert len(days) == 30
    assert sum(map(int, days["spent"])) == sum(map(int, bloggers["spent"])) == 30
    assert sorted(bloggers["blogger"]) == ["=Kai*Sol*", "Mila Hart"]
    assert all("30 credits in all" in chart.proto.alt for chart in at.get(CHARTS))


def test_a_long_time_is_drawn_by_month(books: Books, open_page: Open) -> None:
    """More days than fit become months, from the first that spent something on."""
    at = open_page("credits.py")
    at.session_state["spent_table_period"] = True
    at.query_params["credits_since"] = "2001-01-01"
    at.run()
    assert "**Spent by month**" in page_text(at)
    assert "40 credits in all" in page_text(at)
    assert 2 <= len(at.dataframe[0].value) <= 3


def test_charts_speak_the_readers_numbers(books: Books, open_page: Open) -> None:
    """The chart's spec carries the decimal sign and the months; its data are credits."""
    spec = json.loads(open_page("credits.py").get(CHARTS)[0].proto.spec)
    assert spec["config"]["locale"]["number"]["decimal"] == "."
    assert spec["config"]["locale"]["time"]["shortMonths"][0] == "Jan"


def test_the_ledger_is_filtered_by_the_address(books: Books, open_page: Open) -> None:
    """Kind, person, blogger and days narrow the ledger; charts follow all but the kind."""
    at = open_page("credits.py", credits_kind="capture", credits_person="Dana", credits_blogger="1")
    text = page_text(at)
    assert "20 entries, newest first" in text
    assert "15 credits in all" in text
    at.button(key="credits_chip_kind_capture").click().run()
    assert "credits_kind" not in at.query_params
    day = clock.now().strftime("%Y-%m-%d")
    at = open_page("credits.py", credits_since=day, credits_until=day)
    # The sample world's opening balance is of today too.
    assert "3 entries, newest first" in page_text(at)


def test_lines_come_in_pages(books: Books, open_page: Open) -> None:
    """82 lines are four pages; the last one begins the ledger."""
    at = open_page("credits.py", credits_page="4")
    assert len(ledger(at)) == 82 - 3 * 25
    assert ledger(at)[-1]["words"] == "Opening balance, as HeyGen said it"


def test_nothing_matches_offers_to_clear(books: Books, open_page: Open) -> None:
    """An empty filter result is said as such, in charts and ledger."""
    at = open_page("credits.py", credits_kind="overrun", credits_until="2024-12-31")
    text = page_text(at)
    assert "No entry of the ledger matches these filters." in text
    assert "so there is nothing to draw" in text
    at.button(key="credits_clear_all").click().run()
    assert "82 entries, newest first" in page_text(at)


def test_figures_refresh_only_while_something_runs(samples: Studio, open_page: Open) -> None:
    """A live run moves the figures without a click; afterwards the page is still."""
    (run,) = confirm(samples, 1)
    assert histories.moving(samples.db)
    at = open_page("credits.py")
    assert figures(at)["Held"] == "1"
    drive(samples, [run])
    at.run()
    assert figures(at)["Held"] == "0"
    assert figures(at)["Spent this month"] == "1"


def test_the_file_has_every_line_and_sums_up_to_the_balance(books: Books) -> None:
    """Numbers stay numbers, also negative ones; a name that looks like a formula is none."""
    file = ledger_list.file_of(current(), EntryFilter()).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(file)))
    assert len(rows) == 82
    assert {row["credits"] for row in rows} == {"-1", "10", "100"}
    assert "'=Kai*Sol*" in {row["blogger"] for row in rows}
    with books.db.read() as session:
        money = balances(session)
    spent = -sum(int(row["credits"]) for row in rows if row["kind"] == "capture")
    assert spent * CREDIT == money.spent


def test_a_database_that_cannot_be_read_is_one_sentence(books: Books, open_page: Open) -> None:
    """The ledger is gone: one error that says nothing was spent, no trace."""
    with books.db.write() as session:
        session.connection().exec_driver_sql("ALTER TABLE entry RENAME TO gone")
    at = open_page("credits.py")
    assert not at.exception
    assert [error.proto.title for error in at.error] == ["Could not load"]
