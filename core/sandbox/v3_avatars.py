"""Photo avatars in v3: groups and looks are things of their own (heygen-api.md 2i)."""

import base64
import binascii
import sqlite3
from typing import Any
from uuid import uuid4

import requests

from core.amounts import MICRO
from core.sandbox import avatars, photos, store
from core.sandbox.answers import invalid, nested, v3, v3_page
from core.sandbox.ask import Ask
from core.sandbox.assets import key_of
from core.sandbox.avatars import look_status
from core.sandbox.photos import Photo, own_address
from core.sandbox.v3 import check_fields, page, window

#: A dollar a call (developers.heygen.com/docs/pricing, heygen-api.md 10g).
CREATION_PRICE = 1 * MICRO
_FIELDS = frozenset({"type", "name", "file", "avatar_group_id"})
_GROUPS = (
    "SELECT g.rowid AS place, g.*, (SELECT count(*) FROM looks l WHERE l.group_id = g.id) AS looks"
    " FROM avatar_groups g"
)


def photo(ask: Ask) -> Photo | None:
    """The photo of the AssetInput `file`; None for one that was uploaded before.

    Raises Rejected with HTTP 400, code download_failed for an address that gives nothing.
    """
    file = ask.body.get("file")
    given = file if isinstance(file, dict) else {}
    kind = given.get("type")
    if kind == "asset_id":
        return None
    if kind == "url" and isinstance(given.get("url"), str):
        data, declared = _download(given["url"], ask.base)
        # Only a picture's type is compared: many hosts declare none.
        return _take(ask, data, declared if declared.startswith("image/") else photos.sniff(data))
    if kind == "base64" and isinstance(given.get("data"), str):
        try:
            data = base64.b64decode(given["data"], validate=True)
        except binascii.Error as exc:
            raise invalid("file.data is not base64") from exc
        return _take(ask, data, str(given.get("media_type")))
    raise invalid("file must be one of: url, asset_id, base64, with what belongs to it")


def create(rows: sqlite3.Connection, ask: Ask) -> dict[str, Any]:
    """A new group with its look, or a look in the group that is named; charged, both or neither."""
    check_fields(ask, _FIELDS)
    if ask.body.get("type") != "photo":
        raise invalid("type must be photo: this sandbox makes no other avatars")
    name, made_of = ask.text("name"), ask.photo or _asset(rows, ask)
    group_id, look_id = ask.body.get("avatar_group_id"), uuid4().hex
    if group_id is None:
        group_id = uuid4().hex
        look = avatars.make_group(rows, name, made_of, group_id=group_id, look_id=look_id)
    else:
        _group(rows, group_id)
        look = avatars.make_look(rows, name, made_of, group_id=group_id, look_id=look_id)
    if store.setting(rows, "credits") < CREATION_PRICE:
        raise nested(402, "insufficient_credit", "Insufficient credit. Please add funds to your wallet.")
    store.charge(rows, "create_group", CREATION_PRICE, subject=group_id, at=look["created_at"])
    return v3(
        {
            "avatar_item": _look_answer(look, ask),
            "avatar_group": _group_answer(rows, _group(rows, group_id), ask),
        }
    )


def list_groups(rows: sqlite3.Connection, ask: Ask) -> dict[str, Any]:
    """The account's groups that can be seen by now, the newest first."""
    limit, token = window(ask, default=20, most=50)
    if _public(ask):
        return v3_page([], None)
    found = rows.execute(
        f"{_GROUPS} WHERE g.visible_at <= ? AND g.rowid < ? ORDER BY g.rowid DESC LIMIT ?",
        (store.now(), token or 2**62, limit + 1),
    ).fetchall()
    return page(found, limit, lambda group: _group_answer(rows, group, ask))


def get_group(rows: sqlite3.Connection, ask: Ask) -> dict[str, Any]:
    """Raises Rejected with HTTP 404."""
    return v3(_group_answer(rows, _group(rows, ask.path["group_id"]), ask))


def delete_group(rows: sqlite3.Connection, ask: Ask) -> dict[str, Any]:
    """Remove a group with its looks, which frees the slot. Raises Rejected with HTTP 404."""
    group_id = _group(rows, ask.path["group_id"])["id"]
    rows.execute("DELETE FROM looks WHERE group_id = ?", (group_id,))
    rows.execute("DELETE FROM avatar_groups WHERE id = ?", (group_id,))
    return v3({"id": group_id})


