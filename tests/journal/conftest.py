"""Worlds of single dialects."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.world import World, open_world


@pytest.fixture
def looks(tmp_path: Path) -> Iterator[World]:
    """A world in which a motion is a look of its own."""
    with open_world(tmp_path / "data", HEYGEN_DIALECT="v2") as opened:
        yield opened


@pytest.fixture
def dollars(tmp_path: Path) -> Iterator[World]:
    """A world in which a lost call may be sent again under its key."""
    with open_world(tmp_path / "data", HEYGEN_DIALECT="v3") as opened:
        yield opened
