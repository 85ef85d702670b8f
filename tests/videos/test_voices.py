"""HeyGen's voices are known for a day, found by people, and chosen as what videos start from."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import responses
from sqlmodel import select

from core import clock
from core.config import Settings
from core.database.engine import Database
from core.database.tables.bloggers import Blogger, Location
from core.database.tables.videos import Voice
from core.errors import BadInput, NotFound
from core.heygen.errors import HeyGenError
from core.studio import Studio, open_studio
from core.videos import voices
from core.videos.voices import Default
from tests.books import Books
from tests.fresh import blogger, location
from tests.heygen.support import API
from tests.people import somebody
from tests.world import World

URL = f"{API}/v2/voices"
DAY = 86_400


def spoken(voice_id: str, name: str = "Anna", language: str = "English", gender: str = "female") -> Any:
    """A voice as HeyGen lists it."""
    return {
        "voice_id": voice_id,
        "name": name,
        "language": language,
        "gender": gender,
        "preview_audio": f"https://files.test/{voice_id}.mp3",
        "support_pause": True,
    }


class HeyGen:
    """HeyGen's list of voices, and how often it was asked for."""

    def __init__(self, mock: responses.RequestsMock) -> None:
        self._mock = mock

    def lists(self, *found: Any) -> None:
        self._mock.upsert(responses.GET, URL, json={"error": None, "data": {"voices": list(found)}})

    def refuses(self) -> None:
        self._mock.upsert(responses.GET, URL, json={"code": 40009, "message": "bad key"}, status=401)

    @property
    def asked(self) -> int:
        return len(self._mock.calls)


@pytest.fixture
def heygen() -> Iterator[HeyGen]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield HeyGen(mock)


@pytest.fixture
def studio(tmp_path: Path, heygen: HeyGen) -> Iterator[Studio]:
    """A Studio of the live world whose HeyGen is `heygen`."""
    opened = open_studio(Settings(api_key="hg_key", api_base=API, data_dir=tmp_path / "data"))
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    yield
    clock.shift(0)


def know(db: Database, *known: tuple[str, str, str, str]) -> None:
    """These voices (id, name, language, gender) are known, in this order."""
    with db.write() as session:
        for position, (voice_id, name, language, gender) in enumerate(known):
            session.add(
                Voice(voice_id=voice_id, position=position, name=name, language=language, gender=gender)
            )


def rows(db: Database) -> list[tuple[str, int]]:
    with db.read() as session:
        return [(v.voice_id, v.position) for v in session.exec(select(Voice).order_by(Voice.position))]


# Reading them


def test_reading_replaces_what_was_known(studio: Studio, heygen: HeyGen) -> None:
    """HeyGen's order is kept, a voice that vanished goes, one listed twice is one."""
    heygen.lists(spoken("b"), spoken("a"), spoken("old"))
    assert voices.refresh(studio) == 3
    assert rows(studio.db) == [("b", 0), ("a", 1), ("old", 2)]
    heygen.lists(spoken("a", name="Anna 2"), spoken("b"), spoken("a", name="Again"))
    assert voices.refresh(studio) == 2
    assert rows(studio.db) == [("a", 0), ("b", 1)]
    found = voices.get(studio.db, "a")
    assert found is not None
    assert (found.name, found.language, found.gender, found.preview_url) == (
        "Anna 2",
        "English",
        "female",
        "https://files.test/a.mp3",
    )
    assert voices.get(studio.db, "old") is None


def test_an_empty_answer_changes_nothing(studio: Studio, heygen: HeyGen) -> None:
    """A HeyGen that lists no voice at all is out of order, not without voices."""
    heygen.lists(spoken("a"))
    voices.refresh(studio)
    heygen.lists()
    assert voices.refresh(studio) == 1
    assert rows(studio.db) == [("a", 0)]


def test_a_failed_reading_changes_nothing(studio: Studio, heygen: HeyGen) -> None:
    """Asked for by a person it says why; by itself it is only logged."""
    heygen.lists(spoken("a"))
    voices.refresh(studio)
    heygen.refuses()
    with pytest.raises(HeyGenError, match="does not accept the key"):
        voices.refresh(studio)
    assert rows(studio.db) == [("a", 0)]


def test_thousands_of_voices_are_read_at_once(studio: Studio, heygen: HeyGen) -> None:
    """HeyGen's list is long and comes in one answer."""
    heygen.lists(*(spoken(f"v{n}", name=f"Voice {n}") for n in range(4000)))
    assert voices.refresh(studio) == 4000
    assert list(voices.voices(studio.db, text="3999")["voice_id"]) == ["v3999"]


