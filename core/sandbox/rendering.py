"""Renders in the background, so that no call ever waits for one.

A video that is not finished is a row without a file. Whoever serves the rows and is asked for it takes it
up under a lease; when its process is killed, the lease runs out and the next poll begins anew. The file gets
its name with its last byte, inside the transaction that still finds the row.
"""

import logging
import queue
import re
import sqlite3
import threading
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

from core import clock
from core.errors import StorageFailed
from core.sandbox import SAMPLES, photos, store
from core.sandbox.speakers import BY_ID
from core.sandbox.speaking import FRAMES_A_SECOND, Speech, speak
from core.sandbox.store import Store

log = logging.getLogger("studio.sandbox")

#: A render whose process was killed is taken up again after this time; a living one renews its lease.
LEASE_SECONDS = 6.0
_RENEW_SECONDS = 1.0
#: A render that breaks for a reason of this machine, a full disk say, is tried so often.
MAX_TRIES = 3
_STOP_SECONDS = 0.5
PREVIEW_FRAMES, PREVIEW_SIDE = 2 * FRAMES_A_SECOND, 360
_LOCAL = re.compile(r"/(samples|uploads|photos)/([\w.-]+)")


class _GivenUp(Exception):
    """The sandbox stops, or another took the render over."""


class Renderer:
    """One thread that renders what it is asked for, in the order of asking."""

    def __init__(self, rows: Store, folder: Path, uploads: Path) -> None:
        self._rows = rows
        #: Where videos and the voices' samples lie, and where the Studio keeps uploaded photos.
        self.folder = folder
        self.uploads = uploads
        #: Where HeyGen keeps the photos that were sent to it.
        self.photos = folder / "photos"
        self._asked: queue.Queue[str] = queue.Queue()
        self._waiting: set[str] = set()
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def file(self, video_id: str) -> Path:
        """Where the finished video lies, or will."""
        return self.folder / f"{video_id}.mp4"

    def has(self, video_id: str) -> bool:
        return self.file(video_id).is_file()

    def ask(self, video_id: str) -> None:
        """Let the video be rendered unless it is there or on its way; returns at once."""
        with self._lock:
            if video_id in self._waiting or self._stopping.is_set():
                return
            self._waiting.add(video_id)
            self._asked.put(video_id)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="sandbox-render", daemon=True)
                self._thread.start()

    def preview(self, look_id: str, image_url: str) -> Path:
        """The file of a look's motion: two silent seconds of its photo, made at the first call."""
        path = self.folder / f"motion-{look_id}.mp4"
        if not path.is_file():
            from core.sandbox.render import Scene, render

            self.folder.mkdir(parents=True, exist_ok=True)
            part = self.folder / f"motion-{look_id}.{uuid4().hex}.part"
            scene = Scene(
                title="",
                photo=self._photo(image_url),
                speech=Speech((), PREVIEW_FRAMES),
                pitch=0,
                width=PREVIEW_SIDE,
                height=PREVIEW_SIDE,
                watermark=False,
            )
            render(scene, part, lambda: None)
            part.replace(path)
        return path

    def forget_all(self) -> None:
        """Remove every video and photo; called inside the transaction that removes their rows."""
        for path in (*self.folder.glob("*.mp4"), *self.folder.glob("*.part"), *self.photos.glob("*")):
            path.unlink(missing_ok=True)

    def stop(self) -> None:
        """End soon: a render in progress is given up and begun anew by whoever is asked next."""
        self._stopping.set()
        self._asked.put("")
        if self._thread is not None:
            self._thread.join(_STOP_SECONDS)

    def _work(self) -> None:
        while not self._stopping.is_set():
            video_id = self._asked.get()
            try:
                if video_id:
                    self._take_up(video_id)
            except (sqlite3.Error, OSError, StorageFailed) as error:
                # The rows are busy, or gone because the sandbox stops; the next poll asks again.
                if not self._stopping.is_set():
                    log.warning("the render of %s waits: %s", video_id, error)
            finally:
                with self._lock:
                    self._waiting.discard(video_id)

    def _take_up(self, video_id: str) -> None:
        claim = uuid4().hex
        row = self._claim(video_id, claim)
        if row is None:
            return
        part = self.folder / f"{video_id}.{claim}.part"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            # Of a process that was killed.
            for left in self.folder.glob(f"{video_id}.*.part"):
                left.unlink(missing_ok=True)
            self._render(row, claim, part)
            with self._rows.write() as rows:
                if _owned(rows, video_id, claim):
                    part.replace(self.file(video_id))
                    _free(rows, video_id, claim)
        except _GivenUp:
            with self._rows.write() as rows:
                _free(rows, video_id, claim)
        except Exception:
            # Whatever breaks here is this machine's: tried again, in the end told as HeyGen would.
            log.exception("the render of %s broke off", video_id)
            with self._rows.write() as rows:
                _failed(rows, video_id, claim)
        finally:
            part.unlink(missing_ok=True)

    def _claim(self, video_id: str, claim: str) -> sqlite3.Row | None:
        """The video's row, now leased to us; None when there is nothing to do or somebody does it."""
        with self._rows.write() as rows:
            row = rows.execute("SELECT * FROM videos WHERE id = ?", (video_id,)).fetchone()
            if row is None or row["fails"] or row["claimed_until"] > store.now() or self.has(video_id):
                return None
            rows.execute(
                "UPDATE videos SET claim = ?, claimed_until = ? WHERE id = ?",
                (claim, store.now() + LEASE_SECONDS, video_id),
            )
            return row

    def _render(self, row: sqlite3.Row, claim: str, part: Path) -> None:
        # What draws and encodes takes long to import, and most processes never render.
        from core.sandbox.render import Scene, render

        voice = BY_ID[row["voice_id"]]
        renewed = clock.monotonic()

        def before_frame() -> None:
            nonlocal renewed
            if self._stopping.is_set():
                raise _GivenUp
            if clock.monotonic() - renewed > _RENEW_SECONDS:
                renewed = clock.monotonic()
                with self._rows.write() as rows:
                    if not _owned(rows, row["id"], claim):
                        raise _GivenUp
                    until = store.now() + LEASE_SECONDS
                    rows.execute("UPDATE videos SET claimed_until = ? WHERE id = ?", (until, row["id"]))

        scene = Scene(
            title=row["title"],
            photo=self._photo(row["image_url"]),
            speech=speak(row["script"], pace=voice.pace * row["speed"], wobble=voice.id),
            pitch=voice.pitch,
            width=row["width"],
            height=row["height"],
            watermark=bool(row["watermark"]),
        )
        render(scene, part, before_frame)

    def _photo(self, url: str) -> bytes:
        """The photo's bytes, from this machine's disk where they are here; empty when out of reach."""
        parts = urlsplit(url)
        local = _LOCAL.fullmatch(parts.path)
        folders = {"samples": SAMPLES, "uploads": self.uploads, "photos": self.photos}
        try:
            if local and (folders[local[1]] / local[2]).is_file():
                return (folders[local[1]] / local[2]).read_bytes()
            return photos.download(url)[0]
        except (OSError, ValueError):
            # requests' errors are OSErrors.
            return b""


