"""Where HeyGen's prices are in dollars: amounts, prices and sentences, and nothing of it meets a credit."""

import re
from datetime import date
from pathlib import Path

import pytest

from core import amounts
from core.config import load
from core.database.engine import open_database
from core.errors import BadInput, StartRefused
from core.heygen import v2, v3
from core.heygen.errors import UnsupportedMotion
from core.heygen.motions import MOTION_TYPES, available
from core.locale.dollars import _SENTENCES, in_unit
from core.money import prices, tariffs
from core.quotes import avatars, videos
from core.quotes.video_lines import VideoWish
from tests.locale.code import sentences
from tests.people import somebody
from tests.world import Over, World

#: Sentences about credits that stay as they are.
STAY = {
    "{n} credit": "an amount in dollars has a sign and no noun",
    "The team's workflow: API credits": "the source of prices in credits",
    "HeyGen takes the motion and the credit, then fails to make it": "a motion costs only credits",
    "The run fails with “Add motion failed” after a while. 1 credit is spent: HeyGen took it. Retry goes "
    "on at the motion and says what that costs.": "a motion costs only credits",
    "This HeyGen account pays in credits of a web plan, but the prices of v3 are US dollars, so the two "
    "cannot be compared. Nothing was spent. Use the key of an account with an API wallet.": "it names both",
}


@pytest.fixture
def dollars() -> None:
    """Money is in dollars; the next test begins in credits again."""
    amounts.use_unit(amounts.DOLLARS)


@pytest.fixture
def render(world: World, dollars: None) -> World:
    """A world whose HeyGen takes dollars and applies motion when a video is made."""
    world.studio.client = Over(world.studio.client, traits=v3.TRAITS)
    return world


@pytest.mark.parametrize(
    ("micro", "text"),
    [
        (0, "$0.00"),
        (1, "$0.000001"),
        (50_000, "$0.05"),
        (1_200_000, "$1.20"),
        (3_000_000, "$3.00"),
        (-1_234_567, "-$1.234567"),
        (-1_000_000, "-$1.00"),
        (12_000_000_000, "$12000.00"),
    ],
)
def test_an_amount_is_in_dollars_and_cents(dollars: None, micro: int, text: str) -> None:
    """Two decimals, more only where there are more, and never a noun."""
    assert amounts.amount(micro) == amounts.credits_text(micro) == text


def test_files_and_fields_have_the_bare_number(dollars: None) -> None:
    """What a machine or a field reads has neither sign nor noun, in both units."""
    assert [amounts.plain(micro) for micro in (1_200_000, -50_000, 0)] == ["1.2", "-0.05", "0"]


@pytest.mark.parametrize(("unit", "step"), [(amounts.CREDITS, 16_667), (amounts.DOLLARS, 10_000)])
def test_the_least_step_of_heygens_balance(dollars: None, unit: str, step: int) -> None:
    """A sixtieth of a credit, rounded up; a cent."""
    amounts.use_unit(unit)
    assert amounts.least_step() == step


def test_the_published_prices_in_dollars(dollars: None) -> None:
    """An avatar is 1.00, a minute of video 3.00; a motion is no call of its own."""
    known = tariffs.load().prices
    assert {name: (price.micro_credits, price.per) for name, price in known.items()} == {
        "upload_asset": (0, "call"),
        "create_group": (1_000_000, "call"),
        "add_motion": (0, tariffs.NOTHING),
        "generate_video": (3_000_000, "minute"),
    }
    assert tariffs.for_length(known["generate_video"].micro_credits, 1000) == 50_000
    assert all(price.source and isinstance(price.as_of, date) for price in known.values())


def test_only_prices_of_the_worlds_own_unit_are_loaded(dollars: None) -> None:
    """What a process can add up is in one unit, whichever was loaded first."""
    units = []
    for unit in (amounts.CREDITS, amounts.DOLLARS, amounts.CREDITS):
        amounts.use_unit(unit)
        units.append({price.unit for price in tariffs.load().prices.values()})
    assert units == [{"credits"}, {"usd"}, {"credits"}]


