"""A location's other actions: each with its own quote, its consequences in words, and nothing by accident."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.account import balance
from core.bloggers import past_avatars
from core.bloggers.editing import get_location
from core.quotes import avatars
from core.reports import runs as histories
from core.reports.runs import RunFilter
from core.runs.confirm import confirm as confirm_quote
from core.studio import Studio
from tests.pages.conftest import ACTOR, Open, confirm, drive, page_text, settings
from tests.pages.screen import held, tables
from tests.people import somebody
from tests.photos.host import picture


@pytest.fixture
def ready(samples: Studio) -> Studio:
    """Location 1 has an avatar with Google Veo 2."""
    drive(samples, confirm(samples, 1))
    return samples


def opened(open_page: Open, action: str) -> AppTest:
    at = open_page("locations.py", location="1")
    return at.button(key=action).click().run()


def runs(studio: Studio) -> list[dict[str, Any]]:
    """The location's runs, the newest first."""
    return histories.runs(studio.db, RunFilter(location_id=1)).to_dict("records")


def start(studio: Studio, action: str, **wish: Any) -> None:
    plan = avatars.quote(studio, location_ids=[1], action=action, **wish)
    drive(studio, confirm_quote(studio, plan, actor=ACTOR, typed_name=plan.lines[0].group_name))


def facts(at: AppTest) -> dict[str, str]:
    """The quote's own table."""
    return next(table for table in tables(at) if "Cost" in table)


def test_another_motion_carries_its_price_and_keeps_the_group(ready: Studio, open_page: Open) -> None:
    """The present motion type is not offered again; a click holds one credit and starts one run."""
    at = opened(open_page, "another_motion")
    assert "The earlier motion stays until the new one is done" in page_text(at)
    choice = at.selectbox(key="location_action_motion")
    assert "Google Veo 2 (recommended)" not in choice.options
    choice.select("kling").run()
    assert facts(at) == {
        "Cost": "**1 credit**",
        "Available": "9 credits now, 8 credits afterwards",
        "Avatar groups": "1 now, 1 of 3 afterwards",
    }
    button = at.button(key="another_motion_confirm")
    assert button.label == "Spend 1 credit on another motion"
    button.click().run()
    newest, *_ = runs(ready)
    assert (newest["again"], newest["motion_type"], newest["state"]) == (True, "kling", "queued")
    assert held(ready) == 1_000_000
    assert "Watch the run" in [link.label for link in at.page_link]


def test_another_photo_has_its_quote_once_the_photo_is_there(ready: Studio, open_page: Open) -> None:
    """Before, the price is told; then the groups before and after, and the old avatar is kept."""
    before = get_location(ready.db, location_id=1)
    at = opened(open_page, "another_photo")
    assert "The quote follows when the photo is there. It will be 1 credit." in page_text(at)
    at.segmented_control(key="another_photo_way").set_value("upload").run()
    at.file_uploader(key="another_photo_file").upload("new.png", picture("PNG"))
    at.run()
    assert facts(at)["Avatar groups"] == "1 now, 2 of 3 afterwards"
    at.button(key="another_photo_confirm").click().run()
    (old,) = past_avatars.of_location(ready.db, 1).to_dict("records")
    assert old["heygen_avatar_id"] == before.heygen_avatar_id
    assert get_location(ready.db, location_id=1).image_url != before.image_url
    assert len(runs(ready)) == 2


def test_a_small_photo_gets_no_quote(ready: Studio, open_page: Open) -> None:
    """What HeyGen could not use cannot be paid for: there is no button."""
    at = opened(open_page, "another_photo")
    at.segmented_control(key="another_photo_way").set_value("upload").run()
    at.file_uploader(key="another_photo_file").upload("new.png", picture("PNG", (300, 300)))
    at.run()
    assert "300 x 300" in page_text(at)
    assert "another_photo_confirm" not in [button.key for button in at.button]


def test_the_slot_is_freed_only_under_its_typed_name(ready: Studio, open_page: Open) -> None:
    """The button waits for the group's name, with any dash; the quote shows the group that comes free."""
    at = opened(open_page, "free_slot")
    text = page_text(at)
    assert "deletes the avatar group Mila Hart \\- Studio" in text
    assert "Videos, runs and costs stay here" in text
    assert facts(at) == {"Cost": "**0 credits**", "Avatar groups": "1 now, 0 of 3 afterwards"}
    assert at.button(key="free_slot_confirm").disabled
    at.text_input(key="location_action_name").set_value("Mila Hart").run()
    assert at.button(key="free_slot_confirm").disabled
    # As the title has it.
    at.text_input(key="location_action_name").set_value("Mila Hart – Studio").run()
    at.button(key="free_slot_confirm").click().run()
    newest, *_ = runs(ready)
    assert newest["kind"] == "free_slot"
    assert get_location(ready.db, location_id=1).heygen_group_id


def test_an_earlier_avatars_slot_is_freed_without_the_present_one(ready: Studio, open_page: Open) -> None:
    """The dialog is about the earlier avatar alone, and its run deletes that group."""
    earlier = get_location(ready.db, location_id=1).heygen_group_id
    start(
        ready, "another_photo", motion_type="veo2", image_url=get_location(ready.db, location_id=2).image_url
    )
    (old,) = past_avatars.of_location(ready.db, 1).to_dict("records")
    at = opened(open_page, f"free_past_{old['id']}")
    assert "The location's present avatar stays." in page_text(at)
    at.text_input(key="location_action_name").set_value("Mila Hart - Studio").run()
    at.button(key="free_slot_confirm").click().run()
    assert runs(ready)[0]["group_id"] == earlier
    drive(ready, [histories.run(ready.db, runs(ready)[0]["id"])])
    (old,) = past_avatars.of_location(ready.db, 1).to_dict("records")
    assert old["deleted_at"] is not None
    assert get_location(ready.db, location_id=1).heygen_group_id != earlier


def test_a_plan_that_changed_meanwhile_is_not_confirmed(ready: Studio, open_page: Open) -> None:
    """Somebody else started another motion: the click is refused; nothing is held twice."""
    at = opened(open_page, "another_motion")
    plan = avatars.quote(ready, location_ids=[1], action="another_motion", motion_type="kling")
    confirm_quote(ready, plan, actor=somebody("somebody else"))
    at.button(key="another_motion_confirm").click().run()
    assert "Nothing was spent" in page_text(at)
    assert len(runs(ready)) == 2
    assert held(ready) == 1_000_000


def test_a_choice_that_changes_with_the_click_is_not_paid(ready: Studio, open_page: Open) -> None:
    """The button was drawn for another motion type than the list holds at the click: nothing starts."""
    at = opened(open_page, "another_motion")
    at.selectbox(key="location_action_motion").select("kling")
    at.button(key="another_motion_confirm").click().run()
    assert "The motion type changed with this click" in page_text(at)
    assert len(runs(ready)) == 1
    at.button(key="another_motion_confirm").click().run()
    assert runs(ready)[0]["motion_type"] == "kling"


def test_credits_that_do_not_suffice_hold_it_up(ready: Studio, open_page: Open) -> None:
    """The quote says what is missing beside the disabled button."""
    settings(ready, credits=0)
    balance.refresh(ready)
    at = opened(open_page, "another_motion")
    assert "Needed: 1 credit, available: 0 credits" in page_text(at)
    assert at.button(key="another_motion_confirm").disabled
