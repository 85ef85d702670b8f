"""Groups and slots, credits and charges, settings."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.sandbox.client import CREDIT, Client

LIMIT = {
    "code": 401028,
    "message": "You have exceeded your limit of 3 photo avatars. Please upgrade for more.",
}


def test_the_fourth_group_is_refused(client: Client) -> None:
    """HTTP 400, flat, code 401028, word for word."""
    for _ in range(3):
        client.avatar()
    answer = client.create()
    assert (answer.status_code, answer.json()) == (400, LIMIT)
    assert len(client.groups()) == 3


def test_deleting_the_look_keeps_the_slot_and_deleting_the_group_frees_it(client: Client) -> None:
    """The limit counts groups, empty ones too."""
    made = [client.avatar() for _ in range(3)]
    assert client.call("DELETE", f"/v2/photo_avatar/{made[0]['avatar_id']}").status_code == 200
    assert client.looks(made[0]["group_id"]) == []
    assert client.create().json() == LIMIT
    assert client.call("DELETE", f"/v2/photo_avatar_group/{made[0]['group_id']}").status_code == 200
    assert client.create().status_code == 200


def test_a_plan_may_have_another_limit_or_none(client: Client) -> None:
    """-1 means none; a number is named in the refusal."""
    client.set(group_limit=-1)
    for _ in range(4):
        client.avatar()
    client.set(group_limit=4)
    assert "your limit of 4 photo avatars" in client.create().json()["message"]


def test_a_group_that_is_not_listed_yet_holds_its_slot(client: Client) -> None:
    """The limit counts what exists, not what the list shows."""
    client.fault("create", "hide", seconds=600, times=3)
    for _ in range(3):
        client.avatar()
    assert client.groups() == []
    assert client.create().json() == LIMIT


def test_eight_creates_at_once_make_three_groups(client: Client) -> None:
    """Counting and creating are one transaction."""
    key = client.image_key()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: client.create(image_key=key).status_code, range(8)))
    assert sorted(answers) == [200] * 3 + [400] * 5
    assert len(client.groups()) == 3


def test_the_group_list_is_v2s(client: Client) -> None:
    """`total_count` and `avatar_group_list`, newest first, with the number of looks."""
    names = ["A - one", "A - two"]
    made = [client.avatar(name) for name in names]
    data = client.data("GET", "/v2/avatar_group.list?include_public=false")
    assert data["total_count"] == 2
    listed = data["avatar_group_list"]
    assert [group["id"] for group in listed] == [made[1]["group_id"], made[0]["group_id"]]
    assert [group["name"] for group in listed] == names[::-1]
    assert {group["num_looks"] for group in listed} == {1}
    assert [group["created_at"] for group in listed] == [made[1]["created_at"], made[0]["created_at"]]
    assert {group["group_type"] for group in listed} == {"PHOTO"}


def test_the_look_list_is_v2s(client: Client) -> None:
    """`avatar_list` with the objects of the details call."""
    made = client.avatar()
    client.motion(made["avatar_id"])
    assert client.looks(made["group_id"]) == [client.details(made["avatar_id"])]


def test_what_is_deleted_answers_404_in_json(client: Client) -> None:
    """A group takes its look along; deleting twice is a 404, not a success."""
    made = client.avatar()
    group, look = f"/v2/photo_avatar_group/{made['group_id']}", f"/v2/photo_avatar/{made['avatar_id']}"
    assert client.call("DELETE", group).status_code == 200
    answers = [
        client.call("DELETE", group),
        client.call("DELETE", look),
        client.call("GET", look),
        client.call("GET", f"/v2/avatar_group/{made['group_id']}/avatars"),
        client.motion(made["avatar_id"]),
    ]
    assert [answer.status_code for answer in answers] == [404] * 5
    assert {answer.json()["error"]["code"] for answer in answers} == {400174}
    assert client.groups() == []


def test_the_quota_counts_sixtieths_of_a_credit(client: Client) -> None:
    """10 credits at first are 600 units, as v2 says them."""
    body = client.quota().json()
    assert body["error"] is None
    assert (body["data"]["remaining_quota"], body["data"]["details"]["api"]) == (600, 600)
    client.motion(client.avatar()["avatar_id"])
    assert client.quota().json()["data"]["details"]["api"] == 540


def test_a_motion_costs_one_credit_and_nothing_else_costs(client: Client) -> None:
    """One charge of a million micro-credits, with the avatar as its subject."""
    made = client.avatar()
    client.motion(made["avatar_id"])
    client.call("DELETE", f"/v2/photo_avatar_group/{made['group_id']}")
    state = client.state()
    assert state["credits"] == 9 * CREDIT
    assert [{**charge, "at": None} for charge in state["charges"]] == [
        {"kind": "add_motion", "micro_credits": CREDIT, "at": None, "subject": made["avatar_id"]}
    ]


def test_a_motion_without_enough_credits_is_refused(client: Client) -> None:
    """Less than one whole credit: insufficient_credit, and the rest stays."""
    avatar_id = client.avatar()["avatar_id"]
    client.set(credits=CREDIT - 1)
    answer = client.motion(avatar_id)
    assert (answer.status_code, answer.json()["data"]) == (400, None)
    assert answer.json()["error"]["code"] == "insufficient_credit"
    assert client.state()["credits"] == CREDIT - 1
    assert client.details(avatar_id)["motion_status"] == "none"


@pytest.mark.parametrize(
    "body",
    [
        {"speed": 0},
        {"speed": -1},
        {"speed": "fast"},
        {"speed": True},
        {"credits": -1},
        {"credits": 0.5},
        {"group_limit": -2},
        {"plan": "free"},
        {"credits": 5, "speed": 0},
    ],
)
def test_settings_that_make_no_sense_change_nothing(client: Client, body: dict[str, Any]) -> None:
    """All are checked before any is set."""
    before = client.state()
    assert client.call("POST", "/sandbox/settings", body).status_code == 400
    assert client.state() == before


def test_settings_answer_what_holds_now(client: Client) -> None:
    """Each may be set alone."""
    assert client.set(credits=5 * CREDIT).json() == {
        "speed": 1.0,
        "credits": 5 * CREDIT,
        "group_limit": 3,
        "sunset": 0,
    }
    assert client.set(speed=2.5).json()["speed"] == 2.5


def test_reset_is_an_account_as_new(client: Client) -> None:
    """Groups, charges, counts and faults go, credits and limit are the first ones; the speed stays."""
    client.motion(client.avatar()["avatar_id"])
    client.set(group_limit=-1, speed=5)
    client.fault("quota", "html")
    client.call("POST", "/sandbox/reset")
    assert client.state() == {
        "speed": 5.0,
        "credits": 10 * CREDIT,
        "group_limit": 3,
        "sunset": 0,
        "unit": "credits",
        "groups": [],
        "motions": [],
        "videos": [],
        "charges": [],
        "calls": {},
        "faults": [],
    }
