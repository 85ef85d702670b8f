"""Videos as HeyGen publishes them: what is refused, what it costs, how it goes on, how it is listed."""

from math import ceil
from typing import Any

import pytest

from core import clock
from tests.sandbox.client import CREDIT, Client, eventually

PAYMENT = "MOVIO_PAYMENT_INSUFFICIENT_CREDIT"
#: Longer than the longest wait of the short videos here, in HeyGen's time.
LATER = 30 + 60


@pytest.fixture
def look(client: Client) -> str:
    """A look that is ready, thirty seconds after its creation."""
    look_id = client.avatar()["avatar_id"]
    clock.shift(30)
    return look_id


def _done(client: Client, video_id: str) -> dict[str, Any]:
    """The first answer that says completed, after the time it takes."""
    clock.shift(LATER)
    answers: list[dict[str, Any]] = []

    def completed() -> bool:
        answers.append(client.video_status(video_id))
        return answers[-1]["status"] == "completed"

    eventually(completed)
    return answers[-1]


def test_a_video_is_accepted_charged_rendered_and_handed_out(client: Client, look: str) -> None:
    """pending, processing, completed; the answer has HeyGen's fields, its duration is what was paid."""
    video_id = client.video(look, callback_id="mine")
    assert client.video_status(video_id)["status"] == "pending"
    clock.shift(30 + 6)
    waiting = client.video_status(video_id)
    assert (waiting["status"], waiting["video_url"], waiting["duration"]) == ("processing", None, None)
    done = _done(client, video_id)
    assert done.keys() == {
        "id",
        "status",
        "video_url",
        "video_url_caption",
        "thumbnail_url",
        "gif_url",
        "caption_url",
        "duration",
        "created_at",
        "callback_id",
        "error",
    }
    assert (done["id"], done["callback_id"], done["error"], done["thumbnail_url"]) == (
        video_id,
        "mine",
        None,
        None,
    )
    assert 1 < done["duration"] < 4
    price = ceil(round(done["duration"] * 1000) * CREDIT / 5 / 60_000)
    state = client.state()
    assert [(c["kind"], c["micro_credits"], c["subject"]) for c in state["charges"]] == [
        ("generate_video", price, video_id)
    ]
    assert state["credits"] == 10 * CREDIT - price
    (shown,) = state["videos"]
    assert shown == {
        "id": video_id,
        "title": "Morning news",
        "status": "completed",
        "look": look,
        "voice": client.voice_id(),
        "duration": done["duration"],
        "created_at": shown["created_at"],
    }


def test_a_long_video_takes_longer_and_a_speed_divides_it(client: Client, look: str) -> None:
    """45 seconds and half of its length at HeyGen's own speed; four times faster it is a quarter."""
    script = "One two three four five. " * 12
    video_id = client.video(look, script)
    length = client.state()["videos"][0]["duration"]
    assert length > 20
    clock.shift(30 + 45 + length / 2 - 2)
    assert client.video_status(video_id)["status"] == "processing"
    clock.shift(30 + 45 + length / 2 + 2)
    eventually(lambda: client.video_status(video_id)["status"] == "completed", 30)
    clock.shift(30)
    client.set(speed=4)
    again = client.video(look, script)
    clock.shift(30 + (45 + length / 2) / 4 + 2)
    eventually(lambda: client.video_status(again)["status"] == "completed", 30)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"voice": {"voice_id": "nobody"}}, "voice_not_found"),
        ({"voice": {"voice_id": ""}}, 40001),
        ({"voice": {"input_text": ""}}, 40001),
        ({"voice": {"input_text": " \n"}}, 40001),
        ({"voice": {"input_text": None}}, 40001),
        ({"voice": {"input_text": "🎉 … !"}}, 40039),
        ({"voice": {"input_text": "a" * 5001}}, "invalid_parameter"),
        ({"voice": {"type": "audio"}}, "invalid_parameter"),
        ({"voice": {"speed": 1.6}}, "invalid_parameter"),
        ({"voice": {"speed": "fast"}}, "invalid_parameter"),
        ({"character": {"talking_photo_id": "nobody"}}, "avatar_not_found"),
        ({"character": {"talking_photo_id": ""}}, 40001),
        ({"character": {"type": "robot"}}, "invalid_parameter"),
        ({"character": {"talking_photo_style": "normal"}}, "invalid_parameter"),
        ({"dimension": {"width": 1280, "height": 719}}, "invalid_parameter"),
        ({"dimension": {"width": 126, "height": 128}}, "invalid_parameter"),
        ({"dimension": {"width": 4098, "height": 720}}, "invalid_parameter"),
        ({"dimension": {"width": "1280", "height": 720}}, "invalid_parameter"),
        ({"dimension": {"width": 1280}}, "invalid_parameter"),
        ({"dimension": [1280, 720]}, "invalid_parameter"),
        ({"video_inputs": []}, 40001),
        ({"video_inputs": [{"voice": {}}]}, 40001),
    ],
)
def test_what_heygen_would_refuse_is_refused_and_costs_nothing(
    client: Client, look: str, changes: dict[str, Any], code: object
) -> None:
    """HTTP 400 with HeyGen's code; nothing is made and nothing charged."""
    answer = client.order(look, **changes)
    body = answer.json()
    assert answer.status_code == 400
    assert (body.get("error") or body)["code"] == code
    state = client.state()
    assert (state["videos"], state["charges"], state["credits"]) == ([], [], 10 * CREDIT)


