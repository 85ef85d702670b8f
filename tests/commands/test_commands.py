"""`python -m core`: the main job from the command line, and one sentence with exit code 2 for bad input."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from core.database.engine import Database
from core.sandbox.server import Sandbox
from tests.commands.support import core, database, prepare, refused, shape
from tests.world import photo_server, picture


def test_import_provision_export(data: Path, tmp_path: Path) -> None:
    """The three commands give real avatar ids, print the brief's lines and change nothing when repeated."""
    with photo_server(picture()) as url:
        file = tmp_path / "x.json"
        file.write_text(
            shape(
                {"name": "Studio", "image_url": url, "heygen_avatar_id": "00000", "mood": "calm"},
                {"name": "Кухня <b>", "image_url": url, "heygen_avatar_id": "00000"},
            ),
            encoding="utf-8",
        )
        imported = core(data, "import", str(file))
        assert imported.returncode == 0, imported.stderr
        assert "2 new" in imported.stdout
        made = core(data, "provision", "--all", "--motion", "veo2", "--yes")
        assert made.returncode == 0, made.stdout + made.stderr
        assert made.stdout.count("\n>>> Step 1: Uploading asset to HeyGen...\n") == 2
        assert made.stdout.count(">>> Photo Avatar created successfully: ") == 2
        assert "spent 2" in made.stdout
        exported = core(data, "export")
        locations = json.loads(exported.stdout)[0]["settings"]["locations"]
        assert all(re.fullmatch("[0-9a-f]{32}", one["heygen_avatar_id"]) for one in locations)
        assert locations[0]["mood"] == "calm"
        again = core(data, "import", str(file))
        assert "2 kept" in again.stdout
        assert core(data, "export").stdout == exported.stdout
        repeated = core(data, "provision", "--all", "--motion", "veo2", "--yes")
        assert repeated.returncode == 0
        assert "Total 0 credits" in repeated.stdout


def test_an_export_is_what_its_name_says(data: Path, tmp_path: Path) -> None:
    """CSV begins with the mark by which Excel knows it; no other table gets JSON under its name."""
    prepare(data, "")
    assert core(data, "export", str(tmp_path / "out.CSV")).returncode == 0
    assert (tmp_path / "out.CSV").read_bytes().startswith(b"\xef\xbb\xbfblogger,location,")
    assert "1 same" in core(data, "import", str(tmp_path / "out.CSV")).stdout
    assert core(data, "export", str(tmp_path / "out")).returncode == 0
    assert json.loads((tmp_path / "out").read_bytes())[0]["name"] == "Mila Hart"
    refused(core(data, "export", str(tmp_path / "out.xlsx")), r"not \.xlsx.* Call it out\.csv")
    assert not (tmp_path / "out.xlsx").exists()


def test_an_import_says_what_it_does_not_read(data: Path, tmp_path: Path) -> None:
    """Before the rows' verdicts, and an id that another row has in its row."""
    file = tmp_path / "x.csv"
    file.write_text("blogger,location,mood,HeyGen ID,\nA,B,calm,a1,left over\nA,C,calm,a1,\n")
    said = core(data, "import", str(file)).stdout.splitlines()
    assert said[0].startswith("Cells under no header, which are not read: 1.")
    assert said[1] == "Read by their usual names: HeyGen ID → heygen_avatar_id."
    assert said[2].endswith(": mood.")
    assert said[4].endswith("Row 1 of the file has the same avatar id. Look which of the two is right.")
    file.write_text("blogger,location\n")
    assert core(data, "import", str(file)).stdout.startswith("The file has no rows. Nothing was changed.")


def test_a_dry_run_spends_nothing(data: Path) -> None:
    """The quote is printed and nothing is made."""
    with photo_server(picture()) as url:
        prepare(data, url)
        shown = core(data, "provision", "--all", "--motion", "kling", "--dry-run")
    assert shown.returncode == 0
    assert "Total 1 credit; available 10, after it 9" in shown.stdout
    assert (
        json.loads(core(data, "export").stdout)[0]["settings"]["locations"][0]["heygen_avatar_id"] == "00000"
    )


def test_without_yes_it_asks(data: Path) -> None:
    """Anything but yes spends nothing."""
    with photo_server(picture()) as url:
        prepare(data, url)
        asked = core(data, "provision", "--all", "--motion", "veo2", given="no\n")
    assert asked.returncode == 1
    assert "Spend 1 credit" in asked.stdout
    assert "Nothing was spent." in asked.stdout


@pytest.mark.parametrize("motion", ["avatar_iv", "veo9"])
def test_bad_motion_types_are_refused(data: Path, motion: str) -> None:
    """avatar_iv in HeyGen's words, an unknown type with the list of those that exist."""
    words = "can't create motion for this type 'avatar_iv'" if motion == "avatar_iv" else "veo9.*veo2"
    refused(core(data, "provision", "--all", "--motion", motion, "--yes"), words)


def test_an_unknown_location_is_refused(data: Path) -> None:
    """The id is named and nothing is made."""
    refused(core(data, "provision", "--location", "4711", "--motion", "veo2", "--yes"), "4711")


def test_an_archived_location_is_refused(data: Path) -> None:
    """An archived location is named as such."""
    place = prepare(data, "http://127.0.0.1:9/x.jpg", archived=True)
    refused(core(data, "provision", "--location", str(place), "--motion", "veo2", "--yes"), "archived")


def test_a_location_without_photo_is_refused(data: Path) -> None:
    """A photo must be added first."""
    place = prepare(data, "")
    refused(core(data, "provision", "--location", str(place), "--motion", "veo2", "--yes"), "no photo")


