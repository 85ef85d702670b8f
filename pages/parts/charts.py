"""Charts, all by one engine: Vega-Lite, which follows the theme and takes the reader's numbers and months.

A chart's title and its table stand beside it as text, so that nobody has to see it to know what it says.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import pandas as pd
import streamlit as st
from babel import Locale
from babel.numbers import get_decimal_symbol, get_group_symbol

from core.money import MICRO
from pages.parts.language import region
from pages.parts.words import t

#: Readable on the light and the dark background alike: at least 3:1 on both.
COLORS = {
    "green": "#1F9D5B",
    "blue": "#3B82F6",
    "red": "#E5484D",
    "orange": "#D97706",
    "gray": "#7C8599",
}
ACCENT = "#6366F1"
#: Grouped, at most six decimals, no needless zeros.
_NUMBER = ",.6~f"
_BAR_HEIGHT = 30
#: What the axis with its title takes below the bars: one bar alone must still have its full height.
_AXIS_HEIGHT = 76
#: Ends of the axis, in seconds, while a run goes on: it stands still for a while instead of shrinking.
_ENDS = (5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600)


def spent_by_time(found: pd.DataFrame, *, unit: str, alt: str) -> None:
    """Upright bars; `found` has `period` (ISO, UTC) and `spent` (micro-credits)."""
    data = pd.DataFrame(
        {
            # Noon keeps a day that day, whatever a browser makes of midnight.
            "period": [f"{period}{'-01' if unit == 'month' else ''}T12:00Z" for period in found["period"]],
            "spent": _credits(found),
        }
    )
    by = "utcyearmonth" if unit == "month" else "utcyearmonthdate"
    written = "%b %Y" if unit == "month" else "%-d %b"
    _draw(
        data,
        {
            "height": 240,
            "mark": {"type": "bar", "color": ACCENT, "cornerRadiusEnd": 3},
            "encoding": {
                "x": {
                    "field": "period",
                    "type": "temporal",
                    "timeUnit": by,
                    "scale": {"type": "utc"},
                    "axis": {"title": None, "format": written, "grid": False, "labelOverlap": "greedy"},
                },
                "y": _amounts(),
                "tooltip": [
                    {
                        "field": "period",
                        "type": "temporal",
                        "timeUnit": by,
                        "format": "%b %Y" if unit == "month" else "%-d %b %Y",
                        "title": t("Month") if unit == "month" else t("Day"),
                    },
                    _figure(),
                ],
            },
        },
        key="spent_by_time",
        alt=alt,
    )


def spent_by_blogger(found: pd.DataFrame, *, alt: str) -> None:
    """Lying bars, the longest first; `found` has `blogger` and `spent` (micro-credits)."""
    data = pd.DataFrame({"blogger": found["blogger"].astype(str), "spent": _credits(found)})
    _draw(
        data,
        {
            "height": _BAR_HEIGHT * len(data) + _AXIS_HEIGHT,
            "mark": {"type": "bar", "color": ACCENT, "cornerRadiusEnd": 3, "height": {"band": 0.65}},
            "encoding": {
                "y": {
                    "field": "blogger",
                    "type": "nominal",
                    "sort": None,
                    "axis": {"title": None, "labelLimit": 130, "ticks": False, "domain": False},
                },
                "x": _amounts(),
                "tooltip": [{"field": "blogger", "title": t("Blogger")}, _figure()],
            },
        },
        key="spent_by_blogger",
        alt=alt,
    )


def steps(bars: Sequence[Mapping[str, Any]], *, order: Sequence[str], live: bool, alt: str, key: str) -> None:
    """One bar a step in proportion to its time; a bar has step, start, end (seconds), took,
    label, word and color.
    """
    longest = max([0.1, *(bar["end"] for bar in bars)])
    # Room at the right for the longest bar's figure.
    room = longest * 1.18
    if live:
        room = next((end for end in _ENDS if end >= room), room)
    least = room / 180
    data = pd.DataFrame(
        [{**bar, "color": COLORS[bar["color"]], "end": max(bar["end"], bar["start"] + least)} for bar in bars]
    )
    y = {
        "field": "step",
        "type": "nominal",
        "scale": {"domain": list(order)},
        "axis": {"title": None, "ticks": False, "domain": False, "labelLimit": 110},
    }
    x = {
        "field": "start",
        "type": "quantitative",
        "scale": {"domain": [0, room], "nice": False},
        "axis": {"title": t("Seconds of work"), "tickCount": 5},
    }
    _draw(
        data,
        {
            "height": _BAR_HEIGHT * len(order) + _AXIS_HEIGHT,
            "encoding": {"y": y},
            "layer": [
                {
                    "mark": {"type": "bar", "cornerRadius": 3, "height": {"band": 0.6}},
                    "encoding": {
                        "x": x,
                        "x2": {"field": "end"},
                        "color": {"field": "color", "type": "nominal", "scale": None},
                        "tooltip": [
                            {"field": "step", "title": t("Step")},
                            {"field": "word", "title": t("State")},
                            {"field": "took", "title": t("Took")},
                        ],
                    },
                },
                {
                    "mark": {"type": "text", "align": "left", "dx": 6, "color": COLORS["gray"]},
                    "encoding": {
                        "x": {"field": "end", "type": "quantitative"},
                        "text": {"field": "label", "type": "nominal"},
                    },
                },
            ],
        },
        key=key,
        alt=alt,
    )


def _draw(data: pd.DataFrame, spec: dict[str, Any], *, key: str, alt: str) -> None:
    spec = {**spec, "config": {"locale": _locale(region())}}
    st.vega_lite_chart(data, spec, width="stretch", key=key, alt=alt)


def _credits(found: pd.DataFrame) -> list[float]:
    """For the length of bars only; sums stay integers."""
    return [int(micro) / MICRO for micro in found["spent"]]


def _amounts() -> dict[str, Any]:
    return {
        "field": "spent",
        "type": "quantitative",
        "axis": {"title": t("Credits"), "format": _NUMBER, "tickCount": 5, "domain": False, "grid": True},
    }


def _figure() -> dict[str, Any]:
    return {"field": "spent", "type": "quantitative", "format": _NUMBER, "title": t("Credits")}


@lru_cache
def _locale(code: str) -> dict[str, Any]:
    """The reader's numbers and months as Vega wants them."""
    known = Locale.parse(code)

    def days(width: str) -> list[str]:
        # Vega's week begins on Sunday, Babel's on Monday.
        return [known.days["stand-alone"][width][day] for day in (6, 0, 1, 2, 3, 4, 5)]

    def months(width: str) -> list[str]:
        return [known.months["format"][width][month] for month in range(1, 13)]

    return {
        "number": {
            "decimal": get_decimal_symbol(code),
            "thousands": get_group_symbol(code),
            "grouping": [3],
            "currency": ["", ""],
        },
        "time": {
            "dateTime": "%x, %X",
            "date": "%Y-%m-%d",
            "time": "%H:%M:%S",
            "periods": ["AM", "PM"],
            "days": days("wide"),
            "shortDays": days("abbreviated"),
            "months": months("wide"),
            "shortMonths": months("abbreviated"),
        },
    }
