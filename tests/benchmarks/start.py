"""How long the Studio takes to start: `python -m tests.benchmarks.start`.

A command is timed beside a Python that does nothing, the dashboard beside an empty `st.App`, each in turn,
and the ratio of the medians is what counts: a slow machine is slow for both. The first page counts from the
start of the process until the script that draws it has ended, as a browser learns it over the WebSocket.
"""

import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from tests.faults.processes import Command, environment

COMMANDS, PAGES = 9, 5
PATIENCE = 30.0
#: A page as bare as the app around it.
EMPTY_APP = "import streamlit as st\n\napp = st.App('page.py')\n"
EMPTY_PAGE = "import streamlit as st\n\nst.write('Hello')\n"

Timed = Callable[[], float]


def main() -> int:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="start-") as name:
        folder = Path(name)
        (folder / "app.py").write_text(EMPTY_APP)
        (folder / "page.py").write_text(EMPTY_PAGE)
        known = folder / "data"
        new = iter(range(2 * PAGES))

        def nothing() -> float:
            return process(known, "-c", "pass")

        def empty() -> float:
            return first_page(known, folder / "app.py", folder / "log")

        print(f"{'':<34}{'median':>9}{'beside':>9}{'ratio':>8}")
        compare("python -m core --help", lambda: process(known, "-m", "core", "--help"), nothing, COMMANDS)
        compare("python -m core export", lambda: process(known, "-m", "core", "export"), nothing, COMMANDS)
        compare("the first page", lambda: first_page(known, "app.py", folder / "log"), empty, PAGES)
        compare(
            "the first page, over new data",
            lambda: first_page(folder / str(next(new)), "app.py", folder / "log"),
            empty,
            PAGES,
        )
    return 0


def compare(name: str, ours: Timed, bare: Timed, rounds: int) -> None:
    """Both in turn, the first of each unmeasured: it fills the caches."""
    ours(), bare()
    times = [(ours(), bare()) for _ in range(rounds)]
    median, beside = (statistics.median(one) for one in zip(*times, strict=True))
    print(f"{name:<34}{median:>7.2f} s{beside:>7.3f} s{median / beside:>7.1f}x", flush=True)


def process(data: Path, *arguments: str) -> float:
    """The seconds of a whole Python process."""
    began = time.monotonic()
    subprocess.run(
        [sys.executable, *arguments],
        cwd=Path(__file__).parents[2],
        env=environment(DATA_DIR=str(data)),
        stdout=subprocess.DEVNULL,
        timeout=PATIENCE,
        check=True,
    )
    return time.monotonic() - began


def first_page(data: Path, script: str | Path, log: Path) -> float:
    """The seconds from the start of `streamlit run` until its first page's script has ended."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    began = time.monotonic()
    server = Command(
        log,
        environment(DATA_DIR=str(data)),
        *("-m", "streamlit", "run", str(script), "--server.port", port, "--server.headless", "true"),
    )
    try:
        while not draws(f"localhost:{port}"):
            assert server.code(0.005) is None, server.output
            assert time.monotonic() < began + PATIENCE, server.output
        return time.monotonic() - began
    finally:
        server.kill()
        assert "Traceback" not in server.output, server.output


def draws(host: str) -> bool:
    """Ask for the first page as a browser does and wait for its script's end; False if nobody answers yet."""
    address = f"ws://{host}/_stcore/stream"
    with suppress(ConnectionRefusedError), connect(address, origin=f"http://{host}") as page:
        ask = BackMsg()
        ask.rerun_script.query_string = ""
        page.send(ask.SerializeToString())
        while True:
            heard = ForwardMsg.FromString(page.recv(PATIENCE))
            if heard.WhichOneof("type") == "script_finished":
                assert heard.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
                return True
    return False


if __name__ == "__main__":
    sys.exit(main())
