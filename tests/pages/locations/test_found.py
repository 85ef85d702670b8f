"""Found in HeyGen: never looked, asking, failing, empty, full; taking over, deleting and letting go."""

import pytest
import requests
from sqlalchemy import text

from core.account import found, questions
from core.bloggers.editing import get_location
from core.studio import Studio
from tests.pages.conftest import ACTOR, Later, Open, confirm, drive, fault, page_text, settings
from tests.pages.screen import keys, links


def elsewhere(studio: Studio, name: str = "Made elsewhere", photo: str = "mila-cafe.jpg") -> str:
    """A group that somebody made in HeyGen itself; returns its id."""
    key = studio.client.upload_asset(f"{studio.settings.api_base}/samples/{photo}")
    return studio.client.create_photo_avatar_group(name, key)["group_id"]


def look(studio: Studio, kind: str = "inventory", subject: str = "") -> None:
    """Ask and answer, as a person and the worker do."""
    questions.answer(studio, questions.ask(studio.db, kind=kind, subject=subject, actor=ACTOR))


def test_before_anybody_looked_there_is_one_thing_to_do(samples: Studio, open_page: Open) -> None:
    """The button is the big one, and pressing it writes the question down once."""
    at = open_page("locations.py")
    at.button(key="to_found").click().run()
    assert "Nobody has looked yet" in page_text(at)
    assert at.button(key="look_now").proto.type == "primary"
    at.button(key="look_now").click().run()
    assert "Asking HeyGen…" in page_text(at)
    assert at.button(key="look_now").disabled
    asked = questions.newest(samples.db, kind="inventory")
    assert asked is not None
    assert asked.done_at is None


def test_without_a_worker_the_page_says_so(samples: Studio, open_page: Open, later: Later) -> None:
    """After two minutes nobody is waited for, and the button can be pressed again."""
    questions.ask(samples.db, kind="inventory", actor=ACTOR)
    later(minutes=3)
    at = open_page("locations.py", part="found")
    assert "The worker may be off" in page_text(at)
    assert not at.button(key="look_now").disabled


def test_an_account_without_groups_says_so(samples: Studio, open_page: Open) -> None:
    """Nothing to take over, nothing to search, nothing to complain about."""
    look(samples)
    at = open_page("locations.py", part="found")
    assert "holds no avatar groups" in page_text(at)
    assert not at.text_input
    assert "No longer in HeyGen" not in page_text(at)


def test_when_every_group_is_used_the_page_says_so(samples: Studio, open_page: Open) -> None:
    """HeyGen holds groups, and each belongs to a location."""
    drive(samples, confirm(samples, 1))
    look(samples)
    assert "Every avatar group in HeyGen belongs to a location" in page_text(
        open_page("locations.py", part="found")
    )


def test_a_look_that_fails_says_why_and_keeps_the_last_list(samples: Studio, open_page: Open) -> None:
    """The older list stays below the reason."""
    elsewhere(samples)
    look(samples)
    fault(samples, route="groups", fault="refuse", status=403, code="forbidden", message="Not today")
    look(samples)
    said = page_text(open_page("locations.py", part="found"))
    assert "did not tell what it holds" in said
    assert "Not today" in said
    assert "**Made elsewhere**" in said


def test_a_name_from_heygen_is_shown_letter_by_letter(samples: Studio, open_page: Open) -> None:
    """It is typed by people elsewhere: no markdown of theirs is drawn."""
    elsewhere(samples, "A *bold* :red[name]")
    look(samples)
    assert "**A \\*bold\\* \\:red\\[name\\]**" in page_text(open_page("locations.py", part="found"))


def test_the_door_counts_what_waits(samples: Studio, open_page: Open) -> None:
    """The button near Import says how many groups nobody uses."""
    elsewhere(samples)
    look(samples)
    assert open_page("locations.py").button(key="to_found").label == "Found in HeyGen (1)"


def test_an_avatar_is_taken_over_by_a_chosen_location(samples: Studio, open_page: Open) -> None:
    """The location of the group's name is chosen already; the click attaches it and opens the location."""
    group = elsewhere(samples, "Sofia Reyes - Beach")
    look(samples)
    at = open_page("locations.py", part="found")
    at.button(key=f"use_{group}").click().run()
    assert "**Costs nothing.** Its motion is missing" in page_text(at)
    chosen = at.selectbox(key="found_taker").value
    assert get_location(samples.db, location_id=chosen).name == "Beach"
    at.button(key="use_found_now").click().run()
    assert get_location(samples.db, location_id=chosen).heygen_group_id == group
    assert at.query_params["location"] == str(chosen)
    assert "part" not in at.query_params
    assert "**The motion is missing.**" in page_text(at)


def test_without_a_fitting_name_nobody_is_chosen(samples: Studio, open_page: Open) -> None:
    """A click cannot attach it to whoever stands first in the list."""
    group = elsewhere(samples)
    look(samples)
    at = open_page("locations.py", part="found")
    at.button(key=f"use_{group}").click().run()
    assert at.selectbox(key="found_taker").value is None
    assert at.button(key="use_found_now").disabled


def test_a_location_without_an_avatar_leads_here(samples: Studio, open_page: Open) -> None:
    """Its own button brings it along: there is nothing to choose but the avatar."""
    group = elsewhere(samples)
    look(samples)
    at = open_page("locations.py", location="3")
    at.button(key="to_found").click().run()
    assert (at.query_params["part"], at.query_params["for"]) == ("found", "3")
    at.button(key=f"use_{group}").click().run()
    assert "found_taker" not in [box.key for box in at.selectbox]
    at.button(key="use_found_now").click().run()
    assert get_location(samples.db, location_id=3).heygen_group_id == group


