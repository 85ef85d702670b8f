"""Bloggers and locations come over from the data of v1 and v2 to those of v3, and nothing there changes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from core.bloggers.archive import archive_location
from core.bloggers.editing import add_blogger, get_location
from core.bloggers.exchange import bring_over, reading, rows
from core.bloggers.exchange.export import export_json
from core.config import Settings, load
from core.database.engine import Database, open_database
from core.database.tables.bloggers import Blogger
from core.errors import BadInput, Refusal
from core.photos import uploads
from core.photos.address import is_kept
from core.sandbox.server import Sandbox
from core.studio import Studio, open_studio
from tests.commands.support import core, files
from tests.fresh import add_run, blogger, location, set_location
from tests.people import somebody
from tests.world import picture

GONE_ON = {
    "heygen_avatar_id": "motionlook1",
    "heygen_group_id": "group1",
    "heygen_look_id": "look1",
    "avatar_status": "completed",
    "motion_status": "completed",
    "motion_type": "kling",
}


@pytest.fixture
def heygen(tmp_path: Path) -> Iterator[Sandbox]:
    """One HeyGen for both families, as outside."""
    with Sandbox(tmp_path / "heygen", speed=400, dialect="v3") as sandbox:
        yield sandbox


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Database]:
    """The data of v2: bloggers, an avatar, one without motion, an uploaded photo, and one without places."""
    settings = Settings(data_dir=tmp_path / "old")
    db = open_database(settings)
    mila, noah = blogger(db), blogger(db, "Noah Lind")
    set_location(db, location(db, mila), **GONE_ON, extra={"mood": "calm"}, voice_id="v1")
    still = {**GONE_ON, "heygen_avatar_id": "00000", "motion_status": "failed", "heygen_group_id": "group2"}
    set_location(db, location(db, mila, "Kitchen"), **still)
    location(db, noah, "Park", uploads.keep(settings, picture()))
    add_blogger(db, name="Ada Berg", actor=somebody())
    with db.write() as session:
        session.add(session.get_one(Blogger, mila).sqlmodel_update({"language": "English"}))
    yield db
    db.close()


@contextmanager
def v3(folder: Path, base: str = "") -> Iterator[Studio]:
    live = {"HEYGEN_API_KEY": "sandbox", "HEYGEN_API_BASE": base} if base else {}
    studio = open_studio(load({"HEYGEN_DIALECT": "v3", "DATA_DIR": str(folder)} | live, None))
    try:
        yield studio
    finally:
        studio.close()


def test_everything_of_use_comes_along(tmp_path: Path, heygen: Sandbox, old: Database) -> None:
    """Names, photos, other fields, voices, avatars with their groups: nothing is made or paid again."""
    with v3(tmp_path / "new", heygen.base_url) as studio:
        found = bring_over.bring(studio, tmp_path / "old", actor=somebody())
        assert found == bring_over.Brought(brought=3, known=0, refused=0, left=0)
        assert export_json(studio.db) == export_json(old)
        studio_place, kitchen, park = (get_location(studio.db, location_id=n) for n in (1, 2, 3))
        assert {name: getattr(studio_place, name) for name in GONE_ON} == GONE_ON
        assert studio_place.voice_id == "v1"
        assert (kitchen.heygen_group_id, kitchen.heygen_look_id) == ("group2", "look1")
        assert is_kept(park.image_url, studio.settings)
        with studio.db.read() as session:
            assert session.get_one(Blogger, 1).language == "English"


def test_the_data_there_stay_byte_for_byte(tmp_path: Path, heygen: Sandbox, old: Database) -> None:
    """They are read from a copy, also while somebody works with them."""
    before = files(tmp_path / "old")
    with v3(tmp_path / "new", heygen.base_url) as studio:
        bring_over.bring(studio, tmp_path / "old", actor=somebody())
    assert files(tmp_path / "old") == before


def test_twice_adds_nothing_and_takes_nothing_back(tmp_path: Path, heygen: Sandbox, old: Database) -> None:
    """What was changed here since stays."""
    with v3(tmp_path / "new", heygen.base_url) as studio:
        bring_over.bring(studio, tmp_path / "old", actor=somebody())
        set_location(studio.db, 1, motion_type="veo2", voice_id="v2")
        again = bring_over.bring(studio, tmp_path / "old", actor=somebody())
        assert again == bring_over.Brought(brought=0, known=3, refused=0, left=0)
        place = get_location(studio.db, location_id=1)
        assert (place.motion_type, place.voice_id) == ("veo2", "v2")


def test_a_location_that_is_worked_on_stays_there(tmp_path: Path, heygen: Sandbox, old: Database) -> None:
    """The avatar that its run makes would be paid for once more here. The archive stays there as well."""
    add_run(old, 2, "waiting")
    archive_location(old, location_id=3, actor=somebody())
    with v3(tmp_path / "new", heygen.base_url) as studio:
        found = bring_over.bring(studio, tmp_path / "old", actor=somebody())
        assert found == bring_over.Brought(brought=1, known=0, refused=0, left=1)


def test_an_embedded_sandbox_does_not_know_the_avatars(tmp_path: Path, old: Database) -> None:
    """It is another account, so they start at "00000"; all else comes along."""
    with v3(tmp_path / "new") as studio:
        assert not bring_over.keeps_avatars(studio)
        assert bring_over.bring(studio, tmp_path / "old", actor=somebody()).brought == 3
        place = get_location(studio.db, location_id=1)
        assert (place.heygen_avatar_id, place.heygen_group_id) == ("00000", None)
        assert (place.avatar_status, place.voice_id) == ("none", "v1")
        assert get_location(studio.db, location_id=2).heygen_look_id is None


def test_more_than_a_file_may_hold_comes_over(
    tmp_path: Path, heygen: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limits of an import file, here of ten rows, do not count."""
    for module in (rows, reading):
        monkeypatch.setattr(module, "MAX_ROWS", 10)
    db = open_database(Settings(data_dir=tmp_path / "old"))
    owner = blogger(db)
    place = get_location(db, location_id=location(db, owner, "Place 0"))
    columns = place.model_dump(exclude={"id", "name", "name_key"})
    with db.write() as session:
        session.add_all(
            type(place)(**columns, name=f"Place {n}", name_key=f"place {n}") for n in range(1, 12)
        )
    with v3(tmp_path / "new", heygen.base_url) as studio:
        assert bring_over.bring(studio, tmp_path / "old", actor=somebody()).brought == 12
    db.close()


