"""A world with voices in each dialect in turn."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conformance import DIALECTS
from tests.films import Films, with_voices
from tests.world import open_world


@pytest.fixture(params=DIALECTS)
def films(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Films]:
    """A world of this dialect with its first balance and voices, without locations."""
    with open_world(tmp_path / "data", HEYGEN_DIALECT=request.param) as opened:
        yield with_voices(opened)
