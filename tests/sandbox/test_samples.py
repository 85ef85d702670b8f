"""The sample photos and their list."""

import json
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageChops, ImageStat

from core.database.tables.bloggers import NO_AVATAR
from core.sandbox.draw import MAX_BYTES, SAMPLE_PHOTOS, SAMPLES, draw, listing
from tests.sandbox.client import Client

PLACES = {
    "Mila Hart": ["Studio", "Cafe", "Park"],
    "Антон Лисицын": ["Кухня", "Офис", "Библиотека"],
    "Sofia Reyes": ["Street", "Beach"],
    "Wei Chen": ["Gym", "Empty room"],
}


def _listed() -> list[dict[str, object]]:
    return json.loads((SAMPLES / "samples.json").read_text(encoding="utf-8"))


def test_the_list_has_the_briefs_shape() -> None:
    """Four bloggers and ten places, all still without an avatar, at the host `sandbox`."""
    found = {}
    for blogger in listing():
        settings = blogger["settings"]
        assert isinstance(settings, dict)
        found[blogger["name"]] = [place["name"] for place in settings["locations"]]
        for place in settings["locations"]:
            assert place.keys() == {"name", "image_url", "heygen_avatar_id"}
            assert place["heygen_avatar_id"] == NO_AVATAR
            assert place["image_url"].startswith("http://sandbox/samples/")
    assert found == PLACES


def test_the_file_says_what_the_drawing_script_says() -> None:
    """samples.json is written by the script, not by hand."""
    assert _listed() == listing()


def test_the_photos_are_small_jpegs_of_which_one_has_no_face() -> None:
    """At most 45 kB each, large enough for HeyGen (512 pixels), and only the empty room is marked."""
    marked = []
    for sample in SAMPLE_PHOTOS:
        data = (SAMPLES / sample.file).read_bytes()
        assert len(data) <= MAX_BYTES
        with Image.open(BytesIO(data)) as image:
            assert (image.format, image.size) == ("JPEG", (768, 960))
            if b"no-face" in image.info.get("comment", b""):
                marked.append(sample.file)
    assert marked == ["wei-empty-room.jpg"]
    assert {path.name for path in SAMPLES.glob("*.jpg")} == {sample.file for sample in SAMPLE_PHOTOS}


def test_every_photo_but_the_empty_room_becomes_an_avatar(client: Client) -> None:
    """The addresses of the list work as they stand, face check included."""
    client.set(group_limit=-1)
    refused = []
    for sample in SAMPLE_PHOTOS:
        key = client.image_key(f"http://sandbox/samples/{sample.file}")
        if client.create(sample.place, key).status_code != 200:
            refused.append(sample.place)
    assert refused == ["Empty room"]


def test_the_script_draws_the_photo_that_is_there(tmp_path: Path) -> None:
    """The pictures have a source: drawing again gives the same one."""
    sample = SAMPLE_PHOTOS[0]
    with Image.open(draw(sample, tmp_path)) as fresh, Image.open(SAMPLES / sample.file) as kept:
        difference = ImageStat.Stat(ImageChops.difference(fresh, kept)).mean
    assert max(difference) < 1
