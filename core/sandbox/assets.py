"""POST /v1/asset: the photo is fetched from its URL, as HeyGen would."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import requests

from core import clock
from core.config import is_loopback
from core.sandbox import store
from core.sandbox.answers import ASSET_FORMAT, INVALID_PARAMETER, flat, v1

#: The host in the stored URLs of sample photos; it stands for whatever sandbox answers at the moment.
OWN_HOST = "sandbox"
NO_FACE_MARK = b"no-face"
MAX_BYTES = 10_000_000
CONNECT_SECONDS, READ_SECONDS, TOTAL_SECONDS = 3.0, 10.0, 20.0


@dataclass(frozen=True)
class Photo:
    """A photo that was fetched: where it came from, and whether the face check will find somebody."""

    url: str
    face: bool


def own_address(url: str, base: str) -> str:
    """`url`, with the host `sandbox` replaced by the address this sandbox answers at."""
    parts = urlsplit(url)
    return url if parts.hostname != OWN_HOST else base + parts._replace(scheme="", netloc="").geturl()


def fetch(url: str, base: str) -> Photo:
    """The photo behind `url`: PNG or JPEG of at most 10 MB.

    Raises Refused with HTTP 400 when it cannot be reached or is something else.
    """
    try:
        data = download(own_address(url, base))
    except (requests.RequestException, ValueError) as exc:
        raise flat(400, INVALID_PARAMETER, f"Failed to download the file from url: {_short(exc)}") from exc
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        texts = _png_texts(data)
    elif data.startswith(b"\xff\xd8\xff"):
        texts = _jpeg_comments(data)
    else:
        raise flat(400, ASSET_FORMAT, "Asset format not supported, expected image/png or image/jpeg")
    return Photo(url, face=not any(NO_FACE_MARK in text for text in texts))


def keep(rows: sqlite3.Connection, photo: Photo) -> dict[str, Any]:
    """Write the upload down; free, and repeated uploads are separate assets (heygen-api.md 1a)."""
    asset_id, moment = uuid4().hex, store.now()
    image_key = f"image/{asset_id}/original"
    rows.execute("INSERT INTO images VALUES (?, ?, ?, ?)", (image_key, photo.url, photo.face, moment))
    return v1(
        {
            "id": asset_id,
            "name": asset_id,
            "file_type": "image",
            "folder_id": "",
            "meta": None,
            "created_ts": int(moment),
            "url": photo.url,
            "image_key": image_key,
        }
    )


def download(url: str) -> bytes:
    """What is behind the address, at most 10 MB. Raises requests' errors and ValueError."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise ValueError("only http and https addresses can be fetched")
    deadline = clock.monotonic() + TOTAL_SECONDS
    with requests.Session() as session:
        # A team's proxy cannot reach this machine's own addresses.
        session.trust_env = not is_loopback(url)
        with session.get(url, stream=True, timeout=(CONNECT_SECONDS, READ_SECONDS)) as response:
            response.raise_for_status()
            data = bytearray()
            for chunk in response.iter_content(65_536):
                data += chunk
                if len(data) > MAX_BYTES:
                    raise ValueError("it is larger than 10 MB")
                if clock.monotonic() > deadline:
                    raise ValueError("it took too long")
    return bytes(data)


def _short(exc: Exception) -> str:
    """The error without the library's object addresses and chains."""
    if isinstance(exc, requests.HTTPError) and exc.response is not None:
        return f"the host answered {exc.response.status_code}"
    if isinstance(exc, requests.ConnectionError):
        return "the host could not be reached"
    if isinstance(exc, requests.Timeout):
        return "the host did not answer in time"
    return str(exc)


def _jpeg_comments(data: bytes) -> Iterator[bytes]:
    """The comment segments before the picture itself."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
        size = int.from_bytes(data[at + 2 : at + 4], "big")
        if data[at + 1] == 0xFE:
            yield data[at + 4 : at + 2 + size]
        at += 2 + size


def _png_texts(data: bytes) -> Iterator[bytes]:
    """The uncompressed text chunks."""
    at = 8
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if data[at + 4 : at + 8] in (b"tEXt", b"iTXt"):
            yield data[at + 8 : at + 8 + size]
        at += 12 + size
