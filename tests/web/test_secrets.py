"""A small life with secrets that can be told apart, and then a search for them in every byte that was written
or drawn: files, exports, what commands and the dashboard print, what pages send, what a process is called."""

import http.client
import logging
import socket
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import quote

import pytest
import requests
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect
from websockets.typing import Origin

from core.account import questions
from core.config import Settings, load
from core.people import members, sign_ins
from core.people.roles import LOCAL_ADMIN
from core.people.ways import COOKIE
from core.runs import queue
from core.studio import open_studio
from pages.parts.kit.words import escape
from tests.commands.support import core
from tests.faults import child_studio
from tests.faults.processes import PATIENCE, Fork, environment
from tests.fresh import migrated
from tests.sandbox.client import eventually
from tests.world import World, fast_world, good_photo

#: As HeyGen's keys look: some of its signs are written otherwise in an address.
KEY = "bWFya2VyLWtleQ/9+Zz=="
HOOK = "marker-webhook-secret-5b1"
NEWS = "marker-news-secret-7c2"
COOKIES = "marker-cookie-secret-9d3-as-long-as-one"
#: Files that hold a secret because they are its place; each is for its owner alone.
PLACES = {
    "cookie-secret": "signs the provider's login cookie: without it every restart would end that login",
    "start-link": "holds the token of the link that `python -m core link` prints again",
}
#: Pages that are drawn, with what each has to say of a failure.
PAGES = (
    "",
    "locations",
    "videos",
    "credits",
    "settings",
    "activity?run=1",
    "activity?run=2",
    "activity?run=3",
)


class Echo(BaseHTTPRequestHandler):
    """A sandbox behind a HeyGen that repeats the key where `says` tells it to."""

    protocol_version = "HTTP/1.0"
    behind = ""
    #: What it answers once to the next call of this path.
    says: dict[str, tuple[int, str]]

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = self.path.partition("?")[0]
        found = next((path_said for path_said in self.says if path_said in path), None)
        if found is not None and self.command == "POST":
            status, text = self.says.pop(found)
            key = self.headers["X-Api-Key"]
            self.reply(status, text.replace("KEY", key).replace("QUOTED", quote(key, safe="")).encode())
            return
        sent = {name: value for name, value in self.headers.items() if name.lower() != "host"}
        given = requests.request(
            self.command, self.behind + self.path, headers=sent, data=body, timeout=30, allow_redirects=False
        )
        self.reply(given.status_code, given.content, given.headers.get("Content-Type", ""))

    do_GET = do_POST = do_DELETE = do_PUT = do_PATCH = answer

    def reply(self, status: int, body: bytes, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@contextmanager
def echo(behind: str, says: dict[str, tuple[int, str]]) -> Iterator[str]:
    handler = type("Echoing", (Echo,), {"behind": behind, "says": says})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


class Written(logging.Handler):
    """Everything that any logger says at any level, tracebacks too."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], dict[str, bytes]]:
    """The secrets by name, and all that was written and drawn, by where."""
    folder = tmp_path_factory.mktemp("life")
    data = folder / "data"
    fast_world(data)
    migrated(data)
    (data / "cookie-secret").write_text(COOKIES)
    (data / "cookie-secret").chmod(0o600)
    written = Written()
    # What the dashboard's own process would say, not the browser that this test is.
    logging.getLogger("websockets.client").setLevel(logging.INFO)
    logging.getLogger().addHandler(written)
    before = logging.getLogger().level
    logging.getLogger().setLevel(logging.DEBUG)
    secrets = {"key": KEY, "webhook secret": HOOK, "news": NEWS, "cookie secret": COOKIES}
    seen: dict[str, bytes] = {}
    refusal = '{"error": {"code": "bad_KEY", "message": "The key KEY may not do this. /?key=QUOTED"}}'
    page = (502, "<html><title>KEY</title>Bad gateway for KEY</html>")
    says = {"add_motion": (400, refusal)}
    with closing(open_studio(load({"DATA_DIR": str(folder / "heygen")}, None))) as heygen:
        heygen_at = heygen.settings.api_base
        fast_world(folder / "heygen")
        with echo(heygen_at, says) as base:
            marked = {
                "DATA_DIR": str(data),
                "HEYGEN_API_KEY": KEY,
                "HEYGEN_DIALECT": "workflow",
                "HEYGEN_API_BASE": base,
                "HEYGEN_WEBHOOK_SECRET": HOOK,
                # Nobody listens there: what is said of it is a failure.
                "NOTIFY_URL": f"http://127.0.0.1:9/{NEWS}?token={NEWS}",
            }
            studio = open_studio(load(marked, None))
            try:
                world = World(studio, good_photo())
                queue.of(studio)._balance.call_local(True)
                world.drive(world.confirm(world.location("refused")))
                says["avatar_group/create"] = page
                world.drive(world.confirm(world.location("lost")))
                world.drive(world.confirm(world.location("made")))
                for kind in ("inventory", "connection"):
                    questions.answer(studio, questions.ask(studio.db, kind=kind, actor=LOCAL_ADMIN))
                secrets["invitation"] = members.invite(
                    studio.db, "anna@team.example", role="operator", actor=LOCAL_ADMIN
                )
                with studio.db.write() as session:
                    secrets["cookie"] = sign_ins.begin(session, None, "start_link")
                # The worker's own log of a task that breaks.
                huey = queue.of(studio)._huey
                queue.of(studio).wake([1])
                broken = huey.dequeue()
                assert broken is not None
                broken.args = (1, KEY)
                huey.execute(broken)
            finally:
                studio.close()
            for command in (
                "check",
                "export",
                f"export {folder / 'out.json'}",
                f"export {folder / 'out.csv'}",
                f"backup {folder / 'copy.db'}",
                "rekey --yes",
            ):
                told = core(data, *command.split(), **{k: v for k, v in marked.items() if k != "DATA_DIR"})
                seen[f"what {command.split()[0]} prints"] = (told.stdout + told.stderr).encode()
            for name, value in (
                ("HEYGEN_API_KEY", f"{KEY} {KEY}"),
                ("HEYGEN_DIALECT", ""),
                ("NOTIFY_URL", f"ftp://{NEWS}"),
                ("HEYGEN_API_BASE", "ftp://x"),
            ):
                told = core(data, "check", **{**marked, name: value})
                assert told.returncode == 2
                seen[f"a start refused for {name}"] = (told.stdout + told.stderr).encode()
            seen |= dashboard(folder, marked, secrets)
    logging.getLogger().removeHandler(written)
    logging.getLogger().setLevel(before)
    seen["every log"] = "\n".join(written.lines).encode()
    for path in folder.rglob("*"):
        if path.is_file():
            seen[str(path.relative_to(folder))] = path.read_bytes()
    return secrets, seen


def dashboard(folder: Path, marked: dict[str, str], secrets: dict[str, str]) -> dict[str, bytes]:
    """What the real dashboard sends and prints, also once its tables are broken, and how it is called."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = Fork(
        folder / "dashboard.log",
        environment(**marked),
        child_studio.streamlit,
        *("run", "app.py", "--server.port", str(port), "--server.headless", "true"),
    )
    seen: dict[str, bytes] = {}
    try:
        eventually(lambda: answers(port), seconds=PATIENCE)
        seen["argv"] = b"\n".join(
            path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()
        )
        for page in PAGES:
            seen[f"the page /{page}"] = frames(port, page, secrets["cookie"])
        unsigned = {"Heygen-Signature": "0" * 64, "Heygen-Timestamp": "1"}
        for method, path, headers in (
            ("POST", "/hooks/heygen", unsigned),
            ("GET", f"/join/{secrets['invitation']}", {}),
            ("GET", f"/join?token={secrets['invitation']}", {}),
            ("GET", "/", {}),
        ):
            seen[f"{method} {path.partition('?')[0].split('/')[1]}"] = ask(port, method, path, headers)
        settings: Settings = load(marked, None)
        with closing(open_studio(settings)) as studio:
            World(studio, "").sql("ALTER TABLE operation RENAME TO gone")
            for page in PAGES:
                seen[f"the broken page /{page}"] = frames(port, page, secrets["cookie"])
            World(studio, "").sql("ALTER TABLE gone RENAME TO operation")
    finally:
        process.kill()
    assert "Traceback" in process.output, "the broken tables were meant to be seen in the log"
    return seen


