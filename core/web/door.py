"""The door: without sign-in the Studio is for this machine only.

A pure ASGI middleware over HTTP and WebSocket. It reads the peer's address and the headers, never a body.
"""

import re
from ipaddress import IPv6Address, ip_address

from starlette.types import ASGIApp, Receive, Scope, Send

from core.errors import StartRefused

TUNNELLED = "The Studio refuses requests that came through a proxy or a tunnel: nobody signs in here."
OTHER_MACHINE = "The Studio answers only the machine it runs on: nobody signs in here."
OTHER_NAME = "The Studio answers only as localhost, 127.0.0.1 or [::1]: open it under one of these names."
OTHER_SITE = "The Studio refuses requests that another site's page makes: open the Studio itself."

_OWN_HOST = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?")
_ORIGIN = re.compile(r"(https?)://([^/?#@\s]+)")


class Door:
    """Let a request in, or answer 403 with one sentence (a WebSocket is closed before it is accepted).

    Without sign-in a request gets in only if all of this holds: no Forwarded, X-Forwarded-* or Via header
    says that it came through a tunnel; the peer is this machine; the one Host is localhost, 127.0.0.1 or
    [::1], whatever the port (another name means DNS rebinding); Origin, if sent, is that Host.

    With `signed_in` (a sign-in stands behind the door), and over HTTP for the exact paths in `open_paths`
    (they check for themselves who asks, or tell nothing and change nothing), only Origin is checked.
    """

    def __init__(
        self, app: ASGIApp, *, open_paths: frozenset[str] = frozenset(), signed_in: bool = False
    ) -> None:
        self.app = app
        self.open_paths = open_paths
        self.signed_in = signed_in

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        reason = None if scope["type"] == "lifespan" else self._refusal(scope)
        if reason is None:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            # Closed before it was accepted: the server answers the handshake with 403.
            await send({"type": "websocket.close", "code": 1008, "reason": reason})
        else:
            await _answer(send, reason)

    def _refusal(self, scope: Scope) -> str | None:
        """Why this request must stay outside, or None."""
        hosts = _values(scope, b"host")
        if not self.signed_in and not (scope["type"] == "http" and scope["path"] in self.open_paths):
            # Before the peer: a server that trusts a proxy has put the proxy's word into scope["client"].
            if any(_is_tunnel_header(name) for name, _value in scope["headers"]):
                return TUNNELLED
            if not _is_this_machine(scope.get("client")):
                return OTHER_MACHINE
            if len(hosts) != 1 or not _OWN_HOST.fullmatch(hosts[0]):
                return OTHER_NAME
        origins = _values(scope, b"origin")
        if origins and not (len(origins) == len(hosts) == 1 and _same_site(origins[0], hosts[0])):
            return OTHER_SITE
        return None


def check_binding(address: str | None, has_auth: bool) -> None:
    """Raise StartRefused when other machines could reach `address` and nobody would have to sign in.

    None, "" and the wildcard addresses mean every address of this machine.
    """
    host = (address or "").strip().strip("[]").lower()
    if has_auth or host == "localhost" or _is_loopback(host):
        return
    if not host:
        raise StartRefused(
            "The Studio would listen on every address, where other machines reach it, and nobody would have "
            "to sign in. Nothing was started. Set server.address to localhost; reach it from another machine "
            "through ssh -L."
        )
    raise StartRefused(
        "The Studio would listen on {address}, where other machines reach it, and nobody would have to sign "
        "in. Nothing was started. Set server.address to localhost; reach it from another machine through "
        "ssh -L.",
        address=host,
    )


def _values(scope: Scope, wanted: bytes) -> list[str]:
    return [value.decode("latin-1").lower() for name, value in scope["headers"] if name.lower() == wanted]


def _is_tunnel_header(name: bytes) -> bool:
    name = name.lower()
    return name in (b"forwarded", b"via") or name.startswith(b"x-forwarded-")


def _is_this_machine(client: tuple[str, int] | None) -> bool:
    return client is not None and _is_loopback(client[0])


def _is_loopback(host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return address.is_loopback


def _same_site(origin: str, host: str) -> bool:
    """True when the page at `origin` was served under `host`. A scheme's own port may be left out."""
    found = _ORIGIN.fullmatch(origin)
    if found is None:
        return False
    port = ":443" if found[1] == "https" else ":80"
    return _with_port(found[2], port) == _with_port(host, port)


def _with_port(host: str, port: str) -> str:
    return host if re.search(r":[0-9]+$", host) else host + port


async def _answer(send: Send, sentence: str) -> None:
    body = sentence.encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        # The body stays unread, so this connection carries no second request.
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": body})
