"""Make avatars with ?action=another_motion: another motion for avatars that are there."""

from core.reports import runs
from core.studio import Studio
from tests.pages.conftest import Open, confirm, drive, page_text
from tests.pages.screen import held, keys, lines, tables


def test_only_locations_with_an_avatar_are_offered_and_no_motion_is_chosen_beforehand(
    samples: Studio, open_page: Open
) -> None:
    """The title says what it is; the present motion is marked; nothing can be spent before one is chosen."""
    drive(samples, confirm(samples, 1))
    at = open_page("provisioning.py", action="another_motion")
    assert at.title[0].value == "Another motion"
    assert [box.key for box in at.checkbox] == ["choose_1"]
    at.checkbox(key="choose_1").check().run()
    assert "in use now" in at.button(key="motion_veo2").label
    assert "spend" not in keys(at)
    assert "Choose a motion type" in page_text(at)


def test_another_motion_costs_one_credit_and_no_group(samples: Studio, open_page: Open) -> None:
    """Quote, button and dialog speak of a motion; the run adds it to the same avatar."""
    drive(samples, confirm(samples, 1))
    at = open_page("provisioning.py", action="another_motion", chosen="1", motion="kling")
    (line,) = lines(at)
    assert "stays until the new one is done" in line
    assert tables(at)[1] == {"Avatar groups used": "1 of 3", "Used afterwards": "1 of 3"}
    assert at.button(key="spend").label == "Spend 1 credit on 1 motion"
    at.button(key="spend").click().run()
    assert "1 motion is made with Kling AI" in page_text(at)
    at.button(key="confirm_spend").click().run()
    assert at.title[0].value == "Another motion"
    assert held(samples) == 1_000_000
    (run,) = drive(samples, [runs.run(samples.db, 2)])
    assert (run.state, run.again, run.motion_type) == ("done", True, "kling")
    at = open_page("provisioning.py", runs="2")
    assert at.success[0].value == "1 new motion is ready. 1 credit spent."
    assert [bar.text.split("] ")[1] for bar in at.progress] == ["Motion", "Save"]


def test_the_same_motion_is_not_paid_again(samples: Studio, open_page: Open) -> None:
    """The engine that is in use is skipped with its reason."""
    drive(samples, confirm(samples, 1))
    at = open_page("provisioning.py", action="another_motion", chosen="1", motion="veo2")
    assert "Has this motion already" in page_text(at)
    assert at.button(key="spend").disabled


def test_without_an_avatar_there_is_nothing_to_move(samples: Studio, open_page: Open) -> None:
    """No finished avatar: the page says so and leads to making one; a chosen one is refused with a door."""
    at = open_page("provisioning.py", action="another_motion")
    assert "No location has a finished avatar yet" in at.info[0].value
    at = open_page("provisioning.py", action="another_motion", chosen="1", motion="kling")
    assert "Make its avatar first" in page_text(at)
    assert at.button(key="door_1").label == "Make avatar"
    assert at.button(key="spend").disabled
