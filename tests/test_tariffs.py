"""tariffs.toml holds the brief's prices and the plans' limits, each with its source and date."""

from datetime import date
from pathlib import Path

import pytest

from core import tariffs
from core.money import MICRO

BRIEF = {
    "upload_asset": ("0", "call"),
    "create_group": ("0", "call"),
    "add_motion": ("1", "call"),
    "train_group": ("4", "call"),
    "ai_look": ("1", "look"),
    "generate_video": ("0.2", "minute"),
}
PLANS = {
    "free": (3, 60, "720p", True, 180, 1),
    "pro": (None, 0, "1080p", False, 300, 3),
    "scale": (None, 0, "4k", False, 1800, 6),
}


@pytest.mark.parametrize("operation", BRIEF)
def test_the_briefs_prices(operation: str) -> None:
    """Every price is the brief's, to the micro-credit, per the brief's unit."""
    credits, unit = BRIEF[operation]
    price = tariffs.load().prices[operation]
    assert price.micro_credits == round(float(credits) * MICRO)
    assert price.unit == unit


def test_no_price_stands_there_that_the_brief_does_not_name() -> None:
    """Nothing is priced by accident."""
    assert set(tariffs.load().prices) == set(BRIEF)


@pytest.mark.parametrize("name", PLANS)
def test_the_plans_limits(name: str) -> None:
    """Groups, free seconds, resolution, watermark, length and parallel renders of each plan."""
    limits = tariffs.load().plans[name].limits
    names = ("groups", "free_video_seconds", "resolution", "watermark", "video_seconds", "parallel_renders")
    assert tuple(limits[limit].value for limit in names) == PLANS[name]


def test_every_figure_says_where_and_when_it_was_read() -> None:
    """Source and date stand beside each price and each limit."""
    data = tariffs.load()
    figures = [
        *data.prices.values(),
        *(limit for plan in data.plans.values() for limit in plan.limits.values()),
    ]
    assert len(figures) == len(BRIEF) + 6 * len(PLANS)
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
