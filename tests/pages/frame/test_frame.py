"""The frame: sidebar, the world's line, and what is shown when nothing can be loaded."""

from pathlib import Path

import pytest

from core.studio import Studio
from tests.pages.conftest import Open, confirm, drive, page_text
from tests.pages.screen import figures

PAGES = ("overview.py", "locations.py", "provisioning.py", "activity.py", "credits.py")


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_in_an_empty_world(studio: Studio, open_page: Open, page: str) -> None:
    """No page raises, and each says that nothing costs money here."""
    assert "Sandbox: nothing here costs money" in page_text(open_page(page))


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_with_samples(samples: Studio, open_page: Open, page: str) -> None:
    """No page raises where there are locations and no runs."""
    page_text(open_page(page))


def test_the_sidebar_shows_available_held_and_spent(samples: Studio, open_page: Open) -> None:
    """The three figures follow the ledger: held at confirm, spent when the motion is there."""
    assert figures(open_page()) == {
        "Available": "10 credits",
        "Held": "0 credits",
        "Spent this month": "0 credits",
    }
    runs = confirm(samples, 1, 2)
    assert figures(open_page()) == {
        "Available": "8 credits",
        "Held": "2 credits",
        "Spent this month": "0 credits",
    }
    drive(samples, runs)
    assert figures(open_page()) == {
        "Available": "8 credits",
        "Held": "0 credits",
        "Spent this month": "2 credits",
    }


def test_a_studio_that_cannot_open_is_one_sentence(data_dir: Path, open_page: Open) -> None:
    """DATA_DIR is a file: one error in a sentence that says what to do, no trace."""
    data_dir.write_text("in the way")
    at = open_page()
    text = page_text(at)
    assert len(at.error) == 1
    assert "cannot be made" in at.error[0].value
    assert "Set DATA\\_DIR" in text or "Set DATA_DIR" in text


@pytest.mark.parametrize("page", PAGES)
def test_a_database_that_cannot_be_read_is_one_sentence(samples: Studio, open_page: Open, page: str) -> None:
    """A table is gone that every page reads: one error that says nothing was spent, no trace."""
    with samples.db.write() as session:
        session.connection().exec_driver_sql("ALTER TABLE reading RENAME TO gone")
    at = open_page(page)
    assert not at.exception
    assert [error.proto.title for error in at.error] == ["Could not load"]
    assert "nothing was spent" in at.error[0].value


@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("locations.py", {"location": "999"}),
        ("provisioning.py", {"chosen": "999"}),
        ("activity.py", {"run": "999"}),
        ("activity.py", {"run": "99999999999999999999999"}),
    ],
)
def test_a_link_to_nothing_is_one_sentence(
    samples: Studio, open_page: Open, page: str, query: dict[str, str]
) -> None:
    """An id that does not exist is said, not raised."""
    at = open_page(page, **query)
    assert not at.exception
    assert len(at.error) == 1
    assert "There is no" in at.error[0].value


@pytest.mark.parametrize("page", ["locations.py", "provisioning.py", "activity.py"])
def test_rubbish_in_the_address_is_passed_over(samples: Studio, open_page: Open, page: str) -> None:
    """Words instead of ids open the page as if they were not there."""
    text = page_text(open_page(page, location="x,,-1", chosen="x", run="x", runs=","))
    assert "There is no" not in text
