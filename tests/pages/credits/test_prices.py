"""Prices on the page Settings: changed with a reason, taken back, kept in their history, stale one day."""

import pytest
from streamlit.testing.v1 import AppTest

from core import clock
from core.money import prices
from core.studio import Studio
from tests.pages.conftest import ACTOR, Later, Open, confirm, page_text

CREDIT = 1_000_000
MOTION = "add_motion"


def opened(open_page: Open) -> AppTest:
    return open_page("settings.py", part="plan")


def typed(at: AppTest, credits: str, reason: str) -> AppTest:
    """The dialog of the motion's price, filled in and saved."""
    at.button(key="change_add_motion").click().run()
    at.text_input(key="price_of_add_motion").set_value(credits)
    at.text_input(key="reason_of_add_motion").set_value(reason)
    return at.button(key="save_price").click().run()


def set_price(studio: Studio, micro: int = 3 * CREDIT // 2, reason: str = "a new list") -> None:
    prices.override(studio.db, operation=MOTION, micro=micro, reason=reason, actor=ACTOR)


def test_a_price_is_changed_with_a_reason(studio: Studio, open_page: Open) -> None:
    """The dialog starts at the present price; after Save the row says the new one, why, who and when."""
    at = opened(open_page)
    at.button(key="change_add_motion").click().run()
    assert at.text_input(key="price_of_add_motion").value == "1"
    said = page_text(typed(at, "1,5", "HeyGen's list of *November*"))
    assert "Motion: **1.5 each**" in said
    assert f"HeyGen\\'s list of \\*November\\* – local administrator, {clock.now():%Y-%m-%d}" in said
    assert "Set by hand" in said
    assert studio.tariffs.price(MOTION) == 1_500_000


@pytest.mark.parametrize(
    ("credits", "reason", "said"),
    [
        ("2", "", "A price needs a reason"),
        ("two", "why", "“two” is no price"),
        ("-2", "why", "cannot be negative"),
        ("0.0000001", "why", "has too many digits"),
        ("99999", "why", "10,000 credits at most"),
    ],
)
def test_what_is_refused_is_said_in_the_dialog(
    studio: Studio, open_page: Open, credits: str, reason: str, said: str
) -> None:
    """One sentence, what was typed stays, and the price is the one before."""
    at = typed(opened(open_page), credits, reason)
    assert not at.exception
    assert said in at.error[0].value.replace("\\", "")
    assert at.text_input(key="price_of_add_motion").value == credits
    assert studio.tariffs.price(MOTION) == CREDIT


def test_the_published_price_is_one_click_away(studio: Studio, open_page: Open) -> None:
    """Only a price set by hand has the button; afterwards the file's source and date stand there again."""
    set_price(studio)
    at = opened(open_page)
    assert [key for key in (button.key for button in at.button) if str(key).startswith("published_")] == [
        "published_add_motion"
    ]
    said = page_text(at.button(key="published_add_motion").click().run())
    assert "Motion: **1 each**" in said
    assert "Set by hand" not in said
    assert studio.tariffs.price(MOTION) == CREDIT


def test_the_history_tells_every_price_with_who_and_when(studio: Studio, open_page: Open) -> None:
    """Read only when its fold is open; the newest first, with the one that counts now."""
    set_price(studio, 2 * CREDIT, "first")
    set_price(studio, 0, "second")
    at = opened(open_page)
    assert len(at.main.table) == 1
    at.session_state["price_changes"] = True
    told = at.run().main.table[1].value
    assert told[["Price", "Reason"]].to_numpy().tolist() == [
        ["Motion: free", "second"],
        ["Motion: 2 each", "first"],
    ]
    assert told["Until"].iloc[0] == "counts now"
    assert told["Until"].iloc[1].endswith(ACTOR.name)


def test_prices_of_the_file_carry_a_notice_after_ninety_days(
    studio: Studio, open_page: Open, later: Later
) -> None:
    """All of them but the one that was looked up since; it says how many and what to do."""
    later(days=200)
    set_price(studio, CREDIT, "looked up: the same")
    said = page_text(opened(open_page))
    assert "5 prices are older than 90 days" in said
    assert said.count("Older than 90 days]") == 5


def test_fresh_prices_carry_no_notice(studio: Studio, open_page: Open) -> None:
    """Nothing to warn of."""
    assert "older than 90 days" not in page_text(opened(open_page)).lower()


def test_a_quote_on_another_page_counts_with_the_new_price(samples: Studio, open_page: Open) -> None:
    """The price stands wherever one is named before a quote, too."""
    set_price(samples)
    said = page_text(open_page("locations.py", location="1"))
    assert "1.5 credits" in said


def test_what_is_free_no_longer_is_not_called_free(samples: Studio, open_page: Open) -> None:
    """Upload and group have prices of their own: the quote and the location's page count them in."""
    for operation in ("upload_asset", "create_group"):
        prices.override(samples.db, operation=operation, micro=CREDIT // 10, reason="new", actor=ACTOR)
    quoted = page_text(open_page("provisioning.py", chosen="1", motion="veo2"))
    assert "Upload and group cost 0.2 credits" in quoted
    assert "Upload and group are free" not in quoted
    assert "Making it costs 1.2 credits" in page_text(open_page("locations.py", location="1"))


def test_a_run_shows_the_price_it_was_confirmed_at(samples: Studio, open_page: Open) -> None:
    """The next step's price on its card is not the one of today."""
    confirm(samples, 1)
    prices.override(samples.db, operation="upload_asset", micro=7 * CREDIT, reason="new", actor=ACTOR)
    said = page_text(open_page("locations.py", location="1"))
    assert "Next: upload to HeyGen, free" in said
    assert "7 credits" not in said
