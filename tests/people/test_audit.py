"""The record: a line is never changed, stands or falls with its change, and outlives all that comes."""

import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, func, select

from core import clock
from core.bloggers.archive import archive_blogger, archive_location
from core.bloggers.editing import add_blogger, edit_location, rename_blogger
from core.bloggers.exchange.applying import apply_import
from core.bloggers.exchange.planning import plan_import
from core.bloggers.exchange.reading import read_import
from core.bloggers.exchange.samples import load_samples
from core.config import Settings
from core.database.engine import Database, migrate, open_database
from core.database.tables.people import AuditLine
from core.errors import Refusal, StorageFailed
from core.money import budgets, prices
from core.people import audit, backups
from core.people.roles import LOCAL_ADMIN, ROLES
from core.videos import voices
from tests.databases import insert, plain, statements
from tests.fresh import add_run, blogger, fresh_database, location
from tests.people import somebody


def lines(db: Database, action: str = "") -> list[AuditLine]:
    with db.read() as session:
        found = session.exec(select(AuditLine).order_by(col(AuditLine.id)))
        return [line for line in found if action in ("", line.action)]


def how_many(db: Database) -> int:
    with db.read() as session:
        return session.exec(select(func.count(col(AuditLine.id)))).one()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE auditline SET actor = 'nobody'",
        "UPDATE auditline SET created_at = '2020-01-01 00:00:00' WHERE id = 1",
        "DELETE FROM auditline",
        "DELETE FROM auditline WHERE id = 1",
        "INSERT OR REPLACE INTO auditline SELECT * FROM auditline WHERE id = 1",
    ],
)
def test_a_line_is_never_changed(db: Database, statement: str) -> None:
    """Not by raw SQL either: the database itself refuses it."""
    blogger(db)
    with closing(plain(db.path)) as rows:
        before = rows.execute("SELECT * FROM auditline").fetchall()
        assert len(before) == 1
        with pytest.raises(sqlite3.IntegrityError, match="never changed"):
            rows.execute(statement)
        assert rows.execute("SELECT * FROM auditline").fetchall() == before


def test_what_was_not_done_leaves_no_line(db: Database) -> None:
    """A refusal in the middle and a transaction that fails take the line back with the change."""
    owner = blogger(db)
    place = location(db, owner)
    add_run(db, place, "running")
    before = how_many(db)
    with pytest.raises(Refusal):
        archive_blogger(db, blogger_id=owner, actor=somebody())
    with pytest.raises(Refusal):
        archive_location(db, location_id=place, actor=somebody())

    def fail() -> None:
        with db.write() as session:
            audit.note(session, LOCAL_ADMIN, "rename_blogger", kind="blogger", id=owner)
            session.flush()
            raise StorageFailed("full")

    with pytest.raises(StorageFailed):
        fail()
    assert how_many(db) == before


def test_a_second_click_leaves_no_second_line(db: Database) -> None:
    """What changes nothing is not told twice."""
    owner = blogger(db)
    place = location(db, owner)
    budget: dict[str, Any] = {"scope": "team", "micro": 5, "hard": False, "reason": ""}
    default: dict[str, Any] = {"voice_id": None, "language": "English", "video_format": None}
    price: dict[str, Any] = {"operation": "add_motion", "micro": 5, "reason": "x"}
    clicks = [
        lambda: rename_blogger(db, blogger_id=owner, name="Mila", actor=somebody()),
        lambda: edit_location(db, location_id=place, name="Cafe", image_url="", actor=somebody()),
        lambda: voices.set_default(db, location_id=place, **default, actor=somebody()),
        lambda: budgets.set_budget(db, **budget, actor=somebody()),
        lambda: prices.override(db, **price, actor=somebody()),
        lambda: prices.back_to_file(db, "add_motion", actor=somebody()),
        lambda: load_samples(db, settings=Settings(), actor=somebody()),
        lambda: archive_location(db, location_id=place, actor=somebody()),
        lambda: archive_blogger(db, blogger_id=owner, actor=somebody()),
    ]
    for click in clicks:
        before = how_many(db)
        click()
        after = how_many(db)
        assert after > before
        click()
        assert how_many(db) == after


