"""What a photo's bytes are: PNG or JPEG, large enough, whole, and not more than can be decoded safely."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING, Literal

from core.locale import N_
from core.photos.address import PhotoRefused
from core.photos.fetch import Limits, too_large

if TYPE_CHECKING:
    from PIL import Image

Kind = Literal["png", "jpeg"]

_FORMATS: tuple[tuple[bytes, Kind], ...] = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
)
#: One large picture in memory at a time: 50 megapixels take up to 200 MB while they are decoded.
_decoding = threading.Lock()

_EMPTY = N_("The photo's file is empty. Nothing was spent. Use another one.")
_WEB_PAGE = N_("This is a web page, not a picture. Nothing was spent. Use the link of the picture itself.")
_WEBP = N_("This is a WebP picture; HeyGen takes PNG and JPEG. Nothing was spent. Save it as one of these.")
_GIF = N_("This is a GIF picture; HeyGen takes PNG and JPEG. Nothing was spent. Save it as one of these.")
_HEIC = N_(
    "This is a HEIC picture or a video; HeyGen takes PNG and JPEG. Nothing was spent. Convert it first."
)
_OTHER = N_("This file is neither a PNG nor a JPEG picture. Nothing was spent. Use one of these.")


def judge(data: bytes, limits: Limits) -> tuple[Kind, int, int]:
    """Kind, width and height of a photo that HeyGen can take. Raises PhotoRefused for any other."""
    if len(data) > limits.max_bytes:
        raise too_large(limits.max_bytes)
    kind = _kind(data)
    return kind, *_size(data, kind, limits)


@contextmanager
def opened(data: bytes, kind: Kind, limits: Limits) -> "Iterator[Image.Image]":
    """The picture, to be decoded inside the `with`; whatever is wrong with it is a PhotoRefused."""
    from PIL import Image

    try:
        with Image.open(BytesIO(data), formats=[kind.upper()]) as image:
            yield image
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


def decoding() -> threading.Lock:
    """Held while a whole picture is in memory."""
    return _decoding


def _kind(data: bytes) -> Kind:
    for signature, kind in _FORMATS:
        if data.startswith(signature):
            return kind
    raise PhotoRefused(_what(data))


def _what(data: bytes) -> str:
    """What the bytes are instead, by their beginning."""
    start = data[:512].lstrip().lower()
    if not data:
        return _EMPTY
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<head", b"<svg")):
        return _WEB_PAGE
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _WEBP
    if data[:4] == b"GIF8":
        return _GIF
    if data[4:8] == b"ftyp":
        return _HEIC
    return _OTHER


def _size(data: bytes, kind: Kind, limits: Limits) -> tuple[int, int]:
    """Width and height, judged before the picture is decoded; then it is decoded once, to the last byte."""
    with opened(data, kind, limits) as image:
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


def _too_many_pixels(limits: Limits) -> PhotoRefused:
    return PhotoRefused(
        "The photo has more than {limit:g} million pixels. Nothing was spent. Use a smaller one.",
        limit=limits.max_pixels / 1_000_000,
    )
