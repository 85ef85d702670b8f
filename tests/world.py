"""A Studio in a directory of its own, over a real embedded sandbox that runs sixteen hundred times faster."""

import io
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar

import requests
from PIL import Image
from sqlalchemy import text
from sqlmodel import col, select

from core import clock
from core.account import balance
from core.bloggers.editing import add_blogger, add_location
from core.config import load
from core.database.tables.bloggers import Location
from core.database.tables.money import Entry
from core.database.tables.runs import Operation, Run
from core.journal.steps import Retry, retry_of
from core.money.ledger import Balances, balances
from core.people.roles import LOCAL_ADMIN
from core.quotes import avatars
from core.reports import runs
from core.runs import advance, decisions, drive, retry
from core.runs.confirm import confirm
from core.sandbox.server import DATABASE
from core.sandbox.store import Store
from core.studio import Studio, open_studio
from tests.fresh import migrated

P = TypeVar("P")
T = TypeVar("T")

PERSON = LOCAL_ADMIN
CREDIT = 1_000_000
SPEED = 1600.0
#: In seconds of HeyGen's time: 0.3 s between the two looks at this speed.
ABSENT_AFTER = 480


def control(base: str, method: str, path: str, **body: Any) -> dict[str, Any]:
    """Call a control route of the sandbox at `base`."""
    key = {"X-Api-Key": "sandbox"}
    answer = requests.request(method, f"{base}/sandbox/{path}", headers=key, json=body or None, timeout=10)
    answer.raise_for_status()
    return answer.json()


@dataclass
class World:
    studio: Studio
    photo_url: str

    def control(self, method: str, path: str, **body: Any) -> dict[str, Any]:
        return control(self.studio.settings.api_base, method, path, **body)

    def fault(self, route: str, fault: str, **options: Any) -> None:
        """The sandbox's next call of `route` goes wrong in this way."""
        self.control("POST", "faults", route=route, fault=fault, **options)

    @property
    def heygen(self) -> dict[str, Any]:
        """Everything the sandbox knows: groups, motions, charges, calls."""
        return self.control("GET", "state")

    def calls(self, route: str) -> int:
        return self.heygen["calls"].get(route, 0)

    def location(self, name: str = "Studio", blogger: str = "Mila Hart") -> int:
        """A new location with a good photo; returns its id."""
        with self.studio.db.read() as session:
            known = (
                session.connection()
                .execute(text("SELECT id FROM blogger WHERE name = :name"), {"name": blogger})
                .scalar()
            )
        owner = known or add_blogger(self.studio.db, name=blogger, actor=PERSON).id
        made = add_location(
            self.studio.db, blogger_id=owner, name=name, image_url=self.photo_url, actor=PERSON
        )
        assert made.id is not None
        return made.id

    def quote(self, *location_ids: int, motion: str = "veo2") -> avatars.Quote:
        return avatars.quote(self.studio, location_ids=location_ids, motion_type=motion, person=PERSON.name)

    def confirm(self, *location_ids: int, motion: str = "veo2") -> Run:
        """Confirm a quote for these locations; returns the first run."""
        return confirm(self.studio, self.quote(*location_ids, motion=motion), actor=PERSON)[0]

    def drive(self, run: Run) -> Run:
        """Advance the run until it rests."""
        return drive.drive(self.studio, [run.id])[0]

    def retry(self, run: Run, *, price: int | None = None) -> Run:
        """Retry the failed run at this price, else at the one that its button shows."""
        shown = retry_price(self.studio, self.run(run)) if price is None else price
        return retry.retry(self.studio.db, run.id or 0, price=shown, actor=PERSON)

    def cancel(self, run: Run) -> Run:
        """Ask the run to stop before its next paid step."""
        return decisions.request_cancel(self.studio, run.id or 0, actor=PERSON)

    def did_not_happen(self, run: Run) -> Run:
        """Say of a lost call that HeyGen did not do it."""
        return decisions.did_not_happen(self.studio.db, run.id or 0, actor=PERSON)

    def enter_id(self, run: Run, avatar_id: str, group_id: str = "") -> Run:
        """Say of a lost call what it made."""
        return decisions.enter_id(
            self.studio, run.id or 0, avatar_id=avatar_id, group_id=group_id, actor=PERSON
        )

    def step_until(self, run: Run, reached: Callable[[Run], bool], *, seconds: float = 20) -> Run:
        """Advance the run until `reached`."""

        def stepped() -> Run | None:
            assert run.id is not None
            advance.advance(self.studio, run.id)
            now = self.run(run)
            return now if reached(now) else None

        return eventually(stepped, seconds=seconds)

    def run(self, run: Run) -> Run:
        with self.studio.db.read() as session:
            return session.get_one(Run, run.id)

    def place(self, location_id: int) -> Location:
        with self.studio.db.read() as session:
            return session.get_one(Location, location_id)

    def operations(self, run: Run, kind: str = "") -> list[Operation]:
        assert run.id is not None
        return [o for o in runs.operations(self.studio.db, run.id) if kind in ("", o.kind)]

    def states(self, run: Run, kind: str) -> list[str]:
        return [o.state for o in self.operations(run, kind)]

    def lines(self, run: Run) -> list[str]:
        assert run.id is not None
        return list(runs.events(self.studio.db, run.id)["message"])

    def entries(self, run: Run) -> list[str]:
        """The kinds of the run's ledger lines, in order."""
        with self.studio.db.read() as session:
            return list(
                session.exec(select(Entry.kind).where(Entry.run_id == run.id).order_by(col(Entry.id)))
            )

    @property
    def money(self) -> Balances:
        with self.studio.db.read() as session:
            return balances(session)

    def sql(self, statement: str, **values: Any) -> None:
        """Change a row behind the Studio's back."""
        with self.studio.db.write() as session:
            session.connection().execute(text(statement), values)


