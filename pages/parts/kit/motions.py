"""Motion as this world has it: which types can be had, and whether it is made with each video."""

from core.errors import StudioError
from core.heygen.motions import MOTION_TYPES, available, check_motion_type
from core.studio import Studio, current
from pages.parts.kit.words import say, t


def with_video() -> bool:
    """True where HeyGen applies the motion when a video is made: to choose one is no call and is free."""
    return current().client.traits.motion == "render"


def offered(studio: Studio) -> list[str]:
    """The motion types that can be chosen, in the brief's order."""
    return list(available(studio.client.traits))


def not_offered(studio: Studio) -> str:
    """Says which engines of the brief cannot be had here; "" when all can."""
    missing = [name for slug, name in MOTION_TYPES.items() if slug not in offered(studio)]
    return t("Not available here: {engines}", engines=", ".join(missing)) if missing else ""


def refusal(studio: Studio, slug: str) -> str:
    """Why this type cannot be chosen, for markdown; "" when it can."""
    try:
        check_motion_type(slug, studio.client.traits)
    except StudioError as error:
        return say(error)
    return ""
