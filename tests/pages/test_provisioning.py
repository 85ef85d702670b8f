"""Make avatars: choose, price, confirm, watch, retry."""

from core import account, decisions, histories, ledger, quotes, runs
from core.bloggers import archive_location, get_location
from core.studio import Studio
from tests.pages.conftest import ACTOR, Open, confirm, drive, fault, page_text, settings, unknown_run


def held(studio: Studio) -> int:
    with studio.db.read() as session:
        return ledger.balances(session).held


def test_without_a_choice_the_page_says_how_to_choose(samples: Studio, open_page: Open) -> None:
    """No quote and no button to spend; a list to add from and a way to Locations."""
    at = open_page("provisioning.py")
    text = page_text(at)
    assert "Choose at least one location" in text
    assert "Spend" not in [b.label.split()[0] for b in at.button]
    assert len(at.multiselect(key="provisioning_add").options) == 10


def test_an_empty_world_points_to_the_start(studio: Studio, open_page: Open) -> None:
    """Without locations there is nothing to choose; the overview is one click away."""
    assert "Start on the overview" in page_text(open_page("provisioning.py"))


def test_a_location_is_added_and_removed_through_the_address(samples: Studio, open_page: Open) -> None:
    """The choice stands in the URL alone."""
    at = open_page("provisioning.py")
    at.multiselect(key="provisioning_add").select(3).run()
    assert at.query_params["chosen"] == "3"
    at.button(key="remove_3").click().run()
    assert "chosen" not in at.query_params


def test_all_seven_motion_types_can_be_chosen(samples: Studio, open_page: Open) -> None:
    """The engines' names in the brief's order, veo2 recommended and chosen."""
    at = open_page("provisioning.py", chosen="1")
    motion = at.pills[0]
    assert [option.content for option in motion.proto.options] == [
        "Google Veo 2 (recommended)",
        "SeeKing Dance",
        "Runway Gen-3",
        "Runway Gen-4",
        "Minimax Hailuo 1",
        "Minimax Hailuo 2",
        "Kling AI",
    ]
    assert motion.value == "veo2"
    motion.set_value("kling").run()
    at.button(key="spend").click().run()
    at.button(key="confirm_spend").click().run()
    assert histories.run(samples.db, 1).motion_type == "kling"


def test_the_quote_says_what_is_made_skipped_and_refused(samples: Studio, open_page: Open) -> None:
    """Each line with its cost or its reason, the total, the balance and the groups before and after."""
    drive(samples, confirm(samples, 1))
    archive_location(samples.db, location_id=3, actor=ACTOR)
    at = open_page("provisioning.py", chosen="1,2,3")
    lines, money, groups = (table.value for table in at.table[:3])
    told = dict(zip(lines["Location"], zip(lines["What happens"], lines["Cost"], strict=True), strict=True))
    assert "Skipped" in told["Mila Hart – Studio"][0]
    assert told["Mila Hart – Cafe"][1] == "1 credit"
    assert "Refused" in told["Mila Hart – Park"][0]
    assert "archived" in told["Mila Hart – Park"][0]
    assert [cells[0] for cells in money.to_numpy()] == ["**1 credit**", "9", "8"]
    assert [cells[0] for cells in groups.to_numpy()] == ["1", "2", "3"]


def test_a_motion_alone_is_priced_without_a_new_group(samples: Studio, open_page: Open) -> None:
    """Where the group is there already, the quote says that it is not made again."""
    fault(samples, route="motion", fault="refuse", code="insufficient_credit")
    drive(samples, confirm(samples, 1))
    at = open_page("provisioning.py", chosen="1")
    assert "is not made again" in page_text(at)
    assert [cells[0] for cells in at.table[2].value.to_numpy()] == ["1", "1", "3"]


def test_too_many_groups_hold_the_plan_up_where_they_are_shown(samples: Studio, open_page: Open) -> None:
    """Four groups on a plan of three: the reason stands on the page and the button is shut."""
    at = open_page("provisioning.py", chosen="1,2,3,4")
    assert "the plan allows 3" in page_text(at)
    assert at.button(key="spend").disabled


