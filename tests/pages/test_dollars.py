"""The pages where money is in dollars and a motion comes with the video."""

from decimal import Decimal

import pandas as pd
import pytest

from core import amounts as money
from core.account import balance
from core.heygen import v2, v3
from core.quotes import avatars
from core.studio import Studio
from pages.parts.kit import motions, states, tables
from pages.parts.kit.words import amount, credits_of, exactly, money_page, sentence, short_amount, t
from pages.parts.provisioning import words
from tests.pages.conftest import Open, confirm
from tests.pages.kit.support import read
from tests.world import Over


@pytest.fixture
def dollars() -> None:
    """Money is in dollars; the next test begins in credits again."""
    money.use_unit(money.DOLLARS)


@pytest.fixture
def render(samples: Studio, dollars: None) -> Studio:
    """The samples in a world whose HeyGen takes dollars and applies motion when a video is made."""
    samples.client = Over(samples.client, traits=v3.TRAITS)
    return samples


def text(at) -> str:
    """Everything that stands on the page, tables too."""
    assert not at.exception, at.exception
    tables = [str(table.value.to_csv()) for table in at.main.table]
    words = [*at.markdown, *at.caption, *at.button, *at.title, *at.subheader, *at.metric, *at.error]
    said = [str(getattr(one, "label", "") or "") + " " + str(getattr(one, "value", "")) for one in words]
    return "\n".join([*said, *tables])


def test_amounts_in_english(dollars: None) -> None:
    """Cents, more digits where there are more, a short figure rounded down."""
    assert [amount(micro) for micro in (0, 1_200_000, -50_000, 1_234_567, 12_345_000_000)] == [
        *("$0.00", "$1.20", "-$0.05", "$1.234567", "$12,345.00"),
    ]
    assert [short_amount(micro) for micro in (1_239_000, 1, -1)] == ["$1.23", "<$0.01", "-<$0.01"]
    assert credits_of(1_500_000) == "$1.50"
    assert exactly("Held.", 1_234_567) == "Held. Exactly $1.234567."


def amounts() -> None:
    import streamlit as st

    from pages.parts.kit.words import amount

    for micro in (1_200_000, -50_000, 12_345_000_000):
        st.text(amount(micro))


def test_amounts_in_russian(dollars: None) -> None:
    """The sign stands behind the number, as a Russian reader expects it."""
    assert read(amounts, "ru") == ["1,20 $", "-0,05 $", "12 345,00 $"]


def test_sentences_say_dollars(dollars: None) -> None:
    """Whole amounts in sentences of core, the table's words on pages, the page's own name."""
    few = "Needed: {needed}, available: {available}."
    assert sentence(few, {"needed": 3_000_000, "available": 500_000}) == "Needed: $3.00, available: $0.50."
    assert (t("Credits a month"), money_page()) == ("Dollars a month", "Spending")


def test_files_name_the_unit(dollars: None) -> None:
    """A column of costs says what it is in, and holds bare numbers."""
    found = pd.DataFrame({"id": [1], "cost": [1_200_000]})
    assert tables.csv_file(found, {"id": "id", "cost": "cost_credits"}).decode("utf-8-sig") == (
        "id,cost_usd\r\n1,1.2\r\n"
    )
    money.use_unit(money.CREDITS)
    assert b"cost_credits" in tables.csv_file(found, {"id": "id", "cost": "cost_credits"})


def test_the_quote_says_that_the_motion_comes_with_the_video(render: Studio, open_page: Open) -> None:
    """The cards are free, the line says why, and the button carries the amount."""
    said = text(open_page("provisioning.py", chosen="1,2"))
    assert "It is applied when a video is made, so it costs nothing here." in said
    assert "free · :violet[chosen]" in said
    assert "Upload and group cost $1.00. The motion is applied when the video is made" in said
    assert "Google Veo 2, applied when the video is made" in said
    assert "Spend $2.00 on 2 avatars" in said
    assert "credit" not in said.lower()


