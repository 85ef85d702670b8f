"""Who sees what: every page and section, opened by each role; nothing on it that core would refuse."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlmodel import select
from streamlit.testing.v1 import AppTest

from core.bloggers import archive
from core.database.tables.people import Member
from core.people import members, sign_ins
from core.people.roles import PERMISSIONS, ROLES, WHO_MAY
from core.studio import Studio
from tests.pages.conftest import (
    ACTOR,
    MAIN,
    confirm,
    drive,
    fault,
    lived_through,
    looks_as,
    opened,
    page_text,
)
from tests.pages.videos.support import make

PAGES = sorted({path.name for path in MAIN.parent.glob("*.py")} - {"main.py"})
CREDITS = ("spending", "held", "budgets", "heygen", "calculator", "ledger", "plan")
SETTINGS = ("connection", "plan", "members", "backup", "sandbox")
#: Page and address -> the permission that it takes.
PLACES: dict[str, tuple[str, dict[str, str], str]] = {
    **{page: (page, {}, "view") for page in PAGES},
    "provisioning.py": ("provisioning.py", {}, "spend"),
    **{f"credits {part}": ("credits.py", {"part": part}, "view") for part in CREDITS},
    **{f"settings {part}": ("settings.py", {"part": part}, "view") for part in SETTINGS},
    "settings members": ("settings.py", {"part": "members"}, "admin"),
    "a ready location": ("locations.py", {"location": "1"}, "view"),
    "a failed location": ("locations.py", {"location": "2"}, "view"),
    "an archived location": ("locations.py", {"location": "4"}, "view"),
    "the archive": ("locations.py", {"locations_archive": "1"}, "view"),
    "found in HeyGen": ("locations.py", {"part": "found"}, "view"),
    "a failed run": ("activity.py", {"run": "2"}, "view"),
    "a run under way": ("provisioning.py", {"runs": "3"}, "view"),
    "a video": ("videos.py", {"video": "1"}, "view"),
    "a plan": ("provisioning.py", {"chosen": "5"}, "spend"),
    "a new video": ("videos.py", {"chosen": "1"}, "spend"),
}
MAIL = {role: f"{role}@team.example" for role in ROLES}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("roles") / "data"


@pytest.fixture
def team(kept: Path, data_dir: Path) -> Iterator[Studio]:
    """A member of each role; an avatar that is made, one that failed, one under way, an archived location."""
    with lived_through(kept, data_dir, _live) as studio:
        yield studio


def _live(studio: Studio) -> None:
    for role, mail in MAIL.items():
        members.invite(studio.db, mail, role=role, actor=ACTOR)
    drive(studio, confirm(studio, 1))
    fault(studio, route="motion", fault="motion_fails")
    drive(studio, confirm(studio, 2))
    make(studio, 1, title="Tour")
    confirm(studio, 3)
    archive.archive_location(studio.db, location_id=4, actor=ACTOR)


def as_role(monkeypatch: pytest.MonkeyPatch, role: str) -> None:
    looks_as(monkeypatch, f"proxy {MAIL[role]}")


def tables(studio: Studio) -> dict[str, int]:
    """What stands in every table, as one number each: the sum over its rows' texts."""
    found = {}
    with studio.db.read() as session:
        names = session.scalars(
            text("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
        )
        for name in list(names):
            rows = session.execute(text(f'SELECT * FROM "{name}"')).all()
            found[name] = hash(tuple(sorted(map(repr, rows))))
    return found


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("place", PLACES)
def test_a_place_opens_for_who_may_see_it_and_says_who_may_else(
    team: Studio, monkeypatch: pytest.MonkeyPatch, place: str, role: str
) -> None:
    """No page breaks for any role; one that is not theirs is a sentence with no button on it."""
    page, query, needs = PLACES[place]
    as_role(monkeypatch, role)
    at = opened(page, **query)
    said = page_text(at)
    refused = WHO_MAY[PERMISSIONS[needs]] if needs != "view" else ""
    if ROLES.index(role) >= ROLES.index(PERMISSIONS[needs]):
        assert not any(sentence in said for sentence in WHO_MAY.values())
    else:
        assert refused in said


@pytest.mark.parametrize(
    ("place", "role"),
    [
        (place, role)
        for place, (_, _, needs) in PLACES.items()
        for role in ("viewer", "operator")
        if ROLES.index(role) >= ROLES.index(PERMISSIONS[needs])
    ],
)
def test_nothing_that_one_can_press_is_refused(
    team: Studio, monkeypatch: pytest.MonkeyPatch, place: str, role: str
) -> None:
    """No button answers that others may do this; whatever a viewer presses, every table stays the same."""
    page, query, _ = PLACES[place]
    as_role(monkeypatch, role)
    # That somebody came in is written down: no button does that.
    assert sign_ins.by_proxy(team.db, MAIL[role]) is not None
    before = tables(team)
    for said in _press_everything(lambda: opened(page, **query)):
        assert not any(sentence in said for sentence in WHO_MAY.values()), said
    if role == "viewer":
        assert tables(team) == before


def _press_everything(open_: Callable[[], AppTest]) -> list[str]:
    """Press each button of a place once, each on a page of its own; returns what the pages said then."""
    keys = [button.key for button in open_().button if not button.disabled]
    said = []
    for n in range(len(keys)):
        at = open_()
        there = [button for button in at.button if not button.disabled]
        if n < len(there):
            said.append(page_text(there[n].click().run()))
    return said


def test_a_viewer_sees_no_form_and_no_box_to_spend(team: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """The navigation has no way to make avatars, and the list of locations none to change them."""
    as_role(monkeypatch, "viewer")
    at = opened("locations.py")
    labels = [button.label for button in at.button]
    assert not {"Add location", "Import", "Add blogger", "Edit bloggers"} & set(labels)
    as_role(monkeypatch, "operator")
    labels = [button.label for button in opened("locations.py").button]
    assert {"Add location", "Import", "Add blogger", "Edit bloggers"} <= set(labels)


def test_a_role_that_changed_counts_at_the_next_click(team: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """An operator who became a viewer has nothing to spend with any more; a removed one is out."""
    as_role(monkeypatch, "operator")
    at = opened("locations.py", location="5")
    assert "make_avatar" in [button.key for button in at.button]
    with team.db.read() as session:
        operator = session.exec(select(Member).where(Member.email == MAIL["operator"])).one()
    assert operator.id is not None
    members.change_role(team.db, operator.id, role="viewer", actor=ACTOR)
    at.button(key="make_avatar").click().run()
    assert "make_avatar" not in [button.key for button in at.button]
    members.remove(team.db, operator.id, actor=ACTOR)
    at.run()
    assert "You are signed out, or you are no member any more." in page_text(at)
    assert [button.label for button in at.button] == []


def test_who_looks_is_looked_up_once_a_run(team: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many controls ask for the role, the database is asked for the member once."""
    as_role(monkeypatch, "administrator")
    at = opened("settings.py", part="plan")
    asked: list[str] = []

    def heard(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if "FROM member" in statement:
            asked.append(statement)

    engine = team.db.engine
    event.listen(engine, "before_cursor_execute", heard)
    at.run()
    event.remove(engine, "before_cursor_execute", heard)
    assert len(asked) == 1
