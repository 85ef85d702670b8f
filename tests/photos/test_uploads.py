"""An uploaded photo is checked, kept under what it holds, and served to the sandbox alone."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
import requests
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from core.bloggers.editing import add_blogger, add_location, get_location
from core.bloggers.exchange import applying, export, planning, reading
from core.config import Settings
from core.errors import StorageFailed
from core.photos import address, uploads
from core.photos.address import PhotoRefused, check_address, reachable_url
from core.photos.check import check_photo
from core.photos.thumbnails import thumbnail
from core.quotes import avatars
from core.studio import Studio
from tests.people import somebody
from tests.photos.host import PhotoHost, picture, refusal
from tests.world import open_world

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
GONE = f"http://uploads/{'0' * 64}.png"


@pytest.mark.parametrize(("kind", "ending"), [("PNG", "png"), ("JPEG", "jpg")])
def test_a_photo_is_kept_whole_under_the_hash_of_what_it_holds(sandbox: Settings, kind: str, ending: str):
    """Its address says nothing about the person's file; the same photo twice is one file."""
    data = picture(kind)
    url = uploads.keep(sandbox, data)
    assert uploads.keep(sandbox, data) == url == uploads.keep(sandbox, data)
    (kept,) = (sandbox.data_dir / "uploads").iterdir()
    assert kept.read_bytes() == data
    assert url == f"http://uploads/{kept.name}"
    assert kept.suffix == f".{ending}"
    assert address.is_upload(url)
    assert check_photo(url, sandbox).data == data


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (picture("PNG", (300, 300)), "300 x 300 pixels"),
        (picture("WEBP"), "WebP"),
        (b"<!doctype html>", "web page"),
        (picture("JPEG")[:-2000], "damaged"),
        (picture("PNG") + b"\0" * 10_000_000, "larger than 10 MB"),
    ],
)
def test_what_heygen_could_not_use_is_not_kept(sandbox: Settings, data: bytes, says: str):
    """The widget's limits help nothing: the bytes are judged as those of a link, and no file appears."""
    with pytest.raises(PhotoRefused, match=says) as caught:
        uploads.keep(sandbox, data)
    assert "Nothing was spent." in caught.value.user_message
    assert not (sandbox.data_dir / "uploads").exists()


PLACE = b"at home 55.7558 N"


def taken_at_home(kind: str, orientation: int) -> bytes:
    """A photo as a telephone writes it: place and preview in EXIF, the same in XMP and behind the picture."""
    exif = Image.Exif()
    if orientation:
        exif[0x0112] = orientation
    exif[0x010F] = "Telephone"
    exif.get_ifd(0x8825).update({1: "N", 2: (55.0, 45.0, 20.9), 29: PLACE.decode()})
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + PLACE + b"</x:xmpmeta>"
    if kind == "JPEG":
        data = picture(kind, exif=exif, xmp=xmp, comment=b"mine", icc_profile=SRGB)
        iptc = b"\xff\xed\x00\x13" + PLACE
        return data[:2] + iptc + data[2:] + b"\xff\xd8\xff\xe1" + PLACE
    info = PngInfo()
    info.add_itxt("XML:com.adobe.xmp", xmp.decode())
    info.add_text("Raw profile type exif", PLACE.decode(), zip=True)
    info.add_text("Location", PLACE.decode())
    info.add_text("Comment", "mine")
    return picture(kind, exif=exif, pnginfo=info, icc_profile=SRGB) + PLACE


@pytest.mark.parametrize("orientation", [0, 1, 6])
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_where_a_photo_was_taken_is_not_kept(sandbox: Settings, kind: str, orientation: int):
    """EXIF, XMP and IPTC go; the turn, the colours, a comment and every pixel stay."""
    data = taken_at_home(kind, orientation)
    assert PLACE in data
    url = uploads.keep(sandbox, data)
    kept = uploads.read(sandbox, url)
    assert PLACE not in kept
    with Image.open(BytesIO(kept)) as now, Image.open(BytesIO(data)) as before:
        assert dict(now.getexif()) == ({0x0112: 6} if orientation == 6 else {})
        assert not now.getexif().get_ifd(0x8825)
        assert not {"xmp", "XML:com.adobe.xmp", "Location", "mpoffset"} & now.info.keys()
        assert now.info.get("comment", now.info.get("Comment")) in (b"mine", "mine")
        assert now.info["icc_profile"] == SRGB
        assert now.tobytes() == before.tobytes()
    assert uploads.keep(sandbox, data) == url == uploads.keep(sandbox, kept)
    with Image.open(thumbnail(sandbox, 1, url)) as small:
        assert small.size == ((320, 240) if orientation == 6 else (240, 320))


