"""Videos: write, price, confirm."""

import pytest
from streamlit.testing.v1 import AppTest

from core.bloggers.archive import archive_location
from core.bloggers.editing import get_blogger
from core.reports import runs, videos
from core.studio import Studio
from core.videos import voices
from tests.pages.conftest import ACTOR, Open, confirm, drive, fault, page_text
from tests.pages.screen import held, keys, lines, links, tables, visit
from tests.pages.videos.support import SCRIPT, make, with_voices


def write(at: AppTest, script: str) -> AppTest:
    return at.text_area(key="video_script").set_value(script).run()


def test_without_locations_there_is_one_way_to_begin(studio: Studio, open_page: Open) -> None:
    """Nothing can be written for nobody: the page leads to the overview."""
    at = open_page("videos.py")
    assert "There are no locations yet" in page_text(at)
    assert [link.label for link in at.main.get("page_link")] == ["Start on the overview"]
    assert not at.text_area


def test_the_first_visit_shows_the_form_at_once(samples: Studio, open_page: Open) -> None:
    """Locations to tick, a script to write, no library of nothing."""
    with_voices(samples)
    at = open_page("videos.py")
    assert at.title[0].value == "Make a video"
    assert len([box for box in at.checkbox if (box.key or "").startswith("choose_")]) == 10
    assert "spend" not in keys(at)
    at.checkbox(key="choose_2").check().run()
    assert at.query_params["chosen"] == "2"


def test_voices_that_are_not_read_yet_are_waited_for(samples: Studio, open_page: Open) -> None:
    """The page says that the list is on its way, and shows it once it is there."""
    at = open_page("videos.py", chosen="1")
    assert "voices are being read" in page_text(at)
    assert not [box for box in at.selectbox if box.key == "video_voice"]
    with_voices(samples)
    at.run()
    assert "voices are being read" not in page_text(at)
    assert at.selectbox(key="video_voice").value


def test_the_counter_and_the_quote_follow_the_script(samples: Studio, open_page: Open) -> None:
    """Characters, seconds and credits grow with the words; the avatar that is missing is priced too."""
    with_voices(samples)
    at = open_page("videos.py", chosen="1")
    assert "0 of 5,000 characters" in page_text(at)
    assert "Write the script" in page_text(at)
    write(at, SCRIPT)
    assert f"{len(SCRIPT)} of 5,000 characters" in page_text(at)
    short = at.button(key="spend").label
    figures = {name: cell for table in tables(at) for name, cell in table.items()}
    assert figures["1 avatar is made first"] == "1\u00a0credit"
    assert figures["Available now"] == "10\u00a0credits"
    assert int(figures["Length, expected"].split()[0]) < int(figures["Length, at most"].split()[0])
    assert "every second is counted from the first" in page_text(at)
    assert any("Make avatar" in said and "Video" in said for said in lines(at))
    write(at, SCRIPT * 12)
    assert at.button(key="spend").label != short
    assert at.button(key="spend").label.startswith("Spend up to 1.")


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("a" * 5003, "Shorten it by 3 characters."),
        ("🙂 … 🎬", "holds nothing that can be spoken"),
    ],
)
def test_a_script_that_cannot_be_spoken_is_said_beside_it(
    samples: Studio, open_page: Open, script: str, reason: str
) -> None:
    """The reason stands at the script, nothing is priced and nothing can be spent."""
    with_voices(samples)
    at = write(open_page("videos.py", chosen="1"), script)
    assert any(reason in error.value for error in at.error)
    assert "spend" not in keys(at)
    write(at, "Hello there.")
    assert not at.error
    assert not at.button(key="spend").disabled


def test_a_voice_is_chosen_beforehand_in_the_scripts_language(samples: Studio, open_page: Open) -> None:
    """Who has set no default gets a voice that speaks the script's language; the choice goes into the URL."""
    with_voices(samples)
    found = voices.voices(samples.db).set_index("voice_id")
    at = write(open_page("videos.py", chosen="1"), "Привет, добро пожаловать в мою студию!")
    assert found.loc[at.selectbox(key="video_voice").value, "language"] == "Russian"
    write(at, "Hello, welcome to my studio!")
    assert found.loc[at.selectbox(key="video_voice").value, "language"] == "English"
    chosen = found.index[-1]
    at.selectbox(key="video_voice").set_value(chosen).run()
    assert at.query_params["voice"] == chosen
    assert at.get("audio")


