"""No page shows a word that did not pass through the catalogue."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.bloggers.archive import archive_location
from core.bloggers.editing import add_blogger, add_location
from core.quotes import avatars
from core.runs import advance, decisions
from core.runs.confirm import confirm as confirm_quote
from core.studio import Studio
from tests.pages.conftest import ACTOR, MAIN, confirm, drive, fault, lived_through, opened, unknown_run
from tests.pages.invented import spoken, strays
from tests.pages.videos.support import make as make_videos
from tests.pages.videos.support import order as order_videos

#: HeyGen's own words.
SAID = "No face detected in the photo"
PAGES = sorted(path.name for path in MAIN.parent.glob("*.py") if path != MAIN)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the data of a busy studio are kept once they were made."""
    return tmp_path_factory.mktemp("busy") / "data"


@pytest.fixture
def busy(kept: Path, data_dir: Path) -> Iterator[Studio]:
    """Every state at once, in a copy of its own."""
    with lived_through(kept, data_dir, _live) as studio:
        yield studio


def _live(samples: Studio) -> None:
    """Done, freed, made again, unknown, failed, cancelled, waiting, archived, bare."""
    drive(samples, confirm(samples, 1))
    freeing = avatars.quote(samples, location_ids=[1], action="free_slot")
    group = freeing.lines[0].group_name
    drive(samples, confirm_quote(samples, freeing, actor=ACTOR, typed_name=group))
    drive(samples, confirm(samples, 1))
    unknown_run(samples, 2)
    fault(samples, route="create", fault="refuse", code=40004, message=SAID)
    drive(samples, confirm(samples, 3))
    (cancelled,) = confirm(samples, 4)
    assert cancelled.id is not None
    decisions.request_cancel(samples, cancelled.id, actor=ACTOR)
    drive(samples, [cancelled])
    (moving,) = confirm(samples, 5)
    assert moving.id is not None
    advance.advance(samples, moving.id)
    make_videos(samples, 1)
    fault(samples, route="video", fault="render_fails")
    make_videos(samples, 1)
    order_videos(samples, 1)
    archive_location(samples.db, location_id=6, actor=ACTOR)
    owner = add_blogger(samples.db, name="Without", actor=ACTOR)
    assert owner.id is not None
    add_location(samples.db, blogger_id=owner.id, name="Nothing", actor=ACTOR)


@pytest.fixture(autouse=True)
def _reader() -> Iterator[None]:
    with spoken():
        yield


def untranslated(studio: Studio, page: str, **query: str) -> list[str]:
    at = opened(page, **query)
    assert not at.exception, at.exception
    return strays(at, studio)


@pytest.mark.parametrize("page", PAGES)
def test_an_empty_studio_speaks_the_readers_language(studio: Studio, page: str) -> None:
    """Before anything is there."""
    left = untranslated(studio, page)
    assert not left, "\n".join(left)


#: What a link can open: a page, one thing, nothing that matches, and what does not exist.
VIEWS: list[tuple[str, dict[str, str]]] = [
    *((page, {}) for page in PAGES),
    *(("locations.py", {"location": str(number)}) for number in (1, 2, 3, 4, 5, 6, 7, 11, 999)),
    *(("locations.py", query) for query in ({"locations_text": "zzz"}, {"locations_archive": "true"})),
    ("locations.py", {"locations_view": "gallery"}),
    *(("activity.py", {"run": str(number)}) for number in (*range(1, 8), 999)),
    ("activity.py", {"activity_state": "paused"}),
    *(("provisioning.py", {"chosen": chosen}) for chosen in ("1,7,8", "2,3,5,6,11", "999")),
    *(("provisioning.py", {"chosen": chosen, "action": "another_motion"}) for chosen in ("1", "1,7")),
    *(("provisioning.py", {"runs": numbers}) for numbers in ("1,3", "2,4,5,6,7", "999")),
    ("provisioning.py", {"chosen": "7", "motion": "avatar_iv"}),
    *(
        ("videos.py", query)
        for query in ({"pick": "1"}, {"chosen": "1,7,8", "voice": "default"}, {"batch": "-"})
    ),
    *(("videos.py", {"video": number}) for number in ("1", "2", "3", "999")),
    *(("videos.py", {"videos_state": state}) for state in ("done", "cancelled")),
    *(("settings.py", {"part": part}) for part in ("connection", "plan", "backup", "sandbox")),
]


def test_a_busy_studio_speaks_the_readers_language(busy: Studio) -> None:
    """Every page with everything that can happen on it, by every kind of link."""
    left = [(page, query, found) for page, query in VIEWS if (found := untranslated(busy, page, **query))]
    assert not left, "\n".join(map(str, left))


@pytest.mark.parametrize(
    ("page", "query"),
    [
        *((page, {}) for page in PAGES),
        ("locations.py", {"location": "1"}),
        ("locations.py", {"location": "7"}),
        ("activity.py", {"run": "4"}),
        ("provisioning.py", {"chosen": "7,8"}),
        ("settings.py", {"part": "sandbox"}),
    ],
)
def test_every_button_answers_in_the_readers_language(busy: Studio, page: str, query: dict[str, str]) -> None:
    """Dialogs, notes and refusals that come after a click."""
    left, place = [], 0
    while place < len((at := opened(page, **query)).button):
        button, place = at.button[place], place + 1
        if not button.disabled:
            left += [(button.label, found) for found in strays(button.click().run(), busy)]
    assert not left, "\n".join(map(str, left))
