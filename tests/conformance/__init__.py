"""The same journeys through every dialect, and the table of them in the README."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from core.config import DIALECTS

Test = TypeVar("Test", bound=Callable[..., None])


@dataclass(frozen=True)
class Journey:
    """A feature by the name that the table gives it; `differs` says what is otherwise, by dialect."""

    feature: str
    module: str
    differs: dict[str, str] = field(default_factory=dict)


#: The journeys by the names of their tests.
JOURNEYS: dict[str, Journey] = {}


def journey(feature: str, **differs: str) -> Callable[[Test], Test]:
    """Marks the test of a feature, which the fixture `films` runs once a dialect."""

    def register(test: Test) -> Test:
        JOURNEYS[test.__name__] = Journey(feature, test.__module__, differs)
        return test

    return register


def table() -> str:
    """The table as Markdown: a row a feature, a column a dialect."""
    head = ("Feature", *(f"`{dialect}`" for dialect in DIALECTS))
    # Whichever module was imported first.
    found = sorted(JOURNEYS.values(), key=lambda one: one.module)
    rows = [(one.feature, *(one.differs.get(d, "yes") for d in DIALECTS)) for one in found]
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
