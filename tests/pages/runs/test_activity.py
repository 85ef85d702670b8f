"""Activity: all runs, one run step by step, and the three answers."""

import pytest

from core.account import balance
from core.bloggers.editing import get_location
from core.database.tables.heygen import Copied
from core.quotes import avatars
from core.reports import runs
from core.runs import decisions, retry
from core.runs.confirm import confirm as confirm_quote
from core.studio import Studio
from tests.pages.conftest import ACTOR, Open, confirm, drive, fault, page_text, settings, unknown_run
from tests.pages.screen import data_of, keys
from tests.people import somebody
from tests.world import retry_price


def test_no_run_yet_points_to_making_one(studio: Studio, open_page: Open) -> None:
    """The empty list says when a run begins and leads there."""
    at = open_page("activity.py")
    assert "There are no runs yet" in page_text(at)
    assert "Make avatars" in [link.label for link in at.page_link]


def test_runs_are_listed_newest_first_with_state_and_cost(samples: Studio, open_page: Open) -> None:
    """A row says what, for whom, in which state, cost and who."""
    drive(samples, confirm(samples, 1))
    confirm(samples, 2)
    rows = open_page("activity.py").dataframe[0].value.to_dict("records")
    assert [row["run"].split()[-1] for row in rows] == ["2", "1"]
    assert [list(row["state"]) for row in rows] == [["queued"], ["done"]]
    assert [row["cost"] for row in rows] == ["0", "1"]
    assert [row["location"] for row in rows] == ["Mila Hart – Cafe", "Mila Hart – Studio"]
    assert (rows[0]["kind"], rows[0]["actor"]) == ("Make avatar", "tester")


def test_a_run_shows_the_briefs_lines_and_every_call(samples: Studio, open_page: Open) -> None:
    """The lines stand word for word; each call has its attempt, state, request and answer, never the key."""
    (run,) = drive(samples, confirm(samples, 1))
    at = open_page("activity.py", run=str(run.id))
    history = next(block.value for block in at.markdown if "Step 1" in block.value).replace("\\", "")
    for line in (
        ">>> Avatar ID not configured, creating Photo Avatar automatically...",
        ">>> Step 1: Uploading asset to HeyGen...",
        ">>> Step 2: Creating Photo Avatar Group...",
        ">>> Step 3: Adding motion to avatar...",
        ">>> Motion added successfully",
        ">>> Saved avatar_id to location for future use",
        f">>> Photo Avatar created successfully: {get_location(samples.db, location_id=1).heygen_avatar_id}",
    ):
        assert line in history.replace("\u2060", "")
    assert [expander.label for expander in at.expander] == [
        "Upload asset · attempt 1 · Confirmed",
        "Create group · attempt 1 · Confirmed",
        "Add motion · attempt 1 · Confirmed",
    ]
    bodies = "".join(json.value for json in at.json)
    assert '"veo2"' in bodies
    assert bodies.count('"X-Api-Key": "***"') == 3
    assert samples.settings.api_key not in bodies
    assert "tester" in page_text(at)


def test_the_steps_are_bars_with_their_money(samples: Studio, open_page: Open) -> None:
    """Four steps, one chart that says how long it took, and the run's own lines of the ledger."""
    (run,) = drive(samples, confirm(samples, 1))
    at = open_page("activity.py", run=str(run.id))
    text = page_text(at)
    for step in ("Upload", "Group", "Motion", "Save"):
        assert f"**{step}** :green-badge[:material/check_circle: Done]" in text
    (chart,) = at.get("vega_lite_chart")
    assert "How long each step took" in chart.proto.alt
    assert "Spent: **1 credit** · still held: **0 credits**" in text
    ledger = next(table.value for table in at.table if "Entry" in table.value.columns)
    assert list(ledger["Credits"]) == ["1", "1"]


def test_a_failed_run_says_why_and_what_was_spent(samples: Studio, open_page: Open) -> None:
    """HeyGen took the credit and failed: the page says so; both tries of a retry stand in their step."""
    fault(samples, route="motion", fault="motion_fails")
    (run,) = drive(samples, confirm(samples, 1))
    assert run.id is not None
    text = page_text(open_page("activity.py", run=str(run.id)))
    assert "HeyGen accepted the motion and then could not make it" in text
    assert "Spent: **1 credit** · still held: **0 credits**" in text
    assert "**Motion** :red-badge[:material/error: Failed]" in text
    retry.retry(samples.db, run.id, price=retry_price(samples, run), actor=somebody("Dana"))
    drive(samples, [run])
    at = open_page("activity.py", run=str(run.id))
    assert "Add motion · attempt 2 · Confirmed" in [expander.label for expander in at.expander]
    assert "Time in which the run waited for a person is left out." in page_text(at)


