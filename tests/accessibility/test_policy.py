"""Nothing that the pages load or run is refused by their own policy; the fixture `page` hears all of it."""

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from core.sandbox.speakers import ALL
from tests.accessibility.conftest import READY
from tests.accessibility.test_axe import PLACES, press, settle, visit
from tests.journeys.conftest import App
from tests.world import picture

pytestmark = pytest.mark.browser

#: Whether a player has got something to play, and a film its words.
PLAYS = """async (player) => {
  for (const track of player.textTracks) track.mode = 'showing'
  const words = () => [...player.textTracks].some(track => track.cues && track.cues.length)
  const begun = performance.now()
  const over = () => player.error || performance.now() - begun > 20000
  const ready = () => player.readyState >= 1 && (player.tagName === 'AUDIO' || words())
  while (!ready() && !over()) await new Promise(wait => setTimeout(wait, 50))
  return ready()
}"""


def test_every_page_in_russian(full: App, page: Page) -> None:
    """The switch's own script, every page, every section, every chart; English is looked at beside axe."""
    visit(page, full, "/")
    page.get_by_text("Русский", exact=True).click()
    expect(page.get_by_role("heading", name="Обзор", level=1)).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "ru")
    for path, _words, _act in PLACES.values():
        visit(page, full, path)
        settle(page)
    page.get_by_text("English", exact=True).click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_pictures_charts_films_and_samples_arrive(full: App, page: Page) -> None:
    """What stands on the Studio, and what HeyGen (here the sandbox, under another port) keeps."""
    visit(page, full, f"/locations?location={READY}")
    shown(page.get_by_role("img", name="Photo of Mila Hart"))
    visit(page, full, "/locations?part=found")
    shown(page.get_by_role("img", name="Picture of Nobody's"))
    visit(page, full, "/credits")
    expect(page.get_by_test_id("stVegaLiteChart").locator("canvas, svg.marks").first).to_be_visible()
    visit(page, full, "/videos?video=1")
    assert page.locator("video").evaluate(PLAYS)
    with page.expect_download() as film:
        page.get_by_role("button", name="Download (").click()
    assert film.value.failure() is None
    visit(page, full, f"/videos?chosen={READY}&voice={ALL[0].id}")
    assert page.locator("audio").first.evaluate(PLAYS)


def test_files_come_in_and_go_out(full: App, page: Page) -> None:
    """A photo is uploaded and shown in its dialog; a list is downloaded out of a popover."""
    visit(page, full, "/locations")
    press("Add location")(page)
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Upload", exact=True).click()
    photo: FilePayload = {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": picture(600, 800)}
    dialog.locator("input[type=file]").set_input_files(photo)
    shown(dialog.get_by_role("img", name="The photo, small"))
    visit(page, full, "/locations")
    page.get_by_role("button", name="More").first.click()
    with page.expect_download() as listed:
        page.get_by_role("button", name="CSV").first.click()
    assert listed.value.failure() is None


def shown(place: Locator) -> None:
    """Wait until this picture is there and has its points."""
    expect(place.first).to_be_visible()
    expect(place.first).to_have_js_property("complete", True)
    assert place.first.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