@pytest.mark.parametrize("named", ["4711", "99999999999999999999", "x", "1"])
def test_a_location_that_cannot_take_one_is_passed_over(samples: Studio, open_page: Open, named: str) -> None:
    """An address may name anything: an unknown location, or one with an avatar."""
    drive(samples, confirm(samples, 1))
    elsewhere(samples)
    look(samples)
    said = page_text(open_page("locations.py", part="found", **{"for": named}))
    assert "Choose the avatar for" not in said
    assert "Made elsewhere" in said


def test_somebody_was_faster(samples: Studio, open_page: Open) -> None:
    """The group was taken over while the dialog was open: the click is refused in place."""
    group = elsewhere(samples)
    look(samples)
    at = open_page("locations.py", part="found", **{"for": "3"})
    at.button(key=f"use_{group}").click().run()
    with samples.db.write() as session:
        session.connection().execute(
            text("UPDATE location SET heygen_group_id = :g WHERE id = 5"), {"g": group}
        )
    at.button(key="use_found_now").click().run()
    assert "belongs to" in page_text(at)
    assert get_location(samples.db, location_id=3).heygen_group_id is None


def test_a_group_is_deleted_under_its_typed_name(samples: Studio, open_page: Open) -> None:
    """The worker is asked by the click, and the page says what came of it and by whom."""
    group = elsewhere(samples)
    look(samples)
    at = open_page("locations.py", part="found")
    at.button(key=f"delete_{group}").click().run()
    assert at.button(key="delete_found_now").disabled
    at.text_input(key="found_name").set_value("Made elsewhere").run()
    at.button(key="delete_found_now").click().run()
    asked = questions.newest(samples.db, kind="delete_group")
    assert asked is not None
    assert asked.subject == group
    questions.answer(samples, asked.id or 0)
    at = open_page("locations.py", part="found")
    assert "Made elsewhere was deleted in HeyGen by local administrator" in page_text(at)
    assert f"use_{group}" not in keys(at)


def test_a_deletion_that_fails_is_said(samples: Studio, open_page: Open) -> None:
    """With HeyGen's reason; the group is still there to try again."""
    group = elsewhere(samples)
    look(samples)
    fault(samples, route="delete", fault="refuse", status=403, code="forbidden", message="Not yours")
    look(samples, "delete_group", group)
    at = open_page("locations.py", part="found")
    assert "The group was not deleted." in page_text(at)
    assert "Not yours" in page_text(at)
    assert f"use_{group}" in keys(at)


def test_an_empty_group_can_only_be_deleted(samples: Studio, open_page: Open) -> None:
    """Its look is gone and it holds a slot: there is nothing to use."""
    group = elsewhere(samples)
    (one,) = samples.client.list_looks(group)
    requests.delete(
        f"{samples.settings.api_base}/v2/photo_avatar/{one.id}",
        headers={"X-Api-Key": samples.settings.api_key},
        timeout=10,
    ).raise_for_status()
    look(samples)
    at = open_page("locations.py", part="found")
    assert "Empty" in page_text(at)
    assert f"use_{group}" not in keys(at)
    assert f"delete_{group}" in keys(at)


def test_many_groups_are_searched_and_paged(samples: Studio, open_page: Open) -> None:
    """The search and the page stand in the address; a search without a hit has its way out."""
    settings(samples, group_limit=-1)
    for n in range(13):
        elsewhere(samples, f"Group {n}")
    look(samples)
    at = open_page("locations.py", part="found")
    assert len([key for key in keys(at) if (key or "").startswith("use_")]) == 12
    second = open_page("locations.py", part="found", found_page="2")
    assert len([key for key in keys(second) if (key or "").startswith("use_")]) == 1
    hit = open_page("locations.py", part="found", found_text="group 12")
    assert "**Group 12**" in page_text(hit)
    assert "**Group 3**" not in page_text(hit)
    none = open_page("locations.py", part="found", found_text="zzz")
    assert "No group of this name" in page_text(none)
    none.button(key="found_clear").click().run()
    assert "found_text" not in none.query_params


def test_what_heygen_lost_is_told_and_let_go(samples: Studio, open_page: Open) -> None:
    """On the overview and here; the location goes back to no avatar, and can get a new one."""
    drive(samples, confirm(samples, 1, 2))
    samples.client.delete_group(get_location(samples.db, location_id=1).heygen_group_id or "")
    look(samples)
    over = open_page()
    assert "**HeyGen no longer has 1 avatar**" in page_text(over)
    assert "part=found" in links(over)["See which"]
    at = open_page("locations.py", part="found")
    assert "Its avatar group is gone." in page_text(at)
    assert "another account" not in page_text(at)
    at.button(key="let_go_1_0").click().run()
    at.button(key="let_go_now").click().run()
    assert get_location(samples.db, location_id=1).heygen_group_id is None
    assert found.count_unknown(samples.db) == 0


def test_a_key_of_another_account_is_suspected_first(samples: Studio, open_page: Open) -> None:
    """When HeyGen knows none of the avatars, the page warns before anything is let go."""
    drive(samples, confirm(samples, 1))
    samples.client.delete_group(get_location(samples.db, location_id=1).heygen_group_id or "")
    look(samples)
    assert "key is that of another account" in page_text(open_page("locations.py", part="found"))
