"""Photos: checked before anything is spent on them, and kept as small pictures for lists.

HeyGen takes PNG and JPEG of at least 512 x 512 pixels and at most 10 MB (heygen-api.md 1a) and judges by the
bytes; so does core.photos.content. Where a photo may come from stands in address, how it is fetched in
fetch, how an uploaded one is kept in uploads.
"""

import hashlib
from dataclasses import dataclass

from core.config import Settings
from core.photos import uploads
from core.photos.address import PhotoRefused, is_upload
from core.photos.content import judge
from core.photos.decoding import Kind
from core.photos.fetch import Limits, fetch

LIMITS = Limits()


@dataclass(frozen=True, kw_only=True)
class CheckedPhoto:
    """A photo that HeyGen can take. `url` is the stored address, width and height are as in the file."""

    url: str
    data: bytes
    kind: Kind
    width: int
    height: int
    sha256: str


def check_photo(url: str, settings: Settings, *, limits: Limits = LIMITS) -> CheckedPhoto:
    """Fetch and judge the photo behind `url`; nothing is kept and nothing spent.

    An uploaded photo is read from DATA_DIR. Raises PhotoRefused with a sentence that says what to do.
    """
    if not url:
        raise PhotoRefused("The location has no photo. Nothing was spent. Give it the link of a photo first.")
    data = uploads.read(settings, url) if is_upload(url) else fetch(url, settings, limits)
    return check_bytes(data, url=url, limits=limits)


def check_bytes(data: bytes, *, url: str = "", limits: Limits = LIMITS) -> CheckedPhoto:
    """Judge a photo that is here already, as an uploaded one is. Raises PhotoRefused."""
    kind, found = judge(data, limits)
    return CheckedPhoto(
        url=url,
        data=data,
        kind=kind,
        width=found.width,
        height=found.height,
        sha256=hashlib.sha256(data).hexdigest(),
    )
