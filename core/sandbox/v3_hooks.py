"""/v3/webhooks/endpoints: who is told when a video is finished (heygen-api.md section 9)."""

import json
import sqlite3
from secrets import token_urlsafe
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from core.config import is_loopback
from core.sandbox import store
from core.sandbox.answers import invalid, nested, v3
from core.sandbox.ask import Ask
from core.sandbox.hooks import EVENTS
from core.sandbox.v3 import check_fields, page, window

_FIELDS = frozenset({"url", "events", "entity_id"})


def add(rows: sqlite3.Connection, ask: Ask) -> dict[str, Any]:
    """A new endpoint; only this answer has its secret. Outside only https is taken, here also loopback."""
    check_fields(ask, _FIELDS)
    url, events = ask.text("url"), ask.body.get("events")
    if not _may_be_called(url):
        raise invalid("url must be an https address")
    if events is None:
        events = list(EVENTS)
    if not isinstance(events, list) or not events or not all(event in EVENTS for event in events):
        raise invalid(f"events must be among: {', '.join(EVENTS)}")
    endpoint_id, secret = uuid4().hex, f"whsec_{token_urlsafe(24)}"
    rows.execute(
        "INSERT INTO endpoints VALUES (?, ?, ?, ?, ?)",
        (endpoint_id, url, json.dumps(events), secret, store.now()),
    )
    ask.wake_hooks()
    made = rows.execute("SELECT * FROM endpoints WHERE id = ?", (endpoint_id,)).fetchone()
    return v3({**_endpoint(made), "secret": secret})


def show(rows: sqlite3.Connection, ask: Ask) -> dict[str, Any]:
    """The endpoints, the oldest first, in pages."""
    limit, token = window(ask, default=20, most=100)
    found = rows.execute(
        "SELECT rowid AS place, * FROM endpoints WHERE rowid > ? ORDER BY rowid LIMIT ?",
        (token or 0, limit + 1),
    ).fetchall()
    return page(found, limit, _endpoint)


def delete(rows: sqlite3.Connection, ask: Ask) -> dict[str, Any]:
    """Tell this endpoint nothing more. Raises Rejected with HTTP 404."""
    endpoint_id = ask.path["endpoint_id"]
    if not rows.execute("DELETE FROM endpoints WHERE id = ?", (endpoint_id,)).rowcount:
        raise nested(404, "webhook_not_found", "Webhook endpoint not found")
    rows.execute("DELETE FROM deliveries WHERE endpoint_id = ?", (endpoint_id,))
    return v3({"endpoint_id": endpoint_id, "deleted": True})


def _endpoint(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "endpoint_id": row["id"],
        "url": row["url"],
        "events": json.loads(row["events"]),
        "status": "enabled",
        "created_at": int(row["created_at"]),
    }


def _may_be_called(url: str) -> bool:
    try:
        parts = urlsplit(url)
        named = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return named and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(url)))
