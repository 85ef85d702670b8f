"""Videos as v1 and v2 publish them: generate, status, list (heygen-api.md 6a, 7a, 7b, 12c)."""

import sqlite3
from math import isfinite
from typing import Any
from uuid import uuid4

from core.money import MICRO
from core.sandbox import faults, links, store
from core.sandbox.answers import (
    BAD_QUERY,
    BAD_TEXT,
    BAD_VIDEO_ID,
    MISSING_PARAMETER,
    PAYMENT,
    Refused,
    flat,
    nested,
    v1,
    v2,
)
from core.sandbox.avatars import Ask, look_status
from core.sandbox.speakers import BY_ID, Voice
from core.sandbox.speaking import can_be_spoken, speak

MAX_SIGNS = 5000
#: 0.2 credits a minute (the brief, API credits).
PRICE_A_MINUTE = MICRO // 5
#: Seconds at speed 1: waiting for its turn, then rendering, longer for longer videos.
PENDING_SECONDS, RENDER_SECONDS, RENDER_SHARE = 5.0, 45.0, 0.5
LOW, HIGH, FREE_SHORT_SIDE = 128, 4096, 720
MAX_PAGE = 100
#: What failed videos say.
_ERRORS = {
    "render": (40_000, "The video could not be rendered. Please try again."),
    "credit": (PAYMENT, "Insufficient credit. This operation requires 'api' credits."),
}


