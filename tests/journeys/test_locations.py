"""The list of locations in a real browser: what is chosen, what a link opens, what an import says."""

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from core.bloggers.exchange import applying, planning, reading
from core.config import load
from core.database.engine import Database, open_database
from core.reports import locations
from core.reports.locations import LocationFilter
from tests.journeys.conftest import PHONE, App, open_browser, prepare, running_app
from tests.journeys.support import HEADER, ROW
from tests.people import somebody

pytestmark = pytest.mark.browser

#: A click on the head of this column turns the list round.
LOCATION_HEADER = 300
#: The three dots at its end.
MENU = 421


@pytest.fixture(scope="module")
def forty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """Forty locations: twenty of Ada, twenty of Bob, the odd ones with an avatar from elsewhere."""
    folder = tmp_path_factory.mktemp("forty")
    prepare(folder, samples=False)
    lines = ["blogger,location,heygen_avatar_id"]
    lines += [
        f"{name},Place {n:02},{'a' * 8 + str(n) if n % 2 else ''}"
        for name in ("Ada", "Bob")
        for n in range(20)
    ]
    rows = reading.read_import("\n".join(lines).encode(), "f.csv")
    with running_app(folder) as app:
        db = database(app)
        applying.apply_import(db, planning.plan_import(db, rows), actor=somebody("tester"))
        yield app


def database(app: App) -> Database:
    return open_database(load({"DATA_DIR": str(app.data)}, None))


def names(page: Page, *, ticked: bool = False) -> list[str]:
    """The names in the table's rows, as a screen reader finds them; only the ticked ones, if wanted."""
    rows = page.get_by_test_id("stDataFrame").locator(
        "tr[aria-selected=true]" if ticked else "tr[aria-selected]"
    )
    return [text for text in rows.locator("td:nth-child(3)").all_text_contents() if " – " in text]


