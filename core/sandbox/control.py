"""/sandbox/…: what the account is like, faults on demand, settings, reset. Not part of HeyGen."""

import sqlite3
from math import isfinite
from typing import Any

from core.sandbox import faults, store
from core.sandbox.answers import INVALID_PARAMETER, flat
from core.sandbox.ask import Ask
from core.sandbox.avatars import look_answer, motion_status
from core.sandbox.filming import status

_SETTINGS = ("speed", "credits", "add_credits", "group_limit", "sunset")


def state(rows: sqlite3.Connection, ask: Ask) -> dict[str, Any]:
    """Everything the sandbox knows; `credits` and charges in millionths of `unit`, times in epoch seconds.

    `motions`, `videos` and `charges` also keep what belonged to deleted groups: it was paid all the same.
    """
    groups = rows.execute("SELECT * FROM avatar_groups ORDER BY rowid").fetchall()
    looks = rows.execute("SELECT * FROM looks ORDER BY rowid").fetchall()
    described = [look_answer(rows, look, ask.base) for look in looks]
    motions = rows.execute("SELECT * FROM motions ORDER BY number").fetchall()
    charges = rows.execute("SELECT kind, micro_credits, at, subject FROM charges ORDER BY number").fetchall()
    return {
        **settings(rows),
        "unit": ask.unit,
        "groups": [
            {**dict(group), "looks": [look for look in described if look["group_id"] == group["id"]]}
            for group in groups
        ],
        "motions": [
            {
                "avatar_id": motion["avatar_id"],
                "type": motion["type"],
                "status": motion_status(motion),
                "accepted_at": motion["accepted_at"],
            }
            for motion in motions
        ],
        "videos": [_video(video, ask) for video in rows.execute("SELECT * FROM videos ORDER BY rowid")],
        **({"deliveries": _deliveries(rows)} if ask.dialect == "v3" else {}),
        "charges": [dict(charge) for charge in charges],
        "calls": {row["route"]: row["times"] for row in rows.execute("SELECT * FROM calls").fetchall()},
        "faults": faults.pending(rows),
    }


def _deliveries(rows: sqlite3.Connection) -> list[dict[str, Any]]:
    found = rows.execute("SELECT id, subject, event_type, tries, status FROM deliveries ORDER BY rowid")
    return [dict(delivery) for delivery in found.fetchall()]


def _video(video: sqlite3.Row, ask: Ask) -> dict[str, Any]:
    told = {
        "id": video["id"],
        "title": video["title"],
        "status": status(video, ask),
        "look": video["look_id"],
        "voice": video["voice_id"],
        "duration": video["duration"],
        "created_at": video["created_at"],
    }
    if ask.dialect == "v3":
        told |= {"motion_prompt": video["motion_prompt"], "expressiveness": video["expressiveness"]}
    return told


def settings(rows: sqlite3.Connection) -> dict[str, Any]:
    return {
        "speed": float(store.setting(rows, "speed")),
        "credits": int(store.setting(rows, "credits")),
        "group_limit": int(store.setting(rows, "group_limit")),
        "sunset": int(store.setting(rows, "sunset")),
    }


def change_settings(rows: sqlite3.Connection, ask: Ask) -> dict[str, Any]:
    """Set speed, credits (millionths), group_limit (-1: none) or sunset (1: v2 says that it ends), or add
    to the credits.

    All are checked before any is set.
    """
    body = ask.body
    for name, value in body.items():
        if name not in _SETTINGS:
            raise flat(400, INVALID_PARAMETER, f"{name} is not a setting: {', '.join(_SETTINGS)}")
        is_number = isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
        if not is_number or (name != "speed" and value != int(value)):
            raise flat(400, INVALID_PARAMETER, f"{name} must be a number")
    if body.get("speed", 1) <= 0 or body.get("credits", 0) < 0 or body.get("group_limit", 0) < -1:
        raise flat(
            400, INVALID_PARAMETER, "speed must be above 0, credits at least 0, group_limit at least -1"
        )
    if body.get("sunset", 0) not in (0, 1):
        raise flat(400, INVALID_PARAMETER, "sunset must be 0 or 1")
    if "speed" in body:
        store.set_speed(rows, body["speed"])
    for name in ("credits", "group_limit", "sunset"):
        if name in body:
            store.put_setting(rows, name, int(body[name]))
    if "add_credits" in body:
        # Read and written in one transaction: a charge at the same moment is not lost.
        after = int(store.setting(rows, "credits")) + int(body["add_credits"])
        if after < 0:
            raise flat(400, INVALID_PARAMETER, "credits must stay at least 0")
        store.put_setting(rows, "credits", after)
    return settings(rows)


def add_fault(rows: sqlite3.Connection, ask: Ask) -> dict[str, Any]:
    return faults.add(rows, ask.body)


def clear_faults(rows: sqlite3.Connection, ask: Ask) -> dict[str, Any]:
    faults.clear(rows, ask.body)
    return {"faults": faults.pending(rows)}


def reset(rows: sqlite3.Connection, ask: Ask) -> dict[str, Any]:
    store.reset(rows)
    ask.renderer.forget_all()
    return settings(rows)
