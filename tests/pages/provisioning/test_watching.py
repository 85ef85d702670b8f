"""Make avatars: watch what was confirmed, retry, cancel, start over, answer."""

import pytest

from core.bloggers import editing
from core.bloggers.editing import get_location
from core.database.tables.runs import Run
from core.quotes import avatars
from core.reports import runs
from core.runs import advance, decisions, retry
from core.runs.confirm import confirm as confirm_quote
from core.studio import Studio
from pages.parts.kit.language import LANGUAGE
from tests.pages.conftest import ACTOR, Open, confirm, drive, fault, page_text, unknown_run
from tests.pages.screen import held, keys
from tests.world import retry_price


def advance_to(studio: Studio, run: Run, step: str) -> None:
    assert run.id is not None
    while runs.run(studio.db, run.id).step != step:
        advance.advance(studio, run.id)


def test_progress_shows_steps_time_tries_and_what_comes_next(samples: Studio, open_page: Open) -> None:
    """A run in the middle: a bar for each step, done of planned over all, the present step and the next."""
    first, _ = confirm(samples, 1, 2)
    advance_to(samples, first, "group")
    at = open_page("provisioning.py", runs="1,2")
    text = page_text(at)
    whole, *bars = at.progress
    assert (whole.value, whole.text) == (
        12,
        "1 of 8 steps done · 0 of 2 runs done · 0 credits spent so far",
    )
    assert [bar.value for bar in bars] == [100, 50, 0, 0, 50, 0, 0, 0]
    assert [bar.text.split("] ")[1] for bar in bars[:4]] == ["Upload", "Group", "Motion", "Save"]
    assert "check_circle" in bars[0].text
    assert "hourglass_top" in bars[1].text
    assert "Creating the avatar group" in text
    assert "Next: motion, 1 credit" in text
    assert "1 of 4 steps done · " in text
    assert "first try · 0 credits spent so far" in text
    assert "refreshes every second" in text


def test_a_second_try_of_a_step_is_counted(samples: Studio, open_page: Open) -> None:
    """A call that never left is tried again, and the card says which try this is."""
    fault(samples, route="create", fault="rate_limit", seconds=600)
    (run,) = confirm(samples, 1)
    advance_to(samples, run, "group")
    advance.advance(samples, 1)
    assert "try 2 of this step" in page_text(open_page("provisioning.py", runs="1"))


def test_a_finished_run_shows_its_avatar_and_its_cost(samples: Studio, open_page: Open) -> None:
    """All four steps, the id to copy, the credits spent; nothing refreshes any more."""
    (run,) = drive(samples, confirm(samples, 1))
    at = open_page("provisioning.py", runs=str(run.id))
    text = page_text(at)
    assert at.success[0].value == "1 avatar is ready. 1 credit spent."
    assert [bar.value for bar in at.progress] == [100] * 4
    assert [code.value for code in at.code] == [get_location(samples.db, location_id=1).heygen_avatar_id]
    assert "1 credit spent" in text
    assert "refreshes every second" not in text


def test_a_failure_says_what_was_spent_and_retries_from_its_step(samples: Studio, open_page: Open) -> None:
    """The button names the step and the price; once confirmed it goes on inside the same run."""
    fault(samples, route="motion", fault="motion_fails")
    (run,) = drive(samples, confirm(samples, 1))
    at = open_page("provisioning.py", runs=str(run.id))
    assert "Add motion failed" in at.error[0].value
    assert "This run has cost 1 credit." in at.error[0].value
    button = at.button(key=f"retry_{run.id}")
    assert button.label == "Retry from Motion · 1 credit"
    button.click().run()
    at.button(key="retry_confirm").click().run()
    assert "Queued" in page_text(at)
    assert runs.count_runs(samples.db) == 1
    assert drive(samples, [run])[0].state == "done"


def test_a_photo_that_fails_leads_to_another_photo(samples: Studio, open_page: Open) -> None:
    """No face in the photo: the run has cost nothing, and a link leads to where the photo is changed."""
    (run,) = drive(samples, confirm(samples, 10))
    at = open_page("provisioning.py", runs=str(run.id))
    assert "no face" in at.error[0].value
    assert at.error[0].value.count("othing") == 1
    assert "Nothing was spent." in at.error[0].value
    at.button(key=f"mend_{run.id}").click().run()
    assert at.query_params["location"] == "10"


def test_a_failure_that_is_not_the_photos_does_not_lead_to_the_photo(
    samples: Studio, open_page: Open
) -> None:
    """A refused motion has nothing to do with the photo."""
    fault(samples, route="motion", fault="refuse", code="invalid_parameter")
    (run,) = drive(samples, confirm(samples, 1))
    at = open_page("provisioning.py", runs=str(run.id))
    assert f"mend_{run.id}" not in keys(at)
    assert f"retry_{run.id}" in keys(at)


def test_groups_that_ran_out_lead_to_freeing_a_slot(samples: Studio, open_page: Open) -> None:
    """HeyGen's own limit refuses the create: the way out is a slot, not the photo."""
    fault(samples, route="create", fault="refuse", code=401028, message="limit")
    (run,) = drive(samples, confirm(samples, 1))
    assert run.state == "failed"
    at = open_page("provisioning.py", runs=str(run.id))
    at.button(key=f"mend_{run.id}").click().run()
    assert at.query_params["chosen"] == "1"