def tick(page: Page, row: int) -> None:
    page.get_by_test_id("stDataFrame").click(position={"x": 18, "y": HEADER + ROW * row + ROW // 2})


def chosen(page: Page, n: int) -> None:
    expect(page.get_by_text(f"{n} chosen")).to_be_visible()


def wait_for_rows(page: Page, first: str) -> None:
    table = page.get_by_test_id("stDataFrame")
    expect(table.locator("tr[aria-selected]", has_text=first).first).to_be_attached()
    # The table of the page before stays in the document until the script has ended.
    expect(table).to_have_count(1)


def test_sorting_and_paging_a_table_never_changes_what_is_chosen(forty: App, page: Page) -> None:
    """Two rows of page 1, then the whole list turned round and back, page 2, a third row: these three."""
    page.goto(f"{forty.url}/locations")
    wait_for_rows(page, "Ada – Place 00")
    tick(page, 0)
    chosen(page, 1)
    tick(page, 2)
    chosen(page, 2)
    wanted = {"Ada – Place 00", "Ada – Place 02"}
    assert set(names(page, ticked=True)) == wanted
    header = page.get_by_test_id("stDataFrame")
    header.click(position={"x": LOCATION_HEADER, "y": HEADER // 2})
    wait_for_rows(page, "Bob – Place 19")
    assert names(page)[:2] == ["Bob – Place 19", "Bob – Place 18"]
    assert names(page, ticked=True) == []
    chosen(page, 2)
    header.click(position={"x": LOCATION_HEADER, "y": HEADER // 2})
    wait_for_rows(page, "Ada – Place 00")
    assert set(names(page, ticked=True)) == wanted
    chosen(page, 2)
    # The menu of a column would sort what is on view.
    header.hover(position={"x": LOCATION_HEADER, "y": HEADER // 2})
    header.click(position={"x": MENU, "y": HEADER // 2})
    menu = page.get_by_test_id("stDataFrameColumnMenu")
    expect(menu.get_by_text("Hide column")).to_be_visible()
    expect(menu.get_by_text("Sort ascending")).to_be_hidden()
    page.keyboard.press("Escape")

    page.get_by_role("button", name="Page 2").click()
    wait_for_rows(page, "Ada – Place 18")
    assert names(page, ticked=True) == []
    chosen(page, 2)
    tick(page, 0)
    chosen(page, 3)
    page.get_by_role("button", name="Page 1").click()
    wait_for_rows(page, "Ada – Place 00")
    assert set(names(page, ticked=True)) == wanted

    page.get_by_role("button", name="Make avatars for 3").click()
    page.wait_for_url("**/provisioning?chosen=*")
    ids = tuple(int(i) for i in page.url.partition("chosen=")[2].split("&")[0].replace("%2C", ",").split(","))
    found = locations.locations(database(forty), LocationFilter(), ids=ids)
    quoted = {f"{row['blogger']} – {row['location']}" for row in found.to_dict("records")}
    assert quoted == wanted | {"Ada – Place 18"}


def test_a_choice_in_the_gallery_is_the_choice_in_the_table(forty: App, page: Page) -> None:
    """A row's tick is a card's, a card's tick a row's, after a reload too, and clearing clears both."""
    page.goto(f"{forty.url}/locations")
    wait_for_rows(page, "Ada – Place 00")
    tick(page, 1)
    chosen(page, 1)
    page.get_by_role("radio", name="Gallery").click()
    expect(page.get_by_role("checkbox", name="Place 01", checked=True)).to_have_count(1)
    page.get_by_text("Ada – Place 03", exact=True).first.click()
    chosen(page, 2)
    page.reload()
    chosen(page, 2)
    page.get_by_role("link", name="Open").first.click()
    expect(page).to_have_url(re.compile(r"location=\d+"))
    page.reload()
    expect(page.get_by_role("heading", name="Ada – Place 00")).to_be_visible()
    page.go_back()
    chosen(page, 2)
    page.get_by_role("radio", name="Table").click()
    wait_for_rows(page, "Ada – Place 00")
    assert names(page, ticked=True) == ["Ada – Place 01", "Ada – Place 03"]
    page.get_by_role("button", name="Clear choice").click()
    expect(page.get_by_text("2 chosen")).to_have_count(0)
    wait_for_rows(page, "Ada – Place 00")
    assert names(page, ticked=True) == []


def test_a_link_to_a_filtered_list_opens_the_same_list_for_everybody(
    forty: App, page: Page, chromium: Browser
) -> None:
    """It survives a reload, and a Russian colleague sees the same rows."""
    bob = locations.blogger_names(database(forty)).set_index("name").loc["Bob", "id"]
    link = f"{forty.url}/locations?locations_blogger={bob}&locations_avatar=none&locations_text=place"
    page.goto(link)
    expect(page.get_by_text("10 locations")).to_be_visible()
    wait_for_rows(page, "Bob – Place 00")
    rows = names(page)
    assert rows == [f"Bob – Place {n:02}" for n in range(0, 20, 2)]
    page.reload()
    wait_for_rows(page, "Bob – Place 00")
    assert names(page) == rows
    expect(page.get_by_role("button", name="Avatar: No avatar")).to_be_visible()

    russian = open_browser(chromium, locale="ru-RU")
    colleague = russian.new_page()
    colleague.goto(page.url)
    expect(colleague.get_by_role("heading", name="Локации")).to_be_visible()
    wait_for_rows(colleague, "Bob – Place 00")
    assert names(colleague) == rows
    russian.close()

    page.get_by_role("button", name="Avatar: No avatar").click()
    expect(page.get_by_text("20 locations")).to_be_visible()
    assert "locations_avatar" not in page.url


def test_a_filter_is_set_taken_away_and_set_again(forty: App, page: Page) -> None:
    """What a closed popover showed before never comes back by itself."""
    page.goto(f"{forty.url}/locations")
    for _ in range(2):
        expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
        page.get_by_role("button", name="Filters").click()
        page.get_by_role("combobox", name="Avatar").click()
        page.get_by_role("option", name="Ready").click()
        expect(page.get_by_text("20 locations")).to_be_visible()
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Avatar: Ready").click()
        expect(page.get_by_text("40 locations")).to_be_visible()
    page.get_by_role("radio", name="Gallery").click()
    expect(page.get_by_role("checkbox", name="Place 00").first).to_be_attached()
    expect(page.get_by_text("40 locations")).to_be_visible()


def test_a_phone_sees_pictures_first(forty: App, chromium: Browser) -> None:
    """A phone's browser opens the gallery, with the first card on its first screen."""
    phone = open_browser(chromium, viewport=PHONE, user_agent="Mozilla/5.0 (iPhone) Mobile/15E148")
    page = phone.new_page()
    page.goto(f"{forty.url}/locations")
    first = page.get_by_text("Ada – Place 00", exact=True).first
    expect(first).to_be_visible()
    place = first.bounding_box()
    assert place is not None
    assert place["y"] < 844
    phone.close()


def test_an_import_is_judged_applied_once_and_its_refused_rows_downloaded(
    new: App, page: Page, tmp_path: Path
) -> None:
    """Verdicts first, refused ones as a file with row and reason, Apply pressed twice, the result stays."""
    file = tmp_path / "people.json"
    places = [{"name": "Home", "image_url": "ftp://x/a.png"}, {"name": "Park", "image_url": ""}]
    file.write_text(json.dumps([{"name": "=Ada", "settings": {"locations": places}}]))
    page.goto(f"{new.url}/locations")
    page.get_by_role("button", name="Import").click()
    dialog = page.get_by_role("dialog")
    dialog.locator("input[type=file]").set_input_files(file)
    expect(dialog.get_by_text("must be a whole link")).to_be_visible()
    for _ in ("before", "after"):
        with page.expect_download() as download:
            dialog.get_by_role("button", name="Download refused rows").click()
        text = Path(download.value.path()).read_text(encoding="utf-8-sig")
        (row,) = csv.DictReader(io.StringIO(text))
        assert (row["blogger"], row["location"], row["row"]) == ("'=Ada", "Home", "1")
        assert "whole link" in row["reason"]
        if dialog.get_by_role("button", name="Apply 1 row").count():
            dialog.get_by_role("button", name="Apply 1 row").dblclick()
            expect(dialog.get_by_text("1 row was taken.")).to_be_visible()
    dialog.get_by_role("button", name="Close", exact=True).last.click()
    expect(page.get_by_text("1 location", exact=True)).to_be_visible()
    assert locations.count_locations(database(new), LocationFilter()) == 1


def test_the_chosen_are_downloaded_archived_and_brought_back(forty: App, page: Page) -> None:
    """The file holds the two chosen ones; archived, they leave the list; Undo brings them back."""
    page.goto(f"{forty.url}/locations")
    wait_for_rows(page, "Ada – Place 00")
    tick(page, 0)
    chosen(page, 1)
    tick(page, 1)
    chosen(page, 2)
    page.get_by_role("button", name="More").last.click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as JSON").click()
    (entry,) = json.loads(Path(download.value.path()).read_text())
    assert [place["name"] for place in entry["settings"]["locations"]] == ["Place 00", "Place 01"]
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as CSV").click()
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert [row["location"] for row in csv.DictReader(io.StringIO(text))] == ["Place 00", "Place 01"]
    page.get_by_role("button", name="Archive 2 locations").click()
    expect(page.get_by_text("2 locations were archived.")).to_be_visible()
    expect(page.get_by_text("38 locations")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("40 locations")).to_be_visible()
