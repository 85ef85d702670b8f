"""What v3's routes have in common: parameters, and lists in pages (heygen-api.md 10b)."""

import sqlite3
from collections.abc import Callable
from typing import Any

from core.sandbox.answers import invalid, v3_page
from core.sandbox.ask import Ask


def check_fields(ask: Ask, known: frozenset[str]) -> None:
    """Raises Rejected with HTTP 400 for a field that v3 does not have."""
    for name in ask.body:
        if name not in known:
            raise invalid(f"Unknown field: {name}")


def choice(ask: Ask, name: str, allowed: tuple[str, ...], default: str) -> str:
    """The parameter, one of these. Raises Rejected with HTTP 400."""
    value = ask.body.get(name, default)
    if value not in allowed:
        raise invalid(f"{name} must be one of: {', '.join(allowed)}")
    return value


def window(ask: Ask, *, default: int, most: int) -> tuple[int, int | None]:
    """How many items a page has, and the token to go on from. Raises Rejected with HTTP 400."""
    limit, token = ask.query.get("limit") or str(default), ask.query.get("token") or ""
    if not (limit.isdecimal() and len(limit) < 5 and 1 <= int(limit) <= most):
        raise invalid(f"limit must be from 1 to {most}")
    if token and not (token.isdecimal() and len(token) < 19):
        raise invalid("token is not valid")
    return int(limit), int(token) if token else None


def page(found: list[sqlite3.Row], limit: int, told: Callable[[sqlite3.Row], Any]) -> dict[str, Any]:
    """The first `limit` of these rows; `place` of the last of them leads on where there are more."""
    rest = str(found[limit - 1]["place"]) if len(found) > limit else None
    return v3_page([told(row) for row in found[:limit]], rest)
