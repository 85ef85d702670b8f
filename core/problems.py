"""Why something cannot go ahead, as a value: shown beside what it is about, before anybody is refused."""

from dataclasses import dataclass, field
from typing import Any

from core.errors import fill


@dataclass(frozen=True)
class Problem:
    """Why a line or the whole plan cannot go ahead: a template and its values, for translation."""

    code: str
    template: str
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return fill(self.template, self.values)
