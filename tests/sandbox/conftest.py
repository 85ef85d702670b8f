from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from core import clock
from core.sandbox.server import Sandbox
from tests.sandbox.client import Client
from tests.sandbox.dialects import V2, V3

C = TypeVar("C", bound=Client)


def _as_new(client: C) -> C:
    client.call("POST", "/sandbox/reset")
    client.set(speed=1)
    return client


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One sandbox for the tests that need no process or rows of their own."""
    with Sandbox(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture
def client(running: Sandbox) -> Client:
    """A client of an account as new, at HeyGen's own speed: only a moved clock finishes anything."""
    return _as_new(Client(running.base_url))


@pytest.fixture(scope="session")
def running_v2(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with Sandbox(tmp_path_factory.mktemp("sandbox"), dialect="v2") as sandbox:
        yield sandbox


@pytest.fixture
def v2(running_v2: Sandbox) -> V2:
    """As `client`, in v2."""
    return _as_new(V2(running_v2.base_url))


@pytest.fixture(scope="session")
def running_v3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with Sandbox(tmp_path_factory.mktemp("sandbox"), dialect="v3") as sandbox:
        yield sandbox


@pytest.fixture
def v3(running_v3: Sandbox) -> V3:
    """As `client`, in v3."""
    return _as_new(V3(running_v3.base_url))


@pytest.fixture(autouse=True)
def _clock_put_right() -> Iterator[None]:
    yield
    clock.shift(0)


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    """The data directory of a sandbox that a test starts by itself."""
    return tmp_path / "rows"
