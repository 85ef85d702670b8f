"""What the page Locations lists: search, filters, order, view and archive, all of it in the address."""

from dataclasses import dataclass

import streamlit as st

from core.bloggers.editing import get_blogger
from core.errors import NotFound
from core.heygen.motions import MOTION_TYPES
from core.reports import locations
from core.reports.locations import LocationFilter
from core.studio import Studio
from pages.parts.kit.address import follow
from pages.parts.kit.filters import Choice, Searched
from pages.parts.kit.states import avatar_looks, motion_looks, words_of
from pages.parts.kit.tables import rows
from pages.parts.kit.words import escape, number, t

PREFIX = "locations"
#: More options than this make a list slow; the search finds the others.
MOST_BLOGGERS = 1000
_NARROWING = ("blogger", "avatar", "motion", "type")
_NAMES = (*_NARROWING, "sort", "view", "archive")
#: The orders that belong to a column of the table, and whether each leads down from the most or the newest.
SORTED_BY = {
    "blogger": ("place", False),
    "backwards": ("place", True),
    "status": ("status", True),
    "engine": ("engine", False),
    "cost": ("cost", True),
    "updated": ("updated", True),
}
_PHONES = ("Mobi", "Android", "iPhone")


@dataclass
class LocationFilters(Searched):
    """The filters with what belongs to them on this page: a search, an order, two views, the archive."""

    @property
    def sort(self) -> str:
        return self.one("sort") or "blogger"

    @property
    def view(self) -> str:
        """table or gallery; where the address names none, phones get the gallery."""
        return self.one("view") or ("gallery" if _on_phone() else "table")

    @property
    def archived(self) -> bool:
        return self.one("archive") is not None

    @property
    def active(self) -> int:
        """How many filters are set; search, order, view and archive are seen anyway."""
        return sum(self.one(name) is not None for name in _NARROWING)

    @property
    def narrowed(self) -> bool:
        """True when the list may lack something because of what was set here."""
        return bool(self.active or self.text.strip())

    @property
    def where(self) -> LocationFilter:
        return LocationFilter(
            text=self.text,
            blogger_id=self.number("blogger"),
            avatar_shown=self.one("avatar"),
            motion_shown=self.one("motion"),
            motion_type=self.one("type"),
            archived=self.archived,
        )

    def draw(self) -> None:
        """One row of controls, below it what is set, each with its way out."""
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            self.search(t("Blogger or location"))
            # One label: to Streamlit another label is another popover, with an opening of its own.
            key = self.key("filters")
            with st.popover(t("Filters"), icon=":material/filter_list:", key=key, on_change="rerun"):
                for one in self._narrowing():
                    self._widget(one)
                if len(self._field("blogger").options) >= MOST_BLOGGERS:
                    shown = number(MOST_BLOGGERS)
                    st.caption(t("The first {n} bloggers are listed; the search finds all.", n=shown))
                self._archive()
            self._sort()
            self._view()
        self._chips()
        if self.passed_over:
            st.caption(
                t(
                    ":material/info: The address held a filter that does not exist here; it was passed over "
                    "and the list shows the rest."
                )
            )

    def sort_by(self, column: str) -> None:
        """The whole list in the order of a column, at the next click in the other one; made for on_click."""
        orders = [name for name, (here, _) in SORTED_BY.items() if here == column]
        if orders:
            at = orders.index(self.sort) + 1 if self.sort in orders else 0
            self._write("sort", (orders[at % len(orders)],))

    def clear(self) -> None:
        """Take search and filters away; order, view and archive stay. Made for on_click."""
        for name in (*_NARROWING, "text"):
            self._retire(name)
            self._write(name, ())

    def show_archive(self, shown: bool) -> None:
        """Go into the archive, or out of it; made for on_click."""
        self._write("archive", ("1",) if shown else ())

    def _archive(self) -> None:
        st.button(
            t("Leave the archive") if self.archived else t("Show the archive"),
            key=self.key("to_archive"),
            icon=":material/unarchive:" if self.archived else ":material/archive:",
            type="tertiary",
            help=t("Shows what was archived, in place of the rest."),
            on_click=self._other_side,
            args=(not self.archived,),
        )

    def _other_side(self, shown: bool) -> None:
        """Change the sides, with the popover out of the way; made for on_click."""
        st.session_state[self.key("filters")] = False
        self.show_archive(shown)

    def _sort(self) -> None:
        one, key = self._field("sort"), self.key("sort")
        st.session_state[key] = self.sort
        st.selectbox(
            one.label,
            list(one.options),
            format_func=lambda word: one.options[word],
            key=key,
            label_visibility="collapsed",
            width=160,
            on_change=self._set,
            args=(one.name,),
        )

    def _view(self) -> None:
        one, key = self._field("view"), self.key("view")
        st.session_state[key] = self.view
        st.segmented_control(
            one.label,
            list(one.options),
            format_func=lambda word: one.options[word],
            key=key,
            label_visibility="collapsed",
            required=True,
            on_change=self._set,
            args=(one.name,),
        )

    def _set(self, name: str) -> None:
        self._write(name, (st.session_state[self.key(name)],))

    def _chips(self) -> None:
        set_here = [one for one in self._narrowing() if self.one(one.name) is not None]
        if not set_here:
            return
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            for one in set_here:
                word = self.one(one.name) or ""
                st.button(
                    t("{filter}: {value}", filter=one.label, value=escape(one.options[word])),
                    key=self.key(f"chip_{one.name}"),
                    icon=":material/close:",
                    icon_position="right",
                    help=t("Take this filter away"),
                    on_click=self._take_away,
                    args=(one.name, word),
                )
            if len(set_here) > 1:
                self.clear_button("clear")

    def _narrowing(self) -> list[Choice]:
        return [self._field(name) for name in _NARROWING]

    def _field(self, name: str) -> Choice:
        return next(one for one in self.fields if isinstance(one, Choice) and one.name == name)


