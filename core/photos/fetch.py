"""Fetching a photo from an address that a person typed, without being led to machines inside the network.

A host is resolved once a hop; its addresses are judged, and the connection goes to a judged address and no
other, with the host's name in the Host header and in TLS. A name that changes its address in between (DNS
rebinding) therefore gains nothing. Redirects are followed by hand, each judged like the first address.
Proxies from the environment are not used: behind one the judged address would mean nothing.
"""

import http.client
import os
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import SplitResult

from requests.utils import DEFAULT_CA_BUNDLE_PATH

from core import clock
from core.config import Settings
from core.locale import N_
from core.photos.address import Address, PhotoRefused, host_and_port, judged, led_on, resolve, target

_UNREACHABLE = N_(
    "The photo could not be fetched from {host}: {reason}. Nothing was spent. Check the link, then try again."
)
_UNKNOWN_NAME = N_(
    "The photo could not be fetched from {host}: its name is not known. Nothing was spent. "
    "Check the link, then try again."
)
_BROKE_OFF = N_(
    "The photo could not be fetched from {host}: it broke off in the middle. Nothing was spent. Try again."
)
_CERTIFICATE = N_(
    "The photo could not be fetched from {host}: its certificate is not valid ({reason}). Nothing was spent. "
    "Use another link."
)
_NOT_SECURE = N_(
    "The photo could not be fetched from {host}: no secure connection came about. Nothing was spent. "
    "Check the link, then try again."
)
_NO_HTTP = N_(
    "The photo could not be fetched from {host}: it does not answer as a web host does. Nothing was spent. "
    "Check the link, then try again."
)

_REDIRECTS = (301, 302, 303, 307, 308)
_CHUNK = 65_536


@dataclass(frozen=True)
class Limits:
    """What a photo may take and must be. 10 MB and 512 pixels are HeyGen's own figures (heygen-api.md 1a)."""

    total_seconds: float = 30.0
    connect_seconds: float = 5.0
    read_seconds: float = 10.0
    max_redirects: int = 5
    max_bytes: int = 10_000_000
    min_side: int = 512
    max_pixels: int = 50_000_000


def fetch(url: str, settings: Settings, limits: Limits) -> bytes:
    """The bytes behind `url`, at most `limits.max_bytes` within `limits.total_seconds`.

    The time that the system takes to resolve a name comes on top. Raises PhotoRefused.
    """
    deadline = clock.monotonic() + limits.total_seconds
    for _ in range(limits.max_redirects + 1):
        parts = target(url, settings)
        with _answer(parts, settings, limits, deadline) as response:
            if response.status not in _REDIRECTS or not response.getheader("Location"):
                return _body(response, host_and_port(parts)[0], limits)
            url = led_on(parts.geturl(), response.getheader("Location") or "")
    raise PhotoRefused(
        "The photo's address leads on more than {limit} times. Nothing was spent. "
        "Use the link of the picture itself.",
        limit=limits.max_redirects,
    )


@contextmanager
def _answer(
    parts: SplitResult, settings: Settings, limits: Limits, deadline: float
) -> Iterator[http.client.HTTPResponse]:
    """The answer to a GET, its body not yet read. Whatever goes wrong until the end is a PhotoRefused."""
    host, port = host_and_port(parts)
    try:
        addresses = resolve(host, port)
    except (OSError, UnicodeError) as exc:
        raise PhotoRefused(_UNKNOWN_NAME, host=host) from exc
    late = threading.Event()
    try:
        with (
            _connect(parts, judged(host, addresses, settings), limits, deadline) as sock,
            _cut_off(sock, deadline, late),
            _ask(sock, parts) as response,
        ):
            yield response
            if late.is_set():
                raise TimeoutError
    except (PhotoRefused, OSError, http.client.HTTPException, ValueError) as exc:
        if late.is_set() or isinstance(exc, TimeoutError):
            raise _too_slow(host, limits) from exc
        if isinstance(exc, PhotoRefused):
            raise
        raise _unreachable(host, exc) from exc


