"""The door lets in this machine alone, over HTTP and over WebSocket."""

import http.client
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from websockets.sync.client import connect
from websockets.typing import Origin

from core.errors import StartRefused
from core.web import door
from core.web.door import check_binding
from tests.doorstep import ADDRESSES, TRANSPORTS, Headers, Served, knock, refused_with, scope, serve


@pytest.fixture(scope="module")
def guarded() -> Iterator[dict[str, Served]]:
    with ExitStack() as stack:
        yield {address: stack.enter_context(serve(address)) for address in ADDRESSES}


@pytest.fixture
def studio(guarded: dict[str, Served]) -> Served:
    return guarded["127.0.0.1"]


@pytest.fixture(scope="module")
def signed_in() -> Iterator[Served]:
    with serve(alone=False) as served:
        yield served


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("address", ADDRESSES)
def test_this_machine_gets_in(guarded: dict[str, Served], address: str, transport: str) -> None:
    """A browser on this machine reaches the pages, over IPv4 and IPv6, with and without an Origin."""
    served = guarded[address]
    served.assert_admitted(transport, [("Host", served.host)])
    served.assert_admitted(transport, [("Host", served.host), ("Origin", f"http://{served.host}")])


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize(
    "host", ["localhost", "LocalHost:8501", "127.0.0.1", "127.0.0.1:80", "[::1]", "[::1]:65535"]
)
def test_every_name_of_this_machine_with_any_port_is_a_good_host(
    studio: Served, host: str, transport: str
) -> None:
    """localhost, 127.0.0.1 and [::1] are let in whatever the port."""
    studio.assert_admitted(transport, [("Host", host)])


def test_a_talk_over_a_websocket_is_carried_unchanged(studio: Served) -> None:
    """An admitted WebSocket works in both directions."""
    with connect(f"ws://{studio.host}/websocket", origin=Origin(f"http://{studio.host}"), proxy=None) as talk:
        talk.send("hello")
        assert talk.recv(timeout=10) == "HELLO"


