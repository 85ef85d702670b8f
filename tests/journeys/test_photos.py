"""Photos and what follows from them at one location, in a real browser."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Locator, Page, expect

from core.account import balance
from core.bloggers import past_avatars
from core.bloggers.editing import get_location
from core.config import load
from core.database.engine import Database, open_database
from core.money.ledger import Balances, balances
from core.photos import check
from core.quotes import avatars
from core.reports import runs
from core.runs import confirm, drive
from core.studio import open_studio
from tests.journeys.conftest import App, prepare, running_app
from tests.journeys.support import go, spend
from tests.people import somebody
from tests.photos.host import picture
from tests.world import eventually

pytestmark = pytest.mark.browser

MILA_STUDIO, EMPTY_ROOM = 1, 10


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    """The app's own database."""
    opened = open_database(load({"DATA_DIR": str(tmp_path / "data")}, None))
    yield opened
    opened.close()


def money(db: Database) -> Balances:
    with db.read() as session:
        return balances(session)


def open_location(page: Page, app: App, location_id: int) -> None:
    page.goto(f"{app.url}/locations?location={location_id}")
    expect(page.get_by_text("HeyGen ids").first).to_be_visible()


def choose_file(place: Locator, data: bytes, name: str = "me.jpg") -> None:
    place.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "image/jpeg", "buffer": data}
    )


def upload(place: Locator, data: bytes) -> None:
    place.get_by_role("radio", name="Upload").or_(place.get_by_role("button", name="Upload")).first.click()
    expect(place.get_by_text("File of the photo")).to_be_visible()
    choose_file(place, data)


@pytest.fixture
def ready_app(tmp_path: Path) -> Iterator[App]:
    """The dashboard with the sample bloggers, the first of whom has an avatar."""
    prepare(tmp_path)
    studio = open_studio(load({"DATA_DIR": str(tmp_path / "data")}, None))
    try:
        balance.refresh(studio)
        quote = avatars.quote(studio, location_ids=[MILA_STUDIO], motion_type="veo2")
        (run,) = drive.drive(
            studio, [one.id for one in confirm.confirm(studio, quote, actor=somebody("tester"))]
        )
        assert run.state == "done"
    finally:
        studio.close()
    with running_app(tmp_path) as app:
        yield app


def make(page: Page, app: App, location_id: int) -> None:
    """From the location through the quote, and back to the location."""
    open_location(page, app, location_id)
    page.get_by_role("button", name="Make avatar", exact=True).click()
    page.get_by_role("button", name="Spend 1 credit on 1 avatar").click()
    page.get_by_role("dialog").get_by_role("button", name="Spend 1 credit on 1 avatar").click()
    expect(page).to_have_url(re.compile("runs="))
    go(page, f"/locations?location={location_id}")
    expect(page.get_by_text("HeyGen ids").first).to_be_visible()


def ready(page: Page) -> None:
    expect(page.get_by_text("The avatar is ready for videos.")).to_be_visible()