def test_an_import_says_what_it_changed(db: Database) -> None:
    """One line with the counts, and one for each saved value that became another; new rows are counted."""
    owner = blogger(db)
    place = location(db, owner)
    data = """[{"name": "Mila Hart", "age": 7, "settings": {"locations": [
        {"name": "Studio", "image_url": "https://photos.example/new.jpg"},
        {"name": "Park", "image_url": "https://photos.example/park.jpg"}]}}]"""
    before = how_many(db)
    plan = plan_import(db, read_import(data.encode(), "f.json"))
    apply_import(db, plan, actor=somebody())
    found = {line.kind: line for line in lines(db)[before:]}
    assert len(lines(db)) == before + 3
    assert {line.action for line in found.values()} == {"import_file"}
    assert (found["data"].after["new"], found["data"].after["changed"]) == (1, 1)
    assert found["location"].location_id == place
    assert list(found["location"].before) == ["image_url"]
    assert found["location"].after == {"image_url": "https://photos.example/new.jpg"}
    assert (found["blogger"].object_id, found["blogger"].after) == (str(owner), {"extra": {"age": 7}})


def test_many_lines_are_one_statement(db: Database) -> None:
    """Two hundred changed rows of a file cost the record one insert."""
    rows = [{"name": f"B{n}", "settings": {"locations": [{"name": "A"}]}} for n in range(200)]

    def take(**more: str) -> None:
        for row in rows:
            row["settings"]["locations"][0] |= more  # pyright: ignore[reportIndexIssue]
        file = read_import(json.dumps(rows).encode(), "f.json")
        apply_import(db, plan_import(db, file), actor=somebody())

    take()
    with statements(db) as asked:
        take(image_url="https://photos.example/x.jpg")
    assert len([one for one, _ in asked if one.startswith("INSERT INTO auditline")]) == 2
    assert how_many(db) == 1 + 1 + 200


def test_a_restored_database_says_so(tmp_path: Path) -> None:
    """The record of before the backup is there, and one line about who brought it back; the rest is gone."""
    db = fresh_database(tmp_path)
    add_blogger(db, name="Ada", actor=somebody())
    backups.write(db, tmp_path / "b.db", actor=somebody())
    add_blogger(db, name="Later", actor=somebody())
    db.close()
    backups.restore(Settings(data_dir=tmp_path), tmp_path / "b.db", actor=somebody("Kim"))
    db = open_database(Settings(data_dir=tmp_path))
    assert [(line.actor, line.action) for line in lines(db)] == [
        ("Ann", "add_blogger"),
        ("Kim", "restore_backup"),
    ]
    assert lines(db)[-1].name == "b.db"
    db.close()


def test_an_older_database_begins_its_record(tmp_path: Path) -> None:
    """Data of before there were members come over whole; from then on every change is noted."""
    old = Database(tmp_path / "studio.db")
    migrate(old, "0008")
    with closing(plain(old.path)) as rows:
        insert(rows, "blogger", id=1, name="Ada", name_key="ada")
    migrate(old)
    migrate(old)
    assert lines(old) == []
    rename_blogger(old, blogger_id=1, name="Eda", actor=somebody())
    assert [(line.before, line.after) for line in lines(old)] == [({"name": "Ada"}, {"name": "Eda"})]
    old.close()


def test_the_longest_and_strangest_names_are_kept_as_they_are(db: Database) -> None:
    """Russian, Arabic and emoji, in what was and in what is."""
    owner = blogger(db)
    for name in ("Мила Харт", "ميلا هارت", "🌻" * 60):
        rename_blogger(db, blogger_id=owner, name=name, actor=somebody("анна@команда.рф", ROLES[-1]))
        assert lines(db)[-1].after == {"name": name}
        assert lines(db)[-1].actor == "анна@команда.рф"


def test_a_line_tells_the_time_of_the_studio(db: Database) -> None:
    """In UTC, by the one clock."""
    clock.shift(timedelta(days=3).total_seconds())
    blogger(db)
    assert abs(lines(db)[-1].created_at - clock.now()) < timedelta(seconds=30)
    clock.shift(0)
