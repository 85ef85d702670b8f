"""Faults on demand, each as a bare client meets it."""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from tests.sandbox.client import CREDIT, Client, eventually

Call = Callable[[Client, dict[str, Any]], requests.Response]

#: How to make the call of each route; the argument is an avatar that exists.
CALLS: dict[str, Call] = {
    "upload": lambda client, made: client.upload(),
    "create": lambda client, made: client.create(image_key=made["image_key"]),
    "motion": lambda client, made: client.motion(made["avatar_id"]),
    "avatar": lambda client, made: client.call("GET", f"/v2/photo_avatar/{made['avatar_id']}"),
    "groups": lambda client, made: client.call("GET", "/v2/avatar_group.list"),
    "looks": lambda client, made: client.call("GET", f"/v2/avatar_group/{made['group_id']}/avatars"),
    "delete": lambda client, made: client.call("DELETE", f"/v2/photo_avatar_group/{made['group_id']}"),
    "quota": lambda client, made: client.quota(),
}


@pytest.fixture
def made(client: Client) -> dict[str, Any]:
    key = client.image_key()
    return {**client.create(image_key=key).json()["data"], "image_key": key}


@pytest.mark.parametrize("route", CALLS)
def test_a_fault_strikes_its_route_so_often_and_no_other(
    client: Client, made: dict[str, Any], route: str
) -> None:
    """`times` calls are spoilt, then it is over; other routes never notice."""
    client.fault(route, "error_before", times=2)
    for other in CALLS.keys() - {route, "delete"}:
        assert CALLS[other](client, made).status_code == 200
    answers = [CALLS[route](client, made).status_code for _ in range(3)]
    assert answers == [500, 500, 200]
    assert client.state()["faults"] == []


def _motion_body(made: dict[str, Any]) -> bytes:
    return json.dumps({"avatar_id": made["avatar_id"], "type": "veo2"}).encode()


def test_drop_after_closes_the_connection_without_a_byte_and_the_work_is_done(
    client: Client, made: dict[str, Any]
) -> None:
    """The client cannot know: the motion was accepted and charged."""
    client.fault("motion", "drop_after")
    assert client.bytes_of("POST", "/v1/photo_avatar.add_motion", _motion_body(made)) == b""
    assert client.state()["credits"] == 9 * CREDIT
    assert client.details(made["avatar_id"])["motion_status"] == "processing"


def test_drop_before_closes_the_connection_without_a_byte_and_nothing_is_done(
    client: Client, made: dict[str, Any]
) -> None:
    """It looks the same from outside, yet nothing was accepted and nothing charged."""
    client.fault("motion", "drop_before")
    assert client.bytes_of("POST", "/v1/photo_avatar.add_motion", _motion_body(made)) == b""
    assert (client.state()["credits"], client.state()["motions"]) == (10 * CREDIT, [])


def test_a_dropped_call_is_a_connection_error_to_requests(client: Client) -> None:
    """A session whose connection was cut goes on with a new one."""
    client.fault("create", "drop_after")
    with pytest.raises(requests.ConnectionError, match=r"RemoteDisconnected|reset"):
        client.create()
    assert len(client.groups()) == 1


def test_drop_before_an_upload_does_not_even_fetch_the_photo(client: Client) -> None:
    """No work means no work: an address that would be refused is never asked."""
    client.fault("upload", "drop_before")
    with pytest.raises(requests.ConnectionError):
        client.upload("http://127.0.0.1:1/photo.png")


@pytest.mark.parametrize(
    ("fault", "charged"),
    [
        ("error_after", True),
        ("malformed", True),
        ("empty", True),
        ("no_ids", True),
        ("error_before", False),
        ("html", False),
        ("rate_limit", False),
        ("refuse", False),
    ],
)
def test_a_fault_says_whether_the_work_is_done(
    client: Client, made: dict[str, Any], fault: str, charged: bool
) -> None:
    """Whatever the answer looks like, the rows and the charge agree with the table of faults."""
    client.fault("motion", fault)
    client.motion(made["avatar_id"])
    state = client.state()
    assert (len(state["motions"]), len(state["charges"])) == ((1, 1) if charged else (0, 0))
    assert state["credits"] == (9 if charged else 10) * CREDIT


@pytest.mark.parametrize("fault", ["error_after", "error_before"])
def test_an_error_is_a_500_in_json(client: Client, fault: str) -> None:
    """HeyGen's own error envelope."""
    client.fault("create", fault)
    answer = client.create()
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "internal_error")


def test_html_is_a_502_page(client: Client) -> None:
    """What a gateway says when HeyGen does not answer."""
    client.fault("create", "html")
    answer = client.create()
    assert answer.status_code == 502
    assert answer.text.startswith("<!DOCTYPE html>")


