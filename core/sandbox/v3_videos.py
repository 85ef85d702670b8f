"""Videos in v3: motion is an option of the video, and money is checked when it is asked for (6c, 7c)."""

import sqlite3
from typing import Any

from core.amounts import MICRO
from core.sandbox import filming, store
from core.sandbox.answers import invalid, nested, v3
from core.sandbox.ask import Ask
from core.sandbox.filming import FAILURES, Order, status
from core.sandbox.speakers import BY_ID, Speaker
from core.sandbox.v3 import check_fields, choice, page, window

#: Avatar IV from a photo, 0.05 dollars a second (developers.heygen.com/docs/pricing, 10g).
PRICE_A_MINUTE = 60 * MICRO // 20
_FIELDS = frozenset(
    {
        "type",
        "avatar_id",
        "script",
        "audio_url",
        "audio_asset_id",
        "voice_id",
        "voice_settings",
        "title",
        "resolution",
        "aspect_ratio",
        "fit",
        "background",
        "remove_background",
        "output_format",
        "caption",
        "motion_prompt",
        "expressiveness",
        "callback_url",
        "callback_id",
        "engine",
        "watermark",
    }
)
_VOICE_FIELDS = frozenset({"speed", "pitch", "volume", "locale", "engine_settings"})
_SHORT_SIDES = {"4k": 2160, "1080p": 1080, "720p": 720}
#: "auto" follows the photo outside; here it is the default.
_RATIOS = {"16:9": (16, 9), "9:16": (9, 16), "4:5": (4, 5), "5:4": (5, 4), "1:1": (1, 1), "auto": (16, 9)}
EXPRESSIVENESS = ("high", "medium", "low")
_CODES = {"render": "render_failed", "credit": "insufficient_credit"}


def generate(rows: sqlite3.Connection, ask: Ask) -> dict[str, Any]:
    """Accept a video and charge it, both or neither."""
    check_fields(ask, _FIELDS)
    if ask.body.get("type") != "avatar":
        raise invalid("type must be avatar: this sandbox makes no other videos")
    if ask.body.get("audio_url") or ask.body.get("audio_asset_id"):
        raise invalid("audio_url, audio_asset_id: this sandbox plays no recordings")
    avatar_id, script = ask.text("avatar_id"), ask.text("script")
    voice, pace = _voice(ask)
    filming.check_script(script, "script")
    _check_engine(ask)
    width, height = _size(ask)
    look = filming.usable(rows, avatar_id)
    if look is None:
        raise nested(404, "avatar_not_found", f"Avatar {avatar_id} not found")
    order = Order(
        look=look,
        voice=voice,
        script=script,
        pace=pace,
        width=width,
        height=height,
        minute=PRICE_A_MINUTE,
        title=_string(ask, "title"),
        callback_id=_string(ask, "callback_id") or None,
        motion_prompt=_string(ask, "motion_prompt"),
        expressiveness=choice(ask, "expressiveness", EXPRESSIVENESS, "medium"),
    )
    if store.setting(rows, "credits") < order.price:
        raise nested(402, "insufficient_credit", "Insufficient credit. Please add funds to your wallet.")
    return v3({"video_id": filming.accept(rows, ask, order), "status": "waiting", "output_format": "mp4"})


def get_video(rows: sqlite3.Connection, ask: Ask) -> dict[str, Any]:
    """How a video does, its address signed anew. Raises Rejected with HTTP 404."""
    row = rows.execute("SELECT * FROM videos WHERE id = ?", (ask.path["video_id"],)).fetchone()
    if row is None:
        raise nested(404, "video_not_found", "Video not found")
    told = _video(row, ask)
    if told["status"] == "completed":
        told["video_url"] = filming.address(rows, row, ask)
    return v3(told)


def list_videos(rows: sqlite3.Connection, ask: Ask) -> dict[str, Any]:
    """The account's videos whose title has `title` in it, the newest first, without their addresses."""
    limit, token = window(ask, default=10, most=100)
    found = rows.execute(
        "SELECT rowid AS place, * FROM videos WHERE rowid < ? AND instr(title, ?) > 0"
        " ORDER BY rowid DESC LIMIT ?",
        (token or 2**62, ask.query.get("title", ""), limit + 1),
    ).fetchall()
    return page(found, limit, lambda row: _video(row, ask))


def _video(row: sqlite3.Row, ask: Ask) -> dict[str, Any]:
    now = status(row, ask)
    fails = row["fails"] if now == "failed" else "credit" if now == "completed" and row["notice"] else ""
    done = now == "completed"
    return {
        "id": row["id"],
        "title": row["title"],
        "status": now,
        "created_at": int(row["created_at"]),
        "completed_at": int(row["ready_at"]) if done else None,
        "video_url": None,
        "thumbnail_url": None,
        "gif_url": None,
        "captioned_video_url": None,
        "subtitle_url": None,
        "duration": row["duration"] if done else None,
        "folder_id": None,
        "output_language": None,
        "failure_code": _CODES.get(fails),
        "failure_message": FAILURES.get(fails),
        "video_page_url": None,
    }


def _voice(ask: Ask) -> tuple[Speaker, float]:
    """Who speaks, and how fast. Raises Rejected with HTTP 400 or 404."""
    voice_id, settings = ask.text("voice_id"), ask.body.get("voice_settings") or {}
    if voice_id not in BY_ID:
        raise nested(404, "voice_not_found", f"Voice {voice_id} not found")
    if not isinstance(settings, dict) or not settings.keys() <= _VOICE_FIELDS:
        raise invalid(f"voice_settings has only: {', '.join(sorted(_VOICE_FIELDS))}")
    return BY_ID[voice_id], filming.pace(settings.get("speed", 1.0))


def _check_engine(ask: Ask) -> None:
    engine = ask.body.get("engine", {"type": "avatar_iv"})
    if not isinstance(engine, dict) or engine.get("type") != "avatar_iv":
        raise invalid("engine.type must be avatar_iv: this sandbox has no other")
    choice(ask, "output_format", ("mp4",), "mp4")


def _size(ask: Ask) -> tuple[int, int]:
    """Width and height of the resolution, which names the shorter side."""
    short = _SHORT_SIDES[choice(ask, "resolution", tuple(_SHORT_SIDES), "1080p")]
    wide, high = _RATIOS[choice(ask, "aspect_ratio", tuple(_RATIOS), "auto")]
    return short * wide // min(wide, high), short * high // min(wide, high)


def _string(ask: Ask, name: str) -> str:
    value = ask.body.get(name) or ""
    if not isinstance(value, str):
        raise invalid(f"{name} must be a string")
    return value