def test_data_in_credits_are_never_opened_in_dollars(tmp_path: Path) -> None:
    """Prices set by hand and the ledger live in a database of one unit: its stamp keeps the other out."""
    open_database(load({"DATA_DIR": str(tmp_path)}, None)).close()
    with pytest.raises(StartRefused):
        open_database(load({"DATA_DIR": str(tmp_path), "HEYGEN_DIALECT": "v3"}, None))


def test_what_is_no_call_has_no_price_to_set(render: World) -> None:
    """A price of the motion would be held and never be spent."""
    with pytest.raises(BadInput, match="has no price"):
        prices.override(render.studio.db, operation="add_motion", micro=1, reason="x", actor=somebody("x"))
    prices.override(
        render.studio.db, operation="create_group", micro=1_320_000, reason="help page", actor=somebody("x")
    )
    assert render.studio.tariffs.avatar == 1_320_000


def test_a_price_may_be_typed_with_its_sign() -> None:
    """As it stands on HeyGen's page."""
    assert prices.typed(" $1.32 ") == 1_320_000


def test_a_quote_says_that_the_motion_comes_with_the_video(render: World) -> None:
    """Only the group is paid; the step for the motion is there and costs nothing."""
    quote = render.quote(render.location(), render.location("Kitchen"))
    assert (quote.total, quote.motion_with_video) == (2_000_000, True)
    assert {step.step: step.micro_credits for step in quote.lines[0].steps} == {
        "asset": 0,
        "group": 1_000_000,
        "motion": 0,
        "saved": 0,
    }


def test_a_quote_elsewhere_says_nothing_of_it(world: World) -> None:
    """Where a motion is a call it is paid as one."""
    quote = world.quote(world.location())
    assert (quote.total, quote.motion_with_video) == (1_000_000, False)


def test_a_refusal_says_dollars(render: World) -> None:
    """The balance of the sandbox is 10: eleven avatars are too many, in whole amounts."""
    quote = render.quote(*(render.location(f"Room {n}") for n in range(11)))
    said = next(one.text for one in quote.problems if one.code == "credits")
    assert said.startswith("Needed: $11.00, available: $10.00.")


def test_a_motion_that_cannot_be_had_is_refused_and_never_swapped(world: World) -> None:
    """For avatars and for videos alike, before HeyGen is asked."""
    place = world.location()
    world.studio.client = Over(world.studio.client, traits=v2.TRAITS)
    assert available(v2.TRAITS) == tuple(slug for slug in MOTION_TYPES if slug != "minimax_hailuo_v1")
    for ask in (
        lambda: avatars.quote(world.studio, location_ids=[place], motion_type="minimax_hailuo_v1"),
        lambda: videos.quote(
            world.studio,
            location_ids=[place],
            wish=VideoWish(script="Hello there", resolution="720p", motion_type="minimax_hailuo_v1"),
        ),
    ):
        with pytest.raises(UnsupportedMotion, match="has no motion of the type 'minimax_hailuo_v1'"):
            ask()
    assert world.calls("motion") == 0


def test_every_sentence_about_credits_has_one_about_dollars() -> None:
    """In the table, or in the short list of those that stay."""
    about = {
        one for one, other, _ in sentences() if "credit" in re.sub(r"\{[^}]*\}", "", f"{one} {other}").lower()
    }
    assert about - set(_SENTENCES) - set(STAY) == set()
    assert set(STAY) <= about


def test_the_table_has_only_sentences_that_are_said() -> None:
    """Each stands in the code, and its other form fills in the same values without a credit."""
    said = {one for one, *_ in sentences()}
    for sentence, other in _SENTENCES.items():
        assert sentence in said, sentence
        assert sorted(re.findall(r"\{\w+\}", sentence)) == sorted(re.findall(r"\{\w+\}", other)), sentence
        assert "credit" not in other.lower(), other


def test_a_sentence_changes_only_in_dollars(dollars: None) -> None:
    """In credits the sentence stays as it is, in dollars only those of the table change."""
    assert (in_unit("Credits each"), in_unit("Available")) == ("Dollars each", "Available")
    amounts.use_unit(amounts.CREDITS)
    assert in_unit("Credits each") == "Credits each"