def test_too_few_credits_hold_the_plan_up(samples: Studio, open_page: Open) -> None:
    """The reason names both figures and the button is shut."""
    settings(samples, credits=500_000)
    account.refresh(samples)
    at = open_page("provisioning.py", chosen="1")
    assert [cells[0] for cells in at.table[1].value.to_numpy()] == ["**1 credit**", "0.5", "-0.5"]
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
    assert histories.count_runs(samples.db) == 0
    assert "confirm_spend" not in [b.key for b in at.button]


def test_confirming_starts_the_runs_and_writes_them_into_the_address(
    samples: Studio, open_page: Open
) -> None:
    """Money is held, the runs belong to the person, and a closed tab comes back by the URL."""
    at = open_page("provisioning.py", chosen="1,2")
    at.button(key="spend").click().run()
    at.button(key="confirm_spend").click().run()
    assert at.query_params["runs"] == "1,2"
    assert "chosen" not in at.query_params
    assert held(samples) == 2_000_000
    assert histories.run(samples.db, 1).actor == "local administrator"
    text = page_text(open_page("provisioning.py", runs="1,2"))
    assert "0 of 2 avatars" in text
    assert "Under way now" in page_text(open_page("provisioning.py"))


def test_an_unknown_motion_type_in_the_address_is_said(samples: Studio, open_page: Open) -> None:
    """No other engine takes its place: HeyGen's words, nothing to spend until a person chooses."""
    at = open_page("provisioning.py", chosen="1", motion="avatar_iv")
    assert "can't create motion for this type" in at.error[0].value.replace("\\", "")
    assert at.pills[0].value is None
    assert "spend" not in [b.key for b in at.button]
    at.pills[0].set_value("kling").run()
    assert at.query_params["motion"] == "kling"
    assert not at.error
    assert open_page("provisioning.py", chosen="1", motion="kling").pills[0].value == "kling"


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
    assert "confirm_spend" in [b.key for b in at.button]
    at.switch_page("locations.py").run()
    at.switch_page("provisioning.py").run()
    assert "confirm_spend" not in [b.key for b in at.button]


def test_a_choice_made_just_before_the_click_is_what_is_confirmed(samples: Studio, open_page: Open) -> None:
    """Another engine and the spend button in one breath: the dialog is about the engine just chosen."""
    at = open_page("provisioning.py", chosen="1")
    at.pills[0].set_value("kling")
    at.button(key="spend").click().run()
    assert "Kling AI" in page_text(at)
    at.button(key="confirm_spend").click().run()
    assert histories.run(samples.db, 1).motion_type == "kling"


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
    assert histories.count_runs(samples.db) == 1
    assert held(samples) == 1_000_000


def test_a_plan_that_changed_meanwhile_is_refused_with_a_new_quote(samples: Studio, open_page: Open) -> None:
    """Somebody else confirmed first: one sentence, nothing spent, and the plan as it is now."""
    at = open_page("provisioning.py", chosen="1,2")
    at.button(key="spend").click().run()
    confirm(samples, 1)
    at.button(key="confirm_spend").click().run()
    assert "The plan has changed" in at.error[0].value
    assert histories.count_runs(samples.db) == 1
    assert at.button(key="spend").label == "Spend 1 credit on 1 avatar"


def test_progress_shows_step_time_attempt_and_what_comes_next(samples: Studio, open_page: Open) -> None:
    """A run in the middle: steps done of steps planned, the present step, what comes next."""
    (run,) = confirm(samples, 1)
    assert run.id is not None
    while histories.run(samples.db, run.id).step != "group":
        runs.advance(samples, run.id)
    at = open_page("provisioning.py", runs=str(run.id))
    text = page_text(at)
    assert at.progress[0].value == 25
    assert at.progress[0].text == "1 of 4 steps done"
    assert ":green-badge[:material/check: Upload] :blue-badge[:material/hourglass_top: Group]" in text
    assert "attempt 1 · cost so far 0 credits" in text
    assert "Next: motion, 1 credit." in text


