"""The calculator agrees with the brief, and with the quotes, to the micro-credit."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.amounts import MICRO
from core.money import tariffs
from core.money.calculator import Calculation, cost
from core.money.tariffs import Tariffs
from tests.world import World

TARIFFS = tariffs.load()


def with_prices(**micro: int) -> Tariffs:
    prices = {name: replace(TARIFFS.prices[name], micro_credits=price) for name, price in micro.items()}
    return replace(TARIFFS, prices=TARIFFS.prices | prices)


def told(calculation: Calculation) -> list[tuple[str, int, int]]:
    return [(line.operation, line.count, line.micro_credits) for line in calculation.lines]


@pytest.mark.parametrize(
    ("locations", "videos", "seconds", "total"),
    [
        (1, 0, 0, 1_000_000),
        (1, 1, 60, 1_200_000),
        (1, 1, 0, 1_000_000),
        (3, 0, 60, 3_000_000),
        (1, 1, 90, 1_300_000),
        (1, 1, 1, 1_003_334),
        (1, 3, 1, 1_010_002),
        (10, 4, 45, 16_000_000),
        (0, 5, 60, 0),
    ],
)
def test_the_briefs_case_to_the_micro_credit(locations: int, videos: int, seconds: int, total: int) -> None:
    """A motion is 1 credit, a minute of video 0.2; a part of a minute counts as a part, video by video."""
    assert cost(TARIFFS, locations=locations, videos=videos, seconds=seconds).total == total


def test_every_call_has_its_line() -> None:
    """Upload, group, motion and video, each with count, unit and price a unit, in the order of the calls."""
    calculation = cost(TARIFFS, locations=2, videos=3, seconds=30)
    assert told(calculation) == [
        ("upload_asset", 2, 0),
        ("create_group", 2, 0),
        ("add_motion", 2, 2 * MICRO),
        ("generate_video", 6, 600_000),
    ]
    assert [(line.per, line.unit_price) for line in calculation.lines] == [
        ("call", 0),
        ("call", 0),
        ("call", MICRO),
        ("minute", MICRO // 5),
    ]


def test_avatars_that_are_there_are_not_paid_again() -> None:
    """Five locations of which two need an avatar: two motions, and videos for all five."""
    calculation = cost(TARIFFS, locations=5, videos=1, seconds=60, avatars=2)
    assert told(calculation)[2:] == [("add_motion", 2, 2 * MICRO), ("generate_video", 5, MICRO)]
    assert cost(TARIFFS, locations=5, videos=0, seconds=60, avatars=0).total == 0


def test_it_counts_with_prices_set_by_hand() -> None:
    """Every price of an avatar and of a video is taken from the tariffs that it is given."""
    dear = with_prices(upload_asset=1, create_group=10, add_motion=100, generate_video=60_000)
    assert cost(dear, locations=1, videos=1, seconds=1).total == 1 + 10 + 100 + 1_000


@given(
    locations=st.integers(0, 10_000),
    videos=st.integers(0, 1_000),
    seconds=st.integers(0, 7_200),
    motion=st.integers(0, 50 * MICRO),
    minute=st.integers(0, 50 * MICRO),
)
def test_it_is_never_below_the_exact_price_and_less_than_a_micro_credit_above_for_each_video(
    locations: int, videos: int, seconds: int, motion: int, minute: int
) -> None:
    """Integers only: the total is the exact fraction, with each video rounded up by itself."""
    total = cost(
        with_prices(add_motion=motion, generate_video=minute),
        locations=locations,
        videos=videos,
        seconds=seconds,
    ).total
    exact = locations * motion + locations * videos * Fraction(minute * seconds, 60)
    assert exact <= total <= exact + locations * videos
    if locations * videos:
        assert total - exact < locations * videos


def test_it_says_what_a_quote_says(world: World) -> None:
    """Three locations without avatar: the quote's total is the calculator's."""
    places = [world.location(name) for name in ("Studio", "Kitchen", "Garden")]
    calculation = cost(world.studio.tariffs, locations=3, videos=0, seconds=0)
    assert world.quote(*places).total == calculation.total
