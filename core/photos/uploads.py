"""Photos that people upload: kept in DATA_DIR under the hash of what they hold.

The stored address is `http://uploads/<sha256>.<png|jpg>`, a host of the Studio's own like the samples'
`sandbox`. Only the sandbox can fetch it (core.photos.address says so in the live world).
"""

import hashlib

from core.config import Settings
from core.errors import StorageFailed
from core.files import write_whole
from core.photos.address import UPLOADS_HOST, PhotoRefused, upload_path
from core.photos.content import judge
from core.photos.fetch import Limits
from core.photos.segments import without_traces

_ENDINGS = {"png": "png", "jpeg": "jpg"}


def keep(settings: Settings, data: bytes) -> str:
    """Check an uploaded photo as any other and store it; returns the address that a location stores.

    What the camera wrote beside the picture, as where it was taken, is not stored. The same photo twice is
    one file. Raises PhotoRefused when HeyGen could not use it, StorageFailed.
    """
    kind, found = judge(data, Limits())
    clean = without_traces(data, kind, found.orientation)
    if clean != data:
        data = clean
        judge(data, Limits())
    name = f"{hashlib.sha256(data).hexdigest()}.{_ENDINGS[kind]}"
    folder = settings.data_dir / "uploads"
    try:
        # Half a file cannot be there: the name comes with the last byte.
        if not (folder / name).is_file():
            write_whole(folder / name, data)
    except OSError as exc:
        raise StorageFailed(
            "The photo could not be written to {folder} ({reason}). Nothing was spent. "
            "Free some space, then try again.",
            folder=str(folder),
            reason=exc.strerror or str(exc),
        ) from exc
    return f"http://{UPLOADS_HOST}/{name}"


def read(settings: Settings, url: str) -> bytes:
    """The bytes of an uploaded photo. Raises PhotoRefused when they are not here."""
    try:
        return upload_path(url, settings).read_bytes()
    except OSError as exc:
        raise PhotoRefused(
            "The uploaded photo cannot be read ({reason}). Nothing was spent. Upload it again.",
            reason=exc.strerror or str(exc),
        ) from exc
