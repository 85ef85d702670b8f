"""The account in v3: its wallet, its key, the voices (heygen-api.md section 8)."""

import sqlite3
from typing import Any

from core.amounts import DOLLARS, MICRO
from core.sandbox import store
from core.sandbox.answers import v3, v3_page
from core.sandbox.ask import Ask
from core.sandbox.speakers import ALL
from core.sandbox.v3 import window


def me(rows: sqlite3.Connection, ask: Ask) -> dict[str, Any]:
    """A prepaid wallet, told in whole cents."""
    cents = int(store.setting(rows, "credits")) * 100 // MICRO
    return v3(
        {
            "username": "sandbox",
            "email": None,
            "first_name": None,
            "last_name": None,
            "billing_type": "wallet",
            "wallet": {
                "currency": DOLLARS,
                "remaining_balance": cents / 100,
                "auto_reload": {"enabled": False, "threshold_usd": None, "amount_usd": None},
            },
            "subscription": None,
            "usage_based": None,
        }
    )


def key(rows: sqlite3.Connection, ask: Ask) -> dict[str, Any]:
    """What the key that asks may do."""
    mode = "read_only" if ask.read_only else "full"
    return v3({"key_id": "sandbox", "status": "active", "scope_mode": mode, "scopes": []})


def list_voices(rows: sqlite3.Connection, ask: Ask) -> dict[str, Any]:
    """The voices in pages; `type`, `language` and `gender` choose among them."""
    limit, token = window(ask, default=20, most=100)
    start = token or 0
    chosen = [
        voice
        for voice in ALL
        if ask.query.get("type", "public") == "public"
        and ask.query.get("language", voice.language) == voice.language
        and ask.query.get("gender", voice.gender) == voice.gender
    ]
    return v3_page(
        [
            {
                "voice_id": voice.id,
                "name": voice.name,
                "language": voice.language,
                "gender": voice.gender,
                "preview_audio_url": f"{ask.base}/voices/{voice.id}.mp3",
                "support_pause": True,
                "support_locale": False,
                "type": "public",
            }
            for voice in chosen[start : start + limit]
        ],
        str(start + limit) if len(chosen) > start + limit else None,
    )
