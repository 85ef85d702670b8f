"""The sandbox as a process of its own for all fault tests, and a fresh account and DATA_DIR for each."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.site import SPEED, HeyGen, Site, sandbox_process


@pytest.fixture(scope="session")
def heygen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HeyGen]:
    with sandbox_process(tmp_path_factory.mktemp("sandbox")) as account:
        yield account


@pytest.fixture
def site(tmp_path: Path, heygen: HeyGen) -> Iterator[Site]:
    """A new DATA_DIR over an account with 10 credits."""
    heygen.control("POST", "reset")
    # Three groups at most would hide a group that is made twice.
    heygen.control("POST", "settings", group_limit=-1, speed=SPEED)
    site = Site(tmp_path, heygen)
    yield site
    site.close()