def answers(port: int) -> bool:
    try:
        return requests.get(f"http://localhost:{port}/_stcore/health", timeout=2).ok
    except requests.RequestException:
        return False


def ask(port: int, method: str, path: str, headers: dict[str, str]) -> bytes:
    """The headers and the body of an answer."""
    connection = http.client.HTTPConnection("localhost", port, timeout=10)
    with closing(connection):
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return str(answer.headers).encode() + answer.read()


def frames(port: int, page: str, cookie: str) -> bytes:
    """Everything that the WebSocket of a page says until its script has ended."""
    path, _, query = page.partition("?")
    host = f"localhost:{port}"
    sent = b""
    with connect(
        f"ws://{host}/_stcore/stream",
        origin=Origin(f"http://{host}"),
        additional_headers={"Cookie": f"{COOKIE}={cookie}"},
        max_size=None,
    ) as opened:
        asked = BackMsg()
        asked.rerun_script.query_string = query
        asked.rerun_script.page_name = path
        opened.send(asked.SerializeToString())
        while True:
            heard = opened.recv(PATIENCE)
            assert isinstance(heard, bytes)
            sent += heard
            if ForwardMsg.FromString(heard).WhichOneof("type") == "script_finished":
                return sent


def ways_to_write(secret: str) -> set[bytes]:
    """The secret as it is, in an address, in base64, and as JSON and a page's words write it."""
    return {
        secret.encode(),
        quote(secret, safe="").encode(),
        b64encode(secret.encode()),
        secret.replace("/", "\\/").encode(),
        escape(secret).encode(),
    }


def test_no_secret_is_in_anything_that_was_written_or_drawn(
    life: tuple[dict[str, str], dict[str, bytes]],
) -> None:
    """The key, the webhook's, the cookies' and the news' secret, an invitation's token, a cookie."""
    secrets, seen = life
    found = {
        (name, place)
        for name, secret in secrets.items()
        for place, data in seen.items()
        if Path(place).name not in PLACES and any(way in data for way in ways_to_write(secret))
    }
    assert found == set()


def test_the_search_looks_where_secrets_could_be(life: tuple[dict[str, str], dict[str, bytes]]) -> None:
    """Every kind of place was written to, HeyGen's masked words are there, and a secret would be found."""
    secrets, seen = life
    assert seen["data/cookie-secret"] == COOKIES.encode()
    for place in ("data/studio.db", "every log", "copy.db"):
        assert b"The key *** may not do this." in seen[place], place
    assert b"may not do this" in seen["the page /activity?run=1"]
    assert b"data could not be read" in seen["the broken page /activity?run=1"]
    assert b"could not be told" in seen["every log"]
    assert b"Unhandled exception in task" in seen["every log"]
    assert b"Traceback" in seen["every log"]
    assert b"Mila Hart" in seen["out.json"]
    assert b"Mila Hart" in seen["out.csv"]
    assert b"anna@team.example" in seen["data/studio.db"]
    assert b"\0" in seen["argv"]
    assert secrets.keys() == {"key", "webhook secret", "news", "cookie secret", "invitation", "cookie"}
