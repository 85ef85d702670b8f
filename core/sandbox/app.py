"""The sandbox's ASGI app: its routes, the key, and the way of a call through its fault.

A call with a valid key is counted and takes its disturbance in one transaction; its work, with the charge,
is a second one. Rows are worked on in threads; waiting is asynchronous, so stalled calls occupy nothing.
"""

import asyncio
import json
import re
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from anyio import CapacityLimiter, to_thread
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core import clock
from core.sandbox import account, assets, avatars, control, faults, links, store, videos, voices
from core.sandbox.answers import INVALID_PARAMETER, UNAUTHORIZED, HangUp, Refused, answer, flat, page
from core.sandbox.avatars import Ask
from core.sandbox.rendering import SAMPLES, Renderer
from core.sandbox.store import Store

#: The name of an uploaded photo is the hash of what it holds: nothing else in the folder is served.
_UPLOAD = re.compile(r"[0-9a-f]{64}\.(png|jpg)")
_MEDIA = {"png": "image/png", "jpg": "image/jpeg"}
#: Photos are fetched by few threads of their own, so that a slow host does not hold up the others.
FETCHERS = 8

Work = Callable[[sqlite3.Connection, Ask], dict[str, Any]]


def _upload(rows: sqlite3.Connection, ask: Ask) -> dict[str, Any]:
    assert ask.photo is not None, "the photo is fetched before the rows are locked"
    return assets.keep(rows, ask.photo)


@dataclass(frozen=True)
class Way:
    """A route: its name for faults and counts ("" for control routes, which have neither), and its work."""

    name: str
    method: str
    path: str
    work: Work


WAYS = (
    Way("upload", "POST", "/v1/asset", _upload),
    Way("create", "POST", "/v2/photo_avatar/avatar_group/create", avatars.create_group),
    Way("motion", "POST", "/v1/photo_avatar.add_motion", avatars.add_motion),
    Way("avatar", "GET", "/v2/photo_avatar/{avatar_id}", avatars.get_avatar),
    Way("groups", "GET", "/v2/avatar_group.list", account.list_groups),
    Way("looks", "GET", "/v2/avatar_group/{group_id}/avatars", account.list_looks),
    Way("delete", "DELETE", "/v2/photo_avatar_group/{group_id}", account.delete_group),
    Way("delete", "DELETE", "/v2/photo_avatar/{avatar_id}", account.delete_look),
    Way("quota", "GET", "/v2/user/remaining_quota", account.remaining_quota),
    Way("voices", "GET", "/v2/voices", voices.list_voices),
    Way("video", "POST", "/v2/video/generate", videos.generate),
    Way("video_status", "GET", "/v1/video_status.get", videos.get_status),
    Way("videos", "GET", "/v1/video.list", videos.list_videos),
    Way("", "GET", "/sandbox/state", control.state),
    Way("", "POST", "/sandbox/faults", control.add_fault),
    Way("", "DELETE", "/sandbox/faults", control.clear_faults),
    Way("", "POST", "/sandbox/settings", control.change_settings),
    Way("", "POST", "/sandbox/reset", control.reset),
)


def build(rows: Store, stopping: asyncio.Event, renderer: Renderer) -> Starlette:
    """The app over these rows, and the folders of who renders.

    Once `stopping` is set, calls that still wait are cut off unanswered.
    """
    desk = _Desk(rows, stopping, renderer)
    routes = [Route(way.path, desk.endpoint(way), methods=[way.method]) for way in WAYS]
    routes.append(Route("/samples/{file}", _sample, methods=["GET"]))
    routes.append(Route("/uploads/{file}", _uploaded(renderer.uploads), methods=["GET"]))
    routes.append(Route("/renders/{file}", desk.video, methods=["GET"]))
    routes.append(Route("/voices/{file}", _voice_sample(renderer.folder), methods=["GET"]))
    app = Starlette(
        routes=routes,
        middleware=[Middleware(_Dated)],
        exception_handlers={404: _unknown_route, 405: _unknown_route},
    )
    app.router.redirect_slashes = False
    return app


