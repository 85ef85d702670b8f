"""What a person does on the way to an avatar, and what is on record of it."""

import re

from playwright.sync_api import Locator, Page, expect

from core.config import load
from core.database.engine import open_database
from core.money.ledger import Balances, balances
from core.reports import locations, runs
from core.reports.locations import LocationFilter
from tests.journeys.conftest import App

#: What a browser does at Back and Forward.
GO = """address => {
  history.pushState({}, '', address)
  dispatchEvent(new PopStateEvent('popstate', {state: {}}))
}"""
#: Heights in the table of locations, in pixels.
HEADER, ROW = 36, 64


def start(page: Page, app: App) -> None:
    """The first visit up to the pictures."""
    page.goto(app.url)
    page.get_by_role("button", name="Load sample bloggers").click()
    see_pictures(page)


def go(page: Page, path: str) -> None:
    """Open an address in the app that is loaded already: loading takes longer than all that is done there."""
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    page.evaluate(GO, path)


def choose(page: Page, app: App) -> None:
    """Open the page where avatars are made."""
    page.goto(f"{app.url}/provisioning")
    see_pictures(page)


def see_pictures(page: Page) -> None:
    expect(page.get_by_role("heading", name="1. Choose locations")).to_be_visible()
    expect(page.get_by_role("checkbox")).to_have_count(10)


def tick(page: Page, *names: str) -> None:
    """Choose these one after the other, each once the one before stands in the address."""
    for name in names:
        # What is clicked while the page is drawn anew may move away under the click.
        expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
        before = len(
            re.findall(r"\d+", page.url.partition("chosen=")[2].partition("&")[0].replace("%2C", ","))
        )
        # The box itself lies behind its drawing; its label is what people click.
        page.locator("label").filter(has=page.get_by_role("checkbox", name=name)).click()
        expect(page).to_have_url(re.compile(rf"chosen=\d+(%2C\d+){{{before}}}(&|$)"))
        expect(page.get_by_role("checkbox", name=name)).to_be_checked()


def spend(page: Page, label: str) -> Locator:
    """Open the confirmation; returns its button."""
    page.get_by_role("button", name=label).click()
    return page.get_by_role("dialog").get_by_role("button", name=label)


def record(app: App) -> tuple[list[dict], int, Balances]:
    """What the database says: the locations with an avatar, the number of runs, the money."""
    db = open_database(load({"DATA_DIR": str(app.data)}, None))
    found = locations.locations(db, LocationFilter(avatar_status="completed")).to_dict("records")
    started = runs.count_runs(db)
    with db.read() as session:
        money = balances(session)
    db.close()
    return found, started, money
