"""Small pictures for lists are made once, upright, and replaced with their photo."""

import struct
from io import BytesIO

import pytest
from PIL import Image, ImageCms, ImageOps

from core import clock
from core.config import Settings
from core.photos import decoding
from core.photos.address import PhotoRefused
from core.photos.check import check_bytes, check_photo
from core.photos.thumbnails import keep_photo, small_picture, thumbnail
from tests.photos.host import PhotoHost, picture


def test_a_thumbnail_is_small_upright_and_kept(host: PhotoHost, sandbox: Settings):
    """320 pixels at most, EXIF turned, fetched once; no temporary file stays behind."""
    exif = Image.Exif()
    exif[0x0112] = 6
    url = host.serve("/a.jpg", picture("JPEG", (1600, 800), exif=exif))
    path = thumbnail(sandbox, 7, url)
    with Image.open(path) as small:
        assert (small.format, small.size) == ("JPEG", (160, 320))
    assert thumbnail(sandbox, 7, url) == path
    assert len(host.asked) == 1
    assert [kept.name for kept in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_turn_ends_upright(orientation: int):
    """The corner that EXIF calls the first one is where Pillow's own way of turning puts it."""
    photo = Image.new("RGB", (600, 800), (200, 30, 30))
    photo.paste((30, 30, 200), (0, 0, 300, 400))
    exif = Image.Exif()
    exif[0x0112] = orientation
    out = BytesIO()
    photo.save(out, "PNG", exif=exif)
    expected = ImageOps.exif_transpose(Image.open(out))
    shown = small(out.getvalue())
    assert (shown.width < shown.height) == (expected.width < expected.height)
    for x, y in ((0.1, 0.1), (0.9, 0.1), (0.1, 0.9), (0.9, 0.9)):
        there = expected.getpixel((int(x * expected.width), int(y * expected.height)))
        assert shown.getpixel((int(x * shown.width), int(y * shown.height))) == pytest.approx(there, abs=6)


def test_another_photo_replaces_the_kept_one_of_its_location_alone(host: PhotoHost, sandbox: Settings):
    """One small picture a location; location 1 does not touch those of location 11."""
    old, new = host.serve("/old.png", picture("PNG")), host.serve("/new.png", picture("PNG"))
    other = thumbnail(sandbox, 11, old)
    first = thumbnail(sandbox, 1, old)
    second = keep_photo(sandbox, 1, check_photo(new, sandbox))
    assert set(second.parent.iterdir()) == {other, second}
    assert first != second


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "1", "I;16"])
def test_transparent_and_odd_pictures_have_thumbnails_too(host: PhotoHost, sandbox: Settings, mode: str):
    """Every kind of PNG becomes a JPEG; transparency shows as white."""
    path = thumbnail(sandbox, 1, host.serve("/odd.png", picture("PNG", mode=mode)))
    with Image.open(path) as small:
        assert small.mode == "RGB"
        if mode in ("RGBA", "LA"):
            assert small.getpixel((10, 10)) == (255, 255, 255)


def test_a_refused_photo_is_asked_for_once_a_minute(host: PhotoHost, sandbox: Settings):
    """A list of broken links does not fetch them again at every look, yet a repaired one appears."""
    url = host.url("/later.png")
    for _ in range(3):
        with pytest.raises(PhotoRefused, match="answered 404"):
            thumbnail(sandbox, 1, url)
    assert len(host.asked) == 1
    host.serve("/later.png", picture("PNG"))
    try:
        clock.shift(61)
        assert thumbnail(sandbox, 1, url).is_file()
    finally:
        clock.shift(0)


def small(data: bytes) -> Image.Image:
    """The small picture of these bytes."""
    return Image.open(BytesIO(small_picture(check_bytes(data))))


@pytest.mark.parametrize("times", [1, 3])
def test_sixteen_bits_of_grey_stay_a_gradient(times: int):
    """A scan's greys are scaled, not cut off at white, and a large scan has a small picture, too."""
    out = BytesIO()
    line = struct.pack("<600H", *range(0, 60_000, 100))
    scan = Image.frombytes("I;16", (600, 600), line * 600).resize((600 * times, 600 * times))
    scan.save(out, "PNG")
    row = [small(out.getvalue()).getpixel((x, 100)) for x in (0, 80, 160, 240, 319)]
    assert [pixel[0] for pixel in row] == pytest.approx([0, 58, 117, 175, 233], abs=3)


SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
#: A screen whose red is sRGB's green, and the other way round.
TURNED = SRGB.replace(b"rXYZ", b"?XYZ").replace(b"gXYZ", b"rXYZ").replace(b"?XYZ", b"gXYZ")


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
@pytest.mark.parametrize(
    ("profile", "shown"),
    [(TURNED, (30, 200, 30)), (SRGB, (200, 30, 30)), (b"no profile", (200, 30, 30)), (None, (200, 30, 30))],
)
def test_colours_are_those_of_the_photos_own_profile(kind: str, profile: bytes | None, shown: tuple):
    """A telephone's numbers mean other colours than sRGB's; a broken profile hides no picture."""
    assert small(picture(kind, icc_profile=profile)).getpixel((50, 50)) == pytest.approx(shown, abs=4)


@pytest.mark.parametrize(
    ("mode", "kind"), [("L", "PNG"), ("P", "PNG"), ("LA", "PNG"), ("CMYK", "JPEG"), ("L", "JPEG")]
)
def test_a_profile_for_other_channels_hides_no_picture(mode: str, kind: str):
    """Some programs write a profile of three colours into a grey photo."""
    assert small(picture(kind, mode=mode, icc_profile=TURNED)).size == (240, 320)


def test_nothing_is_said_beside_the_picture(capfd: pytest.CaptureFixture[str]):
    """What Pillow warns of does not reach the terminal of a command: a palette with half-clear colours."""
    clear = BytesIO()
    Image.effect_noise((600, 600), 50).quantize(8).save(clear, "PNG", transparency=bytes([0, 128, 255]))
    decoding.end()
    assert small(clear.getvalue()).size == (320, 320)
    decoding.end()
    assert capfd.readouterr() == ("", "")
