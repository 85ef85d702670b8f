"""What exactly is sent to HeyGen, and what its answers become."""

import json
from typing import Any

import pytest
import responses

from core.heygen.answers import AvatarDetails, GroupInfo, LookInfo, VideoDetails, VoiceInfo
from core.heygen.errors import Refused
from tests.heygen.support import API, KEY, client

AVATAR = "c231e947600b428e92d540ca9c48596a"
GROUP = "0711b7c97f844dda9fa8acab475beda0"
LOOK = {"id": AVATAR, "group_id": GROUP, "status": "pending", "is_motion": False, "business_type": "uploaded"}
VIDEO_URL = "https://files.heygen.test/v.mp4"
NO_CREDIT = "MOVIO_PAYMENT_INSUFFICIENT_CREDIT"


def sent(method: str, path: str, body: Any) -> None:
    """Assert that exactly one request was made: this one."""
    assert len(responses.calls) == 1
    request = responses.calls[0].request
    assert (request.method, request.url) == (method, API + path)
    assert request.headers["X-Api-Key"] == KEY
    if body is None:
        assert request.body is None
    else:
        assert request.headers["Content-Type"] == "application/json"
        assert isinstance(request.body, bytes)
        assert json.loads(request.body) == body


@responses.activate
def test_upload_asset_sends_the_url_as_the_brief_has_it() -> None:
    """POST /v1/asset with {"url"} gives the image_key."""
    responses.post(f"{API}/v1/asset", json={"code": 100, "data": {"image_key": "image/abc123/original"}})
    assert client().upload_asset("https://photos.test/kitchen.png") == "image/abc123/original"
    sent("POST", "/v1/asset", {"url": "https://photos.test/kitchen.png"})


@responses.activate
@pytest.mark.parametrize(
    ("data", "ids"),
    [
        ({"group_id": GROUP, "avatar_id": AVATAR}, (AVATAR, GROUP)),
        ({"id": AVATAR, "group_id": GROUP}, (AVATAR, GROUP)),
        ({"id": AVATAR}, (AVATAR, AVATAR)),
    ],
    ids=["brief", "v2", "id alone"],
)
def test_create_group_takes_the_ids_of_brief_and_v2(data: dict[str, str], ids: tuple[str, str]) -> None:
    """The look is avatar_id or id, the group is group_id or id."""
    responses.post(f"{API}/v2/photo_avatar/avatar_group/create", json={"error": None, "data": data})
    made = client().create_photo_avatar_group("Мария - Kitchen", "image/abc123/original")
    assert made == {"avatar_id": ids[0], "group_id": ids[1]}
    body = {"name": "Мария - Kitchen", "image_key": "image/abc123/original"}
    sent("POST", "/v2/photo_avatar/avatar_group/create", body)


@responses.activate
@pytest.mark.parametrize(
    ("data", "status"),
    [({"status": "processing"}, "processing"), ({"id": "another"}, "processing"), ({"status": "ok"}, "ok")],
)
def test_add_motion_sends_id_and_type(data: dict[str, str], status: str) -> None:
    """POST /v1/photo_avatar.add_motion with {"avatar_id", "type"} gives the status, processing by default."""
    responses.post(f"{API}/v1/photo_avatar.add_motion", json={"data": data})
    assert client().add_motion_to_avatar(AVATAR, motion_type="kling") == {"status": status}
    sent("POST", "/v1/photo_avatar.add_motion", {"avatar_id": AVATAR, "type": "kling"})


@responses.activate
@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (
            {"avatar_id": AVATAR, "group_id": GROUP, "status": "completed", "motion_status": "completed"},
            ("completed", "completed", ""),
        ),
        (LOOK, ("pending", "none", "")),
        ({"id": AVATAR, "group_id": GROUP, "status": "in_progress"}, ("pending", "none", "")),
        ({"id": AVATAR, "group_id": GROUP, "motion_status": None}, ("completed", "none", "")),
        (
            {"group_id": GROUP, "status": "completed", "motion_status": "in_progress"},
            ("completed", "processing", ""),
        ),
        (
            {"group_id": GROUP, "status": "completed", "motion_status": "pending"},
            ("completed", "processing", ""),
        ),
        (
            {"group_id": GROUP, "status": "failed", "moderation_msg": "Not allowed"},
            ("failed", "none", "Not allowed"),
        ),
        (
            {"group_id": GROUP, "motion_status": "failed", "error": {"code": 1, "message": "Engine broke"}},
            ("completed", "failed", "Engine broke"),
        ),
        ({"group_id": GROUP, "status": "failed", "workflow_error": "No face"}, ("failed", "none", "No face")),
    ],
)
def test_get_avatar_understands_every_status_word(
    data: dict[str, Any], expected: tuple[str, str, str]
) -> None:
    """Whatever words HeyGen uses, status and motion become one of ours, and a failure keeps its reason."""
    responses.get(f"{API}/v2/photo_avatar/{AVATAR}", json={"error": None, "data": data})
    assert client().get_avatar(AVATAR) == AvatarDetails(AVATAR, GROUP, *expected)
    sent("GET", f"/v2/photo_avatar/{AVATAR}", None)


