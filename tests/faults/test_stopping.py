"""A process that is told to stop ends within 5 seconds, sends nothing more, and loses nothing."""

import signal
import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import requests
import streamlit

from core.config import HEYGEN_API, Settings
from core.database.engine import open_database
from core.people.ways import COOKIE
from core.sandbox.server import Sandbox
from tests.doorstep import UPGRADE
from tests.faults.processes import Process
from tests.faults.site import SPEED, HeyGen, Site

pytestmark = pytest.mark.processes

#: The process ends itself after four seconds; the rest is what a busy machine needs to notice.
LIMIT = 8.0
#: Longer than any process may live on.
FOREVER = 60
APP = ("-m", "streamlit", "run", "app.py", "--server.headless", "true")
GOES_ON = "Nothing is lost: the next worker goes on"


def app(site: Site) -> tuple[Process, int]:
    """`streamlit run app.py` and the port where it answers."""
    process = site.start(*APP, "--server.port", "0")
    return process, int(process.says(r"http://localhost:(\d+)").group(1))


@contextmanager
def keyless_site(folder: Path) -> Iterator[Site]:
    """A keyless site: each process brings its own sandbox over the same rows, and so does this one."""
    with Sandbox(folder / "data", speed=SPEED) as sandbox:
        site = Site(folder, HeyGen(sandbox.base_url), keyless=True)
        try:
            yield site
        finally:
            site.close()


def ask(port: int, path: str, *headers: str, buffer: int | None = None) -> socket.socket:
    """A connection that has asked for `path` and got the first bytes of the answer."""
    client = socket.socket()
    client.settimeout(20)
    if buffer:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    client.connect(("127.0.0.1", port))
    lines = [f"GET {path} HTTP/1.1", f"Host: localhost:{port}", *headers]
    client.sendall("".join(f"{line}\r\n" for line in [*lines, ""]).encode())
    assert client.recv(12, socket.MSG_PEEK), "no answer"
    return client


def stopped_reading(process: Process, port: int) -> socket.socket:
    """A browser that came in by the start's link, asked for some megabytes of Streamlit's own files and reads
    none of them."""
    link = process.says(r"Open the Studio: (\S+)").group(1)
    let_in = requests.get(link, allow_redirects=False, timeout=20)
    cookie = f"Cookie: {COOKIE}={let_in.cookies[COOKIE]}"
    files = Path(streamlit.__file__).parent / "static" / "static" / "js"
    largest = max(files.glob("*.js"), key=lambda file: file.stat().st_size)
    return ask(port, f"/static/js/{largest.name}", cookie, buffer=4096)


def open_page(port: int) -> socket.socket:
    """A browser with the WebSocket of an open page."""
    return ask(port, "/_stcore/stream", *(f"{name}: {value}" for name, value in UPGRADE))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_a_worker_stops_in_the_middle_of_a_call(site: Site, number: signal.Signals) -> None:
    """The call's answer is looked up later; nothing is made or paid twice."""
    site.heygen.fault("create", "stall", seconds=FOREVER)
    site.confirm("Studio")
    worker = site.start("-m", "core", "worker")
    site.heygen.wait_for_calls("create")
    assert worker.seconds_to_end(number) < LIMIT
    assert worker.ends() == 0
    assert "Traceback" not in worker.output
    site.go_on()
    assert site.attempts("create_group") == ["adopted"]
    site.assert_paid_once()


def test_an_answer_that_comes_while_the_worker_stops_is_settled(site: Site) -> None:
    """A worker that is told to stop waits a moment for its call: no later look is needed."""
    site.heygen.fault("create", "stall", seconds=1)
    site.confirm("Studio")
    worker = site.start("-m", "core", "worker")
    site.heygen.wait_for_calls("create")
    assert worker.seconds_to_end(signal.SIGTERM) < LIMIT
    assert site.attempts("create_group") == ["confirmed"]
    site.go_on()
    site.assert_paid_once()


def provision(site: Site) -> Process:
    with site.open() as world:
        world.location()
    return site.start("-m", "core", "provision", "--all", "--motion", "veo2", "--yes")


