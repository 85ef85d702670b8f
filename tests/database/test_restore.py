"""python -m core restore: what is checked, what is refused, what is kept."""

import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing
from pathlib import Path

import pytest

from core.bloggers.editing import add_blogger, rename_blogger
from core.config import Settings, load
from core.database.backup import backup
from core.database.engine import open_database
from core.database.leases import Owner, opening
from core.database.restore import restore
from core.errors import BadInput, Refusal, StartRefused
from core.people import members, sign_ins
from core.studio import open_studio
from tests.fresh import migrated
from tests.people import somebody


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Data with one blogger, and a backup of it beside them in `b.db`; since then she has another name."""
    found = load({"DATA_DIR": str(tmp_path / "data")}, None)
    migrated(found.data_dir)
    db = open_database(found)
    made = add_blogger(db, name="Ada", actor=somebody("tester"))
    backup(db, tmp_path / "b.db")
    rename_blogger(db, blogger_id=made.id or 0, name="Боб", actor=somebody("tester"))
    db.close()
    return found


def names(settings: Settings) -> list[str]:
    db = open_database(settings)
    with db.read() as session:
        found = session.connection().exec_driver_sql("SELECT name FROM blogger").scalars().all()
    db.close()
    return list(found)


def test_what_is_replaced_is_kept(settings: Settings, tmp_path: Path) -> None:
    """The backup is what is there, and a second restore brings the replaced data back."""
    found = restore(settings, tmp_path / "b.db")
    assert names(settings) == ["Ada"]
    assert found.kept is not None
    restore(settings, found.kept)
    assert names(settings) == ["Боб"]


def test_a_backup_put_there_by_hand_is_not_mixed_with_what_was_there(
    settings: Settings, tmp_path: Path
) -> None:
    """A process was killed and left its WAL; then the backup was copied over the database."""
    path = settings.data_dir / "studio.db"
    killed = sqlite3.connect(path)
    killed.execute("PRAGMA wal_autocheckpoint=0")
    killed.execute("UPDATE blogger SET name = 'CHANGED'")
    killed.commit()
    left = {end: Path(f"{path}{end}").read_bytes() for end in ("-wal", "-shm")}
    killed.close()
    shutil.copyfile(tmp_path / "b.db", path)
    for end, data in left.items():
        Path(f"{path}{end}").write_bytes(data)
    assert names(settings) == ["Ada"]


def test_over_a_living_studio_nothing_is_restored(settings: Settings, tmp_path: Path) -> None:
    """Its process holds its lock; once it has ended the same command works."""
    db = open_database(settings)
    owner = Owner(db, settings.data_dir)
    with pytest.raises(Refusal, match="Nothing was changed"):
        restore(settings, tmp_path / "b.db")
    owner.close()
    db.close()
    assert names(settings) == ["Боб"]
    restore(settings, tmp_path / "b.db")
    assert names(settings) == ["Ada"]


def test_a_studio_that_starts_meanwhile_has_what_was_restored(settings: Settings, tmp_path: Path) -> None:
    """It waits until the backup is in its place: it never works on the database that is taken away."""
    with ThreadPoolExecutor(1) as starts:
        with opening(settings.data_dir, alone=True):
            started = starts.submit(open_studio, settings)
            assert wait([started], timeout=0.3).not_done
            shutil.copyfile(tmp_path / "b.db", settings.data_dir / "studio.db")
        studio = started.result(timeout=10)
    assert names(settings) == ["Ada"]
    with pytest.raises(Refusal, match="Nothing was changed"):
        restore(settings, tmp_path / "b.db")
    studio.close()


@pytest.mark.parametrize("what", ["nothing", "text", "half", "another database"])
def test_what_is_no_backup_changes_nothing(settings: Settings, tmp_path: Path, what: str) -> None:
    """One sentence; the data stay, and nothing is left beside them."""
    file = tmp_path / "x.db"
    if what == "text":
        file.write_text("no database")
    elif what == "half":
        whole = (tmp_path / "b.db").read_bytes()
        file.write_bytes(whole[: len(whole) // 2])
    elif what == "another database":
        with closing(sqlite3.connect(file)) as rows:
            rows.execute("CREATE TABLE run (id)")
            rows.commit()
    before = sorted(settings.data_dir.iterdir())
    with pytest.raises(BadInput, match="Nothing was changed"):
        restore(settings, file)
    assert sorted(settings.data_dir.iterdir()) == before
    assert names(settings) == ["Боб"]


def test_a_backup_of_another_world_is_refused(settings: Settings, tmp_path: Path) -> None:
    """It names the file and both worlds."""
    with closing(sqlite3.connect(tmp_path / "b.db")) as rows:
        rows.execute("UPDATE stamp SET world = 'live'")
        rows.commit()
    with pytest.raises(StartRefused, match=r"b\.db belongs to another world"):
        restore(settings, tmp_path / "b.db")
    assert names(settings) == ["Боб"]


def test_a_database_that_cannot_be_read_any_more_is_replaced(settings: Settings, tmp_path: Path) -> None:
    """What restore is for: the damaged file is kept as it is."""
    path = settings.data_dir / "studio.db"
    path.write_bytes(b"damaged" * 1000)
    found = restore(settings, tmp_path / "b.db")
    assert names(settings) == ["Ada"]
    assert found.kept is not None
    assert found.kept.read_bytes() == b"damaged" * 1000


@pytest.mark.parametrize("way", ["restored", "copied by hand"])
def test_nobody_is_in_after_a_backup_was_read_back(settings: Settings, tmp_path: Path, way: str) -> None:
    """Who signed out, or was invited, since the backup does not come in by what the backup holds."""
    db = open_database(settings)
    token = members.invite(db, "anna@team.example", role="operator", actor=somebody())
    with db.write() as session:
        key = members.hash_of(
            sign_ins.begin(session, members.standing(session, "anna@team.example"), "proxy")
        )
    assert sign_ins.person(db, key, settings) is not None
    backup(db, tmp_path / "in.db")
    db.close()
    if way == "restored":
        restore(settings, tmp_path / "in.db")
    else:
        shutil.copy(tmp_path / "in.db", settings.data_dir / "studio.db")
    db = open_database(settings)
    assert sign_ins.person(db, key, settings) is None
    with pytest.raises(Refusal):
        members.invited(db, token)
    assert [member.email for member in members.everybody(db)] == ["anna@team.example"]
    db.close()


def test_what_was_replaced_lets_nobody_in_either(settings: Settings, tmp_path: Path) -> None:
    """The database that a restore kept, read back, has everybody sign in anew as well."""
    db = open_database(settings)
    with db.write() as session:
        key = members.hash_of(sign_ins.begin(session, None, "start_link"))
    db.close()
    kept = restore(settings, tmp_path / "b.db").kept
    assert kept is not None
    restore(settings, kept)
    db = open_database(settings)
    assert sign_ins.person(db, key, settings) is None
    db.close()
