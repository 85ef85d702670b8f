"""The sandbox's ASGI app: the key, and the way of a call through its fault.

A call with a valid key is counted and takes its disturbance in one transaction; its work, with the charge
and the result that an Idempotency-Key keeps, is a second one. Rows are worked on in threads; waiting is
asynchronous, so stalled calls occupy nothing.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from email.utils import format_datetime
from typing import Any
from uuid import uuid4

from anyio import CapacityLimiter, to_thread
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders, UploadFile
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core import clock
from core.sandbox import faults, files, idempotency, spoiling, sunset
from core.sandbox.answers import (
    FORBIDDEN,
    INVALID_PARAMETER,
    MISSING_PARAMETER,
    UNAUTHORIZED,
    HangUp,
    Rejected,
    answer,
    flat,
    in_v3,
    nested,
    page,
)
from core.sandbox.ask import Ask
from core.sandbox.hooks import Hooks
from core.sandbox.photos import MAX_FORM_BYTES
from core.sandbox.rendering import Renderer
from core.sandbox.routes import WAYS, Way
from core.sandbox.store import Store

#: Photos are fetched by few threads of their own, so that a slow host does not hold up the others.
FETCHERS = 8


def build(
    rows: Store, stopping: asyncio.Event, renderer: Renderer, hooks: Hooks, dialect: str = "workflow"
) -> Starlette:
    """The app over these rows, the folders of who renders, and who tells what is finished.

    Once `stopping` is set, calls that still wait are cut off unanswered.
    """
    desk = _Desk(rows, stopping, renderer, hooks, dialect)
    app = Starlette(
        routes=[
            *(Route(way.path, desk.endpoint(way), methods=[way.method]) for way in WAYS[dialect]),
            *files.routes(rows, renderer),
        ],
        middleware=[Middleware(_Dated)],
        exception_handlers={404: _unknown_route, 405: _unknown_route},
    )
    app.router.redirect_slashes = False
    return app


@dataclass(frozen=True)
class _Begun:
    """A call that was counted: its fault, the result that was stored for its key, whether sunset is told."""

    fault: faults.Fault | None = None
    result: idempotency.Result | None = None
    sunset: bool = False


class _Desk:
    """Answers calls: key, count, disturbance, work."""

    def __init__(
        self, rows: Store, stopping: asyncio.Event, renderer: Renderer, hooks: Hooks, dialect: str
    ) -> None:
        self._store = rows
        self._renderer = renderer
        self._hooks = hooks
        self._dialect = dialect
        self._stopping = stopping
        self._fetchers = CapacityLimiter(FETCHERS)

    def endpoint(self, way: Way) -> Callable[[Request], Awaitable[Response]]:
        async def respond(request: Request) -> Response:
            key = request.headers.get("x-api-key", "")
            if not key.strip() or key.startswith("wrong"):
                response = self._refused(flat(401, UNAUTHORIZED, "Unauthorized"))
            elif _read_only(key) and way.method != "GET" and not way.control:
                response = self._refused(flat(403, FORBIDDEN, "Permission denied"))
            else:
                response = await self._unless_stopping(self._answer(way, request))
            if self._dialect == "v3" and not way.control:
                response.headers["X-Request-Id"] = uuid4().hex
            return response

        return respond

    async def _unless_stopping(self, answering: Awaitable[Response]) -> Response:
        work, stop = asyncio.ensure_future(answering), asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait({work, stop}, return_when=asyncio.FIRST_COMPLETED)
            return work.result() if work.done() else HangUp()
        finally:
            work.cancel()
            stop.cancel()

    async def _answer(self, way: Way, request: Request) -> Response:
        key = request.headers.get("idempotency-key") if way.repeats else None
        try:
            sent = await _body(request)
            begun = await to_thread.run_sync(self._begin, way, key)
        except ClientDisconnect:
            return HangUp()
        except Rejected as refused:
            return self._refused(refused)
        fault = begun.fault
        if fault and fault.fault in faults.BEFORE:
            response = spoiling.instead(fault, self._dialect)
        else:
            response = await self._worked(begun, way, key, request, sent)
        if fault and fault.fault == "stall":
            await asyncio.sleep(fault.seconds)
        if fault and fault.fault in faults.AFTER:
            response = spoiling.spoilt(fault, self._dialect, response)
        return sunset.announced(way.name, response) if begun.sunset else response

    def _begin(self, way: Way, key: str | None) -> _Begun:
        if not way.name:
            return _Begun()
        with self._store.write() as rows:
            rows.execute(
                "INSERT INTO calls VALUES (?, 1) ON CONFLICT (route) DO UPDATE SET times = times + 1",
                (way.name,),
            )
            begun = _Begun(
                faults.take_disturbance(rows, way.name),
                sunset=self._dialect == "v2" and sunset.told(rows),
            )
        if key is None or (begun.fault and begun.fault.fault in faults.BEFORE):
            return begun
        # In a transaction of its own: a call whose key is refused is counted all the same.
        with self._store.write() as rows:
            result = idempotency.begin(rows, way.name, key, seconds=_late(begun.fault))
        return replace(begun, result=result)

    async def _worked(
        self, begun: _Begun, way: Way, key: str | None, request: Request, sent: bytes
    ) -> Response:
        try:
            await asyncio.sleep(_late(begun.fault))
            status, body = begun.result or await self._result(way, key, request, sent)
        except asyncio.CancelledError:
            # The sandbox stops before the work: the key is free again.
            self._keep_refusal(way, key, (500, {}))
            raise
        return answer(status, body)

    async def _result(self, way: Way, key: str | None, request: Request, sent: bytes) -> idempotency.Result:
        """What the call comes to, stored under its key."""
        try:
            ask = await self._ask(way, request, sent)
            if way.photo is not None:
                photo = await to_thread.run_sync(way.photo, ask, limiter=self._fetchers)
                ask = replace(ask, photo=photo)
            return await to_thread.run_sync(self._work, way, key, ask)
        except Rejected as refused:
            result = refused.status, self._spoken(refused)
            await to_thread.run_sync(self._keep_refusal, way, key, result)
            return result
        except Exception:
            # Broken work is a 500, which no key gives again.
            await to_thread.run_sync(self._keep_refusal, way, key, (500, {}))
            raise

    async def _ask(self, way: Way, request: Request, sent: bytes) -> Ask:
        content_type = request.headers.get("content-type", "")
        if way.body == "form":
            sent, content_type = await _file(request)
        return Ask(
            base=_base(request),
            renderer=self._renderer,
            dialect=self._dialect,
            body=_json(sent) if way.body == "json" else {},
            raw=sent,
            content_type=content_type,
            path=dict(request.path_params),
            query=dict(request.query_params),
            read_only=_read_only(request.headers["x-api-key"]),
            wake_hooks=self._hooks.wake,
        )

    def _work(self, way: Way, key: str | None, ask: Ask) -> idempotency.Result:
        with self._store.write() as rows:
            result = 200, way.work(rows, ask)
            if key is not None:
                idempotency.keep(rows, way.name, key, result)
            return result

    def _keep_refusal(self, way: Way, key: str | None, result: idempotency.Result) -> None:
        if key is None:
            return
        with self._store.write() as rows:
            if result[0] == 429 or result[0] >= 500:
                idempotency.release(rows, way.name, key)
            else:
                idempotency.keep(rows, way.name, key, result)

    def _refused(self, refused: Rejected) -> Response:
        return answer(refused.status, self._spoken(refused))

    def _spoken(self, refused: Rejected) -> dict[str, Any]:
        """The refusal's body in this dialect's envelope."""
        return in_v3(refused.status, refused.body) if self._dialect == "v3" else refused.body


class _Dated:
    """Writes the Date header by the clock that the rows' times come from."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["date"] = format_datetime(clock.now(), usegmt=True)
            await send(message)

        await self._app(scope, receive, dated)


