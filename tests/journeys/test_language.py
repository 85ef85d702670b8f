"""English and Russian in a real browser: found by itself, changed by one click, remembered."""

from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import App, open_browser
from tests.journeys.support import go

pytestmark = pytest.mark.browser


def heading(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", name=name, exact=True, level=1)).to_be_visible()


def test_one_click_changes_the_language_everywhere_and_for_good(shown: App, page: Page) -> None:
    """The page that is open, the next one, after a reload, in a new tab; and one click leads back."""
    page.goto(shown.url)
    heading(page, "Overview")
    page.get_by_text("Русский", exact=True).click()
    heading(page, "Обзор")
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Локации").click()
    heading(page, "Локации")
    page.reload()
    heading(page, "Локации")
    # The page's last line says it, after what can be seen.
    expect(page.locator("html")).to_have_attribute("lang", "ru")
    other = page.context.new_page()
    other.goto(f"{shown.url}/credits")
    heading(other, "Кредиты")

    page.get_by_text("English", exact=True).click()
    heading(page, "Locations")
    page.reload()
    heading(page, "Locations")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_a_russian_browser_is_spoken_to_in_russian(shown: App, chromium: Browser) -> None:
    """Without a click and without a cookie: the browser's language counts until somebody chooses."""
    context = open_browser(chromium, locale="ru-RU", timezone_id="Europe/Moscow")
    page = context.new_page()
    page.goto(shown.url)
    heading(page, "Обзор")
    expect(page.get_by_text("10 кредитов", exact=True)).to_be_visible()
    assert "studio_language" not in {cookie["name"] for cookie in context.cookies()}
    context.close()


def test_what_is_open_stays_open_in_the_other_language(shown: App, page: Page) -> None:
    """A filter, a choice, a tab and a detail view survive the change; so does their link."""
    page.goto(shown.url)
    for address, told, kept in (
        ("/locations?locations_text=mila", "3 locations", "3 локации"),
        ("/provisioning?chosen=1,2", "Spend 2 credits on 2 avatars", "Потратить 2 кредита на 2 аватара"),
        ("/settings?part=plan", "Plan Free", "Тариф Free"),
        ("/locations?location=3", "All locations", "Все локации"),
    ):
        go(page, address)
        expect(page.get_by_text(told).first).to_be_visible()
        page.get_by_text("Русский", exact=True).click()
        expect(page.get_by_test_id("stSidebarNavLink").filter(has_text="Обзор")).to_be_visible()
        expect(page.get_by_text(kept).first).to_be_visible()
        assert unquote(page.url) == shown.url + address
        assert not page.get_by_text("Overview", exact=True).count()
        page.get_by_text("English", exact=True).click()
        expect(page.get_by_test_id("stSidebarNavLink").filter(has_text="Overview")).to_be_visible()
