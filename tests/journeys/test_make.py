"""From the first visit to avatars, in a real browser, by somebody who has never seen the Studio."""

import re
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.conftest import PHONE, App, open_browser, prepare, running_app
from tests.journeys.support import choose, go, record, spend, start, tick
from tests.world import eventually

pytestmark = pytest.mark.browser

#: Where the button below the cards stands, while neither the summary nor a card says that it is ready.
PLACE_WHILE_RUNNING = """() => {
  const main = document.querySelector('[data-testid=stMain]')
  const below = [...main.querySelectorAll('button')].find(one => one.innerText.includes('Make more avatars'))
  const over = ['heygen_avatar_id', '1 avatar is ready'].some(words => main.innerText.includes(words))
  return over || !below ? null : Math.round(below.getBoundingClientRect().y)
}"""
STEPS_DONE = re.compile(r"\d+ of \d+ steps done · \d+ of")


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[App]:
    """As at the first visit, in a sandbox slow enough to close the tab in the middle: 3 seconds an avatar."""
    prepare(tmp_path, samples=False, speed=40)
    with running_app(tmp_path) as running:
        yield running


def test_a_newcomer_makes_three_avatars_within_two_minutes(slow: App, context: BrowserContext) -> None:
    """First visit, samples, three pictures, an engine, the quote, two clicks on the same button; the page is
    closed in the middle and opened again by its link: three avatars, three credits."""
    began = monotonic()
    page = context.new_page()
    start(page, slow)
    tick(page, "Cafe", "Beach", "Gym")
    page.get_by_role("button", name="Kling AI").click()
    expect(page.get_by_test_id("stTable").get_by_text("Kling AI")).to_be_visible()
    assert "motion=kling" in page.url
    spend(page, "Spend 3 credits on 3 avatars").dblclick()
    expect(page.get_by_text(STEPS_DONE)).to_be_visible()
    assert monotonic() - began < 120
    address = page.url
    assert "runs=" in address
    page.close()

    page = context.new_page()
    page.goto(address)
    expect(page.get_by_text("3 avatars are ready. 3 credits spent.")).to_be_visible()
    made, runs, money = record(slow)
    assert runs == 3
    assert {row["motion_status"] for row in made} == {"completed"}
    assert {row["motion_type"] for row in made} == {"kling"}
    assert len({row["heygen_avatar_id"] for row in made}) == 3
    for row in made:
        expect(page.get_by_text(row["heygen_avatar_id"])).to_be_visible()
    assert (money.spent, money.held, money.available) == (3_000_000, 0, 7_000_000)
    expect(page.get_by_text("refreshes every second")).to_have_count(0)

    go(page, "/")
    expect(page.get_by_text("Newest avatars")).to_be_visible()
    for name in ("Cafe", "Beach", "Gym"):
        expect(page.get_by_role("img", name=re.compile(f"Photo of .*, {name}"))).to_be_visible()


def test_the_fourth_group_is_refused_beside_the_groups(shown: App, page: Page) -> None:
    """Four pictures on the free plan: the reason stands under the groups and the button is shut; one picture
    fewer opens it."""
    choose(page, shown)
    tick(page, "Cafe", "Park", "Beach", "Gym")
    card = page.locator(".st-key-quote_card")
    expect(card.get_by_text("the plan allows 3")).to_be_visible()
    expect(card.get_by_role("button", name="Spend 4 credits on 4 avatars")).to_be_disabled()
    page.locator("label").filter(has=page.get_by_role("checkbox", name="Gym")).click()
    expect(card.get_by_role("button", name="Spend 3 credits on 3 avatars")).to_be_enabled()
    expect(card.get_by_text("the plan allows 3")).to_have_count(0)


def test_a_photo_without_a_face_costs_nothing_and_leads_to_another_photo(app: App, page: Page) -> None:
    """The empty room fails HeyGen's face check: why, that nothing was spent, and where to change it."""
    choose(page, app)
    tick(page, "Empty room")
    spend(page, "Spend 1 credit on 1 avatar").click()
    expect(page.get_by_text("Avatar group creation failed")).to_be_visible()
    expect(page.get_by_text("Nothing was spent.")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Retry from"))).to_be_visible()
    assert record(app)[2].spent == 0
    page.get_by_role("button", name="Change the photo").click()
    expect(page).to_have_url(re.compile(r"/locations\?location=\d+"))


def focus_by_tab(page: Page, role: str, name: str) -> None:
    """Press Tab until this control has the focus."""
    wanted = page.get_by_role(role, name=name)
    expect(wanted.first).to_be_visible()
    for _ in range(90):
        if wanted.first.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"no Tab leads to {role} {name}")


