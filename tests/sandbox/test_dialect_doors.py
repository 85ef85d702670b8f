"""Keys, routes and faults in each dialect: who is let in, and what is unknown there."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest
import requests

from core.sandbox.routes import WAYS
from core.sandbox.server import Sandbox
from tests.sandbox.client import CREDIT, Client
from tests.sandbox.dialects import V2, V3, error, is_page

OWN = {dialect: {(way.method, way.path) for way in ways if not way.control} for dialect, ways in WAYS.items()}


@pytest.fixture
def by_dialect(client: Client, v2: V2, v3: V3) -> dict[str, Client]:
    return {"workflow": client, "v2": v2, "v3": v3}


@pytest.mark.parametrize("dialect", OWN)
def test_every_route_of_another_dialect_is_a_page(by_dialect: dict[str, Client], dialect: str) -> None:
    """A client in the wrong dialect meets HTML, with whatever key, and nothing is counted."""
    for method, path in set().union(*OWN.values()) - OWN[dialect]:
        for key in ("sandbox", "wrong", "readonly"):
            asked = path.replace("{", "").replace("}", "")
            answer = Client(by_dialect[dialect].base_url, key).call(method, asked)
            assert is_page(answer), (method, asked, answer.text)
    assert by_dialect[dialect].state()["calls"] == {}


def test_the_briefs_motion_route_knows_its_method(by_dialect: dict[str, Client]) -> None:
    """GET says 405 in JSON where the route exists: a free call tells the two legacy dialects apart."""
    path = "/v1/photo_avatar.add_motion"
    answer = by_dialect["workflow"].call("GET", path)
    assert (answer.status_code, answer.json()) == (405, {"code": 40012, "message": "Method not allowed"})
    assert is_page(by_dialect["v2"].call("GET", path))
    assert is_page(by_dialect["v3"].call("GET", path))
    assert by_dialect["workflow"].state()["calls"] == {}


@pytest.mark.parametrize("dialect", OWN)
def test_a_wrong_key_is_a_401_in_the_dialects_envelope(by_dialect: dict[str, Client], dialect: str) -> None:
    """On every route, the sandbox's own too; missing, empty and wrong alike, and nothing is counted."""
    flat = {"code": 400112, "message": "Unauthorized"}
    nested = {"error": {"code": "unauthorized", "message": "Unauthorized"}}
    for way in WAYS[dialect]:
        for headers in ({}, {"X-Api-Key": ""}, {"X-Api-Key": "wrong-one"}):
            url = by_dialect[dialect].base_url + way.path
            answer = requests.request(way.method, url, headers=headers, json={}, timeout=10)
            assert (answer.status_code, answer.json()) == (401, nested if dialect == "v3" else flat)
    assert by_dialect[dialect].state()["calls"] == {}


@pytest.mark.parametrize("dialect", OWN)
def test_a_read_only_key_looks_and_changes_nothing(by_dialect: dict[str, Client], dialect: str) -> None:
    """403 on everything that is not GET, before anything is looked at; the account stays as it was."""
    key = Client(by_dialect[dialect].base_url, "readonly-one")
    for method, path in OWN[dialect]:
        answer = key.call(method, path)
        if method == "GET":
            assert answer.status_code != 403
        elif dialect == "v3":
            assert error(answer) == (403, "insufficient_api_key_scope")
        else:
            assert (answer.status_code, answer.json()["code"]) == (403, 400573)
    state = by_dialect[dialect].state()
    assert (state["groups"], state["charges"]) == ([], [])


def test_v3_says_what_a_key_may(v3: V3) -> None:
    """scope_mode full or read_only."""
    assert v3.data("GET", "/v3/api_keys/self")["scope_mode"] == "full"
    assert Client(v3.base_url, "readonly").data("GET", "/v3/api_keys/self")["scope_mode"] == "read_only"


def test_v3_names_every_request(v3: V3) -> None:
    """X-Request-Id on answers and refusals, each another; not before v3."""
    answers = [
        v3.call("GET", "/v3/users/me"),
        v3.call("GET", "/v3/videos/none"),
        V3(v3.base_url, "wrong").call("GET", "/v3/users/me"),
    ]
    assert len({answer.headers["x-request-id"] for answer in answers}) == 3


