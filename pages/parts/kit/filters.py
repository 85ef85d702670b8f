"""Filters whose values stand in the address, so that a link opens the same list for a colleague.

The address holds slugs, ids and ISO dates, never translated labels, and is the only place they are kept:
every run reads it, and a widget's change writes it. What it holds by mistake is passed over and said.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

import streamlit as st

from pages.parts.kit.address import follow
from pages.parts.kit.tables import rows
from pages.parts.kit.words import escape, number, person, t

if TYPE_CHECKING:
    import pandas as pd

#: In the address, beside a page's own name: the page of the list.
_PAGE = "page"


@dataclass(frozen=True)
class Choice:
    """One of, or several of, the options: slug -> word."""

    name: str
    label: str
    options: Mapping[str, str]
    several: bool = False


@dataclass(frozen=True)
class Day:
    """A day of UTC."""

    name: str
    label: str
    help: str | None = None


Field = Choice | Day


@dataclass
class Filters:
    """A page's filters as the address has them. `prefix` keeps pages apart."""

    prefix: str
    fields: Sequence[Field]
    chosen: dict[str, tuple[str, ...]] = field(default_factory=dict)
    #: The address held something that is none of the options.
    passed_over: bool = False

    #: Names in the address beside those of the fields and the page.
    MORE: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        names = [*(one.name for one in self.fields), _PAGE, *self.MORE]
        self.address = follow(self.prefix, [self.key(name) for name in names])
        for one in self.fields:
            said, good = self._said(one, st.query_params.get(self.key(one.name), ""))
            self.passed_over = self.passed_over or len(good) < len(said)
            self.chosen[one.name] = good

    def _said(self, one: Field, text: str) -> tuple[list[str], tuple[str, ...]]:
        """What the address says of a field, and what of it the field knows."""
        said = [word for word in text.split(",") if word]
        if isinstance(one, Choice) and not one.several:
            # A person's name may hold a comma.
            said = [",".join(said)] if said else []
        good = tuple(dict.fromkeys(word for word in said if _fits(one, word)))
        return said, good if isinstance(one, Choice) and one.several else good[:1]

    def key(self, name: str) -> str:
        """The name in the address, and the widget's."""
        return f"{self.prefix}_{name}"

    def several(self, name: str) -> tuple[str, ...]:
        return self.chosen[name]

    def one(self, name: str) -> str | None:
        return next(iter(self.chosen[name]), None)

    def number(self, name: str) -> int | None:
        word = self.one(name)
        return None if word is None else int(word)

    def start(self, name: str) -> datetime | None:
        """The day's beginning."""
        word = self.one(name)
        return None if word is None else datetime.combine(date.fromisoformat(word), time(), UTC)

    def end(self, name: str) -> datetime | None:
        """The beginning of the day after."""
        begin = self.start(name)
        return None if begin is None else begin + timedelta(days=1)

    @property
    def who_and_when(self) -> dict[str, Any]:
        """What the fields of the function of this name ask for, as the read side's filters take it."""
        return {
            "actor": self.one("person"),
            "blogger_id": self.number("blogger"),
            "since": self.start("since"),
            "until": self.end("until"),
        }

    @property
    def active(self) -> int:
        """How many values narrow the list."""
        return sum(map(len, self.chosen.values()))

    @property
    def page(self) -> int:
        """The page of the list, at least 1."""
        word = st.query_params.get(self.key(_PAGE), "1")
        return max(1, int(word)) if word.isdecimal() and len(word) < 7 else 1

    def draw(self) -> None:
        """The popover with the fields, and what is chosen as chips that can be taken away."""
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            label = t("Filters ({n})", n=self.active) if self.active else t("Filters")
            with st.popover(label, icon=":material/filter_list:", key=self.key("filters")):
                for one in self.fields:
                    self._widget(one)
            for one in self.fields:
                for word in self.chosen[one.name]:
                    st.button(
                        _chip(one, word),
                        key=self.key(f"chip_{one.name}_{word}"),
                        icon=":material/close:",
                        help=t("Take this filter away"),
                        on_click=self._take_away,
                        args=(one.name, word),
                    )
            if self.active > 1:
                self.clear_button("clear")
        if self.passed_over:
            st.caption(
                t(
                    ":material/info: The address held a filter that does not exist here; it was passed over "
                    "and the list shows the rest."
                )
            )

    def nothing(self, said: str) -> None:
        """In the list's place, where the filters leave nothing of it."""
        st.info(said, icon=":material/filter_alt_off:")
        self.clear_button("clear_all")

    def clear_button(self, key: str) -> None:
        """Takes every filter away."""
        st.button(
            t("Clear filters"),
            key=self.key(key),
            icon=":material/filter_alt_off:",
            type="tertiary",
            on_click=self.clear,
        )

    def clear(self) -> None:
        """Made for on_click."""
        for one in self.fields:
            self._retire(one.name)
            self._write(one.name, ())

    def pages(self, total: int, per_page: int) -> int:
        """Draw the list's pages when there are several; returns the present one."""
        last = max(1, -(-total // per_page))
        here = min(self.page, last)
        if last > 1:
            key = self._pages_key(here)
            st.pagination(last, default=here, key=key, on_change=self._turn, args=(key,))
        return here

    def _pages_key(self, here: int) -> str:
        """Another list, or an address that was changed by hand, is another widget: it begins at `here`."""
        digest = hashlib.sha256(repr(self.chosen).encode()).hexdigest()[:8]
        key = self.key(f"{_PAGE}_{digest}")
        return key if st.session_state.get(key, here) == here else f"{key}_{here}"

    def _turn(self, key: str) -> None:
        here = st.session_state[key]
        self._write(_PAGE, (str(here),) if here > 1 else ())

    def _widget(self, one: Field) -> None:
        key = self._widget_key(one)
        if isinstance(one, Day):
            st.date_input(
                one.label,
                value=None,
                key=key,
                format="YYYY-MM-DD",
                help=one.help,
                on_change=self._changed,
                args=(one, key),
            )
        elif one.several:
            st.pills(
                one.label,
                list(one.options),
                selection_mode="multi",
                format_func=lambda word: one.options.get(word, word),
                key=key,
                on_change=self._changed,
                args=(one, key),
            )
        else:
            st.selectbox(
                one.label,
                list(one.options),
                index=None,
                placeholder=t("All"),
                filter_mode="contains",
                format_func=lambda word: one.options.get(word, word),
                key=key,
                on_change=self._changed,
                args=(one, key),
            )

    def _widget_key(self, one: Field) -> str:
        """The widget that shows what the address says; a new one where the address was changed otherwise.

        A closed popover has no widgets in the browser: one that is set from here would not hear of it, and
        would send its old value with the next click anywhere.
        """
        words = self.chosen[one.name]
        key = self._versioned(one)
        if key in st.session_state and _words(one, st.session_state[key]) != words:
            self._retire(one.name)
            key = self._versioned(one)
        if key not in st.session_state:
            st.session_state[key] = _value(one, words)
        return key

    def _versioned(self, one: Field) -> str:
        version = self.address.versions.get(one.name, 0)
        return self.key(f"{one.name}_{version}" if version else one.name)

    def _changed(self, one: Field, key: str) -> None:
        # One that was set from here may send its old value once more, with a click that came too early.
        if key == self._versioned(one):
            self._write(one.name, _words(one, st.session_state[key]))

    def _retire(self, name: str) -> None:
        """The field is set from here: its widget as it is now must not be heard again."""
        self.address.versions[name] = self.address.versions.get(name, 0) + 1

    def _take_away(self, name: str, word: str) -> None:
        one = next(one for one in self.fields if one.name == name)
        _, now = self._said(one, self.address.now().get(self.key(name), ""))
        self._retire(name)
        self._write(name, tuple(other for other in now if other != word))

    def _write(self, name: str, words: tuple[str, ...]) -> None:
        """Into the address, which then holds only what is known; another filter begins at its first page."""
        values = self.address.now()
        known = {
            self.key(one.name): ",".join(self._said(one, values.get(self.key(one.name), ""))[1])
            for one in self.fields
        }
        self.address.change({**known, self.key(_PAGE): "", self.key(name): ",".join(words)})


@dataclass
class Searched(Filters):
    """Filters, a search and the pages of one list."""

    MORE = ("text",)

    @property
    def text(self) -> str:
        return st.query_params.get(self.key("text"), "")[:200]

    def search(self, placeholder: str) -> None:
        """Draw the field; `placeholder` says what can be found."""
        key = self.key("text")
        # Only from outside: what is being typed must not be overwritten by what was typed before.
        if st.session_state.get(key, "") != self.text:
            st.session_state[key] = self.text
        st.text_input(
            t("Search"),
            key=key,
            type="search",
            live="300ms",
            max_chars=200,
            placeholder=placeholder,
            label_visibility="collapsed",
            width=230,
            on_change=self._searched,
        )

    def _searched(self) -> None:
        text = st.session_state[self.key("text")] or ""
        self._write("text", (text,) if text else ())

    def clear_search(self) -> None:
        """Made for on_click."""
        self._write("text", ())


def who_and_when(people: list[str], bloggers: pd.DataFrame, *, most: int | None = None) -> list[Field]:
    """The fields that lists of runs and of entries share: the person, the blogger and the days.

    Of the people and bloggers that the list knows, `most` of these; days are days of UTC.
    """
    all_of_them = most is None or len(bloggers) < most
    utc = t("Days begin at midnight UTC, for everybody who opens the link.")
    return [
        Choice("person", t("Person"), {name: person(name) for name in people}),
        Choice(
            "blogger",
            t("Blogger") if all_of_them else t("Blogger, the first {n}", n=number(most or 0)),
            {str(row.id): row.name for row in rows(bloggers)},
        ),
        Day("since", t("From"), utc),
        Day("until", t("To"), utc),
    ]


def _words(one: Field, value: Any) -> tuple[str, ...]:
    """A widget's value as the address has it."""
    if value is None:
        return ()
    return tuple(value) if isinstance(one, Choice) and one.several else (str(value),)


def _value(one: Field, words: tuple[str, ...]) -> Any:
    """What the address has as a widget's value."""
    if isinstance(one, Choice) and one.several:
        return list(words)
    if not words:
        return None
    return date.fromisoformat(words[0]) if isinstance(one, Day) else words[0]


def _fits(one: Field, word: str) -> bool:
    if isinstance(one, Choice):
        return word in one.options
    try:
        # Years that fit into every zone and every database.
        return 2000 <= date.fromisoformat(word).year <= 2999 and len(word) == 10
    except ValueError:
        return False


def _chip(one: Field, word: str) -> str:
    """What the chip says, for markdown."""
    if isinstance(one, Choice):
        return escape(one.options[word])
    return t("{field}: {day}", field=one.label, day=word)
