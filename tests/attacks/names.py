"""Other names, other sites' pages, tunnels, and requests that two servers would read in two ways."""

from collections.abc import Iterator

from tests.attacks.rows import Row
from tests.attacks.sites import ADMIN, MARK, GotIn, Site, Sites, shut
from tests.attacks.wire import SHORT, Caller, send
from tests.doorstep import UPGRADE, Headers

ANYTHING = [("Accept", "*/*")]
REBINDING = (
    "evil.example",
    "localhost.evil.example:{port}",
    "127.0.0.1.nip.io:{port}",
    "localhost.",
    "0.0.0.0:{port}",
    "[::]:{port}",
    "127.1:{port}",
    "2130706433:{port}",
    "localhost:{port}@evil.example",
    "localhost:{port}#evil.example",
    "localhost,evil.example",
    "",
)
NOT_OURS = (
    "evil.example",
    "studio.example.evil.example",
    "evil-studio.example",
    "studio.example:8443",
    "studio.example.",
    "localhost:{port}",
    "127.0.0.1:{port}",
    "",
)
ORIGINS = (
    "null",
    "",
    "http://evil.example",
    "https://studio.example.evil.example",
    "https://studio.example:8443",
    "https://studio.example@evil.example",
    "https://studio.example/",
    "file://",
    "http://127.0.0.1:1",
)
#: Every name that a proxy or a tunnel gives itself away by.
TUNNELS = [
    "Forwarded",
    "Via",
    "X-Real-IP",
    "X-Client-IP",
    "True-Client-IP",
    "CF-Connecting-IP",
    "CF-Ray",
    "Cdn-Loop",
    "X-Original-Host",
    "X-Original-URL",
    "X-Auth-Request-Email",
    "X-Auth-Request-User",
    "Remote-User",
    "X-Envoy-External-Address",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Forwarded-Email",
    "X-Forwarded-User",
    "Tailscale-User-Login",
    "Cf-Access-Authenticated-User-Email",
    "X-Pomerium-Jwt-Assertion",
    "X-Goog-Authenticated-User-Email",
    "X-FORWARDED-ANYTHING",
]


def known(site: Site) -> Caller:
    """Somebody whom the gate would let in: what is refused is refused by the door."""
    if site.name == "alone":
        return site.caller()
    return site.caller(site.cookies["" if site.name == "keyed" else ADMIN])


def rows(sites: Sites) -> Iterator[Row]:
    for site in (sites.alone, sites.keyed, sites.team, sites.provider):
        for name in NOT_OURS if site is sites.team else REBINDING:
            host = name.format(port=site.port)
            yield Row(
                f"{site.name}: the name {host!r}",
                lambda site=site, host=host: shut(known(site).ask(host=host, headers=ANYTHING), 400, 403),
            )
            yield Row(
                f"{site.name}: a WebSocket under {host!r}",
                lambda site=site, host=host: shut(known(site).shake(host=host), 400, 403),
            )
    for site in sites.all:
        for origin in (*ORIGINS, f"https://{site.host}:1", f"ftp://{site.host}"):
            headers = [("Origin", origin)]
            yield Row(
                f"{site.name}: a page of {origin!r} asks",
                lambda site=site, headers=headers: shut(_inside(site).ask(headers=headers), 403),
            )
            yield Row(
                f"{site.name}: a WebSocket from {origin!r}",
                lambda site=site, headers=headers: shut(_inside(site).shake(headers=headers), 403),
            )
        both = [("Origin", site.origin), ("Origin", "https://evil.example")]
        yield Row(
            f"{site.name}: a second Origin",
            lambda site=site, both=both: shut(_inside(site).ask(headers=both)),
        )
    for site in (sites.alone, sites.keyed):
        for name in TUNNELS:
            headers = [(name, "127.0.0.1")]
            yield Row(
                f"{site.name}: through a tunnel that says {name}",
                lambda site=site, headers=headers: shut(known(site).ask(headers=headers), 403),
            )
    yield from _two_ways(sites)


def _inside(site: Site) -> Caller:
    if site.name == "proxied":
        return site.caller(headers=[("X-Auth-Request-Email", ADMIN)])
    return known(site)


