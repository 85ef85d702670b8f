"""Webhooks: a finished video is told to every endpoint that asked for it (heygen-api.md section 9).

What is to be told is a row, so a restart loses nothing and several processes tell it once. The thread runs
only while there are endpoints.
"""

import hashlib
import hmac
import json
import logging
import sqlite3
import threading
from typing import Any
from uuid import uuid4

import requests

from core.config import is_loopback
from core.errors import StorageFailed
from core.sandbox import filming, links, store
from core.sandbox.ask import Ask
from core.sandbox.rendering import Renderer
from core.sandbox.store import Store

log = logging.getLogger("studio.sandbox")

SUCCESS, FAIL = "avatar_video.success", "avatar_video.fail"
EVENTS = (SUCCESS, FAIL)
#: A delivery that is not answered with 2xx is tried so often, each time that much later.
MAX_TRIES, RETRY_SECONDS = 3, 1.0
ANSWER_SECONDS = 5.0
_PAUSE, _STOP_SECONDS = 0.1, 0.5


class Hooks:
    """One thread that tells what has finished, from the address `base`."""

    def __init__(self, rows: Store, renderer: Renderer, base: str) -> None:
        self._rows = rows
        self._ask = Ask(base=base, renderer=renderer, dialect="v3")
        self._lock = threading.Lock()
        self._asked = False
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """There may be endpoints now; returns at once."""
        with self._lock:
            self._asked = True
            if self._thread is None and not self._stopping.is_set():
                self._thread = threading.Thread(target=self._work, name="sandbox-hooks", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """End soon: what was not delivered is a row that whoever serves next takes up."""
        self._stopping.set()
        thread = self._thread
        if thread is not None:
            thread.join(_STOP_SECONDS)

    def _work(self) -> None:
        while not self._stopping.wait(_PAUSE):
            with self._lock:
                self._asked = False
            try:
                due = self._due()
                if due is None:
                    with self._lock:
                        if not self._asked:
                            self._thread = None
                            return
                for delivery in due or ():
                    self._deliver(delivery)
            except (sqlite3.Error, StorageFailed) as error:
                # The rows are busy, or gone because the sandbox stops.
                if not self._stopping.is_set():
                    log.warning("webhooks wait: %s", error)

    def _due(self) -> list[sqlite3.Row] | None:
        """What is to be delivered now, leased to us; None when there are no endpoints."""
        with self._rows.write() as rows:
            endpoints = rows.execute("SELECT * FROM endpoints").fetchall()
            if not endpoints:
                return None
            for endpoint in endpoints:
                self._write_down(rows, endpoint)
            due = rows.execute(
                "SELECT d.*, e.url, e.secret FROM deliveries d JOIN endpoints e ON e.id = d.endpoint_id"
                " WHERE d.status IS NULL AND d.due_at <= ? AND d.tries < ?",
                (store.now(), MAX_TRIES),
            ).fetchall()
            rows.executemany(
                "UPDATE deliveries SET tries = tries + 1, due_at = ? WHERE id = ?",
                [(store.now() + 2 * ANSWER_SECONDS, delivery["id"]) for delivery in due],
            )
            return due

    def _write_down(self, rows: sqlite3.Connection, endpoint: sqlite3.Row) -> None:
        """Make rows of what this endpoint is to hear; videos that ended before it are not told."""
        wanted = json.loads(endpoint["events"])
        ended = rows.execute(
            "SELECT * FROM videos WHERE ready_at BETWEEN ? AND ? AND id NOT IN"
            " (SELECT subject FROM deliveries WHERE endpoint_id = ?)",
            (endpoint["created_at"], store.now(), endpoint["id"]),
        ).fetchall()
        for video in ended:
            status = filming.status(video, self._ask)
            event_type = {"completed": SUCCESS, "failed": FAIL}.get(status)
            if event_type in wanted:
                event_id = uuid4().hex
                rows.execute(
                    "INSERT INTO deliveries (id, endpoint_id, subject, event_type, body, due_at)"
                    " VALUES (?, ?, ?, ?, ?, ?)",
                    (
                        event_id,
                        endpoint["id"],
                        video["id"],
                        event_type,
                        json.dumps(
                            {
                                "event_id": event_id,
                                "event_type": event_type,
                                "event_data": self._data(rows, video),
                                "created_at": int(store.now()),
                            }
                        ),
                        store.now(),
                    ),
                )

    def _data(self, rows: sqlite3.Connection, video: sqlite3.Row) -> dict[str, Any]:
        told = {"video_id": video["id"], "callback_id": video["callback_id"]}
        if video["fails"]:
            return {**told, "msg": filming.FAILURES[video["fails"]]}
        return {
            **told,
            "url": links.signed(self._ask.base, video["id"], store.secret(rows)),
            "gif_download_url": None,
            "video_page_url": None,
            "video_share_page_url": None,
            "folder_id": None,
        }

    def _deliver(self, delivery: sqlite3.Row) -> None:
        body = delivery["body"].encode()
        try:
            with requests.Session() as session:
                session.trust_env = not is_loopback(delivery["url"])
                answer = session.post(
                    delivery["url"],
                    data=body,
                    headers={
                        "Content-Type": "application/json",
                        "Heygen-Signature": signature(body, delivery["secret"]),
                        "Heygen-Timestamp": str(int(store.now())),
                        "Heygen-Event-Id": delivery["id"],
                    },
                    timeout=ANSWER_SECONDS,
                    allow_redirects=False,
                )
            taken = answer.status_code if answer.ok else None
        except (requests.RequestException, ValueError):
            taken = None
        with self._rows.write() as rows:
            rows.execute(
                "UPDATE deliveries SET status = ?, due_at = ? WHERE id = ?",
                (taken, store.now() + RETRY_SECONDS * (delivery["tries"] + 1), delivery["id"]),
            )


def signature(body: bytes, secret: str) -> str:
    """What stands in Heygen-Signature: hex HMAC-SHA256 of the raw body."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
