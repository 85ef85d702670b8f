"""The data are for their owner alone, whoever made the folder, and whatever an older Studio left open."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from core.config import Settings, load
from core.database.backup import backup, keep
from core.database.engine import open_database
from core.database.restore import restore
from core.files import own_folder, write_whole
from core.runs import queue
from core.studio import open_studio
from tests.commands.support import core
from tests.world import SPEED, World, fast_world

#: Folders that DATA_DIR may hold, one inside another.
FOLDERS = ("photos", "thumbnails/320", "uploads", "videos/posters", "renders", "backups", "drafts", "locks")


def opened_up(folder: Path) -> Path:
    """`folder` with a file in every folder, all as wide as a careless umask leaves them."""
    for name in FOLDERS:
        (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / name / "old").touch()
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return folder


def assert_ours_alone(folder: Path, *names: str) -> None:
    """Folders are 0700, files 0600, and these are among them."""
    modes = {path: path.stat().st_mode & 0o777 for path in (folder, *folder.rglob("*"))}
    assert {folder / name for name in (*names, *FOLDERS)} <= modes.keys()
    assert modes == {path: 0o700 if path.is_dir() else 0o600 for path in modes}


@pytest.fixture
def wide(world: World, tmp_path: Path) -> Settings:
    """Data that everybody on the machine can read: those of a Studio that has worked, and is closed."""
    world.location()
    queue.of(world.studio).wake([1])
    keep(world.studio.db, world.studio.settings)
    backup(world.studio.db, tmp_path / "backup.db")
    world.studio.close()
    return load({"DATA_DIR": str(opened_up(world.studio.settings.data_dir))}, None)


def open_the_studio(settings: Settings, _backup: Path) -> None:
    studio = open_studio(settings)
    queue.of(studio).wake([1])
    write_whole(settings.data_dir / "photos" / "2.jpg", b"")
    studio.close()


def open_the_rows(settings: Settings, _backup: Path) -> None:
    open_database(settings).close()


@pytest.mark.parametrize("opens", [open_the_studio, open_the_rows, restore])
def test_what_an_older_studio_left_open_is_narrowed(
    wide: Settings, tmp_path: Path, opens: Callable[[Settings, Path], object]
) -> None:
    """Database, queue, sandbox, backups and every folder, by whatever opens the data."""
    opens(wide, tmp_path / "backup.db")
    assert_ours_alone(wide.data_dir, "studio.db", "queue.db", "sandbox.db")


@pytest.mark.parametrize("command", ["export", "check", "worker --until-idle", "backup {}", "rekey --yes"])
def test_every_command_narrows_what_it_finds(wide: Settings, tmp_path: Path, command: str) -> None:
    """As processes of their own; rekey asks a HeyGen with a key, and is refused or not, but narrows first."""
    with_key = {"HEYGEN_API_KEY": "k", "HEYGEN_DIALECT": "v2", "HEYGEN_API_BASE": "http://127.0.0.1:9"}
    told = core(
        wide.data_dir,
        *command.format(tmp_path / "b.db").split(),
        **(with_key if command.startswith("rekey") else {}),
    )
    assert "Traceback" not in told.stderr
    assert_ours_alone(wide.data_dir, "studio.db")


def test_an_export_and_a_backup_are_for_their_owner(tmp_path: Path) -> None:
    """A backup holds everything, and an export names and photos. A file that was there keeps its mode: its
    owner chose it."""
    data = tmp_path / "data"
    fast_world(data, SPEED)
    (tmp_path / "shared.json").touch()
    (tmp_path / "shared.json").chmod(0o644)
    for command, name in (
        ("backup", "b.db"),
        ("export", "e.json"),
        ("export", "e.csv"),
        ("export", "shared.json"),
    ):
        assert core(data, command, str(tmp_path / name)).returncode == 0
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert modes == {"data": 0o700, "b.db": 0o600, "e.json": 0o600, "e.csv": 0o600, "shared.json": 0o644}


def test_a_link_out_of_the_data_is_not_followed(tmp_path: Path) -> None:
    """What a person put elsewhere is theirs to open; the folder that DATA_DIR itself names is narrowed."""
    outside = opened_up(tmp_path / "outside")
    data = tmp_path / "real"
    data.mkdir(0o755)
    (data / "videos").symlink_to(outside, target_is_directory=True)
    (data / "photo").symlink_to(outside / "photos" / "old")
    (tmp_path / "data").symlink_to(data, target_is_directory=True)
    own_folder(tmp_path / "data")
    assert data.stat().st_mode & 0o777 == 0o700
    assert (outside.stat().st_mode & 0o777, (outside / "photos" / "old").stat().st_mode & 0o777) == (
        0o755,
        0o644,
    )


def test_what_is_narrow_is_only_looked_at(tmp_path: Path) -> None:
    """A start over ten thousand photos changes none of them, and never widens what is narrower."""
    own_folder(opened_up(tmp_path / "data"))
    kept = tmp_path / "data" / "photos" / "old"
    kept.chmod(0o400)
    changed = {path: path.stat().st_ctime_ns for path in (tmp_path / "data").rglob("*")}
    own_folder(tmp_path / "data")
    assert {path: path.stat().st_ctime_ns for path in changed} == changed
    assert kept.stat().st_mode & 0o777 == 0o400


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make somebody else's files")
def test_what_is_somebody_elses_stays_and_the_log_says_so_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A Studio without root's rights over files of two people: its own are narrowed."""
    nobody = 65534
    folder = opened_up(tmp_path / "data")
    for path in (folder, *folder.rglob("*")):
        if path.name not in ("uploads", "locks"):
            os.chown(path, nobody, nobody)
    for parent in folder.parents:
        # pytest keeps others out of its folders; this process is about to be one of them.
        if os.stat(parent).st_uid == 0 and parent.is_relative_to(tmp_path.parents[2]):
            parent.chmod(0o755)
    os.seteuid(nobody)
    try:
        own_folder(folder)
    finally:
        os.seteuid(0)
    modes = {path: path.stat().st_mode & 0o777 for path in (folder, *folder.rglob("*"))}
    theirs = {folder / "uploads", folder / "locks"}
    assert {path for path, mode in modes.items() if mode & 0o077} == theirs
    (line,) = [line.getMessage() for line in caplog.records if line.name == "studio"]
    assert f"in {folder} 2 files or folders stay open to other users" in line
