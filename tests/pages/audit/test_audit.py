"""Who did what: every line with who, when, what, before and after; found, filtered, downloaded."""

import csv
import io
from datetime import UTC, datetime

import pytest
import streamlit as st

from core import clock
from core.database.tables.people import AuditLine
from core.people import audit, members
from core.people.roles import Person
from core.reports import audit as record
from core.studio import Studio
from pages.parts.audit.table import file_of
from pages.parts.kit import times
from tests.pages.conftest import ACTOR, Later, Open, looks_as, opened, page_text

DANA, NOUR = Person("dana@team.example", "operator"), Person("نور@team.example", "administrator")


def note(studio: Studio, actor: Person, action: str, **more: object) -> None:
    with studio.db.write() as session:
        audit.note(session, actor, action, **{"kind": "location", **more})  # pyright: ignore[reportArgumentType]


@pytest.fixture
def acted(samples: Studio) -> Studio:
    """Two people, three lines: an edit in Cyrillic, a budget, an invitation."""
    note(
        samples,
        DANA,
        "edit_location",
        id=1,
        name="Мила – Кафе",
        location_id=1,
        before={"name": "Кухня"},
        after={"name": "Кафе"},
    )
    note(
        samples, NOUR, "set_budget", kind="budget", id=1, name="The team", after={"micro_credits": 2_500_000}
    )
    members.invite(samples.db, "zoe@team.example", role="viewer", actor=ACTOR)
    return samples


def shown(open_page: Open, **query: str) -> list[list[str]]:
    """What the table says, line by line: person, what, about, changes."""
    at = open_page("audit.py", **query)
    page_text(at)
    if not at.dataframe:
        return []
    table = at.dataframe[0].value
    return table[["person", "what", "about", "changes"]].fillna("").to_numpy().tolist()


def test_a_line_says_who_what_and_what_it_was_before(acted: Studio, open_page: Open) -> None:
    """The newest first; amounts and names as people read them."""
    lines = shown(open_page)
    assert ["dana@team.example", "Changed the location", "Мила – Кафе", "name: Кухня → Кафе"] in lines
    assert ["نور@team.example", "Set a budget", "The team", "amount: 2.5 credits"] in lines
    assert lines[0][:2] == ["tester", "Invited"]


@pytest.mark.parametrize(
    ("query", "people"),
    [
        ({"audit_text": "кафе мила"}, {"dana@team.example"}),
        ({"audit_text": "кафе nobody"}, set()),
        ({"audit_person": NOUR.name}, {NOUR.name}),
        ({"audit_action": "set_budget"}, {NOUR.name}),
        ({"audit_kind": "budget,location"}, {NOUR.name, DANA.name}),
        ({"audit_since": "2100-01-01"}, set()),
        ({"audit_until": "2001-01-01"}, set()),
    ],
)
def test_the_address_narrows_the_list(
    acted: Studio, open_page: Open, query: dict[str, str], people: set[str]
) -> None:
    """A link opens the same lines for a colleague; a word counts in any case and in any letters."""
    found = {line[0] for line in shown(open_page, **query) if line[1] != "Loaded the samples"}
    assert found - {"tester"} == people


def test_a_file_is_named_after_the_readers_day(later: Later, monkeypatch: pytest.MonkeyPatch) -> None:
    """When it is tomorrow already where the reader is."""
    monkeypatch.setattr(type(st.context), "timezone", property(lambda _: "Asia/Tokyo"))
    evening = datetime(2100, 3, 31, 20, 0, tzinfo=UTC)
    later(seconds=(evening - clock.now()).total_seconds())
    assert times.today() == "2100-04-01"


def test_nothing_matches_offers_to_clear(acted: Studio, open_page: Open) -> None:
    """Search and filters go with one click."""
    at = open_page("audit.py", audit_text="nobody here", audit_kind="run")
    assert "No line of the record matches." in page_text(at)
    at.button(key="audit_clear_all").click().run()
    assert at.dataframe
    assert not {"audit_text", "audit_kind"} & set(at.query_params)


def test_nothing_yet_says_what_will_stand_here(studio: Studio, open_page: Open) -> None:
    assert "Nothing was done yet." in page_text(open_page("audit.py"))


def test_only_administrators_see_what_is_about_members(
    acted: Studio, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not in the list, not by a filter, not in the file."""
    members.invite(acted.db, "vi@team.example", role="viewer", actor=ACTOR)
    looks_as(monkeypatch, "proxy vi@team.example")
    assert not [line for line in shown(open_page) if "zoe" in line[2]]
    assert [line for line in shown(open_page, audit_kind="member") if line[1] == "Invited"] == []
    assert record.count(acted.db, record.AuditFilter(text="zoe")) == 0
    assert record.count(acted.db, record.AuditFilter(text="zoe", members=True)) > 0


def test_the_file_has_exact_values_and_no_formula(acted: Studio) -> None:
    """All lines that match, credits to the last decimal, times in UTC."""
    note(acted, Person("=cmd@team.example", "operator"), "edit_location", after={"name": "=1+1"})
    note(acted, DANA, "set_price", kind="price", after={"micro_credits": 1_234_567})
    file = file_of(acted, record.AuditFilter(kinds=("price", "location")))
    lines = list(csv.DictReader(io.StringIO(file.decode("utf-8-sig"))))
    assert lines[0]["after"] == "micro_credits=1.234567"
    assert lines[1]["person"] == "'=cmd@team.example"
    assert lines[0]["time_utc"].endswith("+00:00")


def test_a_hundred_lines_come_in_pages(studio: Studio, open_page: Open) -> None:
    """Fifty a page; the rest is one click away."""
    with studio.db.write() as session:
        for n in range(120):
            session.add(AuditLine(actor="x", action="edit_location", kind="location", name=f"Place {n}"))
    assert len(shown(open_page)) == 50
    assert len(shown(open_page, audit_page="3")) == 20


def test_a_location_shows_its_own_lines(acted: Studio) -> None:
    """A few stand open; more are folded away, and nobody else's are among them."""
    assert "dana" in page_text(opened("locations.py", location="1"))
    assert "dana" not in page_text(opened("locations.py", location="2"))
    for n in range(8):
        note(acted, DANA, "edit_location", id=1, name="x", location_id=1, after={"name": f"Place {n}"})
    assert "Place 7" not in page_text(opened("locations.py", location="1"))