def test_a_live_run_refreshes_and_a_finished_one_does_not(samples: Studio, open_page: Open) -> None:
    """The page says that it refreshes only while the run moves."""
    (run,) = confirm(samples, 1)
    assert "refreshes every second" in page_text(open_page("activity.py", run=str(run.id)))
    drive(samples, [run])
    assert "refreshes every second" not in page_text(open_page("activity.py", run=str(run.id)))


def test_a_step_under_way_is_done_in_no_bar(samples: Studio, open_page: Open) -> None:
    """After an answer its work is two stretches, and both are of a step that goes on."""
    run = unknown_run(samples, 1)
    decisions.check_again(samples.db, run.id or 0, actor=ACTOR)
    (chart,) = open_page("activity.py", run=str(run.id)).get("vega_lite_chart")
    bars = data_of(chart)
    motion = bars[bars["step"] == "Motion"]
    assert len(motion) > 2
    assert set(motion["word"]) == {"Failed", "Outcome unknown"}


def test_a_refused_call_shows_heygens_status(samples: Studio, open_page: Open) -> None:
    """The refused call carries its HTTP status and the reason."""
    fault(samples, route="create", fault="refuse", status=400, code=40004)
    (run,) = drive(samples, confirm(samples, 1))
    text = page_text(open_page("activity.py", run=str(run.id)))
    assert "Refused" in text
    assert "400" in text
    assert "Avatar group creation failed" in text


def test_check_again_lets_the_studio_look_once_more(samples: Studio, open_page: Open) -> None:
    """The question stays and says what goes on; HeyGen still cannot tell, and that is said with its time."""
    run = unknown_run(samples, 1)
    at = open_page("activity.py", run=str(run.id))
    at.button(key=f"check_{run.id}").click().run()
    assert "did HeyGen do it?" in at.warning[0].proto.title
    assert "Looking at HeyGen once more" in page_text(at)
    assert f"check_{run.id}" not in keys(at)
    assert drive(samples, [run])[0].state == "unknown"
    text = page_text(open_page("activity.py", run=str(run.id)))
    assert "just now · HeyGen cannot tell: the avatar had a motion before" in text
    assert "It is not known whether HeyGen did it" in text


def test_a_call_that_was_only_looked_for_is_not_called_sent(samples: Studio, open_page: Open) -> None:
    """In data that were a backup the question says so, and that the Studio may have asked since."""
    drive(samples, confirm(samples, 1))
    quote = avatars.quote(samples, location_ids=[1], motion_type="kling", action="another_motion")
    (run,) = confirm_quote(samples, quote, actor=ACTOR)
    with samples.db.write() as session:
        session.add(Copied(last_location=99, last_run=99, last_operation=99))
    assert drive(samples, [run])[0].state == "unknown"
    at = open_page("activity.py", run=str(run.id))
    assert "restored from a backup" in at.warning[0].value
    assert "may have asked HeyGen to add motion to the avatar since" in at.warning[0].value
    assert "The answer was lost" not in page_text(at)


@pytest.mark.parametrize(("taken", "said"), [(1, "it probably happened"), (0, "it probably did not happen")])
def test_heygens_balance_tells_what_probably_happened(
    samples: Studio, open_page: Open, taken: int, said: str
) -> None:
    """One credit is missing, as the motion costs, or none; while another run moves it tells nothing."""
    run = unknown_run(samples, 1)
    settings(samples, credits=(9 - taken) * 1_000_000)
    balance.refresh_after_run(samples)
    at = open_page("activity.py", run=str(run.id))
    assert said in at.warning[0].value
    confirm(samples, 2)
    assert "probably" not in open_page("activity.py", run=str(run.id)).warning[0].value


def test_it_did_not_happen_goes_on_with_a_new_attempt(samples: Studio, open_page: Open) -> None:
    """The lost call counts as never made, and the run goes on to its end."""
    run = unknown_run(samples, 1)
    at = open_page("activity.py", run=str(run.id))
    at.button(key=f"absent_{run.id}").click().run()
    assert "Never made" in page_text(at)
    assert drive(samples, [run])[0].state == "done"


def test_the_entered_id_is_adopted(samples: Studio, open_page: Open) -> None:
    """The id of the avatar is filled in; using it captures the credit and the run goes on."""
    run = unknown_run(samples, 1)
    at = open_page("activity.py", run=str(run.id))
    look_id = get_location(samples.db, location_id=1).heygen_look_id
    field = at.text_input(key=f"avatar_id_{run.id}")
    assert field.value == look_id
    field.set_value("another")
    next(b for b in at.form_submit_button if b.label == "Use this id").click().run()
    assert "That is not the id" in at.error[0].value
    at.text_input(key=f"avatar_id_{run.id}").set_value(look_id)
    next(b for b in at.form_submit_button if b.label == "Use this id").click().run()
    assert drive(samples, [run])[0].state == "done"
    assert list(runs.runs(samples.db)["cost"]) == [2_000_000]
