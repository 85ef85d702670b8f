"""Words, names and times as the pages show them."""

from datetime import date

import pytest

from core import clock
from core.errors import BadInput
from core.heygen.errors import ADD_MOTION_FAILED, Refused
from pages.parts.kit.words import (
    adding_up,
    day_name,
    escape,
    exactly,
    name_of,
    percent,
    say,
    short_amount,
    short_credits,
)


@pytest.mark.parametrize(
    "name", ["**bold**", "[x](y)", ":red[z]", "`code`", "<b>b</b>", "$a$", "1. x", "a_b_c"]
)
def test_markup_in_a_name_is_escaped_letter_by_letter(name: str) -> None:
    """Every ASCII mark of a name stands behind a backslash."""
    escaped = escape(name)
    assert escaped.replace("\\", "").replace("\u2060", "") == name
    for place, char in enumerate(escaped):
        if char in "*[]():`<>$._":
            assert escaped[place - 1] == "\\"


@pytest.mark.parametrize(
    "name", [":tada:", ":material/check:", "a -> b", "www.example.com", "https://x.y", "a@b.c"]
)
def test_what_streamlit_transforms_behind_a_backslash_is_broken_by_a_joiner(name: str) -> None:
    """Shortcodes, arrows and addresses survive a backslash, so an invisible joiner splits them."""
    assert "\u2060" in escape(name)


@pytest.mark.parametrize("name", ["Mila Hart", "Кухня", "北京", "Café 2"])
def test_a_plain_name_stays_as_it_is(name: str) -> None:
    """Letters of any script, digits and spaces are not touched."""
    assert escape(name) == name
    assert name_of(name, "x") == f"{name} – x"


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\x1b", "\x07", "\u2028", "\ud83d"])
def test_what_would_turn_a_page_round_is_shown(sign: str) -> None:
    """HeyGen's words and a file's cells may hold what a name may not: it is written out."""
    shown = escape(f"a{sign}b")
    assert sign not in shown
    assert shown.replace("\\", "")[1:-1] == sign.encode("unicode_escape").decode()[1:]
    assert escape("\u200fدانا") == "\u200fدانا"


@pytest.mark.parametrize(
    ("micro", "figure", "said"),
    [
        (0, "0", "0 credits"),
        (1, "<0.01", "<0.01 credits"),
        (9_999, "<0.01", "<0.01 credits"),
        (10_000, "0.01", "0.01 credits"),
        (195_000, "0.19", "0.19 credits"),
        (999_999, "0.99", "0.99 credits"),
        (1_000_000, "1", "1 credit"),
        (1_001_000, "1", "1 credit"),
        (1_234_567_890, "1,234.56", "1,234.56 credits"),
        (-1, "-<0.01", "-<0.01 credits"),
        (-333_333, "-0.33", "-0.33 credits"),
    ],
)
def test_a_figure_has_two_decimals_and_never_says_more_than_there_is(
    micro: int, figure: str, said: str
) -> None:
    """What is less than its last decimal is not nothing."""
    assert (short_credits(micro), short_amount(micro)) == (figure, said)


@pytest.mark.parametrize(
    ("micros", "shown"),
    [
        ((6_973_776, 3_026_224), [6_970_000, 3_030_000]),
        ((3_333_333, 3_333_333, 3_333_334), [3_330_000, 3_330_000, 3_340_000]),
        ((10_000_000, 0), [10_000_000, 0]),
        ((0, 4_000), [0, 0]),
    ],
)
def test_figures_beside_each_other_come_to_their_sum(micros: tuple[int, ...], shown: list[int]) -> None:
    """6.97 and 3.03 of 10: never 6.97 and 3.02."""
    assert adding_up(*micros) == shown
    assert sum(shown) == sum(micros) // 10_000 * 10_000


def test_the_exact_figure_stands_in_the_help_where_it_differs() -> None:
    """Only there, so that a help does not repeat the figure."""
    assert exactly("Set aside.", 1_500_000) == exactly("Set aside.", None) == "Set aside."
    assert exactly("Set aside.", 1_234_567) == "Set aside. Exactly 1.234567 credits."
    assert exactly("", 1) == "Exactly 0.000001 credits."
    assert exactly("", 1_000_000) == ""
    assert percent(0.285) == "28%"


def test_a_day_has_its_year_where_it_is_another() -> None:
    """As people say it."""
    year = clock.now().year
    assert day_name(date(year, 12, 2)) == "December 2"
    assert day_name(date(year + 1, 1, 2)) == f"January 2, {year + 1}"


def test_an_error_is_said_with_its_failure_name_and_escaped_values() -> None:
    """The brief's name comes first; what a person typed into the sentence is escaped."""
    assert say(Refused("HeyGen said no.", name=ADD_MOTION_FAILED)) == "Add motion failed: HeyGen said no."
    assert say(BadInput("The name {name} is taken.", name="*x*")) == "The name \\*x\\* is taken."
