"""The sample photos and their list."""

import json
from io import BytesIO

from PIL import Image

from core.database.tables.bloggers import NO_AVATAR
from core.sandbox import SAMPLES
from tests.sandbox.client import Client

LISTED = json.loads((SAMPLES / "samples.json").read_text(encoding="utf-8"))
#: What the list shows, by its file's name: whose photo it is and where.
FILES = {
    place["image_url"].rpartition("/")[2]: place["name"]
    for blogger in LISTED
    for place in blogger["settings"]["locations"]
}
PLACES = {
    "Mila Hart": ["Studio", "Cafe", "Park"],
    "Антон Лисицын": ["Кухня", "Офис", "Библиотека"],
    "Sofia Reyes": ["Street", "Beach"],
    "Wei Chen": ["Gym", "Empty room"],
}


def test_the_list_has_the_briefs_shape() -> None:
    """Four bloggers and ten places, all still without an avatar, at the host `sandbox`."""
    found = {}
    for blogger in LISTED:
        settings = blogger["settings"]
        found[blogger["name"]] = [place["name"] for place in settings["locations"]]
        for place in settings["locations"]:
            assert place.keys() == {"name", "image_url", "heygen_avatar_id"}
            assert place["heygen_avatar_id"] == NO_AVATAR
            assert place["image_url"].startswith("http://sandbox/samples/")
    assert found == PLACES


def test_the_photos_are_small_jpegs_of_which_one_has_no_face() -> None:
    """At most 45 kB each, large enough for HeyGen (512 pixels), and only the empty room is marked."""
    marked = []
    for file in FILES:
        data = (SAMPLES / file).read_bytes()
        assert len(data) <= 45_000
        with Image.open(BytesIO(data)) as image:
            assert (image.format, image.size) == ("JPEG", (768, 960))
            if b"no-face" in image.info.get("comment", b""):
                marked.append(file)
    assert marked == ["wei-empty-room.jpg"]
    assert {path.name for path in SAMPLES.glob("*.jpg")} == set(FILES)


def test_every_photo_but_the_empty_room_becomes_an_avatar(client: Client) -> None:
    """The addresses of the list work as they stand, face check included."""
    client.set(group_limit=-1)
    refused = []
    for file, place in FILES.items():
        key = client.image_key(f"http://sandbox/samples/{file}")
        if client.create(place, key).status_code != 200:
            refused.append(place)
    assert refused == ["Empty room"]
