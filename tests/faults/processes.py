"""Real processes of the Studio, and the sandbox that they spend in as a process of its own."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import requests
from sqlmodel import col, select

from core import account
from core.config import load
from core.models import Operation, Run
from core.studio import open_studio
from tests.faults.child_studio import work
from tests.world import CREDIT, World, eventually

ROOT = Path(__file__).parents[2]
SPEED = 200
#: In seconds of HeyGen's time: 0.2 s between the two looks at this speed.
ABSENT_AFTER = 40.0
PATIENCE = 30.0
PHOTO = "http://sandbox/samples/mila-studio.jpg"
SETTINGS = "HEYGEN_API_KEY HEYGEN_DIALECT HEYGEN_API_BASE HEYGEN_UPLOAD_BASE PHOTO_HOSTS PLAN ADMIN_EMAILS"


class Process:
    """A Python process of ours, its whole output in a file."""

    def __init__(self, log: Path, *arguments: str, environ: dict[str, str]) -> None:
        self._log = log
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def output(self) -> str:
        return self._log.read_text(errors="replace")

    def says(self, pattern: str) -> re.Match[str]:
        """Wait for this in the output."""

        def found() -> re.Match[str] | None:
            code, match = self._process.poll(), re.search(pattern, self.output)
            assert match or code is None, f"ended with {code}:\n{self.output}"
            return match

        return eventually(found, seconds=PATIENCE)

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def suspend(self) -> None:
        """SIGSTOP; returns when the process stands still."""
        self.send(signal.SIGSTOP)
        stat = Path(f"/proc/{self._process.pid}/stat")
        eventually(lambda: stat.read_text().rpartition(") ")[2].startswith("T"))

    def resume(self) -> None:
        self.send(signal.SIGCONT)

    def ends(self) -> int:
        """Wait for the end; the exit code, negative for the signal that killed the process."""
        try:
            return self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired as exc:
            raise AssertionError(f"still running after {PATIENCE} s:\n{self.output}") from exc

    def seconds_to_end(self, number: signal.Signals) -> float:
        """How long the process takes to end after this signal."""
        began = time.monotonic()
        self.send(number)
        self.ends()
        return time.monotonic() - began

    def kill(self) -> None:
        """`kill -9`, and wait for the end. Harmless when it has ended."""
        self._process.kill()
        self._process.wait(PATIENCE)


class Fork:
    """A process of child_studio.py, forked from a server that has imported everything already."""

    _context = get_context("forkserver")
    _context.set_forkserver_preload(["pytest", "alembic.command", "tests.faults.child_studio"])

    def __init__(self, log: Path, *order: Any) -> None:
        self._log = log
        self._process = self._context.Process(target=work, args=(log, *order), daemon=True)
        self._process.start()

    @property
    def output(self) -> str:
        return self._log.read_text(errors="replace")

    def ends(self) -> int:
        """Wait for the end; the exit code, negative for the signal that killed the process."""
        self._process.join(PATIENCE)
        code = self._process.exitcode
        assert code is not None, f"still running after {PATIENCE} s:\n{self.output}"
        return code

    def kill(self) -> None:
        """`kill -9`, and wait for the end. Harmless when it has ended."""
        self._process.kill()
        self._process.join(PATIENCE)


def environment(**settings: str) -> dict[str, str]:
    """The whole environment of a process, so that neither this one's nor a .env counts."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return {**kept, **dict.fromkeys(SETTINGS.split(), ""), **settings}


@dataclass
class HeyGen:
    """The sandbox as a process of its own: what was called, made and charged there."""

    base: str

    def control(self, method: str, path: str, **body: Any) -> dict[str, Any]:
        answer = requests.request(
            method,
            f"{self.base}/sandbox/{path}",
            headers={"X-Api-Key": "sandbox"},
            json=body or None,
            timeout=10,
        )
        answer.raise_for_status()
        return answer.json()

    def fault(self, route: str, fault: str, **options: Any) -> None:
        """The next call of `route` goes wrong in this way."""
        self.control("POST", "faults", route=route, fault=fault, **options)

    @property
    def state(self) -> dict[str, Any]:
        return self.control("GET", "state")

    @property
    def creating_calls(self) -> dict[str, int]:
        """How often each creating route was called."""
        calls = self.state["calls"]
        return {route: calls.get(route, 0) for route in ("upload", "create", "motion")}

    def wait_for_calls(self, route: str, times: int = 1) -> None:
        """Wait until `route` has been called so often."""
        eventually(lambda: self.creating_calls[route] == times, seconds=PATIENCE)


