"""Make avatars: price and confirm."""

import pytest

from core.account import balance
from core.bloggers.archive import archive_location
from core.heygen.motions import MOTION_TYPES
from core.quotes import avatars
from core.reports import runs
from core.studio import Studio
from tests.pages.conftest import ACTOR, Open, confirm, drive, fault, page_text, settings
from tests.pages.screen import held, keys, lines, links, tables


def test_all_seven_motion_types_are_cards_in_the_briefs_order(samples: Studio, open_page: Open) -> None:
    """Engine and price on each; veo2 is recommended and chosen; a click puts HeyGen's word into the URL."""
    at = open_page("provisioning.py", chosen="1")
    cards = {b.key: b.label for b in at.button if (b.key or "").startswith("motion_")}
    assert list(cards) == [f"motion_{slug}" for slug in MOTION_TYPES]
    for slug, engine in MOTION_TYPES.items():
        assert engine in cards[f"motion_{slug}"]
        assert "1\u00a0credit" in cards[f"motion_{slug}"]
    assert [slug for slug, label in cards.items() if "Recommended" in label] == ["motion_veo2"]
    assert [slug for slug, label in cards.items() if "chosen" in label] == ["motion_veo2"]
    at.button(key="motion_kling").click().run()
    assert at.query_params["motion"] == "kling"
    assert "chosen" in at.button(key="motion_kling").label
    assert "chosen" not in at.button(key="motion_veo2").label
    assert tables(at)[0]["Motion type"] == "Kling AI"
    at.button(key="spend").click().run()
    at.button(key="confirm_spend").click().run()
    assert runs.run(samples.db, 1).motion_type == "kling"


def test_the_quote_says_what_is_made_skipped_and_refused(samples: Studio, open_page: Open) -> None:
    """Each line with its cost or its reason, the total, the balance and the groups before and after."""
    drive(samples, confirm(samples, 1))
    archive_location(samples.db, location_id=3, actor=ACTOR)
    at = open_page("provisioning.py", chosen="1,2,3")
    told = lines(at)
    assert [cost for what, cost in told.items() if "Skipped" in what and "Studio" in what] == ["–"]
    assert [cost for what, cost in told.items() if "Make avatar" in what and "Cafe" in what] == [
        "1\u00a0credit"
    ]
    assert [cost for what, cost in told.items() if "Refused" in what and "archived" in what] == ["–"]
    money, groups = tables(at)[:2]
    assert money["Total"] == "**1\u00a0credit**"
    assert (money["Available now"], money["Available afterwards"]) == ("9\u00a0credits", "8\u00a0credits")
    assert groups == {"Avatar groups used": "1 of 3", "Used afterwards": "2 of 3"}


@pytest.mark.parametrize(
    ("spoil", "reason", "door", "leads_to"),
    [
        (
            lambda s: archive_location(s.db, location_id=2, actor=ACTOR),
            "archived",
            "Restore it",
            {"location": "2"},
        ),
        (lambda s: confirm(s, 2), "already under way", "Watch", {"runs": "1"}),
    ],
)
def test_what_is_wrong_with_a_location_stands_at_its_picture_with_a_door(
    samples: Studio, open_page: Open, spoil, reason: str, door: str, leads_to: dict[str, list[str]]
) -> None:
    """The reason is said under the picture, and a button leads to what mends it."""
    spoil(samples)
    at = open_page("provisioning.py", chosen="2")
    assert any(reason in caption.value for caption in at.caption)
    assert at.button(key="door_2").label == door
    assert at.button(key="spend").disabled
    at.button(key="door_2").click().run()
    assert at.query_params == leads_to


def test_a_motion_alone_is_priced_without_a_new_group(samples: Studio, open_page: Open) -> None:
    """Where the group is there already, the quote says that it is not made again."""
    fault(samples, route="motion", fault="refuse", code="invalid_parameter")
    drive(samples, confirm(samples, 1))
    at = open_page("provisioning.py", chosen="1")
    assert "is not made again" in page_text(at)
    assert tables(at)[1] == {"Avatar groups used": "1 of 3", "Used afterwards": "1 of 3"}


def test_too_many_groups_are_refused_beside_the_groups_with_a_door(samples: Studio, open_page: Open) -> None:
    """The reason, the locations that hold the groups with a link each, and a button that is shut."""
    drive(samples, confirm(samples, 1, 2))
    at = open_page("provisioning.py", chosen="3,4")
    assert "the plan allows 3" in at.error[0].value
    assert at.button(key="spend").disabled
    doors = links(at)
    assert doors["Mila Hart – Studio"].endswith("location=1")
    assert doors["Mila Hart – Cafe"].endswith("location=2")


def test_too_few_credits_are_refused_beside_the_money(samples: Studio, open_page: Open) -> None:
    """The reason names both figures and the button is shut."""
    settings(samples, credits=500_000)
    balance.refresh(samples)
    at = open_page("provisioning.py", chosen="1")
    money = tables(at)[0]
    assert (money["Available now"], money["Available afterwards"]) == (
        "0.5\u00a0credits",
        "-0.5\u00a0credits",
    )
    assert "available: " in at.error[0].value
    assert at.button(key="spend").disabled


