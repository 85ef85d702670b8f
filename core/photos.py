"""Photos: checked before anything is spent on them, and kept as small pictures for lists.

HeyGen takes PNG and JPEG of at least 512 x 512 pixels and at most 10 MB (heygen-api.md 1a) and judges by the
bytes; so does this. Where a photo may come from stands in
core.photo_address, how it is fetched in core.photo_fetch.
"""

import hashlib
import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Literal

from PIL import Image, ImageOps

from core import clock
from core.config import Settings
from core.errors import StorageFailed
from core.photo_address import PhotoRefused, check_address, reachable_url
from core.photo_fetch import Limits, fetch

__all__ = [
    "LIMITS",
    "MAX_BYTES",
    "CheckedPhoto",
    "Limits",
    "PhotoRefused",
    "check_address",
    "check_photo",
    "keep_photo",
    "kept_thumbnail",
    "reachable_url",
    "thumbnail",
]

LIMITS = Limits()
MAX_BYTES = LIMITS.max_bytes
#: A list of pictures must not wait long for one of them.
LIST_LIMITS = Limits(total_seconds=10.0)
THUMBNAIL_SIDE = 320
#: Seconds for which a list does not ask again for a photo that was refused.
REFUSED_FOR = 60.0

_FORMATS: tuple[tuple[bytes, Literal["png", "jpeg"]], ...] = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
)
#: One large picture in memory at a time: 50 megapixels take up to 200 MB while they are decoded.
_decoding = threading.Lock()
_refused: dict[Path, tuple[float, PhotoRefused]] = {}


@dataclass(frozen=True, kw_only=True)
class CheckedPhoto:
    """A photo that HeyGen can take. `url` is the stored address, width and height are as in the file."""

    url: str
    data: bytes
    kind: Literal["png", "jpeg"]
    width: int
    height: int
    sha256: str


def check_photo(url: str, settings: Settings, *, limits: Limits = LIMITS) -> CheckedPhoto:
    """Fetch and judge the photo behind `url`; nothing is kept and nothing spent.

    Raises PhotoRefused with a sentence that says what to do.
    """
    if not url:
        raise PhotoRefused("The location has no photo. Nothing was spent. Give it the link of a photo first.")
    data = fetch(url, settings, limits)
    kind = _kind(data)
    width, height = _size(data, kind, limits)
    return CheckedPhoto(
        url=url,
        data=data,
        kind=kind,
        width=width,
        height=height,
        sha256=hashlib.sha256(data).hexdigest(),
    )


def kept_thumbnail(settings: Settings, location_id: int, url: str) -> Path | None:
    """The small picture if it is already kept; never fetches."""
    path = _thumbnail_path(settings, location_id, url)
    return path if path.is_file() else None


def thumbnail(settings: Settings, location_id: int, url: str) -> Path:
    """The small picture of a location's photo, a JPEG of at most 320 x 320; fetched when it is not kept yet.

    Raises PhotoRefused, for a minute without asking again, and StorageFailed.
    """
    path = _thumbnail_path(settings, location_id, url)
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
    return keep_photo(settings, location_id, photo)


def keep_photo(settings: Settings, location_id: int, photo: CheckedPhoto) -> Path:
    """Write the small picture of a checked photo, turned upright, and forget the location's earlier ones.

    Raises StorageFailed when it cannot be written.
    """
    picture = _small(photo)
    path = _thumbnail_path(settings, location_id, photo.url)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(picture)
            os.replace(temporary, path)
        except OSError:
            with suppress(OSError):
                os.unlink(temporary)
            raise
        for earlier in path.parent.glob(f"{location_id}-*.jpg"):
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


def _thumbnail_path(settings: Settings, location_id: int, url: str) -> Path:
    mark = hashlib.sha256(url.encode()).hexdigest()[:16]
    return settings.data_dir / "photos" / f"{location_id}-{mark}.jpg"


def _kind(data: bytes) -> Literal["png", "jpeg"]:
    for signature, kind in _FORMATS:
        if data.startswith(signature):
            return kind
    raise PhotoRefused(
        "The link leads to {what}, not to a PNG or JPEG picture. Nothing was spent. {cure}",
        what=_what(data),
        cure="Use the link of the picture itself, or save the picture as PNG or JPEG.",
    )


def _what(data: bytes) -> str:
    """What the bytes are instead, by their beginning."""
    start = data[:512].lstrip().lower()
    if not data:
        return "an empty file"
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<head", b"<svg")):
        return "a web page"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "a WebP picture"
    if data[:4] == b"GIF8":
        return "a GIF picture"
    if data[4:8] == b"ftyp":
        return "a HEIC picture or a video"
    return "a file of another kind"


def _size(data: bytes, kind: str, limits: Limits) -> tuple[int, int]:
    """Width and height, judged before the picture is decoded; then it is decoded once, to the last byte."""
    with _readable(limits), Image.open(BytesIO(data), formats=[kind.upper()]) as image:
        width, height = image.size
        if width * height > limits.max_pixels:
            raise _too_many_pixels(limits)
        if min(width, height) < limits.min_side:
            raise PhotoRefused(
                "The photo has {width} x {height} pixels; HeyGen needs at least {side} x {side}. "
                "Nothing was spent. Use a larger one.",
                width=width,
                height=height,
                side=limits.min_side,
            )
        with _decoding:
            image.load()
    return width, height


@contextmanager
def _readable(limits: Limits) -> Iterator[None]:
    try:
        yield
    except PhotoRefused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as exc:
        raise _too_many_pixels(limits) from exc
    except Exception as exc:
        # Pillow promises no set of errors for broken files: SyntaxError, struct.error, zlib.error and more.
        raise PhotoRefused(
            "The photo is damaged or incomplete and cannot be read. Nothing was spent. "
            "Save it anew as PNG or JPEG."
        ) from exc


def _too_many_pixels(limits: Limits) -> PhotoRefused:
    return PhotoRefused(
        "The photo has more than {limit:g} million pixels. Nothing was spent. Use a smaller one.",
        limit=limits.max_pixels / 1_000_000,
    )


def _small(photo: CheckedPhoto) -> bytes:
    """At most 320 x 320, upright, on white where the photo is transparent."""
    with _readable(LIMITS), _decoding, Image.open(BytesIO(photo.data), formats=[photo.kind.upper()]) as image:
        image.draft("RGB", (2 * THUMBNAIL_SIDE, 2 * THUMBNAIL_SIDE))
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
        coloured = upright.convert("RGBA")
        ground = Image.new("RGBA", coloured.size, "white")
        ground.alpha_composite(coloured)
        out = BytesIO()
        ground.convert("RGB").save(out, "JPEG", quality=85)
    return out.getvalue()
