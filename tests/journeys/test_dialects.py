"""The same clicks in every dialect, in a real browser; the switch to the next one is one line."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import prepare, running_app
from tests.journeys.support import choose, go, spend, tick

pytestmark = pytest.mark.browser


def test_a_picture_becomes_an_avatar_for_dollars(tmp_path: Path, page: Page) -> None:
    """v3: one picture, an engine, the price on the button twice: the avatar is there and priced."""
    prepare(tmp_path, HEYGEN_DIALECT="v3")
    with running_app(tmp_path, HEYGEN_DIALECT="v3") as app:
        choose(page, app)
        tick(page, "Cafe")
        page.get_by_role("button", name="Kling AI").click()
        expect(page.get_by_test_id("stTable").get_by_text("Kling AI")).to_be_visible()
        spend(page, "Spend $1.00 on 1 avatar").click()
        expect(page.get_by_text("1 avatar is ready. $1.00 spent.")).to_be_visible()


def test_one_line_switches_the_dialect(tmp_path: Path, page: Page) -> None:
    """An avatar made with `workflow` is there and its statuses stand when HEYGEN_DIALECT says v2."""
    prepare(tmp_path)
    with running_app(tmp_path) as app:
        choose(page, app)
        tick(page, "Cafe")
        spend(page, "Spend 1 credit on 1 avatar").click()
        expect(page.get_by_text("1 avatar is ready")).to_be_visible()
    with running_app(tmp_path, HEYGEN_DIALECT="v2") as app:
        page.goto(f"{app.url}/provisioning")
        tick(page, "Beach")
        spend(page, "Spend 1 credit on 1 avatar").click()
        expect(page.get_by_text("1 avatar is ready. 1 credit spent.")).to_be_visible()
        go(page, "/")
        for name in ("Cafe", "Beach"):
            expect(page.get_by_role("img", name=re.compile(f"Photo of .*, {name}"))).to_be_visible()
