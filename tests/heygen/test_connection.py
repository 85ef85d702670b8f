"""Real sockets: what was sent, and when a call ends, whatever the other side does."""

import contextlib
import socket

import pytest

from core import clock
from core.heygen.errors import NotSent, OutcomeUnknown
from core.heygen.transport import CHANGES, Timing
from tests.heygen.support import (
    HEAD,
    KEY,
    MOTION,
    QUIET,
    SHORT,
    Server,
    client,
    motion_error,
    read_request,
    reply,
    reset,
    server,
)


def test_the_deadline_of_a_creating_call_is_60_seconds() -> None:
    """5 seconds to connect, 30 between bytes, 60 altogether."""
    assert Timing(connect=5.0, read=30.0, total=60.0) == CHANGES


def test_a_good_answer_comes_through_and_carries_the_key() -> None:
    """The plain case over a real connection: one request with key and JSON, one answer."""
    with server(reply(MOTION)) as heygen:
        assert client(heygen.base).add_motion_to_avatar("a1") == {"status": "processing"}
    (request,) = heygen.requests
    assert request.startswith(b"POST /v1/photo_avatar.add_motion HTTP/1.1\r\n")
    assert f"\r\nX-Api-Key: {KEY}\r\n".encode() in request
    assert request.endswith(b'\r\n\r\n{"avatar_id": "a1", "type": "veo2"}')


@pytest.mark.parametrize(
    ("at_once", "slowly"),
    [
        (b"", b"H" * 100),
        (HEAD, b"X-Slow: " + b"x" * 100),
        (HEAD + b"Content-Length: 500\r\n\r\n", b" " * 100),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n" * 20),
        (HEAD + b"\r\n", b" " * 100),
    ],
    ids=["status line", "headers", "length", "chunked", "until closed"],
)
def test_a_dripping_server_cannot_hold_a_call_beyond_its_deadline(at_once: bytes, slowly: bytes) -> None:
    """One byte now and then never meets the read time-out; the total deadline ends the call all the same."""

    def drip(sock: socket.socket, running: Server) -> None:
        running.requests.append(read_request(sock))
        sock.sendall(at_once)
        running.drip(sock, slowly)

    with server(drip) as heygen:
        error, seconds = motion_error(heygen.base, SHORT)
    assert type(error) is OutcomeUnknown
    assert "did not answer in time" in error.user_message
    assert 0.25 < seconds < 1.0
    assert heygen.connections == 1


def test_a_dripping_server_cannot_hold_a_read_either() -> None:
    """Each try of a read has its deadline too."""

    def drip(sock: socket.socket, running: Server) -> None:
        read_request(sock)
        running.drip(sock, HEAD + b"X-Slow: " + b"x" * 100)

    with server(drip) as heygen:
        began = clock.monotonic()
        with pytest.raises(OutcomeUnknown, match=r"Nothing was spent\."):
            client(heygen.base, timing=Timing(connect=1.0, read=1.0, total=0.15)).remaining_credits()
        assert clock.monotonic() - began < 1.5
    assert heygen.connections == 3


def test_a_server_that_reads_and_says_nothing_leaves_the_outcome_unknown() -> None:
    """The request arrived whole: HeyGen may have done it."""

    def silent(sock: socket.socket, running: Server) -> None:
        running.requests.append(read_request(sock))
        running.over.wait(5)

    with server(silent) as heygen:
        error, seconds = motion_error(heygen.base, QUIET)
    assert type(error) is OutcomeUnknown
    assert error.status is None
    assert "did not answer in time" in error.user_message
    assert seconds < 1.0
    assert len(heygen.requests) == 1


def test_a_server_that_never_reads_leaves_the_outcome_unknown_too() -> None:
    """The bytes were handed over to the network: nobody here can say that they were not read."""
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        error, seconds = motion_error(f"http://127.0.0.1:{deaf.getsockname()[1]}", QUIET)
    assert type(error) is OutcomeUnknown
    assert seconds < 1.0


@pytest.mark.parametrize(
    ("answer", "with_reset", "words"),
    [
        (b"", True, "broke before its answer was complete"),
        (b"", False, "broke before its answer was complete"),
        (HEAD + b"Content-Length: 500\r\n\r\n{", True, "broke before its answer was complete"),
        (HEAD + b"Content-Len", False, "not one the Studio can read"),
    ],
    ids=["reset at once", "closed at once", "reset in the body", "closed in the headers"],
)
def test_a_broken_connection_after_the_request_leaves_the_outcome_unknown(
    answer: bytes, with_reset: bool, words: str
) -> None:
    """A reset or an early end says nothing about what HeyGen did."""

    def breaking(sock: socket.socket, running: Server) -> None:
        running.requests.append(read_request(sock))
        sock.sendall(answer)
        if with_reset:
            reset(sock)

    with server(breaking) as heygen:
        error, _ = motion_error(heygen.base, QUIET)
    assert type(error) is OutcomeUnknown
    assert words in error.user_message
    assert len(heygen.requests) == 1


def test_a_refused_connection_is_not_sent() -> None:
    """Where nobody listens, nothing was sent."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    error, _ = motion_error(f"http://127.0.0.1:{port}", QUIET)
    assert type(error) is NotSent
    assert "Nothing was sent and nothing was spent." in error.user_message


def test_a_connect_time_out_is_not_sent() -> None:
    """A connection that never comes about carried nothing."""
    with contextlib.ExitStack() as stack:
        full = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        port = full.getsockname()[1]
        error, seconds = motion_error(f"http://127.0.0.1:{port}", Timing(connect=0.2, read=5.0, total=5.0))
    assert type(error) is NotSent
    assert "no connection was made in time" in error.user_message
    assert seconds < 1.0


def test_every_call_has_a_connection_of_its_own() -> None:
    """A kept connection that HeyGen closed meanwhile would turn "not sent" into "not known"."""
    with server(reply(MOTION)) as heygen:
        mine = client(heygen.base)
        mine.add_motion_to_avatar("a1")
        mine.add_motion_to_avatar("a1")
    assert heygen.connections == 2


def test_a_stray_proxy_setting_does_not_come_between_us_and_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The sandbox is reached directly even where the environment names a proxy for everything."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with server(reply(MOTION)) as heygen:
        assert client(heygen.base).add_motion_to_avatar("a1") == {"status": "processing"}