@responses.activate
def test_list_groups_tells_heygens_clock() -> None:
    """The listing has all groups with HeyGen's own time of the answer."""
    groups = [
        {"id": GROUP, "name": " Мария - Kitchen ", "created_at": 1771798135.77, "num_looks": 1},
        {"id": "g2", "name": None, "created_at": None, "train_status": None},
    ]
    responses.get(
        f"{API}/v2/avatar_group.list",
        json={"error": None, "data": {"total_count": 2, "avatar_group_list": groups}},
        headers={"Date": "Sun, 22 Nov 2026 12:00:00 GMT"},
    )
    listing = client().list_groups()
    assert listing.groups == (
        GroupInfo(GROUP, " Мария - Kitchen ", 1771798135.77, 1),
        GroupInfo("g2", "", None, 0),
    )
    assert listing.server_time == 1795348800.0
    sent("GET", "/v2/avatar_group.list?include_public=false", None)


@responses.activate
def test_list_looks_takes_photo_looks_and_motion_looks() -> None:
    """Each entry of avatar_list is a look; an empty list means that none is there yet."""
    looks = [LOOK, {"id": "m1", "status": "completed", "is_motion": True}, {"avatar_id": "v1"}]
    responses.get(f"{API}/v2/avatar_group/{GROUP}/avatars", json={"data": {"avatar_list": looks}})
    assert client().list_looks(GROUP) == (
        LookInfo(AVATAR, GROUP, "pending", False),
        LookInfo("m1", GROUP, "completed", True),
        LookInfo("v1", GROUP, "completed", False, photo=False),
    )
    sent("GET", f"/v2/avatar_group/{GROUP}/avatars", None)


@responses.activate
@pytest.mark.parametrize(
    "answer",
    [{"json": {"error": None, "data": None}}, {"json": {"data": {}}}, {"status": 204}],
    ids=["null", "empty data", "204"],
)
def test_delete_group_deletes_the_group_not_the_look(answer: dict[str, Any]) -> None:
    """DELETE /v2/photo_avatar_group/{id}: deleting the look alone would leave the slot taken."""
    responses.delete(f"{API}/v2/photo_avatar_group/{GROUP}", **answer)
    client().delete_group(GROUP)
    sent("DELETE", f"/v2/photo_avatar_group/{GROUP}", None)


@responses.activate
@pytest.mark.parametrize(
    ("data", "micro"),
    [
        ({"remaining_quota": 6000, "details": {"api": 600, "plan_credit": 2000}}, 10_000_000),
        ({"remaining_quota": 6000, "details": {"api": 0}}, 0),
        ({"remaining_quota": 90}, 1_500_000),
        ({"remaining_quota": 100, "details": {"plan_credit": 2}}, 1_666_666),
    ],
)
def test_remaining_credits_counts_what_pays_for_the_api(data: dict[str, Any], micro: int) -> None:
    """details.api, else remaining_quota, with 60 units to a credit, rounded down to a micro-credit."""
    responses.get(f"{API}/v2/user/remaining_quota", json={"error": None, "data": data})
    assert client().remaining_credits() == micro
    sent("GET", "/v2/user/remaining_quota", None)


@responses.activate
def test_generate_video_speaks_of_a_talking_photo() -> None:
    """The avatar goes as talking_photo: under type "avatar" HeyGen does not find it."""
    responses.post(f"{API}/v2/video/generate", json={"error": None, "data": {"video_id": "v42"}})
    made = client().generate_video(
        avatar_id=AVATAR, voice_id="voice1", script="Hello", title="Kitchen r7", width=1280, height=720
    )
    assert made == "v42"
    scene = {
        "character": {"type": "talking_photo", "talking_photo_id": AVATAR},
        "voice": {"type": "text", "voice_id": "voice1", "input_text": "Hello"},
    }
    body = {"title": "Kitchen r7", "dimension": {"width": 1280, "height": 720}, "video_inputs": [scene]}
    sent("POST", "/v2/video/generate", body)


