"""The segments that a photo's file is made of: counted before it is decoded, and cleaned before it is kept.

Nothing is decoded here, so the picture itself stays as it was. JPEG is ITU T.81 annex B, PNG is the W3C's.
"""

import re
import zlib
from collections.abc import Iterator
from typing import Literal

Kind = Literal["png", "jpeg"]

_SOI, _EOI, _SOS, _COM = 0xD8, 0xD9, 0xDA, 0xFE
_APP = range(0xE0, 0xF0)
#: Markers without a length: TEM and the restarts.
_BARE = (0x01, *range(0xD0, 0xD8))
_MARKER = re.compile(rb"\xff+([^\x00\xff])")
#: Inside a scan 0xFF is followed by 0x00, and restarts belong to it.
_AFTER_SCAN = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])")
#: What of the application segments says how the pixels are to be shown.
_NEEDED = (b"JFIF\0", b"ICC_PROFILE\0", b"Adobe")

_PNG_START = 8
#: The chunks that say how a PNG looks; a comment is somebody's own words.
_PNG_KEPT = frozenset(
    b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD hIST pHYs sPLT".split()
)
_PNG_COMMENT = b"Comment\0"
#: EXIF that holds the orientation alone, in its last byte but six: one entry (0x0112, SHORT) of one value.
_EXIF = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0%c\0\0\0\0\0\0"


def scans(data: bytes) -> int:
    """How many scans a JPEG has: its decoder goes over the whole picture once for each."""
    return sum(marker == _SOS for marker, _, _ in _jpeg(data))


def without_traces(data: bytes, kind: Kind, orientation: int) -> bytes:
    """The same picture without what cameras and programs wrote beside it: place, time, device, previews.

    Kept are colour profile, comment and `orientation`, EXIF's number for how to turn it (1 is upright).
    """
    exif = _EXIF % orientation if orientation != 1 else b""
    return _clean_png(data, exif) if kind == "png" else _clean_jpeg(data, exif)


def _jpeg(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, beginning and end of every segment to the picture's end; a scan's pixels are part of it."""
    at, pattern = 0, _MARKER
    while found := pattern.search(data, at):
        marker, pattern = found[1][0], _MARKER
        begin, at = found.end() - 2, found.end()
        if marker == _SOI or marker in _BARE:
            yield marker, begin, at
            continue
        if marker == _EOI:
            yield marker, begin, at
            return
        at += max(2, int.from_bytes(data[at : at + 2], "big"))
        if marker == _SOS:
            following = _AFTER_SCAN.search(data, at)
            at, pattern = following.start() if following else len(data), _AFTER_SCAN
        yield marker, begin, at


def _clean_jpeg(data: bytes, exif: bytes) -> bytes:
    kept = []
    for marker, begin, end in _jpeg(data):
        if marker in _APP and not data.startswith(_NEEDED, begin + 4):
            continue
        kept.append(data[begin:end])
        if marker == _SOI and exif:
            body = b"Exif\0\0" + exif
            kept.append(b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body)
    return b"".join(kept)


def _clean_png(data: bytes, exif: bytes) -> bytes:
    kept, at = [data[:_PNG_START]], _PNG_START
    while at + 8 <= len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        name = data[at + 4 : at + 8]
        if name in _PNG_KEPT or (name[1:] in (b"EXt", b"TXt") and data.startswith(_PNG_COMMENT, at + 8)):
            kept.append(data[at:end])
        if name == b"IHDR" and exif:
            body = b"eXIf" + exif
            kept.append(len(exif).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big"))
        if name == b"IEND":
            break
        at = end
    return b"".join(kept)
