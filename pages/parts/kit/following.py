"""A part of a page that follows by itself while something moves, and stands still otherwise."""

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from core import clock
from pages.parts.kit import times
from pages.parts.kit.guard import guarded
from pages.parts.kit.words import t

T = TypeVar("T")


def follow(
    load: Callable[[], T],
    moves: Callable[[T], bool],
    draw: Callable[[T], None],
    *,
    every: float = 2,
    noted: bool = False,
) -> None:
    """Draw what `load` finds, again every so many seconds while it moves, and at its end the page once more.

    `noted` says below it as of when it is shown.
    """
    found = load()
    live = moves(found)
    st.fragment(_again, run_every=every if live else None)(load, moves, draw, live, noted, [found])


def _again(
    load: Callable[[], T],
    moves: Callable[[T], bool],
    draw: Callable[[T], None],
    live: bool,
    noted: bool,
    read: list[T],
) -> None:
    """`read` holds what the page has just read, for the first time only."""
    with guarded():
        found = read.pop() if read else load()
        if live and not moves(found):
            st.rerun()
        draw(found)
        if live and noted:
            st.caption(
                t(
                    "Shown as of {time}; refreshes every second while something runs. "
                    "You may close this page: the work goes on.",
                    time=times.clock_time(clock.now()),
                )
            )
