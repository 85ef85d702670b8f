"""The two worlds that ask for photos."""

from pathlib import Path

import pytest

from core.config import Settings


@pytest.fixture
def sandbox(tmp_path: Path) -> Settings:
    return Settings(api_key="sandbox", api_base="http://127.0.0.1:9", data_dir=tmp_path)


@pytest.fixture
def live(tmp_path: Path) -> Settings:
    return Settings(api_key="k", api_base="https://api.heygen.com", data_dir=tmp_path)
