"""The sandbox as a server on 127.0.0.1: in a thread of this process, or as a command of its own."""

import asyncio
import signal
import socket
import threading
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from core.config import SANDBOX_KEY
from core.errors import StartRefused
from core.sandbox.app import build
from core.sandbox.hooks import Hooks
from core.sandbox.rendering import Renderer
from core.sandbox.store import Store

HOST = "127.0.0.1"
DATABASE = "sandbox.db"
#: Where the Studio keeps uploaded photos (core.photos.uploads), for HeyGen to fetch.
UPLOADS = "uploads"
#: Where the sandbox keeps the videos it rendered, and its voices' samples.
RENDERS = "renders"
#: How long calls in flight may still be answered when the sandbox stops.
LAST_WORDS_SECONDS = 0.2
STOPPING_SECONDS = 2.0
STARTING_SECONDS = 10.0


class Sandbox:
    """HeyGen in this dialect over the rows in `data_dir`/sandbox.db, until `stop`; also a context manager.

    `port` 0 takes a free one. A given `speed` (times faster than HeyGen) is kept in the rows and counts for
    every process that serves them; without one the rows' own holds. Several may serve the same rows.
    """

    def __init__(
        self, data_dir: Path, *, port: int = 0, speed: float | None = None, dialect: str = "workflow"
    ) -> None:
        if speed is not None and not 0 < speed < float("inf"):
            raise StartRefused("The sandbox's speed is {speed}; it must be a number above 0.", speed=speed)
        self._path = Path(data_dir) / DATABASE
        self._uploads = Path(data_dir) / UPLOADS
        self._renders = Path(data_dir) / RENDERS
        self._port = port
        self._dialect = dialect
        self._speed = speed
        self._thread: threading.Thread | None = None
        #: Where it answers, for example http://127.0.0.1:40001; empty before the start.
        self.base_url = ""

    def start(self) -> None:
        """Open the rows and return when calls are answered; changes no signal handler.

        Raises StartRefused when the port is taken, StorageFailed when the rows cannot be opened.
        """
        if self._thread is not None:
            raise RuntimeError("this sandbox is running already")
        listener = _listen(self._port)
        try:
            self._store = Store(self._path, self._speed)
        except BaseException:
            listener.close()
            raise
        stopping = asyncio.Event()
        self._renderer = Renderer(self._store, self._renders, self._uploads)
        base_url = f"http://{HOST}:{listener.getsockname()[1]}"
        self._hooks = Hooks(self._store, self._renderer, base_url)
        if self._dialect == "v3":
            self._hooks.wake()
        app = build(self._store, stopping, self._renderer, self._hooks, self._dialect)
        self._server = _Server(_config(app), stopping)
        self._thread = threading.Thread(
            target=self._server.run, args=([listener],), name="sandbox", daemon=True
        )
        self._thread.start()
        if not self._server.answers.wait(STARTING_SECONDS):
            self.stop()
            raise StartRefused("The sandbox did not start within {s:g} seconds.", s=STARTING_SECONDS)
        self.base_url = base_url

    def stop(self) -> None:
        """Stop within a second: calls that still wait are cut off unanswered. Harmless when not running."""
        if self._thread is None:
            return
        self._server.end()
        self._thread.join()
        self._hooks.stop()
        self._renderer.stop()
        self._store.close()
        self._thread = None
        self.base_url = ""

    def __enter__(self) -> "Sandbox":
        self.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()


def serve(data_dir: Path, port: int, speed: float | None, dialect: str = "workflow") -> None:
    """Run the sandbox until SIGTERM or SIGINT; from the main thread only."""
    ended = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        ended.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        with Sandbox(data_dir, port=port, speed=speed, dialect=dialect) as sandbox:
            print(
                f"Sandbox at {sandbox.base_url}. To use it: HEYGEN_API_KEY={SANDBOX_KEY} "
                f"HEYGEN_DIALECT={dialect} HEYGEN_API_BASE={sandbox.base_url}",
                flush=True,
            )
            ended.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Server(uvicorn.Server):
    """Ends when it is told to, not at the next of uvicorn's looks, ten a second."""

    def __init__(self, config: uvicorn.Config, stopping: asyncio.Event) -> None:
        super().__init__(config)
        self.answers = threading.Event()
        self._stopping = stopping
        self._ended = asyncio.Event()

    def end(self) -> None:
        """Stop soon; harmless from any thread, at any time."""
        self.should_exit = True
        if self.answers.is_set():
            # A loop that is closed already has nothing left to end.
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._ended.set)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._loop = asyncio.get_running_loop()
        self.answers.set()

    async def main_loop(self) -> None:
        await self._ended.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        tasks = self.server_state.tasks
        if tasks:
            await asyncio.wait(set(tasks), timeout=LAST_WORDS_SECONDS)
        self._stopping.set()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        if tasks:
            await asyncio.wait(set(tasks), timeout=STOPPING_SECONDS)


class _Protocol(H11Protocol):
    """HTTP/1.1 that lets the app close its connection without an answer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.access_log = False

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        self.app_state = {**self.app_state, "hang_up": transport.abort}


def _config(app: Any) -> uvicorn.Config:
    """Without touching the process's logging, which belongs to the program around the sandbox."""
    return uvicorn.Config(
        app,
        http=_Protocol,
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        # A connection must not end by chance between two calls of a client.
        timeout_keep_alive=600,
    )


def _listen(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except (OSError, OverflowError) as exc:
        listener.close()
        raise StartRefused(
            "Port {port} cannot be used ({reason}). Choose another with --port, or 0 for a free one.",
            port=port,
            reason=getattr(exc, "strerror", None) or str(exc),
        ) from exc
    return listener
