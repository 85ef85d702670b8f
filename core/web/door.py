"""The door: whose requests are listened to at all, by the peer's address and the headers.

A pure ASGI middleware over HTTP and WebSocket; it never reads a body. Where nobody signs in the Studio is for
this machine only. Where a team does, it is asked under one address, and only by its own pages.
"""

import re
from ipaddress import IPv6Address, ip_address
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from core.errors import StartRefused
from core.locale import N_
from core.web.plain import cookie, refusal, wants_page

TUNNELLED = N_("The Studio refuses requests that came through a proxy or a tunnel: nobody signs in here.")
OTHER_MACHINE = N_("The Studio answers only the machine it runs on: nobody signs in here.")
OTHER_NAME = N_("The Studio answers only as localhost, 127.0.0.1 or [::1]: open it under one of these names.")
OTHER_SITE = N_("The Studio refuses requests that another site's page makes: open the Studio itself.")
OTHER_ADDRESS = N_(
    "The Studio's address is {origin}: open it there. If you did, a proxy on the way does not pass on the "
    "name that it was asked under (nginx: proxy_set_header Host $http_host)."
)
TWO_LENGTHS = N_("The request says in two ways how long it is, and was not read.")
#: Set when somebody is sent to the right address, so that a proxy that hides the name makes no circle of it.
_MOVED, _MOVED_SECONDS = "studio_moved", 10

_OWN_HOST = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?")
_ORIGIN = re.compile(r"(https?)://([^/?#@\s]+)")
#: What proxies and tunnels say of themselves, besides X-Forwarded-* (nginx, Cloudflare, Tailscale,
#: oauth2-proxy).
_TUNNELS = frozenset(
    b"forwarded via x-real-ip x-client-ip true-client-ip cf-connecting-ip cf-ray cdn-loop x-original-host "
    b"x-original-url x-auth-request-email x-auth-request-user remote-user x-envoy-external-address".split()
)
_TUNNEL_FAMILIES = (b"x-forwarded-", b"tailscale-", b"cf-access-", b"x-pomerium-", b"x-goog-")


class Door:
    """Let a request in, or answer 403 with one sentence (a WebSocket is closed before it is accepted).

    `alone`: a request gets in only if no header says that it came through a proxy, the peer is this machine,
    the one Host is localhost, 127.0.0.1 or [::1], whatever the port (another name means DNS rebinding), and
    Origin, if sent, is that Host. Otherwise people sign in behind the door, and it gets in under the address
    `origin`, where that is known, from a page of that address.

    The exact paths in `open_paths` check for themselves who asks, or tell nothing and change nothing: over
    HTTP only Origin is checked there.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        open_paths: frozenset[str] = frozenset(),
        alone: bool = True,
        origin: str = "",
    ) -> None:
        self.app, self.open_paths, self.alone, self.origin = app, open_paths, alone, origin.lower()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        reason = None if scope["type"] == "lifespan" else self._refusal(scope)
        if reason is None:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            # Closed before it was accepted: the server answers the handshake with 403.
            await send({"type": "websocket.close", "code": 1008, "reason": reason.format(origin=self.origin)})
        elif reason is OTHER_ADDRESS and wants_page(scope) and not cookie(scope, _MOVED):
            await self._moved(scope)(scope, receive, send)
        else:
            await refusal(scope, reason, 403, origin=self.origin)(scope, receive, send)

    def _refusal(self, scope: Scope) -> str | None:
        """Why this request must stay outside, or None."""
        if _values(scope, b"transfer-encoding") and _values(scope, b"content-length"):
            # A server before this one may see another request's begin inside the body.
            return TWO_LENGTHS
        hosts = _values(scope, b"host")
        checked = not (scope["type"] == "http" and scope["path"] in self.open_paths)
        if self.alone and checked:
            # Before the peer: a server that trusts a proxy has put the proxy's word into scope["client"].
            if any(_is_tunnel_header(name) for name, _value in scope["headers"]):
                return TUNNELLED
            if not _is_this_machine(scope.get("client")):
                return OTHER_MACHINE
            if len(hosts) != 1 or not _OWN_HOST.fullmatch(hosts[0]):
                return OTHER_NAME
        elif self.origin and checked:
            if len(hosts) != 1 or not _same_site(self.origin, hosts[0]):
                return OTHER_ADDRESS
            if self.origin.startswith("https:") and _values(scope, b"x-forwarded-proto")[:1] == ["http"]:
                return OTHER_ADDRESS
        origins = _values(scope, b"origin")
        if origins and not (len(origins) == len(hosts) == 1 and self._is_own_page(origins[0], hosts[0])):
            return OTHER_SITE
        return None

    def _is_own_page(self, origin: str, host: str) -> bool:
        return origin == self.origin if self.origin else _same_site(origin, host)

    def _moved(self, scope: Scope) -> Response:
        query = scope.get("query_string", b"").decode("latin-1")
        path = "/" + quote(scope["path"]).lstrip("/\\")
        response = RedirectResponse(f"{self.origin}{path}" + (f"?{query}" if query else ""), 307)
        response.set_cookie(_MOVED, "1", max_age=_MOVED_SECONDS, httponly=True, samesite="lax")
        return response


def check_binding(address: str | None, *, alone: bool) -> None:
    """Raise StartRefused when other machines could reach `address` and nobody would have to sign in.

    None, "" and the wildcard addresses mean every address of this machine.
    """
    host = (address or "").strip().strip("[]").lower()
    if not alone or host == "localhost" or _is_loopback(host):
        return
    raise StartRefused(
        "The Studio would listen on {address}, where other machines reach it, and nobody would have to sign "
        "in. Nothing was started. Set server.address to localhost, or set up a way to sign in: a provider in "
        ".streamlit/secrets.toml, invitations with PUBLIC_URL, or a proxy with TRUSTED_PROXIES and "
        "TRUSTED_USER_HEADER. The README's “For a team” shows each.",
        address=host or "every address",
    )


def _values(scope: Scope, wanted: bytes) -> list[str]:
    return [value.decode("latin-1").lower() for name, value in scope["headers"] if name.lower() == wanted]


def _is_tunnel_header(name: bytes) -> bool:
    name = name.lower()
    return name in _TUNNELS or name.startswith(_TUNNEL_FAMILIES)


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
