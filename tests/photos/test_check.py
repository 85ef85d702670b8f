"""A photo is judged by its bytes, within limits of size and time, before anything is spent."""

import os
import signal
import socket
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler

import pytest

from core.config import Settings
from core.photos import decoding
from core.photos.address import PhotoRefused
from core.photos.check import LIMITS, check_bytes, check_photo
from core.photos.decoding import decode
from tests.photos.host import PhotoHost, picture, png_that_claims, refusal, send
from tests.world import eventually

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
        (picture("TIFF"), "a TIFF picture"),
        (picture("BMP"), "a BMP picture"),
        (picture("AVIF"), "an AVIF picture"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf" + b"\0" * 99, "an AVIF picture"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 99, "a HEIC picture"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0" * 99, "a video"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b'<?xml version="1.0"?>\n<!-- a drawing --><svg xmlns="x">', "an SVG picture"),
        (b"\xef\xbb\xbf\n<script>window.page = 1</script><html>", "a web page"),
        (b"<!-- saved --><div>Sign in</div>", "a web page"),
        ("\ufeff<!DOCTYPE html><title>Войти</title>".encode("utf-16-le"), "a web page"),
        (b"Loading... <html lang=en>", "a web page"),
        (b"1 < 2", "neither a PNG nor a JPEG"),
        (b' {\n "error": {"code": 404}}', "JSON"),
        (b"\xef\xbb\xbf[{}]", "JSON"),
        (b"{curly}", "neither a PNG nor a JPEG"),
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


def many_scans(scans: int) -> bytes:
    """A small progressive JPEG whose last scan stands in it that often: valid, and slow to decode."""
    data = picture("JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:last] + data[last:-2] * scans + data[-2:]


def test_a_jpeg_of_a_thousand_scans_is_refused_before_it_is_decoded(sandbox: Settings):
    """Each scan is one more pass over all pixels: some kilobytes would keep the check busy for long."""
    with pytest.raises(PhotoRefused, match="more than 100 scans"):
        check_bytes(many_scans(1000))
    assert check_bytes(many_scans(10)).kind == "jpeg"
    # A preview inside the file, and what follows its end, are no scans of the picture.
    beside = b"\xff\xe2\x03\xea" + b"\xff\xda" * 500
    plain = picture("JPEG")
    assert check_bytes(plain[:2] + beside + plain[2:] + b"\xff\xda" * 500).kind == "jpeg"


def test_a_photo_that_takes_too_long_ends_alone(sandbox: Settings):
    """At the deadline its process ends; the next photo is decoded as if nothing had been."""
    large = picture("PNG", (5000, 5000))
    with pytest.raises(PhotoRefused, match="takes longer than"):
        decode(large, "png", LIMITS, seconds=0.001)
    assert decode(picture("PNG"), "png", LIMITS).width == 600


def test_a_photo_that_keeps_its_decoder_busy_holds_no_other_up():
    """Two are decoded at once; the one that hangs goes on when it can."""
    check_bytes(picture())
    busy = decoding._idle[-1]
    os.kill(busy._child.pid, signal.SIGSTOP)
    slow = threading.Thread(target=check_bytes, args=(picture(),))
    slow.start()
    try:
        eventually(lambda: busy not in decoding._idle)
        assert check_bytes(picture("PNG")).kind == "png"
        assert slow.is_alive()
    finally:
        os.kill(busy._child.pid, signal.SIGCONT)
    slow.join(20)
    assert busy in decoding._idle


def test_a_decoder_that_died_is_replaced(sandbox: Settings):
    """One that the system ended while it waited costs nobody a photo."""
    check_bytes(picture())
    (one, *_) = decoding._idle
    os.kill(one._child.pid, signal.SIGKILL)
    one._child.wait()
    assert check_bytes(picture()).kind == "jpeg"


def test_a_fork_has_decoders_of_its_own():
    """Two processes that talked with one decoder would take each other's answers."""
    check_bytes(picture())
    before = list(decoding._idle)
    child = os.fork()
    if not child:
        good = not decoding._idle and check_bytes(picture("PNG", (512, 513))).height == 513
        decoding.end()
        os._exit(0 if good else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert decoding._idle == before
    assert check_bytes(picture()).kind == "jpeg"


def test_a_location_in_utf_8_is_followed(host: PhotoHost, sandbox: Settings):
    """Hosts send a redirect's address as it is written; Python reads it as Latin-1."""
    host.serve("/%D1%84%D0%BE%D1%82%D0%BE.png", picture("PNG"))
    host.routes["/start"] = lambda handler: send(
        handler, 302, b"", Location="/фото.png".encode().decode("latin-1")
    )
    assert check_photo(host.url("/start"), sandbox).kind == "png"
