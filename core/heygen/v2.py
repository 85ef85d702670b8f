"""HeyGen's legacy API as it was published (heygen-api.md sections 1 to 8)."""

from core.config import Settings
from core.heygen.dialect import Traits
from core.heygen.legacy import LegacyDialect
from core.heygen.transport import Transport

#: Published slugs (heygen-api.md 13, row 7); for minimax_hailuo_v1 there is none.
TRAITS = Traits(
    name="v2",
    motion="look",
    motion_types={
        "veo2": "veo2",
        "seedance": "seedance_lite",
        "runway_gen3": "runway_gen3",
        "runway_gen4": "runway_gen4",
        "minimax_hailuo_v2": "hailuo_2",
        "kling": "kling",
    },
    sends_photos=True,
)


class V2Dialect(LegacyDialect):
    """HeyGen's v1 and v2. What is raised stands at `core.heygen.dialect.Dialect`."""

    traits = TRAITS

    def __init__(self, transport: Transport, uploads: Transport, settings: Settings) -> None:
        super().__init__(transport)
        self._uploads = uploads
        self._settings = settings
