"""Runs that are watched: redrawn every second while one of them moves, and not at all afterwards."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from core import clock
from core.journal.due import moves
from core.reports import runs as histories
from core.studio import Studio
from pages.parts.kit import times
from pages.parts.kit.guard import guarded
from pages.parts.kit.tables import rows
from pages.parts.kit.words import t

EVERY_SECONDS = 1
#: More runs at once are not drawn; Activity lists them all.
MOST = 100


def load(studio: Studio, *, states: tuple[str, ...] = (), ids: tuple[int, ...] | None = None) -> list[Any]:
    """Runs in the order they were started."""
    return rows(histories.runs(studio.db, states=states, ids=ids, limit=MOST).iloc[::-1])


def watch(studio: Studio, ids: tuple[int, ...], draw: Callable[[list[Any]], None]) -> None:
    """Draw the runs now, and again every second while one of them moves; at the end the page once more."""
    live = any(map(moves, load(studio, ids=ids)))
    st.fragment(_watched, run_every=EVERY_SECONDS if live else None)(studio, ids, draw, live)


def _watched(studio: Studio, ids: tuple[int, ...], draw: Callable[[list[Any]], None], live: bool) -> None:
    with guarded():
        runs = load(studio, ids=ids)
        if live and not any(map(moves, runs)):
            st.rerun()
        draw(runs)
        if live:
            st.caption(
                t(
                    "Shown as of {time}; refreshes every second while something runs. "
                    "You may close this page: the work goes on.",
                    time=times.clock_time(clock.now()),
                )
            )
