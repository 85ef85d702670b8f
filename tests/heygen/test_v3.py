"""v3: what exactly is sent to HeyGen's current API, and what its answers become."""

import re
from pathlib import Path
from typing import Any

import pytest
import responses
from responses import matchers

from core.config import Settings
from core.heygen import connect
from core.heygen.answers import About, AvatarDetails, GroupInfo, LookInfo, VideoDetails, VideoInfo, VoiceInfo
from core.heygen.errors import (
    GroupLimit,
    InProgress,
    Missing,
    OutcomeUnknown,
    OutOfCredits,
    RateLimited,
    Refused,
    UnsupportedMotion,
    WrongKey,
)
from core.heygen.motions import MOTION_TYPES, RENDER_MOTIONS
from core.heygen.v3 import V3Dialect
from tests.heygen.support import API, KEY, body, with_photo
from tests.world import picture

LOOK, GROUP = "look-1", "group-1"
LOOPBACK = "http://127.0.0.1:4567"
CREATED = {
    "avatar_item": {"id": LOOK, "group_id": GROUP, "status": "processing"},
    "avatar_group": {"id": GROUP, "name": "n", "created_at": 1771798135},
}

pytestmark = pytest.mark.usefixtures("mocked")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        api_key=KEY,
        dialect="v3",
        api_base=API,
        data_dir=tmp_path,
        photo_hosts=frozenset({"photos.team.test"}),
    )


@pytest.fixture
def heygen(settings: Settings) -> V3Dialect:
    client = connect(settings)
    assert isinstance(client, V3Dialect)
    return client


def video(heygen: V3Dialect, **other: Any) -> str:
    """A video of 1280 by 720, unless told otherwise."""
    wish = {
        "avatar_id": LOOK,
        "voice_id": "v",
        "script": "Hello",
        "title": "T #1",
        "width": 1280,
        "height": 720,
    }
    return heygen.generate_video(**wish | other)


def me(**block: Any) -> None:
    """HeyGen's word on the account."""
    responses.get(f"{API}/v3/users/me", json={"data": {"username": "u", **block}})


@pytest.mark.parametrize(
    ("url", "needed"),
    [
        ("https://photos.test/a.jpg", False),
        ("https://PHOTOS.team.test/a.jpg", True),
        ("https://localhost/a.jpg", True),
        ("https://127.0.0.1/a.jpg", True),
        ("http://photos.test/a.jpg", True),
        (f"http://uploads/{'0' * 64}.jpg", True),
        (f"{LOOPBACK}/samples/a.jpg", True),
    ],
)
def test_only_an_address_that_heygen_reaches_goes_without_an_upload(
    heygen: V3Dialect, url: str, needed: bool
) -> None:
    """A host of PHOTO_HOSTS may be inside the team's network, and plain http is read on the way."""
    assert heygen.needs_upload(url) is needed


def test_the_sandbox_fetches_from_itself_alone(tmp_path: Path) -> None:
    """Its own address needs no upload, another port of this machine does."""
    sandbox = connect(Settings(api_key=KEY, dialect="v3", api_base=LOOPBACK, data_dir=tmp_path))
    assert sandbox.needs_upload(f"{LOOPBACK}/samples/a.jpg") is False
    assert sandbox.needs_upload("http://sandbox/samples/a.jpg") is False
    assert sandbox.needs_upload("http://127.0.0.1:45678/a.jpg") is True


def test_upload_sends_a_form_with_the_key(settings: Settings, heygen: V3Dialect) -> None:
    """POST /v3/assets, the field `file` with its type; the answer's asset_id stands for the image_key."""
    data = picture()
    responses.post(f"{API}/v3/assets", json={"error": None, "data": {"asset_id": "A", "url": "https://x"}})
    assert heygen.upload_asset(with_photo(settings, data, "jpg"), key="studio-1-upload_asset-1") == "A"
    request = responses.calls[0].request
    assert "multipart/form-data; boundary=" in str(request.headers["Content-Type"])
    assert request.headers["Idempotency-Key"] == "studio-1-upload_asset-1"
    assert isinstance(request.body, bytes)
    assert b'name="file"; filename="photo.jpeg"\r\nContent-Type: image/jpeg\r\n\r\n' + data in request.body


