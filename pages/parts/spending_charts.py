"""What was spent by day and by blogger, as charts with their tables."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pandas as pd
import streamlit as st

from core import clock, spending
from core.spending import EntryFilter
from core.studio import Studio
from pages.parts import charts
from pages.parts.words import amount, credits_of, many, t

#: Without dates in the filter.
DAYS = 30
#: A longer time is shown month by month.
MOST_DAYS = 92
MOST_BLOGGERS = 12


def show(studio: Studio, where: EntryFilter) -> None:
    """Both charts over the filter's days, or one calm line where nothing was spent."""
    first, last = _range(where)
    where = replace(
        where,
        since=datetime.combine(first, time(), UTC),
        until=datetime.combine(last, time(), UTC) + timedelta(days=1),
    )
    total = spending.spent(studio.db, where)
    if not total:
        if not spending.spent(studio.db, EntryFilter()):
            st.caption(
                t("Nothing was spent yet. The first credit goes when HeyGen adds motion to an avatar.")
            )
            st.page_link("provisioning.py", label=t("Make avatars"), icon=":material/face:")
            return
        st.caption(
            t(
                "Nothing was spent from {first} to {last}, so there is nothing to draw.",
                first=_day(first),
                last=_day(last),
            )
        )
        return
    with st.grid(2, min_column_width=320, gap="medium"):
        with st.container(border=True, height="stretch"):
            _by_time(studio, where, first, last, total)
        with st.container(border=True, height="stretch"):
            _by_blogger(studio, where, total)


def _range(where: EntryFilter) -> tuple[date, date]:
    """The days to draw: never beyond today, 30 of them where the filter does not say."""
    today = clock.now().astimezone(UTC).date()
    last = min(today, (where.until - timedelta(days=1)).date()) if where.until else today
    first = where.since.date() if where.since else last - timedelta(days=DAYS - 1)
    return min(first, last), last


def _by_time(studio: Studio, where: EntryFilter, first: date, last: date, total: int) -> None:
    unit = "day" if (last - first).days < MOST_DAYS else "month"
    found = spending.by_time(studio.db, where, unit=unit).groupby("period", as_index=False)[["spent"]].sum()
    periods = spending.periods(first, last, unit=unit)
    if unit == "month":
        # A year long ago may stand in the filter; nothing is drawn from before the first credit.
        periods = [period for period in periods if period >= found["period"].iloc[0]]
    every = pd.DataFrame({"period": periods})
    drawn = every.merge(found, on="period", how="left").fillna({"spent": 0})
    title = t("Spent by month") if unit == "month" else t("Spent by day")
    st.markdown(f"**{title}**")
    st.caption(
        t(
            "{first} to {last}, UTC · {total} in all",
            first=_day(first),
            last=_day(last),
            total=amount(total),
        )
    )
    most = found.loc[found["spent"].astype(int).idxmax()]
    charts.spent_by_time(
        drawn,
        unit=unit,
        alt=t(
            "{title}: {total} in all, the most on {period}, {most}",
            title=title,
            total=amount(total),
            period=most["period"],
            most=amount(int(most["spent"])),
        ),
    )
    _table(found, "period", t("Month") if unit == "month" else t("Day"), title)


def _by_blogger(studio: Studio, where: EntryFilter, total: int) -> None:
    found = spending.by(studio.db, where, "blogger").rename(columns={"name": "blogger"})
    st.markdown(f"**{t('Spent by blogger')}**")
    left_out = len(found) - MOST_BLOGGERS
    st.caption(
        many(
            "The {most} with the most; the table has {n} more",
            "The {most} with the most; the table has {n} more",
            left_out,
            most=MOST_BLOGGERS,
        )
        if left_out > 0
        else many(
            "{n} blogger · {total} in all", "{n} bloggers · {total} in all", len(found), total=amount(total)
        )
    )
    charts.spent_by_blogger(
        found.head(MOST_BLOGGERS),
        alt=t(
            "Spent by blogger: {total} in all, the most for {name}, {most}",
            total=amount(total),
            name=found.iloc[0]["blogger"],
            most=amount(int(found.iloc[0]["spent"])),
        ),
    )
    _table(found, "blogger", t("Blogger"), t("Spent by blogger"))


def _day(day: date) -> str:
    return day.strftime(t("%Y-%m-%d"))


def _table(found: pd.DataFrame, name: str, label: str, alt: str) -> None:
    # A closed table is not drawn: the page comes up sooner.
    key = f"spent_table_{name}"
    shown = st.expander(t("As a table"), icon=":material/table:", key=key, on_change="rerun")
    if shown.open:
        shown.dataframe(
            pd.DataFrame({name: found[name], "spent": [credits_of(int(micro)) for micro in found["spent"]]}),
            column_config={
                name: st.column_config.TextColumn(label),
                "spent": st.column_config.TextColumn(t("Credits"), alignment="right"),
            },
            hide_index=True,
            height=min(300, 36 * (len(found) + 1)),
            alt=alt,
        )
