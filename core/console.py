"""What commands print: never more than text, and never a reason for their work to fail.

Names, files and HeyGen's words may hold what a terminal would obey; a console may lack a letter; whoever
reads may go away in the middle. None of that is an error of the command.
"""

import logging
import os
import signal
import sys
from collections.abc import Iterable
from io import TextIOWrapper
from typing import Any, cast

from core.names import visible


class Console:
    """A standard stream whose lines are shown, not obeyed, and whose failures are kept instead of raised."""

    def __init__(self, stream: TextIOWrapper) -> None:
        self._stream = stream
        #: Why something was not written, unless the reader just went away.
        self.failure: OSError | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        try:
            self._stream.write(visible(text, marks=True))
        except OSError as error:
            self._go_on_without(error)
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except OSError as error:
            self._go_on_without(error)

    def _go_on_without(self, error: OSError) -> None:
        """From now on what is written goes nowhere, also what the interpreter flushes at its end."""
        if not isinstance(error, BrokenPipeError):
            self.failure = self.failure or error
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._stream.fileno())
        os.close(nowhere)


class Lines(logging.Formatter):
    """Lines of a log in which what HeyGen or a file says is shown, not obeyed."""

    def format(self, record: logging.LogRecord) -> str:
        return visible(super().format(record), marks=True)


def take_over() -> None:
    """Let the standard streams be consoles: a letter that one cannot show becomes a question mark, and a
    stream that was closed is an empty one.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115  It is there until the process ends.
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
            setattr(sys, name, cast(Any, Console(stream)))
    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(errors="surrogateescape")


def check() -> None:
    """Raise the OSError that kept what was printed from being written; a reader who went away is none."""
    sys.stdout.flush()
    if isinstance(sys.stdout, Console) and sys.stdout.failure:
        raise sys.stdout.failure


def one_line(text: str) -> str:
    """What comes from outside cannot begin a line of its own."""
    return " ".join(text.splitlines())


def work_is_done() -> None:
    """From now on there is only something to say: an interruption no longer makes a failure of the work."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
