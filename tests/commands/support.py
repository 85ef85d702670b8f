"""`python -m core` as a person starts it, over data of its own."""

import json
import re
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from core.bloggers.archive import archive_location
from core.bloggers.editing import add_blogger, add_location
from core.config import load
from core.database.engine import Database, open_database
from tests.faults import child_studio
from tests.faults.processes import PATIENCE, Fork, environment
from tests.world import ABSENT_AFTER, PERSON


def core(data: Path, *arguments: str, given: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a process of its own, in a world of its own; one that does not end is killed."""
    with TemporaryDirectory() as name:
        streams = stdin, stdout, stderr = [Path(name, stream) for stream in ("in", "out", "err")]
        stdin.write_text(given)
        settings = {"DATA_DIR": str(data), "ABSENT_AFTER": str(ABSENT_AFTER)} | environ
        process = Fork.process(*streams, environment(**settings), child_studio.core, *arguments)
        process.join(PATIENCE)
        if process.is_alive():
            process.kill()
            process.join()
        code = process.exitcode
        assert code is not None
        return subprocess.CompletedProcess(arguments, code, stdout.read_text(), stderr.read_text())


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