def test_provision_stops_in_the_middle_of_a_call_and_says_who_goes_on(site: Site) -> None:
    """Ctrl-C says that nothing is lost, and it is true."""
    site.heygen.fault("motion", "stall", seconds=FOREVER)
    command = provision(site)
    site.heygen.wait_for_calls("motion")
    assert command.seconds_to_end(signal.SIGINT) < LIMIT
    assert command.ends() == 1
    assert GOES_ON in command.output
    assert "Traceback" not in command.output
    site.go_on()
    assert site.attempts("add_motion") == ["adopted"]
    site.assert_paid_once()


def test_a_call_that_ends_in_time_is_settled_and_the_last_one(site: Site) -> None:
    """The answer that arrives while the command stops is written down; no further call starts."""
    site.heygen.fault("create", "stall", seconds=1)
    command = provision(site)
    site.heygen.wait_for_calls("create")
    assert command.seconds_to_end(signal.SIGTERM) < LIMIT
    assert command.ends() == 1
    assert GOES_ON in command.output
    assert site.attempts("create_group") == ["confirmed"]
    assert site.heygen.creating_calls == {"upload": 1, "create": 1, "motion": 0}
    site.go_on()
    site.assert_paid_once()


def test_the_app_stops_though_a_call_stalls_and_a_client_stopped_reading(site: Site) -> None:
    """It waits for the client for 4 s at most. Meanwhile an answer is settled, and no further call starts."""
    site.heygen.fault("create", "stall", seconds=FOREVER)
    site.heygen.fault("create", "stall", seconds=1.5)
    site.confirm("Studio", "Park")
    process, port = app(site)
    with closing(stopped_reading(process, port)):
        site.heygen.wait_for_calls("create", 2)
        assert process.seconds_to_end(signal.SIGTERM) < LIMIT
    # Only the last resort ends with this code: the client did hold up the server.
    assert process.ends() == 128 + signal.SIGTERM
    assert sorted(site.attempts("create_group")) == ["confirmed", "sent"]
    assert site.heygen.creating_calls == {"upload": 2, "create": 2, "motion": 0}
    site.go_on()
    assert sorted(site.attempts("create_group")) == ["adopted", "confirmed"]
    site.assert_paid_once(2)


def test_the_keyless_app_stops_though_a_call_stalls_and_a_page_is_open(tmp_path: Path) -> None:
    """The embedded sandbox stops with the app, though it has not answered; its rows stay."""
    with keyless_site(tmp_path) as site:
        site.heygen.fault("motion", "stall", seconds=FOREVER)
        site.confirm("Studio")
        process, port = app(site)
        with closing(open_page(port)):
            site.heygen.wait_for_calls("motion")
            assert process.seconds_to_end(signal.SIGINT) < LIMIT
        assert "Traceback" not in process.output
        site.go_on()
        assert site.attempts("add_motion") == ["adopted"]
        site.assert_paid_once()


def live_data(data_dir: Path) -> None:
    open_database(Settings(api_key="hg_0123456789", api_base=HEYGEN_API, data_dir=data_dir)).close()


def newer_data(data_dir: Path) -> None:
    open_database(Settings(data_dir=data_dir)).close()
    with closing(sqlite3.connect(data_dir / "studio.db")) as rows, rows:
        rows.execute("UPDATE alembic_version SET version_num = '9999'")


@pytest.mark.parametrize(
    ("data", "arguments", "says"),
    [
        (live_data, (), "belongs to another world (there: live, here: sandbox)"),
        (newer_data, (), "was made by a newer version of the Studio (revision 9999)"),
        (None, ("--server.address", "0.0.0.0"), "would listen on 0.0.0.0, where other machines reach it"),
    ],
    ids=["another world", "a newer version", "open to other machines"],
)
def test_an_app_that_must_not_start_says_why_and_answers_nothing(
    site: Site, data: Callable[[Path], None] | None, arguments: tuple[str, ...], says: str
) -> None:
    """One sentence and exit code 2, before the server starts and before anything is changed."""
    if data is not None:
        data(site.folder / "data")
    process = site.start(*APP, "--server.port", "0", *arguments)
    assert process.ends() == 2, process.output
    (sentence,) = [line for line in process.output.splitlines() if says in line]
    assert "Nothing was" in sentence
    assert "Traceback" not in process.output
    assert site.heygen.state["calls"] == {}
