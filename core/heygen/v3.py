"""HeyGen's current API (heygen-api.md sections 1b, 2i, 6c, 7c, 8, 10b)."""

from core.config import Settings
from core.heygen.dialect import Traits
from core.heygen.motions import MOTION_TYPES
from core.heygen.transport import Transport
from core.money import DOLLARS

TRAITS = Traits(
    name="v3",
    motion="render",
    motion_types={slug: slug for slug in MOTION_TYPES},
    sends_photos=True,
    repeats=True,
    unit=DOLLARS,
)


class V3Dialect:
    """HeyGen's v3. What is raised stands at `core.heygen.dialect.Dialect`."""

    traits = TRAITS

    def __init__(self, transport: Transport, settings: Settings) -> None:
        self._transport = transport
        self._settings = settings