@pytest.mark.parametrize(
    ("image_key", "file"),
    [
        ("https://photos.test/a.jpg", {"type": "url", "url": "https://photos.test/a.jpg"}),
        (f"{LOOPBACK}/a.jpg", {"type": "url", "url": f"{LOOPBACK}/a.jpg"}),
        ("A", {"type": "asset_id", "asset_id": "A"}),
    ],
)
def test_create_group_takes_an_address_or_an_asset(
    heygen: V3Dialect, image_key: str, file: dict[str, str]
) -> None:
    """POST /v3/avatars of type photo; look and group are told apart."""
    responses.post(f"{API}/v3/avatars", json={"data": CREATED})
    made = heygen.create_photo_avatar_group("Мария - Kitchen", image_key, key="k-1")
    assert made == {"avatar_id": LOOK, "group_id": GROUP}
    assert body() == {"type": "photo", "name": "Мария - Kitchen", "file": file}
    assert responses.calls[0].request.headers["Idempotency-Key"] == "k-1"


@pytest.mark.parametrize("lost", ["avatar_item", "both groups", "all"])
def test_a_group_without_its_ids_is_unknown(heygen: V3Dialect, lost: str) -> None:
    """It may have been made and charged."""
    answers: dict[str, Any] = {
        "avatar_item": {"avatar_group": {"id": GROUP}},
        "both groups": {"avatar_item": {"id": LOOK}},
        "all": {},
    }
    responses.post(f"{API}/v3/avatars", json={"data": answers[lost]})
    with pytest.raises(OutcomeUnknown):
        heygen.create_photo_avatar_group("n", "A")


def test_every_creating_call_has_a_key(heygen: V3Dialect, settings: Settings) -> None:
    """Without one given, a new one each time, of the signs that HeyGen takes; reads have none."""
    responses.post(f"{API}/v3/assets", json={"data": {"asset_id": "A"}})
    responses.post(f"{API}/v3/avatars", json={"data": CREATED})
    responses.post(f"{API}/v3/videos", json={"data": {"video_id": "V", "status": "waiting"}})
    responses.get(f"{API}/v3/voices", json={"data": [], "has_more": False, "next_token": None})
    heygen.upload_asset(with_photo(settings, picture(), "jpg"))
    heygen.create_photo_avatar_group("n", "A")
    video(heygen)
    heygen.list_voices()
    keys = [str(call.request.headers.get("Idempotency-Key", "")) for call in responses.calls]
    assert keys.pop() == ""
    assert len(set(keys)) == 3
    assert all(re.fullmatch(r"[A-Za-z0-9_\-:.]{1,255}", key) for key in keys)


def test_motion_is_no_call(heygen: V3Dialect) -> None:
    """It is applied when the video is made; an unknown type is refused as such."""
    with pytest.raises(UnsupportedMotion, match="applied when the video is made"):
        heygen.add_motion_to_avatar(LOOK, "veo2")
    with pytest.raises(UnsupportedMotion, match="avatar_iv"):
        heygen.add_motion_to_avatar(LOOK, "avatar_iv")
    assert not responses.calls


@pytest.mark.parametrize("motion_type", MOTION_TYPES)
def test_a_motion_type_becomes_options_of_the_video(heygen: V3Dialect, motion_type: str) -> None:
    """A text and one of HeyGen's three levels, by one table; no free width and height."""
    responses.post(f"{API}/v3/videos", json={"data": {"video_id": "V", "status": "waiting"}})
    assert video(heygen, motion_type=motion_type, key="k-2") == "V"
    prompt, level = RENDER_MOTIONS[motion_type]
    assert prompt
    assert level in ("high", "medium", "low")
    assert body() == {
        "type": "avatar",
        "avatar_id": LOOK,
        "script": "Hello",
        "voice_id": "v",
        "title": "T #1",
        "engine": {"type": "avatar_iv"},
        "resolution": "720p",
        "aspect_ratio": "16:9",
        "motion_prompt": prompt,
        "expressiveness": level,
    }
    assert responses.calls[0].request.headers["Idempotency-Key"] == "k-2"


def test_the_table_of_motions_has_each_type_of_the_brief() -> None:
    """And no two types mean the same video."""
    assert list(RENDER_MOTIONS) == list(MOTION_TYPES)
    assert len(set(RENDER_MOTIONS.values())) == len(MOTION_TYPES)