def _two_ways(sites: Sites) -> Iterator[Row]:
    """Requests that a proxy may read otherwise than the Studio does, in the name of nobody."""
    site = sites.team
    host = f"Host: {site.host}\r\n"
    hidden = f"GET /locations HTTP/1.1\r\n{host}\r\n"
    page = "GET / HTTP/1.1\r\n"
    shapes = {
        "two Host headers": f"{page}{host}Host: evil.example\r\n\r\n",
        "two Host headers alike": f"{page}{host}{host}\r\n",
        "no Host": f"{page}\r\n",
        "a Host on a folded line": f"{page}X: 1\r\n {host}\r\n",
        "a name with a space before its colon": f"{page}Host : {site.host}\r\n\r\n",
        "lines that end in LF alone": f"{page}{host}\r\n".replace("\r\n", "\n"),
        "CR alone in a header": f"{page}{host}X: 1\rX-Studio-Who: local\r\n\r\n",
        "NUL in a header": f"{page}{host}X: \x00\r\n\r\n",
        "two Content-Length": f"POST /join HTTP/1.1\r\n{host}Content-Length: 0\r\nContent-Length: {len(hidden)}"
        f"\r\n\r\n{hidden}",
        "a list as Content-Length": f"POST /join HTTP/1.1\r\n{host}Content-Length: 0, {len(hidden)}\r\n\r\n{hidden}",
        "a negative Content-Length": f"POST /join HTTP/1.1\r\n{host}Content-Length: -1\r\n\r\n{hidden}",
        "a Content-Length of +0": f"POST /join HTTP/1.1\r\n{host}Content-Length: +0\r\n\r\n{hidden}",
        "Transfer-Encoding beside Content-Length": f"POST /join HTTP/1.1\r\n{host}Content-Length: "
        f"{len(hidden) + 5}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{hidden}",
        "an unknown Transfer-Encoding": f"POST /join HTTP/1.1\r\n{host}Transfer-Encoding: xchunked\r\n"
        f"Content-Length: 0\r\n\r\n{hidden}",
        "a Transfer-Encoding in disguise": f"POST /join HTTP/1.1\r\n{host}Transfer-Encoding: identity, chunked"
        f"\r\n\r\n0\r\n\r\n{hidden}",
        "a second request in the same bytes": f"{page}{host}\r\n{hidden}",
        "the whole address as target": f"GET http://{site.host}/locations HTTP/1.1\r\n{host}\r\n",
        "another site's address as target": f"GET http://evil.example/ HTTP/1.1\r\n{host}\r\n",
        "the health check's address as target": f"GET http://x/_stcore/health HTTP/1.1\r\n{host}\r\n",
        "a target without a slash": f"GET locations HTTP/1.1\r\n{host}\r\n",
        "a target of two slashes": f"GET //evil.example/ HTTP/1.1\r\n{host}\r\n",
        "a target with a fragment": f"GET /_stcore/health#/../../locations HTTP/1.1\r\n{host}\r\n",
        "the health check's path, and back": f"GET /_stcore/health/../../locations HTTP/1.1\r\n{host}\r\n",
        "the health check's path, encoded": f"GET /_stcore/%68ealth/%2e%2e/locations HTTP/1.1\r\n{host}\r\n",
        "HTTP/1.0 without a Host": "GET / HTTP/1.0\r\n\r\n",
        "HTTP/0.9": "GET /\r\n",
        "HTTP/2 by its preface": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "an upgrade to HTTP/2": f"{page}{host}Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n"
        "HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n",
        "a TLS handshake": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    }
    for what, data in shapes.items():
        yield Row(f"team: {what}", lambda what=what, data=data: _refused(site, what, data))
    for method in ("TRACE", "CONNECT", "OPTIONS", "PUT", "DELETE", "PATCH", "PROPFIND", "get"):
        yield Row(
            f"team: {method} of a page", lambda method=method: shut(site.caller().ask("/", method, ANYTHING))
        )
        yield Row(
            f"team: {method} of the health check's path shows nothing",
            lambda method=method: _no_echo(site, method),
        )
    upgrades: dict[str, Headers] = {
        "without a version": UPGRADE[:3],
        "of an old version": [*UPGRADE[:3], ("Sec-WebSocket-Version", "8")],
        "to a page's path": [],
    }
    for what, headers in upgrades.items():
        yield Row(
            f"team: a WebSocket {what}",
            lambda headers=headers: shut(
                site.caller().ask("/locations", headers=headers or UPGRADE, patience=2)
            ),
        )


def _refused(site: Site, what: str, data: str) -> str:
    """None of the answers is from inside, and a request that hides a second one gets one answer alone."""
    found = send(site.port, data.encode("latin-1"), patience=SHORT)
    if len(found) > 1 and "second request" not in what:
        raise GotIn(f"{len(found)} answers: {[answer.status for answer in found]}")
    return ", ".join(shut(answer) for answer in found) or "no answer"


def _no_echo(site: Site, method: str) -> str:
    """The open path tells that the process lives, and nothing of what was sent."""
    answer = site.caller("secret-cookie").ask("/_stcore/health", method)
    if b"secret-cookie" in answer.body or MARK.encode() in answer.body or len(answer.body) > 200:
        raise GotIn(f"{answer.status} {answer.body[:60]!r}")
    return str(answer.status)