def test_voices_are_read_once_a_day(studio: Studio, heygen: HeyGen) -> None:
    """Where none are known at once, then not before a day has passed."""
    heygen.lists(spoken("a"))
    for seconds, asked in ((0, 1), (1, 1), (DAY - 60, 1), (DAY + 1, 2), (DAY + 400, 2)):
        clock.shift(seconds)
        voices.refresh_if_old(studio)
        assert heygen.asked == asked, seconds


def test_voices_from_the_future_are_read_anew(studio: Studio, heygen: HeyGen) -> None:
    """A clock that was wrong and put right does not keep them for ever."""
    heygen.lists(spoken("a"))
    clock.shift(30 * DAY)
    voices.refresh(studio)
    clock.shift(0)
    voices.refresh_if_old(studio)
    assert heygen.asked == 2


def test_the_sandboxs_voices_are_read_after_each_start(world: World) -> None:
    """Its port is another one then, and the samples known from before can no longer be heard."""
    studio = world.studio
    voices.refresh_if_old(studio)
    first = voices.voices(studio.db)["preview_url"][0]
    assert first.startswith(studio.settings.api_base)
    world.sql("UPDATE voice SET preview_url = 'http://127.0.0.1:9/voices/a.mp3'")
    voices.refresh_if_old(studio)
    assert voices.voices(studio.db)["preview_url"][0] == "http://127.0.0.1:9/voices/a.mp3"
    clock.shift(400)
    voices.refresh_if_old(studio)
    assert voices.voices(studio.db)["preview_url"][0] == first


def test_a_failure_is_logged_and_left_alone_for_five_minutes(
    studio: Studio, heygen: HeyGen, caplog: pytest.LogCaptureFixture
) -> None:
    """A page that opens never fails for it, and HeyGen is not asked at each opening."""
    heygen.refuses()
    with caplog.at_level(logging.WARNING, "studio.voices"):
        voices.refresh_if_old(studio)
    assert "does not accept the key" in caplog.text
    clock.shift(200)
    voices.refresh_if_old(studio)
    assert heygen.asked == 1
    heygen.lists(spoken("a"))
    clock.shift(400)
    voices.refresh_if_old(studio)
    assert heygen.asked == 2
    assert rows(studio.db) == [("a", 0)]


def test_an_answer_without_voices_is_left_alone_for_five_minutes_too(studio: Studio, heygen: HeyGen) -> None:
    """Nothing became known, so only the memory of the try keeps from asking again at once."""
    heygen.lists()
    for _ in range(3):
        voices.refresh_if_old(studio)
    assert heygen.asked == 1


# Finding them


KNOWN = (
    ("v1", "Anna", "English", "female"),
    ("v2", "Борис", "Russian", "male"),
    ("v3", "Анна Великая", "Russian", "Female"),
    ("v4", "100%_sure", "", "unknown"),
)


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        ({}, ["v1", "v2", "v3", "v4"]),
        ({"text": "ANN"}, ["v1"]),
        ({"text": "анна"}, ["v3"]),
        ({"text": "БОРИС"}, ["v2"]),
        ({"text": "  russian  Борис "}, ["v2"]),
        ({"text": "%"}, ["v4"]),
        ({"text": "_"}, ["v4"]),
        ({"text": "\\"}, []),
        ({"language": "Russian"}, ["v2", "v3"]),
        ({"gender": "female"}, ["v1", "v3"]),
        ({"language": "Russian", "gender": "female", "text": "вел"}, ["v3"]),
        ({"language": "russian' OR 1=1 --"}, []),
    ],
)
def test_a_voice_is_found_by_name_language_and_gender(
    db: Database, filters: dict[str, str], ids: list[str]
) -> None:
    """Every word must be there, in whatever case, in Latin and in Cyrillic letters; signs mean themselves."""
    know(db, *KNOWN)
    assert list(voices.voices(db, **filters)["voice_id"]) == ids