def _connect(parts: SplitResult, addresses: list[Address], limits: Limits, deadline: float) -> socket.socket:
    """A socket to the first of the judged addresses that answers; with TLS around it, not yet greeted."""
    failure: OSError = TimeoutError()
    for family, where in addresses:
        seconds = min(limits.connect_seconds, deadline - clock.monotonic())
        if seconds <= 0:
            break
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.settimeout(seconds)
            sock.connect(where)
            sock.settimeout(limits.read_seconds)
            if parts.scheme == "https":
                # The greeting can be slow on purpose, so it comes when the deadline is already watched.
                return _tls().wrap_socket(
                    sock, server_hostname=host_and_port(parts)[0], do_handshake_on_connect=False
                )
            return sock
        except OSError as exc:
            sock.close()
            failure = exc
    raise failure


@contextmanager
def _cut_off(sock: socket.socket, deadline: float, late: threading.Event) -> Iterator[None]:
    """Break every wait on `sock` at the deadline: a time-out of the socket starts anew with each byte."""

    def cut() -> None:
        late.set()
        with suppress(OSError):
            socket.socket.shutdown(sock, socket.SHUT_RDWR)

    timer = threading.Timer(max(0.0, deadline - clock.monotonic()), cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _ask(sock: socket.socket, parts: SplitResult) -> http.client.HTTPResponse:
    """Send the GET over a socket that is connected already; the host's name goes into the Host header."""
    host, port = host_and_port(parts)
    if isinstance(sock, ssl.SSLSocket):
        sock.do_handshake()
        connection = http.client.HTTPSConnection(host, port, context=_tls())
    else:
        connection = http.client.HTTPConnection(host, port)
    connection.sock = sock
    path = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
    headers = {
        "Accept": "image/png, image/jpeg",
        "Accept-Encoding": "identity",
        "Connection": "close",
        "User-Agent": "PhotoAvatarStudio",
    }
    connection.request("GET", path, headers=headers)
    return connection.getresponse()


def _body(response: http.client.HTTPResponse, host: str, limits: Limits) -> bytes:
    if response.status != 200:
        raise PhotoRefused(
            "The photo's host {host} answered {status}. Nothing was spent. Check that the link opens in a "
            "private browser window, then try again.",
            host=host,
            status=response.status,
        )
    announced = response.length or 0
    data = bytearray()
    while announced <= limits.max_bytes and (chunk := response.read(_CHUNK)):
        data += chunk
        announced = max(announced, len(data))
    if announced > limits.max_bytes:
        raise too_large(limits.max_bytes)
    if len(data) < announced:
        raise PhotoRefused(_BROKE_OFF, host=host)
    return bytes(data)


def _tls() -> ssl.SSLContext:
    """Certificates as requests takes them, a team's own bundle included."""
    return _tls_with(os.environ.get("REQUESTS_CA_BUNDLE") or DEFAULT_CA_BUNDLE_PATH)


@lru_cache(maxsize=4)
def _tls_with(bundle: str) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=bundle)


def _unreachable(host: str, exc: Exception) -> PhotoRefused:
    """The sentence for what broke the fetch; the system's own words are outside text."""
    if isinstance(exc, ssl.SSLCertVerificationError):
        return PhotoRefused(_CERTIFICATE, host=host, reason=exc.verify_message)
    if isinstance(exc, ssl.SSLError):
        return PhotoRefused(_NOT_SECURE, host=host)
    if isinstance(exc, OSError) and exc.strerror:
        return PhotoRefused(_UNREACHABLE, host=host, reason=exc.strerror)
    if isinstance(exc, OSError):
        return PhotoRefused(_BROKE_OFF, host=host)
    return PhotoRefused(_NO_HTTP, host=host)


def too_large(max_bytes: int) -> PhotoRefused:
    return PhotoRefused(
        "The photo is larger than {limit:g} MB. Nothing was spent. Use a smaller one.",
        limit=max_bytes / 1_000_000,
    )


def _too_slow(host: str, limits: Limits) -> PhotoRefused:
    return PhotoRefused(
        "The photo did not arrive from {host} in time (at most {seconds:g} seconds). Nothing was spent. "
        "Try again, or use a faster host.",
        host=host,
        seconds=limits.total_seconds,
    )
