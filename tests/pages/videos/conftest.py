"""A world in which a video was made: rendered once, whatever the page shows of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.studio import Studio
from tests.pages.conftest import lived_through
from tests.pages.videos.support import make


@pytest.fixture(scope="package")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("film") / "data"


@pytest.fixture
def filmed(film: Path, data_dir: Path) -> Iterator[Studio]:
    """The sample bloggers and the video "Tour" of their first location, with its avatar: runs 1 and 2."""
    with lived_through(film, data_dir, lambda studio: make(studio, 1, title="Tour")) as studio:
        yield studio
