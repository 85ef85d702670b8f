"""The record as a page reads it: words, people, actions, kinds and days; and what was done to one thing."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from core import clock
from core.bloggers.editing import add_blogger, edit_location, rename_blogger
from core.database.engine import Database
from core.people import members
from core.people.roles import LOCAL_ADMIN
from core.reports import audit
from core.reports.audit import AuditFilter
from tests.databases import plans, statements
from tests.fresh import fresh_database, location
from tests.people import somebody

MANY = 20_000
FILL = f"""
INSERT INTO auditline
    (created_at, actor, action, kind, object_id, name, location_id, run_id, before, after)
WITH RECURSIVE line(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM line WHERE n < {MANY})
SELECT datetime(), 'person ' || (n % 7), 'confirm', 'run', n, 'Mila - ' || n, n % 1000 + 10, n, '{{}}', '{{}}'
FROM line
"""


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Lines of three days by Anna and Boris, in three scripts, and one invitation."""
    opened = fresh_database(tmp_path_factory.mktemp("record"))
    anna, boris = somebody("anna@team.example"), somebody("борис@команда.рф")
    clock.shift(-2 * 86_400)
    owner = add_blogger(opened, name="Мила Харт", actor=anna).id or 0
    clock.shift(-86_400)
    place = location(opened, owner)
    edit_location(opened, location_id=place, name="Кухня", actor=boris)
    rename_blogger(opened, blogger_id=owner, name="ميلا هارت", actor=boris)
    clock.shift(0)
    members.invite(opened, "cleo@team.example", role="viewer", actor=LOCAL_ADMIN)
    yield opened
    opened.close()


def actions(db: Database, **where: Any) -> list[str]:
    found = audit.lines(db, AuditFilter(**where))
    assert audit.count(db, AuditFilter(**where)) == len(found)
    return list(found["action"])


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({}, ["rename_blogger", "edit_location", "add_location", "add_blogger"]),
        ({"members": True, "kinds": ("member", "invitation")}, ["invite", "add_member"]),
        ({"kinds": ("member", "invitation")}, []),
        ({"text": "мила"}, ["edit_location", "add_location", "add_blogger"]),
        ({"text": "КУХНЯ мила"}, ["edit_location"]),
        ({"text": "мила cleo"}, []),
        ({"text": "ميلا"}, ["rename_blogger"]),
        ({"text": "борис"}, ["rename_blogger", "edit_location"]),
        ({"text": "ANNA@"}, ["add_blogger"]),
        ({"text": "cleo"}, []),
        ({"text": "cleo", "members": True}, ["invite", "add_member"]),
        ({"text": "%"}, []),
        ({"text": "_"}, []),
        ({"text": "' OR 1=1 --"}, []),
        ({"actor": "anna@team.example"}, ["add_blogger"]),
        ({"actor": "nobody"}, []),
        ({"actions": ("add_location", "add_blogger")}, ["add_location", "add_blogger"]),
        ({"kinds": ("blogger",), "actor": "борис@команда.рф"}, ["rename_blogger"]),
    ],
    ids=str,
)
def test_a_filter_finds_its_lines(db: Database, where: dict[str, Any], found: list[str]) -> None:
    """Every word counts, in any script and case; members are for whoever may see them."""
    assert actions(db, **where) == found


def test_days_are_from_and_until(db: Database) -> None:
    """The first moment is part of the range, the last one is not."""
    (first,) = audit.lines(db, AuditFilter(actions=("add_blogger",)))["created_at"]
    assert actions(db, since=first, until=first + timedelta(seconds=1)) == ["add_blogger"]
    assert actions(db, until=first) == []
    assert actions(db, since=first + timedelta(hours=1), until=clock.now()) == [
        *("rename_blogger", "edit_location", "add_location")
    ]


def test_a_page_of_lines(db: Database) -> None:
    """The newest first, so many of them, with what was and what is."""
    line = audit.lines(db, AuditFilter(), limit=1, offset=1).iloc[0]
    assert (line["action"], line["actor"]) == ("edit_location", "борис@команда.рф")
    assert (line["before"], line["after"]) == ({"name": "Studio"}, {"name": "Кухня"})
    assert len(audit.lines(db, AuditFilter(), limit=10, offset=4)) == 0


def test_whoever_did_something_is_listed(db: Database) -> None:
    """Who only did what administrators see is listed for them alone."""
    seen = audit.people(db, members=False)
    assert seen == sorted(seen)
    assert {"anna@team.example", "борис@команда.рф"} <= set(seen)
    assert set(audit.people(db, members=True)) - set(seen) == {LOCAL_ADMIN.name}


def test_a_location_shows_what_was_done_to_it(db: Database) -> None:
    """Newest first, and nothing of others."""
    assert list(audit.of_location(db, 1)["action"]) == ["edit_location", "add_location"]
    assert list(audit.of_location(db, 1, limit=1)["action"]) == ["edit_location"]
    assert audit.of_location(db, 2).empty
    assert audit.of_run(db, 1).empty


def test_nothing_sorts_or_reads_all_lines(db: Database) -> None:
    """What a page, a location and a run ask goes by an index; a page of lines stops once it is full."""
    with db.write() as session:
        session.connection().exec_driver_sql(FILL)
        session.connection().exec_driver_sql("ANALYZE")
    with statements(db) as asked:
        assert len(audit.of_location(db, 11)) == MANY // 1000
        assert len(audit.of_run(db, 5)) == 1
        assert len(audit.lines(db, AuditFilter(actor="person 3"), limit=50)) == 50
        assert len(audit.lines(db, AuditFilter(members=True), limit=50)) == 50
        assert len(audit.lines(db, AuditFilter(text="mila 99"), limit=50)) == 50
    steps = plans(db, asked)
    assert not [step for step in steps if "TEMP B-TREE" in step]
    used = [step.split("(")[1] for step in steps if step.startswith("SEARCH")]
    assert used == ["location_id=?)", "run_id=?)", "actor=?)"]
