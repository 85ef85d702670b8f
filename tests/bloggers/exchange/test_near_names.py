"""A file is read under near names, too, and what is not read is told before anything is written."""

import json
from typing import Any

import pytest

from core.bloggers.exchange.export import export_json
from core.bloggers.exchange.reading import read_import
from core.database.engine import Database
from core.errors import BadInput
from tests.bloggers.exchange.support import PHOTO, load, place, plan, remarks, verdicts

ID = "8f3c2d1e0b9a4f6e8d7c6b5a49382716"


@pytest.mark.parametrize(
    "header",
    [
        "Blogger,Location,image_url,HeyGen Avatar ID",
        "blogger,location,Image URL,heygen avatar id",
        "Blogger Name,Location Name,imageUrl,avatar_id",
        "BLOGGER,LOCATION,photo,heygenAvatarId",
        "Блогер;Локация;Ссылка на фото;ID аватара",
        "Блогер;Локация;Фото;ID аватара в HeyGen",
        "Influencer Name;Place Name;Photo Link;Avatar ID (HeyGen)",
        "blogger\tlocation\tImage-URL\ttalking_photo_id",
    ],
)
def test_near_names_of_columns_are_understood(db: Database, header: str):
    """Case, spaces, dashes, camelCase and well-known synonyms: the avatar is saved, and the person told."""
    mark = next(sign for sign in ",;\t" if sign in header)
    file = f"{header}\n{mark.join(('Mila Hart', 'Studio', PHOTO, ID))}\n".encode()
    shown = plan(db, file, name="f.csv")
    assert "heygen_avatar_id" in remarks(shown)["read_as"]
    assert "kept" not in remarks(shown)
    load(db, file, name="f.csv")
    assert (place(db).heygen_avatar_id, place(db).image_url, place(db).extra) == (ID, PHOTO, {})


@pytest.mark.parametrize(
    "entry",
    [
        {"name": "Mila Hart", "locations": [{"name": "Studio", "imageUrl": PHOTO, "avatar_id": ID}]},
        {
            "Name": "Mila Hart",
            "Settings": {"Locations": [{"Name": "Studio", "photo": PHOTO, "avatarId": ID}]},
        },
        {
            "blogger": "Mila Hart",
            "settings": {"locations": [{"location": "Studio", "image": PHOTO, "heygen-avatar-id": ID}]},
        },
        {
            "name": "Mila Hart",
            "settings": {},
            "Locations": [{"title": "Studio", "Image URL": PHOTO, "heygenId": ID}],
        },
        {"Имя блогера": "Mila Hart", "локации": [{"место": "Studio", "фото": PHOTO, "ID аватара": ID}]},
    ],
)
def test_near_names_of_keys_are_understood(db: Database, entry: dict[str, Any]):
    """The same in JSON, at all three levels; nothing of it is left over as another field."""
    shown = plan(db, [entry])
    assert set(remarks(shown)) == {"read_as"}
    load(db, [entry])
    assert json.loads(export_json(db)) == [
        {
            "name": "Mila Hart",
            "settings": {
                "locations": [{"name": "Studio", "image_url": PHOTO, "heygen_avatar_id": ID}],
            },
        }
    ]


def test_a_known_name_goes_before_a_near_one(db: Database):
    """The name itself is read; the near one is a field like others, and told where it says more."""
    both = {"name": "Studio", "title": "x", "image_url": PHOTO, "photo": "y"}
    load(db, [{"name": "A", "settings": {"locations": [both]}}])
    assert (place(db).image_url, place(db).extra) == (PHOTO, {"title": "x", "photo": "y"})
    locations = [{"name": "Studio", "heygen_avatar_id": "00000", "avatar_id": ID}]
    shown = plan(db, [{"name": "A", "settings": {"locations": locations}}])
    assert "avatar_id is not read, but looks like heygen_avatar_id" in remarks(shown)["resembles"]
    assert "paid again" in remarks(shown)["resembles"]
    locations[0]["heygen_avatar_id"] = "a1"
    assert set(remarks(plan(db, [{"name": "A", "settings": {"locations": locations}}]))) == {"kept"}


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ({"name": "A", "scenes": [{"name": "B"}]}, "scenes is not read, but looks like settings.locations"),
        ({"name": "A", "data": {"places": [{"name": "B"}]}}, "data is not read"),
        ({"name": "A", "settings": {"sets": [{"name": "B"}]}}, "sets is not read"),
        (
            {"name": "A", "locations": [{"name": "B", "source": PHOTO}]},
            "source is not read, but looks like image_url",
        ),
        (
            {"name": "A", "locations": [{"name": "B", "ref": ID}]},
            "ref is not read, but looks like heygen_avatar_id",
        ),
        ({"name": "A", "locations": [{"name": "B", "avatar": "Ada-2024"}]}, "avatar is not read"),
        (
            {"name": "A", "locations": [{"name": "B", "x": PHOTO + "?v=1"}]},
            "x is not read, but looks like image",
        ),
        ({"name": "A", "portrait": PHOTO}, "portrait is not read where it stands: image_url"),
        ({"name": "A", "heygen_avatar_id": ID, "locations": [{"name": "B"}]}, "heygen_avatar_id belongs in"),
        (
            {"name": "A", "settings": {"avatarId": ID, "locations": [{"name": "B"}]}},
            "heygen_avatar_id belongs",
        ),
        (
            {"name": "A", "locations": [{"name": "B", "avatar": {"id": ID}}]},
            "avatar.id is not read, but looks",
        ),
        ({"name": "A", "locations": [{"name": "B", "avatar_id": [ID]}]}, "avatar_id is not read, but looks"),
        ({"name": "A", "locations": [{"name": "B", "note": f"Аватар {ID} готов"}]}, "note is not read, but"),
        (
            {"name": "A", "locations": [{"name": "B", "x": f"https://app.heygen.com/avatars/{ID}?t=1"}]},
            "x is not read, but looks like heygen_avatar_id",
        ),
    ],
)
def test_what_looks_like_a_known_field_is_told(db: Database, entry: dict[str, Any], says: str):
    """By what it holds: locations, a photo's link, an avatar's id."""
    assert says in remarks(plan(db, [entry]))["resembles"]


