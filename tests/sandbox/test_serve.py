"""The sandbox as a command: what it says, how it ends, what a kill leaves."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from core.sandbox.server import Sandbox
from tests.sandbox.client import CREDIT, Client, eventually
from tests.sandbox.support import PROJECT, _serve
from tests.test_files import assert_ours_alone, opened_up


@pytest.mark.processes
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serve_says_how_to_use_it_and_stops_on_a_signal(rows: Path, number: signal.Signals) -> None:
    """One line with the address and the three variables; exit 0, nothing on stderr."""
    process, line = _serve(rows)
    address = re.search(r"http://127\.0\.0\.1:\d+", line)
    assert address is not None, line
    assert "HEYGEN_API_KEY=sandbox HEYGEN_DIALECT=workflow" in line
    assert f"HEYGEN_API_BASE={address[0]}" in line
    client = Client(address[0])
    client.fault("quota", "stall", seconds=600)
    waiting = threading.Thread(target=lambda: _ignore_the_cut(client))
    waiting.start()
    eventually(lambda: client.calls("quota") == 1)
    process.send_signal(number)
    out, err = process.communicate(timeout=5)
    waiting.join()
    assert (process.returncode, out, err) == (0, "", "")


@pytest.mark.processes
def test_the_command_speaks_the_dialect_that_is_asked_for(tmp_path: Path) -> None:
    """With that dialect's own place for data, which it keeps others out of, and it says so in its line."""
    known = {name: value for name, value in os.environ.items() if not name.startswith("HEYGEN_")}
    known.pop("DATA_DIR", None)
    opened_up(tmp_path / "data" / "sandbox-v3")
    process = subprocess.Popen(
        [sys.executable, "-m", "core", "sandbox", "--dialect", "v3"],
        cwd=tmp_path,
        env={**known, "PYTHONPATH": str(PROJECT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert "HEYGEN_DIALECT=v3" in line
        assert Client(line.split()[2].rstrip(".")).call("GET", "/v3/users/me").status_code == 200
        assert_ours_alone(tmp_path / "data" / "sandbox-v3", "sandbox.db")
    finally:
        process.kill()
        process.communicate()


def _ignore_the_cut(client: Client) -> None:
    with pytest.raises(requests.ConnectionError):
        client.quota()


@pytest.mark.processes
def test_a_killed_sandbox_keeps_work_and_charge_together(rows: Path) -> None:
    """Killed amid many motions, the rows have as many charges as motions, and credits to match."""
    process, line = _serve(rows)
    client = Client(line.split()[2].rstrip("."))
    avatar_id = client.avatar()["avatar_id"]
    client.set(credits=10_000 * CREDIT)
    with ThreadPoolExecutor(4) as pool:
        for _ in range(4):
            pool.submit(_motions_until_cut, client, avatar_id)
        eventually(lambda: len(client.state()["motions"]) > 40)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=5)
    with Sandbox(rows) as sandbox:
        state = Client(sandbox.base_url).state()
    assert len(state["motions"]) == len(state["charges"]) > 40
    assert state["credits"] == (10_000 - len(state["motions"])) * CREDIT


def _motions_until_cut(client: Client, avatar_id: str) -> None:
    try:
        while client.motion(avatar_id).status_code == 200:
            pass
    except (requests.ConnectionError, json.JSONDecodeError):
        return
