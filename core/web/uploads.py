"""Uploads: into one's own session alone, and how much that may hold; each file has Streamlit's own limit."""

import re
from collections import defaultdict
from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from core.locale import N_
from core.people import access
from core.web.plain import header, refusal

#: Five files of the largest size that .streamlit/config.toml lets in.
MOST_BYTES = 60 * 1024 * 1024
TOO_MUCH = N_("This page holds too many uploaded files. Nothing was kept. Remove some, or reload the page.")
NOT_YOURS = N_(
    "This is not your page's upload. Nothing was kept. Reload the page, then choose the file again."
)
_UPLOAD = re.compile("/_stcore/upload_file/([^/]+)/[^/]+")


class OwnUploads:
    """Answer 403 to whoever sends a file into a session, or takes one out, that somebody else opened.

    `owner` says who opened a session, as the gate wrote it into the request (core.people.access).
    """

    def __init__(self, app: ASGIApp, *, owner: Callable[[str], str]) -> None:
        self.app, self.owner = app, owner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = _UPLOAD.fullmatch(scope.get("path", ""))
        changes = scope["type"] == "http" and scope["method"] in ("PUT", "DELETE")
        if changes and found and self.owner(found[1]) != header(scope, access.HEADER):
            return await refusal(scope, NOT_YOURS, 403)(scope, receive, send)
        await self.app(scope, receive, send)


class UploadLimit:
    """Answer 413 to a file that would bring its session above the limit, before its body is read.

    `held` says how many bytes a session has here already; `largest` is what a file of unknown length counts.
    """

    def __init__(
        self, app: ASGIApp, *, held: Callable[[str], int], largest: int, most: int = MOST_BYTES
    ) -> None:
        self.app, self.held, self.largest, self.most = app, held, largest, most
        self._coming: defaultdict[str, int] = defaultdict(int)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = _UPLOAD.fullmatch(scope.get("path", ""))
        if scope["type"] != "http" or scope["method"] != "PUT" or found is None:
            return await self.app(scope, receive, send)
        session, size = found[1], self._size(scope)
        if self.held(session) + self._coming.get(session, 0) + size > self.most:
            return await refusal(scope, TOO_MUCH, 413)(scope, receive, send)
        self._coming[session] += size
        try:
            await self.app(scope, receive, send)
        finally:
            self._coming[session] -= size
            if not self._coming[session]:
                del self._coming[session]

    def _size(self, scope: Scope) -> int:
        """The announced length; without a believable one, the most that would be taken."""
        announced = dict(scope["headers"]).get(b"content-length", b"")
        return int(announced) if re.fullmatch(b"[0-9]{1,18}", announced) else self.largest
