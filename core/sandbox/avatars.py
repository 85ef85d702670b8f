"""Photo avatars in the brief's dialect: create a group with its look, add motion, look at an avatar."""

import sqlite3
from typing import Any
from uuid import uuid4

from core.amounts import MICRO
from core.sandbox import store
from core.sandbox.answers import (
    AVATAR_NOT_FOUND,
    GROUP_LIMIT,
    NO_FACE,
    flat,
    nested,
    v2,
)
from core.sandbox.ask import Ask
from core.sandbox.faults import take_outcome
from core.sandbox.photos import Photo, own_address

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


def create_group(rows: sqlite3.Connection, ask: Ask) -> dict[str, Any]:
    """A new group and its one look, pending; free."""
    name, image_key = ask.text("name"), ask.text("image_key")
    look = make_group(rows, name, image(rows, image_key), group_id=uuid4().hex, look_id=uuid4().hex)
    return v2(look_answer(rows, look, ask.base))


def image(rows: sqlite3.Connection, image_key: str) -> Photo:
    """The uploaded photo. Raises Rejected with HTTP 400."""
    found = rows.execute("SELECT * FROM images WHERE image_key = ?", (image_key,)).fetchone()
    if found is None:
        raise nested(400, "invalid_parameter", f"image_key is invalid: {image_key}")
    return Photo(found["url"], face=bool(found["face"]))


def make_group(
    rows: sqlite3.Connection, name: str, photo: Photo, *, group_id: str, look_id: str
) -> sqlite3.Row:
    """The row of the one look of a new group. The limit counts groups, empty ones too (2a).

    Raises Rejected with HTTP 400 when no slot is free or the photo shows nobody.
    """
    limit = int(store.setting(rows, "group_limit"))
    groups = rows.execute("SELECT count(*) FROM avatar_groups").fetchone()[0]
    if 0 <= limit <= groups:
        raise flat(
            400,
            GROUP_LIMIT,
            f"You have exceeded your limit of {limit} photo avatars. Please upgrade for more.",
        )
    hidden = take_outcome(rows, "create", "hide")
    look = make_look(rows, name, photo, group_id=group_id, look_id=look_id)
    moment = look["created_at"]
    rows.execute(
        "INSERT INTO avatar_groups VALUES (?, ?, ?, ?)",
        (group_id, name, moment, moment + (hidden.seconds if hidden else 0)),
    )
    return look


def make_look(
    rows: sqlite3.Connection, name: str, photo: Photo, *, group_id: str, look_id: str
) -> sqlite3.Row:
    """The row of a new look, pending. Raises Rejected with HTTP 400 when the photo shows nobody."""
    if not photo.face:
        raise nested(400, NO_FACE, "No face detected in the photo")
    moment = store.now()
    fails = take_outcome(rows, "create", "look_fails") is not None
    ready_at = moment + LOOK_SECONDS / store.setting(rows, "speed")
    rows.execute(
        "INSERT INTO looks VALUES (?, ?, ?, ?, ?, ?, ?)",
        (look_id, group_id, name, photo.url, moment, ready_at, fails),
    )
    return find_look(rows, look_id)


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
    make_motion(rows, avatar_id, motion_type)
    return v2({"status": "processing"})


def make_motion(rows: sqlite3.Connection, look_id: str, motion_type: str) -> sqlite3.Row:
    """The row of a new motion on this look, charged. Raises Rejected with HTTP 400 without a credit."""
    if store.setting(rows, "credits") < MOTION_PRICE:
        raise nested(400, "insufficient_credit", "Insufficient credit. Please add credits to your account.")
    moment = store.now()
    fails = take_outcome(rows, "motion", "motion_fails") is not None
    rows.execute(
        "INSERT INTO motions (avatar_id, type, accepted_at, ready_at, fails) VALUES (?, ?, ?, ?, ?)",
        (look_id, motion_type, moment, moment + MOTION_SECONDS / store.setting(rows, "speed"), fails),
    )
    store.charge(rows, "add_motion", MOTION_PRICE, subject=look_id, at=moment)
    made = last_motion(rows, look_id)
    assert made is not None, "it was inserted in this transaction"
    return made


def last_motion(rows: sqlite3.Connection, look_id: str) -> sqlite3.Row | None:
    """The look's motion: a later one has taken the place of an earlier one."""
    return rows.execute(
        "SELECT * FROM motions WHERE avatar_id = ? ORDER BY number DESC LIMIT 1", (look_id,)
    ).fetchone()


def get_avatar(rows: sqlite3.Connection, ask: Ask) -> dict[str, Any]:
    """The details of an avatar, with the brief's `avatar_id` and `motion_status` beside v2's fields."""
    return v2(look_answer(rows, find_look(rows, ask.path["avatar_id"]), ask.base))


def find_look(rows: sqlite3.Connection, look_id: str) -> sqlite3.Row:
    """The look's row. Raises Rejected with HTTP 404, code 400174."""
    look = rows.execute("SELECT * FROM looks WHERE id = ?", (look_id,)).fetchone()
    if look is None:
        raise nested(404, AVATAR_NOT_FOUND, "Photo avatar not found")
    return look


def look_answer(rows: sqlite3.Connection, look: sqlite3.Row, base: str) -> dict[str, Any]:
    """One look as heygen-api.md section 4 has it, told with the brief's fields; its motion has no preview."""
    status = look_status(look)
    motion = last_motion(rows, look["id"])
    motion_state = "none" if motion is None else motion_status(motion)
    if motion is not None and status == "failed":
        motion_state = "failed"
    # A motion look of v2 fails with its motion, which is no fault of the photo.
    rejected = status == "failed" and not (motion and motion["fails"])
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
        "moderation_msg": "The photo did not pass moderation" if rejected else None,
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