def test_nothing_is_held_before_the_second_confirmation(samples: Studio, open_page: Open) -> None:
    """The first button only opens a dialog that lists the plan and carries the amount again."""
    at = open_page("provisioning.py", chosen="1,2,3")
    assert at.button(key="spend").label == "Spend 3 credits on 3 avatars"
    at.button(key="spend").click().run()
    assert "3 avatars are made" in page_text(at)
    assert at.button(key="confirm_spend").label == "Spend 3 credits on 3 avatars"
    assert held(samples) == 0
    at.button(key="confirm_back").click().run()
    assert runs.count_runs(samples.db) == 0
    assert "confirm_spend" not in keys(at)


def test_the_confirmation_lists_what_is_made_skipped_and_refused(samples: Studio, open_page: Open) -> None:
    """Every chosen location is named with what becomes of it."""
    drive(samples, confirm(samples, 1))
    archive_location(samples.db, location_id=3, actor=ACTOR)
    at = open_page("provisioning.py", chosen="1,2,3")
    at.button(key="spend").click().run()
    said = [markdown.value for markdown in at.markdown]
    start = next(n for n, text in enumerate(said) if "1 avatar is made with Google Veo 2" in text)
    assert "Cafe" in said[start + 1]
    assert "Skipped" in said[start + 2]
    assert "Studio" in said[start + 3]
    assert "Refused" in said[start + 4]
    assert "Park" in said[start + 5]
    assert "archived" in said[start + 5]


def test_confirming_starts_the_runs_and_writes_them_into_the_address(
    samples: Studio, open_page: Open
) -> None:
    """Money is held, the runs belong to the person, and a closed tab comes back by the URL."""
    at = open_page("provisioning.py", chosen="1,2", motion="kling")
    at.button(key="spend").click().run()
    at.button(key="confirm_spend").click().run()
    assert dict(at.query_params) == {"runs": "1,2"}
    assert held(samples) == 2_000_000
    assert runs.run(samples.db, 1).actor == "local administrator"
    assert "0 of 2 runs done" in at.progress[0].text
    again = open_page("provisioning.py")
    again.button(key="watch_live").click().run()
    assert "0 of 2 runs done" in again.progress[0].text


def test_an_unknown_motion_type_in_the_address_is_said(samples: Studio, open_page: Open) -> None:
    """HeyGen's own words, no quote and nothing chosen in its place; a choice puts the address right."""
    at = open_page("provisioning.py", chosen="1", motion="avatar_iv")
    assert "can't create motion for this type" in at.error[0].value.replace("\\", "")
    assert not [b.key for b in at.button if "chosen" in b.label]
    assert "spend" not in keys(at)
    at.button(key="motion_kling").click().run()
    assert at.query_params["motion"] == "kling"
    assert not at.error


def test_unknown_ids_in_the_address_are_said(samples: Studio, open_page: Open) -> None:
    """A location or a run that does not exist is named; what exists can go on; huge numbers are no ids."""
    at = open_page("provisioning.py", chosen="2,999," + "9" * 5000)
    assert "999" in at.error[0].value
    assert at.button(key="spend").label == "Spend 1 credit on 1 avatar"
    at = open_page("provisioning.py", runs="999")
    assert "no run" in at.error[0].value
    assert not at.success


def test_a_dialog_does_not_wait_for_a_person_who_left(samples: Studio, open_page: Open) -> None:
    """Leaving the page ends its dialog: coming back shows none."""
    at = open_page("provisioning.py", chosen="1")
    at.button(key="spend").click().run()
    assert "confirm_spend" in keys(at)
    at.switch_page("locations.py").run()
    at.switch_page("provisioning.py").run()
    assert "confirm_spend" not in keys(at)


def test_a_choice_made_just_before_the_click_is_what_is_confirmed(samples: Studio, open_page: Open) -> None:
    """Another engine and the spend button in one breath: the dialog is about the engine just chosen."""
    at = open_page("provisioning.py", chosen="1")
    at.button(key="motion_kling").click()
    at.button(key="spend").click().run()
    assert "1 avatar is made with Kling AI" in page_text(at)
    at.button(key="confirm_spend").click().run()
    assert runs.run(samples.db, 1).motion_type == "kling"


def test_a_double_click_spends_once(samples: Studio, open_page: Open) -> None:
    """The second click on the same confirmation finds the same quote and holds nothing more."""
    at = open_page("provisioning.py", chosen="1")
    at.button(key="spend").click().run()
    dialog = at.session_state["open_dialog"]
    at.button(key="confirm_spend").click().run()
    at.session_state["open_dialog"] = dialog
    at.query_params.pop("runs")
    at.query_params["chosen"] = "1"
    at.run()
    at.button(key="confirm_spend").click().run()
    assert at.query_params["runs"] == "1"
    assert runs.count_runs(samples.db) == 1
    assert held(samples) == 1_000_000


def test_a_plan_that_changed_meanwhile_is_refused_in_the_dialog(samples: Studio, open_page: Open) -> None:
    """Somebody else confirmed first: the dialog says so, nothing is spent, the page shows the new plan."""
    at = open_page("provisioning.py", chosen="1,2")
    at.button(key="spend").click().run()
    confirm(samples, 1)
    at.button(key="confirm_spend").click().run()
    assert any("The plan has changed" in error.value for error in at.error)
    assert "confirm_spend" not in keys(at)
    assert runs.count_runs(samples.db) == 1
    assert at.button(key="spend").label == "Spend 1 credit on 1 avatar"
    at.button(key="confirm_again").click().run()
    assert "confirm_again" not in keys(at)
    assert avatars.quote(samples, location_ids=[2], motion_type="veo2").can_confirm