@pytest.mark.parametrize(
    ("width", "height", "resolution", "ratio"),
    [
        (1280, 720, "720p", "16:9"),
        (720, 1280, "720p", "9:16"),
        (1080, 1080, "1080p", "1:1"),
        (1080, 1920, "1080p", "9:16"),
        (3840, 2160, "4k", "16:9"),
    ],
)
def test_width_and_height_become_resolution_and_ratio(
    heygen: V3Dialect, width: int, height: int, resolution: str, ratio: str
) -> None:
    """The shorter side is the resolution; without a motion type no option for it is sent."""
    responses.post(f"{API}/v3/videos", json={"data": {"video_id": "V"}})
    video(heygen, width=width, height=height)
    sent = body()
    assert (sent["resolution"], sent["aspect_ratio"]) == (resolution, ratio)
    assert not {"width", "height", "motion_prompt", "expressiveness"} & sent.keys()


@pytest.mark.parametrize(
    ("look", "status", "failure"),
    [
        ({"status": "processing", "error": None}, "pending", ""),
        ({"status": "pending_consent"}, "pending", ""),
        ({"status": "completed"}, "completed", ""),
        (
            {"status": "failed", "error": {"code": "no_face", "message": f"no face {KEY}"}},
            "failed",
            "no face ***",
        ),
    ],
)
def test_a_look_has_no_motion_of_its_own(
    heygen: V3Dialect, look: dict[str, Any], status: str, failure: str
) -> None:
    """GET /v3/avatars/looks/{id}; the words of a failure stand in its error."""
    responses.get(f"{API}/v3/avatars/looks/{LOOK}", json={"data": {"id": LOOK, "group_id": GROUP, **look}})
    assert heygen.get_avatar(LOOK) == AvatarDetails(LOOK, GROUP, status, "none", failure)


def test_groups_are_listed_page_by_page(heygen: V3Dialect) -> None:
    """The account's own, each once, with HeyGen's clock of the first page."""
    pages = [
        {
            "data": [
                {"id": "g1", "name": " A ", "created_at": 5, "looks_count": 2, "preview_image_url": "p"}
            ],
            "has_more": True,
            "next_token": "t1",
        },
        {
            "data": [{"id": "g1", "name": "again"}, {"id": "g2", "name": None}],
            "has_more": False,
            "next_token": None,
        },
    ]
    first = matchers.query_param_matcher({"ownership": "private", "limit": "50"})
    second = matchers.query_param_matcher({"ownership": "private", "limit": "50", "token": "t1"})
    clock = {"Date": "Sun, 22 Nov 2026 12:00:00 GMT"}
    responses.get(f"{API}/v3/avatars", json=pages[0], match=[first], headers=clock)
    responses.get(f"{API}/v3/avatars", json=pages[1], match=[second])
    listing = heygen.list_groups()
    assert listing.groups == (GroupInfo("g1", " A ", 5.0, 2, "p"), GroupInfo("g2", "", None, 0))
    assert (listing.server_time, listing.complete) == (1795348800.0, True)


