"""Videos in a real browser: from "00000" to a file that plays, a batch, a phone."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from core.config import load
from core.database.engine import open_database
from core.money.ledger import Balances, balances
from core.reports import videos as video_reports
from core.sandbox.server import DATABASE
from core.sandbox.store import Store
from tests.journeys.conftest import PATIENCE_MS, PHONE, App
from tests.journeys.support import go, spend, start, tick

pytestmark = pytest.mark.browser

#: It begins with a letter that takes several bytes, where captions have been cut in two.
SCRIPT = "Привет! I am {blogger}, and this is the {location}. Light, silence and coffee."
#: A render takes this machine's own time, however fast the sandbox's clock runs.
RENDER_MS = 3 * PATIENCE_MS
PLAYS = """async () => {
  const video = document.querySelector('video');
  video.muted = true;
  await video.play();
  const begun = performance.now();
  while (video.currentTime < 0.5 && performance.now() - begun < 10000)
    await new Promise(done => setTimeout(done, 50));
  const track = video.textTracks[video.textTracks.length - 1];
  track.mode = 'showing';
  while (!(track.cues && track.cues.length) && performance.now() - begun < 10000)
    await new Promise(done => setTimeout(done, 50));
  const said = [...track.cues].map(cue => cue.text).join(' ');
  return {said, duration: video.duration, at: video.currentTime, width: video.videoWidth, error: video.error};
}"""


def charges(app: App) -> list[str]:
    """What HeyGen was paid for, in order."""
    store = Store(app.data / DATABASE, None)
    with store.write() as rows:
        found = [row["kind"] for row in rows.execute("SELECT kind FROM charges ORDER BY number")]
    store.close()
    return found


def recorded(app: App) -> tuple[list[dict], Balances]:
    """The videos and the money as the database has them."""
    db = open_database(load({"DATA_DIR": str(app.data)}, None))
    found = video_reports.videos(db).to_dict("records")
    with db.read() as session:
        money = balances(session)
    db.close()
    return found, money


def to_videos(page: Page) -> None:
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Videos").click()
    expect(page.get_by_role("heading", name="Make a video", level=1)).to_be_visible()


def write(page: Page, script: str) -> None:
    page.get_by_role("textbox", name="Script").fill(script)


def test_a_newcomer_makes_and_plays_a_video_within_three_minutes(new: App, page: Page) -> None:
    """First visit, samples, one picture, a script, two clicks: the avatar is made first, the video plays."""
    began = time.monotonic()
    start(page, new)
    to_videos(page)
    tick(page, "Studio")
    write(page, SCRIPT)
    spend(page, "Spend up to").dblclick()
    expect(page.locator("video")).to_have_count(1, timeout=RENDER_MS)
    seen = page.evaluate(PLAYS)
    assert time.monotonic() - began < 180
    assert seen["error"] is None
    assert seen["at"] >= 0.5
    assert seen["width"] == 1280
    assert seen["said"].startswith("Привет!")
    (video,), money = recorded(new)
    assert abs(seen["duration"] * 1000 - video["duration_ms"]) < 300
    assert charges(new) == ["add_motion", "generate_video"]
    assert money.held == 0
    assert video["state"] == "done"


def test_the_same_script_for_two_locations_at_a_phones_width(app: App, page: Page) -> None:
    """Chosen by link on a phone: one batch, two files with the names in their scripts, nothing sideways."""
    page.set_viewport_size(PHONE)
    page.goto(f"{app.url}/videos?chosen=1,2")
    write(page, SCRIPT)
    expect(page).to_have_url(re.compile(r"draft="))
    page.reload()
    expect(page.get_by_role("textbox", name="Script")).to_have_value(SCRIPT)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    spend(page, "Spend up to").click()
    # What has begun is in view, not where the button was.
    expect(page.get_by_role("heading", name="2 videos", level=1)).to_be_in_viewport()
    expect(page.get_by_text("2 videos are ready.")).to_be_visible(timeout=RENDER_MS)
    videos, _ = recorded(app)
    assert len({video["quote_id"] for video in videos}) == 1
    assert all(video["location"] in video["script"] for video in videos)
    go(page, "/videos")
    expect(page.get_by_role("heading", name="Videos", exact=True, level=1)).to_be_visible()
    expect(page.get_by_text(re.compile("2 videos, newest first"))).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
