from collections.abc import Iterator
from pathlib import Path

import pytest

from core import clock
from core.sandbox.server import Sandbox
from tests.sandbox.client import Client


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One sandbox for the tests that need no process or rows of their own."""
    with Sandbox(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture
def client(running: Sandbox) -> Client:
    """A client of an account as new, at HeyGen's own speed: only a moved clock finishes anything."""
    client = Client(running.base_url)
    client.call("POST", "/sandbox/reset")
    client.set(speed=1)
    return client


@pytest.fixture(autouse=True)
def _clock_put_right() -> Iterator[None]:
    yield
    clock.shift(0)


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    """The data directory of a sandbox that a test starts by itself."""
    return tmp_path / "rows"
