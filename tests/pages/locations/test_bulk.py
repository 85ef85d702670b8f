"""What can be done with all chosen locations at once, and the way into the archive and back."""

from streamlit.testing.v1 import AppTest

from core.bloggers import archive
from core.bloggers.editing import get_location
from core.studio import Studio
from pages.parts.locations.selection import CHOSEN, CHOSEN_IN_ARCHIVE, VERSION
from tests.pages.conftest import ACTOR, Open, confirm, drive, page_text
from tests.pages.screen import keys, visit


def choose(at: AppTest, *ids: int, key: str = CHOSEN) -> AppTest:
    """Choose as another view would: the table starts anew."""
    at.session_state[key] = list(ids)
    at.session_state[VERSION] = f"{key}{ids}"
    return at.run()


def archived(studio: Studio, *ids: int) -> list[bool]:
    return [get_location(studio.db, location_id=i).archived_at is not None for i in ids]


def test_without_a_choice_there_is_nothing_to_do(samples: Studio, open_page: Open) -> None:
    """No action stands there that would act on nothing."""
    assert not {"make_avatars", "archive_chosen", "clear_choice"} & set(keys(open_page("locations.py")))


def test_archiving_the_chosen_says_what_stayed_and_can_be_undone(samples: Studio, open_page: Open) -> None:
    """Two go, the one with a live run stays with its reason; Undo brings the two back."""
    confirm(samples, 1)
    at = choose(open_page("locations.py"), 1, 2, 3)
    at.button(key="archive_chosen").click().run()
    text = page_text(at)
    assert archived(samples, 1, 2, 3) == [False, True, True]
    assert "2 locations were archived." in text
    assert "**Mila Hart – Studio**: Its run is not over" in text
    assert at.session_state[CHOSEN] == [1]
    at.button(key="undo_move").click().run()
    assert archived(samples, 1, 2, 3) == [False, False, False]
    assert "2 locations were restored." in page_text(at)


def test_what_was_said_stays_until_it_is_dismissed(samples: Studio, open_page: Open) -> None:
    """The next look still has it; Dismiss takes it away."""
    at = choose(open_page("locations.py"), 2)
    at.button(key="archive_chosen").click().run()
    assert "1 location was archived." in page_text(at.run())
    at.button(key="dismiss_move").click().run()
    assert "was archived" not in page_text(at)


def test_the_archive_has_a_choice_of_its_own_and_restores_it(samples: Studio, open_page: Open) -> None:
    """What is chosen in the list is not what is chosen in the archive."""
    for i in (4, 5):
        archive.archive_location(samples.db, location_id=i, actor=ACTOR)
    at = choose(open_page("locations.py", locations_archive="1"), 1)
    assert "restore_chosen" not in keys(at)
    at = choose(at, 4, 5, key=CHOSEN_IN_ARCHIVE)
    assert "make_avatars" not in keys(at)
    at.button(key="restore_chosen").click().run()
    assert archived(samples, 4, 5) == [False, False]
    assert at.session_state[CHOSEN] == [1]
    assert "2 locations were restored." in page_text(at)


def test_a_blogger_comes_back_from_the_archive_with_its_locations(samples: Studio, open_page: Open) -> None:
    """A location of an archived blogger stays and says why; the blogger itself can be restored there."""
    owner = get_location(samples.db, location_id=1).blogger_id
    archive.archive_blogger(samples.db, blogger_id=owner, actor=ACTOR)
    at = choose(open_page("locations.py", locations_archive="1"), 1, key=CHOSEN_IN_ARCHIVE)
    at.button(key="restore_chosen").click().run()
    assert "Restore the blogger first" in page_text(at)
    assert archived(samples, 1) == [True]
    at.button(key="restore_blogger").click().run()
    assert archived(samples, 1, 2, 3) == [False, False, False]
    assert "restore_blogger" not in keys(at)


def test_another_motion_takes_only_avatars_that_are_ready(samples: Studio, open_page: Open) -> None:
    """The link to the quote names the action and the finished ones; without one the button is not there."""
    at = choose(open_page("locations.py"), 1, 2)
    assert "another_motion" not in keys(at)
    drive(samples, confirm(samples, 1))
    at.run()
    assert "Another motion for 1" in [button.label for button in at.button]
    at.button(key="another_motion").click().run()
    assert at.query_params["chosen"] == "1"
    assert at.query_params["action"] == "another_motion"


def test_a_choice_outlives_a_reload_and_a_look_elsewhere(samples: Studio, open_page: Open) -> None:
    """Its name stands in the address: another session has the same ticks; a cleared choice leaves no name."""
    at = choose(open_page("locations.py"), 2, 5)
    link = dict(at.query_params)
    again = open_page("locations.py", **link)
    assert "**2** chosen" in page_text(again)
    assert again.session_state[CHOSEN] == [2, 5]
    visit(at, "overview.py")
    visit(at, "locations.py")
    assert dict(at.query_params) == link
    at.button(key="clear_choice").click().run()
    assert dict(at.query_params) == {}
    assert CHOSEN not in open_page("locations.py", **link).query_params


def test_the_first_button_is_what_fits_the_choice(samples: Studio, open_page: Open) -> None:
    """Avatars for those that lack one, and only those; where none does, videos."""
    drive(samples, confirm(samples, 1))
    at = choose(open_page("locations.py"), 1, 2, 3)
    assert [b.key for b in at.button if b.proto.type == "primary"] == ["make_avatars"]
    assert at.button(key="make_avatars").label == "Make avatars for 2"
    at.button(key="make_avatars").click().run()
    assert at.query_params["chosen"] == "2,3"
    at = choose(open_page("locations.py"), 1)
    assert "make_avatars" not in keys(at)
    assert [b.key for b in at.button if b.proto.type == "primary"] == ["make_videos"]
    at.button(key="make_videos").click().run()
    assert at.query_params["chosen"] == "1"
    assert at.title[0].value == "Make a video"