def test_the_process_starts_and_stops_through_the_door() -> None:
    """Lifespan events pass: the app's own start runs before the first request."""
    with serve() as served:
        assert served.passed == ["lifespan"]


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example:8501",
        "localhost.",
        "127.0.0.1.nip.io",
        "127.0.0.2",
        "0.0.0.0:8501",
        "192.168.1.5:8501",
        "[::]:8501",
        "::1",
        "localhost:",
        "localhost:8501@evil.example",
    ],
)
def test_another_host_name_is_refused(studio: Served, host: str, transport: str) -> None:
    """A name that a DNS answer pointed here (rebinding) does not open the Studio."""
    studio.assert_refused(transport, [("Host", host)], door.OTHER_NAME)


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize(
    "hosts", [[], [("host", "localhost"), ("host", "evil.example")], [("host", "localhost")] * 2]
)
def test_no_host_and_two_hosts_are_refused(hosts: Headers, transport: str) -> None:
    """Exactly one Host header is needed; servers and proxies disagree about which of two counts."""
    inside, sent = knock(scope(("127.0.0.1", 5000), transport, hosts))
    assert not inside
    assert refused_with(sent, door.OTHER_NAME)


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "http://evil.example",
        "http://localhost:{port}",
        "http://127.0.0.1:1",
        "http://127.0.0.1",
        "http://127.0.0.1:{port}.evil.example",
        "http://127.0.0.1:{port}/",
        "http://evil.example#http://127.0.0.1:{port}",
        "http://evil.example@127.0.0.1:{port}",
        "file://127.0.0.1:{port}",
        "127.0.0.1:{port}",
        "",
    ],
)
def test_another_origin_is_refused(studio: Served, origin: str, transport: str) -> None:
    """A page of another site, or one without an origin of its own, cannot speak to the Studio."""
    headers = [("Host", studio.host), ("Origin", origin.format(port=studio.port))]
    studio.assert_refused(transport, headers, door.OTHER_SITE)


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_two_origins_are_refused(transport: str) -> None:
    """A second Origin header does not hide a foreign one, also behind a server that lets both pass."""
    headers = [("host", "localhost"), ("origin", "http://localhost"), ("origin", "http://evil.example")]
    inside, sent = knock(scope(("127.0.0.1", 5000), transport, headers))
    assert not inside
    assert refused_with(sent, door.OTHER_SITE)


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://localhost", "localhost:80"),
        ("http://localhost:80", "localhost"),
        ("https://localhost", "localhost:443"),
        ("HTTP://LOCALHOST:8501", "localhost:8501"),
        ("http://[::1]", "[::1]"),
    ],
)
def test_the_same_origin_in_other_words_gets_in(
    studio: Served, origin: str, host: str, transport: str
) -> None:
    """A scheme's own port may be left out, and letters' case does not matter."""
    studio.assert_admitted(transport, [("Host", host), ("Origin", origin)])


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Forwarded", "for=198.51.100.7"),
        ("X-Forwarded-For", "198.51.100.7"),
        ("X-Forwarded-For", "127.0.0.1"),
        ("x-forwarded-proto", "https"),
        ("X-FORWARDED-HOST", "studio.example"),
        ("X-Forwarded-Anything", "1"),
        ("Via", "1.1 tunnel"),
        ("Via", ""),
        ("X-Real-IP", "127.0.0.1"),
        ("CF-Connecting-IP", "198.51.100.7"),
        ("Cdn-Loop", "cloudflare"),
        ("Tailscale-User-Login", "anna@team.example"),
        ("X-Auth-Request-Email", "anna@team.example"),
        ("X-Goog-Authenticated-User-Email", "anna@team.example"),
    ],
)
def test_a_tunnel_is_refused(studio: Served, name: str, value: str, transport: str) -> None:
    """A proxy's or tunnel's header means that somebody elsewhere asks, though the peer is this machine."""
    studio.assert_refused(transport, [("Host", studio.host), (name, value)], door.TUNNELLED)


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize(
    "peer",
    ["192.0.2.10", "10.0.0.5", "128.0.0.1", "0.0.0.0", "2001:db8::1", "::ffff:192.0.2.10", "::", "localhost"],
)
def test_another_machine_is_refused(peer: str, transport: str) -> None:
    """A peer that is not this machine stays outside, even when it names the host localhost."""
    inside, sent = knock(scope((peer, 5000), transport))
    assert not inside
    assert refused_with(sent, door.OTHER_MACHINE)


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_peer_without_an_address_is_refused(transport: str) -> None:
    """Behind a Unix socket stands somebody's proxy: who asks cannot be told."""
    inside, sent = knock(scope(None, transport))
    assert not inside
    assert refused_with(sent, door.OTHER_MACHINE)


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("peer", ["127.0.0.1", "127.255.0.9", "::1", "::ffff:127.0.0.1"])
def test_every_loopback_peer_gets_in(peer: str, transport: str) -> None:
    """The whole of 127.0.0.0/8, ::1 and IPv4 inside IPv6 are this machine."""
    assert knock(scope((peer, 5000), transport)) == (True, [])


def test_a_refused_body_is_not_read(studio: Served) -> None:
    """The refusal comes while the body is still to be sent."""
    connection = http.client.HTTPConnection(studio.address, studio.port, timeout=10)
    try:
        connection.putrequest("POST", "/http", skip_host=True)
        connection.putheader("Host", "evil.example")
        connection.putheader("Content-Length", str(10_000_000))
        connection.endheaders()
        response = connection.getresponse()
        assert (response.status, response.read().decode()) == (403, door.OTHER_NAME)
        assert response.headers["connection"] == "close"
    finally:
        connection.close()


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_with_sign_in_a_proxy_and_another_name_get_in(signed_in: Served, transport: str) -> None:
    """Behind a sign-in the Studio may stand under its own name, behind a proxy that ends TLS."""
    headers = [
        ("Host", "studio.example"),
        ("Origin", "https://studio.example"),
        ("X-Forwarded-For", "198.51.100.7"),
        ("Via", "1.1 proxy"),
    ]
    signed_in.assert_admitted(transport, headers)
    assert knock(scope(("198.51.100.7", 5000), transport), alone=False) == (True, [])


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("origin", ["null", "https://evil.example", "https://studio.example:8443"])
def test_with_sign_in_another_origin_is_still_refused(signed_in: Served, origin: str, transport: str) -> None:
    """A foreign page must not use a member's session."""
    signed_in.assert_refused(transport, [("Host", "studio.example"), ("Origin", origin)], door.OTHER_SITE)