def _owned(rows: sqlite3.Connection, video_id: str, claim: str) -> bool:
    found = rows.execute("SELECT 1 FROM videos WHERE id = ? AND claim = ?", (video_id, claim)).fetchone()
    return found is not None


def _free(rows: sqlite3.Connection, video_id: str, claim: str) -> None:
    rows.execute("UPDATE videos SET claimed_until = 0 WHERE id = ? AND claim = ?", (video_id, claim))


def _failed(rows: sqlite3.Connection, video_id: str, claim: str) -> None:
    """Count a broken try; after the last one the video has failed and its charge is given back."""
    if not _owned(rows, video_id, claim):
        return
    rows.execute("UPDATE videos SET tries = tries + 1, claimed_until = 0 WHERE id = ?", (video_id,))
    row = rows.execute("SELECT tries FROM videos WHERE id = ?", (video_id,)).fetchone()
    if row["tries"] >= MAX_TRIES:
        rows.execute("UPDATE videos SET fails = 'render' WHERE id = ?", (video_id,))
        charged = rows.execute(
            "SELECT coalesce(sum(micro_credits), 0) AS paid FROM charges"
            " WHERE kind = 'generate_video' AND subject = ?",
            (video_id,),
        ).fetchone()["paid"]
        rows.execute("DELETE FROM charges WHERE kind = 'generate_video' AND subject = ?", (video_id,))
        store.put_setting(rows, "credits", store.setting(rows, "credits") + charged)