def test_a_finished_run_shows_its_avatar_and_its_cost(samples: Studio, open_page: Open) -> None:
    """All four steps, the id to copy, the credits spent; nothing refreshes any more."""
    (run,) = drive(samples, confirm(samples, 1))
    at = open_page("provisioning.py", runs=str(run.id))
    text = page_text(at)
    assert at.success[0].value == "1 avatar is ready, 1 credit spent."
    assert at.progress[0].value == 100
    assert [code.value for code in at.code] == [get_location(samples.db, location_id=1).heygen_avatar_id]
    assert "cost 1 credit" in text
    assert "refreshes every second" not in text


def test_a_failure_says_what_was_spent_and_retries_from_its_step(samples: Studio, open_page: Open) -> None:
    """The button names the step and the price; one click goes on inside the same run."""
    fault(samples, route="motion", fault="motion_fails")
    (run,) = drive(samples, confirm(samples, 1))
    at = open_page("provisioning.py", runs=str(run.id))
    assert "Add motion failed" in at.error[0].value
    assert "This run has cost 1 credit." in at.error[0].value
    button = at.button(key=f"retry_{run.id}")
    assert button.label == "Retry from Motion · 1 credit"
    button.click().run()
    assert "Queued" in page_text(at)
    assert histories.count_runs(samples.db) == 1
    assert drive(samples, [run])[0].state == "done"


def test_a_failure_before_anything_was_paid_says_so(samples: Studio, open_page: Open) -> None:
    """No face in the photo: the run has cost nothing."""
    (run,) = drive(samples, confirm(samples, 10))
    at = open_page("provisioning.py", runs=str(run.id))
    assert "no face" in at.error[0].value
    assert "This run has cost nothing." in at.error[0].value


def test_an_old_failure_offers_no_retry_once_a_newer_run_exists(samples: Studio, open_page: Open) -> None:
    """Only the newest run of a location can be retried."""
    fault(samples, route="create", fault="refuse")
    (old,) = drive(samples, confirm(samples, 1))
    confirm(samples, 1)
    at = open_page("provisioning.py", runs=str(old.id))
    assert f"retry_{old.id}" not in [b.key for b in at.button]


def test_a_run_can_be_cancelled_while_nothing_is_paid(samples: Studio, open_page: Open) -> None:
    """Cancel is there before the motion, works, and gives the held credit back."""
    (run,) = confirm(samples, 1)
    at = open_page("provisioning.py", runs=str(run.id))
    at.button(key=f"cancel_{run.id}").click().run()
    assert "Cancel requested" in page_text(at)
    assert drive(samples, [run])[0].state == "cancelled"
    assert held(samples) == 0
    assert "Cancelled" in page_text(open_page("provisioning.py", runs=str(run.id)))


def test_a_retry_that_somebody_else_started_is_not_started_twice(samples: Studio, open_page: Open) -> None:
    """Clicking the stale button holds nothing more and raises nothing."""
    fault(samples, route="create", fault="refuse")
    (run,) = drive(samples, confirm(samples, 1))
    at = open_page("provisioning.py", runs=str(run.id))
    assert run.id is not None
    decisions.retry(samples, run.id, price=quotes.retry_price(samples, run), actor=ACTOR)
    at.button(key=f"retry_{run.id}").click().run()
    assert not at.exception
    assert held(samples) == 1_000_000


def test_an_unknown_outcome_is_a_state_of_its_own(samples: Studio, open_page: Open) -> None:
    """Neither failed nor running: the badge says it and the three answers are there."""
    run = unknown_run(samples, 1)
    at = open_page("provisioning.py", runs=str(run.id))
    text = page_text(at)
    assert ":orange-badge[:material/help: Outcome unknown]" in text
    assert "HeyGen cannot tell" in text
    assert f"retry_{run.id}" not in [b.key for b in at.button]
