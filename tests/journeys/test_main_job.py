"""The main job in a real browser, by somebody who has never seen the Studio."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from core import reports
from core.config import load
from core.db import open_database
from core.ledger import Balances, balances
from core.reports import LocationFilter
from tests.journeys.conftest import App

pytestmark = pytest.mark.browser

HEADER, ROW = 36, 64


def tick(page: Page, *numbers: int) -> None:
    """Tick rows of the table by their place; the first is 0."""
    table = page.get_by_test_id("stDataFrame")
    expect(table).to_be_visible()
    for number in numbers:
        table.click(position={"x": 18, "y": HEADER + ROW * number + ROW // 2})


def load_samples(page: Page, app: App) -> None:
    page.goto(app.url)
    page.get_by_role("button", name="Load sample bloggers").click()
    expect(page.get_by_role("heading", name="Locations", exact=True)).to_be_visible()


def record(app: App) -> tuple[list[dict], Balances]:
    """What the database says: the locations with an avatar, and the money."""
    db = open_database(load({"DATA_DIR": str(app.data)}, None))
    found = reports.locations(db, LocationFilter(avatar_status="completed")).to_dict("records")
    with db.read() as session:
        money = balances(session)
    db.close()
    return found, money


def test_a_newcomer_makes_avatars_and_closes_the_tab_in_the_middle(app: App, context: BrowserContext) -> None:
    """Load samples, choose two, pick a motion, read the quote, confirm twice, close the tab, come back."""
    page = context.new_page()
    load_samples(page, app)
    tick(page, 0, 1)
    page.get_by_role("button", name="Make avatars for 2").click()
    expect(page.get_by_role("heading", name="Make avatars")).to_be_visible()
    page.get_by_role("radio", name="Kling AI").or_(page.get_by_role("button", name="Kling AI")).first.click()
    expect(page.get_by_text("Available afterwards")).to_be_visible()
    label = "Spend 2 credits on 2 avatars"
    page.get_by_role("button", name=label).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name=label).dblclick()
    expect(page.get_by_text(re.compile("of 4 steps done")).first).to_be_visible()
    address = page.url
    assert "runs=" in address
    page.close()

    page = context.new_page()
    page.goto(address)
    expect(page.get_by_text("heygen_avatar_id").nth(1)).to_be_visible()
    made, money = record(app)
    assert len(made) == 2
    assert {row["motion_status"] for row in made} == {"completed"}
    assert {row["motion_type"] for row in made} == {"kling"}
    for row in made:
        expect(page.get_by_text(row["heygen_avatar_id"])).to_be_visible()
    assert (money.spent, money.held, money.available) == (2_000_000, 0, 8_000_000)

    page.goto(f"{app.url}/locations?location={made[0]['id']}")
    expect(page.get_by_text(made[0]["heygen_avatar_id"]).first).to_be_visible()


def test_the_fourth_group_is_refused_before_it_is_paid(app: App, page: Page) -> None:
    """Four locations on the free plan: the quote says why it cannot be confirmed, the button is disabled."""
    load_samples(page, app)
    tick(page, 0, 1, 2, 3)
    page.get_by_role("button", name="Make avatars for 4").click()
    expect(page.get_by_text("the plan allows 3")).to_be_visible()
    expect(page.get_by_role("button", name="Spend 4 credits on 4 avatars")).to_be_disabled()
    page.get_by_role("button", name="Remove").first.click()
    expect(page.get_by_role("button", name="Spend 3 credits on 3 avatars")).to_be_enabled()


def test_a_photo_without_a_face_costs_nothing_and_says_what_to_do(app: App, page: Page) -> None:
    """The empty room fails HeyGen's face check: the reason, that nothing was spent, and a way to retry."""
    load_samples(page, app)
    tick(page, 5)
    page.get_by_role("button", name="Make avatar for 1").click()
    page.get_by_role("button", name="Spend 1 credit on 1 avatar").click()
    page.get_by_role("dialog").get_by_role("button", name="Spend 1 credit on 1 avatar").click()
    expect(page.get_by_text("Avatar group creation failed")).to_be_visible()
    expect(page.get_by_text("This run has cost nothing.")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Retry from"))).to_be_visible()
    assert record(app)[1].spent == 0