def test_rate_limit_is_a_429_that_says_when_to_come_back(client: Client) -> None:
    """Retry-After carries the fault's seconds."""
    client.fault("create", "rate_limit", seconds=7)
    answer = client.create()
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
    assert answer.json()["error"]["code"] == "rate_limit_exceeded"


def test_malformed_is_broken_json_with_status_200(client: Client) -> None:
    """The answer is cut in the middle."""
    client.fault("create", "malformed")
    answer = client.create()
    assert answer.status_code == 200
    assert answer.text.startswith('{"error":null')
    with pytest.raises(ValueError, match=r".+"):
        json.loads(answer.text)


def test_empty_is_a_200_without_a_body(client: Client) -> None:
    """Not even an envelope."""
    client.fault("create", "empty")
    answer = client.create()
    assert (answer.status_code, answer.content) == (200, b"")


def test_no_ids_is_a_success_that_names_nothing(client: Client) -> None:
    """The group exists; the client is not told which."""
    client.fault("create", "no_ids")
    assert client.create().json() == {"data": {}}
    assert len(client.groups()) == 1


def test_refuse_says_what_it_is_told(client: Client, made: dict[str, Any]) -> None:
    """A number makes the flat envelope, a word the v2 one."""
    client.fault("motion", "refuse", status=403, code=400573, message="Permission denied")
    client.fault("motion", "refuse", status=402, code="insufficient_credit", message="No credit")
    flat, nested = client.motion(made["avatar_id"]), client.motion(made["avatar_id"])
    assert (flat.status_code, flat.json()) == (403, {"code": 400573, "message": "Permission denied"})
    assert nested.status_code == 402
    assert nested.json() == {"data": None, "error": {"code": "insufficient_credit", "message": "No credit"}}


def test_stall_works_at_once_and_answers_late(client: Client, made: dict[str, Any]) -> None:
    """The charge is there while the client still waits; a client that gives up has paid."""
    client.fault("motion", "stall", seconds=30)
    with pytest.raises(requests.ReadTimeout):
        client.call(
            "POST",
            "/v1/photo_avatar.add_motion",
            {"avatar_id": made["avatar_id"], "type": "veo2"},
            timeout=0.4,
        )
    assert client.state()["credits"] == 9 * CREDIT


def test_stall_answers_in_the_end(client: Client) -> None:
    """After its seconds, which the speed does not shorten, the true answer comes."""
    client.set(speed=1000)
    client.fault("quota", "stall", seconds=0.4)
    started = time.monotonic()
    assert client.quota().json()["data"]["remaining_quota"] == 600
    assert time.monotonic() - started >= 0.4


def test_stall_before_works_only_after_the_wait(client: Client, made: dict[str, Any]) -> None:
    """While the client waits nothing is charged; a client that gives up is charged later all the same."""
    client.fault("motion", "stall_before", seconds=0.8)
    body = {"avatar_id": made["avatar_id"], "type": "veo2"}
    with pytest.raises(requests.ReadTimeout):
        client.call("POST", "/v1/photo_avatar.add_motion", body, timeout=0.2)
    assert client.state()["credits"] == 10 * CREDIT
    eventually(lambda: client.state()["credits"] == 9 * CREDIT)


def test_a_fault_is_taken_by_exactly_one_of_many_calls(client: Client) -> None:
    """Eight calls at once and three times: three are spoilt, never more."""
    client.fault("quota", "html", times=3)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: client.quota().status_code, range(16)))
    assert sorted(answers) == [200] * 13 + [502] * 3


def test_pending_faults_are_shown_and_can_be_taken_back(client: Client) -> None:
    """Nothing goes wrong after that."""
    client.fault("quota", "html", times=5)
    assert [(fault["route"], fault["fault"], fault["times"]) for fault in client.state()["faults"]] == [
        ("quota", "html", 5)
    ]
    client.call("DELETE", "/sandbox/faults")
    assert client.quota().status_code == 200
    assert client.state()["faults"] == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"route": "quota"},
        {"route": "film", "fault": "html"},
        {"route": "quota", "fault": "explode"},
        {"route": "quota", "fault": "hide"},
        {"route": "create", "fault": "motion_fails"},
        {"route": "quota", "fault": "html", "times": 0},
        {"route": "quota", "fault": "html", "times": "2"},
        {"route": "quota", "fault": "stall", "seconds": -1},
        {"route": "quota", "fault": "stall", "seconds": "1"},
        {"route": "quota", "fault": "refuse", "status": 200},
        {"route": "quota", "fault": "refuse", "code": None},
        {"route": "quota", "fault": "html", "often": 2},
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(client: Client, body: dict[str, Any]) -> None:
    """A test that misspells its fault must hear of it."""
    assert client.call("POST", "/sandbox/faults", body).status_code == 400
    assert client.state()["faults"] == []


def test_nothing_fails_by_chance(client: Client) -> None:
    """Without a fault two hundred calls are two hundred answers."""
    assert {client.quota().status_code for _ in range(200)} == {200}
