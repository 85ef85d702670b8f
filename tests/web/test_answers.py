"""What every answer carries, and what a caller may not hold on to: long numbers, slow heads, many uploads."""

import asyncio
import socket
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from urllib.parse import quote

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol
from websockets.sync.client import connect

from core.people import access
from core.studio import use
from core.web import media, patience
from core.web.headers import inline_scripts, policy
from core.web.uploads import NOT_YOURS, OwnUploads, UploadLimit
from tests.doorstep import Served, asked, serve
from tests.world import World

#: A second for a head, ten seconds less than the dashboard gives.
SECONDS = 0.3


@pytest.fixture(scope="module")
def impatient() -> Iterator[Served]:
    """A server over uvicorn's protocol as the dashboard has it, with less patience."""
    kept = {
        name: value for name, value in vars(H11Protocol).items() if name.startswith(("connection", "data"))
    }
    patience.install(H11Protocol, SECONDS)
    with serve() as served:
        yield served
    for name, value in kept.items():
        setattr(H11Protocol, name, value)
    del H11Protocol._until_head


@pytest.mark.parametrize(
    ("host", "path", "status"), [("", "/http", 200), ("evil.example", "/http", 403), ("", "/nothing", 404)]
)
def test_every_answer_forbids_framing_guessing_and_reading_across_sites(
    impatient: Served, host: str, path: str, status: int
) -> None:
    """Pages, refusals of the door and what is not there alike."""
    answer = impatient.ask("http", [("Host", host or impatient.host)], path)
    assert answer.status == status
    assert answer.headers["content-security-policy"] == policy()
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["x-content-type-options"] == "nosniff"
    for name in ("camera", "microphone", "geolocation"):
        assert f"{name}=()" in answer.headers["permissions-policy"].split(", ")


def test_a_page_runs_the_scripts_that_were_named_and_no_text() -> None:
    """Each has its hash; nothing is evaluated, framed, embedded or sent to another site."""
    page = "<script>one && 1 < 2 // '</b>'</script><script src='two.js'></script><script>\n3</script>"
    scripts = inline_scripts(page)
    assert scripts == ["one && 1 < 2 // '</b>'", "\n3"]
    said = dict(part.split(" ", 1) for part in policy(scripts, "http://127.0.0.1:4000").split("; "))
    hashes = [f"'sha256-{b64encode(sha256(one.encode()).digest()).decode()}'" for one in scripts]
    assert said["script-src"].split() == ["'self'", "blob:", "'wasm-unsafe-eval'", *hashes]
    assert {name for name, sources in said.items() if sources == "'none'"} == {
        *("frame-ancestors", "frame-src", "object-src"),
    }
    for name in ("default-src", "base-uri", "form-action", "connect-src"):
        assert said[name] == "'self'"
    assert "http://127.0.0.1:4000" in said["media-src"].split()
    assert "http:" not in policy(scripts)


@pytest.mark.parametrize("path", ["/photos/{}", "/videos/{}.mp4", "/videos/{}/poster.jpg"])
@pytest.mark.parametrize("number", ["9" * 4300, "9" * 19, "-1", "x", "٣"])
def test_what_is_no_number_of_ours_is_not_found(world: World, path: str, number: str) -> None:
    """Python reads no number of 4,300 digits and SQLite none of 19: both are 404, not 500."""
    use(world.studio)
    try:
        with serve(routes=media.ROUTES) as served:
            assert served.ask("http", [("Host", served.host)], path.format(quote(number))).status == 404
    finally:
        use(None)


def _open(served: Served) -> socket.socket:
    return socket.create_connection((served.address, served.port), timeout=10)


@pytest.mark.parametrize("begun", [b"", b"GET /http HTTP/1.1\r\nHost: localhost\r\n"])
def test_a_head_that_never_ends_closes_its_connection(impatient: Served, begun: bytes) -> None:
    """A header now and then is no request: the connection ends, however busy it seems."""
    with _open(impatient) as caller:
        caller.sendall(begun)
        started = time.monotonic()
        caller.settimeout(SECONDS / 6)
        while time.monotonic() - started < 10:
            try:
                if begun:
                    caller.sendall(b"X-Slow: 1\r\n")
                assert caller.recv(100) == b""
                break
            except TimeoutError:
                continue
            except ConnectionError:
                break
        assert time.monotonic() - started < 5


