"""Routes beside the pages: photos as small pictures, so that a list of a thousand holds none in memory."""

from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from core import photos
from core.bloggers import get_location
from core.errors import StudioError
from core.models import PastAvatar
from core.studio import Studio, current

#: Shown where there is no photo, or one that cannot be used.
NO_PHOTO = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="320" height="320" viewBox="0 0 320 320">'
    '<rect width="320" height="320" fill="#8882"/>'
    '<circle cx="160" cy="128" r="46" fill="#8886"/><path d="M64 264a96 78 0 0 1 192 0z" fill="#8886"/></svg>'
)


async def photo(request: Request) -> Response:
    """The thumbnail of a location's photo, ?past=3: an earlier avatar's; a neutral figure for none."""
    asked = request.query_params.get("past", "")
    past = int(asked) if asked.isdecimal() and len(asked) < 19 else None
    try:
        path = await run_in_threadpool(_thumbnail, request.path_params["location_id"], past)
    except StudioError:
        return Response(NO_PHOTO, media_type="image/svg+xml", headers={"Cache-Control": "no-store"})
    return FileResponse(path, media_type="image/jpeg", headers={"Cache-Control": "private, max-age=60"})


def _thumbnail(location_id: int, past: int | None) -> Path:
    studio = current()
    if past is not None:
        return photos.thumbnail(studio.settings, f"past{past}", _past_photo(studio, location_id, past))
    location = get_location(studio.db, location_id=location_id)
    return photos.thumbnail(studio.settings, location_id, location.image_url)


def _past_photo(studio: Studio, location_id: int, past_id: int) -> str:
    with studio.db.read() as session:
        found = session.get(PastAvatar, past_id)
    return found.image_url if found is not None and found.location_id == location_id else ""
