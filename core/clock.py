"""The one place that reads the time, so that tests can move it.

`now` is wall-clock UTC and may be stored; `monotonic` is for judging how long something took in this
process and must never be stored.
"""

import time
from datetime import UTC, datetime, timedelta

_shift = timedelta(0)


def now() -> datetime:
    """The current time as an aware UTC datetime."""
    return datetime.now(UTC) + _shift


def this_month() -> datetime:
    """The first moment of this month, UTC."""
    return now().replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def monotonic() -> float:
    """Seconds on a clock that never goes back; moved by `shift` as well."""
    return time.monotonic() + _shift.total_seconds()


def shift(seconds: float) -> None:
    """Move both clocks by `seconds` from real time (tests only; 0 puts them right)."""
    global _shift
    _shift = timedelta(seconds=seconds)
