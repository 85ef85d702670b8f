"""`python -m core` as a person starts it, over data of its own."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from core.bloggers.archive import archive_location
from core.bloggers.editing import add_blogger, add_location
from core.config import load
from core.database.engine import Database, open_database
from tests.world import ABSENT_AFTER, PERSON

ROOT = Path(__file__).parents[2]


def core(data: Path, *arguments: str, given: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a process of its own, in a world of its own."""
    known = {k: v for k, v in os.environ.items() if not k.startswith(("HEYGEN_", "DATA_DIR", "PLAN"))}
    return subprocess.run(
        [sys.executable, "-m", "core", *arguments],
        cwd=ROOT,
        env=known | {"DATA_DIR": str(data), "ABSENT_AFTER": str(ABSENT_AFTER)} | environ,
        input=given,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def refused(result: subprocess.CompletedProcess[str], says: str) -> None:
    """Exit code 2, one clear sentence or two on standard error, no stack trace."""
    assert result.returncode == 2, result.stdout + result.stderr
    assert re.search(says, result.stderr), result.stderr
    assert "Traceback" not in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def database(data: Path) -> Database:
    return open_database(load({"DATA_DIR": str(data)}, None))


def shape(*locations: dict[str, str], blogger: str = "Mila Hart") -> str:
    return json.dumps([{"name": blogger, "settings": {"locations": list(locations)}}], ensure_ascii=False)


def prepare(data: Path, url: str, *, archived: bool = False) -> int:
    """One location with this photo; returns its id."""
    db = database(data)
    blogger = add_blogger(db, name="Mila Hart", actor=PERSON)
    location = add_location(db, blogger_id=blogger.id or 0, name="Studio", image_url=url, actor=PERSON)
    if archived:
        archive_location(db, location_id=location.id or 0, actor=PERSON)
    db.close()
    return location.id or 0


def files(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Everything below a folder: names, contents and times of change."""
    found = {}
    for path in folder.rglob("*"):
        held = path.read_bytes() if path.is_file() else b""
        found[str(path.relative_to(folder))] = (held, path.stat().st_mtime_ns)
    return found