def list_looks(rows: sqlite3.Connection, ask: Ask) -> dict[str, Any]:
    """The looks of a group, or of all, the newest first. Raises Rejected with HTTP 404."""
    limit, token = window(ask, default=20, most=50)
    group_id = ask.query.get("group_id")
    if group_id is not None:
        _group(rows, group_id)
    if _public(ask) or ask.query.get("avatar_type", "photo_avatar") != "photo_avatar":
        return v3_page([], None)
    found = rows.execute(
        "SELECT rowid AS place, * FROM looks WHERE (:group IS NULL OR group_id = :group)"
        " AND rowid < :token ORDER BY rowid DESC LIMIT :limit",
        {"group": group_id, "token": token or 2**62, "limit": limit + 1},
    ).fetchall()
    return page(found, limit, lambda look: _look_answer(look, ask))


def get_look(rows: sqlite3.Connection, ask: Ask) -> dict[str, Any]:
    """Raises Rejected with HTTP 404."""
    return v3(_look_answer(_look(rows, ask), ask))


def delete_look(rows: sqlite3.Connection, ask: Ask) -> dict[str, Any]:
    """Remove a look; the last one takes its group along (2i). Raises Rejected with HTTP 404."""
    look = _look(rows, ask)
    rows.execute("DELETE FROM looks WHERE id = ?", (look["id"],))
    rows.execute(
        "DELETE FROM avatar_groups WHERE id = :group"
        " AND NOT EXISTS (SELECT 1 FROM looks WHERE group_id = :group)",
        {"group": look["group_id"]},
    )
    return v3({"id": look["id"]})


def _look(rows: sqlite3.Connection, ask: Ask) -> sqlite3.Row:
    found = rows.execute("SELECT * FROM looks WHERE id = ?", (ask.path["look_id"],)).fetchone()
    if found is None:
        raise nested(404, "avatar_not_found", "Avatar not found")
    return found


def _group(rows: sqlite3.Connection, group_id: object) -> sqlite3.Row:
    if not isinstance(group_id, str):
        raise invalid("avatar_group_id must be a string")
    found = rows.execute(f"{_GROUPS} WHERE g.id = ?", (group_id,)).fetchone()
    if found is None:
        raise nested(404, "avatar_group_not_found", "Avatar group not found")
    return found


def _look_answer(look: sqlite3.Row, ask: Ask) -> dict[str, Any]:
    failed = look_status(look) == "failed"
    return {
        "id": look["id"],
        "name": look["name"],
        "avatar_type": "photo_avatar",
        "group_id": look["group_id"],
        "status": _status(look),
        "preview_image_url": own_address(look["image_url"], ask.base),
        "preview_video_url": None,
        "default_voice_id": None,
        "supported_api_engines": ["avatar_iv"],
        "image_width": None,
        "image_height": None,
        "preferred_orientation": "portrait",
        "gender": None,
        "tags": [],
        "error": _REJECTED if failed else None,
    }


_REJECTED = {"code": "moderation_failed", "message": "The photo did not pass moderation"}


def _group_answer(rows: sqlite3.Connection, group: sqlite3.Row, ask: Ask) -> dict[str, Any]:
    """A group is as its first look is."""
    first = rows.execute(
        "SELECT * FROM looks WHERE group_id = ? ORDER BY rowid LIMIT 1", (group["id"],)
    ).fetchone()
    failed = first is not None and look_status(first) == "failed"
    return {
        "id": group["id"],
        "name": group["name"],
        "created_at": int(group["created_at"]),
        "looks_count": group["looks"],
        "status": _status(first) if first else "completed",
        "consent_status": None,
        "preview_image_url": own_address(first["image_url"], ask.base) if first else None,
        "preview_video_url": None,
        "default_voice_id": None,
        "gender": None,
        "error": _REJECTED if failed else None,
    }


def _status(look: sqlite3.Row) -> str:
    status = look_status(look)
    return "processing" if status == "pending" else status


def _public(ask: Ask) -> bool:
    """True when HeyGen's own avatars are asked for; this sandbox has none."""
    ownership = ask.query.get("ownership", "private")
    if ownership not in ("private", "public"):
        raise invalid("ownership must be one of: private, public")
    return ownership == "public"


def _asset(rows: sqlite3.Connection, ask: Ask) -> Photo:
    asset_id = ask.body["file"].get("asset_id")
    found = rows.execute("SELECT * FROM images WHERE image_key = ?", (key_of(str(asset_id)),)).fetchone()
    if found is None:
        raise nested(404, "asset_not_found", f"Asset {asset_id} not found")
    return Photo(found["url"], face=bool(found["face"]))


def _take(ask: Ask, data: bytes, declared: str) -> Photo:
    return photos.take(data, declared, ask.renderer.photos, most=photos.MAX_FORM_BYTES)


def _download(url: str, base: str) -> tuple[bytes, str]:
    try:
        return photos.download(own_address(url, base))
    except (requests.RequestException, ValueError) as exc:
        message = f"Failed to download the file from url: {photos.short(exc)}"
        raise nested(400, "download_failed", message) from exc
