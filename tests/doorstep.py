"""A small app behind the door, asked over real HTTP and WebSocket, or with a bare ASGI scope."""

import asyncio
import http.client
import socket
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import Headers as Received
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Message
from starlette.websockets import WebSocket

from core.web.door import Door
from core.web.headers import Headers as Marked
from core.web.headers import policy

Headers = list[tuple[str, str]]
TRANSPORTS = ("http", "websocket")
UPGRADE = [
    ("Upgrade", "websocket"),
    ("Connection", "Upgrade"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ("Sec-WebSocket-Version", "13"),
]


def _can_bind(family: socket.AddressFamily, address: str) -> bool:
    try:
        with socket.socket(family) as probe:
            probe.bind((address, 0))
    except OSError:
        return False
    return True


#: A machine without IPv6 has one loopback address; there is nothing to serve on the other then.
ADDRESSES = ["127.0.0.1"] + (["::1"] if socket.has_ipv6 and _can_bind(socket.AF_INET6, "::1") else [])


@dataclass
class Answer:
    status: int
    text: str
    headers: Mapping[str, str]

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "")


@dataclass
class Served:
    """A small app behind a door, and the paths that came through it."""

    address: str
    port: int
    passed: list[str]

    @property
    def host(self) -> str:
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"

    def ask(self, transport: str, headers: Headers, path: str | None = None) -> Answer:
        """What a real request with exactly these headers gets: 200 or 101 inside, 403 outside."""
        connection = http.client.HTTPConnection(self.address, self.port, timeout=10)
        try:
            connection.putrequest("GET", path or f"/{transport}", skip_host=True, skip_accept_encoding=True)
            for name, value in headers + (UPGRADE if transport == "websocket" else []):
                connection.putheader(name, value)
            connection.endheaders()
            response = connection.getresponse()
            text = "" if response.status == 101 else response.read().decode()
            return Answer(response.status, text, response.headers)
        finally:
            connection.close()

    def assert_refused(self, transport: str, headers: Headers, sentence: str) -> None:
        self.passed.clear()
        answer = self.ask(transport, headers)
        assert answer.status == 403
        assert self.passed == []
        if transport == "http":
            assert answer.text == sentence
            assert answer.content_type == "text/plain; charset=utf-8"

    def assert_admitted(self, transport: str, headers: Headers) -> None:
        self.passed.clear()
        answer = self.ask(transport, headers)
        assert answer.status == (101 if transport == "websocket" else 200), answer.text
        assert self.passed == [f"/{transport}"]


@contextmanager
def serve(address: str = "127.0.0.1", routes: Sequence[Route] = (), **options) -> Iterator[Served]:
    """uvicorn with its own defaults (its proxy headers too) on a free port of `address`."""
    passed: list[str] = []

    async def page(request: Request) -> PlainTextResponse:
        passed.append(request.url.path)
        return PlainTextResponse("inside")

    async def talk(websocket: WebSocket) -> None:
        passed.append(websocket.url.path)
        await websocket.accept()
        async for message in websocket.iter_text():
            await websocket.send_text(message.upper())

    @asynccontextmanager
    async def lifespan(_app: Starlette):
        passed.append("lifespan")
        yield

    app = Starlette(
        routes=[
            Route("/http", page, methods=["GET", "POST"]),
            Route("/health", page),
            WebSocketRoute("/websocket", talk),
            *routes,
        ],
        middleware=[Middleware(Marked, policy=policy()), Middleware(Door, **options)],
        lifespan=lifespan,
    )
    listener = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    listener.bind((address, 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="on"))
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started:
        assert thread.is_alive(), "the server ended at its start"
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.01)
    try:
        yield Served(address, listener.getsockname()[1], passed)
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()


def scope(client: tuple[str, int] | None, transport: str, headers: Headers | None = None) -> dict:
    headers = [("host", "localhost:8501")] if headers is None else headers
    return {
        "type": transport,
        "method": "POST",
        "path": "/",
        "client": client,
        "headers": [(name.encode(), value.encode()) for name, value in headers],
    }


def knock(asked: dict, **options) -> tuple[bool, list[dict]]:
    """Whether the door let this ASGI scope in, and what it sent. Reading a body fails the test."""
    inside: list[bool] = []
    sent: list[dict] = []

    async def app(_scope, _receive, _send) -> None:
        inside.append(True)

    async def receive() -> dict:
        raise AssertionError("the door must read nothing")

    async def send(message) -> None:
        sent.append(message)

    asyncio.run(Door(app, **options)(asked, receive, send))
    return bool(inside), sent


def asked(
    app: ASGIApp,
    path: str = "/",
    *,
    headers: Headers | None = None,
    method: str = "GET",
    client: tuple[str, int] | None = ("127.0.0.1", 5000),
    body: bytes = b"",
    **scope: object,
) -> Answer:
    """What an ASGI app answers, asked as by a browser for a page unless `headers` say otherwise."""
    path, _, query = path.partition("?")
    sent: list[Message] = []
    headers = [("accept", "text/html")] if headers is None else headers

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    request = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "client": client,
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers],
        **scope,
    }
    asyncio.run(app(request, receive, send))
    text = b"".join(message.get("body", b"") for message in sent[1:]).decode()
    return Answer(sent[0]["status"], text, Received(raw=sent[0]["headers"]))


def refused_with(sent: list[dict], sentence: str) -> bool:
    """True when `sent` is a refusal with `sentence`, over either transport."""
    if sent[0]["type"] == "websocket.close":
        return [message["type"] for message in sent] == ["websocket.close"] and sent[0]["reason"] == sentence
    return (sent[0]["status"], sent[-1]["body"].decode()) == (403, sentence)
