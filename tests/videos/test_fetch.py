"""Over a real host on loopback: a video arrives whole or is known not to be, however the host behaves."""

import errno
import fcntl
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from core import clock
from core.config import Settings
from core.videos import fetch as video_fetch
from core.videos.fetch import Fetched, LinkExpired
from core.videos.parts import DiskFull, FetchFailed
from tests.photos.host import PhotoHost, send
from tests.photos.test_address import PRIVATE_HOSTS

BYTES = os.urandom(600_000)
TAG = '"v1"'
SANDBOX = Settings(api_key="sandbox", api_base="http://127.0.0.1:9")
LIVE = Settings(api_key="k", api_base="https://api.heygen.com")


def fetch(url: str, folder: Path, name: str, *, settings: Settings = SANDBOX, **options: Any) -> Fetched:
    """A step in the sandbox's world, where this machine may be asked."""
    return video_fetch.fetch(url, folder, name, settings=settings, **options)


class Film:
    """Answers with `data` as a store of files does, and breaks off after `cut` bytes of a body."""

    def __init__(self, data: bytes = BYTES, *, tag: str = TAG, cut: int | None = None) -> None:
        self.data, self.tag, self.cut = data, tag, cut
        self.ranges: list[tuple[str, str]] = []
        self.headers: list[dict[str, str]] = []
        self.honours_range = True

    def __call__(self, handler: BaseHTTPRequestHandler) -> None:
        wanted, only_if = handler.headers.get("Range", ""), handler.headers.get("If-Range", "")
        self.ranges.append((wanted, only_if))
        self.headers.append({name.lower(): value for name, value in handler.headers.items()})
        start = int(wanted.removeprefix("bytes=").removesuffix("-") or 0) if self.honours_range else 0
        if only_if and only_if != self.tag:
            start = 0
        if start and start >= len(self.data):
            return send(handler, 416, b"", Content_Range=f"bytes */{len(self.data)}", ETag=self.tag)
        body = self.data[start:]
        handler.send_response(206 if start else 200)
        handler.send_header("Content-Length", str(len(body)))
        if self.tag:
            handler.send_header("ETag", self.tag)
        if start:
            handler.send_header("Content-Range", f"bytes {start}-{len(self.data) - 1}/{len(self.data)}")
        handler.end_headers()
        handler.wfile.write(body[: self.cut])
        handler.close_connection = True
        return None


def put(host: PhotoHost, reply: Callable[[BaseHTTPRequestHandler], None], path: str = "/v.mp4") -> str:
    host.routes[path] = reply
    return host.url(path)