def test_another_accounts_data_are_refused(tmp_path: Path, heygen: Sandbox) -> None:
    """Another world's, or v3's own: one sentence, and nothing changes."""
    live = Settings(api_key="k", dialect="v2", api_base="https://h.example", data_dir=tmp_path / "live")
    open_database(live).close()
    open_database(replace(live, api_key="other", data_dir=tmp_path / "other")).close()
    with v3(tmp_path / "new", heygen.base_url) as studio:
        for folder in ("live", "new"):
            with pytest.raises(Refusal, match=f"{folder} are not of this HeyGen account"):
                bring_over.bring(studio, tmp_path / folder, actor=somebody())
        studio.settings = replace(live, dialect="v3", data_dir=tmp_path / "new")
        with pytest.raises(Refusal, match="other are not of this HeyGen account"):
            bring_over.bring(studio, tmp_path / "other", actor=somebody())
        with pytest.raises(BadInput, match="no data"):
            bring_over.bring(studio, tmp_path / "nowhere", actor=somebody())
        assert not (tmp_path / "nowhere").exists()


def test_the_command_says_what_came(tmp_path: Path, old: Database) -> None:
    """Counts, and exit code 1 where something stayed behind."""
    done = core(tmp_path / "new", "bring", str(tmp_path / "old"), HEYGEN_DIALECT="v3")
    assert done.returncode == 0, done.stderr
    assert "3 brought over; their avatars are made anew in this sandbox, 0 here already" in done.stdout
    add_run(old, 2, "waiting")
    assert core(tmp_path / "new", "bring", str(tmp_path / "old"), HEYGEN_DIALECT="v3").returncode == 1