@responses.activate
@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"status": "waiting", "video_url": None}, ("pending", None, None, "", "", "")),
        ({"status": "Processing", "error": None}, ("processing", None, None, "", "", "")),
        ({"status": "rendering_soon"}, ("pending", None, None, "", "", "")),
        (
            {"status": "completed", "video_url": None, "duration": 12.5},
            ("processing", None, 12.5, "", "", ""),
        ),
        (
            {"status": "completed", "video_url": VIDEO_URL, "duration": 12.5, "error": None},
            ("completed", VIDEO_URL, 12.5, "", "", ""),
        ),
        (
            {"status": "completed", "video_url": VIDEO_URL, "duration": "12.5", "error": {"code": NO_CREDIT}},
            ("completed", VIDEO_URL, 12.5, "", "", NO_CREDIT),
        ),
        (
            {"status": "completed", "video_url": VIDEO_URL, "error": NO_CREDIT},
            ("completed", VIDEO_URL, None, "", "", NO_CREDIT),
        ),
        (
            {"status": "completed", "video_url": None, "error": {"code": NO_CREDIT, "message": "x"}},
            ("processing", None, None, "", "", NO_CREDIT),
        ),
        (
            {"status": "failed", "error": {"code": 40119, "detail": "Video too long", "message": None}},
            ("failed", None, None, "40119", "Video too long", "40119"),
        ),
        (
            {"status": "failed", "error": {"code": NO_CREDIT, "message": "Insufficient credit."}},
            ("failed", None, None, NO_CREDIT, "Insufficient credit.", NO_CREDIT),
        ),
        (
            {"status": "failed", "error": "The engine broke down"},
            ("failed", None, None, "", "The engine broke down", ""),
        ),
        ({"status": "failed", "error": None}, ("failed", None, None, "", "", "")),
    ],
)
def test_a_video_is_completed_only_with_its_address(data: dict[str, Any], expected: tuple[Any, ...]) -> None:
    """completed needs video_url; an error beside a finished video is no failure, but its code is told."""
    responses.get(f"{API}/v1/video_status.get", json={"code": 100, "data": {"id": "v42", **data}})
    status, url, duration, code, failure, error_code = expected
    assert client().get_video("v42") == VideoDetails(
        "v42", status, url, None, duration, code, failure, error_code
    )
    sent("GET", "/v1/video_status.get?video_id=v42", None)


@responses.activate
def test_list_voices_gives_name_language_and_sample() -> None:
    """Each voice has what a person chooses by."""
    voice = {"voice_id": "v1", "name": "Anna", "language": "Russian", "gender": "female", "preview_audio": ""}
    responses.get(f"{API}/v2/voices", json={"error": None, "data": {"voices": [voice]}})
    assert client().list_voices() == (VoiceInfo("v1", "Anna", "Russian", "female", None),)
    sent("GET", "/v2/voices", None)


@responses.activate
def test_a_second_envelope_inside_data_is_opened() -> None:
    """{"data": {"code": 100, "data": {…}}} holds its data one level deeper, also under a lone data key."""
    inner = {"data": {"remaining_quota": 60}}
    for body in ({"error": None, "data": inner}, {"data": {"code": 100, "message": None, **inner}}):
        responses.get(f"{API}/v2/user/remaining_quota", json=body)
        assert client().remaining_credits() == 1_000_000


@responses.activate
def test_an_id_cannot_lead_to_another_route() -> None:
    """A strange id stays one segment of the path; the dots that would climb are refused before any call."""
    for strange in ("..", ".", "", "a\ud800"):
        with pytest.raises(Refused, match="not an id") as caught:
            client().delete_group(strange)
        assert caught.value.user_message.encode()
    assert len(responses.calls) == 0
    responses.delete(f"{API}/v2/photo_avatar_group/a%2F..%2Fb%3Fc", json={"data": None})
    client().delete_group("a/../b?c")
    sent("DELETE", "/v2/photo_avatar_group/a%2F..%2Fb%3Fc", None)
