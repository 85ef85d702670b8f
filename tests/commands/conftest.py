"""Data of a command's own."""

from pathlib import Path

import pytest

from tests.fresh import migrated
from tests.world import fast_world


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory whose sandbox is fast."""
    fast_world(tmp_path / "data")
    migrated(tmp_path / "data")
    return tmp_path / "data"
