"""A photo host on loopback, and the two worlds that ask it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.config import Settings
from tests.photos.host import PhotoHost, photo_host


@pytest.fixture
def host() -> Iterator[PhotoHost]:
    with photo_host() as running:
        yield running


@pytest.fixture
def sandbox(tmp_path: Path) -> Settings:
    return Settings(api_key="sandbox", api_base="http://127.0.0.1:9", data_dir=tmp_path)


@pytest.fixture
def live(tmp_path: Path) -> Settings:
    return Settings(api_key="k", api_base="https://api.heygen.com", data_dir=tmp_path)
