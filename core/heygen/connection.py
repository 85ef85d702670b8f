"""A connection that ends when its call's time is over, and that knows whether anything left.

A read time-out starts anew with every byte, so a server that drips one byte now and then holds a call for
ever. Here a timer shuts the connection down instead, and nothing is written once the time is over: a
worker's lease may have ended by then. Only the lookup of a name cannot be interrupted; the check before
the first byte covers it.
"""

import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Self

import requests
import urllib3.exceptions
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool

from core import clock
from core.heygen import sayings

#: For a host and port the addresses that may be connected to, with families, as getaddrinfo gives them.
Judge = Callable[[str, int], list[tuple[int, Any]]]

#: What one exchange over requests can raise.
LOW_LEVEL = (
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    http.client.HTTPException,
    OSError,
    ValueError,
)


class Deadline:
    """The time of one call; a context manager around all of it.

    `sent` is None while no connection was asked for, False as long as certainly no byte of the request was
    written, True from the moment one may have been.
    """

    def __init__(self, seconds: float) -> None:
        self.sent: bool | None = None
        self._ends = clock.monotonic() + seconds
        self._lock = threading.Lock()
        self._handle: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._timer.cancel()
        with self._lock:
            if self._handle is not None:
                self._handle.close()
                self._handle = None

    @property
    def over(self) -> bool:
        return clock.monotonic() >= self._ends

    def hold(self, sock: socket.socket) -> None:
        """Keep a second handle on this connection, which outlives its being wrapped for TLS or a proxy.

        Shutting down the TLS object from another thread instead would make it fall back to plain text.
        """
        with self._lock:
            self._handle = sock.dup()
        if self.over:
            self._end()

    def _end(self) -> None:
        with self._lock:
            if self._handle is not None:
                # The other side may have closed it a moment ago.
                with contextlib.suppress(OSError):
                    self._handle.shutdown(socket.SHUT_RDWR)


class _Watched(HTTPConnection):
    """Mixed in before urllib3's connection classes by `DeadlineAdapter`."""

    deadline: Deadline
    judge: Judge | None = None
    _connecting = False

    def _new_conn(self) -> socket.socket:
        sock = self._judged() if self.judge is not None and self.proxy is None else super()._new_conn()
        self.deadline.hold(sock)
        return sock

    def _judged(self) -> socket.socket:
        """A connection to an address that was judged: resolved again, the name could mean another machine.

        A proxy resolves names by itself: which addresses it may ask is its own business.
        """
        assert self.judge is not None
        name, failure = self._dns_host, None
        for _, where in self.judge(name, self.port):
            self._dns_host = where[0]
            try:
                return super()._new_conn()
            except urllib3.exceptions.HTTPError as exc:
                failure = exc
            finally:
                self._dns_host = name
        raise failure or urllib3.exceptions.NewConnectionError(self, "it has no address")

    def connect(self) -> None:
        self._connecting = True
        try:
            super().connect()
        finally:
            self._connecting = False

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        # What is written while connecting is talk with a proxy, not the request.
        if not self._connecting and not self.deadline.sent:
            if self.deadline.over:
                raise urllib3.exceptions.ConnectTimeoutError(self, "no time is left to send the request")
            self.deadline.sent = True
        super().send(data)


class DeadlineAdapter(HTTPAdapter):
    """requests over connections that one Deadline watches; for one call only."""

    def __init__(self, deadline: Deadline, judge: Judge | None = None) -> None:
        super().__init__(pool_connections=1, pool_maxsize=1)
        self._deadline, self._judge = deadline, judge

    def get_connection_with_tls_context(
        self,
        request: requests.PreparedRequest,
        verify: Any,
        proxies: Mapping[str, str] | None = None,
        cert: Any = None,
    ) -> HTTPConnectionPool:
        self._deadline.sent = False
        pool = super().get_connection_with_tls_context(request, verify, dict(proxies or {}), cert)
        kind: Any = pool.ConnectionCls
        with_both = {"deadline": self._deadline, "judge": staticmethod(self._judge) if self._judge else None}
        pool.ConnectionCls = type(kind.__name__, (_Watched, kind), with_both)
        return pool


class DeadlineSession(requests.Session):
    """The session of one call within its deadline. It follows no redirect.

    With `judge` it connects to no address of a host that was not judged.
    """

    def __init__(self, deadline: Deadline, judge: Judge | None = None) -> None:
        super().__init__()
        for scheme in ("https://", "http://"):
            self.mount(scheme, DeadlineAdapter(deadline, judge))

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        # Even when not following, requests would read a redirect's whole body and judge its address.
        return None


def not_sent_reason(exc: BaseException, sent: bool | None) -> str | None:
    """What to say when the request certainly never left; None when it may have.

    What the connection saw goes before what the exception says: some exceptions are raised on both sides
    of the first byte.
    """
    if sent:
        return None
    for cause in _causes(exc):
        for kinds, reason in _NEVER_LEFT:
            if isinstance(cause, kinds):
                return reason
    return sayings.BROKE_EARLY if sent is False else None


def timed_out(exc: BaseException) -> bool:
    """Whether HeyGen was silent for too long, as against a connection that broke."""
    kinds = (requests.Timeout, urllib3.exceptions.TimeoutError, TimeoutError)
    return any(isinstance(cause, kinds) for cause in _causes(exc))


_NEVER_LEFT: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((urllib3.exceptions.NameResolutionError,), sayings.NO_NAME),
    ((urllib3.exceptions.NewConnectionError,), sayings.NO_CONNECTION),
    ((requests.ConnectTimeout, urllib3.exceptions.ConnectTimeoutError), sayings.NOT_IN_TIME),
    ((ssl.SSLCertVerificationError,), sayings.NO_TRUST),
    (
        (
            requests.exceptions.MissingSchema,
            requests.exceptions.InvalidSchema,
            requests.exceptions.InvalidURL,
            requests.exceptions.URLRequired,
            urllib3.exceptions.LocationValueError,
        ),
        sayings.NO_ADDRESS,
    ),
)


def _causes(exc: BaseException) -> Iterator[BaseException]:
    """The innermost cause first: the outer classes say less."""
    inner = (*exc.args, getattr(exc, "reason", None), getattr(exc, "original_error", None))
    for cause in inner:
        if isinstance(cause, BaseException):
            yield from _causes(cause)
    yield exc