def test_a_listing_without_end_is_not_complete(heygen: V3Dialect, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is missing in it may be there all the same."""
    monkeypatch.setattr("core.heygen.v3.MOST_PAGES", 3)
    for n in range(4):
        said = {
            "data": [{"id": f"v{n}", "title": "T", "status": "processing"}],
            "has_more": True,
            "next_token": str(n),
        }
        responses.get(f"{API}/v3/videos", json=said)
    listing = heygen.list_videos()
    assert [one.id for one in listing.videos] == ["v0", "v1", "v2"]
    assert listing.complete is False


@pytest.mark.parametrize(
    "more",
    [
        {"has_more": True, "next_token": None},
        {"has_more": True},
        {"has_more": True, "next_token": 20},
        {"next_token": 20},
        {"has_more": True, "next_token": "same"},
    ],
)
def test_a_listing_whose_next_page_cannot_be_had_is_not_complete(
    heygen: V3Dialect, more: dict[str, Any]
) -> None:
    """HeyGen says that there is more, and names no page or the same one again."""
    responses.get(f"{API}/v3/avatars", json={"data": [{"id": "g1", "name": "A"}], **more})
    listing = heygen.list_groups()
    assert [one.id for one in listing.groups] == ["g1"]
    assert listing.complete is False


def test_a_page_that_is_named_by_a_number_is_read(heygen: V3Dialect) -> None:
    """The token is sent as HeyGen gave it."""
    pages = {
        "": {"data": [{"id": "g1"}], "next_token": 20},
        "20": {"data": [{"id": "g2"}], "has_more": False},
    }
    for token, page in pages.items():
        asked = {"ownership": "private", "limit": "50"} | ({"token": token} if token else {})
        responses.get(f"{API}/v3/avatars", json=page, match=[matchers.query_param_matcher(asked)])
    listing = heygen.list_groups()
    assert ([one.id for one in listing.groups], listing.complete) == (["g1", "g2"], True)


@pytest.mark.parametrize("data", [None, {}, [{"name": "no id"}], ["g1"]])
def test_a_listing_that_cannot_be_read_is_no_empty_one(heygen: V3Dialect, data: object) -> None:
    """An entry that was left out would look like one that was never made."""
    responses.get(f"{API}/v3/avatars", json={"data": data, "has_more": False, "next_token": None})
    with pytest.raises(OutcomeUnknown):
        heygen.list_groups()


def test_looks_of_a_group(heygen: V3Dialect) -> None:
    """By group_id; an unknown group is Missing, and an avatar made of a video is no photo."""
    looks = [
        {
            "id": LOOK,
            "group_id": GROUP,
            "status": "processing",
            "avatar_type": "photo_avatar",
            "preview_image_url": "https://p",
        },
        {"id": "twin", "status": "completed", "avatar_type": "digital_twin"},
    ]
    url = f"{API}/v3/avatars/looks"
    responses.get(url, json={"data": looks, "has_more": False, "next_token": None})
    gone = {"error": {"code": "avatar_group_not_found", "message": "none"}}
    responses.get(url, json=gone, status=404)
    assert heygen.list_looks(GROUP) == (
        LookInfo(LOOK, GROUP, "pending", False, "https://p"),
        LookInfo("twin", GROUP, "completed", False, photo=False),
    )
    assert "group_id=group-1" in (responses.calls[0].request.url or "")
    with pytest.raises(Missing):
        heygen.list_looks(GROUP)


def test_deleting_a_group(heygen: V3Dialect) -> None:
    """DELETE /v3/avatars/{group_id}; an id that would be another path is never sent."""
    responses.delete(f"{API}/v3/avatars/{GROUP}", json={"data": {"id": GROUP, "deleted": True}})
    heygen.delete_group(GROUP)
    with pytest.raises(Refused):
        heygen.delete_group("..")
    assert len(responses.calls) == 1


@pytest.mark.parametrize(
    ("account", "micro"),
    [
        ({"wallet": {"currency": "usd", "remaining_balance": 9.95}, "subscription": None}, 9_950_000),
        ({"wallet": {"currency": "USD", "remaining_balance": "0.0000019"}}, 1),
        ({"wallet": {"currency": "usd", "remaining_balance": 0}}, 0),
        ({"wallet": {"currency": "usd", "remaining_balance": -0.5}}, -500_000),
        ({"usage_based": {"spending_cap_usd": 100, "spending_current_usd": 12.34}}, 87_660_000),
    ],
)
def test_the_balance_is_dollars(heygen: V3Dialect, account: dict[str, Any], micro: int) -> None:
    """Millionths of a dollar, exactly: of the wallet, or what the cap leaves."""
    me(**account)
    assert heygen.remaining_credits() == micro


@pytest.mark.parametrize(
    ("account", "words"),
    [
        ({"wallet": {"currency": "credits", "remaining_balance": 10}}, "credits of a web plan"),
        ({"subscription": {"plan": "creator", "credits": {}}}, "credits of a web plan"),
        ({"usage_based": {"spending_cap_usd": None, "spending_current_usd": 1}}, "no spending cap"),
    ],
)
def test_a_balance_that_is_no_dollars_is_refused(
    heygen: V3Dialect, account: dict[str, Any], words: str
) -> None:
    """Credits are never taken for dollars; the sentence says what to do."""
    me(**account)
    with pytest.raises(Refused) as caught:
        heygen.remaining_credits()
    assert words in caught.value.user_message
    assert "Nothing was spent." in caught.value.user_message


def test_an_account_without_any_balance_cannot_be_read(heygen: V3Dialect) -> None:
    """It is not an empty wallet."""
    me()
    with pytest.raises(OutcomeUnknown):
        heygen.remaining_credits()


@pytest.mark.parametrize(
    ("account", "plan"),
    [
        ({"billing_type": "wallet", "wallet": {"currency": "usd", "remaining_balance": 1}}, "wallet"),
        ({"billing_type": "subscription", "subscription": {"plan": "creator"}}, "creator"),
    ],
)
def test_plan_and_scope_in_heygens_words(heygen: V3Dialect, account: dict[str, Any], plan: str) -> None:
    """For the connection check; a key that may not ask for its own rights has none told."""
    me(**account)
    url = f"{API}/v3/api_keys/self"
    responses.get(url, json={"data": {"scope_mode": "read_only", "scopes": []}})
    no = {"error": {"code": "insufficient_api_key_scope", "message": "no"}}
    responses.get(url, json=no, status=403)
    assert heygen.about() == About("v3", plan, "read_only")
    assert heygen.about() == About("v3", plan, "")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"status": "waiting"}, VideoDetails("V", "pending", None, None, None, "", "")),
        (
            {"status": "completed", "video_url": None},
            VideoDetails("V", "processing", None, None, None, "", ""),
        ),
        (
            {"status": "completed", "video_url": "u", "thumbnail_url": "t", "duration": 4.5},
            VideoDetails("V", "completed", "u", "t", 4.5, "", ""),
        ),
        (
            {"status": "failed", "failure_code": "moderation", "failure_message": f"no {KEY}"},
            VideoDetails("V", "failed", None, None, None, "moderation", "no ***", "moderation"),
        ),
    ],
)
def test_a_video_is_told_in_the_words_of_all_dialects(
    heygen: V3Dialect, said: dict[str, Any], expected: VideoDetails
) -> None:
    """GET /v3/videos/{id}; completed means that its address is there."""
    responses.get(f"{API}/v3/videos/V", json={"data": {"id": "V", **said}})
    assert heygen.get_video("V") == expected


def test_videos_and_voices_are_listed(heygen: V3Dialect) -> None:
    """The title as HeyGen has it; the voice with its own fields."""
    videos = [{"id": "V", "title": "T #1", "status": "waiting", "created_at": 7}]
    voices = [
        {"voice_id": "v", "name": "Ada", "language": "English", "gender": "female", "preview_audio_url": "a"}
    ]
    responses.get(f"{API}/v3/videos", json={"data": videos, "has_more": False, "next_token": None})
    responses.get(f"{API}/v3/voices", json={"data": voices, "has_more": False, "next_token": None})
    assert heygen.list_videos().videos == (VideoInfo("V", "T #1", "pending", 7.0),)
    assert heygen.list_voices() == (VoiceInfo("v", "Ada", "English", "female", "a"),)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, "unauthorized", WrongKey),
        (403, "insufficient_api_key_scope", WrongKey),
        (402, "insufficient_credit", OutOfCredits),
        (400, "resource_limit_reached", GroupLimit),
        (400, "resource_limit_exceeded", GroupLimit),
        (400, "download_failed", Refused),
        (400, "invalid_parameter", Refused),
        (409, "request_in_progress", InProgress),
        (429, "rate_limit_exceeded", RateLimited),
        (500, "internal_error", OutcomeUnknown),
        (504, "gateway_timeout", OutcomeUnknown),
    ],
)
def test_errors_of_creating_a_group(heygen: V3Dialect, status: int, code: str, kind: type[Exception]) -> None:
    """v3's codes are told apart by what may be done next; one request is made, never two."""
    responses.post(f"{API}/v3/avatars", json={"error": {"code": code, "message": "m"}}, status=status)
    with pytest.raises(kind) as caught:
        heygen.create_photo_avatar_group("n", "A")
    assert type(caught.value) is kind
    assert len(responses.calls) == 1


def test_a_limit_on_something_else_is_no_group_limit(heygen: V3Dialect) -> None:
    """Deleting a group would not help there."""
    told = {"error": {"code": "resource_limit_reached", "message": "too many videos"}}
    responses.post(f"{API}/v3/videos", json=told, status=400)
    with pytest.raises(Refused) as caught:
        video(heygen)
    assert type(caught.value) is Refused
