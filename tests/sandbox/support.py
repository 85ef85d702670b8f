"""The sandbox as a process of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.sandbox.client import Client

PROJECT = Path(__file__).parents[2]

SERVE = """
import sys
from pathlib import Path
from core.sandbox.server import serve
serve(Path(sys.argv[1]), 0, None)
"""


def _serve(rows: Path) -> tuple["subprocess.Popen[str]", str]:
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(rows)],
        cwd=PROJECT,
        env={name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    return process, process.stdout.readline()


@contextmanager
def serving(rows: Path) -> Iterator[tuple["subprocess.Popen[str]", Client]]:
    """A sandbox in a process of its own, and its client; the process is gone afterwards."""
    process, line = _serve(rows)
    try:
        yield process, Client(line.split()[2].rstrip("."))
    finally:
        process.kill()
        process.wait()
