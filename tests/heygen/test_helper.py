"""The brief's code works on the class, and its motion types are kept."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import responses

from core.config import Settings
from core.errors import BadInput
from core.heygen import HeyGenHelper, connect
from core.heygen.errors import Missing, UnsupportedMotion
from core.heygen.motions import MOTION_TYPES, check_motion_type
from tests.heygen.support import API, KEY, client

BRIEF = """\
image_key = HeyGenHelper.upload_asset(image_url)
result = HeyGenHelper.create_photo_avatar_group("Avatar Name", image_key)
HeyGenHelper.add_motion_to_avatar(result["avatar_id"], motion_type='veo2')
"""


@pytest.fixture
def no_client() -> Iterator[None]:
    """A process in which nobody has said which HeyGen to use."""
    HeyGenHelper.use(None)
    yield
    HeyGenHelper.use(None)


@responses.activate
@pytest.mark.usefixtures("no_client")
def test_the_briefs_code_works_as_written() -> None:
    """Three calls on the class make three requests in the brief's order."""
    responses.post(f"{API}/v1/asset", json={"data": {"image_key": "image/abc123/original"}})
    ids = {"avatar_id": "a1", "group_id": "g1"}
    responses.post(f"{API}/v2/photo_avatar/avatar_group/create", json={"data": ids})
    responses.post(f"{API}/v1/photo_avatar.add_motion", json={"data": {"status": "processing"}})
    HeyGenHelper.use(client())
    names = {"HeyGenHelper": HeyGenHelper, "image_url": "https://s3.test/location-image.png"}
    exec(BRIEF, names)
    assert names["result"] == ids
    assert [call.request.url for call in responses.calls] == [
        f"{API}/v1/asset",
        f"{API}/v2/photo_avatar/avatar_group/create",
        f"{API}/v1/photo_avatar.add_motion",
    ]


@responses.activate
@pytest.mark.usefixtures("no_client")
def test_the_helper_takes_the_processs_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a key in the environment no preparation is needed; all the other calls are there too."""
    monkeypatch.setenv("HEYGEN_API_KEY", KEY)
    monkeypatch.setenv("HEYGEN_DIALECT", "workflow")
    monkeypatch.setenv("HEYGEN_API_BASE", API)
    data = {
        "id": "x1",
        "status": "completed",
        "video_url": "https://files.test/v",
        "video_id": "v1",
        "remaining_quota": 60,
        "avatar_group_list": [],
        "avatar_list": [],
        "voices": [],
        "videos": [],
    }
    for path in (
        *("v2/photo_avatar/x1", "v2/avatar_group.list", "v2/avatar_group/g1/avatars"),
        *("v2/user/remaining_quota", "v1/video_status.get", "v2/voices"),
        "v1/video.list",
    ):
        responses.get(f"{API}/{path}", json={"data": data})
    responses.post(f"{API}/v2/video/generate", json={"data": data})
    gone = {"error": {"code": 1, "message": "gone"}}
    responses.delete(f"{API}/v2/photo_avatar_group/g1", json=gone, status=404)
    assert HeyGenHelper.get_avatar("x1").status == "completed"
    assert HeyGenHelper.list_groups().groups == ()
    assert HeyGenHelper.list_looks("g1") == ()
    assert HeyGenHelper.remaining_credits() == 1_000_000
    assert HeyGenHelper.get_video("v1").status == "completed"
    assert HeyGenHelper.list_voices() == ()
    assert HeyGenHelper.list_videos().videos == ()
    made = HeyGenHelper.generate_video(
        avatar_id="x1", voice_id="v", script="s", title="t", width=640, height=360
    )
    assert made == "v1"
    with pytest.raises(Missing):
        HeyGenHelper.delete_group("g1")
    assert {call.request.headers["X-Api-Key"] for call in responses.calls} == {KEY}


@responses.activate
@pytest.mark.usefixtures("no_client")
def test_without_a_key_the_helper_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A keyless process without a sandbox has no HeyGen: nothing is sent, the message says so."""
    monkeypatch.delenv("HEYGEN_API_KEY", raising=False)
    monkeypatch.delenv("HEYGEN_DIALECT", raising=False)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadInput, match=r"no key and no running sandbox\. Nothing was sent\."):
        HeyGenHelper.upload_asset("https://s3.test/location-image.png")
    assert len(responses.calls) == 0
    with pytest.raises(BadInput):
        connect(Settings())


@responses.activate
@pytest.mark.parametrize("slug", ["avatar_iv", "veo3", "", "VEO2"])
def test_an_unsupported_motion_is_refused_before_any_call(slug: str) -> None:
    """avatar_iv and unknown types are refused in HeyGen's words, and HeyGen is not asked."""
    with pytest.raises(UnsupportedMotion) as caught:
        client().add_motion_to_avatar("a1", motion_type=slug)
    assert len(responses.calls) == 0
    begin = f"Add motion failed: can't create motion for this type '{slug}'."
    assert caught.value.user_message.startswith(begin)
    assert "nothing was spent" in caught.value.user_message


def test_the_seven_motions_of_the_brief_are_supported() -> None:
    """The brief's table, in its order, with its names."""
    assert list(MOTION_TYPES.items()) == [
        ("veo2", "Google Veo 2"),
        ("seedance", "SeeKing Dance"),
        ("runway_gen3", "Runway Gen-3"),
        ("runway_gen4", "Runway Gen-4"),
        ("minimax_hailuo_v1", "Minimax Hailuo 1"),
        ("minimax_hailuo_v2", "Minimax Hailuo 2"),
        ("kling", "Kling AI"),
    ]
    assert [check_motion_type(slug) for slug in MOTION_TYPES] == [None] * 7
