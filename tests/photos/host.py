"""A photo host on loopback: each path is answered by a function of the test, every request is kept."""

import struct
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from ssl import SSLContext

import pytest
from PIL import Image

from core.config import Settings
from core.photos.address import PhotoRefused
from core.photos.check import LIMITS, check_photo
from core.photos.fetch import Limits

Reply = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class PhotoHost:
    """What a test gives and sees: `routes` by path, `asked` as (path, Host header), `ended` by the test."""

    port: int = 0
    scheme: str = "http"
    routes: dict[str, Reply] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    def serve(self, path: str, body: bytes, **headers: str) -> str:
        """Answer `path` with `body`; its address."""
        self.routes[path] = lambda handler: send(handler, 200, body, **headers)
        return self.url(path)

    def redirect(self, path: str, to: str, status: int = 302) -> str:
        self.routes[path] = lambda handler: send(handler, status, b"", Location=to)
        return self.url(path)


def send(handler: BaseHTTPRequestHandler, status: int, body: bytes, **headers: str) -> None:
    """A whole answer; a header given as Content_Length="" is left out."""
    found = {"Content-Length": str(len(body))} | {k.replace("_", "-"): v for k, v in headers.items()}
    handler.send_response(status)
    for name, value in found.items():
        if value:
            handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


@contextmanager
def photo_host(tls: SSLContext | None = None) -> Iterator[PhotoHost]:
    host = PhotoHost(scheme="https" if tls else "http")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host.asked.append((self.path, self.headers.get("Host", "")))
            reply = host.routes.get(self.path)
            # A client that goes away in the middle is what several tests are about.
            try:
                send(self, 404, b"") if reply is None else reply(self)
            except OSError:
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            del format, args

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            del request, client_address

    server = Server(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    host.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield host
    finally:
        host.ended.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


def picture(
    kind: str = "JPEG", size: tuple[int, int] = (600, 800), mode: str = "RGB", **save: object
) -> bytes:
    """A plain picture that compresses to little."""
    out = BytesIO()
    Image.new(mode, size, (200, 30, 30) if mode == "RGB" else 0).save(out, kind, **save)
    return out.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    """A PNG whose header promises a size and whose pixels are not there."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def refusal(url: str, settings: Settings, limits: Limits = LIMITS) -> str:
    """The sentence with which this photo is refused."""
    with pytest.raises(PhotoRefused) as caught:
        check_photo(url, settings, limits=limits)
    assert "Nothing was spent." in caught.value.user_message
    return caught.value.user_message