@pytest.mark.parametrize("dialect", OWN)
def test_a_first_account_has_ten_of_its_unit(rows: Path, dialect: str) -> None:
    """Ten credits or ten dollars, three slots, and the speed of 8 at which an avatar takes about 15 s."""
    with Sandbox(rows, dialect=dialect) as sandbox:
        state = Client(sandbox.base_url).state()
    assert (state["unit"], state["credits"]) == ("usd" if dialect == "v3" else "credits", 10 * CREDIT)
    assert (state["group_limit"], state["speed"]) == (3, 8.0)


@pytest.mark.parametrize(
    ("fault", "options", "refusal"),
    [
        ("error_before", {}, (500, "internal_error")),
        ("error_after", {}, (500, "internal_error")),
        ("rate_limit", {"seconds": 7}, (429, "rate_limit_exceeded")),
        ("refuse", {"code": 40004, "message": "No face"}, (400, "invalid_parameter")),
        ("refuse", {"code": 401028, "message": "Too many"}, (400, "resource_limit_reached")),
        ("refuse", {"status": 402, "code": "insufficient_credit"}, (402, "insufficient_credit")),
        ("refuse", {"status": 404, "code": 400174}, (404, "avatar_not_found")),
        ("refuse", {"status": 503, "code": 1}, (503, "internal_error")),
    ],
)
def test_faults_speak_v3(v3: V3, fault: str, options: dict[str, Any], refusal: tuple[int, str]) -> None:
    """A failure that is rehearsed by number has v3's word for it."""
    v3.fault("create", fault, **options)
    answer = v3.make()
    assert error(answer) == refusal
    assert answer.headers.get("retry-after") == ("7" if fault == "rate_limit" else None)


@pytest.mark.parametrize(
    ("route", "path"),
    [
        ("groups", "/v3/avatars"),
        ("looks", "/v3/avatars/looks"),
        ("avatar", "/v3/avatars/looks/none"),
        ("voices", "/v3/voices"),
        ("quota", "/v3/users/me"),
        ("videos", "/v3/videos"),
        ("video_status", "/v3/videos/none"),
        ("key", "/v3/api_keys/self"),
        ("webhooks", "/v3/webhooks/endpoints"),
    ],
)
def test_every_route_of_v3_has_its_faults(v3: V3, route: str, path: str) -> None:
    """Under the names of the other dialects."""
    v3.fault(route, "html")
    answer = v3.call("GET", path)
    assert (answer.status_code, answer.headers["content-type"][:9]) == (502, "text/html")
    assert v3.state()["faults"] == []


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff\xfe"])
def test_a_broken_body_is_refused_in_v3s_envelope(v3: V3, body: bytes) -> None:
    """Whatever finds the mistake, the client reads one shape."""
    answer = requests.post(
        f"{v3.base_url}/v3/avatars", data=body, headers={"X-Api-Key": "sandbox"}, timeout=10
    )
    assert error(answer) == (400, "invalid_parameter")


def test_rows_of_an_earlier_sandbox_are_taken_over(rows: Path) -> None:
    """A file from before the dialects gets what it lacks, and loses nothing."""
    with Sandbox(rows, speed=1) as sandbox:
        made = Client(sandbox.base_url).avatar()
    with sqlite3.connect(rows / "sandbox.db") as opened:
        for column in ("motion_prompt", "expressiveness"):
            opened.execute(f"ALTER TABLE videos DROP COLUMN {column}")
        for table in ("results", "endpoints", "deliveries"):
            opened.execute(f"DROP TABLE {table}")
        opened.execute("DELETE FROM settings WHERE name = 'sunset'")
    opened.close()
    with Sandbox(rows, dialect="v2") as sandbox:
        v2 = V2(sandbox.base_url)
        assert v2.details(made["avatar_id"])["group_id"] == made["group_id"]
        assert v2.order(made["avatar_id"]).json()["error"]["code"] == "invalid_parameter"
        assert v2.state()["sunset"] == 0
