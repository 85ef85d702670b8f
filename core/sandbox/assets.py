"""Uploads: an address in the brief's dialect, bytes in v2, a form in v3 (heygen-api.md 1a, 1b)."""

import sqlite3
from typing import Any
from uuid import uuid4

from core.sandbox import photos, store
from core.sandbox.answers import v1, v3
from core.sandbox.ask import Ask
from core.sandbox.photos import Photo, own_address


def fetched(ask: Ask) -> Photo:
    """The photo behind the brief's `url`."""
    return photos.fetch(ask.text("url"), ask.base)


def sent(ask: Ask) -> Photo:
    """The photo that is the body of the call."""
    return photos.take(ask.raw, ask.content_type, ask.renderer.photos)


def in_form(ask: Ask) -> Photo:
    """The photo in the form's field `file`: v3 takes up to 32 MB, and this sandbox only photos."""
    return photos.take(ask.raw, ask.content_type, ask.renderer.photos, most=photos.MAX_FORM_BYTES)


def upload(rows: sqlite3.Connection, ask: Ask) -> dict[str, Any]:
    """v1's answer to an upload. Free, and repeated uploads are separate assets."""
    photo = _photo(ask)
    asset_id, moment = keep(rows, photo)
    return v1(
        {
            "id": asset_id,
            "name": asset_id,
            "file_type": "image",
            "folder_id": "",
            "meta": None,
            "created_ts": int(moment),
            "url": photo.url if ask.dialect == "workflow" else own_address(photo.url, ask.base),
            "image_key": key_of(asset_id),
        }
    )


def upload_form(rows: sqlite3.Connection, ask: Ask) -> dict[str, Any]:
    """v3's answer to an upload. Free."""
    photo = _photo(ask)
    asset_id, _ = keep(rows, photo)
    return v3(
        {
            "asset_id": asset_id,
            "url": own_address(photo.url, ask.base),
            "mime_type": ask.content_type,
            "size_bytes": len(ask.raw),
        }
    )


def keep(rows: sqlite3.Connection, photo: Photo) -> tuple[str, float]:
    """Write the upload down: the id of the asset, and when that was."""
    asset_id, moment = uuid4().hex, store.now()
    rows.execute("INSERT INTO images VALUES (?, ?, ?, ?)", (key_of(asset_id), photo.url, photo.face, moment))
    return asset_id, moment


def key_of(asset_id: str) -> str:
    """The image_key of an asset."""
    return f"image/{asset_id}/original"


def _photo(ask: Ask) -> Photo:
    assert ask.photo is not None, "the photo is taken before the rows are locked"
    return ask.photo