def test_the_confirmation_says_what_is_paid(render: Studio, open_page: Open) -> None:
    """The avatar, not the motion."""
    at = open_page("provisioning.py", chosen="1")
    at.button(key="spend").click().run()
    said = text(at)
    assert "**$1.00** will be held. Each avatar is paid when HeyGen accepts its photo" in said
    assert "The motion is applied when the video is made and costs nothing." in said


def test_a_free_quote_spends_nothing_on_its_button(render: Studio) -> None:
    """Another motion is a choice, and the button does not say that money is spent."""
    quote = avatars.quote(render, location_ids=[1], motion_type="kling", action="another_motion")
    made = avatars.Quote(**{**vars(quote), "lines": (avatars.replace(quote.lines[0], action="make"),)})
    assert words.spend_label(made) == "Change 1 motion, free"


def test_the_prices_page_sets_no_price_for_what_is_no_call(render: Studio, open_page: Open) -> None:
    """The motion stands there with its reason and without a button."""
    at = open_page("settings.py", part="plan")
    said = text(at)
    assert "Motion: **applied when the video is made**" in said
    assert "Avatar group: **$1.00 each**" in said
    assert "Video: **$3.00 a minute**" in said
    keys = {button.key for button in at.button}
    assert "change_create_group" in keys
    assert "change_add_motion" not in keys


@pytest.mark.parametrize("part", ["spending", "held", "budgets", "heygen", "calculator", "ledger", "plan"])
def test_the_page_of_the_money_is_in_dollars(render: Studio, open_page: Open, part: str) -> None:
    """Every section, with money held and without a word of credits."""
    balance.refresh(render)
    confirm(render, 1)
    at = open_page("credits.py", part=part)
    assert at.title[0].value == "Spending"
    said = text(at)
    assert "$9.00" in said
    assert "credit" not in said.lower()


def test_the_overview_is_in_dollars(render: Studio, open_page: Open) -> None:
    """The figures with their sign."""
    at = open_page()
    assert "$10.00" in [metric.value for metric in at.main.metric]
    assert "credit" not in text(at).lower()


def test_a_completed_motion_is_said_as_it_is(render: Studio) -> None:
    """Nobody made a motion beforehand; it comes with the video."""
    assert states.motion_looks()["completed"].word == "With the video"
    render.client = Over(render.client, traits=v2.TRAITS)
    assert states.motion_looks()["completed"].word == "Completed"


def test_a_motion_that_cannot_be_had_is_shown_and_cannot_be_chosen(samples: Studio, open_page: Open) -> None:
    """Its card says so; a link to it is refused, not answered with another one."""
    samples.client = Over(samples.client, traits=v2.TRAITS)
    at = open_page("provisioning.py", chosen="1")
    card = at.button(key="motion_minimax_hailuo_v1")
    assert card.disabled
    assert "not available here" in card.label
    assert not at.button(key="motion_minimax_hailuo_v2").disabled
    at = open_page("provisioning.py", chosen="1", motion="minimax_hailuo_v1")
    assert "has no motion of the type" in at.error[0].value
    assert "spend" not in {button.key for button in at.button}
    assert motions.not_offered(samples) == "Not available here: Minimax Hailuo 1"


def test_a_video_page_refuses_it_too(samples: Studio, open_page: Open) -> None:
    """The list has no such type, and the page says that the link's one cannot be had."""
    samples.client = Over(samples.client, traits=v2.TRAITS)
    at = open_page("videos.py", chosen="1", motion="minimax_hailuo_v1")
    assert any("has no motion of the type" in error.value for error in at.error)
    assert "Minimax Hailuo 1" not in at.selectbox(key="video_motion").options


def test_the_calculator_counts_dollars(render: Studio, open_page: Open) -> None:
    """An avatar and a minute of video."""
    at = open_page("credits.py", part="calculator")
    assert at.main.metric[-1].value == amount(int(Decimal("4") * money.MICRO))