@contextmanager
def sandbox_process(folder: Path) -> Iterator[HeyGen]:
    """`python -m core sandbox`, as a person starts it."""
    arguments = ("-m", "core", "sandbox", "--port", "0", "--speed", str(SPEED))
    process = Process(folder / "sandbox.log", *arguments, environ=environment(DATA_DIR=str(folder)))
    try:
        yield HeyGen(process.says(r"Sandbox at (http://127\.0\.0\.1:\d+)").group(1))
    finally:
        process.kill()


def the_runs(world: World) -> list[Run]:
    """All runs, oldest first."""
    with world.studio.db.read() as session:
        return list(session.exec(select(Run).order_by(col(Run.id))))


@dataclass
class Site:
    """A DATA_DIR, the processes that work on it, and the account that they spend from."""

    folder: Path
    heygen: HeyGen
    keyless: bool = False
    absent_after: float = ABSENT_AFTER
    started: list[Process | Fork] = field(default_factory=list)

    @property
    def environ(self) -> dict[str, str]:
        """The settings of every process here; a keyless one brings the sandbox itself."""
        key = {"HEYGEN_API_KEY": "sandbox", "HEYGEN_DIALECT": "workflow", "HEYGEN_API_BASE": self.heygen.base}
        return environment(
            DATA_DIR=str(self.folder / "data"),
            ABSENT_AFTER=str(self.absent_after),
            **({} if self.keyless else key),
        )

    def start(self, *arguments: str, **settings: str) -> Process:
        """A Python process with this site's settings."""
        process = Process(self._log(), *arguments, environ={**self.environ, **settings})
        self.started.append(process)
        return process

    def worker(self, *arguments: str, **settings: str) -> Process:
        """`python -m core worker`."""
        return self.start("-m", "core", "worker", *arguments, **settings)

    def studio(self, *, make: bool = False, die: dict[str, Any] | None = None) -> Fork:
        """A process that goes on with what is there, perhaps makes a location first, and perhaps dies."""
        process = Fork(self._log(), self.environ, make, die)
        self.started.append(process)
        return process

    @property
    def owners(self) -> int:
        """How many processes hold a lock file here, or left one behind."""
        return len(list((self.folder / "data" / "locks").glob("*.lock")))

    def go_on(self) -> None:
        """The next Studio does what is left and ends by itself."""
        process = self.studio()
        assert process.ends() == 0, process.output

    def finish(self) -> None:
        """`python -m core worker --until-idle` does what is left."""
        worker = self.worker("--until-idle")
        assert worker.ends() == 0, worker.output

    def close(self) -> None:
        for process in self.started:
            process.kill()

    @contextmanager
    def open(self) -> Iterator[World]:
        """A Studio of this process, to prepare and to look: it advances nothing."""
        studio = open_studio(load(self.environ, None))
        try:
            yield World(studio, PHOTO)
        finally:
            studio.close()

    def confirm(self, *names: str) -> None:
        """New locations with confirmed runs, which nobody advances yet."""
        with self.open() as world:
            account.refresh(world.studio)
            world.confirm(*[world.location(name) for name in names])

    def wait_for_runs(self) -> None:
        """Wait until every run is done."""
        with self.open() as world:
            eventually(lambda: all(run.state == "done" for run in the_runs(world)), seconds=PATIENCE)

    def attempts(self, kind: str) -> list[str]:
        """What became of the calls of this kind, in order; "adopted" when the result was looked up."""
        with self.open() as world, world.studio.db.read() as session:
            found = session.exec(select(Operation).where(Operation.kind == kind).order_by(col(Operation.id)))
            return ["adopted" if o.answer.get("adopted") else o.state for o in found]

    def assert_paid_once(self, locations: int = 1) -> None:
        """Each location has its own group and motion, asked for and paid once; the ledger says the same."""
        with self.open() as world:
            money, runs = world.money, the_runs(world)
            places = [world.place(run.location_id) for run in runs]
        state = self.heygen.state
        assert [run.state for run in runs] == ["done"] * locations
        made = {(group["id"], group["looks"][0]["id"]) for group in state["groups"]}
        assert {(place.heygen_group_id, place.heygen_avatar_id) for place in places} == made
        assert len(made) == len(state["groups"]) == locations
        assert {(p.avatar_status, p.motion_status) for p in places} == {("completed", "completed")}
        looks = sorted(look for _group, look in made)
        assert sorted(motion["avatar_id"] for motion in state["motions"]) == looks
        assert sorted(charge["subject"] for charge in state["charges"]) == looks
        assert {charge["micro_credits"] for charge in state["charges"]} == {CREDIT}
        assert (state["calls"]["create"], state["calls"]["motion"]) == (locations, locations)
        left = (10 - locations) * CREDIT
        assert (money.spent, money.held, money.available) == (locations * CREDIT, 0, left)
        assert state["credits"] == left

    def _log(self) -> Path:
        return self.folder / f"process-{len(self.started)}.log"
