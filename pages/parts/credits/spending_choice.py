"""Which days' spending is shown and what it is split by: both stand in the address."""

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import streamlit as st

from core import clock
from core.reports.ledger import SPLITS, EntryFilter
from pages.parts.kit.address import Address, follow
from pages.parts.kit.words import t

PERIOD, SINCE, UNTIL, SPLIT = "spent_in", "spent_since", "spent_until", "spent_on"
DAYS = 30
#: Who gets the money comes first.
_FIRST = "blogger"


@dataclass(frozen=True)
class Days:
    """From `first` to `last`, both of them part of it; days of UTC."""

    first: date
    last: date
    #: Where the axis of a chart ends: a month that has just begun has room for the rest of it.
    axis_end: date

    @property
    def where(self) -> EntryFilter:
        """The lines of these days."""
        after = datetime.combine(self.last, time(), UTC) + timedelta(days=1)
        return EntryFilter(since=datetime.combine(self.first, time(), UTC), until=after)


class SpendingChoice:
    """What the address says, or this month by blogger; clicks change it."""

    def __init__(self) -> None:
        self._address: Address = follow("spending", (PERIOD, SINCE, UNTIL, SPLIT))
        said = self._address.now()
        self._period = said.get(PERIOD) if said.get(PERIOD) in _periods() else "month"
        self.split = said[SPLIT] if said.get(SPLIT) in SPLITS else _FIRST
        self._today = clock.now().astimezone(UTC).date()
        self._said = (_day(said.get(SINCE)), _day(said.get(UNTIL)))

    @property
    def days(self) -> Days:
        """The chosen days, none of them in the future."""
        first = self._today.replace(day=1)
        if self._period == "last_month":
            end = first - timedelta(days=1)
            return Days(end.replace(day=1), end, end)
        if self._period == "days":
            return Days(self._today - timedelta(days=DAYS - 1), self._today, self._today)
        if self._period == "dates":
            since, until = self._said
            last = min(until or self._today, self._today)
            return Days(min(since or first, last), last, last)
        days_of_month = monthrange(first.year, first.month)[1]
        return Days(first, self._today, first.replace(day=days_of_month))

    def draw_period(self) -> None:
        """This month, the last one, thirty days, or any dates."""
        with st.container(horizontal=True, vertical_alignment="bottom"):
            _segments(t("Days"), PERIOD, self._period or "", _periods(), self._set)
            if self._period == "dates":
                days = self.days
                self._date(t("From"), SINCE, days.first)
                self._date(t("To"), UNTIL, days.last)

    def draw_split(self) -> None:
        """What the spending is split by."""
        words = {
            "blogger": t("Blogger"),
            "location": t("Location"),
            "person": t("Person"),
            "engine": t("Engine"),
            "operation": t("Operation"),
        }
        _segments(t("Split by"), SPLIT, self.split, words, self._set)

    def _date(self, label: str, name: str, value: date) -> None:
        st.session_state[name] = value
        st.date_input(
            label,
            key=name,
            format="YYYY-MM-DD",
            width=150,
            min_value=date(2000, 1, 1),
            max_value=self._today,
            help=t("Days begin at midnight UTC, for everybody who opens the link."),
            on_change=self._set,
            args=(name,),
        )

    def _set(self, name: str) -> None:
        self._address.change({name: str(st.session_state[name])})


def _periods() -> dict[str, str]:
    return {
        "month": t("This month"),
        "last_month": t("Last month"),
        "days": t("Last {n} days", n=DAYS),
        "dates": t("Dates"),
    }


def _segments(
    label: str, key: str, value: str, words: dict[str, str], changed: Callable[[str], None]
) -> None:
    st.session_state[key] = value
    st.segmented_control(
        label,
        list(words),
        format_func=lambda word: words.get(word, word),
        key=key,
        label_visibility="collapsed",
        required=True,
        on_change=changed,
        args=(key,),
    )


def _day(word: str | None) -> date | None:
    """What the address says, where that is a day that fits into every zone."""
    try:
        day = date.fromisoformat(word or "")
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2999 else None
