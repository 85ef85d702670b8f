"""Fixtures that several parts of the suite share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core import amounts
from tests.world import World, open_world


@pytest.fixture(autouse=True)
def counted_in_credits() -> Iterator[None]:
    """A world in dollars leaves its process counting in them; the next test begins in credits."""
    yield
    amounts.use_unit(amounts.CREDITS)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A Studio over its own sandbox, with 10 credits and no locations."""
    with open_world(tmp_path / "data") as opened:
        yield opened
