"""The dialect v3: photos, groups and looks."""

import base64
from typing import Any

import pytest
import requests

from core import clock
from tests.photos.host import photo_host, picture
from tests.sandbox.client import CREDIT
from tests.sandbox.dialects import FACELESS_PHOTO, PHOTO, V3, error


def test_a_form_with_a_file_is_an_asset(v3: V3) -> None:
    """Its address, type and size are told, and it is free."""
    asset = v3.send().json()["data"]
    assert asset.keys() == {"asset_id", "url", "mime_type", "size_bytes"}
    assert (asset["mime_type"], asset["size_bytes"]) == ("image/jpeg", len(PHOTO))
    assert requests.get(asset["url"], timeout=10).content == PHOTO
    assert v3.state()["charges"] == []


def test_an_upload_that_is_no_form_or_no_photo_is_refused(v3: V3) -> None:
    """A wrong type, a form without the field, raw bytes, too many bytes."""
    assert error(v3.send(PHOTO, "image/png")) == (400, "invalid_parameter")
    assert error(v3.post("/v3/assets", files={"photo": PHOTO})) == (400, "invalid_parameter")
    assert error(v3.post("/v3/assets", data=PHOTO)) == (400, "invalid_parameter")
    assert error(v3.send(b"\xff\xd8\xff" + b"\0" * 33_000_000, timeout=30)) == (413, "payload_too_large")


def test_a_photo_avatar_is_a_group_and_a_look_of_different_ids(v3: V3) -> None:
    """Both are being made; a dollar is charged."""
    data = v3.make().json()["data"]
    item, group = data["avatar_item"], data["avatar_group"]
    assert item["id"] != group["id"]
    assert (item["group_id"], item["status"], item["avatar_type"]) == (
        group["id"],
        "processing",
        "photo_avatar",
    )
    assert (group["name"], group["looks_count"], group["status"]) == ("Mila Hart - Studio", 1, "processing")
    assert (v3.state()["unit"], v3.state()["credits"], v3.balance()) == ("usd", 9 * CREDIT, 9.0)
    assert [charge["kind"] for charge in v3.state()["charges"]] == ["create_group"]
    clock.shift(25)
    assert v3.look(item["id"])["status"] == "completed"
    assert v3.data("GET", f"/v3/avatars/{group['id']}")["status"] == "completed"


def test_the_photo_is_an_address_an_asset_or_text(v3: V3) -> None:
    """The three kinds of an AssetInput; HeyGen keeps a copy of what it fetched."""
    v3.set(group_limit=-1)
    with photo_host() as host:
        files: list[dict[str, str]] = [
            {"type": "url", "url": host.serve("/photo", picture("PNG"), Content_Type="image/png")},
            {"type": "url", "url": host.serve("/untold", picture("PNG"))},
            {"type": "asset_id", "asset_id": v3.asset_id()},
            {"type": "base64", "media_type": "image/jpeg", "data": base64.b64encode(PHOTO).decode()},
        ]
        made = [v3.make(file=file).json()["data"]["avatar_item"] for file in files]
    for item in made:
        assert (
            requests.get(item["preview_image_url"], timeout=10).headers["content-type"].startswith("image/")
        )


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (None, "invalid_parameter"),
        ("https://example.com/a.jpg", "invalid_parameter"),
        ({"type": "url"}, "invalid_parameter"),
        ({"type": "url", "url": "http://127.0.0.1:1/photo.png"}, "download_failed"),
        ({"type": "url", "url": "file:///etc/hostname"}, "download_failed"),
        ({"type": "base64", "media_type": "image/png", "data": "%%"}, "invalid_parameter"),
        (
            {"type": "base64", "media_type": "image/png", "data": base64.b64encode(PHOTO).decode()},
            "invalid_parameter",
        ),
        (
            {"type": "base64", "media_type": "image/jpeg", "data": base64.b64encode(FACELESS_PHOTO).decode()},
            "invalid_parameter",
        ),
    ],
)
def test_a_photo_that_cannot_be_used_makes_nothing(v3: V3, file: Any, code: str) -> None:
    """Neither a group nor a charge."""
    assert error(v3.make(file=file)) == (400, code)
    assert (v3.state()["groups"], v3.state()["charges"]) == ([], [])


def test_a_photo_whose_host_declares_another_type_is_refused(v3: V3) -> None:
    """The same words as an upload's (heygen-api.md 1b)."""
    with photo_host() as host:
        url = host.serve("/photo", picture("PNG"), Content_Type="image/jpeg")
        answer = v3.make(file={"type": "url", "url": url})
    assert error(answer) == (400, "invalid_parameter")
    assert "Content type not match image/jpeg != image/png" in answer.json()["error"]["message"]


