"""Create, motion, details: the brief's flow, and how it goes on in time."""

import re

import pytest

from core import clock
from tests.sandbox.client import CREDIT, Client

SEVEN = ["veo2", "seedance", "runway_gen3", "runway_gen4", "minimax_hailuo_v1", "minimax_hailuo_v2", "kling"]


def test_create_answers_with_two_different_ids(client: Client) -> None:
    """`avatar_id` and `group_id`, 32 hexadecimal digits each, in the v2 envelope; the look is pending."""
    body = client.create("Mila Hart - Cafe").json()
    assert body["error"] is None
    made = body["data"]
    assert re.fullmatch("[0-9a-f]{32}", made["avatar_id"])
    assert re.fullmatch("[0-9a-f]{32}", made["group_id"])
    assert made["avatar_id"] != made["group_id"]
    assert (made["name"], made["status"]) == ("Mila Hart - Cafe", "pending")
    assert abs(made["created_at"] - clock.now().timestamp()) < 5


def test_create_twice_by_one_name_makes_two_groups(client: Client) -> None:
    """HeyGen has no idempotency here: a repeated call is a second group."""
    assert client.avatar()["group_id"] != client.avatar()["group_id"]
    assert [group["name"] for group in client.groups()] == ["Mila Hart - Studio"] * 2


def test_an_unknown_image_key_is_refused(client: Client) -> None:
    """No group comes out of a key that no upload gave."""
    answer = client.create(image_key="image/0/original")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_parameter")
    assert client.groups() == []


@pytest.mark.parametrize("body", [{}, {"name": "A"}, {"image_key": "image/0/original"}])
def test_create_needs_a_name_and_an_image_key(client: Client, body: dict[str, str]) -> None:
    """Missing parameter: flat, code 40001."""
    answer = client.call("POST", "/v2/photo_avatar/avatar_group/create", body)
    assert (answer.status_code, answer.json()["code"]) == (400, 40001)


def test_motion_is_accepted_right_after_create(client: Client) -> None:
    """The brief does not wait for the look, so a pending one is good enough."""
    made = client.avatar()
    answer = client.motion(made["avatar_id"])
    assert answer.json() == {"error": None, "data": {"status": "processing"}}
    details = client.details(made["avatar_id"])
    assert (details["status"], details["motion_status"]) == ("pending", "processing")


def test_a_look_takes_24_seconds_and_a_motion_96(client: Client) -> None:
    """Progress is a matter of timestamps: nothing runs, the clock alone finishes it."""
    avatar_id = client.avatar()["avatar_id"]
    seen = [client.details(avatar_id)]
    client.motion(avatar_id, "kling")
    for seconds in (20, 25, 90, 97):
        clock.shift(seconds)
        seen.append(client.details(avatar_id))
    assert [(one["status"], one["motion_status"]) for one in seen] == [
        ("pending", "none"),
        ("pending", "processing"),
        ("completed", "processing"),
        ("completed", "processing"),
        ("completed", "completed"),
    ]


def test_details_have_the_fields_of_the_brief_and_of_v2(client: Client) -> None:
    """`avatar_id` beside `id`; in this dialect motion belongs to the avatar, so `is_motion` stays false."""
    made = client.avatar()
    details = client.details(made["avatar_id"])
    assert details["avatar_id"] == details["id"] == made["avatar_id"]
    assert details["group_id"] == made["group_id"]
    assert details["is_motion"] is False
    assert details["motion_preview_url"] is None
    assert details["image_url"] == client.base_url + "/samples/mila-studio.jpg"


def test_another_motion_takes_the_place_of_the_first_and_costs_again(client: Client) -> None:
    """Every call is charged; the status starts over."""
    avatar_id = client.avatar()["avatar_id"]
    client.motion(avatar_id, "veo2")
    clock.shift(100)
    assert client.details(avatar_id)["motion_status"] == "completed"
    client.motion(avatar_id, "kling")
    details = client.details(avatar_id)
    assert (details["motion_status"], details["motion_type"]) == ("processing", "kling")
    state = client.state()
    assert [motion["type"] for motion in state["motions"]] == ["veo2", "kling"]
    assert state["credits"] == 8 * CREDIT


@pytest.mark.parametrize("motion_type", SEVEN)
def test_the_seven_motion_types_of_the_brief_are_accepted(client: Client, motion_type: str) -> None:
    """Exactly as the brief spells them."""
    assert client.motion(client.avatar()["avatar_id"], motion_type).status_code == 200


@pytest.mark.parametrize("motion_type", ["seedance_lite", "hailuo_2", "consistent", "VEO2", "veo3"])
def test_an_unknown_motion_type_is_refused_with_the_list(client: Client, motion_type: str) -> None:
    """v2's spellings are unknown here; the refusal names the seven and costs nothing."""
    answer = client.motion(client.avatar()["avatar_id"], motion_type)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (400, "invalid_parameter")
    assert all(known in error["message"] for known in SEVEN)
    assert client.state()["credits"] == 10 * CREDIT


def test_avatar_iv_is_refused_in_heygens_words(client: Client) -> None:
    """The legacy type has a message of its own and costs nothing."""
    answer = client.motion(client.avatar()["avatar_id"], "avatar_iv")
    assert answer.status_code == 400
    assert answer.json()["data"] is None
    assert "can't create motion for this type 'avatar_iv'" in answer.json()["error"]["message"]
    assert (client.state()["credits"], client.state()["motions"]) == (10 * CREDIT, [])


def test_an_unknown_avatar_is_a_404_in_json(client: Client) -> None:
    """Its motion and its details answer code 400174; nothing is charged."""
    for answer in (client.motion("0" * 32), client.call("GET", f"/v2/photo_avatar/{'0' * 32}")):
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, 400174)
    assert client.state()["credits"] == 10 * CREDIT
