"""Charts, all by one engine: Vega-Lite, which follows the theme and takes the reader's numbers.

A chart's title and its table stand beside it as text, so that nobody has to see it to know what it says.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import pandas as pd
import streamlit as st
from babel.dates import format_skeleton
from babel.numbers import get_decimal_symbol, get_group_symbol

from core.amounts import MICRO
from core.locale import N_
from pages.parts.kit.guard import optional
from pages.parts.kit.language import region
from pages.parts.kit.words import credits_of, t

#: Readable on the light and the dark background alike: at least 3:1 on both.
COLORS = {
    "green": "#1F9D5B",
    "blue": "#3B82F6",
    "red": "#E5484D",
    "orange": "#D97706",
    "gray": "#7C8599",
}
ACCENT = "#6366F1"
#: Between a blogger's and a location's name.
BETWEEN_NAMES = " – "
#: What money is spent on, from the ground of a stack up; "" is what no operation is known of.
OPERATIONS = {
    "add_motion": ACCENT,
    "generate_video": "#0D9488",
    "create_group": "#D97706",
    "upload_asset": "#DB2777",
    "delete_group": "#3B82F6",
    "": "#7C8599",
}
_CHART = N_("a chart")
#: Grouped, at most six decimals, no needless zeros.
_NUMBER = ",.6~f"
_BAR_HEIGHT = 30
#: What the axis with its title takes below the bars: one bar alone must still have its full height.
_AXIS_HEIGHT = 76
#: Ends of the axis, in seconds, while a run goes on: it stands still for a while instead of shrinking.
_ENDS = (5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600)


@optional(_CHART)
def spent_by_time(found: pd.DataFrame, *, unit: str, alt: str) -> None:
    """Upright bars, stacked by operation, in the order of `found`.

    `found` has `period` (ISO, UTC; `unit` says day or month), `operation` with its `word`, and `spent`
    (micro-credits).
    """
    known = [name for name in OPERATIONS if name in set(found["operation"])]
    data = pd.DataFrame(
        {
            # Written here: a browser makes another day of midnight.
            "period": [_written(period, unit) for period in found["period"]],
            "operation": found["word"].astype(str),
            "rank": [known.index(name) for name in found["operation"]],
            **_spent(found),
        }
    )
    words = dict(zip(found["operation"], found["word"], strict=True))
    _draw(
        data,
        {
            "height": 260,
            "padding": {"top": 0, "bottom": 5, "left": 0, "right": 0},
            "mark": {"type": "bar"},
            "encoding": {
                "x": {
                    "field": "period",
                    "type": "ordinal",
                    "sort": None,
                    "axis": {"title": None, "labelAngle": 0, "labelOverlap": "greedy", "ticks": False},
                },
                "y": _amounts(),
                "color": {
                    "field": "operation",
                    "type": "nominal",
                    "scale": {
                        "domain": [words[name] for name in known],
                        "range": [OPERATIONS[name] for name in known],
                    },
                    "legend": {
                        "title": None,
                        "orient": "top",
                        "symbolType": "square",
                        "offset": 14,
                        "padding": 0,
                    },
                },
                "order": {"field": "rank", "type": "quantitative"},
                "tooltip": [
                    {"field": "period", "title": t("Month") if unit == "month" else t("Day")},
                    {"field": "operation", "title": t("Operation")},
                    _figure(),
                ],
            },
        },
        key="spent_by_time",
        alt=alt,
    )


@optional(_CHART)
def spent_on(found: pd.DataFrame, *, label: str, alt: str) -> None:
    """Lying bars, the longest first; `found` has `name` and `spent` (micro-credits).

    A location's two names stand below each other: beside each other the second one would be cut off.
    """
    data = pd.DataFrame({"name": found["name"].astype(str), **_spent(found)})
    _draw(
        data,
        {
            "height": (_BAR_HEIGHT + 8) * len(data) + _AXIS_HEIGHT,
            "mark": {"type": "bar", "color": ACCENT, "cornerRadiusEnd": 3, "height": {"band": 0.65}},
            "encoding": {
                "y": {
                    "field": "name",
                    "type": "nominal",
                    "sort": None,
                    "axis": {
                        "title": None,
                        "labelExpr": f"split(datum.label, '{BETWEEN_NAMES}')",
                        "labelLimit": 140,
                        "ticks": False,
                        "domain": False,
                    },
                },
                "x": _amounts(),
                "tooltip": [{"field": "name", "title": label}, _figure()],
            },
        },
        key="spent_on",
        alt=alt,
    )


@optional(_CHART)
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


def _written(period: str, unit: str) -> str:
    """A day or a month as the reader writes it, short."""
    day = date.fromisoformat(period if unit == "day" else f"{period}-01")
    return str(format_skeleton("MMMd" if unit == "day" else "yMMM", day, locale=region()))


def _draw(data: pd.DataFrame, spec: dict[str, Any], *, key: str, alt: str) -> None:
    spec = {**spec, "config": {"locale": _locale(region())}}
    st.vega_lite_chart(data, spec, width="stretch", key=key, alt=alt)


def _spent(found: pd.DataFrame) -> dict[str, list[Any]]:
    """For the length of bars only, and as it is read; sums stay integers."""
    micros = [int(micro) for micro in found["spent"]]
    return {"spent": [micro / MICRO for micro in micros], "said": [credits_of(micro) for micro in micros]}


def _amounts() -> dict[str, Any]:
    return {
        "field": "spent",
        "type": "quantitative",
        "axis": {"title": t("Credits"), "format": _NUMBER, "tickCount": 5, "domain": False, "grid": True},
    }


def _figure() -> dict[str, Any]:
    return {"field": "said", "type": "nominal", "title": t("Credits")}


@lru_cache
def _locale(code: str) -> dict[str, Any]:
    """The reader's numbers as Vega wants them."""
    return {
        "number": {
            "decimal": get_decimal_symbol(code),
            "thousands": get_group_symbol(code),
            "grouping": [3],
            "currency": ["", ""],
        },
    }