class Over:
    """The client with some methods replaced: HeyGen as it answers in a rare moment."""

    def __init__(self, inner: Any, **methods: Callable[..., Any]) -> None:
        self._inner, self._methods = inner, methods

    def __getattr__(self, name: str) -> Any:
        return self._methods.get(name) or getattr(self._inner, name)


def eventually(get: Callable[[], T | None], *, seconds: float = 20, gap: float = 0.02) -> T:
    """What `get` returns once it is true, asked every `gap` seconds; fails when that takes too long."""
    deadline = time.monotonic() + seconds
    while True:
        found = get()
        if found:
            return found
        assert time.monotonic() < deadline, f"not within {seconds} s: {get}"
        threading.Event().wait(gap)


def at_once(press: Callable[[P], T], each: Sequence[P]) -> list[T]:
    """What `press` returns for each of these, called by as many people at the same moment."""
    ready = threading.Barrier(len(each))

    def person(one: P) -> T:
        ready.wait()
        return press(one)

    with ThreadPoolExecutor(len(each)) as people:
        return list(people.map(person, each))


def charged(world: World) -> int:
    """What HeyGen charged in all, in millionths of the unit."""
    return sum(one["micro_credits"] for one in world.heygen["charges"])


def picture(width: int = 512, height: int = 512, form: str = "jpeg") -> bytes:
    """A plain picture of this size, a JPEG or another form that Pillow knows."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), "#8899bb").save(file, form)
    return file.getvalue()


def _serving(data: bytes) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "image/jpeg")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return server


def _photo(server: ThreadingHTTPServer) -> str:
    return f"http://127.0.0.1:{server.server_port}/photo.jpg"


@contextmanager
def photo_server(data: bytes) -> Iterator[str]:
    """Serve `data` under any path on loopback; yields the address of one photo."""
    server = _serving(data)
    try:
        yield _photo(server)
    finally:
        server.shutdown()
        server.server_close()


@cache
def good_photo() -> str:
    """The address of a good photo, for all worlds of this process."""
    return _photo(_serving(picture()))


def fast_world(data_dir: Path, speed: float = SPEED) -> None:
    """Let the sandbox over this data run at `speed`, whoever starts it."""
    Store(data_dir / DATABASE, speed).close()


@contextmanager
def open_world(data_dir: Path, **environ: str) -> Iterator[World]:
    """A world at rest: sandbox up, balance read, no location yet."""
    settings = load({"DATA_DIR": str(data_dir), "ABSENT_AFTER": str(ABSENT_AFTER)} | environ, None)
    fast_world(data_dir)
    migrated(data_dir)
    studio = open_studio(settings)
    try:
        balance.refresh(studio)
        yield World(studio, good_photo())
    finally:
        clock.shift(0)
        studio.close()


def next_retry(studio: Studio, run: Run) -> Retry:
    """How a retry of this failed run would go on."""
    with studio.db.read() as session:
        return retry_of(session, run)


def retry_price(studio: Studio, run: Run) -> int:
    """What a retry of this failed run would hold, in micro-credits."""
    return next_retry(studio, run).micro
