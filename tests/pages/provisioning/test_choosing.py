"""Make avatars: which locations, as pictures."""

import pytest
from sqlalchemy import event
from streamlit.testing.v1 import AppTest

from core.bloggers.editing import add_blogger, add_location, edit_location
from core.studio import Studio
from tests.pages.conftest import ACTOR, Open, confirm, drive, page_text
from tests.pages.screen import keys, links, tables, visit


def test_without_a_choice_the_photos_are_offered_and_nothing_can_be_spent(
    samples: Studio, open_page: Open
) -> None:
    """Ten pictures with a box each; the quote's card says what it waits for and what is available."""
    at = open_page("provisioning.py")
    assert len(at.checkbox) == 10
    assert not any(box.value for box in at.checkbox)
    assert "spend" not in keys(at)
    assert "Nothing is spent by choosing" in page_text(at)
    assert tables(at)[0] == {"Available now": "10\u00a0credits", "Avatar groups used": "0 of 3"}


def test_an_empty_world_points_to_the_start(studio: Studio, open_page: Open) -> None:
    """Without locations there is nothing to choose; the overview is one click away."""
    assert "Start on the overview" in page_text(open_page("provisioning.py"))


def test_a_photo_is_ticked_and_unticked_in_place(samples: Studio, open_page: Open) -> None:
    """The choice stands in the URL alone, and the pictures stay where they are."""
    at = open_page("provisioning.py")
    before = [box.key for box in at.checkbox]
    at.checkbox(key="choose_3").check().run()
    assert at.query_params["chosen"] == "3"
    assert at.button(key="spend").label == "Spend 1 credit on 1 avatar"
    at.checkbox(key="choose_1").check().run()
    assert at.query_params["chosen"] == "3,1"
    assert [box.key for box in at.checkbox] == before
    at.checkbox(key="choose_3").uncheck().run()
    assert at.query_params["chosen"] == "1"


def test_a_choice_from_elsewhere_shows_only_itself_with_a_way_out_each(
    samples: Studio, open_page: Open
) -> None:
    """A link with chosen locations shows those; more can be asked for."""
    at = open_page("provisioning.py", chosen="3,1")
    assert [b.key for b in at.button if (b.key or "").startswith("remove_")] == ["remove_3", "remove_1"]
    assert not at.checkbox
    at.button(key="remove_3").click().run()
    assert at.query_params["chosen"] == "1"
    at.button(key="choose_more").click().run()
    assert [box.key for box in at.checkbox if box.value] == ["choose_1"]
    assert len(at.checkbox) == 10


@pytest.fixture
def many(samples: Studio) -> Studio:
    """Ten samples and fifteen kitchens of Boris, Бориса and نور."""
    for name in ("Boris", "Бориса", "نور"):
        owner = add_blogger(samples.db, name=name, actor=ACTOR).id
        assert owner is not None
        for n in range(5):
            url = "http://sandbox/samples/mila-cafe.jpg"
            add_location(samples.db, blogger_id=owner, name=f"Kitchen {n}", image_url=url, actor=ACTOR)
    return samples


def bloggers(at: AppTest) -> set[str]:
    """Those whose locations stand there as pictures."""
    return {caption.value for caption in at.caption} & {"Boris", "Бориса", "نور", "Mila Hart"}


@pytest.mark.parametrize("page", ["provisioning", "videos"])
def test_the_pictures_are_narrowed_to_what_holds_every_typed_word(
    many: Studio, open_page: Open, page: str
) -> None:
    """Twelve of all at first; a name leaves its own five in any script; what is chosen stays chosen."""
    at = open_page(f"{page}.py")
    assert "12 of 25 shown" in page_text(at)
    at.checkbox(key="choose_1").check().run()
    finder = f"{page}_find"
    for typed, owner in (("BORIS", "Boris"), ("бориса kitch", "Бориса"), ("نور", "نور")):
        at.text_input(key=finder).set_value(typed).run()
        assert "5 of 5 shown" in page_text(at)
        assert bloggers(at) == {owner, "Mila Hart"}
        assert at.query_params["chosen"] == "1"
    at.text_input(key=finder).set_value("Bors").run()
    assert "No location that can be chosen here holds these words." in page_text(at)
    assert "remove_1" in keys(at)