def test_a_second_request_may_not_be_slow_either(impatient: Served) -> None:
    """After an answer the next head has as long; one that is whole in time is answered."""
    whole = f"GET /http HTTP/1.1\r\nHost: {impatient.host}\r\n\r\n".encode()
    with _open(impatient) as caller:
        for _ in range(2):
            caller.sendall(whole)
            answer = b""
            while not answer.endswith(b"inside"):
                answer += caller.recv(4000)
            assert b"200 OK" in answer
        caller.sendall(whole[:-4])
        caller.settimeout(5)
        with suppress(ConnectionResetError):
            assert caller.recv(100) == b""


def test_a_websocket_outlives_the_patience_for_a_head(impatient: Served) -> None:
    """Its head was whole at once; then it may be silent."""
    with connect(f"ws://{impatient.host}/websocket", proxy=None) as talk:
        with pytest.raises(TimeoutError):
            talk.recv(timeout=2 * SECONDS)
        talk.send("still here")
        assert talk.recv(timeout=5) == "STILL HERE"


def _put(limit: UploadLimit, session: str, length: str | None) -> int:
    """The status of an upload's answer; its body is never read."""
    sent: list[int] = []

    async def send(message) -> None:
        sent.append(message.get("status", 0))

    async def receive():
        raise AssertionError("the limit must read nothing")

    headers = [] if length is None else [(b"content-length", length.encode())]
    path = f"/_stcore/upload_file/{session}/a-file"
    asyncio.run(limit({"type": "http", "method": "PUT", "path": path, "headers": headers}, receive, send))
    return sent[0]


@pytest.mark.parametrize(
    ("session", "length", "status"),
    [
        ("a", "40", 200),
        ("a", "41", 413),
        ("b", "100", 200),
        ("a", None, 413),
        ("a", "x", 413),
        ("b", "101", 413),
    ],
)
def test_a_session_holds_no_more_than_its_share(session: str, length: str | None, status: int) -> None:
    """What it holds and what comes count together, an unknown length as the largest; others are let alone."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse("kept")(scope, receive, send)

    limit = UploadLimit(app, held={"a": 60, "b": 0}.__getitem__, largest=50, most=100)
    assert _put(limit, session, length) == status
    # What was let in once is not counted for ever.
    assert _put(limit, "b", "100") == 200


def test_uploads_under_way_count_as_well() -> None:
    """Two at once cannot both take the last room."""
    seen: list[int] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if not seen:
            seen.append(0)
            seen[0] = await asyncio.to_thread(_put, limit, "a", "60")
        await PlainTextResponse("kept")(scope, receive, send)

    limit = UploadLimit(app, held=lambda _session: 0, largest=50, most=100)
    assert _put(limit, "a", "60") == 200
    assert seen == [413]


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
@pytest.mark.parametrize(
    ("session", "who", "status"),
    [
        ("anna's", ["cookie a"], 200),
        ("anna's", ["cookie b"], 403),
        ("anna's", [], 403),
        ("anna's", ["cookie a", "cookie a"], 403),
        ("nobody's", ["cookie a"], 403),
    ],
)
def test_a_file_goes_into_ones_own_session_alone(
    method: str, session: str, who: list[str], status: int
) -> None:
    """And comes out of it by the same person: who that is, only the gate says, once."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse("kept")(scope, receive, send)

    own = OwnUploads(app, owner=lambda one: "cookie a" if one == "anna's" else "")
    headers = [(access.HEADER, one) for one in who]
    answer = asked(own, f"/_stcore/upload_file/{session}/f", method=method, headers=headers)
    assert (answer.status, answer.text) == (status, "kept" if status == 200 else NOT_YOURS)
    for other in ("/_stcore/upload_file/x", "/_stcore/health"):
        assert asked(own, other, method=method).status == 200
    assert asked(own, f"/_stcore/upload_file/{session}/f", method="OPTIONS").status == 200
