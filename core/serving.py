"""Routes beside the pages: photos as small pictures, so that a list of a thousand holds none in memory."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from core import photos
from core.bloggers import get_location
from core.errors import StudioError
from core.studio import current

#: Shown where there is no photo, or one that cannot be used.
NO_PHOTO = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="320" height="320" viewBox="0 0 320 320">'
    '<rect width="320" height="320" fill="#8882"/>'
    '<circle cx="160" cy="128" r="46" fill="#8886"/><path d="M64 264a96 78 0 0 1 192 0z" fill="#8886"/></svg>'
)


async def photo(request: Request) -> Response:
    """The thumbnail of a location's photo; a neutral figure where there is none."""
    try:
        path = await run_in_threadpool(_thumbnail, request.path_params["location_id"])
    except StudioError:
        return Response(NO_PHOTO, media_type="image/svg+xml", headers={"Cache-Control": "no-store"})
    return FileResponse(path, media_type="image/jpeg", headers={"Cache-Control": "private, max-age=60"})


def _thumbnail(location_id: int):
    studio = current()
    location = get_location(studio.db, location_id=location_id)
    return photos.thumbnail(studio.settings, location_id, location.image_url)
