"""A scripted little server on the loopback, and clients with short times."""

import hashlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
import responses

from core import clock
from core.config import Settings
from core.heygen.errors import HeyGenError
from core.heygen.transport import Timing, Transport
from core.heygen.workflow import WorkflowDialect

KEY = "hg_0123456789abcdefKEY"
API = "https://api.heygen.test"
LONG = Timing(connect=5.0, read=5.0, total=5.0)
#: A read time-out that a drip never meets, and a total that ends the call.
SHORT = Timing(connect=1.0, read=1.0, total=0.3)
QUIET = Timing(connect=1.0, read=0.15, total=5.0)
HEAD = b"HTTP/1.1 200 OK\r\n"
MOTION = b'{"data": {"status": "processing"}}'


class Waits(threading.Event):
    """A stop event that notes how long it was asked to wait, and does not wait."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.asked.append(timeout or 0.0)
        return self.is_set()


def client(
    base: str = API,
    *,
    key: str = KEY,
    stop: threading.Event | None = None,
    timing: Timing = LONG,
) -> WorkflowDialect:
    """A client whose changes and reads keep `timing`; between retries it does not wait."""
    transport = Transport(base, key, dialect="workflow", stop=stop or Waits(), changes=timing, reads=timing)
    return WorkflowDialect(transport)


def with_photo(settings: Settings, data: bytes, ending: str) -> str:
    """Put an uploaded photo into this DATA_DIR, whatever it holds; returns its stored address."""
    name = f"{hashlib.sha256(data).hexdigest()}.{ending}"
    folder = settings.data_dir / "uploads"
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(data)
    return f"http://uploads/{name}"


def body() -> Any:
    """The JSON of the only request that was made."""
    (call,) = responses.calls
    assert isinstance(call.request.body, bytes)
    return json.loads(call.request.body)


def read_request(sock: socket.socket) -> bytes:
    """One whole request, or what came before the other side closed."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = sock.recv(65536)
        if not piece:
            return data
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [
        line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
    ]
    while lengths and len(body) < int(lengths[0]):
        body += sock.recv(65536)
    return head + b"\r\n\r\n" + body


def reset(sock: socket.socket) -> None:
    """Close with a TCP reset."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    sock.close()


class Server:
    """Runs `script` on each connection; `over` is set when the test is done with it."""

    def __init__(self, script: Callable[[socket.socket, "Server"], None]) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self.over = threading.Event()
        self._script = script
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    @property
    def port(self) -> int:
        return self._listener.getsockname()[1]

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        """End all scripts and wait for them: afterwards `requests` holds everything that came."""
        self.over.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(timeout=5)
            assert not thread.is_alive(), "a script of the test's server did not end"

    def drip(self, sock: socket.socket, data: bytes, every: float = 0.05) -> None:
        """Send `data` a byte at a time, for 6 seconds at most, as long as somebody takes it."""
        for n in range(min(len(data), int(6 / every))):
            if self.over.wait(every):
                return
            sock.sendall(data[n : n + 1])

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(sock,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, sock: socket.socket) -> None:
        sock.settimeout(6)
        # A client that gave up is what most scripts provoke.
        with suppress(OSError), sock:
            self._script(sock, self)


@contextmanager
def server(script: Callable[[socket.socket, Server], None]) -> Iterator[Server]:
    """A running Server."""
    running = Server(script)
    try:
        yield running
    finally:
        running.close()


def reply(body: bytes, status: str = "200 OK", extra: str = "") -> Callable[[socket.socket, Server], None]:
    """A script that reads the request and gives this answer."""

    def script(sock: socket.socket, running: Server) -> None:
        running.requests.append(read_request(sock))
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{extra}\r\n"
        sock.sendall(head.encode() + body)

    return script


def motion_error(base: str, timing: Timing) -> tuple[HeyGenError, float]:
    """The error of adding a motion, and how long it took in seconds."""
    began = clock.monotonic()
    with pytest.raises(HeyGenError) as caught:
        client(base, timing=timing).add_motion_to_avatar("a1")
    return caught.value, clock.monotonic() - began
