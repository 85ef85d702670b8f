"""tariffs.toml holds the brief's prices and the plans' limits, each with its source and date."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from core.amounts import MICRO
from core.money import tariffs

BRIEF = {
    "upload_asset": ("0", "call"),
    "create_group": ("0", "call"),
    "add_motion": ("1", "call"),
    "train_group": ("4", "call"),
    "ai_look": ("1", "look"),
    "generate_video": ("0.2", "minute"),
}
LIMITS = (
    *("groups", "motions_month", "free_video_seconds"),
    *("resolution", "watermark", "video_seconds", "parallel_renders"),
)
PLANS = {
    "free": (3, 3, 60, "720p", True, 180, 1),
    "pro": (None, None, 0, "1080p", False, 300, 3),
    "scale": (None, None, 0, "4k", False, 1800, 6),
    "payg": (3, None, 0, "4k", False, None, 10),
}


@pytest.mark.parametrize("operation", BRIEF)
def test_the_briefs_prices(operation: str) -> None:
    """Every price is the brief's, to the micro-credit, per the brief's unit."""
    credits, per = BRIEF[operation]
    price = tariffs.load().prices[operation]
    assert price.micro_credits == round(float(credits) * MICRO)
    assert price.per == per


def test_no_price_stands_there_that_the_brief_does_not_name() -> None:
    """Nothing is priced by accident."""
    assert set(tariffs.load().prices) == set(BRIEF)


@pytest.mark.parametrize("name", PLANS)
def test_the_plans_limits(name: str) -> None:
    """Groups, motions, free seconds, resolution, watermark, length and parallel renders of each plan."""
    limits = tariffs.load().plans[name].limits
    assert tuple(limits[limit].value for limit in LIMITS) == PLANS[name]


def test_every_figure_says_where_and_when_it_was_read() -> None:
    """Source and date stand beside each price and each limit."""
    data = tariffs.load()
    figures = [
        *data.prices.values(),
        *(limit for plan in data.plans.values() for limit in plan.limits.values()),
    ]
    assert len(figures) == len(BRIEF) + len(LIMITS) * len(PLANS)
    assert all(figure.source.strip() for figure in figures)
    assert all(isinstance(figure.as_of, date) for figure in figures)


def test_a_figure_without_a_source_is_refused(tmp_path: Path) -> None:
    """A price that lost its source does not load."""
    file = tmp_path / "tariffs.toml"
    file.write_text(
        tariffs.FILE.read_text(encoding="utf-8").replace("source =", "sauce =", 1), encoding="utf-8"
    )
    with pytest.raises(KeyError, match="source"):
        tariffs.load(file)


@pytest.mark.parametrize(("day", "old"), [("2026-11-22", 0), ("2027-02-20", 90), ("2027-02-21", 91)])
def test_a_price_is_stale_after_ninety_days(day: str, old: int) -> None:
    """Its age is in whole days of UTC, and the ninetieth is the last good one."""
    price = tariffs.load().prices["add_motion"]
    now = datetime.fromisoformat(f"{day}T23:59:59").replace(tzinfo=UTC)
    assert price.age_days(now) == old
    assert price.stale(now) == (old > 90)


@pytest.mark.parametrize(
    ("milliseconds", "micro"),
    [(0, 0), (1, 4), (30_000, 100_000), (60_000, 200_000), (60_001, 200_004), (90_500, 301_667)],
)
def test_a_length_is_priced_to_the_micro_credit(milliseconds: int, micro: int) -> None:
    """A minute is 0.2 credits; a part of one counts as a part, rounded up to the next micro-credit."""
    assert tariffs.for_length(MICRO // 5, milliseconds) == micro


@pytest.mark.parametrize(
    ("kind", "calls"),
    [
        ("avatar", {"upload_asset": 0, "create_group": 0, "add_motion": MICRO}),
        ("free_slot", {}),
        ("video", {"generate_video": MICRO // 5}),
    ],
)
def test_a_run_agrees_on_what_it_may_call(kind: str, calls: dict[str, int]) -> None:
    """Every call of the run's own kind has its price a unit there, and no other."""
    assert tariffs.load().of_run(kind) == calls
