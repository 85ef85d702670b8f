"""Nobody is led into the network behind the Studio, however an address is written."""

import socket
from dataclasses import replace
from ipaddress import ip_address

import pytest

from core.config import Settings
from core.photos.address import PhotoRefused, address_allowed, check_address, reachable_url
from core.photos.check import check_photo
from tests.photos.host import PhotoHost, picture, refusal

PRIVATE_HOSTS = [
    *("127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "localhost", "LOCALHOST.", "0.0.0.0"),
    *("10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1", "240.0.0.1"),
    *("[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]", "[fe80::1]", "[fc00::1]", "[ff02::1]"),
    *("[64:ff9b::a00:1]", "[2002:a00:1::]", "[fec0::1]", "[::7f00:1]", "127.0.0.1."),
]


@pytest.mark.parametrize("name", PRIVATE_HOSTS)
def test_a_private_address_is_refused_in_the_live_world(live: Settings, name: str):
    """Private, loopback, link-local, multicast, reserved and unspecified hosts, however they are written."""
    url = f"http://{name}:8080/a.png"
    with pytest.raises(PhotoRefused, match="not a public address"):
        check_address(url, live)
    assert "not a public address" in refusal(url, live)


def test_localhost_below_any_name_is_refused_before_it_is_resolved(live: Settings):
    """Names under .localhost are this machine by definition."""
    with pytest.raises(PhotoRefused, match="not a public address"):
        check_address("http://photos.localhost/a.png", live)


def test_a_refused_host_is_not_even_connected_to(live: Settings):
    """The judgement comes before the connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.1)
        refusal(f"http://127.0.0.1:{listener.getsockname()[1]}/a.png", live)
        with pytest.raises(TimeoutError):
            listener.accept()


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::808:808", True),
        ("2002:808:808::", True),
        ("198.18.0.1", False),
        ("192.0.2.1", False),
        ("192.0.0.192", False),
        ("168.63.129.16", False),
        ("3fff::1", False),
        ("255.255.255.255", False),
        ("2001:db8::1", False),
        ("2001:0:1::", False),
        ("64:ff9b::7f00:1", False),
    ],
)
def test_only_public_addresses_count_as_public(address: str, public: bool):
    """IPv4 inside IPv6 is judged as the IPv4 address that it reaches."""
    assert address_allowed(ip_address(address), sandbox=False) is public


def test_the_sandbox_world_allows_this_machine_and_no_other_private_one(sandbox: Settings):
    """Loopback is where the sandbox and its samples are; the rest of the network stays closed."""
    for allowed in ("127.0.0.1", "[::1]", "localhost", "photos.example"):
        check_address(f"http://{allowed}/a.png", sandbox)
    with pytest.raises(PhotoRefused):
        check_address("http://10.0.0.1/a.png", sandbox)


def test_a_host_in_photo_hosts_may_be_private(host: PhotoHost, live: Settings):
    """PHOTO_HOSTS names a team's own storage; it opens that host and no other name of the same machine."""
    url = host.serve("/a.png", picture("PNG"))
    team = replace(live, photo_hosts=frozenset({"127.0.0.1"}))
    assert check_photo(url, team).kind == "png"
    assert "not a public address" in refusal(host.url("/a.png", "localhost"), team)


@pytest.mark.parametrize(
    "url",
    [
        *("ftp://photos.example/a.png", "file:///etc/passwd", "//photos.example/a.png", "a.png", "http://"),
        *("http://user:secret@photos.example/a.png", "http://[::1/a.png", "http://photos.example:99999/"),
        *("javascript:alert(1)", "http://photos.example\\@127.0.0.1/a.png"),
    ],
)
def test_an_address_that_is_no_plain_link_is_refused(sandbox: Settings, url: str):
    """Only http and https, with a host and without a user; the sentence does not repeat a password."""
    assert "not a link that can be fetched" in refusal(url, sandbox)
    with pytest.raises(PhotoRefused) as caught:
        check_address(url, sandbox)
    assert "secret" not in caught.value.user_message


def test_redirects_are_followed_five_times(host: PhotoHost, sandbox: Settings):
    """Five hops arrive, six do not; a relative Location counts from the present address."""
    host.serve("/deep/end.png", picture("PNG"))
    host.redirect("/deep/1", "end.png")
    for hop in range(2, 7):
        host.redirect(f"/deep/{hop}", host.url(f"/deep/{hop - 1}"), status=307)
    assert check_photo(host.url("/deep/5"), sandbox).kind == "png"
    host.asked.clear()
    assert "more than 5 times" in refusal(host.url("/deep/6"), sandbox)
    assert len(host.asked) == 6


@pytest.mark.parametrize(
    "name", ["localhost", "127.0.0.2", "2130706433", "[::ffff:127.0.0.1]", "10.0.0.1", "sandbox"]
)
def test_a_redirect_into_the_network_is_refused(host: PhotoHost, live: Settings, name: str):
    """Every hop is judged like the first: a permitted host cannot send the Studio on to a private one."""
    team = replace(live, photo_hosts=frozenset({"127.0.0.1"}))
    host.serve("/inside.png", picture("PNG"))
    start = host.redirect("/start.png", host.url("/inside.png", name))
    refusal(start, team)
    assert [path for path, _ in host.asked] == ["/start.png"]


@pytest.mark.parametrize("to", ["file:///etc/passwd", "ftp://photos.example/a", "http://u:p@photos.example/"])
def test_a_redirect_to_something_else_is_refused(host: PhotoHost, sandbox: Settings, to: str):
    """A redirect cannot leave http and https."""
    assert "not a link that can be fetched" in refusal(host.redirect("/start", to), sandbox)


def test_the_judged_address_is_the_one_connected_to(
    host: PhotoHost, live: Settings, monkeypatch: pytest.MonkeyPatch
):
    """A name is resolved once a fetch: a second, different answer (DNS rebinding) is never asked for."""
    asked: list[str] = []
    answers = iter(["127.0.0.1"])

    def resolver(name, port, *args, **kwargs):
        del args, kwargs
        asked.append(name)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    host.serve("/a.png", picture("PNG"))
    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    sandbox = replace(live, api_base="http://127.0.0.1:9")
    assert check_photo(host.url("/a.png", "photos.example"), sandbox).kind == "png"
    assert asked == ["photos.example"]
    assert host.asked == [("/a.png", f"photos.example:{host.port}")]


def test_private_answers_of_a_public_name_are_passed_over(
    host: PhotoHost, live: Settings, monkeypatch: pytest.MonkeyPatch
):
    """What counts is the address behind the name, not the name."""
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda name, port, **_: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))],
    )
    assert "not a public address" in refusal(host.url("/a.png", "photos.example"), live)
    assert host.asked == []


def test_letters_beyond_ascii_in_an_address_are_encoded(host: PhotoHost, sandbox: Settings):
    """A link as a browser shows it works."""
    host.serve("/%D1%84%D0%BE%D1%82%D0%BE.png", picture("PNG"))
    assert check_photo(host.url("/фото.png"), sandbox).kind == "png"


def test_the_host_sandbox_is_the_running_sandbox(host: PhotoHost, live: Settings):
    """A sample's stored address follows the sandbox's port; in the live world it leads nowhere."""
    stored = "http://sandbox/samples/a.jpg?x=1"
    running = replace(live, api_base=host.url(""))
    assert reachable_url(stored, running) == host.url("/samples/a.jpg?x=1")
    host.serve("/samples/a.jpg?x=1", picture())
    assert check_photo(stored, running).url == stored
    assert reachable_url("https://photos.example/a.jpg", live) == "https://photos.example/a.jpg"
    with pytest.raises(PhotoRefused, match="only the running sandbox has"):
        reachable_url(stored, live)
