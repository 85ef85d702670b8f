"""A Studio that works in a process of its own and dies where it is told to, as if by `kill -9`.

The process is forked from a server that has everything imported. Moments of death:

    at = entry    at the entry of the client's `method`: the request has not left
    at = answer   when `method` has answered, and the answer shows `showing`, or has refused
    at = insert   in the transaction of an intent of `kind`, before it is committed
    at = commit   in the first transaction after the answer, before it is committed
    at = begin    between that transaction and the next one
    at = half     when half of the first piece of a video's file is on the disk

`method` is the client's, or one of FILE_METHODS; `nth` is the number of its call, 1 by default.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlmodel import col, select

from core import __main__
from core.account import balance
from core.bloggers.editing import add_blogger, add_location
from core.database.tables.runs import LIVE_STATES, Run
from core.heygen.errors import Refused
from core.people.roles import LOCAL_ADMIN
from core.quotes import avatars
from core.runs import advance, confirm, drive
from core.studio import Studio, open_studio
from core.videos import files, parts

ROOT = Path(__file__).parents[2]
#: What core.videos.files does with a video that is whole.
FILE_METHODS = ("check", "keep")


@dataclass(kw_only=True)
class Death:
    """The moment of death."""

    at: str
    method: str = ""
    nth: int = 1
    showing: dict[str, str] = field(default_factory=dict)
    kind: str = ""
    #: Transactions begun after the answer, by the thread that got it.
    begun: int = 0
    thread: int | None = None

    def now(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def watch(self, engine: Engine) -> None:
        """Listen to the database's transactions."""

        def executing(_connection, _cursor, statement, parameters, _context, _many) -> None:
            intent = self.at == "insert" and statement.startswith("INSERT INTO operation")
            if intent and self.kind in parameters:
                self.now()

        def beginning(_connection) -> None:
            if self.thread == threading.get_ident():
                self.begun += 1
                if self.at == "begin" and self.begun == 2:
                    self.now()

        def committing(_connection) -> None:
            if self.at == "commit" and self.thread == threading.get_ident():
                self.now()

        event.listen(engine, "before_cursor_execute", executing)
        event.listen(engine, "begin", beginning)
        event.listen(engine, "commit", committing)

    def around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """`call`, and death before or after it."""
        calls = 0

        def mortal(*args: Any, **named: Any) -> Any:
            nonlocal calls
            calls += 1
            if self.at == "entry" and calls == self.nth:
                self.now()
            try:
                answer = call(*args, **named)
            except Refused:
                if self.at == "answer":
                    self.now()
                self.thread = threading.get_ident()
                raise
            shown = all(getattr(answer, name) == value for name, value in self.showing.items())
            if shown and calls >= self.nth:
                if self.at == "answer":
                    self.now()
                self.thread = threading.get_ident()
            return answer

        return mortal

    def over_files(self) -> None:
        """Let this process die over a video's file, where `at` or `method` say so."""
        if self.method in FILE_METHODS:
            setattr(files, self.method, self.around(getattr(files, self.method)))
        if self.at == "half":
            write = parts.Part.append

            def half(part: parts.Part, data: bytes) -> None:
                write(part, data[: len(data) // 2])
                self.now()

            parts.Part.append = half


class Client:
    """HeyGen's client, with one mortal method."""

    def __init__(self, client: Any, death: Death) -> None:
        self._client = client
        if death.method and death.method not in FILE_METHODS:
            setattr(self, death.method, death.around(getattr(client, death.method)))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)


def make(studio: Studio) -> None:
    """A new location with a confirmed run."""
    balance.refresh(studio)
    blogger = add_blogger(studio.db, name="Mila Hart", actor=LOCAL_ADMIN)
    place = add_location(
        studio.db,
        blogger_id=blogger.id or 0,
        name="Studio",
        image_url="http://sandbox/samples/mila-studio.jpg",
        actor=LOCAL_ADMIN,
    )
    quote = avatars.quote(studio, location_ids=(place.id or 0,), motion_type="veo2")
    confirm.confirm(studio, quote, actor=LOCAL_ADMIN)


def run(
    given: Path,
    output: Path,
    errors: Path,
    environ: dict[str, str],
    act: Callable[..., None],
    *arguments: Any,
) -> None:
    """`act` as in a new process: with this environment alone, and files as its standard streams."""
    for number, path, mode in ((0, given, "rb"), (1, output, "ab"), (2, errors, "ab")):
        with path.open(mode) as file:
            os.dup2(file.fileno(), number)
    sys.stdin = open(0, encoding="utf-8", errors="surrogateescape", closefd=False)  # noqa: SIM115
    os.environ.clear()
    os.environ.update(environ)
    os.chdir(ROOT)
    act(*arguments)


def core(*arguments: str) -> None:
    """`python -m core` with these arguments."""
    sys.exit(__main__.main([*arguments]))


def streamlit(*arguments: str) -> None:
    """`python -m streamlit` with these arguments."""
    from tests.faults import child_app

    child_app.main(*arguments)


def work(make_first: bool, die: dict[str, Any] | None) -> None:
    """Drive every live run until it rests, perhaps after making one, and perhaps dying on the way."""
    studio = open_studio()
    if make_first:
        make(studio)
    if die:
        death = Death(**die)
        death.watch(studio.db.engine)
        death.over_files()
        client: Any = Client(studio.client, death)
        studio.client = client
    with studio.db.read() as session:
        live = list(session.exec(select(Run.id).where(col(Run.state).in_(LIVE_STATES))))
    drive.drive(studio, live)
    studio.close()


def lose_an_answer() -> None:
    """Advance the one live run until the answer to a call is lost, then live on without doing anything."""
    studio = open_studio()
    with studio.db.read() as session:
        run_id = session.exec(select(col(Run.id)).where(col(Run.state).in_(LIVE_STATES))).one()
    state = ""
    while state != "unknown":
        advance.advance(studio, run_id or 0)
        with studio.db.read() as session:
            state = session.get_one(Run, run_id).state
    print("lost", flush=True)
    threading.Event().wait()