def test_locations_without_a_voice_are_named_and_helped(samples: Studio, open_page: Open) -> None:
    """Where no default is set, the line is refused with a reason, and the dialog of defaults mends it."""
    ids = with_voices(samples)
    at = write(open_page("videos.py", chosen="1,4", voice="default"), SCRIPT)
    assert at.button(key="spend").disabled
    assert "has no voice" in page_text(at)
    assert at.button(key="voice_for_1").label == "Set a default voice for Mila Hart"
    at.button(key="voice_for_1").click().run()
    at.selectbox(key="default_voice_blogger").set_value(ids[2]).run()
    at.button(key="default_save").click().run()
    assert get_blogger(samples.db, blogger_id=1).voice_id == ids[2]
    assert "default_save" not in keys(at)
    assert "voice_for_1" not in keys(at)
    assert at.button(key="spend").label.endswith("on 1 video")


def test_what_is_wrong_with_a_location_stands_at_its_picture(samples: Studio, open_page: Open) -> None:
    """An archived location is refused where it is shown; the others go on."""
    with_voices(samples)
    archive_location(samples.db, location_id=2, actor=ACTOR)
    at = write(open_page("videos.py", chosen="1,2,999"), SCRIPT)
    assert "no location with the id 999" in at.error[0].value
    assert any("archived" in caption.value for caption in at.caption)
    assert at.button(key="spend").label.endswith("on 1 video")


def test_the_still_look_is_offered_only_where_the_motion_failed(samples: Studio, open_page: Open) -> None:
    """The person chooses it knowingly; then the video can be made without another motion."""
    fault(samples, route="motion", fault="motion_fails")
    make(samples, 1)
    at = write(open_page("videos.py", chosen="2"), SCRIPT)
    assert not [box for box in at.checkbox if box.key == "video_still"]
    at = write(open_page("videos.py", chosen="1"), SCRIPT)
    assert at.button(key="spend").disabled
    at.checkbox(key="video_still").check().run()
    assert not at.button(key="spend").disabled
    assert any("Still look" in said for said in lines(at))


def test_too_few_credits_shut_the_button(samples: Studio, open_page: Open) -> None:
    """The reason names both figures beside the money."""
    with_voices(samples)
    at = write(open_page("videos.py", chosen=",".join(map(str, range(1, 11)))), SCRIPT)
    assert "Needed: " in page_text(at)
    assert at.button(key="spend").disabled


def test_too_many_groups_are_refused_with_a_door(samples: Studio, open_page: Open) -> None:
    """The reason, and the locations that hold the groups with a link each to free one."""
    with_voices(samples)
    drive(samples, confirm(samples, 1, 2))
    at = write(open_page("videos.py", chosen="3,4"), SCRIPT)
    assert "the plan allows 3" in page_text(at)
    assert at.button(key="spend").disabled
    assert links(at)["Mila Hart – Studio"].endswith("location=1")


def test_confirming_holds_at_most_the_quote_and_shows_the_batch(samples: Studio, open_page: Open) -> None:
    """Nothing is held before the second click; then a run each, and the address of the batch."""
    with_voices(samples)
    at = write(open_page("videos.py", chosen="1,2", format="9:16"), SCRIPT)
    label = at.button(key="spend").label
    at.button(key="spend").click().run()
    assert at.button(key="confirm_spend").label == label
    assert "2 avatars are made first" in page_text(at)
    assert held(samples) == 0
    at.button(key="confirm_spend").click().run()
    made = videos.videos(samples.db)
    assert dict(at.query_params) == {"batch": made["quote_id"][0]}
    assert set(made["format"]) == {"9:16"}
    assert set(made["script"]) == {
        "Hi, Mila Hart, Studio!",
        "Hi, Mila Hart, Cafe!",
    }
    assert runs.run(samples.db, int(made["run_id"][0])).actor == "local administrator"
    assert 2_000_000 < held(samples) < 2_200_000
    assert "0 of 2 videos ready" in at.progress[0].text


