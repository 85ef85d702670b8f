"""A database belongs to one world, and a process that must not touch it says why in one sentence."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from core.config import HEYGEN_API, Settings
from core.database.engine import Database, open_database
from core.database.stamp import key_fingerprint, stamp
from core.database.tables.heygen import Stamp
from core.errors import StartRefused, StorageFailed
from tests.databases import dump, plain

KEY = "hg_live_0123456789abcdef"
SANDBOX = Settings()
LIVE = Settings(api_key=KEY, api_base=HEYGEN_API)


def assert_one_sentence(error: StartRefused | StorageFailed, *words: str) -> None:
    """Fit for a person: one line that names `words`, says that nothing was changed, and shows no key."""
    sentence = error.user_message
    for word in (*words, "Nothing was changed", "DATA_DIR"):
        assert word in sentence
    assert "\n" not in sentence
    assert KEY not in sentence


@pytest.mark.parametrize(
    ("made_by", "opened_by", "what"),
    [
        (SANDBOX, LIVE, "world (there: sandbox, here: live)"),
        (LIVE, SANDBOX, "world (there: live, here: sandbox)"),
        (LIVE, replace(LIVE, api_base="http://127.0.0.1:8100"), "world (there: live, here: sandbox)"),
        (LIVE, replace(LIVE, api_key="another"), "key (there: "),
        (LIVE, replace(LIVE, api_base="https://heygen.example"), "HeyGen address (there: api.heygen.com, "),
        (LIVE, replace(LIVE, dialect="v3"), "dialect family (there: legacy, here: v3)"),
    ],
)
def test_a_database_of_another_world_is_refused(
    tmp_path: Path, made_by: Settings, opened_by: Settings, what: str
) -> None:
    """Sandbox and live, other keys, other addresses and other dialect families never mix."""
    made_by = replace(made_by, data_dir=tmp_path)
    open_database(made_by).close()
    before = dump(tmp_path / "studio.db")
    with pytest.raises(StartRefused) as refused:
        open_database(replace(opened_by, data_dir=tmp_path))
    assert_one_sentence(refused.value, f"belongs to another {what}", str(tmp_path))
    assert dump(tmp_path / "studio.db") == before
    open_database(made_by).close()


@pytest.mark.parametrize(
    ("made_by", "opened_by"),
    [
        (SANDBOX, replace(LIVE, api_base="http://127.0.0.1:8100")),
        (replace(LIVE, api_base="http://localhost:8100"), replace(LIVE, api_base="http://[::1]:8200")),
        (replace(LIVE, api_base="http://localhost:8100"), replace(SANDBOX, api_key="")),
        (LIVE, replace(LIVE, dialect="v2")),
        (LIVE, replace(LIVE, api_base=HEYGEN_API + "/")),
    ],
)
def test_the_same_world_in_other_words_is_opened(
    tmp_path: Path, made_by: Settings, opened_by: Settings
) -> None:
    """A sandbox's port and key do not matter, nor which of the two legacy dialects is spoken."""
    open_database(replace(made_by, data_dir=tmp_path)).close()
    before = dump(tmp_path / "studio.db")
    open_database(replace(opened_by, data_dir=tmp_path)).close()
    assert dump(tmp_path / "studio.db") == before


def take_key(settings: Settings) -> None:
    """As core.account.connection does once HeyGen has shown that it is the same account."""
    database = Database(settings.data_dir / "studio.db")
    try:
        with database.write() as session:
            stamp(session, settings, new_key=True)
    finally:
        database.close()


def test_a_rotated_key_is_taken_when_a_person_says_so(tmp_path: Path) -> None:
    """Another key is refused with the way out; rekey takes it, and from then on refuses the old one."""
    open_database(replace(LIVE, data_dir=tmp_path)).close()
    rotated = replace(LIVE, data_dir=tmp_path, api_key=KEY + "new")
    with pytest.raises(StartRefused, match="python -m core rekey"):
        open_database(rotated)
    take_key(rotated)
    open_database(rotated).close()
    with pytest.raises(StartRefused):
        open_database(replace(LIVE, data_dir=tmp_path))