class _Desk:
    """Answers calls: key, count, disturbance, work."""

    def __init__(self, rows: Store, stopping: asyncio.Event, renderer: Renderer) -> None:
        self._store = rows
        self._renderer = renderer
        self._stopping = stopping
        self._fetchers = CapacityLimiter(FETCHERS)

    def endpoint(self, way: Way) -> Callable[[Request], Awaitable[Response]]:
        async def respond(request: Request) -> Response:
            if not _valid(request.headers.get("x-api-key", "")):
                return answer(401, {"code": UNAUTHORIZED, "message": "Unauthorized"})
            return await self._unless_stopping(self._answer(way, request))

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
        try:
            body = await request.body()
        except ClientDisconnect:
            return HangUp()
        fault = await to_thread.run_sync(self._begin, way.name) if way.name else None
        if fault and fault.fault == "stall_before":
            await asyncio.sleep(fault.seconds)
        if fault and fault.fault in faults.BEFORE:
            return _instead(fault)
        try:
            ask = Ask(
                base=_base(request),
                renderer=self._renderer,
                body=_json(body),
                path=dict(request.path_params),
                query=dict(request.query_params),
            )
            if way.work is _upload:
                ask = replace(ask, photo=await self._fetch(ask))
            done = await to_thread.run_sync(self._work, way, ask)
            response = answer(200, done)
        except Refused as refused:
            response = answer(refused.status, refused.body)
        if fault and fault.fault == "stall":
            await asyncio.sleep(fault.seconds)
        return _spoilt(fault, response) if fault and fault.fault in faults.AFTER else response

    def _begin(self, name: str) -> faults.Fault | None:
        with self._store.write() as rows:
            rows.execute(
                "INSERT INTO calls VALUES (?, 1) ON CONFLICT (route) DO UPDATE SET times = times + 1", (name,)
            )
            return faults.take_disturbance(rows, name)

    def _work(self, way: Way, ask: Ask) -> dict[str, Any]:
        with self._store.write() as rows:
            return way.work(rows, ask)

    async def video(self, request: Request) -> Response:
        """A finished video, to whoever has its address while that holds; parts of it too (Range)."""
        video_id, ending = request.path_params["file"][:32], request.path_params["file"][32:]
        expires, signature = (request.query_params.get(name, "") for name in ("Expires", "Signature"))
        may = await to_thread.run_sync(self._may_see, video_id, expires, signature)
        if ending != ".mp4" or not may:
            return page(403, "403 Forbidden")
        if not self._renderer.has(video_id):
            return page(404, "404 Not Found")
        return FileResponse(self._renderer.file(video_id), media_type="video/mp4")

    def _may_see(self, video_id: str, expires: str, signature: str) -> bool:
        with self._store.write() as rows:
            held = links.holds(video_id, expires, signature, store.secret(rows))
            if not held:
                # Somebody has met the dead address that was asked for on demand.
                faults.take_outcome(rows, "video_status", "link_expired")
            return held

    async def _fetch(self, ask: Ask) -> assets.Photo:
        return await to_thread.run_sync(assets.fetch, ask.text("url"), ask.base, limiter=self._fetchers)


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


def _valid(key: str) -> bool:
    return bool(key.strip()) and not key.startswith("wrong")


def _base(request: Request) -> str:
    host, port = request.scope["server"]
    return f"http://{host}:{port}"


def _json(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body) if body else {}
    except ValueError:
        parsed = None
    if not isinstance(parsed, dict):
        raise flat(400, INVALID_PARAMETER, "The body must be a JSON object")
    return parsed


def _instead(fault: faults.Fault) -> Response:
    """What is answered where no work was done."""
    if fault.fault == "drop_before":
        return HangUp()
    if fault.fault == "html":
        return page(502, "502 Bad Gateway")
    if fault.fault == "rate_limit":
        response = _error(429, "rate_limit_exceeded", "Too many requests")
        response.headers["Retry-After"] = f"{fault.seconds:g}"
        return response
    if fault.fault == "refuse" and isinstance(fault.code, int):
        return answer(fault.status, {"code": fault.code, "message": fault.message})
    if fault.fault == "refuse":
        return _error(fault.status, fault.code, fault.message)
    return _error(500, "internal_error", "Something went wrong")


def _spoilt(fault: faults.Fault, response: Response) -> Response:
    """What is answered in place of `response` after the work was done."""
    if fault.fault == "drop_after":
        return HangUp()
    if fault.fault == "error_after":
        return _error(500, "internal_error", "Something went wrong")
    if fault.fault == "empty":
        return Response(b"", 200)
    if fault.fault == "no_ids":
        return answer(200, {"data": {}})
    body = bytes(response.body)
    return Response(body[: len(body) // 2], 200, media_type="application/json")


def _error(status: int, code: int | str, message: str) -> Response:
    return answer(status, {"data": None, "error": {"code": code, "message": message}})


async def _sample(request: Request) -> Response:
    name = request.path_params["file"]
    if name not in {path.name for path in SAMPLES.glob("*.jpg")}:
        return page(404, "404 Not Found")
    return FileResponse(SAMPLES / name, media_type="image/jpeg")


def _uploaded(folder: Path) -> Callable[[Request], Awaitable[Response]]:
    """Uploaded photos, as a public host would serve them: by their exact names, to anybody."""

    async def respond(request: Request) -> Response:
        found = _UPLOAD.fullmatch(request.path_params["file"])
        if found is None or not (folder / found[0]).is_file():
            return page(404, "404 Not Found")
        return FileResponse(folder / found[0], media_type=_MEDIA[found[1]])

    return respond


def _voice_sample(folder: Path) -> Callable[[Request], Awaitable[Response]]:
    """What a voice sounds like, to anybody, as HeyGen's own samples are."""

    async def respond(request: Request) -> Response:
        voice_id, _, ending = request.path_params["file"].partition(".")
        path = await to_thread.run_sync(voices.sample, voice_id, folder) if ending == "mp3" else None
        if path is None:
            return page(404, "404 Not Found")
        return FileResponse(path, media_type="audio/mpeg")

    return respond


async def _unknown_route(request: Request, exc: Exception) -> Response:
    return page(404, "404 Not Found")