def test_a_double_click_spends_once(samples: Studio, open_page: Open) -> None:
    """The second click on the same confirmation finds the same quote and holds nothing more."""
    with_voices(samples)
    at = write(open_page("videos.py", chosen="1"), SCRIPT)
    at.button(key="spend").click().run()
    dialog = at.session_state["open_dialog"]
    at.button(key="confirm_spend").click().run()
    before = held(samples)
    at.session_state["open_dialog"] = dialog
    at.run()
    at.button(key="confirm_spend").click().run()
    assert videos.count_videos(samples.db) == 1
    assert held(samples) == before


def test_a_plan_that_changed_is_refused_in_the_dialog(samples: Studio, open_page: Open) -> None:
    """Somebody archives the location between quote and click: nothing is spent, and the dialog says so."""
    with_voices(samples)
    at = write(open_page("videos.py", chosen="1"), SCRIPT)
    at.button(key="spend").click().run()
    archive_location(samples.db, location_id=1, actor=ACTOR)
    at.button(key="confirm_spend").click().run()
    assert any(error.proto.title == "Nothing was spent" for error in at.error)
    assert held(samples) == 0
    at.button(key="confirm_again").click().run()
    assert at.button(key="spend").disabled


def test_a_script_survives_a_look_at_the_library(filmed: Studio, open_page: Open) -> None:
    """What was written is there again when the person comes back to the form."""
    at = write(open_page("videos.py", chosen="1"), "A long and costly thought.")
    at.button(key="to_library").click().run()
    assert at.title[0].value == "Videos"
    at.button(key="make_video").click().run()
    assert at.text_area(key="video_script").value == "A long and costly thought."


LONG = "Привет из кухни. مرحبا من المطبخ. " * 400


def test_a_script_of_any_length_survives_a_reload(samples: Studio, open_page: Open) -> None:
    """The address names its draft: another session has script, title and choice, and goes on in its own."""
    with_voices(samples)
    at = write(open_page("videos.py", chosen="1,2"), LONG)
    at.text_input(key="video_title").set_value("Кухня").run()
    link = dict(at.query_params)
    again = open_page("videos.py", **link)
    assert again.text_area(key="video_script").value == LONG
    assert again.text_input(key="video_title").value == "Кухня"
    assert dict(again.query_params) == link
    write(again, "Hello.")
    assert again.query_params["draft"] != link["draft"]
    assert open_page("videos.py", **link).text_area(key="video_script").value == LONG
    write(again, "")
    again.text_input(key="video_title").set_value("").run()
    assert "draft" not in again.query_params


def test_a_look_at_another_page_loses_neither_choice_nor_script(samples: Studio, open_page: Open) -> None:
    """Overview and back by the sidebar: the same locations, voice and words; after a confirmation none."""
    ids = with_voices(samples)
    at = write(open_page("videos.py", chosen="1,2", voice=ids[1]), SCRIPT)
    link = dict(at.query_params)
    visit(at, "overview.py")
    visit(at, "videos.py")
    assert dict(at.query_params) == link
    assert at.text_area(key="video_script").value == SCRIPT
    at.button(key="spend").click().run()
    at.button(key="confirm_spend").click().run()
    visit(at, "overview.py")
    visit(at, "videos.py")
    assert dict(at.query_params) == {}
    assert at.title[0].value == "Videos"


def test_a_draft_that_is_gone_is_no_error(samples: Studio, open_page: Open) -> None:
    """An old link opens an empty script, and what is written then is kept anew."""
    at = open_page("videos.py", chosen="1", draft="../../studio")
    assert at.text_area(key="video_script").value == ""
    write(at, SCRIPT)
    assert len(at.query_params["draft"]) == 12


def test_what_is_no_placeholder_and_no_pause_is_said_before_money_is_spent(
    samples: Studio, open_page: Open
) -> None:
    """Beside the script and in the confirmation: which piece, and how it would be right."""
    with_voices(samples)
    at = write(open_page("videos.py", chosen="1"), "Hi {blogger}, {unknown}. <break time=“2s”/> Bye.")
    at.button(key="spend").click().run()
    for where in (at.main, at.get("dialog")[0]):
        braces, tag = (warning.value for warning in where.get("warning"))
        assert r"**\{unknown\}**. Only {blogger} and {location} are replaced" in braces
        assert r"**\<break time\=“2s”\/\>**" in tag
    at = write(open_page("videos.py", chosen="1"), 'Hi {blogger}. <break time="1.5s"/> Bye.')
    assert not at.warning
