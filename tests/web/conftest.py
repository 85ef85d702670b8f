"""A Studio with a team, and the ways into it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core import clock
from core.config import Settings
from core.people import members, sign_ins
from core.people.roles import LOCAL_ADMIN
from core.people.ways import Ways
from core.studio import Studio
from tests.world import open_world

ANNA = "anna@team.example"
TEAM = Ways(origin="https://studio.example")


@pytest.fixture(scope="module")
def _opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with open_world(tmp_path_factory.mktemp("team") / "data") as world:
        token = members.invite(world.studio.db, ANNA, role="administrator", actor=LOCAL_ADMIN)
        with world.studio.db.write() as session:
            members.use_up(session, token)
        yield world.studio


@pytest.fixture
def team(_opened: Studio, tmp_path: Path) -> Iterator[Studio]:
    """A Studio whose one member is Anna. Its settings are the defaults, over a folder of the test's own."""
    yield replace(_opened, settings=Settings(data_dir=tmp_path))
    clock.shift(0)


def sign_in(studio: Studio, email: str = ANNA) -> str:
    """A new cookie of this member's; "" is this machine's own person."""
    with studio.db.write() as session:
        member = members.standing(session, email) if email else None
        return sign_ins.begin(session, member, "invitation" if member else "start_link")
