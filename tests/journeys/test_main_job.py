"""The main job by way of the table: rows are ticked on Locations, their avatars made."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import App
from tests.journeys.support import HEADER, ROW, go, record, spend

pytestmark = pytest.mark.browser


def tick_rows(page: Page, *numbers: int) -> None:
    """Tick rows of the table by their place; the first is 0."""
    table = page.get_by_test_id("stDataFrame")
    expect(table).to_be_visible()
    for number in numbers:
        table.click(position={"x": 18, "y": HEADER + ROW * number + ROW // 2})


def test_rows_ticked_in_the_table_become_avatars(app: App, page: Page) -> None:
    """Two rows, one button, the quote with both as pictures, one credit each; the location shows its id."""
    page.goto(f"{app.url}/locations")
    tick_rows(page, 0, 1)
    page.get_by_role("button", name="Make avatars for 2").click()
    expect(page.get_by_role("heading", name="Make avatars")).to_be_visible()
    expect(page.get_by_role("button", name="Remove")).to_have_count(2)
    spend(page, "Spend 2 credits on 2 avatars").click()
    expect(page.get_by_text("2 avatars are ready. 2 credits spent.")).to_be_visible()
    made, runs, money = record(app)
    assert (len(made), runs, money.spent, money.held) == (2, 2, 2_000_000, 0)

    go(page, f"/locations?location={made[0]['id']}")
    expect(page.get_by_text(made[0]["heygen_avatar_id"]).first).to_be_visible()
