"""Errors that a person reads.

    StudioError
    ├── BadInput            the input cannot be accepted; nothing was changed
    │   └── NotFound        there is no such blogger, location or run
    ├── Refusal             a rule or a limit forbids it; nothing was spent
    │   ├── StaleQuote      the plan changed since the quote was made
    │   ├── OverLimit       the balance or the group slots do not suffice
    │   └── NotAllowed      the role of whoever asks does not suffice
    ├── StartRefused        the process cannot start on this data (another world, a newer database)
    └── StorageFailed       the disk is full or the database is busy; nothing was changed
        └── Damaged         the database cannot be read; trying again does not help

HeyGen's own failures have their tree in `core.heygen.errors`; it hangs below StudioError too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.amounts import amount
from core.locale.dollars import in_unit

#: Values that are numbers of micro-credits, shown with their noun or sign.
AMOUNTS = ("amount", "needed", "available", "budget", "committed")


class StudioError(Exception):
    """Base of all errors with a message fit for a person.

    Carries a template and its values, so that a page can translate the template; `user_message` is the
    English sentence: what happened, whether anything was spent, what to do next.
    """

    def __init__(self, template: str, /, **values: object) -> None:
        super().__init__(template)
        self.template = template
        self.values = values

    @property
    def user_message(self) -> str:
        return fill(self.template, self.values)

    def __str__(self) -> str:
        return self.user_message


class BadInput(StudioError):
    """The input cannot be accepted; nothing was changed."""


class NotFound(BadInput):
    """The thing asked for does not exist."""


class Refusal(StudioError):
    """A rule forbids it; nothing was spent."""


class StaleQuote(Refusal):
    """The plan changed since the quote was shown."""


class OverLimit(Refusal):
    """The balance or the group slots do not suffice."""


class NotAllowed(Refusal):
    """Whoever asks may not do this; nothing was changed and nothing was spent."""


class StartRefused(StudioError):
    """The process must not start on this data; commands exit with 2."""


class StorageFailed(StudioError):
    """The database could not be written; nothing was changed."""


class Damaged(StorageFailed):
    """A part of the database cannot be read any more; a backup has to take its place."""


@dataclass(frozen=True)
class Problem:
    """Why a line or the whole plan cannot go ahead: a template and its values, for translation."""

    code: str
    template: str
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return fill(self.template, self.values)


def fill(template: str, values: Mapping[str, object]) -> str:
    """The sentence in English and in the world's unit; AMOUNTS are numbers of micro-credits."""
    money = {name: amount(micro) for name in AMOUNTS if isinstance(micro := values.get(name), int)}
    return in_unit(template).format(**{**values, **money})


def storable(values: Mapping[str, object]) -> dict[str, object]:
    """A sentence's values as JSON keeps them; numbers stay numbers, because a template may format them."""
    return {
        key: value if isinstance(value, int | float | None) else str(value) for key, value in values.items()
    }