@pytest.mark.parametrize("state", ["failed", "cancelled"])
def test_start_over_plans_a_new_run_with_its_own_quote(samples: Studio, open_page: Open, state: str) -> None:
    """It stands apart with its explanation and leads to the quote; nothing is held by the click."""
    if state == "failed":
        fault(samples, route="create", fault="refuse")
        (run,) = drive(samples, confirm(samples, 1, motion_type="kling"))
    else:
        (run,) = confirm(samples, 1, motion_type="kling")
        assert run.id is not None
        decisions.request_cancel(samples, run.id, actor=ACTOR)
        drive(samples, [run])
    at = open_page("provisioning.py", runs=str(run.id))
    assert "A new run with its own quote" in page_text(at)
    at.button(key=f"over_{run.id}").click().run()
    assert dict(at.query_params) == {"chosen": "1", "motion": "kling"}
    assert at.button(key="spend").label == "Spend 1 credit on 1 avatar"
    assert held(samples) == 0


def test_an_old_failure_offers_nothing_once_a_newer_run_exists(samples: Studio, open_page: Open) -> None:
    """Only the newest run of a location can be retried or started over."""
    fault(samples, route="create", fault="refuse")
    (old,) = drive(samples, confirm(samples, 1))
    confirm(samples, 1)
    at = open_page("provisioning.py", runs=str(old.id))
    assert not {f"retry_{old.id}", f"over_{old.id}"} & set(keys(at))


def test_a_run_can_be_cancelled_while_nothing_is_paid(samples: Studio, open_page: Open) -> None:
    """Asked, heard, ended: the held credit is back, and the card says what was kept and what comes next."""
    (run,) = confirm(samples, 1)
    advance_to(samples, run, "motion")
    at = open_page("provisioning.py", runs=str(run.id))
    at.button(key=f"cancel_{run.id}").click().run()
    assert "asked to cancel" in page_text(at)
    assert at.button(key=f"cancel_{run.id}").disabled
    assert drive(samples, [run])[0].state == "cancelled"
    assert held(samples) == 0
    at = open_page("provisioning.py", runs=str(run.id))
    assert "The avatar group stays" in at.info[1].value
    assert "This run has cost nothing." in at.info[1].value
    assert f"over_{run.id}" in keys(at)


def test_a_retry_that_somebody_else_started_is_not_started_twice(samples: Studio, open_page: Open) -> None:
    """A confirmation that has been open meanwhile holds nothing more and says why."""
    fault(samples, route="create", fault="refuse")
    (run,) = drive(samples, confirm(samples, 1))
    at = open_page("provisioning.py", runs=str(run.id))
    assert run.id is not None
    at.button(key=f"retry_{run.id}").click().run()
    retry.retry(samples.db, run.id, price=retry_price(samples, run), actor=ACTOR)
    at.session_state[LANGUAGE] = "ru"
    at.button(key="retry_confirm").click().run()
    text = page_text(at)
    assert "Повторить можно только" in text
    assert "Project-Id-Version" not in text
    assert held(samples) == 1_000_000


def test_an_unknown_outcome_is_a_state_of_its_own(samples: Studio, open_page: Open) -> None:
    """Neither failed nor running: what is at stake, the group to look for, and the three answers."""
    run = unknown_run(samples, 1)
    at = open_page("provisioning.py", runs=str(run.id))
    text = page_text(at)
    assert ":orange-badge[:material/help: Outcome unknown]" in text
    assert "did HeyGen do it?" in at.warning[0].proto.title
    assert "before its answer was complete" in at.warning[0].value
    assert "asking again would pay twice" in at.warning[0].value
    assert "1 credit stays held" in at.warning[0].value
    assert "Mila Hart - Studio" in [code.value for code in at.code]
    assert {f"check_{run.id}", f"absent_{run.id}"} <= set(keys(at))
    assert (
        at.text_input(key=f"avatar_id_{run.id}").value
        == editing.get_location(samples.db, location_id=1).heygen_avatar_id
    )
    assert f"retry_{run.id}" not in keys(at)


def test_several_groups_of_one_name_are_pictures_to_choose_from(samples: Studio, open_page: Open) -> None:
    """Two groups may be the answer: both are shown, and the one that is chosen is used."""
    fault(samples, route="create", fault="drop_after")
    (run,) = confirm(samples, 1)
    assert run.id is not None
    while runs.run(samples.db, run.id).state != "unknown":
        advance.advance(samples, run.id)
    image_key = runs.run(samples.db, run.id).image_key
    samples.client.create_photo_avatar_group("Mila Hart - Studio", str(image_key))
    drive(samples, [run])
    at = open_page("provisioning.py", runs=str(run.id))
    pictures = [image.proto.imgs[0].alt for image in at.image]
    assert {"Group 1 of that name", "Group 2 of that name"} <= set(pictures)
    at.button(key=f"this_{run.id}_2").click().run()
    assert drive(samples, [run])[0].state == "done"


def test_a_freed_slot_is_told_as_one_step(samples: Studio, open_page: Open) -> None:
    """A run that deletes a group has one bar; at the end the slot is free."""
    drive(samples, confirm(samples, 1))
    quote = avatars.quote(samples, location_ids=[1], action="free_slot")
    started = confirm_quote(samples, quote, actor=ACTOR, typed_name=quote.lines[0].group_name)
    at = open_page("provisioning.py", runs="2")
    assert at.title[0].value == "Free the slot"
    assert at.progress[-1].text.endswith("Delete group")
    drive(samples, started)
    at = open_page("provisioning.py", runs="2")
    assert at.success[0].value == "1 slot is free. 0 credits spent."
    assert "its slot is free" in page_text(at)
