"""Photo avatars in the brief's dialect: create a group with its look, add motion, look at an avatar."""

import sqlite3
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from core.money import MICRO
from core.sandbox import store
from core.sandbox.answers import (
    AVATAR_NOT_FOUND,
    GROUP_LIMIT,
    MISSING_PARAMETER,
    NO_FACE,
    flat,
    nested,
    v2,
)
from core.sandbox.assets import Photo, own_address
from core.sandbox.faults import take_outcome
from core.sandbox.rendering import Renderer

#: Seconds a look and a motion take at speed 1; together about two minutes (heygen-api.md 12b).
LOOK_SECONDS, MOTION_SECONDS = 24.0, 96.0
MOTION_PRICE = 1 * MICRO
#: The seven of the brief. The sandbox keeps its own list: it is HeyGen, and must not believe the client.
MOTION_TYPES = (
    "veo2",
    "seedance",
    "runway_gen3",
    "runway_gen4",
    "minimax_hailuo_v1",
    "minimax_hailuo_v2",
    "kling",
)


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One call: its JSON body, the ids in its path and query, the address it came to, the photo fetched
    for it, and who renders.
    """

    base: str
    renderer: Renderer
    body: dict[str, Any] = field(default_factory=dict)
    path: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    photo: Photo | None = None

    def text(self, name: str) -> str:
        """A parameter that must be there. Raises Refused with HTTP 400, code 40001."""
        value = self.body.get(name)
        if not isinstance(value, str) or not value.strip():
            raise flat(400, MISSING_PARAMETER, f"Missing parameter: {name}")
        return value


def create_group(rows: sqlite3.Connection, ask: Ask) -> dict[str, Any]:
    """A new group and its one look, pending; free. The limit counts groups, empty ones too (2a)."""
    name, image_key = ask.text("name"), ask.text("image_key")
    image = rows.execute("SELECT * FROM images WHERE image_key = ?", (image_key,)).fetchone()
    if image is None:
        raise nested(400, "invalid_parameter", f"image_key is invalid: {image_key}")
    limit = int(store.setting(rows, "group_limit"))
    groups = rows.execute("SELECT count(*) FROM avatar_groups").fetchone()[0]
    if 0 <= limit <= groups:
        raise flat(
            400,
            GROUP_LIMIT,
            f"You have exceeded your limit of {limit} photo avatars. Please upgrade for more.",
        )
    if not image["face"]:
        raise nested(400, NO_FACE, "No face detected in the photo")
    moment = store.now()
    hidden = take_outcome(rows, "create", "hide")
    fails = take_outcome(rows, "create", "look_fails") is not None
    group_id, look_id = uuid4().hex, uuid4().hex
    rows.execute(
        "INSERT INTO avatar_groups VALUES (?, ?, ?, ?)",
        (group_id, name, moment, moment + (hidden.seconds if hidden else 0)),
    )
    ready_at = moment + LOOK_SECONDS / store.setting(rows, "speed")
    rows.execute(
        "INSERT INTO looks VALUES (?, ?, ?, ?, ?, ?, ?)",
        (look_id, group_id, name, image["url"], moment, ready_at, fails),
    )
    return v2(look_answer(rows, find_look(rows, look_id), ask.base))


def add_motion(rows: sqlite3.Connection, ask: Ask) -> dict[str, Any]:
    """Accept a motion and charge one credit, both or neither. A pending look is good enough.

    A later motion takes the place of an earlier one. A failed look is refused.
    """
    avatar_id, motion_type = ask.text("avatar_id"), ask.text("type")
    if motion_type == "avatar_iv":
        raise nested(400, "invalid_parameter", "can't create motion for this type 'avatar_iv'")
    if motion_type not in MOTION_TYPES:
        raise nested(400, "invalid_parameter", f"type must be one of: {', '.join(MOTION_TYPES)}")
    look = find_look(rows, avatar_id)
    if look_status(look) == "failed":
        raise nested(400, "invalid_parameter", f"Photo avatar {avatar_id} has failed, motion is not possible")
    if store.setting(rows, "credits") < MOTION_PRICE:
        raise nested(400, "insufficient_credit", "Insufficient credit. Please add credits to your account.")
    moment = store.now()
    fails = take_outcome(rows, "motion", "motion_fails") is not None
    rows.execute(
        "INSERT INTO motions (avatar_id, type, accepted_at, ready_at, fails) VALUES (?, ?, ?, ?, ?)",
        (avatar_id, motion_type, moment, moment + MOTION_SECONDS / store.setting(rows, "speed"), fails),
    )
    store.put_setting(rows, "credits", store.setting(rows, "credits") - MOTION_PRICE)
    rows.execute(
        "INSERT INTO charges (kind, micro_credits, at, subject) VALUES ('add_motion', ?, ?, ?)",
        (MOTION_PRICE, moment, avatar_id),
    )
    return v2({"status": "processing"})


def get_avatar(rows: sqlite3.Connection, ask: Ask) -> dict[str, Any]:
    """The details of an avatar, with the brief's `avatar_id` and `motion_status` beside v2's fields."""
    return v2(look_answer(rows, find_look(rows, ask.path["avatar_id"]), ask.base))


def find_look(rows: sqlite3.Connection, look_id: str) -> sqlite3.Row:
    """The look's row. Raises Refused with HTTP 404, code 400174."""
    look = rows.execute("SELECT * FROM looks WHERE id = ?", (look_id,)).fetchone()
    if look is None:
        raise nested(404, AVATAR_NOT_FOUND, "Photo avatar not found")
    return look


def look_answer(rows: sqlite3.Connection, look: sqlite3.Row, base: str) -> dict[str, Any]:
    """One look as heygen-api.md section 4 has it. No motion preview: the sandbox renders nothing."""
    status = look_status(look)
    motion = rows.execute(
        "SELECT * FROM motions WHERE avatar_id = ? ORDER BY number DESC LIMIT 1", (look["id"],)
    ).fetchone()
    motion_state = "none" if motion is None else motion_status(motion)
    if motion is not None and status == "failed":
        motion_state = "failed"
    return {
        "avatar_id": look["id"],
        "id": look["id"],
        "group_id": look["group_id"],
        "name": look["name"],
        "status": status,
        "motion_status": motion_state,
        "motion_type": motion["type"] if motion else None,
        "image_url": own_address(look["image_url"], base),
        "created_at": look["created_at"],
        "is_motion": False,
        "motion_preview_url": None,
        "business_type": "uploaded",
        "upscale_availability": {"available": status == "completed", "reason": None},
        "upscaled": False,
        "background_sound_effect": None,
        "moderation_msg": "The photo did not pass moderation" if status == "failed" else None,
        "workflow_error": "The motion could not be generated" if motion_state == "failed" else None,
    }


def motion_status(motion: sqlite3.Row) -> str:
    """processing, completed or failed, by the clock."""
    return _status(motion, "processing")


def look_status(look: sqlite3.Row) -> str:
    """pending, completed or failed, by the clock."""
    return _status(look, "pending")


def _status(row: sqlite3.Row, before: str) -> str:
    if store.now() < row["ready_at"]:
        return before
    return "failed" if row["fails"] else "completed"
