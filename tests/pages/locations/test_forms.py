"""Adding and changing in place: the photo is judged before anything is saved, and what was typed stays."""

from dataclasses import replace

from streamlit.testing.v1 import AppTest

from core.bloggers import editing
from core.bloggers.editing import get_location
from core.photos import address, check
from core.reports import locations
from core.reports.locations import LocationFilter
from core.studio import Studio
from tests.pages.conftest import ACTOR, Open, confirm, drive, page_text
from tests.photos.host import PhotoHost, picture

#: The sample photo without a face.
EMPTY_ROOM = 10


def adding(open_page: Open) -> AppTest:
    at = open_page("locations.py")
    next(b for b in at.button if b.label == "Add location").click().run()
    return at


def upload(at: AppTest, data: bytes, key: str = "add_location", name: str = "me.jpg") -> AppTest:
    at.segmented_control(key=f"{key}_way").set_value("upload").run()
    at.file_uploader(key=f"{key}_file").upload(name, data)
    return at.run()


def found(studio: Studio, text: str) -> int:
    return locations.count_locations(studio.db, LocationFilter(text=text))


def test_a_location_is_added_without_a_photo_and_shown(samples: Studio, open_page: Open) -> None:
    """The photo may come later; the new location is saved and opened."""
    at = adding(open_page)
    assert "A good photo" in page_text(at)
    at.text_input(key="add_location_name").set_value("Balcony")
    at.button(key="add_location_save").click().run()
    assert "Balcony" in at.title[0].value
    assert found(samples, "balcony") == 1


def test_a_good_file_is_shown_checked_and_kept(samples: Studio, open_page: Open) -> None:
    """Preview, kind and size stand there before anything is saved; saving keeps the file."""
    at = upload(adding(open_page), picture("JPEG", (600, 800)))
    text = page_text(at)
    assert "Good for HeyGen" in text
    assert "JPEG, 600 x 800 pixels" in text
    assert not (samples.settings.data_dir / "uploads").exists()
    at.text_input(key="add_location_name").set_value("Balcony")
    at.button(key="add_location_save").click().run()
    (made,) = locations.locations(samples.db, LocationFilter(text="balcony")).to_dict("records")
    assert check.check_photo(made["image_url"], samples.settings).data == picture("JPEG", (600, 800))
    assert "Uploaded photo" in page_text(at)


def test_a_file_heygen_could_not_use_is_refused_at_once_and_never_saved(
    samples: Studio, open_page: Open
) -> None:
    """One sentence beside the file; the button saves nothing, and the name stays typed."""
    at = adding(open_page)
    at.text_input(key="add_location_name").set_value("Balcony")
    at = upload(at, picture("PNG", (300, 300)), name="small.png")
    (error,) = at.error
    assert error.value.startswith("The photo has 300 x 300 pixels; HeyGen needs at least 512 x 512.")
    at.button(key="add_location_save").click().run()
    assert "300 x 300" in at.error[-1].value
    assert found(samples, "balcony") == 0
    assert at.text_input(key="add_location_name").value == "Balcony"
    at = upload(at, picture("PNG"), name="large.png")
    at.button(key="add_location_save").click().run()
    assert found(samples, "balcony") == 1


def test_a_link_is_fetched_once_and_again_when_asked(
    samples: Studio, open_page: Open, host: PhotoHost
) -> None:
    """A bad link is not saved. Reruns do not fetch it anew; Look again does, so a mended link is seen."""
    at = adding(open_page)
    at.text_input(key="add_location_url").set_value(host.url("/a.png")).run()
    assert "answered 404" in at.error[0].value
    at.text_input(key="add_location_name").set_value("Balcony").run()
    at.button(key="add_location_save").click().run()
    assert found(samples, "balcony") == 0
    assert len(host.asked) == 1
    host.serve("/a.png", picture("PNG"))
    at.button(key="add_location_again").click().run()
    assert "Good for HeyGen" in page_text(at)
    at.button(key="add_location_save").click().run()
    (made,) = locations.locations(samples.db, LocationFilter(text="balcony")).to_dict("records")
    assert made["image_url"] == host.url("/a.png")


def test_a_taken_name_is_refused_and_everything_stays_typed(samples: Studio, open_page: Open) -> None:
    """The dialog stays open with one sentence, the name and the file."""
    at = adding(open_page)
    at.text_input(key="add_location_name").set_value("STUDIO")
    at = upload(at, picture())
    at.button(key="add_location_save").click().run()
    assert "already taken" in at.error[-1].value
    assert at.text_input(key="add_location_name").value == "STUDIO"
    assert "Good for HeyGen" in page_text(at)
    at.text_input(key="add_location_name").set_value("Studio 2")
    at.button(key="add_location_save").click().run()
    assert found(samples, "studio 2") == 1