def test_a_location_with_a_run_is_not_offered(samples: Studio, open_page: Open) -> None:
    """What is under way for it is not to be paid twice."""
    confirm(samples, 1)
    assert "choose_1" not in [box.key for box in open_page("provisioning.py").checkbox]


def test_where_everything_is_made_the_page_says_so(studio: Studio, open_page: Open) -> None:
    """No location needs an avatar: one sentence and the way to add one."""
    owner = add_blogger(studio.db, name="Zoe", actor=ACTOR).id
    assert owner is not None
    url = "http://sandbox/samples/mila-cafe.jpg"
    add_location(studio.db, blogger_id=owner, name="Cafe", image_url=url, actor=ACTOR)
    drive(studio, confirm(studio, 1))
    at = open_page("provisioning.py")
    assert "Every location has its avatar" in at.success[0].value
    assert "Add location" in links(at)


def test_a_run_that_ends_while_the_page_is_drawn_leads_to_its_location(
    samples: Studio, open_page: Open
) -> None:
    """The quote still calls it live, the list read after it does not: no run to watch, and no error."""
    runs = confirm(samples, 1)

    def end(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        # The pictures' rows, read after the quote.
        if runs and "blogger.name AS blogger" in statement and "location.avatar_status" in statement:
            drive(samples, [runs.pop()])

    event.listen(samples.db.engine, "before_cursor_execute", end)
    at = open_page("provisioning.py", chosen="1")
    assert "already under way" in page_text(at)
    assert not runs
    assert at.button(key="door_1").label == "Open"


def test_a_last_run_that_failed_is_said_at_the_picture(samples: Studio, open_page: Open) -> None:
    """Who chooses a photo again sees that HeyGen has not made an avatar of it."""
    assert "error: Failed]" not in page_text(open_page("provisioning.py"))
    drive(samples, confirm(samples, 10))
    assert page_text(open_page("provisioning.py")).count("error: Failed]") == 1
    assert "error: Failed]" in page_text(open_page("videos.py", chosen="10"))


def test_the_way_to_another_photo_leads_to_its_dialog(samples: Studio, open_page: Open) -> None:
    """One click, and the photo can be given: no second button of the same name in between."""
    missing = f"http://uploads/{'0' * 64}.png"
    edit_location(samples.db, location_id=1, image_url=missing, actor=ACTOR)
    at = open_page("provisioning.py", chosen="1")
    assert at.button(key="door_1").label == "Change the photo"
    at.button(key="door_1").click().run()
    assert at.query_params["location"] == "1"
    assert "edit_location_save" in keys(at)
    assert "photo" not in at.query_params


def test_a_choice_is_there_again_after_a_look_at_another_page(samples: Studio, open_page: Open) -> None:
    """Back by the sidebar or by a button that asks for no choice of its own; a link with one decides."""
    at = open_page("provisioning.py")
    for location_id in (3, 1, 2):
        at.checkbox(key=f"choose_{location_id}").check().run()
    at.button(key="motion_kling").click().run()
    link = dict(at.query_params)
    for query in ({}, {"pick": "1"}):
        visit(at, "overview.py")
        visit(at, "provisioning.py", **query)
        assert dict(at.query_params) == link
    visit(at, "overview.py")
    visit(at, "provisioning.py", chosen="5")
    assert dict(at.query_params) == {"chosen": "5"}
    at.button(key="spend").click().run()
    at.button(key="confirm_spend").click().run()
    assert list(at.query_params) == ["runs"]
    visit(at, "overview.py")
    visit(at, "provisioning.py")
    assert dict(at.query_params) == {}
