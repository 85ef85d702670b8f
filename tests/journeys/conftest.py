"""The real app as a process of its own, and a real Chromium in front of it."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright

from core.bloggers.exchange.samples import load_samples
from core.config import load
from core.database.engine import open_database
from tests.faults import child_studio
from tests.faults.processes import Fork, Process, environment
from tests.fresh import migrated
from tests.people import somebody
from tests.test_files import opened_up
from tests.world import eventually, fast_world

#: These machines are noisy; waiting costs nothing where all is well.
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)

#: An avatar takes half a second.
SPEED = 400.0
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDE: ViewportSize = {"width": 1440, "height": 1000}
PHONE: ViewportSize = {"width": 390, "height": 844}
#: What would turn for ever turns once: this machine's processors draw every frame of it.
STILL = """addEventListener('DOMContentLoaded', () => {
  const style = document.createElement('style');
  style.textContent = '*, *::before, *::after { animation-iteration-count: 1 !important }';
  document.head.append(style);
})"""


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, preferably the one without a window, or the one CHROMIUM names."""
    known = (os.environ.get("CHROMIUM", ""), "/usr/bin/chromium-headless-shell", "/usr/bin/chromium")
    path = next((one for one in known if os.access(one, os.X_OK)), "")
    if not path:
        reason = "no browser: install Debian's chromium-headless-shell or chromium, or set CHROMIUM"
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        # Pages of one site share a process, which has compiled Streamlit's scripts by the second page.
        browser = playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS, "--process-per-site"])
        yield browser
        browser.close()


@dataclass
class App:
    """The running dashboard."""

    url: str
    data: Path
    process: Process


@pytest.fixture
def new(tmp_path: Path) -> Iterator[App]:
    """The dashboard as at the first visit, over an empty keyless world."""
    prepare(tmp_path, samples=False)
    with running_app(tmp_path) as running:
        yield running


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """The dashboard with the sample bloggers."""
    prepare(tmp_path)
    with running_app(tmp_path) as running:
        yield running


@pytest.fixture(scope="package")
def shown(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[App]:
    """The same for all who only look."""
    folder = tmp_path_factory.mktemp("shown")
    prepare(folder)
    opened_up(folder / "data")
    with running_app(folder) as running:
        yield running


def prepare(folder: Path, *, samples: bool = True, speed: float = SPEED, **environ: str) -> None:
    """An empty world with a sandbox of this speed in `folder`, or one with the sample bloggers."""
    fast_world(folder / "data", speed)
    migrated(folder / "data")
    if samples:
        settings = load({"DATA_DIR": str(folder / "data")} | environ, None)
        db = open_database(settings)
        load_samples(db, settings=settings, actor=somebody("tester"))
        db.close()


@contextmanager
def running_app(
    folder: Path,
    script: str | Path = "app.py",
    *options: str,
    port: int | None = None,
    calm: bool = True,
    **environ: str,
) -> Iterator[App]:
    """`streamlit run app.py`, or another script, over the data in `folder`.

    A `calm` one must not have raised. `options` are Streamlit's, `port` is a free one unless it is given.
    """
    data = folder / "data"
    port = port or free_port()
    process = Fork(
        folder / "app.log",
        environment(DATA_DIR=str(data), **environ),
        child_studio.streamlit,
        *("run", str(script), "--server.port", str(port), "--server.headless", "true"),
        *options,
    )
    url = f"http://localhost:{port}"
    try:
        eventually(lambda: _answers(url), seconds=40)
        yield App(url, data, process)
        assert not calm or "Traceback" not in process.output, process.output
    finally:
        process.kill()


def open_browser(chromium: Browser, **options: Any) -> BrowserContext:
    """A person's browser, wide unless `options` say otherwise."""
    opened = chromium.new_context(**{"viewport": WIDE} | options)
    opened.set_default_timeout(PATIENCE_MS)
    opened.add_init_script(STILL)
    return opened


@pytest.fixture(scope="package")
def profile(chromium: Browser) -> Iterator[BrowserContext]:
    """The browser of all. A page that is never closed keeps the process of all pages of localhost."""
    opened = open_browser(chromium)
    kept = opened.new_page()
    kept.route("**", lambda route: route.fulfill(body=""))
    kept.goto("http://localhost/")
    yield opened
    opened.close()


@pytest.fixture
def context(profile: BrowserContext) -> Iterator[BrowserContext]:
    """The same browser for all, so that Streamlit's own files are fetched and compiled once; whatever else a
    person leaves behind is cleared away."""
    yield profile
    _kept, *pages = profile.pages
    for page in pages:
        page.evaluate("localStorage.clear()")
        page.close()
    profile.clear_cookies()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def free_port() -> int:
    """The first free port of this process's own: a browser keeps what it knows by the address it has it from.
    None is among those that the system hands out, which might be gone between two servers."""
    first = 10_000 + os.getpid() * 20 % 20_000
    for port in range(first, first + 20):
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError(f"no port from {first} on is free")


def _answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/_stcore/health", timeout=2).ok
    except requests.RequestException:
        return False
