"""Ending a process within seconds without ever starting another creating call."""

import os
import signal
import threading
from collections.abc import Callable
from queue import SimpleQueue
from types import FrameType

#: A slow client of a media file, or a stalled call, must not keep the process alive for ever.
GRACE_SECONDS = 4.0
SIGNALS = (signal.SIGTERM, signal.SIGINT)


def on_signal(act: Callable[[], None]) -> None:
    """From now on SIGTERM and SIGINT let `act` run, in a thread, and then whoever handled them before.

    GRACE_SECONDS after the first signal the process is ended in any case, with 128 + its number. Call it in
    the main thread.
    """
    received: SimpleQueue[int] = SimpleQueue()
    threading.Thread(target=_end, args=(received, act), name="shutdown", daemon=True).start()
    for number in SIGNALS:
        _wrap(number, received)


def _wrap(number: signal.Signals, received: SimpleQueue[int]) -> None:
    before = signal.getsignal(number)

    def handle(number: int, frame: FrameType | None) -> None:
        # The interrupted main thread may hold any lock, even that of an Event; this queue needs none.
        received.put(number)
        # Python's own handler would throw a KeyboardInterrupt into a call and lose its answer.
        if callable(before) and before is not signal.default_int_handler:
            before(number, frame)

    signal.signal(number, handle)


def _end(received: SimpleQueue[int], act: Callable[[], None]) -> None:
    number = received.get()
    try:
        act()
    finally:
        threading.Event().wait(GRACE_SECONDS)
        os._exit(128 + number)