def _late(fault: faults.Fault | None) -> float:
    """Seconds to wait before the work."""
    return fault.seconds if fault and fault.fault == "stall_before" else 0.0


def _read_only(key: str) -> bool:
    return key.startswith("readonly")


def _base(request: Request) -> str:
    host, port = request.scope["server"]
    return f"http://{host}:{port}"


async def _body(request: Request) -> bytes:
    """Raises Rejected with HTTP 413 for what no route takes; a form has its boundaries besides its file."""
    if int(request.headers.get("content-length") or 0) > MAX_FORM_BYTES + 10_000:
        raise nested(413, "payload_too_large", "The file is larger than 32 MB")
    return await request.body()


async def _file(request: Request) -> tuple[bytes, str]:
    """The form's `file` and its type. Raises Rejected with HTTP 400."""
    try:
        async with request.form() as form:
            file = form.get("file")
            if isinstance(file, UploadFile):
                return await file.read(), file.content_type or ""
    except HTTPException as exc:
        raise flat(400, INVALID_PARAMETER, exc.detail) from exc
    raise flat(400, MISSING_PARAMETER, "Missing parameter: file (multipart/form-data)")


def _json(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body) if body else {}
    except ValueError:
        parsed = None
    if not isinstance(parsed, dict):
        raise flat(400, INVALID_PARAMETER, "The body must be a JSON object")
    return parsed


async def _unknown_route(request: Request, exc: Exception) -> Response:
    return page(404, "404 Not Found")
