"""Routes beside the pages: photos as small pictures, so that a list of a thousand holds none in memory."""

import re
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from core.bloggers.editing import get_location
from core.database.engine import Database
from core.database.tables.bloggers import PastAvatar
from core.errors import StudioError
from core.photos import thumbnails
from core.reports import videos
from core.runs import archive
from core.studio import current

#: Shown where there is no photo.
NO_PHOTO = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="320" height="320" viewBox="0 0 320 320">'
    '<rect width="320" height="320" fill="#8882"/>'
    '<circle cx="160" cy="128" r="46" fill="#8886"/><path d="M64 264a96 78 0 0 1 192 0z" fill="#8886"/></svg>'
)
#: Shown where there is a photo that cannot be fetched or used: a crossed-out picture, so that it is not
#: taken for a missing one.
LOST_PHOTO = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="320" height="320" viewBox="0 0 320 320">'
    '<rect width="320" height="320" fill="#8882"/><g fill="none" stroke="#888b" stroke-width="12" '
    'stroke-linecap="round" stroke-linejoin="round"><rect x="84" y="96" width="152" height="128" rx="14"/>'
    '<circle cx="128" cy="138" r="12"/><path d="M92 212l46-44 30 28 26-24 36 38"/><path d="M72 76l176 168"/>'
    "</g></svg>"
)


async def photo(request: Request) -> Response:
    """The thumbnail of a location's photo, ?past=3: an earlier avatar's; a neutral picture for none."""
    location_id = _number(request.path_params["location_id"])
    if location_id is None:
        return Response("Not found", 404)
    try:
        past = _number(request.query_params.get("past", ""))
        path = await run_in_threadpool(_thumbnail, location_id, past)
    except StudioError:
        neutral = LOST_PHOTO if await run_in_threadpool(_has_link, location_id) else NO_PHOTO
        return Response(neutral, media_type="image/svg+xml", headers={"Cache-Control": "no-store"})
    return FileResponse(path, media_type="image/jpeg", headers={"Cache-Control": "private, max-age=60"})


async def video(request: Request) -> Response:
    """The finished file of a video, in ranges as players ask for it; 404 where there is none."""
    return await _video_file(request.path_params["video_id"], "file", "video/mp4")


async def poster(request: Request) -> Response:
    """A frame of the video; a neutral picture where there is none."""
    return await _video_file(request.path_params["video_id"], "poster", "image/jpeg")


async def _video_file(asked: str, which: str, media_type: str) -> Response:
    video_id = _number(asked)
    if video_id is None:
        return Response("Not found", 404)
    try:
        row = await run_in_threadpool(videos.video, current().db, video_id)
    except StudioError:
        return Response("Not found", 404)
    name = getattr(row, which)
    path = archive.folder_of(current()) / name
    if not name or not path.is_file():
        if which == "poster":
            return Response(NO_PHOTO, media_type="image/svg+xml", headers={"Cache-Control": "no-store"})
        return Response("Not found", 404)
    # Fetched again it may be another file under the same name.
    return FileResponse(path, media_type=media_type, headers={"Cache-Control": "private, no-cache"})


def _number(text: str) -> int | None:
    """A number as the database can hold it, else None: Python refuses to read one of 4,300 digits."""
    return int(text) if re.fullmatch("[0-9]{1,18}", text) else None


def _thumbnail(location_id: int, past: int | None) -> Path:
    studio = current()
    if past is not None:
        return thumbnails.thumbnail(studio.settings, f"past{past}", _past_photo(studio.db, location_id, past))
    location = get_location(studio.db, location_id=location_id)
    return thumbnails.thumbnail(studio.settings, location_id, location.image_url)


def _has_link(location_id: int) -> bool:
    try:
        return bool(get_location(current().db, location_id=location_id).image_url)
    except StudioError:
        return False


def _past_photo(db: Database, location_id: int, past_id: int) -> str:
    with db.read() as session:
        found = session.get(PastAvatar, past_id)
    return found.image_url if found is not None and found.location_id == location_id else ""


ROUTES = (
    Route("/photos/{location_id}", photo),
    Route("/videos/{video_id}.mp4", video),
    Route("/videos/{video_id}/poster.jpg", poster),
)
