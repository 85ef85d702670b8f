"""One call as the work behind a route sees it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from core.amounts import CREDITS, DOLLARS
from core.sandbox.answers import MISSING_PARAMETER, flat
from core.sandbox.photos import Photo
from core.sandbox.rendering import Renderer


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One call: the dialect it is spoken in, its body, the ids in its path and query, the address it came
    to, the photo fetched for it, and who renders. `body` is the JSON object; `raw` with `content_type` is
    what was sent, or the one file of a form. `read_only`: the key may only look. `wake_hooks` is called when
    there is a new endpoint.
    """

    base: str
    renderer: Renderer
    dialect: str = "workflow"
    body: dict[str, Any] = field(default_factory=dict)
    raw: bytes = b""
    content_type: str = ""
    path: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    photo: Photo | None = None
    read_only: bool = False
    wake_hooks: Callable[[], None] = lambda: None

    @property
    def unit(self) -> str:
        """What this dialect's money is in."""
        return DOLLARS if self.dialect == "v3" else CREDITS

    def text(self, name: str) -> str:
        """A parameter that must be there. Raises Rejected with HTTP 400, code 40001."""
        value = self.body.get(name)
        if not isinstance(value, str) or not value.strip():
            raise flat(400, MISSING_PARAMETER, f"Missing parameter: {name}")
        return value