def test_the_keyboard_alone_does_the_main_job(new: App, page: Page) -> None:
    """Tab, Space and Enter from the first visit to the finished avatar; the focus is never lost."""
    page.goto(new.url)
    focus_by_tab(page, "button", "Load sample bloggers")
    page.keyboard.press("Enter")
    expect(page.get_by_role("checkbox")).to_have_count(10)
    focus_by_tab(page, "checkbox", "Cafe")
    page.keyboard.press("Space")
    expect(page.get_by_role("checkbox", name="Cafe")).to_be_checked()
    expect(page.get_by_role("button", name="Spend 1 credit on 1 avatar")).to_be_enabled()
    expect(page.get_by_role("checkbox", name="Cafe")).to_be_focused()
    focus_by_tab(page, "button", "Runway Gen-4")
    page.keyboard.press("Space")
    expect(page.get_by_test_id("stTable").get_by_text("Runway Gen-4")).to_be_visible()
    expect(page.get_by_role("button", name="Runway Gen-4")).to_be_focused()
    focus_by_tab(page, "button", "Spend 1 credit on 1 avatar")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("button", name="Spend 1 credit on 1 avatar")).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("button", name="Spend 1 credit on 1 avatar")).to_be_visible()
    for _ in range(3):
        page.keyboard.press("Tab")
    expect(dialog.get_by_role("button", name="Spend 1 credit on 1 avatar")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 avatar is ready. 1 credit spent.")).to_be_visible()
    made, _, money = record(new)
    assert [row["motion_type"] for row in made] == ["runway_gen4"]
    assert money.spent == 1_000_000


def test_two_browsers_on_the_same_location_make_one_run(app: App, page: Page, chromium: Browser) -> None:
    """Both have the same confirmation open: one run, one charge, and the second reads why in its dialog."""
    first = page
    other = open_browser(chromium)
    second = other.new_page()
    buttons = []
    for one in (first, second):
        one.goto(f"{app.url}/provisioning?chosen=1")
        buttons.append(spend(one, "Spend 1 credit on 1 avatar"))
        expect(buttons[-1]).to_be_visible()
    buttons[0].click()
    expect(first.get_by_text(STEPS_DONE).or_(first.get_by_text("1 avatar is ready"))).to_be_visible()
    buttons[1].click()
    dialog = second.get_by_role("dialog")
    expect(dialog.get_by_text("The plan has changed since this quote was made")).to_be_visible()
    dialog.get_by_role("button", name="Look at the plan as it is now").click()
    expect(dialog).to_have_count(0)
    expect(first.get_by_text("1 avatar is ready. 1 credit spent.")).to_be_visible()
    made, runs, money = record(app)
    assert (len(made), runs) == (1, 1)
    assert (money.spent, money.held) == (1_000_000, 0)
    other.close()


def test_nothing_jumps_while_a_run_is_watched(tmp_path: Path, page: Page) -> None:
    """While the steps advance, the cards and what stands below them stay where they are."""
    prepare(tmp_path, speed=12)
    with running_app(tmp_path) as app:
        choose(page, app)
        tick(page, "Cafe")
        spend(page, "Spend 1 credit on 1 avatar").click()
        expect(page.get_by_text("HeyGen prepares the avatar for its motion")).to_be_visible()
        # On a busy machine the letters' font may come later than they, and break lines elsewhere.
        page.evaluate("() => document.fonts.ready.then(() => null)")
        places: list[int] = []
        finished = page.get_by_text("1 avatar is ready. 1 credit spent.")

        def watched() -> bool:
            # Read in one breath: at the end the id appears and moves what stands below, as it should.
            place = page.evaluate(PLACE_WHILE_RUNNING)
            if place is not None:
                places.append(place)
            return finished.count() > 0

        eventually(watched, seconds=60, gap=0.1)
    assert len(places) > 10
    assert max(places) - min(places) <= 2, places


def test_on_a_phone_the_price_never_breaks_and_nothing_scrolls_sideways(shown: App, page: Page) -> None:
    """At 390 pixels "1 credit" stands on one line in the quote, and the page is no wider than the screen."""
    page.set_viewport_size(PHONE)
    choose(page, shown)
    tick(page, "Cafe")
    cell = page.get_by_test_id("stTable").get_by_role("cell", name="1 credit").first
    expect(cell).to_be_visible()
    box = cell.locator("p").first.bounding_box()
    assert box is not None
    assert box["height"] < 30
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.get_by_test_id("stMain").evaluate("main => main.scrollWidth") <= 390
