"""Photos: fetched from their URL or taken as bytes, and judged."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import requests

from core import clock
from core.config import is_loopback
from core.sandbox.answers import ASSET_FORMAT, INVALID_PARAMETER, flat

#: The host in the stored URLs of sample photos; it stands for whatever sandbox answers at the moment.
OWN_HOST = "sandbox"
NO_FACE_MARK = b"no-face"
MAX_BYTES, MAX_FORM_BYTES = 10_000_000, 32_000_000
CONNECT_SECONDS, READ_SECONDS, TOTAL_SECONDS = 3.0, 10.0, 20.0
#: What photos may be, and how the files of those that were sent end.
KINDS = {"image/png": ".png", "image/jpeg": ".jpg"}
_SIGNS = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
    b"BM": "image/bmp",
    b"RIFF": "image/webp",
    b"%PDF": "application/pdf",
    b"{": "application/json",
}


@dataclass(frozen=True)
class Photo:
    """A photo that was taken: where it lies, and whether the face check will find somebody."""

    url: str
    face: bool


def own_address(url: str, base: str) -> str:
    """`url`, with the host `sandbox` replaced by the address this sandbox answers at."""
    parts = urlsplit(url)
    return url if parts.hostname != OWN_HOST else base + parts._replace(scheme="", netloc="").geturl()


def fetch(url: str, base: str) -> Photo:
    """The photo behind `url`: PNG or JPEG of at most 10 MB.

    Raises Rejected with HTTP 400 when it cannot be reached or is something else.
    """
    try:
        data, _ = download(own_address(url, base))
    except (requests.RequestException, ValueError) as exc:
        raise flat(400, INVALID_PARAMETER, f"Failed to download the file from url: {short(exc)}") from exc
    return Photo(url, face=_has_face(data))


def take(data: bytes, declared: str, folder: Path, *, most: int = MAX_BYTES) -> Photo:
    """The photo of these bytes, now in `folder` under its hash.

    Raises Rejected with HTTP 400 when it is not of the type it was declared as, or no photo (1a).
    """
    declared, found = declared.partition(";")[0].strip().lower(), sniff(data)
    if declared != found:
        raise flat(400, ASSET_FORMAT, f"Content type not match {declared} != {found}")
    face = _has_face(data)
    if len(data) > most:
        raise flat(400, INVALID_PARAMETER, f"The file is larger than {most // 1_000_000} MB")
    name = hashlib.sha256(data).hexdigest() + KINDS[found]
    if not (folder / name).is_file():
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f"{uuid4().hex}.part"
        part.write_bytes(data)
        part.replace(folder / name)
    return Photo(f"http://{OWN_HOST}/photos/{name}", face=face)


def sniff(data: bytes) -> str:
    """The media type by the first bytes."""
    for sign, kind in _SIGNS.items():
        if data.startswith(sign):
            return kind
    return "application/octet-stream"


def download(url: str) -> tuple[bytes, str]:
    """What is behind the address, at most 10 MB, and the media type that its host declares.

    Raises requests' errors and ValueError.
    """
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
    return bytes(data), response.headers.get("Content-Type", "")


def short(exc: Exception) -> str:
    """The error without the library's object addresses and chains."""
    if isinstance(exc, requests.HTTPError) and exc.response is not None:
        return f"the host answered {exc.response.status_code}"
    if isinstance(exc, requests.ConnectionError):
        return "the host could not be reached"
    if isinstance(exc, requests.Timeout):
        return "the host did not answer in time"
    return str(exc)


def _has_face(data: bytes) -> bool:
    """Whether the face check finds somebody. Raises Rejected with HTTP 400 for what is no photo."""
    kind = sniff(data)
    if kind not in KINDS:
        raise flat(400, ASSET_FORMAT, "Asset format not supported, expected image/png or image/jpeg")
    texts = _png_texts(data) if kind == "image/png" else _jpeg_comments(data)
    return not any(NO_FACE_MARK in text for text in texts)


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
