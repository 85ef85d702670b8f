"""The real app as a process of its own, and a real Chromium in front of it."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.faults.processes import Command, environment
from tests.world import eventually, fast_world

#: These machines are noisy; waiting costs nothing where all is well.
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)

#: An avatar takes about 3 seconds: slow enough to watch, and to close the tab in the middle.
SPEED = 40.0
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, or the one CHROMIUM names."""
    path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    if not os.access(path, os.X_OK):
        reason = f"no browser at {path}: install Debian's chromium, or set CHROMIUM"
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@dataclass
class App:
    """The running dashboard."""

    url: str
    data: Path
    process: Command


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """`streamlit run app.py` over an empty keyless world with a fast sandbox."""
    fast_world(tmp_path / "data", SPEED)
    with running_app(tmp_path) as running:
        yield running


@contextmanager
def running_app(folder: Path, script: str | Path = "app.py", **environ: str) -> Iterator[App]:
    """`streamlit run app.py`, or another script, over the data in `folder`; it must not have raised."""
    data = folder / "data"
    port = _free_port()
    process = Command(
        folder / "app.log",
        environment(DATA_DIR=str(data), **environ),
        *("-m", "streamlit", "run", str(script), "--server.port", str(port), "--server.headless", "true"),
    )
    url = f"http://localhost:{port}"
    try:
        eventually(lambda: _answers(url), seconds=40)
        yield App(url, data, process)
        assert "Traceback" not in process.output, process.output
    finally:
        process.kill()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A person's browser, wide."""
    opened = chromium.new_context(viewport={"width": 1440, "height": 1000})
    opened.set_default_timeout(PATIENCE_MS)
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/_stcore/health", timeout=2).ok
    except requests.RequestException:
        return False
