"""Whether the connection works: the key, the dialects that answer with it, balance, plan and groups."""

from typing import Any
from urllib.parse import urlsplit

from core import account
from core.studio import Studio


def examine(studio: Studio) -> dict[str, Any]:
    """What HeyGen says of the account, with what the Studio is set to; free GETs only. Raises HeyGenError."""
    reading = account.refresh(studio)
    settings = studio.settings
    return {
        "dialect": settings.dialect,
        "world": settings.world,
        "host": urlsplit(settings.api_base).netloc,
        "credits": reading.micro_credits,
        "groups": reading.groups,
        "group_limit": studio.plan.groups,
        "plan": studio.plan.name,
    }
