"""A Studio killed at any moment of a video, from the call to the file, and the one that is started after it.

Whatever the moment: HeyGen is asked for one render, it is paid once, and one whole file is kept by the next
process.
"""

from pathlib import Path

import pytest

from tests.faults.site import SPEED, Site
from tests.faults.support import Moment, killed, killed_in_call

pytestmark = pytest.mark.processes


@pytest.fixture
def film(site: Site) -> Site:
    """A site with a video that is confirmed and not begun."""
    site.order_film()
    return site


def files(site: Site) -> list[Path]:
    return sorted((site.folder / "data" / "videos").glob("*"))


@pytest.mark.parametrize(
    "moment",
    [{"at": "answer", "method": "list_videos"}, {"at": "insert", "kind": "generate_video"}],
    ids=["the snapshot", "writing the intent"],
)
def test_a_kill_before_the_intent_leaves_nothing_behind(film: Site, moment: Moment) -> None:
    """Nothing was written, so nothing was sent: the next Studio makes the call as if it were the first."""
    killed(film, moment, make=False)
    assert film.heygen.video_calls == 0
    film.go_on()
    assert film.attempts("generate_video") == ["confirmed"]
    film.assert_filmed_once()


def test_a_kill_after_the_intent_is_looked_up_and_sent_again(film: Site) -> None:
    """The request never left: two looks miss it, and only then it is sent."""
    killed(film, {"at": "entry", "method": "generate_video"}, make=False)
    assert film.heygen.video_calls == 0
    film.go_on()
    assert film.attempts("generate_video") == ["absent", "confirmed"]
    film.assert_filmed_once()


def test_a_kill_during_the_call_is_looked_up_and_adopted(film: Site) -> None:
    """HeyGen did it and could not say so: the video is found by its title, and nothing is sent again."""
    killed_in_call(film, "video", make=False)
    film.go_on()
    assert film.attempts("generate_video") == ["adopted"]
    film.assert_filmed_once()


@pytest.mark.parametrize("at", ["answer", "commit"])
def test_a_kill_before_the_answer_is_settled_loses_nothing(film: Site, at: str) -> None:
    """HeyGen's answer had arrived, or was being written: the video is found and adopted."""
    killed(film, {"at": at, "method": "generate_video"}, make=False)
    assert film.heygen.video_calls == 1
    film.go_on()
    assert film.attempts("generate_video") == ["adopted"]
    film.assert_filmed_once()


def test_a_kill_after_the_settle_goes_on_behind_it(film: Site) -> None:
    """The answer is written and the run's progress is not: the video's id alone keeps a second call away."""
    killed(film, {"at": "begin", "method": "generate_video"}, make=False)
    assert film.attempts("generate_video") == ["confirmed"]
    film.go_on()
    assert film.attempts("generate_video") == ["confirmed"]
    film.assert_filmed_once()


def test_a_kill_while_rendering_goes_on_polling(film: Site) -> None:
    """Waiting for the render is a row: nothing is rendered or paid again."""
    film.heygen.control("POST", "settings", speed=50)
    killed(film, {"at": "answer", "method": "get_video", "showing": {"status": "processing"}}, make=False)
    film.heygen.control("POST", "settings", speed=SPEED)
    film.go_on()
    film.assert_filmed_once()


def test_a_kill_while_booking_the_length_books_it_once(film: Site) -> None:
    """The price of the measured length and the next step are one transaction: both are lost, then written."""
    killed(film, {"at": "commit", "method": "get_video", "showing": {"status": "completed"}}, make=False)
    with film.open() as world:
        assert world.money.held > 0
    film.go_on()
    film.assert_filmed_once()


def test_a_kill_in_the_middle_of_the_download_loses_no_video(film: Site) -> None:
    """What had arrived is kept under a temporary name, finished by the next process and shown only then."""
    killed(film, {"at": "half"}, make=False)
    parts = files(film)
    assert [path.suffix for path in parts] == [".part", ".tag"]
    assert parts[0].stat().st_size > 0
    film.go_on()
    film.assert_filmed_once()


@pytest.mark.parametrize(
    ("moment", "there"),
    [
        ({"at": "entry", "method": "check"}, [".part", ".tag"]),
        ({"at": "entry", "method": "keep"}, [".jpg", ".part", ".tag", ".srt"]),
        ({"at": "answer", "method": "keep"}, [".jpg", ".mp4", ".srt"]),
    ],
    ids=["before it is checked", "before it has its name", "before the row says so"],
)
def test_a_kill_while_archiving_keeps_one_file(film: Site, moment: Moment, there: list[str]) -> None:
    """The file is here, whole, and no row says so: it is kept once, and paid once."""
    killed(film, moment, make=False)
    assert [path.suffix for path in files(film)] == there
    film.go_on()
    film.assert_filmed_once()
