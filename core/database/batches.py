"""Asking for many ids at once."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

#: SQLite takes at most 32,766 values in one statement; a third of that leaves room for a statement's others.
MOST_VALUES = 10_000


def in_batches(ids: Sequence[T]) -> Iterator[Sequence[T]]:
    """The ids in parts that one statement takes, in their order; nothing where there are none."""
    for start in range(0, len(ids), MOST_VALUES):
        yield ids[start : start + MOST_VALUES]
