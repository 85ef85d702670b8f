"""A photo is judged by its bytes, within limits of size and time, before anything is spent."""

import socket
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler

import pytest

from core.config import Settings
from core.photos.check import LIMITS, check_photo
from tests.photos.host import PhotoHost, picture, png_that_claims, refusal, send

SMALL = replace(LIMITS, max_bytes=100_000)
QUICK = replace(LIMITS, total_seconds=0.4)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_good_photo_is_told_with_its_kind_and_size(host: PhotoHost, sandbox: Settings, kind: str):
    """PNG and JPEG of at least 512 x 512 pass, whatever the address and the declared type say."""
    data = picture(kind, (512, 640))
    url = host.serve("/photo.txt?x=1", data, Content_Type="text/plain")
    photo = check_photo(url, sandbox)
    assert (photo.url, photo.kind, photo.width, photo.height) == (url, kind.lower(), 512, 640)
    assert photo.data == data
    assert list(sandbox.data_dir.iterdir()) == []


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"just a text", "neither a PNG nor a JPEG"),
        (b"", "file is empty"),
        (b"<!DOCTYPE html><title>Sign in</title>", "a web page"),
        (picture("WEBP"), "a WebP picture"),
        (picture("GIF"), "a GIF picture"),
        (picture("JPEG", (511, 900)), "511 x 900 pixels"),
        (picture("JPEG")[:-2000], "damaged"),
        (picture("PNG")[:-30], "damaged"),
        (png_that_claims(600, 600), "damaged"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "damaged"),
    ],
)
def test_what_heygen_could_not_use_is_refused_by_its_bytes(
    host: PhotoHost, sandbox: Settings, body: bytes, says: str
):
    """A name ending in .png and a declared type help nothing: the first bytes and a full decoding decide."""
    assert says in refusal(host.serve("/photo.png", body, Content_Type="image/png"), sandbox)


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("side", [8_000, 12_000, 60_000])
def test_a_decompression_bomb_is_refused_by_its_header(host: PhotoHost, sandbox: Settings, side: int):
    """More than 50 megapixels are refused before a pixel is decoded: here there are none to decode."""
    assert "50 million pixels" in refusal(host.serve("/bomb.png", png_that_claims(side, side)), sandbox)


def test_a_location_without_a_photo_is_told_so(sandbox: Settings):
    """An empty address is refused with its own sentence."""
    assert "has no photo" in refusal("", sandbox)


def test_an_announced_size_over_the_limit_is_refused_without_reading(host: PhotoHost, sandbox: Settings):
    """Content-Length above the limit ends it at once, though the host never sends the body."""

    def announce_only(handler: BaseHTTPRequestHandler) -> None:
        send(handler, 200, b"", Content_Length="50000000")
        host.ended.wait(10)

    host.routes["/huge"] = announce_only
    assert "larger than 10 MB" in refusal(host.url("/huge"), sandbox)


def test_a_body_without_an_announced_size_is_cut_at_the_limit(host: PhotoHost, sandbox: Settings):
    """A stream without end is left after the limit; what was announced is not what is trusted."""
    sent = []

    def endless(handler: BaseHTTPRequestHandler) -> None:
        send(handler, 200, picture("PNG"), Content_Length="")
        while not host.ended.is_set():
            handler.wfile.write(b"\0" * 65_536)
            sent.append(65_536)

    host.routes["/endless"] = endless
    assert "larger than 0.1 MB" in refusal(host.url("/endless"), sandbox, SMALL)
    assert sum(sent) < 20_000_000


def test_a_body_at_the_limit_passes_and_one_byte_more_does_not(host: PhotoHost, sandbox: Settings):
    """The limit is exact."""
    data = picture("PNG")
    url = host.serve("/exact.png", data)
    assert check_photo(url, sandbox, limits=replace(LIMITS, max_bytes=len(data))).data == data
    assert "larger" in refusal(url, sandbox, replace(LIMITS, max_bytes=len(data) - 1))


def test_a_body_that_breaks_off_is_refused(host: PhotoHost, sandbox: Settings):
    """Fewer bytes than announced are not a photo, also where a decoder would forgive it."""
    url = host.serve("/short.jpg", picture(), Content_Length="60000")
    assert "broke off" in refusal(url, sandbox)


@pytest.mark.parametrize("part", ["nothing", "headers", "body"])
def test_a_host_that_dawdles_is_left_at_the_deadline(host: PhotoHost, sandbox: Settings, part: str):
    """One byte now and then restarts a socket's time-out, so the whole fetch has a deadline of its own."""

    def dawdle(handler: BaseHTTPRequestHandler) -> None:
        if part == "body":
            send(handler, 200, b"", Content_Length="5000")
        elif part == "headers":
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not host.ended.wait(0.05):
            if part != "nothing":
                handler.wfile.write(b"a")

    host.routes["/slow"] = dawdle
    started = time.monotonic()
    assert "in time" in refusal(host.url("/slow"), sandbox, QUICK)
    assert time.monotonic() - started < 3


@pytest.mark.parametrize("status", [204, 304, 403, 404, 500])
def test_another_answer_than_200_is_told(host: PhotoHost, sandbox: Settings, status: int):
    """The status stands in the sentence."""
    host.routes["/gone"] = lambda handler: send(handler, status, b"")
    assert f"answered {status}" in refusal(host.url("/gone"), sandbox)


def test_a_host_that_cannot_be_reached_is_told(sandbox: Settings):
    """A refused connection, an unknown name and a host that speaks something else each get a sentence."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        assert "could not be fetched from 127.0.0.1" in refusal(f"http://127.0.0.1:{port}/a.png", sandbox)
    assert "name is not known" in refusal("http://photos.invalid/a.png", sandbox)
    assert "name is not known" in refusal(f"http://{'a' * 64}.example/a.png", sandbox)
