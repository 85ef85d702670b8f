"""Fixtures that several parts of the suite share."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

from core import amounts
from core.database import engine as engine_module
from core.database.engine import Database
from core.journal import progress
from core.runs import drive
from tests.films import Films, with_voices
from tests.fresh import fresh_database
from tests.photos.host import PhotoHost, photo_host
from tests.world import World, open_world

#: About half of what drives a browser.
ONE_BROWSER = {"test_make", "test_locations", "test_filters", "test_videos", "test_sign_in"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A file is one worker's, for its own fixtures. Two cores draw for two browsers at once and no more: all
    files that drive one are two workers' and come first, because they take longest."""
    for item in items:
        browser = item.get_closest_marker("browser")
        group = f"browser {1 + (item.path.stem in ONE_BROWSER)}" if browser else str(item.path)
        item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Iterator[None]:
    """SQLAlchemy compiles each statement once an engine. A test has its own engine, and that took most of
    its time: here all engines have one memory, and their dialects, which are made alike, count as one."""
    memory = LRUCache(2000)

    def with_memory(*arguments: Any, **named: Any) -> Engine:
        engine = create_engine(*arguments, **named)
        engine.update_execution_options(compiled_cache=memory)
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SQLiteDialect_pysqlite, "__eq__", lambda one, other: type(one) is type(other))
        patch.setattr(SQLiteDialect_pysqlite, "__hash__", lambda one: hash(type(one)))
        patch.setattr(engine_module, "create_engine", with_memory)
        yield


@pytest.fixture(autouse=True)
def counted_in_credits() -> Iterator[None]:
    """A world in dollars leaves its process counting in them; the next test begins in credits."""
    yield
    amounts.use_unit(amounts.CREDITS)


@pytest.fixture(autouse=True)
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A real HeyGen is spared by a least gap between two looks; the sandbox needs less of one."""
    monkeypatch.setattr(progress, "SHORTEST_GAP", 0.02)
    monkeypatch.setattr(drive, "TICK_SECONDS", 0.02)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    """An empty database of the sandbox world."""
    database = fresh_database(tmp_path)
    yield database
    database.close()


@pytest.fixture
def host() -> Iterator[PhotoHost]:
    """A photo host on loopback."""
    with photo_host() as running:
        yield running


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A Studio over its own sandbox, with 10 credits and no locations."""
    with open_world(tmp_path / "data") as opened:
        yield opened


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


@pytest.fixture
def films(tmp_path: Path) -> Iterator[Films]:
    """A world with 10 credits and voices, without locations."""
    with open_world(tmp_path / "data", PLAN="pro") as opened:
        yield with_voices(opened)
