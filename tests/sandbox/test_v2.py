"""The dialect v2: bytes are uploaded, and a motion is a look of its own."""

from pathlib import Path

import pytest
import requests

from core import clock
from core.sandbox.server import Sandbox
from tests.photos.host import picture
from tests.sandbox.client import CREDIT, Client, eventually
from tests.sandbox.dialects import FACELESS_PHOTO, PHOTO, V2


@pytest.fixture
def look(v2: V2) -> str:
    """The id of a completed look."""
    made = v2.avatar()["id"]
    clock.shift(25)
    return made


def test_bytes_of_the_declared_type_are_an_asset(v2: V2) -> None:
    """The photo is kept as it was sent, and free."""
    answer = v2.send()
    asset = answer.json()["data"]
    assert (answer.json()["code"], asset["file_type"]) == (100, "image")
    assert asset["image_key"].startswith(f"image/{asset['id']}/original")
    assert requests.get(asset["url"], timeout=10).content == PHOTO
    assert v2.send(picture("PNG"), "image/png").status_code == 200
    assert v2.state()["charges"] == []


@pytest.mark.parametrize(
    ("data", "declared", "says"),
    [
        (PHOTO, "image/png", "Content type not match image/png != image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/jpeg", "Content type not match image/jpeg != image/png"),
        (b"GIF89a", "image/jpeg", "Content type not match image/jpeg != image/gif"),
        (b"GIF89a", "image/gif", "Asset format not supported"),
        (b'{"url": "https://example.com/a.jpg"}', "application/json", "Asset format not supported"),
        (b"", "image/jpeg", "Content type not match"),
    ],
)
def test_an_upload_of_another_type_is_400543(v2: V2, data: bytes, declared: str, says: str) -> None:
    """The bytes are looked at; the brief's JSON is no photo here. The refusal is flat."""
    answer = v2.send(data, declared)
    assert (answer.status_code, answer.json().keys()) == (400, {"code", "message"})
    assert answer.json()["code"] == 400543
    assert says in answer.json()["message"]


def test_a_photo_above_10_mb_is_refused(v2: V2) -> None:
    """heygen-api.md 1a: photos are below 10 MB."""
    answer = v2.send(PHOTO + b"\0" * 10_000_000)
    assert (answer.status_code, answer.json()["code"]) == (400, 400175)


def test_a_new_group_has_the_id_of_its_look(v2: V2) -> None:
    """One id for both, pending, and none of the brief's fields."""
    data = v2.avatar()
    assert (data["id"], data["status"], data["is_motion"]) == (data["group_id"], "pending", False)
    assert not data.keys() & {"avatar_id", "motion_status", "motion_type"}
    assert v2.details(data["id"]).keys() == data.keys()
    assert [group["id"] for group in v2.groups()] == [data["id"]]


def test_a_photo_without_a_face_makes_no_group(v2: V2) -> None:
    """HeyGen's code for no face."""
    key = v2.send(FACELESS_PHOTO).json()["data"]["image_key"]
    assert v2.create(image_key=key).json()["error"]["code"] == 40004


def test_a_motion_is_a_new_look_in_the_same_group(v2: V2, look: str) -> None:
    """It moves from the first moment, has its pictures only when done, and costs one credit."""
    answer = v2.motion(look)
    assert (answer.status_code, answer.json()["data"].keys()) == (200, {"id"})
    moving = answer.json()["data"]["id"]
    assert moving != look
    pending = v2.details(moving)
    assert (pending["status"], pending["is_motion"], pending["group_id"]) == ("pending", True, look)
    assert (pending["image_url"], pending["motion_preview_url"]) == ("", None)
    assert [found["id"] for found in v2.looks(look)] == [look, moving]
    assert v2.groups()[0]["num_looks"] == 2
    clock.shift(25 + 97)
    done = v2.details(moving)
    assert (done["status"], done["is_motion"]) == ("completed", True)
    assert requests.get(done["image_url"], timeout=10).content == PHOTO
    preview = requests.get(done["motion_preview_url"], timeout=20)
    assert (preview.headers["content-type"], preview.content[4:8]) == ("video/mp4", b"ftyp")
    assert requests.get(f"{v2.base_url}/motions/{look}.mp4", timeout=10).status_code == 404
    assert (v2.details(look)["is_motion"], v2.state()["credits"]) == (False, 9 * CREDIT)


