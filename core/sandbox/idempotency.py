"""Idempotency-Key: the first result of a creating call is given again for 24 hours (heygen-api.md 10e).

The key belongs to the route and the account, not to the body: a call with another body is answered the same.
"""

import json
import re
import sqlite3
from typing import Any

from core.sandbox import store
from core.sandbox.answers import nested

KEPT_SECONDS = 86_400.0
#: A call whose process was killed holds its key no longer than this.
LEASE_SECONDS = 60.0
_KEY = re.compile(r"[A-Za-z0-9_\-:.]{1,255}")

Result = tuple[int, dict[str, Any]]


def begin(rows: sqlite3.Connection, route: str, key: str, *, seconds: float = 0.0) -> Result | None:
    """The stored result, or None: then the call is under way, `seconds` longer than usual.

    Raises Rejected with HTTP 400 for an impossible key, 409 while the first call is under way.
    """
    if not _KEY.fullmatch(key):
        message = "Idempotency-Key must be 1 to 255 of A-Z a-z 0-9 _ - : ."
        raise nested(400, "invalid_parameter", message)
    moment = store.now()
    rows.execute("DELETE FROM results WHERE until < ?", (moment,))
    found = rows.execute("SELECT * FROM results WHERE route = ? AND key = ?", (route, key)).fetchone()
    if found is None:
        rows.execute(
            "INSERT INTO results (route, key, until) VALUES (?, ?, ?)",
            (route, key, moment + LEASE_SECONDS + seconds),
        )
        return None
    if found["status"] is None:
        raise nested(409, "request_in_progress", "A request with this Idempotency-Key is still in progress")
    return found["status"], json.loads(found["body"])


def keep(rows: sqlite3.Connection, route: str, key: str, result: Result) -> None:
    """Store what the call came to; inside the transaction of its work when it was done."""
    status, body = result
    rows.execute(
        "INSERT OR REPLACE INTO results (route, key, until, status, body) VALUES (?, ?, ?, ?, ?)",
        (route, key, store.now() + KEPT_SECONDS, status, json.dumps(body)),
    )


def release(rows: sqlite3.Connection, route: str, key: str) -> None:
    """Forget a call that came to nothing: 429 and 5xx are not given again."""
    rows.execute("DELETE FROM results WHERE route = ? AND key = ? AND status IS NULL", (route, key))
