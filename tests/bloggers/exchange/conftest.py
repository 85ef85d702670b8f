"""An empty database for each test of import and export."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.database.engine import Database
from tests.fresh import fresh_database


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = fresh_database(tmp_path)
    yield database
    database.close()
