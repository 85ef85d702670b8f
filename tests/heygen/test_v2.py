"""v2: what exactly is sent to HeyGen as it was published, and what its answers become."""

import json
from pathlib import Path
from typing import Any

import pytest
import responses

from core.config import Settings
from core.heygen import connect
from core.heygen.answers import About
from core.heygen.errors import OutcomeUnknown, Refused, UnsupportedMotion
from core.heygen.v2 import TRAITS, V2Dialect
from core.photos.address import PhotoRefused
from tests.heygen.support import API, KEY, body, with_photo
from tests.world import picture

UPLOAD = "https://upload.heygen.test"
LOOK, MOTION_LOOK = "c231e947600b428e92d540ca9c48596a", "9fa8acab475beda00711b7c97f844dda"

pytestmark = pytest.mark.usefixtures("mocked")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(api_key=KEY, dialect="v2", api_base=API, upload_base=UPLOAD, data_dir=tmp_path)


@pytest.fixture
def heygen(settings: Settings) -> V2Dialect:
    client = connect(settings)
    assert isinstance(client, V2Dialect)
    return client


@pytest.mark.parametrize(("ending", "said"), [("jpg", "image/jpeg"), ("png", "image/png")])
def test_upload_sends_the_bytes_with_their_own_type_to_the_upload_host(
    settings: Settings, heygen: V2Dialect, ending: str, said: str
) -> None:
    """No JSON, no form: HeyGen compares the declared type with the bytes."""
    data = picture(form=said.partition("/")[2])
    url = with_photo(settings, data, ending)
    responses.post(
        f"{UPLOAD}/v1/asset", json={"code": 100, "data": {"id": "A", "image_key": "image/A/original"}}
    )
    assert heygen.upload_asset(url) == "image/A/original"
    request = responses.calls[0].request
    assert request.body == data
    assert request.headers["Content-Type"] == said
    assert request.headers["X-Api-Key"] == KEY
    assert "Idempotency-Key" not in request.headers


def test_a_photo_that_cannot_be_used_is_refused_before_heygen_is_asked(
    settings: Settings, heygen: V2Dialect
) -> None:
    """The sentence is the photo's own."""
    with pytest.raises(PhotoRefused, match="512"):
        heygen.upload_asset(with_photo(settings, picture(100, 100), "jpg"))
    assert not responses.calls


def test_a_type_that_heygen_sniffs_otherwise_is_refused_in_plain_words(
    settings: Settings, heygen: V2Dialect
) -> None:
    """The flat envelope of the upload host."""
    told = {"code": 400543, "message": "Content type not match image/jpeg != image/png"}
    responses.post(f"{UPLOAD}/v1/asset", json=told, status=400)
    with pytest.raises(Refused, match="does not take this kind of file"):
        heygen.upload_asset(with_photo(settings, picture(), "jpg"))


@pytest.mark.parametrize(
    ("data", "group"),
    [
        ({"id": LOOK, "group_id": LOOK, "status": "pending"}, LOOK),
        ({"id": LOOK}, LOOK),
        ({"id": LOOK, "group_id": "G"}, "G"),
    ],
)
def test_create_group_reads_the_published_ids(heygen: V2Dialect, data: dict[str, str], group: str) -> None:
    """There is no avatar_id in the answer."""
    responses.post(f"{API}/v2/photo_avatar/avatar_group/create", json={"error": None, "data": data})
    made = heygen.create_photo_avatar_group("Мария - Kitchen", "image/A/original", key="k")
    assert made == {"avatar_id": LOOK, "group_id": group}
    assert body() == {"name": "Мария - Kitchen", "image_key": "image/A/original"}


@pytest.mark.parametrize(("motion_type", "slug"), TRAITS.motion_types.items())
def test_add_motion_sends_the_published_slug_and_gives_the_new_look(
    heygen: V2Dialect, motion_type: str, slug: str
) -> None:
    """POST /v2/photo_avatar/add_motion {id, motion_type}: the answer's id is another look."""
    responses.post(f"{API}/v2/photo_avatar/add_motion", json={"error": None, "data": {"id": MOTION_LOOK}})
    said = heygen.add_motion_to_avatar(LOOK, motion_type)
    assert said == {"status": "processing", "avatar_id": MOTION_LOOK}
    assert body() == {"id": LOOK, "motion_type": slug}


