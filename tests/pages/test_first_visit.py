"""The first visit in v3 offers what is there from v1 and v2."""

from pathlib import Path

import pytest

from core import reports
from core.config import Settings
from core.db import open_database
from core.studio import current
from tests.fresh import blogger, location
from tests.pages.conftest import Open, page_text
from tests.pages.screen import keys


@pytest.mark.usefixtures("data_dir")
def test_one_click_brings_bloggers_and_locations_over(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Offered where such data lie beside; the click leads to the locations."""
    monkeypatch.setenv("HEYGEN_DIALECT", "v3")
    before = keys(open_page())
    assert "load_samples" in before
    assert "bring_over" not in before
    db = open_database(Settings(data_dir=Path("data/sandbox")))
    location(db, blogger(db))
    db.close()
    at = open_page()
    assert "Bring bloggers and locations over from data/sandbox" in page_text(at)
    at.button(key="bring_over").click().run()
    assert at.title[0].value == "Locations"
    assert reports.overview(current().db).locations == 1


@pytest.mark.usefixtures("data_dir")
def test_in_credits_nothing_is_offered(open_page: Open) -> None:
    """The data of v1 and v2 are those very data."""
    open_database(Settings(data_dir=Path("data/sandbox"))).close()
    assert "bring_over" not in keys(open_page())