def test_a_text_file_named_png_is_refused(data: Path) -> None:
    """The first bytes decide, before anything is held or sent."""
    with photo_server(b"hello, I am a picture\n" * 100) as url:
        place = prepare(data, url + ".png")
        refused(core(data, "provision", "--location", str(place), "--motion", "veo2", "--yes"), "PNG|JPEG")
    with Sandbox(data) as sandbox:
        import requests

        state = requests.get(
            f"{sandbox.base_url}/sandbox/state", headers={"X-Api-Key": "x"}, timeout=5
        ).json()
    assert state["calls"].get("upload", 0) == 0


@pytest.mark.parametrize(
    "url", ["http://10.1.2.3/x.jpg", "http://169.254.169.254/latest", "http://[::1]/x.png"]
)
def test_a_private_address_is_refused_in_the_live_world(tmp_path: Path, url: str) -> None:
    """With a real key a photo on a private address is refused before HeyGen is asked for anything."""
    live = {"HEYGEN_API_KEY": "secret-key-123", "HEYGEN_DIALECT": "workflow"}
    file = tmp_path / "x.json"
    file.write_text(shape({"name": "Studio", "image_url": url, "heygen_avatar_id": "00000"}))
    assert core(tmp_path / "live", "import", str(file), **live).returncode == 0
    result = core(tmp_path / "live", "provision", "--location", "1", "--motion", "veo2", "--yes", **live)
    refused(result, "Location 1, Mila Hart - Studio: .*public")
    assert "secret-key-123" not in result.stdout + result.stderr


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b'[{"name": "A", ', "line 1"),
        (b'{"a": 1}', "list"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b" " * 50_000_000, "10 MB"),
    ],
    ids=["broken JSON", "another shape", "not UTF-8", "50 MB"],
)
def test_bad_files_are_refused(data: Path, tmp_path: Path, content: bytes, says: str) -> None:
    """A file that cannot be read as a whole changes nothing."""
    file = tmp_path / "x.json"
    file.write_bytes(content)
    refused(core(data, "import", str(file)), says)
    assert json.loads(core(data, "export").stdout) == []


def test_a_row_that_is_refused_says_why(data: Path, tmp_path: Path) -> None:
    """Good rows are taken, the bad one is named with its reason: exit 1; only bad ones: exit 2."""
    file = tmp_path / "x.json"
    file.write_text(shape({"name": "Good"}, {"name": "x" * 121}))
    result = core(data, "import", str(file))
    assert result.returncode == 1
    assert "1 new" in result.stdout
    assert "120" in result.stdout
    file.write_text(shape({"name": "y" * 121}))
    assert core(data, "import", str(file)).returncode == 2


def test_a_database_of_another_world_is_refused(data: Path) -> None:
    """Sandbox data with a real key: one sentence, exit 2."""
    assert core(data, "export").returncode == 0
    refused(core(data, "export", HEYGEN_API_KEY="k", HEYGEN_DIALECT="workflow"), "another world")


def test_a_newer_database_is_refused(data: Path) -> None:
    """A database from a newer version: one sentence, exit 2."""
    db = database(data)
    with db.write() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    db.close()
    refused(core(data, "export"), "newer version")


def test_a_missing_dialect_is_refused(data: Path) -> None:
    """A key without HEYGEN_DIALECT: the setting is named."""
    refused(core(data, "check", HEYGEN_API_KEY="k"), "HEYGEN_DIALECT")


def test_check_says_what_works(data: Path) -> None:
    """Balance, plan and groups of the sandbox; a wrong key is one clear sentence and exit 1."""
    good = core(data, "check")
    assert good.returncode == 0
    assert "The balance is 10 credits" in good.stdout
    with Sandbox(data) as sandbox:
        bad = core(
            data, "check", HEYGEN_API_KEY="wrong", HEYGEN_DIALECT="workflow", HEYGEN_API_BASE=sandbox.base_url
        )
    assert bad.returncode == 1
    assert "does not work" in bad.stdout


def test_a_backup_is_whole_and_never_overwrites(data: Path, tmp_path: Path) -> None:
    """The copy opens with every row; a second one to the same name is refused."""
    prepare(data, "")
    target = tmp_path / "copy" / "studio.db"
    refused(core(data, "backup", str(target)), "no directory")
    target.parent.mkdir()
    assert core(data, "backup", str(target)).returncode == 0
    copy = Database(target)
    with copy.read() as session:
        assert session.connection().exec_driver_sql("SELECT name FROM blogger").scalar() == "Mila Hart"
    copy.close()
    refused(core(data, "backup", str(target)), "exists already")


def test_a_backup_is_read_back(data: Path, tmp_path: Path) -> None:
    """The row of the backup is there again, and what to know is said; over no data at all it begins them."""
    prepare(data, "")
    assert core(data, "backup", str(tmp_path / "b.db")).returncode == 0
    assert core(data, "import", str(_file(tmp_path, "Другая"))).returncode == 0
    told = core(data, "restore", str(tmp_path / "b.db"))
    assert (told.returncode, told.stderr) == (0, "")
    assert "is kept as" in told.stdout
    assert "look at HeyGen before anything is paid again" in told.stdout
    assert "Другая" not in core(data, "export").stdout
    refused(core(data, "restore", str(tmp_path / "people.json")), "no whole database")
    assert core(tmp_path / "new", "restore", str(tmp_path / "b.db")).returncode == 0
    assert "Mila Hart" in core(tmp_path / "new", "export").stdout


def _file(folder: Path, blogger: str) -> Path:
    file = folder / "people.json"
    file.write_text(shape(blogger=blogger))
    return file


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small file system")
def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    """No space for the database: exit 2, and what to do."""
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(small)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("this machine does not allow a mount")
    try:
        refused(core(small, "export"), "disk|space")
    finally:
        subprocess.run(["umount", str(small)], check=True)
