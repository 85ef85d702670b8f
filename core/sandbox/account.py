"""The account: groups, their looks, deleting, what is left of the quota. As v2 publishes them."""

import sqlite3
from typing import Any

from core.amounts import MICRO
from core.sandbox import store
from core.sandbox.answers import AVATAR_NOT_FOUND, nested, v2
from core.sandbox.ask import Ask
from core.sandbox.avatars import find_look, look_answer
from core.sandbox.photos import own_address

#: heygen-api.md section 8: the quota counts in sixtieths of a credit.
UNITS_A_CREDIT = 60


def list_groups(rows: sqlite3.Connection, ask: Ask) -> dict[str, Any]:
    """Every group that can be seen by now, the newest first (heygen-api.md 2e)."""
    groups = rows.execute(
        "SELECT g.*, count(l.id) AS looks, min(l.image_url) AS image_url FROM avatar_groups g"
        " LEFT JOIN looks l ON l.group_id = g.id WHERE g.visible_at <= ?"
        " GROUP BY g.id ORDER BY g.created_at DESC, g.rowid DESC",
        (store.now(),),
    ).fetchall()
    listed = [
        {
            "id": group["id"],
            "name": group["name"],
            "created_at": group["created_at"],
            "num_looks": group["looks"],
            "preview_image": own_address(group["image_url"], ask.base) if group["image_url"] else None,
            "group_type": "PHOTO",
            "train_status": None,
            "default_voice_id": None,
        }
        for group in groups
    ]
    return v2({"total_count": len(listed), "avatar_group_list": listed})


def list_looks(rows: sqlite3.Connection, ask: Ask) -> dict[str, Any]:
    """The looks of a group (heygen-api.md 2f). Raises Rejected with HTTP 404."""
    return v2({"avatar_list": [look_answer(rows, look, ask.base) for look in looks(rows, ask)]})


def looks(rows: sqlite3.Connection, ask: Ask) -> list[sqlite3.Row]:
    """The rows of the looks of the group in the path. Raises Rejected with HTTP 404."""
    return rows.execute(
        "SELECT * FROM looks WHERE group_id = ? ORDER BY rowid", (_find_group(rows, ask),)
    ).fetchall()


def delete_group(rows: sqlite3.Connection, ask: Ask) -> dict[str, Any]:
    """Remove a group with its looks: this frees the slot. Raises Rejected with HTTP 404."""
    group_id = _find_group(rows, ask)
    rows.execute("DELETE FROM looks WHERE group_id = ?", (group_id,))
    rows.execute("DELETE FROM avatar_groups WHERE id = ?", (group_id,))
    return v2({"id": group_id})


def delete_look(rows: sqlite3.Connection, ask: Ask) -> dict[str, Any]:
    """Remove a look; its empty group goes on holding the slot (heygen-api.md 2a)."""
    look = find_look(rows, ask.path["avatar_id"])
    rows.execute("DELETE FROM looks WHERE id = ?", (look["id"],))
    return v2({"id": look["id"]})


def remaining_quota(rows: sqlite3.Connection, ask: Ask) -> dict[str, Any]:
    """The credits left, in units of which 60 make a credit (heygen-api.md section 8)."""
    units = int(store.setting(rows, "credits")) * UNITS_A_CREDIT // MICRO
    return v2({"remaining_quota": units, "details": {"api": units, "plan_credit": 0}})


def _find_group(rows: sqlite3.Connection, ask: Ask) -> str:
    group_id = ask.path["group_id"]
    if rows.execute("SELECT 1 FROM avatar_groups WHERE id = ?", (group_id,)).fetchone() is None:
        raise nested(404, AVATAR_NOT_FOUND, "Photo avatar group not found")
    return group_id
