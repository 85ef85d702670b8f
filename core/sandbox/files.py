"""What the sandbox serves to anybody who has the address: photos, videos, motions, voices' samples."""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from core.sandbox import SAMPLES, faults, links, store, voices
from core.sandbox.answers import page
from core.sandbox.avatars import last_motion, motion_status
from core.sandbox.photos import KINDS
from core.sandbox.rendering import Renderer
from core.sandbox.store import Store

#: The name of a kept photo is the hash of what it holds: nothing else in its folder is served.
_KEPT = re.compile(r"[0-9a-f]{64}(\.png|\.jpg)")
_MEDIA = {ending: kind for kind, ending in KINDS.items()}

Respond = Callable[[Request], Awaitable[Response]]


def routes(rows: Store, renderer: Renderer) -> list[Route]:
    """The same in every dialect."""
    served = {
        "/samples/{file}": _sample,
        "/uploads/{file}": _photos(renderer.uploads),
        "/photos/{file}": _photos(renderer.photos),
        "/renders/{file}": _videos(rows, renderer),
        "/motions/{file}": _motions(rows, renderer),
        "/voices/{file}": _voices(renderer.folder),
    }
    return [Route(path, respond, methods=["GET"]) for path, respond in served.items()]


async def _sample(request: Request) -> Response:
    name = request.path_params["file"]
    if name not in {path.name for path in SAMPLES.glob("*.jpg")}:
        return page(404, "404 Not Found")
    return FileResponse(SAMPLES / name, media_type="image/jpeg")


def _photos(folder: Path) -> Respond:
    """Photos as a public host would serve them: by their exact names."""

    async def respond(request: Request) -> Response:
        found = _KEPT.fullmatch(request.path_params["file"])
        if found is None or not (folder / found[0]).is_file():
            return page(404, "404 Not Found")
        return FileResponse(folder / found[0], media_type=_MEDIA[found[1]])

    return respond


def _videos(rows: Store, renderer: Renderer) -> Respond:
    """Finished videos while their addresses hold; parts of them too (Range)."""

    def may_see(video_id: str, expires: str, signature: str) -> bool:
        with rows.write() as opened:
            held = links.holds(video_id, expires, signature, store.secret(opened))
            if not held:
                # Somebody has met the dead address that was asked for on demand.
                faults.take_outcome(opened, "video_status", "link_expired")
            return held

    async def respond(request: Request) -> Response:
        video_id, ending = request.path_params["file"][:32], request.path_params["file"][32:]
        expires, signature = (request.query_params.get(name, "") for name in ("Expires", "Signature"))
        may = await to_thread.run_sync(may_see, video_id, expires, signature)
        if ending != ".mp4" or not may:
            return page(403, "403 Forbidden")
        if not renderer.has(video_id):
            return page(404, "404 Not Found")
        return FileResponse(renderer.file(video_id), media_type="video/mp4")

    return respond


def _motions(rows: Store, renderer: Renderer) -> Respond:
    """How a look with motion moves."""

    def made(look_id: str) -> Path | None:
        with rows.write() as opened:
            look = opened.execute("SELECT * FROM looks WHERE id = ?", (look_id,)).fetchone()
            motion = last_motion(opened, look_id)
        if look is None or motion is None or motion_status(motion) != "completed":
            return None
        return renderer.preview(look_id, look["image_url"])

    async def respond(request: Request) -> Response:
        look_id, _, ending = request.path_params["file"].partition(".")
        path = await to_thread.run_sync(made, look_id) if ending == "mp4" else None
        if path is None:
            return page(404, "404 Not Found")
        return FileResponse(path, media_type="video/mp4")

    return respond


def _voices(folder: Path) -> Respond:
    """What a voice sounds like, as HeyGen's own samples are."""

    async def respond(request: Request) -> Response:
        voice_id, _, ending = request.path_params["file"].partition(".")
        path = await to_thread.run_sync(voices.sample, voice_id, folder) if ending == "mp3" else None
        if path is None:
            return page(404, "404 Not Found")
        return FileResponse(path, media_type="audio/mpeg")

    return respond
