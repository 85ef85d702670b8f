"""Real sockets: what was sent, and when a call ends, whatever the other side does."""

import contextlib
import socket
import ssl
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from core import clock
from core.heygen.errors import HeyGenError, NotSent, OutcomeUnknown
from core.heygen.transport import CHANGES, Timing
from tests.heygen.support import KEY, Server, client, read_request, reply, reset, server

#: A read time-out that a drip never meets, and a total that ends the call.
SHORT = Timing(connect=1.0, read=1.0, total=0.3)
QUIET = Timing(connect=1.0, read=0.15, total=5.0)
HEAD = b"HTTP/1.1 200 OK\r\n"
MOTION = b'{"data": {"status": "processing"}}'


def motion_error(base: str, timing: Timing) -> tuple[HeyGenError, float]:
    """The error of adding a motion, and how long it took in seconds."""
    began = clock.monotonic()
    with pytest.raises(HeyGenError) as caught:
        client(base, timing=timing).add_motion_to_avatar("a1")
    return caught.value, clock.monotonic() - began


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


# HeyGen behind a company's proxy, over TLS: https://heygen.test, resolved by nobody but the proxy.


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate of heygen.test with its private key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "heygen.test")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(clock.now() - timedelta(days=1))
        .not_valid_after(clock.now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("heygen.test")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "heygen.pem"
    pem = serialization.Encoding.PEM
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path.write_bytes(key.private_bytes(pem, *plain) + made.public_bytes(pem))
    return path


@pytest.fixture
def through(monkeypatch: pytest.MonkeyPatch, certificate: Path) -> pytest.MonkeyPatch:
    """An environment whose certificates are trusted; a test adds the proxy with `via`."""
    for name in ("NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    return monkeypatch


def via(environment: pytest.MonkeyPatch, proxy: Server) -> str:
    """Route https through this proxy; returns the API base behind it."""
    environment.setenv("HTTPS_PROXY", proxy.base)
    return "https://heygen.test"


def tunnelled(sock: socket.socket, running: Server, certificate: Path) -> ssl.SSLSocket:
    """Open the tunnel as the proxy, then be HeyGen at its end."""
    running.requests.append(read_request(sock))
    sock.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context.wrap_socket(sock, server_side=True)


def test_the_deadline_holds_over_tls_through_a_proxy(through: pytest.MonkeyPatch, certificate: Path) -> None:
    """A drip inside TLS inside a tunnel is ended in time as well."""

    def drip(sock: socket.socket, running: Server) -> None:
        with tunnelled(sock, running, certificate) as tls:
            running.requests.append(read_request(tls))
            running.drip(tls, HEAD + b"X-Slow: " + b"x" * 100)

    with server(drip) as proxy:
        error, seconds = motion_error(via(through, proxy), SHORT)
    assert type(error) is OutcomeUnknown
    assert 0.25 < seconds < 1.0
    assert [request.split()[0] for request in proxy.requests] == [b"CONNECT", b"POST"]


def test_an_answer_comes_through_tls_and_proxy(through: pytest.MonkeyPatch, certificate: Path) -> None:
    """The proxy sees where to, HeyGen the key; the proxy never sees the key."""

    def answer(sock: socket.socket, running: Server) -> None:
        with tunnelled(sock, running, certificate) as tls:
            reply(MOTION)(tls, running)

    with server(answer) as proxy:
        assert client(via(through, proxy)).add_motion_to_avatar("a1") == {"status": "processing"}
    assert [KEY.encode() in request for request in proxy.requests] == [False, True]


def test_an_untrusted_certificate_is_not_sent(through: pytest.MonkeyPatch, certificate: Path) -> None:
    """A stranger in HeyGen's place gets neither the request nor the key."""
    through.delenv("REQUESTS_CA_BUNDLE")

    def stranger(sock: socket.socket, running: Server) -> None:
        with tunnelled(sock, running, certificate) as tls:
            running.requests.append(read_request(tls))

    with server(stranger) as proxy:
        error, _ = motion_error(via(through, proxy), QUIET)
    assert type(error) is NotSent
    assert "its certificate could not be verified" in error.user_message
    assert len(proxy.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 403 Forbidden\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\nnot TLS at all",
        b"",
    ],
)
def test_a_tunnel_that_does_not_come_about_is_not_sent(through: pytest.MonkeyPatch, answer: bytes) -> None:
    """Until TLS stands nothing of the request is written, however the proxy fails."""

    def failing(sock: socket.socket, running: Server) -> None:
        running.requests.append(read_request(sock))
        sock.sendall(answer)

    with server(failing) as proxy:
        error, _ = motion_error(via(through, proxy), QUIET)
    assert type(error) is NotSent
    assert len(proxy.requests) == 1


def test_nothing_is_written_once_the_time_is_over(through: pytest.MonkeyPatch, certificate: Path) -> None:
    """A process that slept between connecting and sending does not send: its lease may be another's now."""

    def sleepy(sock: socket.socket, running: Server) -> None:
        with tunnelled(sock, running, certificate) as tls:
            running.requests.append(read_request(tls))

    def asleep(sock: socket.socket, running: Server) -> None:
        # The client waits for the tunnel while the clocks go on by more than its time.
        clock.shift(120)
        sleepy(sock, running)

    try:
        with server(asleep) as proxy, pytest.raises(NotSent) as caught:
            client(via(through, proxy)).add_motion_to_avatar("a1")
    finally:
        clock.shift(0)
    assert "Nothing was sent and nothing was spent." in caught.value.user_message
    assert [request.split()[:1] for request in proxy.requests] == [[b"CONNECT"], []]
