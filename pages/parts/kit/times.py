"""Times and durations as people say them; exact times in the viewer's own zone."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from core import clock
from pages.parts.kit.words import t


def ago(moment: datetime | None) -> str:
    """How long ago, roughly; a dash for never."""
    if moment is None:
        return "–"
    passed = (clock.now() - moment).total_seconds()
    if passed < 5:
        return t("just now")
    if passed < 60:
        return t("{n} s ago", n=int(passed))
    if passed < 3600:
        return t("{n} min ago", n=int(passed // 60))
    if passed < 86_400:
        return t("{n} h ago", n=int(passed // 3600))
    return t("{n} d ago", n=int(passed // 86_400))


def exact(moment: datetime | None) -> str:
    """The moment to the second in the viewer's zone; a dash for never."""
    return "–" if moment is None else moment.astimezone(zone()).strftime(t("%Y-%m-%d %H:%M:%S"))


def date(moment: datetime | None) -> str:
    """Only the date in the viewer's zone; a dash for never."""
    return "–" if moment is None else moment.astimezone(zone()).strftime(t("%Y-%m-%d"))


def clock_time(moment: datetime) -> str:
    """Only the time of day, for a list of lines."""
    return f"{moment.astimezone(zone()):%H:%M:%S}"


def column(title: str) -> Any:
    """A table's column of moments, which sorts by time. Streamlit's own "distance" speaks English only."""
    return st.column_config.DatetimeColumn(title, format=t("YYYY-MM-DD HH:mm"), timezone=zone().key)


def lasted(start: datetime, end: datetime | None) -> str:
    """From `start` to `end`, or until now."""
    return duration(max(0, int(((end or clock.now()) - start).total_seconds())))


def duration(seconds: int) -> str:
    """So many whole seconds as a person says them."""
    if seconds < 7200:
        return _minutes(seconds)
    return t("{n} h {m} min", n=seconds // 3600, m=seconds % 3600 // 60)


def length(milliseconds: int) -> str:
    """How long a video is, in whole seconds, at least one."""
    return _minutes(max(1, round(milliseconds / 1000)))


def longest(milliseconds: int) -> str:
    """An upper bound of a video's length, rounded up."""
    return _minutes(-(-milliseconds // 1000))


def _minutes(seconds: int) -> str:
    if seconds < 120:
        return t("{n} s", n=seconds)
    return t("{n} min {s} s", n=seconds // 60, s=seconds % 60)


def zone() -> ZoneInfo:
    """The viewer's zone as the browser says it; UTC where it does not."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def today() -> str:
    """The viewer's date, for a file's name."""
    return f"{clock.now().astimezone(zone()):%Y-%m-%d}"