@pytest.mark.parametrize(
    "exif",
    [
        b"Exif\0\0MM\0*\xff\xff\xff\xff",
        b"Exif\0\0rubbish",
        # The orientation as a text, and as a number that is none.
        b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x02\0\0\0\x02a\0\0\0\0\0\0\0",
        b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x63\0\0\0\0\0\0",
    ],
)
def test_broken_exif_spoils_no_photo(sandbox: Settings, exif: bytes):
    """What cannot be read says nothing, and goes; the picture is whole."""
    plain = picture()
    segment = b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif
    url = uploads.keep(sandbox, plain[:2] + segment + plain[2:])
    assert uploads.read(sandbox, url) == plain
    assert thumbnail(sandbox, 1, url).is_file()


def test_a_progressive_photo_and_one_with_restarts_are_kept_whole(sandbox: Settings):
    """Whatever stands between the scans belongs to the picture."""
    noise = Image.effect_noise((600, 600), 80)
    for options in ({"progressive": True}, {"restart_marker_blocks": 3}, {"optimize": True}):
        out = BytesIO()
        noise.save(out, "JPEG", **options)
        assert uploads.read(sandbox, uploads.keep(sandbox, out.getvalue())) == out.getvalue()


def test_a_full_disk_is_one_sentence(sandbox: Settings):
    """Where nothing can be written, that is said, and nothing half-written stays."""
    (sandbox.data_dir / "uploads").write_bytes(b"in the way")
    with pytest.raises(StorageFailed, match="could not be written"):
        uploads.keep(sandbox, picture())


def test_an_uploaded_photo_needs_no_network(live: Settings):
    """Its check and its small picture come from the file, also where no sandbox is."""
    url = uploads.keep(live, picture("PNG", (600, 700)))
    assert (check_photo(url, live).width, check_photo(url, live).height) == (600, 700)
    assert thumbnail(live, 1, url).is_file()


def test_a_photo_that_is_not_here_is_one_sentence(sandbox: Settings):
    """After a move without the folder: every check says to upload it again."""
    assert "not on this machine" in refusal(GONE, sandbox)
    with pytest.raises(PhotoRefused, match="not on this machine"):
        check_address(GONE, sandbox)


@pytest.mark.parametrize(
    "url",
    [
        "http://uploads/../studio.db",
        "http://uploads/%2e%2e/studio.db",
        "http://uploads/",
        "http://uploads/a.png",
        GONE.upper().replace("HTTP", "http"),
        GONE + "?x=1",
        GONE.replace("png", "svg"),
    ],
)
def test_only_the_exact_name_of_a_kept_photo_is_an_upload(sandbox: Settings, live: Settings, url: str):
    """Nothing else below that host is read from this machine, and nothing is fetched for it."""
    assert not address.is_upload(url)
    for world in (sandbox, live):
        with pytest.raises(PhotoRefused):
            check_address(url, world)
        refusal(url, world)


def test_a_host_of_that_name_elsewhere_stays_a_host(host: PhotoHost, live: Settings):
    """`uploads` with a port or https is somebody's own host, judged and fetched like any other."""
    url = f"http://uploads:{host.port}/a.png"
    assert reachable_url(url, live) == url
    assert reachable_url(GONE.replace("http:", "https:"), live).startswith("https://uploads/")


def test_the_live_workflow_dialect_refuses_an_upload_before_anything_is_spent(live: Settings):
    """HeyGen cannot reach this machine; the sentence says which link would do."""
    url = uploads.keep(live, picture())
    with pytest.raises(PhotoRefused, match=r"^This dialect needs a public photo URL"):
        check_address(url, live)
    with pytest.raises(PhotoRefused, match=r"^This dialect needs a public photo URL"):
        reachable_url(url, live)


