"""The gate: nobody gets in without being known, over HTTP and WebSocket, before any script or route runs.

It stands inside the door. What it finds out it hands on in a header (core.people.access), which nobody else
can write. An open WebSocket is asked again at each message: somebody who was removed or signed out meanwhile
gets one more run, which shows a sentence and nothing else, and then the connection ends.
"""

import logging
from ipaddress import ip_address, ip_network

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.errors import StorageFailed
from core.people import access
from core.people.members import hash_of
from core.people.ways import COOKIE
from core.studio import Studio
from core.web.plain import cookie

log = logging.getLogger("studio.gate")

#: Tells nothing and changes nothing: what a proxy asks to see whether the process lives.
HEALTH = "/_stcore/health"


class Gate:
    """Let a request in that somebody known makes, with who it is; anything else ends here.

    `open_paths` get in as they come: they check for themselves who asks. `stranger` answers what nobody known
    asks over HTTP; a WebSocket is closed before it is accepted (403). `plain_run` is the message that stands
    in the place of what somebody says who is gone.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        studio: Studio,
        stranger: ASGIApp,
        plain_run: bytes,
        open_paths: frozenset[str] = frozenset(),
    ) -> None:
        self.app, self.studio, self.ways, self.stranger = app, studio, studio.ways, stranger
        self.plain_run = plain_run
        self.open_paths = open_paths | {HEALTH}
        self._proxies = tuple(ip_network(one, strict=False) for one in self.ways.proxies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self.app(scope, receive, send)
        named = self._proxy_says(scope)
        scope = {**scope, "headers": self._without_claims(scope)}
        if scope["type"] == "http" and scope["path"] in self.open_paths:
            return await self.app(scope, receive, send)
        who = self._who(scope, named)
        if not who or not await self._is_known(who):
            if scope["type"] == "websocket":
                return await send({"type": "websocket.close", "code": 1008, "reason": "Sign in first."})
            return await self.stranger({**scope, "studio.named": named}, receive, send)
        scope["headers"].append((access.HEADER.encode(), access.sealed(who).encode()))
        if scope["type"] == "websocket" and not who.startswith("local"):
            receive = self._watched(who, receive, send)
        await self.app(scope, receive, send)

    def _who(self, scope: Scope, named: str | None) -> str:
        """Who the request says it is from, as core.people.access writes it; "" for nobody."""
        if self.ways.asks_nothing:
            return "local"
        if named is not None:
            # A proxy that knows everybody and names nobody means nobody, whatever cookie comes with it.
            return f"proxy {named}" if named else ""
        token = cookie(scope, COOKIE)
        return f"cookie {hash_of(token)}" if token else ""

    async def _is_known(self, who: str) -> bool:
        if who == "local":
            return True
        try:
            return await run_in_threadpool(self._asks, who)
        except StorageFailed as error:
            log.error("nobody gets in while the database cannot be read: %s", error)
            return False

    def _asks(self, who: str) -> bool:
        person = access.person(self.studio.db, self.studio.settings, access.sealed(who))
        if person is None or not who.startswith("cookie"):
            return person is not None
        # What opened the Studio to this machine alone counts for nothing once a team signs in.
        return (person.member_id is None) == self.ways.alone

    def _proxy_says(self, scope: Scope) -> str | None:
        """The address that a trusted proxy names, "" when it names none; None where no proxy was asked."""
        if not self.ways.proxy_header or not self._from_proxy(scope):
            return None
        name = self.ways.proxy_header.encode()
        values = [value for key, value in scope["headers"] if key.lower() == name]
        return values[0].decode("utf-8", "replace").strip() if len(values) == 1 else ""

    def _from_proxy(self, scope: Scope) -> bool:
        peer = scope.get("studio.peer") or scope.get("client")
        try:
            address = ip_address(peer[0]) if peer else None
        except ValueError:
            return False
        return address is not None and any(address in network for network in self._proxies)

    def _without_claims(self, scope: Scope) -> list[tuple[bytes, bytes]]:
        """The headers without what only the gate and trusted proxies may say."""
        claims = {access.HEADER.encode(), self.ways.proxy_header.encode()}
        return [(name, value) for name, value in scope["headers"] if name.lower() not in claims]

    def _watched(self, who: str, receive: Receive, send: Send) -> Receive:
        """`receive` of an open WebSocket, which asks at each message whether this still is somebody known."""
        told = False

        async def asked() -> Message:
            nonlocal told
            message = await receive()
            if message["type"] != "websocket.receive" or await self._is_known(who):
                return message
            if not told:
                told = True
                return {"type": "websocket.receive", "bytes": self.plain_run}
            await send({"type": "websocket.close", "code": 1008, "reason": "Sign in again."})
            return {"type": "websocket.disconnect", "code": 1008}

        return asked
