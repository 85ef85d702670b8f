"""Webhooks of v3: endpoints, and what they are told of finished videos."""

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from core import clock
from core.sandbox.server import Sandbox
from tests.sandbox.client import eventually
from tests.sandbox.dialects import V3, error

ENDPOINTS = "/v3/webhooks/endpoints"


@dataclass
class Listener:
    """Who is told: what came, and how it answers."""

    url: str = ""
    status: int = 200
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.got]


@contextmanager
def listening() -> Iterator[Listener]:
    listener = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            listener.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(listener.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.url = f"http://127.0.0.1:{server.server_port}/hooks/heygen"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield listener
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as made:
        yield made


def _endpoint(v3: V3, url: str, **options: Any) -> dict[str, Any]:
    answer = v3.call("POST", ENDPOINTS, {"url": url, **options})
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def _finished(v3: V3, *, fault: str = "") -> str:
    """The id of a video whose time is over."""
    _, look = v3.made()
    _later(25)
    if fault:
        v3.fault("video", fault)
    video = v3.video(look)
    _later(60)
    return video


def _later(seconds: float) -> None:
    """Move the clock from where it is; a shift counts from the real time."""
    clock.shift(clock.now().timestamp() - time.time() + seconds)


def test_the_secret_is_shown_once(v3: V3) -> None:
    """When the endpoint is made; listings and later endpoints have their own."""
    made = _endpoint(v3, "https://example.com/hooks")
    assert made.keys() == {"endpoint_id", "url", "events", "status", "created_at", "secret"}
    assert made["secret"] != _endpoint(v3, "https://example.com/hooks")["secret"]
    listed = v3.data("GET", ENDPOINTS)
    assert listed[0]["endpoint_id"] == made["endpoint_id"]
    assert made["secret"] not in json.dumps(listed)
    assert v3.call("DELETE", f"{ENDPOINTS}/{made['endpoint_id']}").status_code == 200
    assert error(v3.call("DELETE", f"{ENDPOINTS}/{made['endpoint_id']}")) == (404, "webhook_not_found")
    assert len(v3.data("GET", ENDPOINTS)) == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"url": "http://example.com/hooks"},
        {"url": "ftp://127.0.0.1/hooks"},
        {"url": "https://[/"},
        {"url": "https://example.com", "events": []},
        {"url": "https://example.com", "events": ["video.done"]},
        {"url": "https://example.com", "events": "avatar_video.success"},
        {"url": "https://example.com", "secret": "mine"},
    ],
)
def test_an_endpoint_that_makes_no_sense_is_refused(v3: V3, body: dict[str, Any]) -> None:
    """Outside only https is called; plain http only on this machine."""
    assert error(v3.call("POST", ENDPOINTS, body)) == (400, "invalid_parameter")
    assert v3.data("GET", ENDPOINTS) == []


def test_a_finished_video_is_told_once_and_signed(v3: V3, listener: Listener) -> None:
    """The signature is over the raw bytes; the address in it works."""
    secret = _endpoint(v3, listener.url)["secret"]
    video = _finished(v3)
    eventually(lambda: len(listener.got) == 1)
    headers, body = listener.got[0]
    event = json.loads(body)
    assert event.keys() == {"event_id", "event_type", "event_data", "created_at"}
    assert (event["event_type"], event["event_data"]["video_id"]) == ("avatar_video.success", video)
    assert headers["heygen-signature"] == hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    assert headers["heygen-event-id"] == event["event_id"]
    assert abs(int(headers["heygen-timestamp"]) - clock.now().timestamp()) < 5
    assert requests.get(event["event_data"]["url"], timeout=10).headers["content-type"] == "video/mp4"
    eventually(lambda: v3.state()["deliveries"][0]["status"] == 200)
    _finished(v3)
    eventually(lambda: len(listener.got) == 2)
    assert {one["event_data"]["video_id"] for one in listener.events()} > {video}


def test_a_failed_video_is_told_with_its_reason(v3: V3, listener: Listener) -> None:
    """avatar_video.fail; an endpoint hears only what it asked for."""
    with listening() as other:
        _endpoint(v3, listener.url, events=["avatar_video.fail"])
        _endpoint(v3, other.url, events=["avatar_video.success"])
        video = _finished(v3, fault="render_fails")
        eventually(lambda: len(listener.got) == 1)
        told = listener.events()[0]
        assert (told["event_type"], told["event_data"]["video_id"]) == ("avatar_video.fail", video)
        assert told["event_data"]["msg"]
        _finished(v3)
        eventually(lambda: len(other.got) == 1)
        assert (len(listener.got), other.events()[0]["event_type"]) == (1, "avatar_video.success")


def test_a_delivery_that_is_not_taken_is_tried_three_times(v3: V3, listener: Listener) -> None:
    """With the same event each time; then it is given up."""
    listener.status = 500
    _endpoint(v3, listener.url)
    _finished(v3)
    for tries in (1, 2, 3):
        eventually(lambda tries=tries: len(listener.got) == tries)
    eventually(lambda: v3.state()["deliveries"][0]["tries"] == 3)
    clock.shift(3600)
    assert len({headers["heygen-event-id"] for headers, _ in listener.got}) == 1
    assert v3.state()["deliveries"][0]["status"] is None


def test_what_ended_before_the_endpoint_is_not_told(v3: V3, listener: Listener) -> None:
    """An endpoint hears of what comes."""
    old = _finished(v3)
    eventually(lambda: v3.video_status(old)["status"] == "completed")
    _endpoint(v3, listener.url)
    new = _finished(v3)
    eventually(lambda: len(listener.got) == 1)
    assert listener.events()[0]["event_data"]["video_id"] == new


def test_what_was_not_told_is_told_after_a_restart(rows: Path, listener: Listener) -> None:
    """And by one of two that serve the rows, not by both."""
    with Sandbox(rows, dialect="v3", speed=1) as sandbox:
        v3 = V3(sandbox.base_url)
        _endpoint(v3, listener.url)
        _, look = v3.made()
        clock.shift(25)
        video = v3.video(look)
    clock.shift(120)
    with Sandbox(rows, dialect="v3"), Sandbox(rows, dialect="v3") as second:
        eventually(lambda: len(listener.got) >= 1)
        eventually(lambda: V3(second.base_url).state()["deliveries"][0]["status"] == 200)
    assert [event["event_data"]["video_id"] for event in listener.events()] == [video]


def _threads() -> int:
    return sum(thread.name == "sandbox-hooks" for thread in threading.enumerate())


def test_the_thread_runs_only_while_there_are_endpoints(v3: V3) -> None:
    """Nobody to tell, nothing to do."""
    eventually(lambda: _threads() == 0)
    for _ in range(2):
        made = _endpoint(v3, "https://example.com/hooks")
        assert _threads() == 1
        v3.call("DELETE", f"{ENDPOINTS}/{made['endpoint_id']}")
        eventually(lambda: _threads() == 0)
