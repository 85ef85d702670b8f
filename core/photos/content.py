"""What a photo's bytes are: PNG or JPEG, large enough, whole, and not more than can be decoded safely."""

import re

from core.locale import N_
from core.photos.address import PhotoRefused
from core.photos.decoding import Decoded, Kind, decode
from core.photos.fetch import Limits, too_large
from core.photos.segments import scans

#: Programs write about ten; each is one more pass over the whole picture.
MOST_SCANS = 100

_SIGNS: dict[Kind, bytes] = {"png": b"\x89PNG\r\n\x1a\n", "jpeg": b"\xff\xd8\xff"}
_EMPTY = N_("The photo's file is empty. Nothing was spent. Use another one.")
_WEB_PAGE = N_("This is a web page, not a picture. Nothing was spent. Use the link of the picture itself.")
_JSON = N_(
    "This is a program's answer (JSON), not a picture. Nothing was spent. Use the link of the picture itself."
)
_OTHER_PICTURE = N_(
    "This is a {format} picture; HeyGen takes PNG and JPEG. Nothing was spent. Save it as one of these."
)
_AN_OTHER_PICTURE = N_(
    "This is an {format} picture; HeyGen takes PNG and JPEG. Nothing was spent. Save it as one of these."
)
_VIDEO = N_("This is a video; HeyGen takes PNG and JPEG. Nothing was spent. Use a picture.")
_PDF = N_("This is a PDF document; HeyGen takes PNG and JPEG. Nothing was spent. Save it as one of these.")
_OTHER = N_("This file is neither a PNG nor a JPEG picture. Nothing was spent. Use one of these.")

#: Other pictures by their first bytes.
_OTHERS = {
    b"GIF8": "GIF",
    b"BM": "BMP",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
    b"II+\0": "TIFF",
    b"MM\0+": "TIFF",
    b"8BPS": "Photoshop",
    b"\0\0\1\0": "ICO",
    b"\xff\x0a": "JPEG XL",
    b"\0\0\0\x0cJXL ": "JPEG XL",
    b"\0\0\0\x0cjP  ": "JPEG 2000",
}
#: What a file of ISO boxes holds, by its brands (ISO/IEC 14496-12); the more telling come first.
_BRANDS = {
    "AVIF": (b"avif", b"avis"),
    "HEIC": (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"),
}
#: A page may begin with anything that begins a tag, a comment or a declaration.
_MARKUP = re.compile(rb"<(?:[a-z!?/])", re.IGNORECASE)
#: How an object begins, or a list of objects.
_OBJECT = re.compile(rb"\[?\s*\{\s*[\"}]")
_TAG = re.compile(rb"<([a-z]+)", re.IGNORECASE)
_PAGE = re.compile(rb"<(?:html|head|body|title)[\s>]", re.IGNORECASE)


def judge(data: bytes, limits: Limits) -> tuple[Kind, Decoded]:
    """Kind and measures of a photo that HeyGen can take. Raises PhotoRefused for any other."""
    if len(data) > limits.max_bytes:
        raise too_large(limits.max_bytes)
    kind: Kind | None = next((kind for kind, sign in _SIGNS.items() if data.startswith(sign)), None)
    if kind is None:
        raise _refusal(data)
    if kind == "jpeg" and scans(data) > MOST_SCANS:
        raise PhotoRefused(
            "The photo is a JPEG of more than {limit} scans, which no picture needs. Nothing was spent. "
            "Save it anew as PNG or JPEG.",
            limit=MOST_SCANS,
        )
    return kind, decode(data, kind, limits)


def _refusal(data: bytes) -> PhotoRefused:
    """What the bytes are instead, by their beginning."""
    if not data:
        return PhotoRefused(_EMPTY)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _other_picture("WebP")
    if data[4:8] == b"ftyp":
        box = data[8 : max(16, min(int.from_bytes(data[:4], "big"), 512))]
        # The second four bytes are a version.
        brands = {box[at : at + 4] for at in range(0, len(box), 4) if at != 4}
        found = next((name for name, known in _BRANDS.items() if brands & set(known)), None)
        return _other_picture(found) if found else PhotoRefused(_VIDEO)
    for sign, name in _OTHERS.items():
        if data.startswith(sign):
            return _other_picture(name)
    if data.startswith(b"%PDF"):
        return PhotoRefused(_PDF)
    start = _text(data[:4096])
    tag = _TAG.search(start)
    if start.startswith(b"<") and tag and tag[1].lower() == b"svg":
        return _other_picture("SVG")
    if _OBJECT.match(start):
        return PhotoRefused(_JSON)
    return PhotoRefused(_WEB_PAGE if _MARKUP.match(start) or _PAGE.search(start) else _OTHER)


def _other_picture(name: str) -> PhotoRefused:
    """Named as it is spoken: an AVIF, a GIF."""
    return PhotoRefused(_AN_OTHER_PICTURE if name in ("AVIF", "ICO", "SVG") else _OTHER_PICTURE, format=name)


def _text(data: bytes) -> bytes:
    """The beginning as UTF-8 without marks and space, so that it can be compared."""
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(mark):
            data = data[2:].decode(encoding, "replace").encode()
    return data.removeprefix(b"\xef\xbb\xbf").lstrip(b"\0 \t\r\n\f\v")
