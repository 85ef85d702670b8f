"""`--dry-run` shows the price and leaves HeyGen and the data exactly as they were."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from core.config import Settings
from core.database.copies import copied
from core.database.engine import open_database
from core.errors import StartRefused
from core.sandbox.server import Sandbox
from tests.commands.support import core, files, prepare, refused
from tests.fresh import blogger, location
from tests.world import control, fast_world, photo_server, picture

PROVISION = ("provision", "--all", "--motion", "veo2", "--dry-run")
VIDEO = ("video", "--location", "1", "--script", "Hello there, this is a test.", "--dry-run")


@pytest.mark.parametrize("command", [PROVISION, VIDEO], ids=["provision", "video"])
def test_the_data_stay_byte_for_byte(tmp_path: Path, command: tuple[str, ...]) -> None:
    """Database, sandbox, queue and locks: nothing is written, added or removed."""
    fast_world(tmp_path / "data")
    with photo_server(picture()) as url:
        prepare(tmp_path / "data", url)
        voice = core(tmp_path / "data", "voices").stdout.split()[0]
        before = files(tmp_path)
        shown = core(tmp_path / "data", *command, *(("--voice", voice) if command is VIDEO else ()))
    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert "available 10" in shown.stdout
    assert files(tmp_path) == before


def test_what_a_killed_process_left_stays_as_well(tmp_path: Path) -> None:
    """Rows that are still in SQLite's log are read for the quote and not moved."""
    fast_world(tmp_path / "data")
    with photo_server(picture()) as url:
        prepare(tmp_path / "data", url)
        with closing(sqlite3.connect(tmp_path / "data" / "studio.db")) as rows:
            rows.execute("UPDATE location SET name = 'Kitchen'")
            rows.commit()
            # As after a kill: the log beside the database, and nobody at work.
            left = {path.name: path.read_bytes() for path in (tmp_path / "data").glob("studio.db*")}
        for name, held in left.items():
            (tmp_path / "data" / name).write_bytes(held)
        assert len(left["studio.db-wal"]) > 0
        before = files(tmp_path)
        shown = core(tmp_path / "data", *PROVISION)
    assert "Mila Hart - Kitchen: 1 credit" in shown.stdout
    assert files(tmp_path) == before


def test_heygen_is_only_read(tmp_path: Path) -> None:
    """With a key HeyGen itself is asked, by free calls, for the balance that the quote needs."""
    with Sandbox(tmp_path / "heygen", speed=400) as heygen, photo_server(picture()) as url:
        place = prepare(tmp_path / "data", url)
        before, files_before = control(heygen.base_url, "GET", "state"), files(tmp_path / "data")
        shown = core(
            tmp_path / "data",
            *("provision", "--location", str(place), "--motion", "veo2", "--dry-run"),
            HEYGEN_API_KEY="sandbox",
            HEYGEN_DIALECT="workflow",
            HEYGEN_API_BASE=heygen.base_url,
        )
        after = control(heygen.base_url, "GET", "state")
    assert shown.returncode == 0, shown.stderr
    assert files(tmp_path / "data") == files_before
    calls, called = before.pop("calls"), after.pop("calls")
    assert {name for name in called if called[name] != calls.get(name, 0)} == {"quota", "groups"}
    assert after == before


@pytest.mark.parametrize("dialect", ["workflow", "v2", "v3"])
def test_a_fresh_live_installation_stays_fresh(tmp_path: Path, dialect: str) -> None:
    """Before the first start there is nothing to price, and no data directory is made to say so."""
    live = {"HEYGEN_API_KEY": "a-key", "HEYGEN_DIALECT": dialect}
    refused(core(tmp_path / "data", *PROVISION, **live), "no locations yet")
    one = core(tmp_path / "data", *("provision", "--location", "1", "--motion", "veo2", "--dry-run"), **live)
    refused(one, "no location with the id 1")
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_left_in_the_temporary_directory(tmp_path: Path) -> None:
    """The copy goes when the command ends, however it ends."""
    (tmp_path / "tmp").mkdir()
    refused(core(tmp_path / "data", *PROVISION, TMPDIR=str(tmp_path / "tmp")), "no locations yet")
    assert list((tmp_path / "tmp").iterdir()) == []


def test_an_error_names_the_real_directory(tmp_path: Path) -> None:
    """A person can do nothing about a directory that is gone by then."""
    settings = Settings(data_dir=tmp_path / "data")
    open_database(settings).close()
    other = Settings(api_key="k", dialect="v3", api_base="https://h.example", data_dir=tmp_path / "data")
    with pytest.raises(StartRefused) as error, copied(other) as copy:
        open_database(copy)
    assert f"The data in {tmp_path / 'data'} belongs to another world" in error.value.user_message


def test_a_database_that_is_written_meanwhile_is_copied_as_a_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows that move from SQLite's log into the database between the two copies are not lost."""
    settings = Settings(data_dir=tmp_path / "data")
    db = open_database(settings)
    location(db, blogger(db))
    copy_file = shutil.copyfile

    def meanwhile(source: str, target: str) -> None:
        copy_file(source, target)
        if source.endswith("studio.db"):
            with closing(sqlite3.connect(source)) as rows:
                rows.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    monkeypatch.setattr(shutil, "copyfile", meanwhile)
    with copied(settings) as copy, closing(sqlite3.connect(copy.data_dir / "studio.db")) as rows:
        assert rows.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert rows.execute("SELECT count(*) FROM location").fetchone() == (1,)
    db.close()