def test_heygen_on_loopback_counts_as_the_sandbox(live: Settings):
    """A key with a loopback base: the photo is fetched from there."""
    near = replace(live, api_base="http://127.0.0.1:9", data_dir=live.data_dir)
    url = uploads.keep(near, picture())
    assert reachable_url(url, near) == f"http://127.0.0.1:9/uploads/{url.rsplit('/', 1)[1]}"


def with_photo(studio: Studio, url: str) -> int:
    blogger = add_blogger(studio.db, name="Ada", actor=somebody())
    assert blogger.id is not None
    place = add_location(studio.db, blogger_id=blogger.id, name="Loft", image_url=url, actor=somebody())
    assert place.id is not None
    return place.id


def test_the_quote_refuses_the_line_in_the_live_world(tmp_path: Path):
    """The line says why, costs nothing and holds up no other."""
    with open_world(tmp_path / "data") as world:
        place = with_photo(world.studio, uploads.keep(world.studio.settings, picture()))
        assert world.quote(place).to_make
        world.studio.settings = replace(world.studio.settings, api_base="https://api.heygen.com")
        (line,) = world.quote(place).refused
        assert line.problem is not None
        assert line.problem.text.startswith("This dialect needs a public photo URL")
        assert world.quote(place).total == 0


def test_an_avatar_is_made_of_an_uploaded_photo(tmp_path: Path):
    """The sandbox fetches it from itself; face or no face is read from the uploaded bytes."""
    with open_world(tmp_path / "data") as world:
        settings = world.studio.settings
        place = with_photo(world.studio, uploads.keep(settings, picture()))
        assert world.drive(world.confirm(place)).state == "done"
        faceless = uploads.keep(settings, picture("JPEG", comment=b"no-face"))
        empty = add_location(
            world.studio.db,
            blogger_id=get_location(world.studio.db, location_id=place).blogger_id,
            name="Empty room",
            image_url=faceless,
            actor=somebody(),
        )
        assert empty.id is not None
        assert world.drive(world.confirm(empty.id)).state == "failed"


def test_the_sandbox_serves_exact_names_without_a_key(tmp_path: Path):
    """The right type for each kind; no way out of the folder, no list, no other file in it."""
    with open_world(tmp_path / "data") as world:
        settings = world.studio.settings
        for kind, media in (("PNG", "image/png"), ("JPEG", "image/jpeg")):
            answer = requests.get(reachable_url(uploads.keep(settings, picture(kind)), settings), timeout=5)
            assert (answer.status_code, answer.headers["content-type"]) == (200, media)
        assert answer.content == picture("JPEG")
        (settings.data_dir / "uploads" / "notes.png").write_bytes(picture("PNG"))
        for name in ("notes.png", "", "..%2fsandbox.db", "../sandbox.db", "%2e%2e/sandbox.db", GONE[-68:]):
            # A prepared request keeps the dots that requests would take out of the address.
            request = requests.Request("GET", "http://x/").prepare()
            request.url = f"{settings.api_base}/uploads/{name}"
            with requests.Session() as session:
                assert session.send(request, timeout=5).status_code == 404, name


def test_an_uploaded_photo_survives_export_and_import(tmp_path: Path):
    """Its address is exported as it is; the quote says where its file did not come along."""
    with open_world(tmp_path / "one") as first, open_world(tmp_path / "two") as second:
        url = uploads.keep(first.studio.settings, picture())
        with_photo(first.studio, url)
        for text, name in (
            (export.export_json(first.studio.db), "all.json"),
            (export.export_csv(first.studio.db), "all.csv"),
        ):
            rows = reading.read_import(text.encode(), name)
            result = applying.apply_import(
                second.studio.db, planning.plan_import(second.studio.db, rows), actor=somebody()
            )
            assert result.counts["refused"] == 0
        assert get_location(second.studio.db, location_id=1).image_url == url
        (line,) = avatars.quote(second.studio, location_ids=[1], motion_type="veo2").refused
        assert line.problem is not None
        assert "not on this machine" in line.problem.text
        uploads.keep(second.studio.settings, picture())
        assert second.quote(1).to_make
