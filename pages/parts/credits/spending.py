"""What was spent in the chosen days: over time and on whom, as charts with their tables and files."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from core.heygen.motions import MOTION_TYPES
from core.reports import ledger
from core.reports.ledger import EntryFilter
from core.studio import Studio
from pages.parts.credits.spending_choice import Days, SpendingChoice
from pages.parts.kit import charts
from pages.parts.kit.pricing import operation
from pages.parts.kit.sections import fold
from pages.parts.kit.tables import csv_file, download
from pages.parts.kit.words import amount, credits_of, exactly, percent, person, short_amount, t

#: A longer time is shown month by month.
MOST_DAYS = 92
#: Bars in the chart, and rows in its table; the file has them all.
MOST_BARS = 12
MOST_ROWS = 500
_TABLE_HEIGHT = 420


def show(studio: Studio) -> None:
    """The choice, the sum and both charts, or one calm line where nothing was spent."""
    choice = SpendingChoice()
    choice.draw_period()
    days = choice.days
    total = ledger.spent(studio.db, days.where)
    if not total:
        _nothing(studio, days)
        return
    st.markdown(
        t(
            "**{total}** spent from {first} to {last}, UTC.",
            total=short_amount(total),
            first=_day(days.first),
            last=_day(days.last),
        ),
        help=exactly("", total) or None,
    )
    with st.grid(2, min_column_width=320, gap="medium"):
        with st.container(border=True, height="stretch"):
            _over_time(studio, days, total)
        with st.container(border=True, height="stretch"):
            st.markdown(f"**{t('On whom and on what')}**")
            choice.draw_split()
            _on(studio, days.where, choice.split, total)


def _nothing(studio: Studio, days: Days) -> None:
    if ledger.spent(studio.db, EntryFilter()):
        said = t(
            "Nothing was spent from {first} to {last}, UTC.", first=_day(days.first), last=_day(days.last)
        )
        st.info(said, icon=":material/savings:")
        return
    st.info(
        t("Nothing was spent yet. The first payment is for the first avatar."),
        icon=":material/savings:",
    )
    st.page_link("provisioning.py", label=t("Make avatars"), icon=":material/face:", query_params={})


def _over_time(studio: Studio, days: Days, total: int) -> None:
    unit = "day" if (days.last - days.first).days < MOST_DAYS else "month"
    found = ledger.by_time(studio.db, days.where, unit=unit)
    found = found.assign(word=[operation(kind) for kind in found["operation"]])
    title = t("By month") if unit == "month" else t("By day")
    st.markdown(f"**{title}**")
    sums = found.groupby("period")["spent"].sum()
    charts.spent_by_time(
        _with_empty(found, days, unit),
        unit=unit,
        alt=t(
            "{title}: {total} in all, the most on {period}, {most}",
            title=title,
            total=amount(total),
            period=_written(str(sums.idxmax())),
            most=amount(int(sums.max())),
        ),
    )
    label = t("Month") if unit == "month" else t("Day")
    _behind(
        "period",
        lambda: _pivot(found, label),
        lambda: csv_file(
            found.assign(cost=found["spent"]), {"period": unit, "operation": "operation", "cost": "credits"}
        ),
        title,
    )


def _with_empty(found: pd.DataFrame, days: Days, unit: str) -> pd.DataFrame:
    """Every day or month has its place on the axis; before the first credit no month has."""
    periods = ledger.periods(days.first, days.axis_end, unit=unit)
    if unit == "month":
        periods = [period for period in periods if period >= found["period"].iloc[0]]
    missing = [period for period in periods if period not in set(found["period"])]
    none = found.iloc[[0]].assign(spent=0)
    every = pd.concat([found, *(none.assign(period=period) for period in missing)], ignore_index=True)
    return every.sort_values("period", kind="stable")


def _pivot(found: pd.DataFrame, label: str) -> tuple[pd.DataFrame, dict[str, Any]]:
    """A row a day with a column for each operation and their sum."""
    wide = found.pivot_table(index="period", columns="word", values="spent", aggfunc="sum", fill_value=0)
    wide = wide[list(dict.fromkeys(found.sort_values("operation")["word"]))]
    wide["all"] = wide.sum(axis="columns")
    cells = wide.map(lambda micro: credits_of(int(micro))).iloc[::-1].reset_index()
    cells["period"] = [_written(period) for period in cells["period"]]
    columns = {name: st.column_config.TextColumn(name, alignment="right") for name in wide.columns}
    columns |= {
        "period": st.column_config.TextColumn(label),
        "all": st.column_config.TextColumn(t("In all"), alignment="right"),
    }
    return cells, columns


def _on(studio: Studio, where: EntryFilter, split: str, total: int) -> None:
    found = _named(ledger.by(studio.db, where, split, limit=MOST_BARS), split)
    count = ledger.count_split(studio.db, where, split)
    label, title = _titles()[split]
    if count > MOST_BARS:
        st.caption(t("The {most} with the most of {n}; the file has all.", most=MOST_BARS, n=count))
    charts.spent_on(
        found,
        label=label,
        alt=t(
            "{title}: {total} in all, the most for {name}, {most}",
            title=title,
            total=amount(total),
            name=found.iloc[0]["name"],
            most=amount(int(found.iloc[0]["spent"])),
        ),
    )

    def table() -> tuple[pd.DataFrame, dict[str, Any]]:
        listed = _named(ledger.by(studio.db, where, split, limit=MOST_ROWS), split)
        return (
            pd.DataFrame(
                {
                    "name": listed["name"],
                    "spent": [credits_of(int(micro)) for micro in listed["spent"]],
                    "share": [percent(int(micro) / total) for micro in listed["spent"]],
                }
            ),
            {
                "name": st.column_config.TextColumn(label, width=140),
                "spent": st.column_config.TextColumn(t("Credits"), alignment="right", width=80),
                "share": st.column_config.TextColumn(t("Share"), alignment="right", width=60),
            },
        )

    def file() -> bytes:
        every = _named(ledger.by(studio.db, where, split), split)
        return csv_file(every.assign(cost=every["spent"]), {"key": split, "name": "name", "cost": "credits"})

    _behind(split, table, file, title)


def _behind(
    name: str,
    table: Callable[[], tuple[pd.DataFrame, dict[str, Any]]],
    file: Callable[[], bytes],
    alt: str,
) -> None:
    """The table behind a chart, with its file."""

    def draw() -> None:
        cells, columns = table()
        height = "content" if len(cells) <= MOST_BARS else _TABLE_HEIGHT
        st.dataframe(cells, column_config=columns, hide_index=True, height=height, alt=alt)
        download(t("Download (CSV)"), file, f"spent-{name}.csv", key=f"spent_file_{name}")

    fold(t("As a table"), draw, key=f"spent_table_{name}", icon="table")


def _named(found: pd.DataFrame, split: str) -> pd.DataFrame:
    """The rows with names for people in place of the Studio's own."""
    if split == "operation":
        return found.assign(name=[operation(kind) for kind in found["key"]])
    if split == "engine":
        known = MOTION_TYPES | {"": t("Videos, no engine")}
        return found.assign(name=[known.get(key, key) for key in found["key"]])
    return found.assign(name=[person(name) for name in found["name"]]) if split == "person" else found


def _titles() -> dict[str, tuple[str, str]]:
    """What one row is, and what the chart says."""
    return {
        "blogger": (t("Blogger"), t("By blogger")),
        "location": (t("Location"), t("By location")),
        "person": (t("Person"), t("By person")),
        "engine": (t("Engine"), t("By engine")),
        "operation": (t("Operation"), t("By operation")),
    }


def _day(day: date) -> str:
    return day.strftime(t("%Y-%m-%d"))


def _written(period: str) -> str:
    """A day as the page writes days; a month as it is."""
    return period if len(period) == ledger.UNITS["month"] else _day(date.fromisoformat(period))