def test_the_last_used_come_first(db: Database) -> None:
    """Then HeyGen's own order; when one was used is told in UTC."""
    know(db, *KNOWN)
    place = location(db, blogger(db))
    begin = datetime(2026, 11, 22, 12, tzinfo=UTC)
    for minutes, voice_id in ((0, "v4"), (5, "v3"), (1, "v4"), (2, "gone")):
        at = begin + timedelta(minutes=minutes, seconds=minutes)
        Books(db).video(place, f"{at:%Y-%m-%dT%H:%M:%S}", voice_id=voice_id)
    found = voices.voices(db)
    assert list(found.columns) == ["voice_id", "name", "language", "gender", "preview_url", "last_used"]
    assert list(found["voice_id"]) == ["v3", "v4", "v1", "v2"]
    used = list(found["last_used"])
    assert used == [
        begin + timedelta(minutes=5, seconds=5),
        begin + timedelta(minutes=1, seconds=1),
        None,
        None,
    ]


def test_no_voices_are_an_empty_list(db: Database) -> None:
    """With its columns, so that a page can show it."""
    assert list(voices.voices(db).columns)[:2] == ["voice_id", "name"]
    assert len(voices.voices(db)) == 0
    assert voices.languages(db) == []


def test_languages_are_those_that_voices_speak(db: Database) -> None:
    """Each once, without the empty one."""
    know(db, *KNOWN)
    assert voices.languages(db) == ["English", "Russian"]


# What videos start from


def default(db: Database, place: int) -> Default:
    with db.read() as session:
        here = session.get_one(Location, place)
        return voices.default_of(here, session.get_one(Blogger, here.blogger_id))


def test_a_location_overrides_its_blogger_field_by_field(db: Database) -> None:
    """What it leaves empty comes from the blogger; what both leave empty is None."""
    know(db, *KNOWN)
    owner = blogger(db)
    place, other = location(db, owner), location(db, owner, "Kitchen")
    assert default(db, place) == Default(None, None, None)
    voices.set_default(
        db, blogger_id=owner, voice_id="v2", language="Russian", video_format="9:16", actor=somebody()
    )
    assert default(db, place) == Default("v2", "Russian", "9:16")
    voices.set_default(
        db, location_id=place, voice_id="v1", language=" ", video_format=None, actor=somebody()
    )
    assert default(db, place) == Default("v1", "Russian", "9:16")
    assert default(db, other) == Default("v2", "Russian", "9:16")
    voices.set_default(
        db, location_id=place, voice_id="", language="English", video_format="1:1", actor=somebody()
    )
    assert default(db, place) == Default("v2", "English", "1:1")
    voices.set_default(db, blogger_id=owner, voice_id=None, language=None, video_format="", actor=somebody())
    assert default(db, place) == Default(None, "English", "1:1")


def test_a_change_is_logged_with_the_members_name(db: Database, caplog: pytest.LogCaptureFixture) -> None:
    """As every change of bloggers and locations is."""
    owner = blogger(db)
    with caplog.at_level(logging.INFO, "studio.voices"):
        voices.set_default(
            db, blogger_id=owner, voice_id=None, language=None, video_format="1:1", actor=somebody()
        )
    assert f"Ann set what videos of blogger {owner} start from" in caplog.text


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"voice_id": "nobody"}, "lists no voice “nobody”"),
        ({"video_format": "4:3"}, "no video format “4:3”.*16:9, 9:16, 1:1"),
        ({"language": "x" * 65}, "not the name of a language"),
        ({"language": "Rus\x00sian"}, "not the name of a language"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    db: Database, change: dict[str, str], says: str
) -> None:
    """A clear sentence; the other fields of the same change are not written either."""
    know(db, *KNOWN)
    owner = blogger(db)
    place = location(db, owner)
    wanted: dict[str, Any] = {"voice_id": "v1", "language": "English", "video_format": "1:1"} | change
    for whose in ({"blogger_id": owner}, {"location_id": place}):
        with pytest.raises(BadInput, match=f"{says}.*") as caught:
            voices.set_default(db, **whose, **wanted, actor=somebody())
        assert "Nothing was changed." in caught.value.user_message
    assert default(db, place) == Default(None, None, None)


def test_nobodys_default_is_not_found(db: Database) -> None:
    """Neither written nor read; a call for both or for none is a mistake of the caller."""
    nothing: dict[str, Any] = {"voice_id": None, "language": None, "video_format": None, "actor": somebody()}
    for whose in ({"blogger_id": 9}, {"location_id": 9}):
        with pytest.raises(NotFound):
            voices.set_default(db, **whose, **nothing)
    for whose in ({}, {"blogger_id": 1, "location_id": 1}):
        with pytest.raises(TypeError):
            voices.set_default(db, **whose, **nothing)