@pytest.mark.parametrize("motion_type", ["minimax_hailuo_v1", "avatar_iv", "seedance_lite", ""])
def test_a_motion_without_a_slug_is_never_swapped(heygen: V2Dialect, motion_type: str) -> None:
    """It is refused without a call."""
    with pytest.raises(UnsupportedMotion, match="nothing was spent"):
        heygen.add_motion_to_avatar(LOOK, motion_type)
    assert not responses.calls


@pytest.mark.parametrize("data", [{}, {"status": "processing"}])
def test_a_motion_without_its_look_is_unknown(heygen: V2Dialect, data: dict[str, str]) -> None:
    """What was made and paid for cannot be named: the Studio looks."""
    responses.post(f"{API}/v2/photo_avatar/add_motion", json={"error": None, "data": data})
    with pytest.raises(OutcomeUnknown):
        heygen.add_motion_to_avatar(LOOK)


@pytest.mark.parametrize(
    ("said", "status", "motion", "failure"),
    [
        ({"status": "pending", "is_motion": False}, "pending", "none", ""),
        ({"status": "completed", "is_motion": False}, "completed", "none", ""),
        ({"status": "failed", "moderation_msg": "no face"}, "failed", "none", "no face"),
        ({"status": "pending", "is_motion": True, "image_url": ""}, "completed", "processing", ""),
        ({"status": "in_progress", "is_motion": True}, "completed", "processing", ""),
        ({"status": "completed", "is_motion": True, "motion_preview_url": "u"}, "completed", "completed", ""),
        (
            {"status": "failed", "is_motion": True, "workflow_error": "engine"},
            "completed",
            "failed",
            "engine",
        ),
        ({"status": "completed", "motion_status": "processing"}, "completed", "processing", ""),
        ({"status": "pending", "is_motion": True, "motion_status": "failed"}, "pending", "failed", ""),
    ],
)
def test_the_motion_is_derived_from_the_look(
    heygen: V2Dialect, said: dict[str, Any], status: str, motion: str, failure: str
) -> None:
    """A motion look that failed is a motion that failed; the given motion_status goes before."""
    responses.get(
        f"{API}/v2/photo_avatar/{LOOK}", json={"error": None, "data": {"id": LOOK, "group_id": "G", **said}}
    )
    found = heygen.get_avatar(LOOK)
    assert (found.avatar_id, found.group_id) == (LOOK, "G")
    assert (found.status, found.motion_status, found.failure) == (status, motion, failure)


def test_a_video_speaks_of_the_motion_look_as_a_talking_photo(heygen: V2Dialect) -> None:
    """The motion was paid for already: the video has no option for it."""
    responses.post(f"{API}/v2/video/generate", json={"error": None, "data": {"video_id": "V"}})
    made = heygen.generate_video(
        avatar_id=MOTION_LOOK,
        voice_id="v",
        script="Hello",
        title="T #1",
        width=1280,
        height=720,
        motion_type="kling",
    )
    assert made == "V"
    sent = body()
    assert sent["video_inputs"][0]["character"] == {"type": "talking_photo", "talking_photo_id": MOTION_LOOK}
    assert "motion" not in json.dumps(sent)


@pytest.mark.parametrize(
    ("answer", "dialect"),
    [
        ({"status": 405, "json": {"code": 40012, "message": "Method not allowed"}}, "workflow"),
        ({"status": 200, "json": {"data": {}}}, "workflow"),
        ({"status": 404, "body": "<html>"}, "v2"),
        ({"status": 404, "json": {"code": 404, "message": "no such route"}}, "v2"),
    ],
)
def test_the_briefs_own_route_tells_workflow_and_v2_apart(
    heygen: V2Dialect, answer: dict[str, Any], dialect: str
) -> None:
    """By a free GET that changes nothing: known but not for GET, or not known at all."""
    responses.get(f"{API}/v1/photo_avatar.add_motion", **answer)
    assert heygen.about() == About(dialect)
