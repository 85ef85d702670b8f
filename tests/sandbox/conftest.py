from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TypeVar

import pytest

from core import clock
from core.config import DIALECTS
from core.sandbox.server import Sandbox
from tests.sandbox.client import Client
from tests.sandbox.dialects import V2, V3

C = TypeVar("C", bound=Client)


def _as_new(client: C) -> C:
    client.call("POST", "/sandbox/reset")
    client.set(speed=1)
    return client


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The address of one sandbox a dialect, for the tests that need no process or rows of their own."""
    with ExitStack() as stack:
        opened = {d: Sandbox(tmp_path_factory.mktemp("sandbox"), dialect=d) for d in DIALECTS}
        yield {dialect: stack.enter_context(one).base_url for dialect, one in opened.items()}


@pytest.fixture
def client(running: dict[str, str]) -> Client:
    """A client of an account as new, at HeyGen's own speed: only a moved clock finishes anything."""
    return _as_new(Client(running["workflow"]))


@pytest.fixture
def v2(running: dict[str, str]) -> V2:
    """As `client`, in v2."""
    return _as_new(V2(running["v2"]))


@pytest.fixture
def v3(running: dict[str, str]) -> V3:
    """As `client`, in v3."""
    return _as_new(V3(running["v3"]))


@pytest.fixture(autouse=True)
def _clock_put_right() -> Iterator[None]:
    yield
    clock.shift(0)


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    """The data directory of a sandbox that a test starts by itself."""
    return tmp_path / "rows"
