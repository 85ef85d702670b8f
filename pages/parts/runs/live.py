"""Runs that are watched: redrawn every second while one of them moves, and not at all afterwards."""

from collections.abc import Callable
from typing import Any

from core.journal.due import moves
from core.reports import runs
from core.studio import Studio
from pages.parts.kit.following import follow
from pages.parts.kit.tables import rows

EVERY_SECONDS = 1
#: More runs at once are not drawn; Activity lists them all.
MOST = 100


def any_moves(found: list[Any]) -> bool:
    """True while one of these runs goes on without a person."""
    return any(map(moves, found))


def load(studio: Studio, *, states: tuple[str, ...] = (), ids: tuple[int, ...] | None = None) -> list[Any]:
    """Runs in the order they were started."""
    return rows(runs.runs(studio.db, states=states, ids=ids, limit=MOST).iloc[::-1])


def watch(studio: Studio, ids: tuple[int, ...], draw: Callable[[list[Any]], None]) -> None:
    """Draw the runs now, and again every second while one of them moves; at the end the page once more."""
    follow(lambda: load(studio, ids=ids), any_moves, draw, every=EVERY_SECONDS, noted=True)
