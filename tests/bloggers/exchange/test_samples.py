"""The sandbox's sample bloggers load once, whole, and never into the live world."""

from pathlib import Path

import pytest

from core.bloggers.exchange.export import export_json
from core.bloggers.exchange.samples import load_samples
from core.config import Settings
from core.errors import Refusal
from core.photos.check import check_photo
from core.sandbox.server import Sandbox
from tests.databases import dump
from tests.fresh import fresh_database
from tests.people import somebody


def test_samples_load_and_loading_them_twice_changes_nothing(tmp_path: Path):
    """Every row is new the first time and the same the second time."""
    db = fresh_database(tmp_path)
    first = load_samples(db, settings=Settings(), actor=somebody())
    assert first.counts["new"] == len(first.rows) > 0
    before = dump(db.path)
    second = load_samples(db, settings=Settings(), actor=somebody())
    assert second.counts["same"] == len(first.rows)
    assert dump(db.path) == before
    db.close()


def test_the_live_world_takes_no_samples(tmp_path: Path):
    """A Studio with a key refuses and stays empty."""
    db = fresh_database(tmp_path)
    live = Settings(api_key="k", api_base="https://api.heygen.com")
    with pytest.raises(Refusal, match="Nothing was changed"):
        load_samples(db, settings=live, actor=somebody())
    assert export_json(db) == "[]\n"
    db.close()


def test_every_sample_photo_passes_the_check(tmp_path: Path):
    """The running sandbox serves each of them, and HeyGen's rules for photos hold for it."""
    db = fresh_database(tmp_path)
    rows = load_samples(db, settings=Settings(), actor=somebody()).rows
    with Sandbox(tmp_path / "sandbox") as sandbox, db.read() as session:
        from sqlmodel import select

        from core.database.tables.bloggers import Location

        settings = Settings(api_key="sandbox", api_base=sandbox.base_url, data_dir=tmp_path)
        urls = session.exec(select(Location.image_url)).all()
        kinds = [check_photo(url, settings).kind for url in urls]
    assert len(kinds) == len(rows)
    db.close()