TEAM = {"alone": False, "origin": "https://studio.example"}


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize(
    "headers",
    [
        [("host", "studio.example")],
        [("host", "Studio.Example:443"), ("origin", "https://studio.example")],
        [("host", "studio.example"), ("x-forwarded-proto", "https"), ("x-forwarded-for", "198.51.100.7")],
    ],
)
def test_a_team_comes_under_its_one_address(headers: Headers, transport: str) -> None:
    """PUBLIC_URL's host, with a scheme's own port or without, whatever proxies say of themselves."""
    assert knock(scope(("198.51.100.7", 5000), transport, headers), **TEAM) == (True, [])


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("host", "localhost:8501")],
        [("host", "studio.example:8443")],
        [("host", "studio.example")] * 2,
        [("host", "studio.example"), ("x-forwarded-proto", "http")],
    ],
)
def test_another_address_than_the_teams_is_told_the_right_one(headers: Headers, transport: str) -> None:
    """Another name, none, two, and plain http before a proxy: the sentence names the address."""
    inside, sent = knock(scope(("127.0.0.1", 5000), transport, headers), **TEAM)
    assert not inside
    assert refused_with(sent, door.OTHER_ADDRESS.format(origin="https://studio.example"))


@pytest.mark.parametrize(
    ("path", "query", "location"),
    [
        ("/locations", "view=table&chosen=1%2C2", "https://studio.example/locations?view=table&chosen=1%2C2"),
        ("//evil.example", "", "https://studio.example/evil.example"),
        ("/\\evil.example", "", "https://studio.example/%5Cevil.example"),
        ("/Локация", "", "https://studio.example/%D0%9B%D0%BE%D0%BA%D0%B0%D1%86%D0%B8%D1%8F"),
    ],
)
def test_a_page_under_another_name_is_moved_once(path: str, query: str, location: str) -> None:
    """To the same page at the team's address; a proxy that hides the name gets a sentence, no circle."""
    asked = scope(("127.0.0.1", 5000), "http", [("host", "localhost:8501"), ("accept", "text/html")])
    asked |= {"path": path, "query_string": query.encode(), "method": "GET"}
    inside, sent = knock(asked, **TEAM)
    headers = dict(sent[0]["headers"])
    assert (inside, sent[0]["status"], headers[b"location"].decode()) == (False, 307, location)
    asked["headers"].append((b"cookie", headers[b"set-cookie"].partition(b";")[0]))
    inside, sent = knock(asked, **TEAM)
    assert refused_with(sent, door.OTHER_ADDRESS.format(origin="https://studio.example"))


@pytest.mark.parametrize("alone", [True, False])
def test_two_lengths_are_refused(alone: bool) -> None:
    """Where a server before this one believes the other length, a second request would hide in the body."""
    headers = [("host", "localhost"), ("content-length", "40"), ("transfer-encoding", "chunked")]
    inside, sent = knock(scope(("127.0.0.1", 5000), "http", headers), alone=alone)
    assert not inside
    assert refused_with(sent, door.TWO_LENGTHS)


def test_an_open_path_is_open_over_http_and_exactly() -> None:
    """A path like a health check may be asked from anywhere; its neighbours and WebSockets may not."""
    with serve(open_paths=frozenset({"/health", "/websocket"})) as served:
        away = [("Host", "studio.example")]
        assert served.ask("http", away, "/health").text == "inside"
        assert served.ask("http", away, "/health/").status == 403
        assert served.ask("http", [*away, ("Origin", "http://evil.example")], "/health").status == 403
        served.assert_refused("http", away, door.OTHER_NAME)
        served.assert_refused("websocket", away, door.OTHER_NAME)


@pytest.mark.parametrize("address", ["localhost", "LOCALHOST", "127.0.0.1", "127.0.0.9", "::1", "[::1]"])
def test_binding_to_this_machine_needs_no_sign_in(address: str) -> None:
    """An address that only this machine reaches is fine without [auth]."""
    check_binding(address, alone=True)


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        " ",
        "0.0.0.0",
        "::",
        "[::]",
        "192.168.1.5",
        "fd00::2",
        "studio.example",
        "unix:///run/studio",
    ],
)
def test_binding_elsewhere_without_sign_in_refuses_to_start(address: str | None) -> None:
    """An address that others reach is refused in plain words, which name each way to sign in."""
    with pytest.raises(StartRefused) as refused:
        check_binding(address, alone=True)
    sentence = refused.value.user_message
    assert (address or "").strip().strip("[]") in sentence
    assert "Nothing was started" in sentence
    for way in ("secrets.toml", "PUBLIC_URL", "TRUSTED_PROXIES", "TRUSTED_USER_HEADER", "For a team"):
        assert way in sentence
    assert "\n" not in sentence
    check_binding(address, alone=False)
