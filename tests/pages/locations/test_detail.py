"""One location by its link, in every state: what comes next stands first, and nothing is a dead end."""

import asyncio
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import FileResponse
from streamlit.testing.v1 import AppTest

from core.account import questions
from core.bloggers import archive, editing, past_avatars
from core.bloggers.editing import get_location
from core.photos import uploads
from core.quotes import avatars
from core.runs.confirm import confirm as confirm_quote
from core.studio import Studio
from core.web.media import LOST_PHOTO, NO_PHOTO, photo
from tests.pages.conftest import ACTOR, Open, confirm, drive, fault, page_text, texts, unknown_run
from tests.photos.host import picture

EMPTY_ROOM = 10


def labels(at: AppTest) -> list[str]:
    """What can be clicked."""
    return [one.label for one in (*at.button, *at.page_link)]


def primary(at: AppTest) -> list[str]:
    """The buttons that catch the eye."""
    return [button.label for button in at.button if button.proto.type == "primary"]


def do(studio: Studio, location_id: int, action: str, **wish: str) -> None:
    """An action on a location, confirmed and carried out."""
    plan = avatars.quote(
        studio,
        location_ids=[location_id],
        action=action,
        motion_type=wish.get("motion_type", "" if action == "free_slot" else "veo2"),
        image_url=wish.get("image_url", ""),
    )
    drive(studio, confirm_quote(studio, plan, actor=ACTOR, typed_name=plan.lines[0].group_name))


def test_a_location_without_an_avatar_offers_to_make_one(samples: Studio, open_page: Open) -> None:
    """The first button makes the avatar, the price stands beside it, and it leads to the quote."""
    at = open_page("locations.py", location="1")
    text = page_text(at)
    assert at.title[0].value == "Mila Hart – Studio"
    assert primary(at) == ["Make avatar"]
    assert "costs 1 credit" in text
    assert "Nothing has been made of this photo yet." in text
    assert "No run yet" in text
    assert "Check now" not in labels(at)
    assert "Change the avatar" not in text
    at.button(key="make_avatar").click().run()
    assert at.query_params["chosen"] == "1"


def test_a_location_without_a_photo_asks_for_one_first(samples: Studio, open_page: Open) -> None:
    """No avatar without a photo: the one big button adds it."""
    made = editing.add_location(samples.db, blogger_id=1, name="Balcony", actor=ACTOR)
    at = open_page("locations.py", location=str(made.id))
    assert primary(at) == ["Add a photo"]
    assert "Make avatar" not in labels(at)
    at.button(key="add_photo").click().run()
    assert at.text_input(key="edit_location_url").value == ""


def test_an_uploaded_photo_that_is_not_here_asks_for_another(samples: Studio, open_page: Open) -> None:
    """A file that did not move along is said where the photo is, and the way out is the big button."""
    made = editing.add_location(
        samples.db, blogger_id=1, name="Balcony", image_url=f"http://uploads/{'0' * 64}.png", actor=ACTOR
    )
    at = open_page("locations.py", location=str(made.id))
    assert "not on this machine" in at.warning[0].value
    assert primary(at) == ["Change the photo"]


def test_a_ready_avatar_shows_everything_about_it(samples: Studio, open_page: Open) -> None:
    """Both states in words with their age, engine, cost, the ids to copy, its run, and what can change."""
    (run,) = drive(samples, confirm(samples, 1, motion_type="kling"))
    at = open_page("locations.py", location="1")
    text = page_text(at)
    location = get_location(samples.db, location_id=1)
    for part in (
        ":green-badge[:material/check_circle: Ready] HeyGen has made the avatar of this photo.",
        "The avatar moves, so videos can be made with it.",
        "The avatar is ready for videos.",
        "Kling AI",
        "HeyGen last said so",
        f"Run {run.id}",
        "Make avatar with Kling AI",
    ):
        assert part in text, part
    codes = [code.value for code in at.code]
    assert location.heygen_avatar_id in codes
    assert location.heygen_group_id in codes
    assert ["1 credit"] in [list(row) for row in at.table[-1].value.to_numpy()]
    assert {"Another motion · 1 credit", "Another photo · 1 credit", "Free the slot"} <= set(labels(at))
    assert "Make avatar" not in labels(at)


def test_a_live_run_is_shown_with_its_way_and_nothing_that_would_disturb_it(
    samples: Studio, open_page: Open
) -> None:
    """While HeyGen works there is one way on: watch the run. What would spend or delete is not offered."""
    drive(samples, confirm(samples, 1))
    plan = avatars.quote(samples, location_ids=[1], action="another_motion", motion_type="kling")
    (run,) = confirm_quote(samples, plan, actor=ACTOR)
    at = open_page("locations.py", location="1")
    assert "Another motion with Kling AI" in page_text(at)
    assert "Watch the run" in labels(at)
    assert not {"Check now", "Free the slot", "Another photo · 1 credit", "Edit"} & set(labels(at))
    drive(samples, [run])
    assert "Free the slot" in labels(open_page("locations.py", location="1"))


