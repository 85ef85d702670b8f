"""Requests as an attacker writes them: byte by byte, and WebSockets that speak Streamlit's messages."""

import io
import socket
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPResponse
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed, InvalidMessage, InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from tests.doorstep import UPGRADE, Headers

HERE = "127.0.0.1"
#: A peer on this machine whose word about others uvicorn does not believe.
ELSEWHERE = "127.0.0.2"
#: What is never answered is refused as well; nothing here takes longer than this when it is answered.
PATIENCE = 10.0
SHORT = 0.5
STREAM = "/_stcore/stream"


@dataclass
class Answer:
    """What came back; status 0 when the connection ended without an answer."""

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    def header(self, name: str) -> str:
        return ", ".join(value for key, value in self.headers if key.lower() == name)

    def sets(self, name: str) -> str:
        """The value of the cookie that the answer sets; "" where it sets none."""
        for key, value in self.headers:
            if key.lower() == "set-cookie" and value.startswith(f"{name}="):
                return value.partition("=")[2].partition(";")[0].strip('"')
        return ""


def send(port: int, data: bytes, *, source: str = HERE, patience: float = PATIENCE) -> list[Answer]:
    """Every answer that these bytes get, up to the end of the connection or of the patience."""
    received = bytearray()
    with closing(socket.socket()) as link:
        link.bind((source, 0))
        link.settimeout(patience)
        link.connect((HERE, port))
        with suppress(OSError):
            link.sendall(data)
        with suppress(OSError):
            while chunk := link.recv(65536):
                received += chunk
                if received.startswith(b"HTTP/1.1 101"):
                    break
    return list(_answers(bytes(received), data.partition(b" ")[0].decode("latin-1")))


class _Bytes:
    """Bytes in a socket's place."""

    def __init__(self, file: io.BytesIO) -> None:
        self.file = file

    def makefile(self, *_: object) -> io.BytesIO:
        return self.file


def _answers(data: bytes, method: str) -> Iterator[Answer]:
    file = io.BytesIO(data)
    file.close = lambda: None  # type: ignore[method-assign]  (HTTPResponse closes it after the first)
    while file.tell() < len(data):
        response = HTTPResponse(_Bytes(file), method=method)  # type: ignore[arg-type]
        try:
            response.begin()
            body = b"" if response.status == 101 else response.read()
        except HTTPException:
            return
        yield Answer(response.status, response.getheaders(), body)
        if response.status == 101:
            return


def request(method: str, target: str, headers: Iterable[tuple[str, str]], body: bytes = b"") -> bytes:
    """A request as these bytes; it is the last of its connection unless a header says otherwise."""
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers)]
    return "".join(f"{line}\r\n" for line in [*lines, ""]).encode("utf-8", "surrogateescape") + body


@dataclass
class Caller:
    """Somebody who asks one Studio, under `host`, with these headers of his own."""

    port: int
    host: str
    headers: Headers = field(default_factory=list)
    source: str = HERE

    def ask(
        self,
        path: str = "/",
        method: str = "GET",
        headers: Headers | None = None,
        *,
        body: bytes = b"",
        host: str | None = None,
        patience: float = PATIENCE,
    ) -> Answer:
        """The answer to one request, as a browser asks for a page unless `headers` say otherwise."""
        sent = [("Host", self.host if host is None else host), *self.headers, *(headers or [])]
        names = {name.lower() for name, _ in sent}
        if "accept" not in names:
            sent.append(("Accept", "text/html"))
        if body and not names & {"content-length", "transfer-encoding"}:
            sent.append(("Content-Length", str(len(body))))
        if "connection" not in names:
            sent.append(("Connection", "close"))
        found = send(self.port, request(method, path, sent, body), source=self.source, patience=patience)
        return found[0] if found else Answer(0)

    def shake(self, path: str = STREAM, headers: Headers | None = None, **options: Any) -> Answer:
        """The answer to the handshake of a WebSocket."""
        return self.ask(path, headers=[*UPGRADE, *(headers or [])], **options)

    @contextmanager
    def talk(self, origin: str = "", subprotocols: Iterable[str] = ("streamlit",)) -> Iterator["Talk"]:
        """An open WebSocket. Raises NoTalk when the handshake is refused."""
        link = socket.socket()
        link.bind((self.source, 0))
        link.settimeout(PATIENCE)
        link.connect((HERE, self.port))
        link.settimeout(None)
        try:
            opened = connect(
                f"ws://{self.host}{STREAM}",
                sock=link,
                origin=Origin(origin) if origin else None,
                subprotocols=[Subprotocol(one) for one in subprotocols],
                additional_headers=self.headers,
                max_size=None,
                compression=None,
                proxy=None,
            )
        except (InvalidStatus, InvalidMessage) as error:
            link.close()
            raise NoTalk(getattr(getattr(error, "response", None), "status_code", 0)) from error
        with opened:
            yield Talk(opened)


class NoTalk(Exception):
    """The handshake was refused, with this status."""


@dataclass
class Run:
    """What one run of the script sent."""

    messages: list[ForwardMsg]
    ended: bool

    @property
    def told(self) -> bytes:
        return b"".join(message.SerializeToString() for message in self.messages)

    @property
    def session(self) -> str:
        """The id of the session, as the browser gets to know it."""
        found = [m.new_session for m in self.messages if m.WhichOneof("type") == "new_session"]
        return found[0].initialize.session_id if found else ""

    @property
    def pages(self) -> dict[str, str]:
        """The pages of the navigation: their hashes, by their addresses."""
        return {
            page.url_pathname: page.page_script_hash
            for message in self.messages
            if message.WhichOneof("type") == "navigation"
            for page in message.navigation.app_pages
        }

    @property
    def fragments(self) -> set[str]:
        return {m.delta.fragment_id for m in self.messages if m.WhichOneof("type") == "delta"} - {""}

    @property
    def kinds(self) -> set[str]:
        """What kinds of elements are drawn."""
        elements = [m.delta.new_element for m in self.messages if m.WhichOneof("type") == "delta"]
        return {element.WhichOneof("type") or "" for element in elements} - {"", "empty"}

    def widgets(self, *kinds: str) -> dict[str, Any]:
        """The widgets of these kinds, by their ids."""
        found = {}
        for message in self.messages:
            if message.WhichOneof("type") != "delta" or not message.delta.HasField("new_element"):
                continue
            element = message.delta.new_element
            kind = element.WhichOneof("type")
            if kind in kinds:
                found[getattr(element, kind).id] = getattr(element, kind)
        return found


@dataclass
class Talk:
    """An open WebSocket."""

    link: Any

    def run(self, **state: Any) -> Run:
        """Ask for a run of the script with this state of the browser's; what came until it ended."""
        message = BackMsg()
        rerun = message.rerun_script
        rerun.SetInParent()
        for identity, value in state.pop("values", {}).items():
            widget = rerun.widget_states.widgets.add(id=identity)
            setattr(
                widget, "trigger_value" if value is None else _field(value), True if value is None else value
            )
        for name, value in state.items():
            setattr(rerun, name, value)
        return self.say(message)

    def say(self, message: BackMsg) -> Run:
        found: list[ForwardMsg] = []
        try:
            self.link.send(message.SerializeToString())
            while True:
                told = ForwardMsg()
                told.ParseFromString(self.link.recv(timeout=PATIENCE))
                found.append(told)
                if told.WhichOneof("type") == "script_finished" and told.script_finished != 2:
                    return Run(found, ended=False)
        except ConnectionClosed:
            return Run(found, ended=True)


def _field(value: object) -> str:
    return {bool: "bool_value", int: "int_value", str: "string_value"}[type(value)]
