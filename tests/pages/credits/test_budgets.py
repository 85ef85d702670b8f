"""Budgets on pages: how far each is used, how one is set, changed and removed, and where it warns."""

import pytest
from streamlit.testing.v1 import AppTest

from core import clock
from core.account import balance
from core.database.tables.money import Budget
from core.money import budgets
from core.studio import Studio
from tests.books import CREDIT, Books
from tests.pages.conftest import ACTOR, Later, Open, confirm, page_text, settings
from tests.people import somebody


@pytest.fixture
def section(samples: Studio, open_page: Open) -> AppTest:
    """The section before there is any budget."""
    return open_page("credits.py", part="budgets")


def give(
    studio: Studio, credits: float, *, scope: str = "team", target: str = "", hard: bool = False
) -> Budget:
    return budgets.set_budget(
        studio.db,
        scope=scope,
        target=target,
        micro=round(credits * CREDIT),
        hard=hard,
        reason="as *agreed*",
        actor=ACTOR,
    )


def spend(studio: Studio, credits: float, actor: str = ACTOR.name) -> None:
    day = f"{clock.now():%Y-%m-%d}"
    Books(studio.db).entry("overrun", -round(credits * CREDIT), day, run_id=None, actor=actor)


def save(at: AppTest) -> AppTest:
    return at.button(key="budget_save").click().run()


def only(studio: Studio) -> budgets.Standing:
    (one,) = budgets.standing(studio.db)
    return one


def test_no_budget_says_what_one_is(section: AppTest) -> None:
    """The empty section explains budgets and offers the one action."""
    text = page_text(section)
    assert "There is no budget yet." in text
    assert "a hard one also refuses" in text
    assert "Add budget" in text


@pytest.mark.parametrize(
    ("spent", "word"),
    [
        (7, "Within budget"),
        (7.5, "Three quarters used"),
        (9, "Nearly used up"),
        (10, "Used up"),
        (10.5, "Over budget"),
    ],
)
def test_a_row_says_its_level_in_words(samples: Studio, open_page: Open, spent: float, word: str) -> None:
    """A level is a word with colour and icon; the figures stand beside the bar."""
    give(samples, 10)
    spend(samples, spent)
    text = page_text(open_page("credits.py", part="budgets"))
    assert f": {word}]" in text
    assert f"{spent:g} of 10 credits spent" in text
    assert "Only warns" in text


def test_what_is_held_is_named_and_what_is_over(samples: Studio, open_page: Open) -> None:
    """Spent and held stand apart; beyond the limit the row says by how much."""
    give(samples, 2, scope="person", target="<Kim>_*")
    confirm(samples, 1, 2)
    give(samples, 1, scope="person", target=ACTOR.name)
    spend(samples, 0.123456)
    text = page_text(open_page("credits.py", part="budgets"))
    assert "2.12 of 1 credit: 0.12 spent, 2 held · 1.12 credits over" in text
    assert r"\<Kim\>\_\*" in text


def test_a_budget_is_added_for_the_team(samples: Studio, section: AppTest) -> None:
    """Button, figure, kind and reason: the budget is in force and on the page."""
    section.button(key="add_budget").click().run()
    section.number_input(key="budget_credits_team_").set_value(12.5)
    section.radio(key="budget_hard_team_").set_value(True)
    section.text_input(key="budget_reason_team_").set_value("the winter's plan")
    save(section)
    assert (only(samples).limit, only(samples).hard) == (12_500_000, True)
    assert "0 of 12.5 credits spent" in page_text(section)
    assert not section.get("dialog") or "budget_save" not in [button.key for button in section.button]


@pytest.mark.parametrize(("scope", "target"), [("blogger", "1"), ("person", "local administrator")])
def test_a_budget_is_added_for_somebody(samples: Studio, section: AppTest, scope: str, target: str) -> None:
    """Another scope asks for whom, and offers those who are known."""
    section.button(key="add_budget").click().run()
    section.segmented_control(key="budget_scope").set_value(scope).run()
    section.selectbox(key=f"budget_{scope}").set_value(target).run()
    save(section)
    assert (only(samples).scope, only(samples).target) == (scope, target)


def test_a_hard_budget_is_changed_with_a_reason_only(samples: Studio, open_page: Open) -> None:
    """The refusal is said in the dialog, what was typed stays, and with a reason it is saved."""
    there = give(samples, 5, hard=True)
    at = open_page("credits.py", part="budgets")
    at.button(key=f"change_budget_{there.id}").click().run()
    at.number_input(key="budget_credits_team_").set_value(6.0)
    save(at)
    assert "Say why, for the record." in page_text(at)
    assert only(samples).limit == 5 * CREDIT
    at.text_input(key="budget_reason_team_").set_value("a campaign")
    save(at)
    assert only(samples).limit == 6 * CREDIT


