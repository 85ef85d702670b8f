"""Keys, routes and bodies: who is let in, and what HeyGen answers to what it does not know."""

import http.client
from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest
import requests

from core import clock
from tests.sandbox.client import Client


def test_every_other_key_is_valid(client: Client) -> None:
    """The sandbox knows no accounts: any key that does not begin with "wrong" is let in."""
    for key in ("sandbox", "x", "not-wrong"):
        assert Client(client.base_url, key).quota().status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("POST", "/v2/photo_avatar/add_motion"),
        ("GET", "/v3/avatars"),
        ("GET", "/v1/asset"),
        ("GET", "/v2/avatar_group.list/"),
        ("PUT", "/v2/photo_avatar/some"),
    ],
)
@pytest.mark.parametrize("key", ["sandbox", ""])
def test_an_unknown_route_is_a_404_in_html(client: Client, method: str, path: str, key: str) -> None:
    """Routes of other dialects, other methods and a final slash meet HeyGen's page, not its JSON."""
    answer = Client(client.base_url, key).call(method, path)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.text.startswith("<!DOCTYPE html>")
    assert client.state()["calls"] == {}


@pytest.mark.parametrize("body", [b"{", b"[]", b'"text"', b"\xff\xfe"])
def test_a_body_that_is_no_json_object_is_refused(client: Client, body: bytes) -> None:
    """Broken bodies are a 400 in the flat envelope."""
    answer = requests.post(
        client.base_url + "/v1/asset", data=body, headers={"X-Api-Key": "sandbox"}, timeout=10
    )
    assert (answer.status_code, answer.json()["code"]) == (400, 400175)


def test_a_sample_is_served_without_a_key(client: Client) -> None:
    """Sample photos are plain files for browsers and for HeyGen."""
    answer = requests.get(client.base_url + "/samples/mila-studio.jpg", timeout=10)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    assert answer.content.startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize(
    "name", ["none.jpg", "samples.json", "../store.py", "..%2fstore.py", "%2e%2e/store.py", ""]
)
def test_nothing_but_samples_is_served(client: Client, name: str) -> None:
    """Only pictures that lie in the folder; no way out of it."""
    connection = http.client.HTTPConnection(client.base_url.removeprefix("http://"), timeout=10)
    connection.request("GET", f"/samples/{name}")
    answer = connection.getresponse()
    assert answer.status == 404
    assert b"import" not in answer.read()
    connection.close()


def test_the_date_header_and_the_rows_share_one_clock(client: Client) -> None:
    """`Date` moves with the clock that `created_at` comes from, so a client may compare the two."""
    clock.shift(timedelta(days=3).total_seconds())
    answer = client.create()
    said = parsedate_to_datetime(answer.headers["date"]).timestamp()
    assert abs(said - answer.json()["data"]["created_at"]) < 2
    assert abs(said - clock.now().timestamp()) < 2


def test_calls_are_counted_by_route(client: Client) -> None:
    """Every call with a valid key counts, refused ones too; control routes do not."""
    made = client.avatar()
    client.motion(made["avatar_id"], "avatar_iv")
    client.motion(made["avatar_id"])
    client.details(made["avatar_id"])
    client.groups()
    client.looks(made["group_id"])
    client.quota()
    client.call("DELETE", f"/v2/photo_avatar/{made['avatar_id']}")
    client.call("DELETE", f"/v2/photo_avatar_group/{made['group_id']}")
    assert client.state()["calls"] == {
        "upload": 1,
        "create": 1,
        "motion": 2,
        "avatar": 1,
        "groups": 1,
        "looks": 1,
        "quota": 1,
        "delete": 2,
    }