def test_a_photo_is_uploaded_judged_at_once_and_becomes_an_avatar(app: App, db: Database, page: Page) -> None:
    """Too small is said in a sentence beside the file, a good one is shown; a double click adds one location,
    and HeyGen makes an avatar of the very bytes."""
    page.goto(f"{app.url}/locations")
    page.get_by_role("button", name="Add location").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Name of the location").fill("Balcony")
    upload(dialog, picture("JPEG", (300, 300)))
    expect(dialog.get_by_text("The photo has 300 x 300 pixels")).to_be_visible()
    dialog.get_by_role("button", name="Add location").click()
    expect(dialog.get_by_text("The photo has 300 x 300 pixels")).to_have_count(2)
    choose_file(dialog, picture("JPEG", (600, 800)), "large.jpg")
    expect(dialog.get_by_text("Good for HeyGen")).to_be_visible()
    expect(dialog.get_by_role("img", name="The photo, small")).to_be_visible()
    dialog.get_by_role("button", name="Add location").dblclick()
    expect(page.get_by_role("heading", name="Mila Hart – Balcony")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    made = int(page.url.rpartition("=")[2])
    kept = check.check_photo(
        get_location(db, location_id=made).image_url, load({"DATA_DIR": str(app.data)}, None)
    )
    assert kept.data == picture("JPEG", (600, 800))
    shown = requests.get(f"{app.url}/photos/{made}", timeout=10)
    assert shown.headers["content-type"] == "image/jpeg"
    make(page, app, made)
    ready(page)
    assert money(db).spent == 1_000_000


def test_a_photo_that_fails_the_face_check_is_replaced_and_retried_without_a_second_charge(
    app: App, db: Database, page: Page
) -> None:
    """The reason, another file in the same place, a retry inside the same run: one credit in all."""
    make(page, app, EMPTY_ROOM)
    expect(page.get_by_text("HeyGen found no face in the photo")).to_be_visible()
    assert money(db).spent == 0
    page.get_by_role("button", name="Change the photo").click()
    dialog = page.get_by_role("dialog")
    upload(dialog, picture("JPEG", (600, 800)))
    expect(dialog.get_by_text("Good for HeyGen")).to_be_visible()
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The next try takes the photo that is there now.")).to_be_visible()
    spend(page, "Retry from Upload · 1 credit").dblclick()
    ready(page)
    assert runs.count_runs(db) == 1
    assert (money(db).spent, money(db).held) == (1_000_000, 0)


def test_another_motion_another_photo_and_the_way_back(ready_app: App, db: Database, page: Page) -> None:
    """Each has its quote and its price on the button; nothing is lost, and the way back is free."""
    open_location(page, ready_app, MILA_STUDIO)
    ready(page)
    first = get_location(db, location_id=MILA_STUDIO)

    page.get_by_role("button", name="Another motion · 1 credit").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Spend 1 credit on another motion").dblclick()
    expect(page.get_by_role("link", name="Watch the run")).to_be_visible()
    ready(page)
    moved = get_location(db, location_id=MILA_STUDIO)
    assert moved.heygen_group_id == first.heygen_group_id
    assert moved.motion_type != first.motion_type
    assert money(db).spent == 2_000_000

    page.get_by_role("button", name="Another photo · 1 credit").click()
    upload(dialog, picture("JPEG", (600, 800)))
    dialog.get_by_role("button", name="Spend 1 credit on another photo").click()
    expect(page.get_by_text("Earlier avatars")).to_be_visible()
    ready(page)
    assert get_location(db, location_id=MILA_STUDIO).heygen_group_id != first.heygen_group_id

    page.get_by_role("button", name="Take back").click()
    dialog.get_by_role("button", name="Take back").dblclick()
    expect(page.get_by_text("An earlier avatar was taken back in its place")).to_be_visible()
    back = get_location(db, location_id=MILA_STUDIO)
    assert (back.heygen_avatar_id, back.image_url) == (moved.heygen_avatar_id, first.image_url)
    assert (money(db).spent, money(db).held) == (3_000_000, 0)


def test_the_slot_is_freed_by_typing_the_groups_name(ready_app: App, db: Database, page: Page) -> None:
    """Half a name opens nothing and is forgotten with its dialog; the whole name deletes the group and leaves
    the costs."""
    open_location(page, ready_app, MILA_STUDIO)
    ready(page)
    page.get_by_role("button", name="Free the slot").click()
    dialog = page.get_by_role("dialog")
    name = dialog.get_by_role("textbox", name="Type the group's name")
    name.fill("Mila Hart")
    expect(dialog.get_by_role("button", name="Free the slot")).to_be_disabled()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.get_by_role("button", name="Free the slot").click()
    expect(name).to_have_value("")
    expect(dialog.get_by_text("1 now, 0 of 3 afterwards")).to_be_visible()
    name.fill("Mila Hart - Studio")
    dialog.get_by_role("button", name="Free the slot").click()
    expect(page.locator(".stMarkdownBadge", has_text="Deleted in HeyGen")).to_be_visible()
    expect(page.get_by_role("button", name="Make avatar", exact=True)).to_be_visible()
    (old,) = past_avatars.of_location(db, MILA_STUDIO).to_dict("records")
    assert old["deleted_at"] is not None
    assert get_location(db, location_id=MILA_STUDIO).heygen_group_id is None
    assert (money(db).spent, money(db).held) == (1_000_000, 0)


def test_check_now_is_answered_while_one_looks(ready_app: App, db: Database, page: Page) -> None:
    """The page asks, the worker answers, and the page says so without a reload."""
    open_location(page, ready_app, MILA_STUDIO)
    ready(page)
    before = get_location(db, location_id=MILA_STUDIO).checked_at
    assert before is not None
    page.get_by_role("button", name="Check now").click()
    eventually(lambda: (get_location(db, location_id=MILA_STUDIO).checked_at or before) > before)
    expect(page.get_by_text("Asking HeyGen")).to_have_count(0)
    expect(page.get_by_role("button", name="Check now")).to_be_enabled()
    expect(page.get_by_text("HeyGen last said so")).to_be_visible()
