"""A video in every dialect: accepted with its charge, rendered by the clock, fetched by a link."""

import sqlite3
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from uuid import uuid4

from core.sandbox import faults, links, store
from core.sandbox.answers import BAD_TEXT, flat, invalid
from core.sandbox.ask import Ask
from core.sandbox.avatars import look_status
from core.sandbox.speakers import Speaker
from core.sandbox.speaking import can_be_spoken, speak

MAX_SIGNS = 5000
#: Seconds at speed 1: waiting for its turn, then rendering, longer for longer videos.
PENDING_SECONDS, RENDER_SECONDS, RENDER_SHARE = 5.0, 45.0, 0.5
#: What failed videos say; the code of a failed payment is each dialect's own.
FAILURES = {
    "render": "The video could not be rendered. Please try again.",
    "credit": "Insufficient credit. This operation requires 'api' credits.",
}


@dataclass(frozen=True, kw_only=True)
class Order:
    """A video that was asked for and may be made. `minute` is its price per minute, in millionths."""

    look: sqlite3.Row
    voice: Speaker
    script: str
    pace: float
    width: int
    height: int
    minute: int
    watermark: bool = False
    title: str = ""
    callback_id: str | None = None
    motion_prompt: str = ""
    expressiveness: str = ""

    @cached_property
    def seconds(self) -> float:
        """How long it will be: charged is what is told, the milliseconds of its frames."""
        said = speak(self.script, pace=self.voice.pace * self.pace, wobble=self.voice.id)
        return round(said.seconds, 3)

    @property
    def price(self) -> int:
        return -(-round(self.seconds * 1000) * self.minute // 60_000)


def usable(rows: sqlite3.Connection, look_id: str) -> sqlite3.Row | None:
    """The look's row, None for an unknown one. Raises Rejected with HTTP 400 until it is completed."""
    look = rows.execute("SELECT * FROM looks WHERE id = ?", (look_id,)).fetchone()
    if look is not None and look_status(look) != "completed":
        raise invalid(f"Photo avatar {look_id} is {look_status(look)}, it cannot be used yet")
    return look


def check_script(script: str, name: str) -> None:
    """Raises Rejected with HTTP 400 for a text that is too long or says nothing; `name` is its field."""
    if len(script) > MAX_SIGNS:
        raise invalid(f"{name} must be at most {MAX_SIGNS} characters, it has {len(script)}")
    if not can_be_spoken(script):
        raise flat(400, BAD_TEXT, f"{name} has no words to speak")


def pace(speed: object) -> float:
    """How fast is spoken, from 0.5 to 1.5. Raises Rejected with HTTP 400."""
    if isinstance(speed, bool) or not isinstance(speed, int | float) or not isfinite(speed):
        raise invalid("speed must be a number")
    if not 0.5 <= speed <= 1.5:
        raise invalid("speed must be from 0.5 to 1.5")
    return float(speed)


def accept(rows: sqlite3.Connection, ask: Ask, order: Order) -> str:
    """The id of the new video, charged, both or neither.

    Without enough credits it is accepted too and fails later, without a charge (12c.8).
    """
    fails = _fate(rows, order.price)
    late = faults.take_outcome(rows, "video", "url_late") is not None
    notice = faults.take_outcome(rows, "video", "watermark_notice") is not None
    video_id, moment = uuid4().hex, store.now()
    starts_at = moment + PENDING_SECONDS / store.setting(rows, "speed")
    takes = (RENDER_SECONDS + RENDER_SHARE * order.seconds) / store.setting(rows, "speed")
    row = {
        "id": video_id,
        "title": order.title,
        "look_id": order.look["id"],
        "image_url": order.look["image_url"],
        "voice_id": order.voice.id,
        "script": order.script,
        "speed": order.pace,
        "width": order.width,
        "height": order.height,
        "watermark": order.watermark or notice,
        "duration": order.seconds,
        "created_at": moment,
        "starts_at": starts_at,
        "ready_at": starts_at if fails == "credit" else moment + takes,
        "fails": fails,
        "late": late,
        "notice": notice,
        "callback_id": order.callback_id,
        "motion_prompt": order.motion_prompt,
        "expressiveness": order.expressiveness,
    }
    rows.execute(
        f"INSERT INTO videos ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", tuple(row.values())
    )
    if not fails:
        store.charge(rows, "generate_video", order.price, subject=video_id, at=moment)
        ask.renderer.ask(video_id)
    return video_id


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


def address(rows: sqlite3.Connection, row: sqlite3.Row, ask: Ask) -> str | None:
    """The completed video's address, signed anew; None once where it was asked to come late."""
    if row["late"]:
        rows.execute("UPDATE videos SET late = late - 1 WHERE id = ?", (row["id"],))
        return None
    expired = faults.waits(rows, "video_status", "link_expired")
    return links.signed(ask.base, row["id"], store.secret(rows), expired=expired)


def _fate(rows: sqlite3.Connection, price: int) -> str:
    """How the video will fail: "render", "credit", or "" for not at all."""
    if faults.take_outcome(rows, "video", "render_fails"):
        return "render"
    if faults.take_outcome(rows, "video", "credit_gone") or store.setting(rows, "credits") < price:
        return "credit"
    return ""
