"""HeyGen over TLS behind a company's proxy: https://heygen.test, resolved by nobody but the proxy."""

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
from core.heygen.errors import NotSent, OutcomeUnknown
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
    server,
)


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


def listen(sock: socket.socket, running: Server, certificate: Path) -> None:
    """Open the tunnel and take what comes through it, without an answer."""
    with tunnelled(sock, running, certificate) as tls:
        running.requests.append(read_request(tls))


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

    with server(lambda sock, running: listen(sock, running, certificate)) as proxy:
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

    def asleep(sock: socket.socket, running: Server) -> None:
        # The client has asked for the tunnel and waits while the clocks go on by more than its time.
        sock.recv(1, socket.MSG_PEEK)
        clock.shift(120)
        listen(sock, running, certificate)

    try:
        with server(asleep) as proxy, pytest.raises(NotSent) as caught:
            client(via(through, proxy)).add_motion_to_avatar("a1")
    finally:
        clock.shift(0)
    assert "Nothing was sent and nothing was spent." in caught.value.user_message
    assert [request.split()[:1] for request in proxy.requests] == [[b"CONNECT"], []]
