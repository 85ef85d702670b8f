"""Filters in a real browser: a link opens filtered, and what was cleared stays cleared."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from core.config import load
from core.database.engine import open_database
from tests.books import CREDIT, Books
from tests.journeys.conftest import PHONE, App, prepare, running_app
from tests.journeys.support import go

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """An app with 60 runs, every third of them failed, the others paid."""
    folder = tmp_path_factory.mktemp("used")
    prepare(folder, samples=False)
    db = open_database(load({"DATA_DIR": str(folder / "data")}, None))
    books = Books(db)
    place = books.location()
    for n in range(1, 61):
        failed = n % 3 == 0
        run = books.run(place, "2025-11-22", state="failed" if failed else "done", quote_id=f"q{n}")
        books.entry("hold", -CREDIT, run_id=run, location_id=place)
        sign = 1 if failed else -1
        books.entry("release" if failed else "capture", sign * CREDIT, run_id=run, location_id=place)
    db.close()
    with running_app(folder) as app:
        yield app


def test_a_filtered_link_opens_filtered_and_a_cleared_filter_stays_away(used: App, page: Page) -> None:
    """Choose in the popover, send the link, clear, turn the page: the old choice never comes back.

    A list of several pages stays newest first: a column's head would only sort the rows of this page.
    """
    page.goto(f"{used.url}/activity?activity_state=failed")
    expect(page.get_by_text("20 runs, newest first")).to_be_visible()
    page.get_by_role("button", name="Filters (1)").click()
    page.get_by_test_id("stPopoverBody").get_by_text("Done").click()
    expect(page.get_by_text("60 runs, newest first")).to_be_visible()
    expect(page).to_have_url(re.compile("activity_state=failed%2Cdone"))
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Clear filters").click()
    expect(page.get_by_role("button", name="Filters", exact=True)).to_be_visible()
    page.get_by_role("button", name="Page 3").click()
    expect(page).to_have_url(f"{used.url}/activity?activity_page=3")
    expect(page.get_by_text("60 runs, newest first")).to_be_visible()
    table = page.get_by_test_id("stDataFrame")
    rows = table.locator("tbody tr td:nth-child(1)")
    # Twice on the state the failed ones would come first; what does not happen is waited for in vain.
    for _ in range(2):
        table.click(position={"x": 260, "y": 18})
        page.wait_for_timeout(500)
    expect(rows.first).to_have_text(re.compile(r"\b10$"))
    expect(rows.nth(1)).to_have_text(re.compile(r"\b9$"))


def test_a_line_of_the_ledger_leads_to_its_run_at_a_phones_width(used: App, page: Page) -> None:
    """The filtered ledger opens by its link; the button in a row opens that row's run."""
    page.set_viewport_size(PHONE)
    page.goto(f"{used.url}/credits?part=ledger&credits_kind=capture")
    expect(page.get_by_text("40 entries, newest first")).to_be_visible()
    go(page, "/activity?activity_state=done&activity_page=2")
    expect(page.get_by_text("40 runs, newest first")).to_be_visible()
    table = page.get_by_test_id("stDataFrame")
    table.click(position={"x": 35, "y": 36 + 44 // 2})
    expect(page.get_by_role("heading", name="Run 22")).to_be_visible()
    expect(page).to_have_url(re.compile(r"run=22\b"))
    page.get_by_role("button", name="All runs").click()
    expect(page.get_by_text("40 runs, newest first")).to_be_visible()
