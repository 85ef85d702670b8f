"""What a person has begun and not finished: in DATA_DIR under a random name, so that it outlives a reload.

The name stands in the page's address, and whoever has it reads the draft: nothing secret belongs into one.
"""

import json
import logging
import re
import secrets
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from core.files import write_whole

log = logging.getLogger("studio.drafts")

#: A draft that is longer is not kept, and no more drafts than this, nor for longer.
MOST_BYTES = 400_000
MOST = 300
SECONDS = 30 * 24 * 3600.0
_FOLDER = "drafts"
_NAME = re.compile(r"[A-Za-z0-9_-]{12}")


def new_name() -> str:
    """A name that nobody can guess, for an address."""
    return secrets.token_urlsafe(9)


def keep(data_dir: Path, name: str, draft: Any) -> None:
    """Keep `draft`, which JSON can hold, under the name, in place of what was there. Old ones make room.

    Nobody's work stops because a draft cannot be kept: then the log says why.
    """
    data = json.dumps(draft).encode()
    path = _path(data_dir, name)
    if path is None or len(data) > MOST_BYTES:
        return
    try:
        new = not path.exists()
        write_whole(path, data)
        if new:
            _make_room(path.parent)
    except OSError:
        log.exception("a draft could not be kept")


def read(data_dir: Path, name: str) -> Any:
    """The draft of this name; None where there is none."""
    path = _path(data_dir, name)
    try:
        return None if path is None else json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        log.exception("a draft could not be read")
        return None


def drop(data_dir: Path, name: str) -> None:
    """It is finished, or given up."""
    path = _path(data_dir, name)
    if path is not None:
        with suppress(OSError):
            path.unlink()


def _path(data_dir: Path, name: str) -> Path | None:
    """None for what is no name: it comes from an address."""
    return data_dir / _FOLDER / f"{name}.json" if _NAME.fullmatch(name) else None


def _make_room(folder: Path) -> None:
    """Only the newest stay. A file's own time will do: a draft that goes too early is no loss of money."""
    ages: list[tuple[float, Path]] = []
    for path in folder.iterdir():
        # Another process may tidy up, too.
        with suppress(FileNotFoundError):
            ages.append((path.stat().st_mtime, path))
    ages.sort(reverse=True)
    for place, (changed, path) in enumerate(ages):
        if place >= MOST or changed < time.time() - SECONDS:
            path.unlink(missing_ok=True)
