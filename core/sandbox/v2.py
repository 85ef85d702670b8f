"""Photo avatars as v2 published them: one id for group and look, a motion is a look of its own."""

import sqlite3
from typing import Any
from uuid import uuid4

from core.sandbox import account, avatars
from core.sandbox.answers import invalid
from core.sandbox.answers import v2 as answered
from core.sandbox.ask import Ask
from core.sandbox.avatars import find_look, last_motion, look_answer, look_status, motion_status

#: Published and seen values (heygen-api.md section 3); the last one passes the check and is refused.
MOTION_TYPES = (
    "consistent",
    "consistent_gen_3",
    "expressive",
    "hailuo_2",
    "veo2",
    "seedance_lite",
    "kling",
    "veo3.1",
    "runway_gen4",
    "runway_gen3",
    "avatar_iv",
)
#: What the brief adds to a look and v2 never had.
_NOT_V2 = ("avatar_id", "motion_status", "motion_type")


def create_group(rows: sqlite3.Connection, ask: Ask) -> dict[str, Any]:
    """A new group and its one look, pending, with one id for both (2a); free."""
    name, image_key = ask.text("name"), ask.text("image_key")
    shared = uuid4().hex
    look = avatars.make_group(rows, name, avatars.image(rows, image_key), group_id=shared, look_id=shared)
    return answered(_look(rows, look, ask.base))


def add_motion(rows: sqlite3.Connection, ask: Ask) -> dict[str, Any]:
    """The id of a new look in the same group that moves, pending; one credit is charged (section 3)."""
    source_id, motion_type = ask.text("id"), ask.body.get("motion_type", "consistent")
    if motion_type == "avatar_iv":
        raise invalid("can't create motion for this type 'avatar_iv'")
    if motion_type not in MOTION_TYPES:
        raise invalid(f"motion_type must be one of: {', '.join(MOTION_TYPES)}")
    if not isinstance(ask.body.get("prompt", ""), str):
        raise invalid("prompt must be a string")
    source = find_look(rows, source_id)
    if look_status(source) != "completed":
        raise invalid(f"Photo avatar {source_id} is {look_status(source)}, motion is not possible")
    look_id = uuid4().hex
    motion = avatars.make_motion(rows, look_id, motion_type)
    rows.execute(
        "INSERT INTO looks VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            look_id,
            source["group_id"],
            source["name"],
            source["image_url"],
            motion["accepted_at"],
            motion["ready_at"],
            motion["fails"],
        ),
    )
    return answered({"id": look_id})


def get_avatar(rows: sqlite3.Connection, ask: Ask) -> dict[str, Any]:
    """The details of a look (section 4)."""
    return answered(_look(rows, find_look(rows, ask.path["avatar_id"]), ask.base))


def list_looks(rows: sqlite3.Connection, ask: Ask) -> dict[str, Any]:
    """The looks of a group, those with motion among them (2f). Raises Rejected with HTTP 404."""
    return answered({"avatar_list": [_look(rows, look, ask.base) for look in account.looks(rows, ask)]})


def _look(rows: sqlite3.Connection, look: sqlite3.Row, base: str) -> dict[str, Any]:
    """One look as v2 tells it; a motion that the brief's dialect put on it makes it a motion look too."""
    told = look_answer(rows, look, base)
    motion = last_motion(rows, look["id"])
    if motion is not None:
        state = "failed" if look_status(look) == "failed" else motion_status(motion)
        told |= {"is_motion": True, "status": "pending" if state == "processing" else state}
        if state == "processing":
            told["image_url"] = ""
        if state == "completed":
            told["motion_preview_url"] = f"{base}/motions/{look['id']}.mp4"
    return {name: value for name, value in told.items() if name not in _NOT_V2}
