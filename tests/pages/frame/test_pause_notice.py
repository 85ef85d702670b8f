"""Paid work is paused: every page says so once, and one button lets it go on."""

import pytest
from streamlit.testing.v1 import AppTest

from core.account import balance
from core.database.tables.runs import Run
from core.journal import breaker
from core.money import ledger
from core.people.roles import LOCAL_ADMIN
from core.runs import decisions
from core.studio import Studio
from tests.pages.conftest import ACTOR, Open, confirm, drive, fault, page_text, settings
from tests.pages.screen import figures, keys, links

PAGES = ["overview.py", "locations.py", "provisioning.py", "videos.py", "activity.py", "credits.py"]
TITLE = "Paid work is paused"
BUTTON = "resume_paid_work"


def paused(studio: Studio) -> list[Run]:
    """Two runs that wait for credits."""
    both = [*confirm(studio, 1), *confirm(studio, 2)]
    settings(studio, credits=0)
    found = drive(studio, both)
    assert [run.state for run in found] == ["paused", "paused"]
    return found


def notice(at: AppTest) -> str:
    """What the notice says; empty without one."""
    found = [alert.value for alert in at.warning if alert.proto.title == TITLE]
    assert len(found) <= 1
    return found[0] if found else ""


@pytest.mark.parametrize("page", [*PAGES, "settings.py"])
def test_every_page_says_once_that_paid_work_is_paused(samples: Studio, open_page: Open, page: str) -> None:
    """Since when, what it cost, how many runs wait, what to do; the page itself stands below."""
    paused(samples)
    at = open_page(page)
    assert page_text(at).count(TITLE) == 1
    assert "its credits do not suffice" in notice(at)
    assert "The refused call cost nothing, and 2 runs wait" in notice(at)
    assert "Add credits in HeyGen" in notice(at)
    assert at.title
    assert at.button(key=BUTTON).label == "Resume now"


def test_what_heygen_has_left_is_what_is_available(samples: Studio, open_page: Open) -> None:
    """The ledger had ten; HeyGen says that nothing is left, and so do the sidebar and the overview."""
    paused(samples)
    balance.refresh_after_run(samples)
    at = open_page("overview.py")
    assert figures(at)["Available"] == "0 credits"
    assert (at.metric[0].label, str(at.metric[0].value)) == ("Available", "0")


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_said_while_paid_work_goes_on(samples: Studio, open_page: Open, page: str) -> None:
    """No halt, no notice, no button."""
    drive(samples, confirm(samples, 1))
    at = open_page(page)
    assert TITLE not in page_text(at)
    assert BUTTON not in keys(at)


def test_resume_lets_the_runs_go_on_and_the_notice_leaves(samples: Studio, open_page: Open) -> None:
    """One click, on record with a name; each run is then paid once."""
    both = paused(samples)
    settings(samples, credits=5_000_000)
    at = open_page("overview.py")
    at.button(key=BUTTON).click().run()
    assert notice(at) == ""
    assert breaker.standing(samples.db) is None
    assert [run.state for run in drive(samples, both)] == ["done", "done"]
    at = open_page("activity.py", run=str(both[0].id))
    assert f"Paid work goes on :gray[({LOCAL_ADMIN.name})]" in page_text(at)
    with samples.db.read() as session:
        assert ledger.balances(session).spent == 2_000_000


def test_a_click_in_an_old_tab_changes_nothing(samples: Studio, open_page: Open) -> None:
    """Somebody else has resumed meanwhile: the notice simply leaves."""
    paused(samples)
    at = open_page("overview.py")
    settings(samples, credits=5_000_000)
    breaker.lift(samples.db, actor=ACTOR)
    at.button(key=BUTTON).click().run()
    assert notice(at) == ""
    assert not at.error


def test_the_notice_leads_to_the_paused_runs_and_to_credits(samples: Studio, open_page: Open) -> None:
    """A list of what waits, and in the sandbox the place where credits are added."""
    paused(samples)
    at = open_page("overview.py")
    assert links(at)["Show the paused runs"].endswith("activity_state=paused")
    assert "Refill the sandbox" in links(at)
    at = open_page("activity.py", activity_state="paused")
    assert "2 runs, newest first" in page_text(at)


def test_a_quota_is_not_called_credits(samples: Studio, open_page: Open) -> None:
    """HeyGen's plan has another limit that is used up: no credits are asked for."""
    fault(samples, route="motion", fault="refuse", status=429, code="quota_exceeded", message="Quota")
    drive(samples, confirm(samples, 1))
    at = open_page("overview.py")
    assert "a quota of its plan is used up" in notice(at)
    assert "credits" not in notice(at)


def test_a_paused_runs_card_says_why_and_can_be_cancelled(samples: Studio, open_page: Open) -> None:
    """State, reason and the next price; cancelling ends it at once, and the hold is back."""
    _, run = paused(samples)
    at = open_page("provisioning.py", runs=str(run.id))
    text = page_text(at)
    assert "Paused before its next paid step: HeyGen's credits are gone" in text
    assert "Goes on with: Motion" in text
    at.button(key=f"cancel_{run.id}").click().run()
    assert "Cancelled in time" in page_text(at)
    with samples.db.read() as session:
        assert ledger.balances(session).held == 0


def test_a_quote_says_why_it_cannot_be_confirmed(samples: Studio, open_page: Open) -> None:
    """The button is shut and the reason stands beside it."""
    paused(samples)
    at = open_page("provisioning.py", chosen="3")
    assert at.button(key="spend").disabled
    assert "Paid work is paused, because HeyGen says that its credits are gone" in page_text(at)


def test_a_notice_without_waiting_runs_still_resumes(samples: Studio, open_page: Open) -> None:
    """All of them were cancelled: the notice stays, because new work is refused, and counts none."""
    for run in paused(samples):
        decisions.request_cancel(samples, run.id or 0, actor=ACTOR)
    at = open_page("overview.py")
    assert "0 runs wait" in notice(at)
    assert "Show the paused runs" not in links(at)
    at.button(key=BUTTON).click().run()
    assert notice(at) == ""
