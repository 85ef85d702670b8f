"""Names typed by people never become markup, wherever they are shown."""

import pytest

from core.bloggers import editing
from core.quotes import avatars
from core.studio import Studio
from pages.parts.kit.words import escape
from tests.pages.conftest import ACTOR, Open, confirm, drive, fault, texts

NAME = "**bold** [x](y) :red[z]"
PHOTO = "http://sandbox/samples/mila-cafe.jpg"


@pytest.fixture
def marked(studio: Studio) -> Studio:
    """A blogger and two locations whose names are full of markup: one done, one failed."""
    owner = editing.add_blogger(studio.db, name=NAME, actor=ACTOR).id
    assert owner is not None
    for n in (1, 2):
        editing.add_location(studio.db, blogger_id=owner, name=f"{n} {NAME}", image_url=PHOTO, actor=ACTOR)
    drive(studio, confirm(studio, 1))
    fault(studio, route="motion", fault="refuse", message=NAME)
    drive(studio, confirm(studio, 2))
    return studio


@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("overview.py", {}),
        ("locations.py", {}),
        ("locations.py", {"location": "1"}),
        ("provisioning.py", {"chosen": "1,2"}),
        ("provisioning.py", {"runs": "1,2"}),
        ("activity.py", {}),
        ("activity.py", {"run": "2"}),
    ],
)
def test_a_name_full_of_markup_is_shown_letter_by_letter(
    marked: Studio, open_page: Open, page: str, query: dict[str, str]
) -> None:
    """No text that Streamlit renders holds the name as it was typed."""
    at = open_page(page, **query)
    assert not at.exception
    assert [text for text in texts(at) if NAME in text] == []
    if query or page == "overview.py":
        assert any(escape(NAME) in text for text in texts(at))


def test_a_confirmation_lists_such_a_name_letter_by_letter(marked: Studio, open_page: Open) -> None:
    """The dialog's list escapes it too."""
    assert avatars.quote(marked, location_ids=[2], motion_type="veo2").can_confirm
    at = open_page("provisioning.py", chosen="2")
    at.button(key="spend").click().run()
    assert [text for text in texts(at) if NAME in text] == []
    assert any(f":material/add_circle:] {escape(NAME)} – " in text for text in texts(at))
