"""How much one session may have uploaded at a time; each file has Streamlit's own limit besides."""

import re
from collections import defaultdict
from collections.abc import Callable

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

#: Five files of the largest size that .streamlit/config.toml lets in.
MOST_BYTES = 60 * 1024 * 1024
TOO_MUCH = "This page holds too many uploaded files. Nothing was kept. Remove some, or reload the page."
_UPLOAD = re.compile("/_stcore/upload_file/([^/]+)/[^/]+")


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
            # The body stays unread, so this connection carries no second request.
            return await PlainTextResponse(TOO_MUCH, 413, {"Connection": "close"})(scope, receive, send)
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
