"""Who really is at the other end of a connection.

uvicorn believes X-Forwarded-For from this machine and puts its word into scope["client"], before anything of
ours runs, and Streamlit, which makes the server, lets nobody change that. A trusted proxy is known by its own
address: so that one is noted first.
"""

from typing import Any

from uvicorn import config
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

PEER = "studio.peer"


class NotingPeers(ProxyHeadersMiddleware):
    """uvicorn's own, which notes the peer before it believes anything."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        noted: Any = {**scope, PEER: scope.get("client")}
        await super().__call__(noted, receive, send)


def install() -> None:
    """Let every server that loads its app from now on note its peers."""
    setattr(config, "ProxyHeadersMiddleware", NotingPeers)  # noqa: B010
