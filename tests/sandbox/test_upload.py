"""POST /v1/asset and the face check."""

import re
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.photos.host import photo_host, picture
from tests.sandbox.client import FACELESS, SAMPLE, Client


def test_an_upload_answers_in_the_v1_envelope_with_an_image_key(client: Client) -> None:
    """`code` 100 and `data.image_key` as the brief shows it."""
    body = client.upload().json()
    assert (body["code"], body["message"], body["msg"]) == (100, None, None)
    asset = body["data"]
    assert re.fullmatch("[0-9a-f]{32}", asset["id"])
    assert asset["image_key"] == f"image/{asset['id']}/original"
    assert (asset["file_type"], asset["url"]) == ("image", SAMPLE)


def test_uploads_are_free_and_may_be_repeated(client: Client) -> None:
    """The same photo again is another asset, and nothing is charged."""
    keys = {client.image_key() for _ in range(3)}
    assert len(keys) == 3
    assert (client.state()["credits"], client.state()["charges"]) == (10_000_000, [])


def test_the_photo_is_fetched_from_its_url(client: Client) -> None:
    """The bytes are asked for at the address that was given, redirects included, like HeyGen does."""
    with photo_host() as host:
        target = host.serve("/photo.png", picture("PNG"))
        assert client.upload(host.redirect("/moved", target)).status_code == 200
        assert [path for path, _ in host.asked] == ["/moved", "/photo.png"]


def test_a_photo_of_the_sandbox_itself_is_fetched_over_http(client: Client) -> None:
    """Its own address does not lock the sandbox up, however many ask at once."""
    own = SAMPLE.replace("http://sandbox", client.base_url)
    with ThreadPoolExecutor(40) as pool:
        assert {answer.status_code for answer in pool.map(client.upload, [own] * 80)} == {200}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"GIF89a" + b"\0" * 100, 400543),
        (b"<html></html>", 400543),
        (b"", 400543),
        (b"\xff\xd8\xff" + b"\0" * 10_000_000, 400175),
    ],
)
def test_only_png_and_jpeg_of_at_most_10_mb_are_taken(client: Client, body: bytes, code: int) -> None:
    """The bytes decide, not the name; the refusal is flat."""
    with photo_host() as host:
        answer = client.upload(host.serve("/photo.png", body))
    assert (answer.status_code, answer.json()["code"]) == (400, code)


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:1/photo.png", "file:///etc/hostname", "photo.png", "http://", "ftp://sandbox/a.png"],
)
def test_a_photo_that_cannot_be_reached_is_refused(client: Client, url: str) -> None:
    """No photo, no asset: HTTP 400 that says the download failed."""
    answer = client.upload(url)
    assert (answer.status_code, answer.json()["code"]) == (400, 400175)
    assert "download" in answer.json()["message"]


def test_a_photo_host_that_says_404_is_refused(client: Client) -> None:
    """An error page is not a photo."""
    with photo_host() as host:
        answer = client.upload(host.url("/gone.png"))
    assert (answer.status_code, answer.json()["code"]) == (400, 400175)
    assert "404" in answer.json()["message"]


@pytest.mark.parametrize("body", [{}, {"url": ""}, {"url": None}, {"url": 7}])
def test_an_upload_without_url_is_refused(client: Client, body: dict[str, object]) -> None:
    """Missing parameter: flat, code 40001."""
    answer = client.call("POST", "/v1/asset", body)
    assert (answer.status_code, answer.json()["code"]) == (400, 40001)


def _marked(kind: str) -> bytes:
    out = BytesIO()
    image = Image.new("RGB", (600, 600))
    if kind == "PNG":
        info = PngInfo()
        info.add_text("Comment", "no-face")
        image.save(out, kind, pnginfo=info)
    else:
        image.save(out, kind, comment=b"a photo with no-face in it")
    return out.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_photo_marked_no_face_fails_the_face_check(client: Client, kind: str) -> None:
    """The upload is taken, the group is refused with HeyGen's 40004, and no slot is used."""
    with photo_host() as host:
        key = client.image_key(host.serve("/photo", _marked(kind)))
    answer = client.create(image_key=key)
    assert answer.status_code == 400
    assert answer.json() == {
        "data": None,
        "error": {"code": 40004, "message": "No face detected in the photo"},
    }
    assert client.groups() == []


def test_the_empty_room_is_the_sample_that_fails_the_face_check(client: Client) -> None:
    """A person can see the refusal without preparing anything."""
    answer = client.create(image_key=client.image_key(FACELESS))
    assert answer.json()["error"]["code"] == 40004


def test_a_photo_without_the_mark_passes(client: Client) -> None:
    """The words in the picture data or in nothing at all are not a mark."""
    with photo_host() as host:
        key = client.image_key(host.serve("/photo", picture("JPEG") + b"no-face"))
    assert client.create(image_key=key).status_code == 200