def test_a_motion_without_a_type_is_consistent(v2: V2, look: str) -> None:
    """The published default (section 3)."""
    assert v2.call("POST", "/v2/photo_avatar/add_motion", {"id": look}).status_code == 200
    assert v2.state()["motions"][0]["type"] == "consistent"


@pytest.mark.parametrize(
    ("motion_type", "says"),
    [
        ("avatar_iv", "can't create motion for this type 'avatar_iv'"),
        ("seedance", "motion_type must be one of: consistent, consistent_gen_3, expressive, hailuo_2"),
        ("minimax_hailuo_v1", "motion_type must be one of"),
        (7, "motion_type must be one of"),
    ],
)
def test_a_type_that_was_never_published_is_refused(v2: V2, look: str, motion_type: str, says: str) -> None:
    """The brief's own names are not known here; nothing is charged."""
    answer = v2.motion(look, motion_type)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_parameter")
    assert says in answer.json()["error"]["message"]
    assert v2.state()["charges"] == []


def test_a_motion_waits_for_its_look(v2: V2) -> None:
    """A pending look is refused, an unknown one not found, and nobody pays on credit."""
    look = v2.avatar()["id"]
    assert v2.motion(look).json()["error"]["code"] == "invalid_parameter"
    assert v2.motion("nobody").status_code == 404
    clock.shift(25)
    v2.set(credits=CREDIT - 1)
    assert v2.motion(look).json()["error"]["code"] == "insufficient_credit"
    assert len(v2.looks(look)) == 1


def test_a_motion_that_fails_says_so_in_its_look(v2: V2, look: str) -> None:
    """The photo is not blamed, the still look stays, the credit is gone."""
    v2.fault("motion", "motion_fails")
    moving = v2.motion(look).json()["data"]["id"]
    clock.shift(25 + 97)
    failed = v2.details(moving)
    assert (failed["status"], failed["moderation_msg"]) == ("failed", None)
    assert failed["workflow_error"]
    assert v2.details(look)["status"] == "completed"


def test_the_motion_look_is_rendered_once_it_is_done(v2: V2, look: str) -> None:
    """As a talking photo; before that it cannot be used."""
    moving = v2.motion(look).json()["data"]["id"]
    assert v2.order(moving).json()["error"]["code"] == "invalid_parameter"
    clock.shift(25 + 97)
    video = v2.video(moving)
    clock.shift(25 + 97 + 60)
    eventually(lambda: v2.video_status(video)["status"] == "completed")


def test_the_same_rows_can_be_served_in_the_other_legacy_dialect(rows: Path) -> None:
    """What workflow made is seen in v2 and the other way round, motions included."""
    with Sandbox(rows, speed=1) as old, Sandbox(rows, dialect="v2") as new:
        workflow, v2 = Client(old.base_url), V2(new.base_url)
        made = workflow.avatar()
        clock.shift(25)
        workflow.motion(made["avatar_id"])
        seen = v2.details(made["avatar_id"])
        assert (seen["is_motion"], seen["status"], seen["group_id"]) == (True, "pending", made["group_id"])
        still = v2.avatar()["id"]
        clock.shift(50)
        moving = v2.motion(still).json()["data"]["id"]
        assert workflow.details(moving)["motion_status"] == "processing"
        assert workflow.details(still)["motion_status"] == "none"
        clock.shift(50 + 97)
        assert workflow.details(moving)["motion_status"] == "completed"
        assert v2.details(made["avatar_id"])["status"] == "completed"


def test_the_sunset_is_announced_when_it_is_asked_for(v2: V2) -> None:
    """Headers and a warning in every answer of HeyGen's, refusals too; the data stay as they are."""
    assert "sunset" not in v2.quota().headers
    v2.set(sunset=1)
    for answer in (v2.quota(), v2.motion("nobody"), v2.send(b"")):
        assert answer.headers["deprecation"] == "true"
        assert answer.headers["sunset"] == "Sat, 31 Oct 2026 00:00:00 GMT"
        assert answer.json()["warning"]["sunset_date"] == "2026-10-31"
    assert v2.quota().json()["data"]["remaining_quota"] == 600
    assert v2.quota().json()["warning"]["v3_endpoint"] == "GET /v3/users/me"
    v2.fault("quota", "rate_limit", seconds=3)
    assert v2.quota().headers["retry-after"] == "3"
    v2.fault("quota", "empty")
    assert v2.quota().content == b""
    v2.fault("quota", "drop_after")
    with pytest.raises(requests.ConnectionError):
        v2.quota()
    assert "warning" not in v2.state()
