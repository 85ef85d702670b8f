"""A connection that has not said what it wants within ten seconds is closed.

uvicorn waits for the head of a request as long as a byte comes now and then, and Streamlit, which makes the
server, lets nobody choose its protocol: so the protocol's class is taught here, before the first connection.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol

#: From the connection, or from the end of the answer before, until the whole head of a request is here.
HEAD_SECONDS = 10.0


def install(protocol: type[Any] = AutoHTTPProtocol, seconds: float = HEAD_SECONDS) -> None:
    """Let every connection of this protocol be closed while it keeps the server waiting for a head.

    What comes after the head is the business of whoever reads it. A second call changes nothing.
    """
    if "_until_head" in vars(protocol):
        return
    made, received, lost = protocol.connection_made, protocol.data_received, protocol.connection_lost

    def waits(self: Any) -> bool:
        """True while the head of the next request is not here. A WebSocket has another protocol by now."""
        mine = self.transport.get_protocol() is self and not self.transport.is_closing()
        return mine and (self.cycle is None or self.cycle.response_complete)

    def close(self: Any) -> None:
        self._until_head = None
        if waits(self):
            self.transport.abort()

    def stop(self: Any) -> None:
        if self._until_head is not None:
            self._until_head.cancel()
            self._until_head = None

    def watch(self: Any) -> None:
        if not waits(self):
            stop(self)
        elif self._until_head is None:
            self._until_head = asyncio.get_running_loop().call_later(seconds, close, self)

    def connection_made(self: Any, transport: asyncio.Transport) -> None:
        made(self, transport)
        watch(self)

    def data_received(self: Any, data: bytes) -> None:
        received(self, data)
        watch(self)

    def connection_lost(self: Any, exc: Exception | None) -> None:
        stop(self)
        lost(self, exc)

    protocol._until_head = None
    protocol.connection_made = connection_made
    protocol.data_received = data_received
    protocol.connection_lost = connection_lost