def test_a_lost_answer_asks_its_question_here_too(samples: Studio, open_page: Open) -> None:
    """A run that waits for a person shows its three answers at the location."""
    unknown_run(samples, 1)
    at = open_page("locations.py", location="1")
    assert "Outcome unknown" in page_text(at)
    assert {"Check again", "It did not happen, go on"} <= set(labels(at))


def test_a_photo_without_a_face_leads_to_another_photo_and_then_to_the_retry(
    samples: Studio, open_page: Open
) -> None:
    """First change the photo; once it is changed, the retry is the big button. Nothing was spent so far."""
    drive(samples, confirm(samples, EMPTY_ROOM))
    at = open_page("locations.py", location=str(EMPTY_ROOM))
    assert "HeyGen found no face in the photo" in at.error[0].value
    assert primary(at) == ["Change the photo"]
    good = get_location(samples.db, location_id=1).image_url
    editing.edit_location(samples.db, location_id=EMPTY_ROOM, image_url=good, actor=ACTOR)
    at = open_page("locations.py", location=str(EMPTY_ROOM))
    assert primary(at) == ["Retry from Upload · 1 credit"]
    assert "The next try takes the photo that is there now" in page_text(at)


def test_a_failed_motion_can_be_tried_again(samples: Studio, open_page: Open) -> None:
    """The failure is a word of its own with what it cost; the first button goes on at the failed step."""
    fault(samples, route="motion", fault="motion_fails")
    drive(samples, confirm(samples, 1))
    at = open_page("locations.py", location="1")
    text = page_text(at)
    assert ":red-badge[:material/error: Failed] HeyGen could not make the motion." in text
    assert "This run has cost 1 credit." in text
    assert primary(at) == ["Retry from Motion · 1 credit"]
    assert "Start over" in labels(at)


def test_a_group_whose_photo_heygen_could_not_use_leads_to_another_photo(
    samples: Studio, open_page: Open
) -> None:
    """Where HeyGen holds a group already, another photo is an action with its own quote."""
    fault(samples, route="create", fault="look_fails")
    drive(samples, confirm(samples, 1))
    at = open_page("locations.py", location="1")
    assert get_location(samples.db, location_id=1).heygen_group_id
    assert primary(at) == ["Another photo"]


def test_an_archived_location_comes_back_with_one_click(samples: Studio, open_page: Open) -> None:
    """The only action is Restore, and it works."""
    archive.archive_location(samples.db, location_id=1, actor=ACTOR)
    at = open_page("locations.py", location="1")
    assert primary(at) == ["Restore"]
    assert "Edit" not in labels(at)
    at.button(key="restore_location").click().run()
    assert get_location(samples.db, location_id=1).archived_at is None
    assert primary(at) == ["Make avatar"]


def test_a_location_of_an_archived_blogger_names_the_blogger(samples: Studio, open_page: Open) -> None:
    """It comes back with its blogger, from the same place."""
    archive.archive_blogger(samples.db, blogger_id=1, actor=ACTOR)
    at = open_page("locations.py", location="1")
    assert "Mila Hart is in the archive" in page_text(at)
    at.button(key="restore_blogger").click().run()
    assert get_location(samples.db, location_id=1).archived_at is None


def test_earlier_avatars_can_be_taken_back_as_long_as_heygen_has_them(
    samples: Studio, open_page: Open
) -> None:
    """Another photo keeps the first avatar; taking it back swaps the two and costs nothing."""
    drive(samples, confirm(samples, 1))
    first = get_location(samples.db, location_id=1)
    do(samples, 1, "another_photo", image_url=uploads.keep(samples.settings, picture()))
    at = open_page("locations.py", location="1")
    text = page_text(at)
    assert "Another photo took its place" in text
    assert ":blue-badge[:material/inventory_2: Kept in HeyGen]" in text
    assert first.heygen_avatar_id in [code.value for code in at.code]
    (old,) = past_avatars.of_location(samples.db, 1).to_dict("records")
    at.button(key=f"take_back_{old['id']}").click().run()
    assert "costs nothing" in page_text(at)
    at.button(key="take_back_now").click().run()
    assert get_location(samples.db, location_id=1).heygen_avatar_id == first.heygen_avatar_id
    assert get_location(samples.db, location_id=1).image_url == first.image_url
    assert "An earlier avatar was taken back in its place" in page_text(
        open_page("locations.py", location="1")
    )


