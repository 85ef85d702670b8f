"""The sandbox as a process of its own for all fault tests, and a fresh account and DATA_DIR for each."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.processes import HeyGen, Site, Starter, sandbox_process


@pytest.fixture(scope="session")
def heygen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HeyGen]:
    with sandbox_process(tmp_path_factory.mktemp("sandbox")) as account:
        yield account


@pytest.fixture(scope="session")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Starter]:
    starter = Starter(tmp_path_factory.mktemp("studio"))
    yield starter
    starter.close()


@pytest.fixture
def site(tmp_path: Path, heygen: HeyGen, starter: Starter) -> Iterator[Site]:
    """A new DATA_DIR over an account with 10 credits."""
    heygen.control("POST", "reset")
    # Three groups at most would hide a group that is made twice.
    heygen.control("POST", "settings", group_limit=-1)
    site = Site(tmp_path, heygen, starter)
    yield site
    site.close()
