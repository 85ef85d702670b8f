"""Videos as v1 and v2 publish them: generate, status, list (heygen-api.md 6a, 7a, 7b, 12c)."""

import sqlite3
from typing import Any

from core.amounts import MICRO
from core.sandbox import filming, store
from core.sandbox.answers import (
    BAD_QUERY,
    BAD_VIDEO_ID,
    MISSING_PARAMETER,
    PAYMENT,
    Rejected,
    flat,
    invalid,
    nested,
    v1,
    v2,
)
from core.sandbox.ask import Ask
from core.sandbox.filming import FAILURES, Order, status
from core.sandbox.speakers import BY_ID, Speaker

#: 0.2 credits a minute (the brief, API credits).
PRICE_A_MINUTE = MICRO // 5
LOW, HIGH, FREE_SHORT_SIDE = 128, 4096, 720
MAX_PAGE = 100
#: The codes that failed videos tell.
_CODES = {"render": 40_000, "credit": PAYMENT}


def generate(rows: sqlite3.Connection, ask: Ask) -> dict[str, Any]:
    """Accept a video and charge it; without enough credits it fails later."""
    scene = _scene(ask)
    look = _look(rows, scene)
    voice, script, speed = _voice(scene)
    free = store.setting(rows, "group_limit") >= 0
    width, height = _dimension(ask, free=free)
    order = Order(
        look=look,
        voice=voice,
        script=script,
        pace=speed,
        width=width,
        height=height,
        minute=PRICE_A_MINUTE,
        watermark=free,
        title=str(ask.body.get("title") or ""),
        callback_id=ask.body.get("callback_id"),
    )
    return v2({"video_id": filming.accept(rows, ask, order)})


def get_status(rows: sqlite3.Connection, ask: Ask) -> dict[str, Any]:
    """How a video does. Its address is signed anew in each answer; raises Rejected with HTTP 404."""
    video_id = ask.query.get("video_id", "")
    row = rows.execute("SELECT * FROM videos WHERE id = ?", (video_id,)).fetchone()
    if row is None:
        raise flat(404, BAD_VIDEO_ID, "Video not found")
    now = status(row, ask)
    url, error = None, None
    if now == "failed":
        error = _error(row["fails"])
    elif now == "completed":
        url = filming.address(rows, row, ask)
    if now == "completed" and row["notice"]:
        error = _error("credit")
    return v1(
        {
            "id": video_id,
            "status": now,
            "video_url": url,
            "video_url_caption": None,
            "thumbnail_url": None,
            "gif_url": None,
            "caption_url": None,
            "duration": row["duration"] if now == "completed" else None,
            "created_at": int(row["created_at"]),
            "callback_id": row["callback_id"],
            "error": error,
        }
    )


def list_videos(rows: sqlite3.Connection, ask: Ask) -> dict[str, Any]:
    """The account's videos, the newest first, `limit` at once; `token` goes on after the last page."""
    limit, token = ask.query.get("limit") or str(MAX_PAGE), ask.query.get("token") or str(2**62)
    fits = len(limit) < 5 and len(token) < 20
    if not (fits and limit.isdecimal() and token.isdecimal() and 1 <= int(limit) <= MAX_PAGE):
        raise flat(400, BAD_QUERY, f"limit must be from 1 to {MAX_PAGE}, token as it was given")
    found = rows.execute(
        "SELECT rowid, * FROM videos WHERE rowid < ? ORDER BY rowid DESC LIMIT ?",
        (min(int(token), 2**63 - 1), int(limit) + 1),
    ).fetchall()
    page = found[: int(limit)]
    listed = [
        {
            "video_id": row["id"],
            "status": status(row, ask),
            "video_title": row["title"],
            "created_at": int(row["created_at"]),
            "type": "GENERATED",
        }
        for row in page
    ]
    return v1({"videos": listed, "token": str(page[-1]["rowid"]) if len(found) > len(page) else None})


def _error(fails: str) -> dict[str, Any]:
    return {"code": _CODES[fails], "detail": FAILURES[fails], "message": FAILURES[fails]}


def _scene(ask: Ask) -> dict[str, Any]:
    """The one scene: this sandbox renders no videos of several. Raises Rejected with HTTP 400."""
    scenes = ask.body.get("video_inputs")
    if not isinstance(scenes, list) or not scenes or not all(isinstance(scene, dict) for scene in scenes):
        raise flat(400, MISSING_PARAMETER, "Missing parameter: video_inputs")
    if len(scenes) > 1:
        raise invalid("This sandbox renders one scene a video")
    for part in ("character", "voice"):
        if not isinstance(scenes[0].get(part), dict):
            raise flat(400, MISSING_PARAMETER, f"Missing parameter: video_inputs.0.{part}")
    return scenes[0]


def _look(rows: sqlite3.Connection, scene: dict[str, Any]) -> sqlite3.Row:
    """The look of a photo avatar. Its id under type "avatar" is not found (12c.5), styles are few (12c.6)."""
    character = scene["character"]
    kind, look_id = character.get("type"), character.get("talking_photo_id")
    if kind == "avatar":
        raise _no_avatar(character.get("avatar_id"))
    if kind != "talking_photo":
        raise invalid("character.type must be one of: avatar, talking_photo")
    if not isinstance(look_id, str) or not look_id:
        raise flat(400, MISSING_PARAMETER, "Missing parameter: video_inputs.0.character.talking_photo_id")
    choices = {"talking_photo_style": ("circle", "square"), "talking_style": ("stable", "expressive")}
    for name, allowed in choices.items():
        if character.get(name, allowed[0]) not in allowed:
            raise invalid(f"{name} must be one of: {', '.join(allowed)}")
    look = filming.usable(rows, look_id)
    if look is None:
        raise _no_avatar(look_id)
    return look


def _no_avatar(avatar_id: object) -> Rejected:
    return nested(400, "avatar_not_found", f"Avatar {avatar_id} not found or no longer available.")


def _voice(scene: dict[str, Any]) -> tuple[Speaker, str, float]:
    """Who speaks, what, and how fast. Raises Rejected with HTTP 400."""
    voice = scene["voice"]
    if voice.get("type") != "text":
        raise invalid("voice.type must be text: this sandbox plays no recordings")
    for name in ("voice_id", "input_text"):
        if not isinstance(voice.get(name), str) or not voice[name].strip():
            raise flat(400, MISSING_PARAMETER, f"Missing parameter: video_inputs.0.voice.{name}")
    if voice["voice_id"] not in BY_ID:
        raise nested(400, "voice_not_found", f"Voice {voice['voice_id']} not found")
    filming.check_script(voice["input_text"], "input_text")
    return BY_ID[voice["voice_id"]], voice["input_text"], filming.pace(voice.get("speed", 1.0))


def _dimension(ask: Ask, *, free: bool) -> tuple[int, int]:
    """Width and height, 1920 x 1080 unless said. Raises Rejected with HTTP 400, also above the plan's."""
    dimension = ask.body.get("dimension") or {"width": 1920, "height": 1080}
    if not isinstance(dimension, dict):
        raise invalid("dimension must have a width and a height")
    width, height = (_side(dimension, name) for name in ("width", "height"))
    if free and min(width, height) > FREE_SHORT_SIDE:
        raise invalid("The resolution is not allowed on your plan: at most 720p. Please upgrade for more.")
    return width, height


def _side(dimension: dict[str, Any], name: str) -> int:
    side = dimension.get(name)
    if not isinstance(side, int) or isinstance(side, bool) or side % 2 or not LOW <= side <= HIGH:
        raise invalid(f"{name} must be an even number from {LOW} to {HIGH}")
    return side