def test_a_freed_slot_is_history_and_offers_no_way_back(samples: Studio, open_page: Open) -> None:
    """The deleted avatar is shown with its ids; only a new one can be made."""
    drive(samples, confirm(samples, 1))
    do(samples, 1, "free_slot")
    at = open_page("locations.py", location="1")
    assert "Deleted in HeyGen" in page_text(at)
    assert primary(at) == ["Make avatar"]
    assert not {"Take back", "Free its slot", "Free the slot"} & set(labels(at))


def test_check_now_asks_once_and_shows_the_answer(samples: Studio, open_page: Open) -> None:
    """The page writes the question and waits; when the worker has answered, the answer's age is shown."""
    drive(samples, confirm(samples, 1))
    at = open_page("locations.py", location="1")
    at.button(key="check_now").click().run()
    check = questions.newest(samples.db, 1)
    assert check is not None
    assert check.done_at is None
    assert "Asking HeyGen" in page_text(at)
    assert at.button(key="check_now").disabled
    assert check.id is not None
    questions.answer(samples, check.id)
    at = open_page("locations.py", location="1")
    assert "HeyGen last said so just now." in page_text(at)
    assert not at.button(key="check_now").disabled
    fault(samples, route="avatar", fault="drop_before", times=10)
    questions.answer(samples, questions.ask(samples.db, location_id=1, actor=ACTOR))
    text = page_text(open_page("locations.py", location="1"))
    assert "HeyGen did not tell" in text


def test_many_runs_have_pages(samples: Studio, open_page: Open) -> None:
    """Ten a page, the newest first; the second page has the rest."""
    made = [drive(samples, confirm(samples, EMPTY_ROOM))[0] for _ in range(11)]
    first, last = made[0], made[-1]
    at = open_page("locations.py", location=str(EMPTY_ROOM))
    assert f"Run {last.id}" in labels(at)
    assert f"Run {first.id}" not in labels(at)
    at.pagination(key=f"location_runs_page_{EMPTY_ROOM}").set_value(2).run()
    assert f"Run {first.id}" in labels(at)
    assert f"Run {last.id}" not in labels(at)


@pytest.mark.parametrize("number", ["999", "9" * 40])
def test_a_link_to_no_location_is_one_sentence(samples: Studio, open_page: Open, number: str) -> None:
    """A stale or mistyped link says so, and the way back is there."""
    at = open_page("locations.py", location=number)
    assert "There is no location with the number" in page_text(at)
    assert "All locations" in labels(at)


def test_what_cannot_be_loaded_is_one_sentence(samples: Studio, open_page: Open) -> None:
    """A database that cannot be read becomes a sentence, without a trace."""
    at = open_page("locations.py", location="1")
    with samples.db.write() as session:
        session.connection().exec_driver_sql("ALTER TABLE blogger RENAME TO blogger_gone")
    at.run()
    assert not at.exception
    assert "could not be read" in "\n".join(texts(at))


def served(location_id: int, query: str = "") -> tuple[str, bytes]:
    """What the route for small pictures answers: its type, and the file's bytes where it is one."""
    scope = {
        "type": "http",
        "method": "GET",
        "headers": [],
        "query_string": query.encode(),
        "path_params": {"location_id": str(location_id)},
    }
    answer = asyncio.run(photo(Request(scope)))
    data = Path(answer.path).read_bytes() if isinstance(answer, FileResponse) else bytes(answer.body)
    return answer.media_type or "", data


def test_a_small_picture_of_an_earlier_avatar_is_its_own(samples: Studio) -> None:
    """The pictures of one location are told apart; another location's, or none, is the neutral figure."""
    drive(samples, confirm(samples, 1))
    do(samples, 1, "another_photo", image_url=uploads.keep(samples.settings, picture()))
    (old,) = past_avatars.of_location(samples.db, 1).to_dict("records")
    earlier, now = served(1, f"past={old['id']}"), served(1)
    assert earlier[0] == now[0] == "image/jpeg"
    assert earlier[1] != now[1]
    for other in (served(2, f"past={old['id']}"), served(1, "past=99"), served(1, f"past={'9' * 18}")):
        assert other[0] == "image/svg+xml"
    assert served(1, "past=nonsense") == now


def test_a_photo_that_cannot_be_fetched_is_not_taken_for_none(samples: Studio) -> None:
    """A location without a photo has the neutral figure, one whose photo is gone a crossed-out picture."""
    for url, seen in (("", NO_PHOTO), (f"http://uploads/{'0' * 64}.png", LOST_PHOTO)):
        place = editing.add_location(samples.db, blogger_id=1, name=f"-{url[:4]}", image_url=url, actor=ACTOR)
        assert served(place.id or 0)[1] == seen.encode()