def test_what_only_looks_like_it_is_no_alarm(db: Database):
    """Voices and groups have ids of the same form, a person has links: they are named, no more."""
    place = {"name": "B", "heygen_avatar_id": "00000", "voice_id": ID, "heygen_group_id": ID, "mood": ID[:7]}
    place["shop"] = f"https://instagram.example/{ID}"
    place["voice"] = {"id": ID, "checksum": f"sha256-{ID}{ID}"}
    entry = {
        "name": "A",
        "site": "https://mila.example/a.png",
        "settings": {"locations": [place], "video": ID},
    }
    assert set(remarks(plan(db, [entry]))) == {"kept"}


def test_what_is_not_read_is_named(db: Database):
    """Other fields are kept and named; cells under no header are counted, and the first one shown."""
    lines = [
        "blogger,location,image_url,mood,heygen_avatar_id,,",
        f"A,B,{PHOTO},calm,00000,voice: Clara,summer",
        "A,C,,,,,",
    ]
    shown = plan(db, "\n".join(lines).encode(), name="f.csv")
    assert remarks(shown)["kept"].endswith(": mood.")
    told = remarks(shown)["headless"]
    assert "not read: 2" in told
    assert "row 1, column 6: “voice: Clara”" in told
    many = {f"key {n}": n for n in range(40)}
    assert remarks(plan(db, [{"name": "A"} | many]))["kept"].endswith("key 11, ….")
    assert plan(db, b"blogger,location\nA,B\n", name="f.csv").remarks == ()


def test_an_avatars_id_under_no_header_is_told(db: Database):
    """It would be made and paid again; a voice's id beside a known avatar's is no alarm."""
    lines = ["blogger,location,heygen_avatar_id,,", f"A,B,,summer,{ID}"]
    told = remarks(plan(db, "\n".join(lines).encode(), name="f.csv"))["headless_id"]
    assert "Column 5" in told
    assert "row 1" in told
    assert "paid again" in told
    lines[1] = f"A,B,{ID},summer,{ID}"
    assert set(remarks(plan(db, "\n".join(lines).encode(), name="f.csv"))) == {"headless"}


def test_two_names_for_the_same_are_refused():
    """Which of the two is meant nobody can tell."""
    two = [{"name": "A", "locations": [{"name": "B", "avatarId": ID, "talking_photo_id": "x"}]}]
    for data, name in (
        (json.dumps(two).encode(), "f.json"),
        (b"blogger,location,photo,picture\nA,B,C,D\n", "f.csv"),
    ):
        with pytest.raises(BadInput, match="could both be"):
            read_import(data, name)
    with pytest.raises(BadInput, match="heygen_avatar_id stands twice"):
        read_import(b"blogger,location,heygen_avatar_id,HeyGen Avatar ID\nA,B,C,D\n", "f.csv")


@pytest.mark.parametrize(
    "text",
    [
        '[{"name": "A", "settings": {"locations": [{"name": "B", "image_url": "a", "image_url": "b"}]}}]',
        '[{"name": "Studio", "x": 1, "x": 1}]',
        '[{"name": "A", "settings": {}, "settings": {"locations": []}}]',
    ],
)
def test_a_key_that_stands_twice_is_told(text: str):
    """The later value would win without a word; the sentence names the key."""
    with pytest.raises(BadInput, match=r"The key (image_url|x|settings) stands twice"):
        read_import(text.encode(), "f.json")


@pytest.mark.parametrize(
    "entry",
    [
        {"blogger": "A", "location": "B", "image_url": "", "heygen_avatar_id": "00000"},
        {"name": "A", "location": "B"},
        {"name": "A", "avatarId": ID},
        {"name": "A", "image_url": PHOTO},
        {"name": "Studio", "blogger": "Mila Hart", "photo": PHOTO},
    ],
)
def test_a_flat_list_is_told_with_the_shape(entry: dict[str, str]):
    """No blogger without locations comes of it; the sentence shows what is expected."""
    with pytest.raises(BadInput, match="The list is flat: in entry 2") as caught:
        read_import(json.dumps([{"name": "Z"}, entry]).encode(), "f.json")
    assert '[{"name": "Mila Hart", "settings": {"locations": [{' in caught.value.user_message
    assert "nothing was changed" in caught.value.user_message


def test_the_files_that_were_read_before_have_no_remark(db: Database):
    """An export comes back without a word, and its verdicts stay."""
    load(db, f"blogger,location,image_url,heygen_avatar_id\nA,B,{PHOTO},{ID}\n".encode(), name="f.csv")
    shown = plan(db, export_json(db).encode())
    assert (verdicts(shown), shown.remarks) == (["same"], ())