def generate(rows: sqlite3.Connection, ask: Ask) -> dict[str, Any]:
    """Accept a video and charge it, both or neither.

    Without enough credits it is accepted too and fails later, without a charge (12c.8).
    """
    scene = _scene(ask)
    look = _look(rows, scene)
    voice, script, speed = _voice(scene)
    free = store.setting(rows, "group_limit") >= 0
    width, height = _dimension(ask, free=free)
    # Charged is what is told: the milliseconds of its frames.
    seconds = round(speak(script, pace=voice.pace * speed, wobble=voice.id).seconds, 3)
    price = -(-round(seconds * 1000) * PRICE_A_MINUTE // 60_000)
    fails = _fate(rows, price)
    late = faults.take_outcome(rows, "video", "url_late") is not None
    notice = faults.take_outcome(rows, "video", "watermark_notice") is not None
    video_id, moment = uuid4().hex, store.now()
    starts_at = moment + PENDING_SECONDS / store.setting(rows, "speed")
    takes = (RENDER_SECONDS + RENDER_SHARE * seconds) / store.setting(rows, "speed")
    row = {
        "id": video_id,
        "title": str(ask.body.get("title") or ""),
        "look_id": look["id"],
        "image_url": look["image_url"],
        "voice_id": voice.id,
        "script": script,
        "speed": speed,
        "width": width,
        "height": height,
        "watermark": free or notice,
        "duration": seconds,
        "created_at": moment,
        "starts_at": starts_at,
        "ready_at": starts_at if fails == "credit" else moment + takes,
        "fails": fails,
        "late": late,
        "notice": notice,
        "callback_id": ask.body.get("callback_id"),
    }
    rows.execute(
        f"INSERT INTO videos ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", tuple(row.values())
    )
    if not fails:
        _charge(rows, video_id, price, moment)
        ask.renderer.ask(video_id)
    return v2({"video_id": video_id})


def get_status(rows: sqlite3.Connection, ask: Ask) -> dict[str, Any]:
    """How a video does. Its address is signed anew in each answer; raises Refused with HTTP 404."""
    video_id = ask.query.get("video_id", "")
    row = rows.execute("SELECT * FROM videos WHERE id = ?", (video_id,)).fetchone()
    if row is None:
        raise flat(404, BAD_VIDEO_ID, "Video not found")
    now = status(row, ask)
    url, error = None, None
    if now == "failed":
        error = _error(row["fails"])
    elif now == "completed" and row["late"]:
        rows.execute("UPDATE videos SET late = late - 1 WHERE id = ?", (video_id,))
    elif now == "completed":
        expired = faults.waits(rows, "video_status", "link_expired")
        url = links.signed(ask.base, video_id, store.secret(rows), expired=expired)
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
    if not (limit.isdecimal() and token.isdecimal() and 1 <= int(limit) <= MAX_PAGE and len(token) < 20):
        raise flat(400, BAD_QUERY, f"limit must be from 1 to {MAX_PAGE}, token as it was given")
    found = rows.execute(
        "SELECT rowid, * FROM videos WHERE rowid < ? ORDER BY rowid DESC LIMIT ?",
        (int(token), int(limit) + 1),
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


def status(row: sqlite3.Row, ask: Ask) -> str:
    """pending, processing, completed or failed: by the clock, and completed only with the file.

    A file that nobody makes is asked for here.
    """
    finished = bool(row["fails"]) or ask.renderer.has(row["id"])
    if not finished:
        ask.renderer.ask(row["id"])
    if store.now() < row["starts_at"]:
        return "pending"
    if store.now() < row["ready_at"] or not finished:
        return "processing"
    return "failed" if row["fails"] else "completed"


def _fate(rows: sqlite3.Connection, price: int) -> str:
    """How the video will fail: "render", "credit", or "" for not at all."""
    if faults.take_outcome(rows, "video", "render_fails"):
        return "render"
    if faults.take_outcome(rows, "video", "credit_gone") or store.setting(rows, "credits") < price:
        return "credit"
    return ""


def _charge(rows: sqlite3.Connection, video_id: str, price: int, moment: float) -> None:
    store.put_setting(rows, "credits", store.setting(rows, "credits") - price)
    rows.execute(
        "INSERT INTO charges (kind, micro_credits, at, subject) VALUES ('generate_video', ?, ?, ?)",
        (price, moment, video_id),
    )


def _error(fails: str) -> dict[str, Any]:
    code, message = _ERRORS[fails]
    return {"code": code, "detail": message, "message": message}


def _invalid(message: str) -> Refused:
    return nested(400, "invalid_parameter", message)


def _scene(ask: Ask) -> dict[str, Any]:
    """The one scene: this sandbox renders no videos of several. Raises Refused with HTTP 400."""
    scenes = ask.body.get("video_inputs")
    if not isinstance(scenes, list) or not scenes or not all(isinstance(scene, dict) for scene in scenes):
        raise flat(400, MISSING_PARAMETER, "Missing parameter: video_inputs")
    if len(scenes) > 1:
        raise _invalid("This sandbox renders one scene a video")
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
        raise _invalid("character.type must be one of: avatar, talking_photo")
    if not isinstance(look_id, str) or not look_id:
        raise flat(400, MISSING_PARAMETER, "Missing parameter: video_inputs.0.character.talking_photo_id")
    choices = {"talking_photo_style": ("circle", "square"), "talking_style": ("stable", "expressive")}
    for name, allowed in choices.items():
        if character.get(name, allowed[0]) not in allowed:
            raise _invalid(f"{name} must be one of: {', '.join(allowed)}")
    look = rows.execute("SELECT * FROM looks WHERE id = ?", (look_id,)).fetchone()
    if look is None:
        raise _no_avatar(look_id)
    if look_status(look) != "completed":
        raise _invalid(f"Photo avatar {look_id} is {look_status(look)}, it cannot be used yet")
    return look


def _no_avatar(avatar_id: object) -> Refused:
    return nested(400, "avatar_not_found", f"Avatar {avatar_id} not found or no longer available.")


def _voice(scene: dict[str, Any]) -> tuple[Voice, str, float]:
    """Who speaks, what, and how fast. Raises Refused with HTTP 400."""
    voice = scene["voice"]
    script, speed = voice.get("input_text"), voice.get("speed", 1.0)
    if voice.get("type") != "text":
        raise _invalid("voice.type must be text: this sandbox plays no recordings")
    for name in ("voice_id", "input_text"):
        if not isinstance(voice.get(name), str) or not voice[name].strip():
            raise flat(400, MISSING_PARAMETER, f"Missing parameter: video_inputs.0.voice.{name}")
    if voice["voice_id"] not in BY_ID:
        raise nested(400, "voice_not_found", f"Voice {voice['voice_id']} not found")
    if len(script) > MAX_SIGNS:
        raise _invalid(f"input_text must be at most {MAX_SIGNS} characters, it has {len(script)}")
    if not can_be_spoken(script):
        raise flat(400, BAD_TEXT, "input_text has no words to speak")
    if isinstance(speed, bool) or not isinstance(speed, int | float) or not isfinite(speed):
        raise _invalid("speed must be a number")
    if not 0.5 <= speed <= 1.5:
        raise _invalid("speed must be from 0.5 to 1.5")
    return BY_ID[voice["voice_id"]], script, float(speed)


def _dimension(ask: Ask, *, free: bool) -> tuple[int, int]:
    """Width and height, 1920 x 1080 unless said. Raises Refused with HTTP 400, also above the plan's."""
    dimension = ask.body.get("dimension") or {"width": 1920, "height": 1080}
    if not isinstance(dimension, dict):
        raise _invalid("dimension must have a width and a height")
    width, height = (_side(dimension, name) for name in ("width", "height"))
    if free and min(width, height) > FREE_SHORT_SIDE:
        raise _invalid("The resolution is not allowed on your plan: at most 720p. Please upgrade for more.")
    return width, height


def _side(dimension: dict[str, Any], name: str) -> int:
    side = dimension.get(name)
    if not isinstance(side, int) or isinstance(side, bool) or side % 2 or not LOW <= side <= HIGH:
        raise _invalid(f"{name} must be an even number from {LOW} to {HIGH}")
    return side
