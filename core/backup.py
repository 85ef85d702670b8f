"""A consistent copy of the database while everything goes on."""

import os
import sqlite3
from pathlib import Path

from core.db import Database
from core.errors import BadInput, StorageFailed


def backup(db: Database, target: Path) -> int:
    """Copy the database to `target`, which must not exist, and return its size in bytes.

    Written to a temporary name first, so that a copy that exists is whole. Raises BadInput, StorageFailed.
    """
    if target.exists():
        raise BadInput("{path} exists already. Nothing was changed. Choose another name.", path=str(target))
    if not target.parent.is_dir():
        raise BadInput("{path} is no directory. Nothing was written.", path=str(target.parent))
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        source = sqlite3.connect(f"file:{db.path}?mode=ro", uri=True)
        copy = sqlite3.connect(part)
        try:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
        finally:
            copy.close()
            source.close()
        os.replace(part, target)
    except (sqlite3.Error, OSError) as exc:
        part.unlink(missing_ok=True)
        raise StorageFailed(
            "The backup could not be written ({reason}). Nothing was kept.", reason=str(exc)
        ) from exc
    return target.stat().st_size