def read(studio: Studio) -> LocationFilters:
    """What the address asks for."""
    # What the last click left counts before the address has followed it.
    follow(PREFIX, [f"{PREFIX}_{name}" for name in (*_NAMES, "page", *LocationFilters.MORE)])
    archived = st.query_params.get(f"{PREFIX}_archive") is not None
    return LocationFilters(
        PREFIX,
        [
            Choice("blogger", t("Blogger"), _bloggers(studio, archived)),
            Choice("avatar", t("Avatar"), words_of(avatar_looks())),
            Choice("motion", t("Motion"), words_of(motion_looks())),
            Choice("type", t("Motion type"), MOTION_TYPES),
            Choice(
                "sort",
                t("Sort by"),
                {
                    "blogger": t("By blogger"),
                    "backwards": t("Blogger, Z to A"),
                    "newest": t("Newest first"),
                    "status": t("Latest status"),
                    "updated": t("Latest change"),
                    "engine": t("By motion type"),
                    "cost": t("Highest cost first"),
                },
            ),
            Choice("view", t("View"), {"table": t("Table"), "gallery": t("Gallery")}),
            Choice("archive", t("Archive"), {"1": t("Archive")}),
        ],
    )


def _on_phone() -> bool:
    """True when the browser says that it runs on a phone."""
    agent = st.context.headers.get("User-Agent") or ""
    return any(word in agent for word in _PHONES)


def _bloggers(studio: Studio, archived: bool) -> dict[str, str]:
    """Names by id; one that the address names is among them however many there are."""
    found = locations.blogger_names(studio.db, archived=archived, limit=MOST_BLOGGERS)
    names = {str(row.id): row.name for row in rows(found)}
    asked = st.query_params.get(f"{PREFIX}_blogger", "")
    if asked not in names and len(names) == MOST_BLOGGERS and asked.isascii() and asked.isdecimal():
        try:
            blogger = get_blogger(studio.db, blogger_id=int(asked[:19]))
        except NotFound:
            return names
        if archived or blogger.archived_at is None:
            names[str(blogger.id)] = blogger.name
    return names
