"""What the running dashboard shows to who is no person in front of it."""

import re

import pytest
import requests

from core.web.headers import HEADERS
from tests.journeys.conftest import App

pytestmark = pytest.mark.browser


def test_every_answer_of_the_dashboard_keeps_other_sites_out(shown: App) -> None:
    """Pages, static files, Streamlit's own routes and ours: none can be framed or read from elsewhere."""
    page = requests.get(shown.url, timeout=10)
    script = re.search(r'src="\./(static/js/[^"]+)"', page.text)
    assert script is not None
    paths = (script[1], "_stcore/health", "photos/1", "videos/1.mp4", "locations", "no/such/page")
    for answer in (page, *(requests.get(f"{shown.url}/{path}", timeout=10) for path in paths)):
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, answer.url
        assert answer.headers["Content-Security-Policy"] == page.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"].split("; ")
    assert "'unsafe-eval'" not in page.headers["Content-Security-Policy"]


def test_numbers_that_are_none_break_nothing(shown: App) -> None:
    """4,300 digits are more than Python reads, and 19 more than SQLite holds."""
    for path in ("photos/{}", "videos/{}.mp4", "videos/{}/poster.jpg"):
        for digits in (19, 4300):
            assert requests.get(f"{shown.url}/{path.format('9' * digits)}", timeout=10).status_code == 404


def test_no_other_site_may_send_it_messages(shown: App) -> None:
    """Streamlit's default list names its own cloud."""
    assert requests.get(f"{shown.url}/_stcore/host-config", timeout=10).json()["allowedOrigins"] == []


def test_the_data_are_for_their_owner_alone(shown: App) -> None:
    """Whatever the process wrote, and what was open to everybody before it started."""
    modes = {path.name: path.stat().st_mode & 0o077 for path in (shown.data, *shown.data.rglob("*"))}
    assert {"studio.db", "queue.db"} <= modes.keys()
    assert not any(modes.values()), modes
