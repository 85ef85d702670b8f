"""Any export can be imported again, in any amount, whole or not at all."""

import json
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError

from core.bloggers.editing import add_blogger, add_location, edit_location, get_location
from core.bloggers.exchange.applying import apply_import
from core.bloggers.exchange.export import export_csv, export_json
from core.database.engine import Database
from core.errors import StorageFailed
from tests.bloggers.exchange.support import BRIEF, PHOTO, load, one, plan, verdicts
from tests.databases import dump
from tests.fresh import fresh_database
from tests.people import somebody

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
names = st.text(
    st.characters(categories=["L", "N", "P", "S"], exclude_characters="\u115f\u1160\u3164\uffa0\u2800"),
    min_size=1,
    max_size=12,
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)


def others(*known: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(words.filter(lambda key: key not in known), values, max_size=3)


locations = st.builds(
    lambda extra, **known: known | extra,
    others("name", "image_url", "heygen_avatar_id"),
    name=names,
    image_url=st.sampled_from(["", PHOTO]),
    heygen_avatar_id=st.sampled_from(["00000", "a1", "b2"]),
)
bloggers = st.builds(
    lambda extra, settings_extra, places, name: {
        "name": name,
        "settings": {"locations": places, **settings_extra},
        **extra,
    },
    others("name", "settings"),
    others("locations"),
    st.lists(locations, max_size=4),
    names,
)


@settings(max_examples=25, deadline=None)
@given(file=st.lists(bloggers, max_size=4))
def test_importing_any_export_changes_nothing(file: list[dict[str, Any]]):
    """JSON or CSV, into the database it came from: not one value differs; into a new one: the same export."""
    with tempfile.TemporaryDirectory() as folder:
        first, second = fresh_database(Path(folder) / "1"), fresh_database(Path(folder) / "2")
        load(first, file)
        exported, table = export_json(first), export_csv(first)
        before = dump(first.path)
        for data, name in ((exported, "f.json"), (table, "f.csv")):
            assert set(verdicts(load(first, data.encode(), name=name))) <= {"same"}
        assert dump(first.path) == before
        assert set(verdicts(load(second, exported.encode()))) <= {"new"}
        assert export_json(second) == exported
        first.close()
        second.close()


def test_many_rows_take_a_handful_of_queries(db: Database):
    """No query a row: for a new file, for the same one again, and for one that changes every row."""

    def file(note: str) -> bytes:
        rows = [f"Blogger {i // 5},Place {i},{note},{'0' if i % 2 else f'a{i}'}" for i in range(1_000)]
        return "\n".join(["blogger,location,note,heygen_avatar_id", *rows]).encode()

    statements: list[str] = []
    event.listen(
        db.engine, "before_cursor_execute", lambda _c, _cur, statement, *_: statements.append(statement)
    )
    for note, verdict in (("a", "new"), ("a", "same"), ("b", "changed")):
        statements.clear()
        assert load(db, file(note), name="f.csv").counts[verdict] == 1_000
        assert len(statements) < 20
    assert json.loads(export_json(db))[199]["settings"]["locations"][4]["note"] == "b"


def test_an_import_is_written_whole_or_not_at_all(db: Database):
    """A row that the database refuses in the middle takes the whole import with it."""
    with db.write() as session:
        session.connection().exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON location WHEN NEW.name = 'Cafe' "
            "BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
        )
    before = dump(db.path)
    with pytest.raises(IntegrityError, match="full"):
        load(db, BRIEF)
    assert dump(db.path) == before


def test_a_busy_database_is_told_and_nothing_is_written(db: Database):
    """Another process that keeps the lock costs patience, not half an import."""
    shown = plan(db, BRIEF)
    other = Database(db.path)
    with closing(sqlite3.connect(db.path, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        with other.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout=50")
        with pytest.raises(StorageFailed, match="Nothing was changed"):
            apply_import(other, shown, actor=somebody())
        holder.execute("ROLLBACK")
    other.close()
    assert export_json(db) == "[]\n"


def test_locations_edited_by_hand_and_by_file_are_the_same_rows(db: Database):
    """Names typed in a page and names in a file meet by the same key."""
    owner = add_blogger(db, name="Mila Hart", actor=somebody())
    made = add_location(db, blogger_id=owner.id or 0, name="STUDIO", image_url=PHOTO, actor=somebody())
    assert verdicts(load(db, one())) == ["same"]
    edit_location(db, location_id=made.id or 0, name="Atelier", actor=somebody())
    assert verdicts(load(db, one())) == ["new"]
    assert get_location(db, location_id=made.id or 0).name == "Atelier"
