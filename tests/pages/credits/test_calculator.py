"""The calculator on the page Credits: instant, exact, in the address, and it spends nothing."""

import pytest
from streamlit.testing.v1 import AppTest

from core.money import prices
from core.money.ledger import balances
from core.studio import Studio
from tests.pages.conftest import ACTOR, Later, Open, confirm, drive, page_text
from tests.pages.screen import tables

CREDIT = 1_000_000


def opened(open_page: Open, **query: str) -> AppTest:
    return open_page("credits.py", part="calculator", **query)


def breakdown(at: AppTest) -> list[list[str]]:
    table = next(table.value for table in at.main.table if "How many" in table.value.columns)
    return table.to_numpy().tolist()


def total(at: AppTest) -> str:
    return next(one.value for one in at.main.metric if one.label == "Total").replace("\u00a0", " ")


def test_the_briefs_case(studio: Studio, open_page: Open) -> None:
    """It begins with one avatar with motion and a minute of video: 1 and 0.2 credits."""
    at = opened(open_page)
    page_text(at)
    assert total(at) == "1.2 credits"
    assert breakdown(at) == [
        ["Upload of a photo", "1", "free", "free"],
        ["Avatar group", "1", "free", "free"],
        ["Motion, Google Veo 2", "1", "1 each", "1\u00a0credit"],
        ["Video, 60 s", "1", "0.2 a minute", "0.2\u00a0credits"],
    ]
    assert {"Available now": "10\u00a0credits", "Available afterwards": "8.8\u00a0credits"} in tables(at)


def test_it_follows_what_is_typed_and_spends_nothing(studio: Studio, open_page: Open) -> None:
    """Three locations, two videos of 47 seconds each: to the micro-credit, and the ledger is as before."""
    with studio.db.read() as session:
        before = balances(session)
    at = opened(open_page)
    at.number_input(key="calc_locations_input").set_value(3)
    at.number_input(key="calc_videos_input").set_value(2)
    at.number_input(key="calc_seconds_input").set_value(47).run()
    assert total(at) == "3.940002 credits"
    with studio.db.read() as session:
        assert balances(session) == before


def test_avatars_that_are_there_cost_nothing(studio: Studio, open_page: Open) -> None:
    """Only the videos are counted, and no group is taken."""
    at = opened(open_page)
    at.number_input(key="calc_locations_input").set_value(5)
    at.selectbox(key="calc_motion_input").set_value("there").run()
    assert [line[0] for line in breakdown(at)] == ["Video, 60 s"]
    assert total(at) == "1 credit"
    assert "Avatar groups afterwards: 0 of 3" in page_text(at)


def test_a_plan_of_nothing_says_so(studio: Studio, open_page: Open) -> None:
    """No avatar to make and no video: no empty table, and the total is nothing."""
    at = opened(open_page, calc_motion="there", calc_videos="0")
    assert "Nothing is made, so nothing is paid" in page_text(at)
    assert total(at) == "0 credits"


def test_a_link_opens_the_same_plan(studio: Studio, open_page: Open) -> None:
    """What was typed stands in the address, and the address is what a colleague gets."""
    at = opened(open_page)
    at.number_input(key="calc_locations_input").set_value(2)
    at.selectbox(key="calc_motion_input").set_value("kling").run()
    query = {name: at.query_params[name] for name in at.query_params if name.startswith("calc_")}
    assert query == {"calc_locations": "2", "calc_motion": "kling"}
    linked = opened(open_page, **query)
    assert linked.number_input(key="calc_locations_input").value == 2
    assert breakdown(linked)[2][:2] == ["Motion, Kling AI", "2"]


@pytest.mark.parametrize("wrong", ["x", "-3", "99999", "9" * 5000, "1.5", "٣"])
def test_a_link_that_makes_no_sense_is_passed_over(studio: Studio, open_page: Open, wrong: str) -> None:
    """The calculator opens all the same, within its limits."""
    at = opened(open_page, calc_locations=wrong, calc_seconds=wrong, calc_motion=wrong)
    page_text(at)
    assert at.number_input(key="calc_locations_input").value in (1, 3, 10_000)


def test_it_says_what_the_account_and_the_plan_lack(studio: Studio, open_page: Open) -> None:
    """More than is available, more groups and motions than the plan has, a video longer than it allows."""
    at = opened(open_page, calc_locations="12", calc_seconds="240")
    said = page_text(at)
    assert "Missing: 11.6 credits" in said
    assert "This makes 12 avatar groups and the plan allows 3 (0 are used)" in said
    assert "names 3 motions a month, and this makes it 12" in said
    assert "The plan allows 3 min 0 s for one video" in said
    assert "includes 60 seconds of video a month, 60 are left" in said


def test_groups_and_motions_of_this_month_count(samples: Studio, open_page: Open) -> None:
    """One avatar is made already: one group and one motion more than asked for."""
    drive(samples, confirm(samples, 1))
    said = page_text(opened(open_page, calc_locations="3"))
    assert "This makes 4 avatar groups and the plan allows 3 (1 are used)" in said
    assert "this makes it 4" in said


def test_a_price_set_by_hand_counts(studio: Studio, open_page: Open) -> None:
    """The calculator and the next quote say the same."""
    prices.override(studio.db, operation="add_motion", micro=2_500_000, reason="a new list", actor=ACTOR)
    assert total(opened(open_page)) == "2.7 credits"


def test_an_old_price_is_said(studio: Studio, open_page: Open, later: Later) -> None:
    """With the way to the prices."""
    later(days=200)
    assert "A price in this is older than 90 days" in page_text(opened(open_page))


def test_without_a_balance_nothing_is_said_of_what_stays(data_dir: object, open_page: Open) -> None:
    """HeyGen was never reached: the cost stands there, the balance does not."""
    at = opened(open_page)
    said = page_text(at)
    assert total(at) == "1.2 credits"
    assert "balance is not known yet" in said
    assert "Available afterwards" not in said