def test_a_photo_look_under_type_avatar_is_not_found(client: Client, look: str) -> None:
    """The commonest mistake: the id is right, the type is not."""
    answer = client.order(look, character={"type": "avatar", "avatar_id": look})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "avatar_not_found")


def test_a_look_that_is_not_ready_renders_nothing(client: Client) -> None:
    """While it is pending it is refused."""
    look_id = client.avatar()["avatar_id"]
    answer = client.order(look_id)
    assert answer.status_code == 400
    assert "pending" in answer.json()["error"]["message"]
    assert client.state()["videos"] == []


@pytest.mark.parametrize(
    ("width", "height", "allowed"),
    [(1280, 720, True), (720, 1280, True), (1080, 1080, False), (1920, 1080, False), (1080, 1920, False)],
)
def test_the_free_plan_allows_720p_and_a_paid_one_more(
    client: Client, look: str, width: int, height: int, allowed: bool
) -> None:
    """The shorter side counts. A limit of groups stands for the free plan."""
    dimension = {"width": width, "height": height}
    assert client.order(look, dimension=dimension).status_code == (200 if allowed else 400)
    client.set(group_limit=-1)
    assert client.order(look, dimension=dimension).status_code == 200
    client.call("POST", "/sandbox/reset")


def test_five_thousand_signs_are_still_taken(client: Client, look: str) -> None:
    """The limit itself is inside."""
    assert client.order(look, "abcd " * 1000).status_code == 200
    client.call("POST", "/sandbox/reset")


def test_without_credits_a_video_is_accepted_and_fails_later_uncharged(client: Client, look: str) -> None:
    """HeyGen says 200 and tells the truth to whoever polls."""
    client.set(credits=100)
    video_id = client.video(look)
    assert client.video_status(video_id)["status"] == "pending"
    clock.shift(30 + 6)
    failed = client.video_status(video_id)
    assert (failed["status"], failed["video_url"], failed["error"]["code"]) == ("failed", None, PAYMENT)
    assert failed["error"]["message"].startswith("Insufficient credit")
    assert (client.state()["credits"], client.state()["charges"]) == (100, [])


@pytest.mark.parametrize(("fault", "code"), [("render_fails", 40_000), ("credit_gone", PAYMENT)])
def test_a_video_that_fails_on_demand_was_accepted_and_not_charged(
    client: Client, look: str, fault: str, code: object
) -> None:
    """It fails in its time; the next one does not."""
    client.fault("video", fault)
    video_id = client.video(look)
    assert client.video_status(video_id)["status"] == "pending"
    clock.shift(LATER)
    failed = client.video_status(video_id)
    assert (failed["status"], failed["error"]["code"]) == ("failed", code)
    assert (client.state()["credits"], client.state()["charges"]) == (10 * CREDIT, [])
    clock.shift(30)
    assert _done(client, client.video(look))["error"] is None


def test_an_address_one_poll_late(client: Client, look: str) -> None:
    """Completed without an address, once."""
    client.fault("video", "url_late")
    video_id = client.video(look)
    assert _done(client, video_id)["video_url"] is None
    assert client.video_status(video_id)["video_url"]


def test_a_watermarked_success_comes_with_a_credit_error(client: Client, look: str) -> None:
    """Completed, with an address, and an error that must not be taken for a failure."""
    client.fault("video", "watermark_notice")
    done = _done(client, client.video(look))
    assert done["video_url"]
    assert done["error"]["code"] == PAYMENT


def test_an_unknown_video_is_not_found(client: Client) -> None:
    """404 and HeyGen's number, in the flat envelope."""
    for query in ("?video_id=nobody", ""):
        answer = client.call("GET", f"/v1/video_status.get{query}")
        assert (answer.status_code, answer.json()) == (404, {"code": 40031, "message": "Video not found"})


def test_the_list_has_every_video_newest_first_and_in_pages(client: Client, look: str) -> None:
    """Five videos in pages of two; the last page has no token."""
    made = [client.video(look, title=f"Video {number}") for number in range(5)]
    pages, token = [], ""
    while True:
        page = client.data("GET", f"/v1/video.list?limit=2&token={token}")
        pages.append([(video["video_id"], video["video_title"]) for video in page["videos"]])
        token = page["token"]
        if token is None:
            break
    whole = [(video_id, f"Video {number}") for number, video_id in enumerate(made)][::-1]
    assert pages == [whole[0:2], whole[2:4], whole[4:5]]
    first = client.data("GET", "/v1/video.list")["videos"][0]
    assert first == {
        "video_id": made[-1],
        "status": "pending",
        "video_title": "Video 4",
        "created_at": client.video_status(made[-1])["created_at"],
        "type": "GENERATED",
    }


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=two", "limit=" + "9" * 4400, "token=rubbish", "token=-1"]
)
def test_a_page_that_makes_no_sense_is_refused(client: Client, query: str) -> None:
    """A wrong query is a 400."""
    answer = client.call("GET", f"/v1/video.list?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, 40012)