def test_what_v3_does_not_have_is_refused(v3: V3) -> None:
    """Other types, other fields, no name, an asset or a group that is not there."""
    assert error(v3.make(type="prompt")) == (400, "invalid_parameter")
    assert error(v3.make(image_key="image/a/original")) == (400, "invalid_parameter")
    assert error(v3.make(name=" ")) == (400, "invalid_parameter")
    assert error(v3.make(file={"type": "asset_id", "asset_id": "none"})) == (404, "asset_not_found")
    assert error(v3.make(avatar_group_id="none")) == (404, "avatar_group_not_found")


def test_without_a_dollar_or_a_slot_nothing_is_made(v3: V3) -> None:
    """402 and 400, each with its own code."""
    v3.set(credits=CREDIT - 1)
    assert error(v3.make()) == (402, "insufficient_credit")
    assert v3.state()["groups"] == []
    v3.set(credits=5 * CREDIT, group_limit=1)
    group_id, _ = v3.made()
    assert error(v3.make()) == (400, "resource_limit_reached")
    assert v3.make(avatar_group_id=group_id).status_code == 200
    assert v3.state()["credits"] == 3 * CREDIT


def test_a_rejected_photo_says_why_in_its_look(v3: V3) -> None:
    """Failed with code and message, in the group too."""
    v3.fault("create", "look_fails")
    group_id, look_id = v3.made()
    clock.shift(25)
    for told in (v3.look(look_id), v3.data("GET", f"/v3/avatars/{group_id}")):
        assert (told["status"], told["error"].keys()) == ("failed", {"code", "message"})


def test_lists_come_in_pages(v3: V3) -> None:
    """The newest first; every group and look once, and nothing is HeyGen's own."""
    v3.set(group_limit=-1)
    made = [v3.made(f"Place {number}") for number in range(5)]
    seen: list[str] = []
    token = ""
    while True:
        page = v3.call("GET", f"/v3/avatars?ownership=private&limit=2&token={token}").json()
        seen += [group["id"] for group in page["data"]]
        token = page["next_token"]
        assert page["has_more"] == (token is not None)
        if token is None:
            break
    assert seen == [group_id for group_id, _ in made[::-1]]
    looks = v3.data("GET", f"/v3/avatars/looks?group_id={made[1][0]}")
    assert [look["id"] for look in looks] == [made[1][1]]
    assert len(v3.data("GET", "/v3/avatars/looks")) == 5
    assert v3.data("GET", "/v3/avatars?ownership=public") == []


@pytest.mark.parametrize("query", ["limit=0", "limit=51", "limit=x", "token=x", "ownership=mine"])
def test_a_page_that_cannot_be_is_refused(v3: V3, query: str) -> None:
    """heygen-api.md 2i: limit from 1 to 50."""
    assert error(v3.call("GET", f"/v3/avatars?{query}")) == (400, "invalid_parameter")


def test_a_hidden_group_is_listed_later(v3: V3) -> None:
    """Reconciliation must survive a list that lags behind."""
    v3.fault("create", "hide", seconds=60)
    group_id, _ = v3.made()
    assert v3.data("GET", "/v3/avatars") == []
    clock.shift(61)
    assert [group["id"] for group in v3.data("GET", "/v3/avatars")] == [group_id]


def test_the_last_look_takes_its_group_along(v3: V3) -> None:
    """Later uses of either are a 404 of their own code."""
    group_id, first = v3.made()
    second = v3.make(avatar_group_id=group_id).json()["data"]["avatar_item"]["id"]
    assert v3.call("DELETE", f"/v3/avatars/looks/{first}").status_code == 200
    assert v3.data("GET", f"/v3/avatars/{group_id}")["looks_count"] == 1
    assert v3.call("DELETE", f"/v3/avatars/looks/{second}").status_code == 200
    assert error(v3.call("GET", f"/v3/avatars/{group_id}")) == (404, "avatar_group_not_found")
    assert error(v3.call("GET", f"/v3/avatars/looks?group_id={group_id}")) == (404, "avatar_group_not_found")
    assert error(v3.call("GET", f"/v3/avatars/looks/{first}")) == (404, "avatar_not_found")


def test_a_deleted_group_frees_its_slot(v3: V3) -> None:
    """With its looks; what was paid stays paid."""
    v3.set(group_limit=1)
    group_id, look_id = v3.made()
    assert v3.call("DELETE", f"/v3/avatars/{group_id}").status_code == 200
    assert error(v3.call("DELETE", f"/v3/avatars/{group_id}")) == (404, "avatar_group_not_found")
    assert error(v3.call("GET", f"/v3/avatars/looks/{look_id}")) == (404, "avatar_not_found")
    v3.made()
    assert v3.state()["credits"] == 8 * CREDIT
