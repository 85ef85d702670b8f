"""A location's photo as a request's body, for the dialects whose HeyGen takes bytes."""

from core.config import Settings
from core.heygen.envelope import File
from core.photos.check import check_photo
from core.photos.fetch import Limits

#: Photos are fetched again when they are sent; that and the sending are done within one call's time.
FETCHING = Limits(total_seconds=20.0)


def photo_file(image_url: str, settings: Settings, *, in_form: bool = False) -> File:
    """The photo behind a stored address, typed by its bytes: HeyGen compares the two (heygen-api.md 1a).

    Raises PhotoRefused.
    """
    photo = check_photo(image_url, settings, limits=FETCHING)
    return File(data=photo.data, content_type=f"image/{photo.kind}", in_form=in_form)
