"""The dialect v3: videos, voices, the wallet."""

from io import BytesIO
from typing import Any

import av
import pytest
import requests

from core import clock
from core.sandbox.speakers import ALL
from tests.sandbox.client import CREDIT, eventually
from tests.sandbox.dialects import V3, error


@pytest.fixture
def look(v3: V3) -> str:
    """The id of a completed look."""
    _, made = v3.made()
    clock.shift(25)
    return made


def test_a_video_is_accepted_charged_by_the_second_and_handed_out(v3: V3, look: str) -> None:
    """Waiting, then pending, then completed with a signed address; five cents a second."""
    answer = v3.film(look, aspect_ratio="9:16", motion_prompt="waves a hand", expressiveness="high")
    data = answer.json()["data"]
    assert (data.keys(), data["status"]) == ({"video_id", "status", "output_format"}, "waiting")
    assert v3.video_status(data["video_id"])["status"] == "pending"
    clock.shift(25 + 60)
    eventually(lambda: v3.video_status(data["video_id"])["status"] == "completed")
    done = v3.video_status(data["video_id"])
    assert (done["title"], done["failure_code"]) == ("Morning news", None)
    paid = v3.state()["charges"][-1]
    assert (paid["kind"], paid["micro_credits"]) == ("generate_video", round(done["duration"] * 1000) * 50)
    assert v3.state()["credits"] == 9 * CREDIT - paid["micro_credits"]
    kept = v3.state()["videos"][0]
    assert (kept["motion_prompt"], kept["expressiveness"]) == ("waves a hand", "high")
    with av.open(BytesIO(requests.get(done["video_url"], timeout=10).content)) as film:
        assert (film.streams.video[0].width, film.streams.video[0].height) == (720, 1280)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"width": 1280}, (400, "invalid_parameter")),
        ({"test": True}, (400, "invalid_parameter")),
        ({"type": "image"}, (400, "invalid_parameter")),
        ({"script": ""}, (400, "invalid_parameter")),
        ({"script": "a " * 2501}, (400, "invalid_parameter")),
        ({"script": "..."}, (400, "invalid_parameter")),
        ({"audio_url": "https://example.com/a.mp3"}, (400, "invalid_parameter")),
        ({"resolution": "480p"}, (400, "invalid_parameter")),
        ({"aspect_ratio": "2:1"}, (400, "invalid_parameter")),
        ({"expressiveness": "wild"}, (400, "invalid_parameter")),
        ({"motion_prompt": 3}, (400, "invalid_parameter")),
        ({"engine": {"type": "avatar_iii"}}, (400, "invalid_parameter")),
        ({"voice_settings": {"speed": 2}}, (400, "invalid_parameter")),
        ({"voice_settings": {"tempo": 1}}, (400, "invalid_parameter")),
        ({"voice_id": "none"}, (404, "voice_not_found")),
        ({"avatar_id": "none"}, (404, "avatar_not_found")),
    ],
)
def test_a_video_that_cannot_be_made_is_refused(
    v3: V3, look: str, changes: dict[str, Any], refusal: tuple[int, str]
) -> None:
    """Strictly, unknown fields too; nothing is charged."""
    assert error(v3.film(look, **changes)) == refusal
    assert (v3.state()["videos"], v3.state()["credits"]) == ([], 9 * CREDIT)


def test_a_video_needs_a_finished_look_and_money(v3: V3, look: str) -> None:
    """402 when it is asked for, not at the first poll as before v3."""
    _, pending = v3.made()
    assert error(v3.film(pending)) == (400, "invalid_parameter")
    v3.set(credits=1000)
    assert error(v3.film(look)) == (402, "insufficient_credit")
    assert v3.state()["videos"] == []


@pytest.mark.parametrize(
    ("fault", "code"), [("render_fails", "render_failed"), ("credit_gone", "insufficient_credit")]
)
def test_a_video_that_fails_says_why_and_is_not_charged(v3: V3, look: str, fault: str, code: str) -> None:
    """The faults of the other dialects, in v3's fields."""
    v3.fault("video", fault)
    video = v3.video(look)
    clock.shift(25 + 60)
    failed = v3.video_status(video)
    assert (failed["status"], failed["failure_code"], failed["video_url"]) == ("failed", code, None)
    assert failed["failure_message"]
    assert v3.state()["credits"] == 9 * CREDIT


def test_an_address_may_come_late_or_be_dead(v3: V3, look: str) -> None:
    """As before v3: completed once without an address; a link that no longer holds."""
    v3.fault("video", "url_late")
    v3.fault("video_status", "link_expired")
    video = v3.video(look)
    clock.shift(25 + 60)
    told: list[dict[str, Any]] = []
    eventually(lambda: told.append(v3.video_status(video)) or told[-1]["status"] == "completed")
    assert told[-1]["video_url"] is None
    assert requests.get(v3.video_status(video)["video_url"], timeout=10).status_code == 403
    assert requests.get(v3.video_status(video)["video_url"], timeout=10).status_code == 200


def test_videos_are_listed_by_title_and_in_pages(v3: V3, look: str) -> None:
    """The newest first, with a title's part; addresses come only with the video itself."""
    made = [v3.video(look, title=title) for title in ("Morning news", "Evening news", "Weather")]
    listed = v3.data("GET", "/v3/videos")
    assert [video["id"] for video in listed] == made[::-1]
    assert {video["video_url"] for video in listed} == {None}
    assert [video["id"] for video in v3.data("GET", "/v3/videos?title=news")] == made[1::-1]
    page = v3.call("GET", "/v3/videos?limit=2").json()
    rest = v3.call("GET", f"/v3/videos?limit=2&token={page['next_token']}").json()
    assert [video["id"] for video in rest["data"]] == made[:1]
    assert (page["has_more"], rest["has_more"], rest["next_token"]) == (True, False, None)
    for limit in ("101", "9" * 4400):
        assert error(v3.call("GET", f"/v3/videos?limit={limit}")) == (400, "invalid_parameter")
    assert error(v3.call("GET", "/v3/videos/none")) == (404, "video_not_found")


def test_voices_come_in_pages_and_by_language(v3: V3) -> None:
    """Each once; their samples can be heard."""
    first = v3.call("GET", "/v3/voices?limit=7").json()
    rest = v3.call("GET", f"/v3/voices?limit=7&token={first['next_token']}").json()
    told = first["data"] + rest["data"]
    assert [voice["voice_id"] for voice in told] == [voice.id for voice in ALL]
    assert (rest["has_more"], rest["next_token"]) == (False, None)
    assert requests.get(told[0]["preview_audio_url"], timeout=10).headers["content-type"] == "audio/mpeg"
    assert {voice["language"] for voice in v3.data("GET", "/v3/voices?language=Russian")} == {"Russian"}
    assert v3.data("GET", "/v3/voices?type=private") == []


def test_the_wallet_tells_whole_cents(v3: V3) -> None:
    """A fraction of a cent is not shown, and never one that is not there."""
    me = v3.data("GET", "/v3/users/me")
    assert (me["billing_type"], me["subscription"], me["usage_based"]) == ("wallet", None, None)
    assert (me["wallet"]["currency"], me["wallet"]["remaining_balance"]) == ("usd", 10.0)
    v3.set(credits=1_239_999)
    assert v3.balance() == 1.23