def test_a_new_key_does_not_change_the_world(tmp_path: Path) -> None:
    """Sandbox data never become live data by a rekey."""
    open_database(Settings(data_dir=tmp_path)).close()
    with pytest.raises(StartRefused, match="world"):
        take_key(replace(LIVE, data_dir=tmp_path))


def test_the_key_is_never_stored(tmp_path: Path) -> None:
    """No file of DATA_DIR holds the key, only a fingerprint from which it cannot be told."""
    database = open_database(replace(LIVE, data_dir=tmp_path))
    with database.read() as session:
        found = session.get_one(Stamp, 1)
    assert found.key_fingerprint == key_fingerprint(KEY)

    def contents() -> bytes:
        return b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())

    open_files = contents()
    database.close()
    for kept in (open_files, contents()):
        assert found.key_fingerprint.encode() in kept
        assert KEY.encode() not in kept
        assert KEY.removeprefix("hg_live_").encode() not in kept


def test_the_fingerprint_tells_keys_apart_and_is_not_the_key() -> None:
    """Sixteen hexadecimal digits, different for different keys; none without a key."""
    assert key_fingerprint("") == ""
    assert key_fingerprint(KEY) == key_fingerprint(KEY) != key_fingerprint(KEY + "0")
    assert len(key_fingerprint(KEY)) == 16
    int(key_fingerprint(KEY), 16)


def test_a_newer_database_is_refused(tmp_path: Path) -> None:
    """A database that a later version made is left as it is, in one sentence."""
    open_database(Settings(data_dir=tmp_path)).close()
    with closing(plain(tmp_path / "studio.db")) as rows:
        rows.execute("UPDATE alembic_version SET version_num = '9999'")
    before = dump(tmp_path / "studio.db")
    with pytest.raises(StartRefused) as refused:
        open_database(Settings(data_dir=tmp_path))
    assert_one_sentence(refused.value, "newer version", "9999", str(tmp_path))
    assert dump(tmp_path / "studio.db") == before


def test_a_data_directory_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    """A file in the directory's place is one sentence, and the file stays."""
    (tmp_path / "data").write_text("mine")
    with pytest.raises(StorageFailed) as failed:
        open_database(Settings(data_dir=tmp_path / "data"))
    assert_one_sentence(failed.value, str(tmp_path / "data"))
    assert (tmp_path / "data").read_text() == "mine"


def test_a_database_that_cannot_be_opened_is_said(tmp_path: Path) -> None:
    """A directory in the file's place is a storage failure, not a traceback."""
    (tmp_path / "studio.db").mkdir()
    with pytest.raises(StorageFailed, match="unable to open database file"):
        open_database(Settings(data_dir=tmp_path))


@pytest.mark.parametrize("damage", ["not a database", "half of it"])
def test_a_damaged_database_is_said_and_left_alone(tmp_path: Path, damage: str) -> None:
    """Bytes that SQLite cannot read are one sentence, and stay for whoever repairs them."""
    open_database(Settings(data_dir=tmp_path)).close()
    path = tmp_path / "studio.db"
    whole = path.read_bytes()
    bad = b"not a database" * 1000 if damage == "not a database" else whole[:4096] + bytes(len(whole) - 4096)
    path.write_bytes(bad)
    with pytest.raises(StorageFailed) as failed:
        open_database(Settings(data_dir=tmp_path))
    assert_one_sentence(failed.value, "damaged")
    assert path.read_bytes() == bad


def test_the_stamp_is_one_row(tmp_path: Path) -> None:
    """However often a database is opened, it belongs to one world."""
    for _ in range(3):
        open_database(Settings(data_dir=tmp_path)).close()
    with closing(sqlite3.connect(tmp_path / "studio.db")) as rows:
        assert rows.execute("SELECT count(*), min(world) FROM stamp").fetchone() == (1, "sandbox")