def left(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_a_video_arrives_whole(host: PhotoHost, tmp_path: Path) -> None:
    """One step brings a small video, under a temporary name that carries the fence."""
    film = Film()
    got = fetch(put(host, film), tmp_path / "videos", "7.mp4", fence=3)
    assert got == Fetched(tmp_path / "videos" / "7.mp4.3.part", True, len(BYTES))
    assert got.path.read_bytes() == BYTES
    assert film.ranges == [("", "")]


def test_no_key_no_cookie_and_no_password_is_sent(
    host: PhotoHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """HeyGen's store of files learns nothing about the account, nor what ~/.netrc holds."""
    (tmp_path / ".netrc").write_text("default login anna password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    film = Film(cut=100_000)
    url = put(host, lambda handler: film(handler))

    def with_cookie(handler: BaseHTTPRequestHandler) -> None:
        send(handler, 302, b"", Location="/v.mp4", Set_Cookie="seen=1; Path=/")

    fetch(put(host, with_cookie, "/start"), tmp_path, "7.mp4", fence=1)
    fetch(url, tmp_path, "7.mp4", fence=1)
    assert len(film.headers) == 2
    for headers in film.headers:
        assert not {"x-api-key", "authorization", "cookie"} & headers.keys()


def test_a_public_link_goes_through_the_teams_proxy_without_a_password(
    host: PhotoHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy in the environment is used, a login in ~/.netrc is not: the link's signature is enough."""
    (tmp_path / ".netrc").write_text("default login anna password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("http_proxy", host.url(""))
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    film = host.routes["http://files.heygen.test/v.mp4"] = Film()
    assert fetch("http://files.heygen.test/v.mp4", tmp_path, "7.mp4", fence=1).finished
    assert "authorization" not in film.headers[0]


def test_a_host_that_sends_pieces_is_not_believed_to_be_done(host: PhotoHost, tmp_path: Path) -> None:
    """A range may be answered with less than was asked for: the whole is what Content-Range names."""
    film = Film(cut=250_000)
    url = put(host, film)
    fetch(url, tmp_path, "7.mp4", fence=1)

    def piece(handler: BaseHTTPRequestHandler) -> None:
        part = f"bytes 250000-349999/{len(BYTES)}"
        send(handler, 206, BYTES[250_000:350_000], ETag=TAG, Content_Range=part)

    got = fetch(put(host, piece), tmp_path, "7.mp4", fence=1)
    assert (got.finished, got.size) == (False, 350_000)


def test_a_step_goes_on_where_the_one_before_broke_off(host: PhotoHost, tmp_path: Path) -> None:
    """A connection cut in the middle is no video; the next step asks for the rest of the same file."""
    film = Film(cut=250_000)
    url = put(host, film)
    first = fetch(url, tmp_path, "7.mp4", fence=1)
    assert (first.finished, first.size) == (False, 250_000)
    second = fetch(url, tmp_path, "7.mp4", fence=1)
    assert (second.finished, second.size) == (False, 500_000)
    third = fetch(url, tmp_path, "7.mp4", fence=1)
    assert third.finished
    assert third.path.read_bytes() == BYTES
    assert film.ranges == [("", ""), ("bytes=250000-", TAG), ("bytes=500000-", TAG)]


def test_the_next_lease_goes_on_with_what_is_there(host: PhotoHost, tmp_path: Path) -> None:
    """Each lease has another fence; what an ended step left is taken over, not fetched again."""
    film = Film(cut=250_000)
    url = put(host, film)
    fetch(url, tmp_path, "7.mp4", fence=4)
    film.cut = None
    got = fetch(url, tmp_path, "7.mp4", fence=9)
    assert (got.path.name, got.finished) == ("7.mp4.9.part", True)
    assert got.path.read_bytes() == BYTES
    assert film.ranges[1] == ("bytes=250000-", TAG)
    assert left(tmp_path) == ["7.mp4.9.part", "7.mp4.9.tag"]


def test_a_part_that_somebody_still_writes_is_left_alone(host: PhotoHost, tmp_path: Path) -> None:
    """A writer that lost its lease unknowingly cannot spoil the file of the one that has it now."""
    film = Film(cut=250_000)
    url = put(host, film)
    old = fetch(url, tmp_path, "7.mp4", fence=1).path
    with old.open("rb") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        film.cut = None
        got = fetch(url, tmp_path, "7.mp4", fence=2)
    assert got.path.read_bytes() == BYTES
    assert film.ranges[1] == ("", "")
    assert old.stat().st_size == 250_000


def test_an_earlier_lease_never_takes_a_later_ones_part(host: PhotoHost, tmp_path: Path) -> None:
    """A process that wakes up too late begins a part of its own."""
    film = Film(cut=250_000)
    url = put(host, film)
    newer = fetch(url, tmp_path, "7.mp4", fence=5).path
    assert fetch(url, tmp_path, "7.mp4", fence=2).path.name == "7.mp4.2.part"
    assert newer.stat().st_size == 250_000


def test_a_host_without_ranges_sends_all_of_it_again(host: PhotoHost, tmp_path: Path) -> None:
    """The whole file after a part replaces the part; the two are never joined."""
    film = Film(cut=250_000)
    film.honours_range = False
    url = put(host, film)
    fetch(url, tmp_path, "7.mp4", fence=1)
    film.cut = None
    got = fetch(url, tmp_path, "7.mp4", fence=1)
    assert got.finished
    assert got.path.read_bytes() == BYTES


@pytest.mark.parametrize("tag", [TAG, "", 'W/"v1"'], ids=["ETag", "none", "weak"])
def test_a_video_that_arrived_but_was_not_kept_is_not_fetched_twice(
    host: PhotoHost, tmp_path: Path, tag: str
) -> None:
    """A kill after the last byte: the next step asks, hears that nothing is missing, and is finished."""
    film = Film(tag=tag)
    url = put(host, film)
    fetch(url, tmp_path, "7.mp4", fence=1)
    got = fetch(url, tmp_path, "7.mp4", fence=2)
    assert (got.finished, got.path.read_bytes() == BYTES) == (True, True)
    assert film.ranges[1] == (f"bytes={len(BYTES)}-", tag if tag == TAG else "")


@pytest.mark.parametrize("heeds", [True, False], ids=["If-Range heeded", "If-Range ignored"])
@pytest.mark.parametrize("size", [600_000, 100_000], ids=["longer", "shorter"])
def test_another_file_behind_the_link_is_fetched_from_its_beginning(
    host: PhotoHost, tmp_path: Path, heeds: bool, size: int
) -> None:
    """Where HeyGen rendered anew, the old beginning and the new end are never joined."""
    film = Film(cut=250_000)
    url = put(host, film)
    fetch(url, tmp_path, "7.mp4", fence=1)
    other = Film(os.urandom(size), tag='"v2"')

    def reply(handler: BaseHTTPRequestHandler) -> None:
        if not heeds:
            del handler.headers["If-Range"]
        other(handler)

    got = fetch(put(host, reply), tmp_path, "7.mp4", fence=1)
    assert got.finished
    assert got.path.read_bytes() == other.data


def test_a_part_of_unknown_origin_is_begun_anew(host: PhotoHost, tmp_path: Path) -> None:
    """Without the note that says which file it belongs to, a part is not continued."""
    film = Film(cut=250_000)
    url = put(host, film)
    got = fetch(url, tmp_path, "7.mp4", fence=1)
    got.path.with_suffix(".tag").unlink()
    film.cut = None
    assert fetch(url, tmp_path, "7.mp4", fence=1).path.read_bytes() == BYTES
    assert film.ranges[1] == ("", "")


@pytest.mark.parametrize("status", [403, 404, 410])
def test_an_expired_link_says_so(host: PhotoHost, tmp_path: Path, status: int) -> None:
    """What a store of files answers to an old signature: ask HeyGen for a new link; the part stays."""
    film = Film(cut=250_000)
    url = put(host, film)
    fetch(url, tmp_path, "7.mp4", fence=1)
    expired = put(host, lambda handler: send(handler, status, b"<Error/>"), "/v.mp4?Signature=hidden")
    with pytest.raises(LinkExpired, match=f"{status}.*nothing more was spent") as caught:
        fetch(expired, tmp_path, "7.mp4", fence=1)
    assert "hidden" not in str(caught.value)
    assert (tmp_path / "7.mp4.1.part").stat().st_size == 250_000


@pytest.mark.parametrize("status", [400, 401, 429, 500, 503])
def test_any_other_answer_is_a_failure_for_now(host: PhotoHost, tmp_path: Path, status: int) -> None:
    """The sentence has the host and the status, not the link with its signature."""
    url = put(host, lambda handler: send(handler, status, b"no"), "/v.mp4?Signature=hidden")
    with pytest.raises(FetchFailed, match=f"127.0.0.1 answered {status}") as caught:
        fetch(url, tmp_path, "7.mp4", fence=1)
    assert "hidden" not in str(caught.value)


def test_a_host_that_is_not_there_is_a_failure_for_now(tmp_path: Path) -> None:
    """No connection, a name that nobody has, no web address at all."""
    for url in ("http://127.0.0.1:9/v.mp4", "http://nobody.invalid/v", "file:///etc/passwd", "http://[", ""):
        with pytest.raises(FetchFailed, match="nothing more was spent"):
            fetch(url, tmp_path, "7.mp4", fence=1)
    assert (tmp_path / "7.mp4.1.part").stat().st_size == 0


def test_a_step_without_a_byte_is_a_failure(host: PhotoHost, tmp_path: Path) -> None:
    """Otherwise a run could go on for ever without a video."""
    url = put(host, Film(cut=0))
    with pytest.raises(FetchFailed, match="could not be fetched"):
        fetch(url, tmp_path, "7.mp4", fence=1)
    put(host, film := Film(cut=100_000))
    fetch(url, tmp_path, "7.mp4", fence=1)
    film.cut = 0
    with pytest.raises(FetchFailed, match="broke off in the middle"):
        fetch(url, tmp_path, "7.mp4", fence=1)


def slowly(host: PhotoHost, *, head: bytes = b"") -> Callable[[BaseHTTPRequestHandler], None]:
    """A body, or a head, that comes a little at a time for as long as somebody listens."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(head or b"HTTP/1.1 200 OK\r\nContent-Length: 600000\r\n\r\n")
        while not host.ended.wait(0.02):
            handler.wfile.write(b"X-A: 1\r\n" * (1 if head else 1000))

    return reply


def test_a_step_ends_in_time_however_slowly_the_host_sends(host: PhotoHost, tmp_path: Path) -> None:
    """What comes now and then keeps no step longer than its seconds; what came is kept."""
    began = clock.monotonic()
    got = fetch(put(host, slowly(host)), tmp_path, "7.mp4", fence=1, seconds=0.5)
    assert clock.monotonic() - began < 2
    assert not got.finished
    assert 0 < got.size == (tmp_path / "7.mp4.1.part").stat().st_size


def test_a_head_that_never_ends_is_a_failure_in_time(host: PhotoHost, tmp_path: Path) -> None:
    """Not even the answer's first lines can hold a step."""
    began = clock.monotonic()
    with pytest.raises(FetchFailed, match="in time"):
        fetch(put(host, slowly(host, head=b"HTTP/1.1 200 OK\r\n")), tmp_path, "7.mp4", fence=1, seconds=0.5)
    assert clock.monotonic() - began < 2


def test_a_body_without_a_length_counts_only_when_it_ended_by_itself(host: PhotoHost, tmp_path: Path) -> None:
    """Cut by the step's own time, an unmeasured body is a part."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        handler.wfile.write(BYTES[:100_000])
        host.ended.wait(5)

    assert not fetch(put(host, reply), tmp_path, "7.mp4", fence=1, seconds=0.4).finished
    whole = put(host, lambda handler: send(handler, 200, BYTES, Content_Length=""))
    assert fetch(whole, tmp_path, "8.mp4", fence=1).path.read_bytes() == BYTES


def test_redirects_lead_on_but_not_out_of_the_web(host: PhotoHost, tmp_path: Path) -> None:
    """A redirect to http(s) is followed, a few times; to anything else it is refused."""
    put(host, Film())
    host.redirect("/a", "/b", status=307)
    host.redirect("/b", host.url("/v.mp4"))
    assert fetch(host.url("/a"), tmp_path, "7.mp4", fence=1).path.read_bytes() == BYTES
    for target in ("file:///etc/passwd", "ftp://127.0.0.1/x", "http://["):
        with pytest.raises(FetchFailed):
            fetch(host.redirect("/out", target), tmp_path, "8.mp4", fence=1)
    with pytest.raises(FetchFailed, match="302"):
        fetch(host.redirect("/round", "/round"), tmp_path, "8.mp4", fence=1)
    assert len([path for path, _ in host.asked if path == "/round"]) == video_fetch.MAX_REDIRECTS + 1


@pytest.fixture
def no_contact(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Where a connection was tried: the machine is left alone all the same."""
    tried: list[object] = []

    def connect(_sock: socket.socket, address: object) -> None:
        tried.append(address)
        raise OSError("not in a test")

    monkeypatch.setattr(socket.socket, "connect", connect)
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    return tried


@pytest.fixture
def contact_here_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another machine than this one is not contacted, not even where the promise is broken."""
    connect = socket.socket.connect

    def only_here(sock: socket.socket, address: tuple[str, int]) -> None:
        if not ip_address(address[0]).is_loopback:
            raise OSError("not in a test")
        connect(sock, address)

    monkeypatch.setattr(socket.socket, "connect", only_here)


@pytest.mark.parametrize("name", PRIVATE_HOSTS)
def test_no_link_is_followed_into_the_network(no_contact: list[object], tmp_path: Path, name: str) -> None:
    """Private, link-local and this machine's addresses are not even contacted, however they are written."""
    with pytest.raises(FetchFailed, match="not a public address"):
        fetch(f"http://{name}:8080/v.mp4", tmp_path, "7.mp4", settings=LIVE, fence=1)
    assert no_contact == []


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_name_is_judged_by_what_it_stands_for(
    no_contact: list[object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    """It is resolved once, and the judged address is the one that is connected to."""
    answers = iter(["10.0.0.1", "8.8.8.8"])

    def resolver(name: str, port: int, *_args: object, flags: int = 0, **_: object) -> list[object]:
        if flags & socket.AI_NUMERICHOST or name[0].isdigit():
            if not name[0].isdigit():
                raise socket.gaierror
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (name, port))]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    for says in ("not a public address", "could not be fetched"):
        with pytest.raises(FetchFailed, match=says):
            fetch(f"{scheme}://files.heygen.test:8443/v.mp4", tmp_path, "7.mp4", settings=LIVE, fence=1)
    assert no_contact == [("8.8.8.8", 8443)]


@pytest.mark.parametrize(
    "name",
    ["127.1", "2130706433", "0x7f000001", "[::ffff:127.0.0.1]", "localhost.", "10.0.0.1", "a.localhost"],
)
@pytest.mark.parametrize("settings", [LIVE, SANDBOX], ids=["live", "sandbox"])
@pytest.mark.usefixtures("contact_here_alone")
def test_nobody_is_led_on_to_this_machine(
    host: PhotoHost, tmp_path: Path, settings: Settings, name: str
) -> None:
    """A redirect from elsewhere ends here in no world, whatever spelling it has.

    A spelling that only PHOTO_HOSTS allows stands in for the host elsewhere.
    """
    put(host, Film())
    start = host.redirect("/start", host.url("/v.mp4", name)).replace("127.0.0.1", "0177.0.0.1")
    elsewhere = replace(settings, photo_hosts=frozenset({"0177.0.0.1"}))
    with pytest.raises(FetchFailed, match="not a public address"):
        fetch(start, tmp_path, "7.mp4", settings=elsewhere, fence=1)
    assert [path for path, _ in host.asked] == ["/start"]


def test_a_proxy_is_not_asked_for_an_address_inside(
    host: PhotoHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is written as an address is judged before the proxy could lead there."""
    monkeypatch.setenv("http_proxy", host.url(""))
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(FetchFailed, match="not a public address"):
        fetch("http://169.254.169.254/latest", tmp_path, "7.mp4", settings=LIVE, fence=1)
    assert host.asked == []


def test_a_location_in_utf_8_is_followed(host: PhotoHost, tmp_path: Path) -> None:
    """Hosts send a redirect's address as it is written; Python reads it as Latin-1."""
    put(host, Film(), "/%D1%84.mp4")
    start = host.redirect("/start", "/ф.mp4".encode().decode("latin-1"))
    assert fetch(start, tmp_path, "7.mp4", fence=1).finished


@pytest.mark.parametrize("breaks_off", [True, False])
def test_a_trickle_is_no_progress(host: PhotoHost, tmp_path: Path, breaks_off: bool) -> None:
    """A file that comes byte by byte would never be here: the step fails, and what came is kept."""

    def trickle(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "600000")
        handler.end_headers()
        handler.wfile.write(b"a" * 1000)
        while not breaks_off and not host.ended.wait(0.02):
            handler.wfile.write(b"a")

    with pytest.raises(FetchFailed, match="broke off" if breaks_off else "in time"):
        fetch(put(host, trickle), tmp_path, "7.mp4", fence=1, seconds=0.3)
    assert (tmp_path / "7.mp4.1.part").stat().st_size >= 1000


def test_a_video_larger_than_any_is_not_kept(
    host: PhotoHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Announced or not, nothing beyond the limit stays on the disk."""
    monkeypatch.setattr(video_fetch, "MAX_BYTES", 500_000)
    for headers in ({}, {"Content_Length": ""}):
        url = put(host, lambda handler, headers=headers: send(handler, 200, BYTES, **headers))
        with pytest.raises(FetchFailed, match="larger than"):
            fetch(url, tmp_path, "7.mp4", fence=1)
        assert left(tmp_path) == []


def test_a_full_disk_says_so_and_takes_nothing(host: PhotoHost, tmp_path: Path) -> None:
    """The device that is always full stands in for the disk; the part is gone afterwards."""
    (tmp_path / "7.mp4.1.part").symlink_to("/dev/full")
    with pytest.raises(DiskFull, match=f"{os.strerror(errno.ENOSPC)}.*Free some space"):
        fetch(put(host, Film()), tmp_path, "7.mp4", fence=1)
    assert left(tmp_path) == []


LIMITED = """
import resource, sys
from pathlib import Path
from core.config import Settings
from core.videos.fetch import fetch
from core.videos.parts import DiskFull
here = Settings(api_base="http://127.0.0.1:9")
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
try:
    fetch(sys.argv[1], Path(sys.argv[2]), "7.mp4", settings=here, fence=1)
except DiskFull as error:
    print(error)
"""


def test_a_disk_that_fills_in_the_middle_leaves_no_part(host: PhotoHost, tmp_path: Path) -> None:
    """Half a video in a full disk would only be in the way of the next try."""
    url = put(host, Film())
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, url, str(tmp_path)], capture_output=True, text=True, timeout=30
    )
    assert os.strerror(errno.EFBIG) in done.stdout, done.stderr
    assert left(tmp_path) == []


def test_a_folder_that_cannot_be_made_is_a_disk_failure(host: PhotoHost, tmp_path: Path) -> None:
    """Where the folder should be lies a file."""
    (tmp_path / "videos").write_text("in the way")
    with pytest.raises(DiskFull):
        fetch(put(host, Film()), tmp_path / "videos", "7.mp4", fence=1)


def test_two_steps_under_one_fence_do_not_mix(host: PhotoHost, tmp_path: Path) -> None:
    """A second step at the same moment is refused instead of writing into the same part."""
    asked = threading.Event()

    def reply(handler: BaseHTTPRequestHandler) -> None:
        asked.set()
        slowly(host)(handler)

    url = put(host, reply)
    thread = threading.Thread(target=fetch, args=(url, tmp_path, "7.mp4"), kwargs={"fence": 1, "seconds": 1})
    thread.start()
    assert asked.wait(5)
    with pytest.raises(FetchFailed, match="being fetched already"):
        fetch(url, tmp_path, "7.mp4", fence=1)
    thread.join(10)