def test_a_limit_below_what_is_used_is_pointed_out(samples: Studio, open_page: Open) -> None:
    """Before it is saved: everything that costs something would be refused."""
    there = give(samples, 5)
    spend(samples, 3)
    at = open_page("credits.py", part="budgets")
    at.button(key=f"change_budget_{there.id}").click().run()
    assert "refused" not in " ".join(warning.value for warning in at.warning)
    at.number_input(key="budget_credits_team_").set_value(3.0)
    at.radio(key="budget_hard_team_").set_value(True).run()
    assert "until next month" in page_text(at)


def test_a_budget_is_removed_and_stays_in_the_history(samples: Studio, open_page: Open) -> None:
    """Removed with its reason; the fold tells who set it, who removed it and why, letter by letter."""
    there = give(samples, 5, hard=True)
    at = open_page("credits.py", part="budgets")
    assert not at.main.table, "a closed history was read"
    at.button(key=f"change_budget_{there.id}").click().run()
    at.text_input(key="budget_remove_reason").set_value("season over")
    at.button(key="budget_remove").click().run()
    assert budgets.standing(samples.db) == []
    at.session_state["budget_changes"] = True
    text = page_text(at.run())
    assert "There is no budget yet." in text
    assert "season over" in text
    assert r"as \*agreed\*" in text
    assert "local administrator" in text


def test_a_removed_budget_cannot_be_changed(samples: Studio, open_page: Open) -> None:
    """Somebody else removed it while the dialog was about to open."""
    there = give(samples, 5)
    at = open_page("credits.py", part="budgets")
    budgets.end_budget(samples.db, there.id or 0, actor=somebody("Dana"))
    at.button(key=f"change_budget_{there.id}").click().run()
    assert "removed meanwhile" in page_text(at)


def test_the_last_month_can_be_looked_at(samples: Studio, open_page: Open, later: Later) -> None:
    """Budgets of this month were not in force then; nothing of the past can be changed."""
    there = give(samples, 5)
    at = open_page("credits.py", part="budgets")
    at.segmented_control(key="budgets_month").set_value("last").run()
    assert "No budget was in force at the end of that month." in page_text(at)
    later(days=40)
    at.run()
    assert "0 of 5 credits spent" in page_text(at)
    assert f"change_budget_{there.id}" not in [button.key for button in at.button]


def test_the_overview_says_which_budgets_run_out(samples: Studio, open_page: Open) -> None:
    """From 75 % on a budget needs attention; the one that is used most stands first."""
    give(samples, 10, hard=True)
    give(samples, 10, scope="person", target=ACTOR.name)
    spend(samples, 7)
    assert "Needs attention" not in page_text(open_page())
    spend(samples, 1)
    spend(samples, 1, "somebody else")
    text = page_text(open_page())
    assert text.index("**The team's budget: 90%**") < text.index("**Budget of tester: 80%**")
    assert "Nearly used up" in text
    assert "What would pass it is refused." in text
    assert "It only warns, so nothing is refused." in text
    assert "Open budgets" in text


def test_the_overview_names_the_teams_budget_whatever_else_runs_out(samples: Studio, open_page: Open) -> None:
    """Three budgets stand in full, the team's among them; the others are counted."""
    give(samples, 40)
    for n in range(4):
        give(samples, 5, scope="person", target=f"Person {n}")
        spend(samples, 8 + n, f"Person {n}")
    text = page_text(open_page())
    assert "**The team's budget: 95%**" in text
    assert "**Budget of Person 3: 220%**" in text
    assert "and 2 more budgets" in text


def test_a_quote_shows_how_far_it_takes_a_budget(samples: Studio, open_page: Open) -> None:
    """The warning stands beside the money and holds nothing up."""
    give(samples, 2)
    at = open_page("provisioning.py", chosen="1,2", motion="veo2")
    assert "This takes the team's budget for this month to 100 %." in page_text(at)
    assert not at.button(key="spend").disabled
    at.button(key="spend").click().run()
    assert len([one for one in at.warning if "to 100 %" in one.value]) == 2, "the dialog does not say it"


def test_a_quote_that_passes_a_hard_budget_is_held_up(samples: Studio, open_page: Open) -> None:
    """The card names the budget in red and the button waits."""
    give(samples, 1, scope="person", target="local administrator", hard=True)
    settings(samples, credits=50 * CREDIT)
    balance.refresh(samples)
    at = open_page("provisioning.py", chosen="1,2", motion="veo2")
    assert "The budget of local administrator for this month does not cover this." in page_text(at)
    assert at.button(key="spend").disabled
