"""Real processes: Python as a person starts it, and forks that start without importing anything."""

import os
import re
import signal
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from tests.faults.child_studio import ROOT, run
from tests.world import eventually

PATIENCE = 30.0
SETTINGS = (
    "HEYGEN_API_KEY HEYGEN_DIALECT HEYGEN_API_BASE HEYGEN_UPLOAD_BASE PHOTO_HOSTS PLAN WORKERS "
    "ADMIN_EMAILS NOTIFY_URL PUBLIC_URL ALLOW_HTTP TRUSTED_PROXIES TRUSTED_USER_HEADER SESSION_IDLE_HOURS "
    "SESSION_DAYS HEYGEN_WEBHOOK_SECRET"
)


class Process(ABC):
    """A process of ours, its whole output in a file."""

    def __init__(self, log: Path) -> None:
        self._log = log

    @property
    @abstractmethod
    def pid(self) -> int: ...

    @abstractmethod
    def code(self, seconds: float) -> int | None:
        """Its exit code, negative for the signal that killed it; None when it runs for longer than that."""

    @property
    def output(self) -> str:
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def says(self, pattern: str) -> re.Match[str]:
        """Wait for this in the output."""

        def found() -> re.Match[str] | None:
            code, match = self.code(0), re.search(pattern, self.output)
            assert match or code is None, f"ended with {code}:\n{self.output}"
            return match

        return eventually(found, seconds=PATIENCE)

    def send(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def suspend(self) -> None:
        """SIGSTOP; returns when the process stands still."""
        self.send(signal.SIGSTOP)
        stat = Path(f"/proc/{self.pid}/stat")
        eventually(lambda: stat.read_text().rpartition(") ")[2].startswith("T"))

    def ends(self) -> int:
        """Wait for the end and return the exit code."""
        code = self.code(PATIENCE)
        assert code is not None, f"still running after {PATIENCE} s:\n{self.output}"
        return code

    def seconds_to_end(self, number: signal.Signals) -> float:
        """How long the process takes to end after this signal."""
        began = time.monotonic()
        self.send(number)
        self.ends()
        return time.monotonic() - began

    def kill(self) -> None:
        """`kill -9`, and wait for the end. Harmless when it has ended."""
        if self.code(0) is None:
            self.send(signal.SIGKILL)
            self.ends()


class Command(Process):
    """Python with these arguments, as a person starts it."""

    def __init__(self, log: Path, environ: dict[str, str], *arguments: str) -> None:
        super().__init__(log)
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
    def pid(self) -> int:
        return self._process.pid

    def code(self, seconds: float) -> int | None:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        return self._process.returncode


class Fork(Process):
    """A function in a process forked from a server that has imported everything: that takes longest."""

    _context = get_context("forkserver")
    _context.set_forkserver_preload(
        ["pytest", "alembic.command", "tests.faults.child_studio", "tests.faults.child_app"]
    )

    def __init__(self, log: Path, environ: dict[str, str], act: Callable[..., None], *arguments: Any) -> None:
        super().__init__(log)
        self._process = self.process(Path(os.devnull), log, log, environ, act, *arguments)

    @classmethod
    def process(cls, *arguments: Any) -> BaseProcess:
        """Start `child_studio.run` with these arguments."""
        process = cls._context.Process(target=run, args=arguments, daemon=True)
        process.start()
        return process

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def code(self, seconds: float) -> int | None:
        self._process.join(seconds)
        return self._process.exitcode


def environment(**settings: str) -> dict[str, str]:
    """The whole environment of a process, so that neither this one's nor a .env counts."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return {**kept, **dict.fromkeys(SETTINGS.split(), ""), **settings}
