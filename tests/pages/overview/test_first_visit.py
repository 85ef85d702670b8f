"""The first visit in v3 offers what is there from v1 and v2."""

from pathlib import Path

import pytest

from core.config import Settings
from core.database.engine import open_database
from core.reports import overview
from core.studio import current
from tests.fresh import add_run, blogger, location
from tests.pages.conftest import Open, page_text
from tests.pages.screen import keys


@pytest.mark.usefixtures("data_dir")
def test_one_click_brings_bloggers_and_locations_over(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Offered where such data lie beside; the click says what came and what stays behind."""
    monkeypatch.setenv("HEYGEN_DIALECT", "v3")
    before = keys(open_page())
    assert "load_samples" in before
    assert "bring_over" not in before
    db = open_database(Settings(data_dir=Path("data/sandbox")))
    owner = blogger(db)
    location(db, owner)
    add_run(db, location(db, owner, "Kitchen"), "waiting")
    db.close()
    at = open_page()
    assert "Bring bloggers and locations over from data/sandbox" in page_text(at)
    at.button(key="bring_over").click().run()
    assert not at.exception
    said = [toast.value for toast in at.toast]
    assert "1 location was brought over." in said
    assert any(text.startswith("1 location stays behind") for text in said)
    assert "bring_over" not in keys(at)
    assert overview.overview(current().db).locations == 1


@pytest.mark.usefixtures("data_dir")
def test_in_credits_nothing_is_offered(open_page: Open) -> None:
    """The data of v1 and v2 are those very data."""
    open_database(Settings(data_dir=Path("data/sandbox"))).close()
    assert "bring_over" not in keys(open_page())


@pytest.mark.usefixtures("data_dir")
def test_what_cannot_be_brought_is_said(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """Data of another world under that name: one sentence, and the offer stays."""
    monkeypatch.setenv("HEYGEN_DIALECT", "v3")
    live = Settings(api_key="k", dialect="v2", api_base="https://h.example", data_dir=Path("data/sandbox"))
    open_database(live).close()
    at = open_page()
    at.button(key="bring_over").click().run()
    assert not at.exception
    assert "not of this HeyGen account" in at.toast[0].value
    assert "bring_over" in keys(at)
