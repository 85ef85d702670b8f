"""The rows of the table: what is tried, in families."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.attacks.sites import GotIn, Sites


@dataclass(frozen=True)
class Row:
    """One attack. `attack` returns what was answered, or raises GotIn."""

    what: str
    attack: Callable[[], str]

    def tried(self) -> tuple[bool, str]:
        """Whether it was refused, and what was answered."""
        try:
            return True, self.attack()
        except GotIn as got:
            return False, str(got)


Family = Callable[[Sites], Iterator[Row]]
