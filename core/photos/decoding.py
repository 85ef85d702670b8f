"""Decoding a photo in a process of its own, within a deadline.

A photo's bytes may be anybody's, and a decoder can be kept busy or broken by them: then one process ends, and
nothing else waits for it or falls with it. Processes are started when they are needed, at most two, and stay
for the next photo; each is a new program (core.photos.pixels), because this one has threads and must not be
forked.
"""

import atexit
import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from core.locale import N_
from core.photos.address import PhotoRefused
from core.photos.fetch import Limits

Kind = Literal["png", "jpeg"]

PROCESSES = 2
#: For one photo. 50 megapixels take two seconds.
SECONDS = 15.0
SCRIPT = Path(__file__).with_name("pixels.py")

_DAMAGED = N_(
    "The photo is damaged or incomplete and cannot be read. Nothing was spent. Save it anew as PNG or JPEG."
)
_TOO_LONG = N_(
    "The photo takes longer than {seconds:g} seconds to read. Nothing was spent. Save it anew as PNG or JPEG."
)
_NO_PROCESS = N_(
    "Photos cannot be read on this machine now ({reason}). Nothing was spent. Try again in a moment."
)


@dataclass(frozen=True)
class Decoded:
    """Width and height as in the file, EXIF's orientation (1 to 8), and the small picture that was asked."""

    width: int
    height: int
    orientation: int = 1
    small: bytes = b""


def decode(data: bytes, kind: Kind, limits: Limits, *, side: int = 0, seconds: float = SECONDS) -> Decoded:
    """Decode the photo to its last byte; with `side` make a JPEG of at most that many pixels a side of it.

    Its size is judged before its pixels are decoded. Raises PhotoRefused for what is too large, too small,
    damaged, or not decoded after `seconds`.
    """
    asked = {
        "kind": kind,
        "max_pixels": limits.max_pixels,
        "min_side": limits.min_side,
        "side": side,
        "bytes": len(data),
    }
    found, small = _ask(asked, data, seconds)
    match found.get("problem"):
        case "pixels":
            raise PhotoRefused(
                "The photo has more than {limit:g} million pixels. Nothing was spent. Use a smaller one.",
                limit=limits.max_pixels / 1_000_000,
            )
        case "side":
            raise PhotoRefused(
                "The photo has {width} x {height} pixels; HeyGen needs at least {side} x {side}. "
                "Nothing was spent. Use a larger one.",
                width=found["width"],
                height=found["height"],
                side=limits.min_side,
            )
        case "damaged":
            raise PhotoRefused(_DAMAGED)
    return Decoded(found["width"], found["height"], found.get("orientation", 1), small)


class _Process:
    """One decoder, which answers one question after the other."""

    def __init__(self) -> None:
        # No Ctrl-C meant for the Studio reaches it; it ends when its input does.
        self._child = subprocess.Popen(
            [sys.executable, "-P", str(SCRIPT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        self.late = False

    def ask(self, asked: dict[str, Any], data: bytes, seconds: float) -> tuple[dict[str, Any], bytes]:
        """The answer and its bytes. Raises OSError or ValueError when the process ended in the middle."""
        source, sink = self._child.stdout, self._child.stdin
        assert source is not None
        assert sink is not None
        timer = threading.Timer(seconds, self._too_late)
        timer.daemon = True
        timer.start()
        try:
            sink.write(json.dumps(asked).encode() + b"\n" + data)
            sink.flush()
            found = json.loads(source.readline())
            small = source.read(found["bytes"])
            if len(small) < found["bytes"]:
                raise EOFError
            return found, small
        except EOFError as exc:
            raise OSError from exc
        finally:
            timer.cancel()

    def _too_late(self) -> None:
        self.late = True
        self._child.kill()

    def let_go(self) -> None:
        """Close this process's ends of its pipes: it ends when no other holds them."""
        for pipe in (self._child.stdin, self._child.stdout):
            try:
                if pipe is not None:
                    pipe.close()
            except OSError:
                # What was not sent any more has nobody to go to.
                continue

    def end(self) -> None:
        self._child.kill()
        self._child.wait()
        self.let_go()


_places = threading.BoundedSemaphore(PROCESSES)
_idle: list[_Process] = []
_all: set[_Process] = set()


def _ask(asked: dict[str, Any], data: bytes, seconds: float) -> tuple[dict[str, Any], bytes]:
    with _places:
        # One that waited here may have been ended from outside: then a new one is asked.
        for process in (_idle.pop() if _idle else _started(), None):
            one = process or _started()
            try:
                answer = one.ask(asked, data, seconds)
            except (OSError, ValueError) as exc:
                if one.late:
                    raise PhotoRefused(_TOO_LONG, seconds=seconds) from exc
                if process is None:
                    raise PhotoRefused(_DAMAGED) from exc
            else:
                _idle.append(one)
                return answer
            finally:
                if one not in _idle:
                    _all.discard(one)
                    one.end()
    raise AssertionError("the second process either answers or raises")


def _started() -> _Process:
    try:
        one = _Process()
    except OSError as exc:
        raise PhotoRefused(_NO_PROCESS, reason=exc.strerror or str(exc)) from exc
    _all.add(one)
    return one


@atexit.register
def end() -> None:
    """End the processes that wait for a photo; the next photo starts one anew."""
    while _idle:
        one = _idle.pop()
        _all.discard(one)
        one.end()


def _forked() -> None:
    """The decoders are the parent's: two who talk with one would take each other's answers."""
    global _places
    for one in _all:
        one.let_go()
    _all.clear()
    _idle.clear()
    _places = threading.BoundedSemaphore(PROCESSES)


os.register_at_fork(after_in_child=_forked)
