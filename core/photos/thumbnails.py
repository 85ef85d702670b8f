"""Small pictures of photos, and the photos that the Studio keeps."""

import hashlib
from pathlib import Path

from core import clock
from core.config import Settings
from core.errors import StorageFailed
from core.files import write_whole
from core.photos.address import PhotoRefused
from core.photos.check import LIMITS, CheckedPhoto, check_photo
from core.photos.decoding import decode
from core.photos.fetch import Limits

#: A list of pictures must not wait long for one of them.
LIST_LIMITS = Limits(total_seconds=10.0)
THUMBNAIL_SIDE = 320
#: Seconds for which a list does not ask again for a photo that was refused.
REFUSED_FOR = 60.0
_refused: dict[Path, tuple[float, PhotoRefused]] = {}


def thumbnail(settings: Settings, owner: int | str, url: str) -> Path:
    """The small picture of a location's photo, a JPEG of at most 320 x 320; fetched when it is not kept yet.

    `owner` is the location's id, or a name for whatever else has a photo. Raises PhotoRefused, for a minute
    without asking again, and StorageFailed.
    """
    path = _thumbnail_path(settings, owner, url)
    if path.is_file():
        return path
    at, refusal = _refused.get(path, (0.0, None))
    if refusal is not None and clock.monotonic() - at < REFUSED_FOR:
        raise PhotoRefused(refusal.template, **refusal.values)
    try:
        photo = check_photo(url, settings, limits=LIST_LIMITS)
    except PhotoRefused as exc:
        if len(_refused) >= 10_000:
            _refused.clear()
        _refused[path] = (clock.monotonic(), exc)
        raise
    return keep_photo(settings, owner, photo)


def keep_photo(settings: Settings, owner: int | str, photo: CheckedPhoto) -> Path:
    """Write the small picture of a checked photo, turned upright, and forget its owner's earlier ones.

    Raises StorageFailed when it cannot be written.
    """
    picture = small_picture(photo)
    path = _thumbnail_path(settings, owner, photo.url)
    try:
        write_whole(path, picture)
        for earlier in path.parent.glob(f"{owner}-*.jpg"):
            if earlier != path:
                earlier.unlink(missing_ok=True)
    except OSError as exc:
        raise StorageFailed(
            "The small picture could not be written to {folder} ({reason}). Nothing was spent. "
            "Free some space, then try again.",
            folder=str(path.parent),
            reason=exc.strerror or str(exc),
        ) from exc
    return path


def _thumbnail_path(settings: Settings, owner: int | str, url: str) -> Path:
    mark = hashlib.sha256(url.encode()).hexdigest()[:16]
    return settings.data_dir / "photos" / f"{owner}-{mark}.jpg"


def small_picture(photo: CheckedPhoto) -> bytes:
    """At most 320 x 320, upright, in a browser's colours, on white where the photo is transparent."""
    return decode(photo.data, photo.kind, LIMITS, side=THUMBNAIL_SIDE).small
