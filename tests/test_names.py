"""Names and links are kept in one clean form, or refused with a sentence."""

import threading

import pytest

from core.bloggers.editing import (
    add_blogger,
    add_location,
    edit_location,
    get_blogger,
    get_location,
    group_name,
    rename_blogger,
)
from core.database.engine import Database
from core.errors import BadInput
from core.names import is_typed
from tests.fresh import blogger, location
from tests.people import somebody


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Mila \t\n  Hart ", "Mila Hart"),
        ("Mila\u00a0\u3000Hart", "Mila Hart"),
        ("Jose\u0301", "José"),
        ("Антон", "Антон"),
        ("دانا", "دانا"),
        ("\u200fدانا\u200f", "\u200fدانا\u200f"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩‍💻 Кодер", "👩‍💻 Кодер"),
        ("健二", "健二"),
        ("<b>Mila</b> {0.__class__} %s *x*", "<b>Mila</b> {0.__class__} %s *x*"),
        ("=1+1", "=1+1"),
        ("x" * 120, "x" * 120),
    ],
)
def test_names_of_any_script_are_kept_in_one_form(db: Database, typed: str, kept: str):
    """NFC, trimmed, inner whitespace as single spaces; markup and templates are only text."""
    made = blogger(db, typed)
    assert get_blogger(db, blogger_id=made).name == kept
    place = location(db, made, typed)
    assert get_location(db, location_id=place).name == kept
    with pytest.raises(BadInput) as caught:
        add_blogger(db, name=typed, actor=somebody())
    assert kept in caught.value.user_message


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "is empty"),
        (" \t\n\u3000 ", "is empty"),
        ("x" * 121, "121 characters"),
        ("Mila\x00", "U+0000"),
        ("Mila\x1b[31m", "U+001B"),
        ("Mila\x7f", "U+007F"),
        ("Mila\x85Hart", "U+0085"),
        ("Mila\u202egnp", "U+202E"),
        ("\u2066Mila\u2069", "U+2066"),
        ("Mila\ud83d", "U+D83D"),
        ("\u200b\u200d\ufeff", "invisible"),
        ("\u3164", "invisible"),
        ("\u2800 \u00ad", "invisible"),
    ],
)
def test_names_that_deceive_are_refused(db: Database, typed: str, says: str):
    """Empty, too long, with control or reordering characters, or showing nothing: a sentence, no change."""
    owner = blogger(db)
    place = location(db, owner)
    for act in (
        lambda: add_blogger(db, name=typed, actor=somebody()),
        lambda: rename_blogger(db, blogger_id=owner, name=typed, actor=somebody()),
        lambda: add_location(db, blogger_id=owner, name=typed, actor=somebody()),
        lambda: edit_location(db, location_id=place, name=typed, actor=somebody()),
    ):
        with pytest.raises(BadInput) as caught:
            act()
        assert says in caught.value.user_message
        assert "nothing was changed" in caught.value.user_message
    assert get_blogger(db, blogger_id=owner).name == "Mila Hart"
    assert get_location(db, location_id=place).name == "Studio"


@pytest.mark.parametrize("twin", ["mila hart", "MILA  HART", "Ｍｉｌａ Hart", "Mi\u200bla Hart"])
def test_names_that_read_the_same_are_taken(db: Database, twin: str):
    """Case, width and invisible characters do not make another name, in their place."""
    owner = blogger(db)
    location(db, owner, "Mila Hart")
    with pytest.raises(BadInput, match="already taken"):
        add_blogger(db, name=twin, actor=somebody())
    with pytest.raises(BadInput, match="already taken"):
        add_location(db, blogger_id=owner, name=twin, actor=somebody())
    other = blogger(db, "Somebody else")
    location(db, other, twin)
    with pytest.raises(BadInput, match="already taken"):
        rename_blogger(db, blogger_id=other, name=twin, actor=somebody())


def test_a_name_may_be_changed_to_another_form_of_itself(db: Database):
    """Renaming "mila" to "Mila" is no clash with oneself."""
    owner = blogger(db, "mila")
    place = location(db, owner, "studio")
    assert rename_blogger(db, blogger_id=owner, name="Mila", actor=somebody()).name == "Mila"
    assert edit_location(db, location_id=place, name="Studio", actor=somebody()).name == "Studio"


def test_the_group_is_called_as_in_the_brief():
    """ "Blogger Name - Location Name"."""
    assert group_name("Mila Hart", "Studio") == "Mila Hart - Studio"


def test_two_people_cannot_add_the_same_name_at_once(db: Database):
    """Eight threads add one name: one succeeds, seven are told."""
    results: list[str] = []
    start = threading.Barrier(8)

    def add() -> None:
        start.wait()
        try:
            add_blogger(db, name="Mila Hart", actor=somebody())
            results.append("added")
        except BadInput:
            results.append("taken")

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(results) == ["added", *["taken"] * 7]


@pytest.mark.parametrize(
    "url",
    [
        "https://s3.example/a.png?X-Sig=1%2F2&b=c#d",
        "http://sandbox/samples/a.jpg",
        "http://127.0.0.1:9/фото.png",
    ],
)
def test_a_link_is_kept_as_it_was_given(db: Database, url: str):
    """Only blanks around it go; an empty one means that the photo comes later."""
    owner = blogger(db)
    place = location(db, owner, url=f" {url}\n")
    assert get_location(db, location_id=place).image_url == url
    empty = location(db, owner, "Later", url=" ")
    assert get_location(db, location_id=empty).image_url == ""


@pytest.mark.parametrize(
    "url",
    [
        *("photos.example/a.png", "ftp://photos.example/a", "javascript:alert(1)", "http://", "https:///a"),
        *("https://user:secret@photos.example/a", "https://user@photos.example/a", "http://[::1/a"),
        *("https://photos.example:99999/a", "https://a.example\\.b.example/", "https://photos.example/a b"),
        *("https://photos.example/\x00", "https://photos.example/\ud800", "https://x.example/" + "a" * 2000),
        *("file:///etc/passwd", "https://photos.example/\u202egnp.exe"),
    ],
)
def test_what_is_no_plain_link_is_refused(db: Database, url: str):
    """http(s) with a host, at most 2000 characters, without a password, which is not repeated either."""
    owner = blogger(db)
    place = location(db, owner)
    with pytest.raises(BadInput, match="nothing was changed") as caught:
        add_location(db, blogger_id=owner, name="Another", image_url=url, actor=somebody())
    assert "secret" not in str(caught.value)
    with pytest.raises(BadInput):
        edit_location(db, location_id=place, image_url=url, actor=somebody())
    assert get_location(db, location_id=place).image_url == "https://photos.example/a"


@pytest.mark.parametrize(
    "typed",
    [
        "Mila Hart - Studio",
        "Mila Hart – Studio",
        "Mila Hart — Studio",
        " Mila  Hart -Studio ",
        "Mila Hart‑Studio",
    ],
)
def test_a_name_is_typed_with_any_dash(typed: str) -> None:
    """The keyboard has one dash, the title another; letters must be the same."""
    assert is_typed(typed, "Mila Hart - Studio")
    assert is_typed("Анна – Кухня", "Анна - Кухня")


@pytest.mark.parametrize(
    "typed", ["", "Mila Hart", "Mila Hart Studio", "mila hart - studio", "Mila Hart - - Studio"]
)
def test_another_name_is_not_the_name(typed: str) -> None:
    """It guards a deletion: nothing but dashes and blanks may differ."""
    assert not is_typed(typed, "Mila Hart - Studio")
