"""Ending a process within seconds without ever starting another creating call."""

import os
import signal
import threading
from collections.abc import Callable
from types import FrameType

#: A slow client of a media file, or a stalled call, must not keep the process alive for ever.
GRACE_SECONDS = 4.0
SIGNALS = (signal.SIGTERM, signal.SIGINT)


def on_signal(act: Callable[[], None]) -> None:
    """From now on SIGTERM and SIGINT first call `act`, then whoever handled them before.

    A daemon timer ends the process after GRACE_SECONDS in any case. Call it in the main thread.
    """
    for number in SIGNALS:
        _wrap(number, act)


def _wrap(number: signal.Signals, act: Callable[[], None]) -> None:
    before = signal.getsignal(number)

    def handle(received: int, frame: FrameType | None) -> None:
        act()
        timer = threading.Timer(GRACE_SECONDS, os._exit, args=(128 + received,))
        timer.daemon = True
        timer.start()
        if callable(before):
            before(received, frame)

    signal.signal(number, handle)