def test_the_live_world_says_that_heygen_cannot_fetch_a_file(samples: Studio, open_page: Open) -> None:
    """A good file is not called good for HeyGen where HeyGen could never reach it."""
    at = adding(open_page)
    samples.settings = replace(samples.settings, api_base="https://api.heygen.com")
    at = upload(at, picture())
    text = page_text(at)
    assert "This dialect needs a public photo URL" in text
    assert "Good for HeyGen" not in text


def test_a_blogger_is_added_and_its_first_location_follows(studio: Studio, open_page: Open) -> None:
    """The next dialog asks for the location, with the new blogger chosen."""
    at = open_page("locations.py")
    next(b for b in at.button if b.label == "Add blogger").click().run()
    at.text_input(key="add_blogger_name").set_value("Ada")
    at.form_submit_button[0].click().run()
    at.text_input(key="add_location_name").set_value("Loft")
    at.button(key="add_location_save").click().run()
    assert at.title[0].value == "Ada – Loft"


def test_a_location_is_renamed_without_its_photo_being_judged(samples: Studio, open_page: Open) -> None:
    """A photo that stays may be out of reach today; the name is saved all the same."""
    made = editing.add_location(
        samples.db, blogger_id=1, name="Balcony", image_url="http://127.0.0.1:9/a.png", actor=ACTOR
    )
    assert made.id is not None
    at = open_page("locations.py", location=str(made.id))
    at.button(key="edit_location").click().run()
    at.text_input(key="edit_location_name").set_value("Terrace")
    at.button(key="edit_location_save").click().run()
    assert at.title[0].value == "Mila Hart – Terrace"


def test_a_photo_without_an_avatar_is_simply_replaced(samples: Studio, open_page: Open) -> None:
    """Before anything was made of it, another file takes its place; afterwards it may stay or change."""
    at = open_page("locations.py", location="1")
    at.button(key="edit_location").click().run()
    at = upload(at, picture("PNG"), "edit_location", "new.png")
    at.button(key="edit_location_save").click().run()
    url = get_location(samples.db, location_id=1).image_url
    assert address.is_upload(url)
    at.button(key="edit_location").click().run()
    assert at.segmented_control(key="edit_location_way").value == "present"
    at.button(key="edit_location_save").click().run()
    assert get_location(samples.db, location_id=1).image_url == url


def test_the_photo_of_an_avatar_is_not_edited_in_passing(samples: Studio, open_page: Open) -> None:
    """The dialog offers the name alone and says where another photo is made."""
    drive(samples, confirm(samples, 1))
    at = open_page("locations.py", location="1")
    at.button(key="edit_location").click().run()
    assert "choose Another photo" in page_text(at)
    assert not [one for one in at.text_input if one.key == "edit_location_url"]
    at.text_input(key="edit_location_name").set_value("Loft")
    at.button(key="edit_location_save").click().run()
    assert at.title[0].value == "Mila Hart – Loft"


def test_a_popover_is_closed_when_it_opens_a_dialog(samples: Studio, open_page: Open) -> None:
    """The menu that leads to a dialog would stand in front of it."""
    at = open_page("locations.py")
    at.session_state["locations_more"] = True
    at.run()
    next(b for b in at.button if b.label == "Edit bloggers").click().run()
    assert at.session_state["locations_more"] is False
    assert any(box.key == "edit_blogger_id" for box in at.selectbox)


def test_a_photo_that_heygen_has_refused_is_not_called_good(samples: Studio, open_page: Open) -> None:
    """It passes the check here, but HeyGen found no face in it: that is what is known, at every location."""
    drive(samples, confirm(samples, EMPTY_ROOM))
    faceless = get_location(samples.db, location_id=EMPTY_ROOM).image_url
    at = open_page("locations.py", location=str(EMPTY_ROOM), photo="1")
    assert "photo" not in at.query_params
    text = page_text(at)
    assert "HeyGen did not take it" in text
    assert text.count("HeyGen found no face in the photo") == 2
    assert "Good for HeyGen" not in text
    at = adding(open_page)
    at.text_input(key="add_location_url").set_value(faceless).run()
    assert "HeyGen did not take it" in page_text(at)
    other = get_location(samples.db, location_id=1).image_url
    at.text_input(key="add_location_url").set_value(other).run()
    assert "Good for HeyGen" in page_text(at)
