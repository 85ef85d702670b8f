"""The chosen locations: ids in the session, the same for table and gallery; what can be done with them.

They outlive a reload as a draft, whose name stands in the address.
"""

from collections.abc import Callable, Iterable
from uuid import uuid4

import streamlit as st

from core.bloggers.archive import Moved, archive_locations, restore_locations
from core.bloggers.exchange import export
from core.errors import StudioError
from core.reports import locations
from core.reports.locations import Choice, LocationFilter
from core.studio import Studio
from pages.parts.kit import drafts, links
from pages.parts.kit.people import may, require
from pages.parts.kit.tables import LIST_TITLES, csv_file, download
from pages.parts.kit.words import many, name_of, number, say, sentence, t
from pages.parts.locations.filters import LocationFilters

#: More at once would make every click slow; the filters make the list shorter.
MOST_CHOSEN = 10_000
#: More at once do not fit into the address of the page that makes avatars.
MOST_IN_ADDRESS = 500
#: More reasons than this are only counted.
MOST_REASONS = 10
#: The ids chosen in the list, and those in the archive: an action there means other locations than one here.
CHOSEN, CHOSEN_IN_ARCHIVE = "locations_chosen", "locations_chosen_in_archive"
#: Another one whenever something else than a table's own ticks changes what is chosen.
VERSION = "locations_choice_version"
_DONE = "locations_moved"


def chosen(archived: bool = False) -> list[int]:
    """The ids chosen so far, also on other pages of the list and behind other filters."""
    return st.session_state.setdefault(CHOSEN_IN_ARCHIVE if archived else CHOSEN, [])


def choose(ids: Iterable[int], archived: bool = False) -> None:
    """Choose exactly these; made for on_click. A table then starts anew with their rows ticked."""
    st.session_state[CHOSEN_IN_ARCHIVE if archived else CHOSEN] = list(ids)
    st.session_state[VERSION] = uuid4().hex


def restore(studio: Studio, archived: bool) -> None:
    """For the page, before its list: after a reload or behind a link, what was chosen there."""
    key = CHOSEN_IN_ARCHIVE if archived else CHOSEN
    if key not in st.session_state and isinstance(found := drafts.found(studio, key), list):
        choose((i for i in found if isinstance(i, int)), archived)


def keep(shown: list[int], ticked: list[int], archived: bool = False) -> None:
    """A table says which of the rows it shows are ticked; what it does not show stays as it was."""
    on_view = set(shown)
    before = [i for i in chosen(archived) if i not in on_view]
    st.session_state[CHOSEN_IN_ARCHIVE if archived else CHOSEN] = before + ticked


def version() -> str:
    """Part of a table's key."""
    return st.session_state.get(VERSION, "")


def all_button(studio: Studio, filters: LocationFilters, total: int) -> None:
    """Choose everything that the filters match, besides what is chosen already."""

    def choose_all() -> None:
        found = locations.location_ids(studio.db, filters.where, sort=filters.sort)
        choose(dict.fromkeys([*chosen(filters.archived), *found]), filters.archived)

    if total <= MOST_CHOSEN:
        st.button(
            t("Choose all {n}", n=number(total)),
            key="choose_all",
            type="tertiary",
            icon=":material/select_all:",
            on_click=choose_all,
        )


def bar(studio: Studio, filters: LocationFilters) -> None:
    """How many are chosen, wherever they are, and what can be done with them: at the window's lower edge."""
    archived = filters.archived
    before = chosen(archived)
    drafts.keep(studio, CHOSEN_IN_ARCHIVE if archived else CHOSEN, list(before))
    if not before:
        return
    choice = locations.choice(studio.db, before, filters.where)
    if len(choice.ids) < len(before):
        # Somebody else has archived or restored the others meanwhile.
        choose(choice.ids, archived)
    if not choice.ids:
        return
    with st.bottom, st.container(horizontal=True, vertical_alignment="center", gap="small"):
        _count(choice)
        st.button(
            t("Clear choice"),
            key="clear_choice",
            type="tertiary",
            icon=":material/close:",
            on_click=choose,
            args=((), archived),
        )
        if archived:
            if may("edit"):
                _restore(studio, choice)
            return
        if may("spend"):
            _make(choice)
            _another_motion(choice)
        _more(studio, choice)


def _count(choice: Choice) -> None:
    n, elsewhere = len(choice.ids), len(choice.ids) - choice.listed
    said = many("**{n}** chosen", "**{n}** chosen", n)
    if elsewhere:
        hidden = many("{n} not in this list", "{n} not in this list", elsewhere)
        said = t("{chosen} ({hidden})", chosen=said, hidden=hidden)
    st.markdown(said, width="content")


def _make(choice: Choice) -> None:
    """First what fits the choice: avatars for those that lack one; where none does, videos."""
    n = len(choice.missing)
    if not n:
        _videos(choice, primary=True)
        return
    left_out = len(choice.ids) - n
    hint = t("You see the price first; nothing is spent yet.")
    if left_out:
        hint = many(
            "You see the price first; {n} chosen location has its avatar, or a run, and is left out.",
            "You see the price first; {n} chosen locations have their avatars, or runs, and are left out.",
            left_out,
        )
    if st.button(
        many("Make avatar for {n}", "Make avatars for {n}", n),
        key="make_avatars",
        type="primary",
        icon=":material/face:",
        disabled=n > MOST_IN_ADDRESS,
        help=_too_many(n) or hint,
    ):
        st.switch_page("provisioning.py", query_params={links.CHOSEN: links.joined(choice.missing)})


def _videos(choice: Choice, *, primary: bool) -> None:
    n = len(choice.ids)
    if st.button(
        many("Make video for {n}", "Make videos for {n}", n),
        key="make_videos",
        type="primary" if primary else "secondary",
        icon=":material/movie:",
        disabled=n > MOST_IN_ADDRESS,
        help=_too_many(n) or t("One script for all of them. You see the price first."),
    ):
        st.switch_page("videos.py", query_params={links.CHOSEN: links.joined(choice.ids)})


def _another_motion(choice: Choice) -> None:
    n = len(choice.finished)
    if not n:
        return
    left_out = len(choice.ids) - n
    hint = t("Another motion for avatars that are ready. You see the price first.")
    if left_out:
        hint = many(
            "Another motion for avatars that are ready; {n} chosen location has none and is left out.",
            "Another motion for avatars that are ready; {n} chosen locations have none and are left out.",
            left_out,
        )
    if st.button(
        many("Another motion for {n}", "Another motion for {n}", n),
        key="another_motion",
        icon=":material/animation:",
        disabled=n > MOST_IN_ADDRESS,
        help=_too_many(n) or hint,
    ):
        st.switch_page(
            "provisioning.py",
            query_params={links.CHOSEN: links.joined(choice.finished), "action": "another_motion"},
        )


def _too_many(n: int) -> str:
    if n <= MOST_IN_ADDRESS:
        return ""
    return t("At most {n} at once. Choose fewer.", n=MOST_IN_ADDRESS)


def _more(studio: Studio, choice: Choice) -> None:
    ids = choice.ids
    with st.popover(t("More"), icon=":material/more_horiz:", key="choice_more"):
        download(
            t("Download as JSON"),
            lambda: export.export_json(studio.db, ids=ids),
            "locations.json",
            key="chosen_json",
            type="tertiary",
            icon="data_object",
            help=t("Can be imported again; ids and unknown fields are kept."),
        )
        download(
            t("Download as CSV"),
            lambda: csv_file(
                locations.locations(studio.db, LocationFilter(archived=None), ids=ids), LIST_TITLES
            ),
            "locations.csv",
            key="chosen_csv",
            type="tertiary",
            icon="table",
            help=t("With statuses and cost, for a spreadsheet."),
        )
        if not may("edit"):
            return
        if choice.missing:
            st.divider()
            _videos(choice, primary=False)
        st.divider()
        st.caption(t("Archived locations leave the lists. Avatars, costs and runs are kept."))
        st.button(
            many("Archive {n} location", "Archive {n} locations", len(ids)),
            key="archive_chosen",
            icon=":material/archive:",
            on_click=_move,
            args=(studio, archive_locations, ids),
        )


def _restore(studio: Studio, choice: Choice) -> None:
    st.button(
        many("Restore {n} location", "Restore {n} locations", len(choice.ids)),
        key="restore_chosen",
        type="primary",
        icon=":material/unarchive:",
        on_click=_move,
        args=(studio, restore_locations, choice.ids),
    )


def _move(studio: Studio, move: Callable[..., Moved], ids: tuple[int, ...]) -> None:
    """Made for on_click; a second click finds nothing left to move and keeps what the first one said."""
    try:
        moved = move(studio.db, location_ids=ids, actor=require("edit"))
    except StudioError as error:
        st.session_state[_DONE] = (move, None, error)
        return
    gone = set(moved.ids)
    for archived in (False, True):
        choose([i for i in chosen(archived) if i not in gone], archived)
    if moved.ids or moved.stayed:
        st.session_state[_DONE] = (move, moved, None)


def said(studio: Studio) -> None:
    """What the last archiving or restoring did, what it left and why, and the way back."""
    move, moved, error = st.session_state.get(_DONE, (None, None, None))
    if error is not None:
        st.error(say(error), icon=":material/error:")
    if moved is None:
        return
    archiving = move is archive_locations
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        n = len(moved.ids)
        if archiving:
            done = many("{n} location was archived.", "{n} locations were archived.", n)
        else:
            done = many("{n} location was restored.", "{n} locations were restored.", n)
        st.markdown(f":material/check_circle: {done}" if n else f":material/info: {done}", width="content")
        if n:
            st.button(
                t("Undo"),
                key="undo_move",
                icon=":material/undo:",
                on_click=_move,
                args=(studio, restore_locations if archiving else archive_locations, moved.ids),
            )
        st.button(
            t("Dismiss"),
            key="dismiss_move",
            type="tertiary",
            on_click=lambda: st.session_state.pop(_DONE, None),
        )
    if moved.stayed:
        stayed = many(
            "{n} location stayed where it is:", "{n} locations stayed where they are:", len(moved.stayed)
        )
        lines = [
            f"- **{name_of(one.blogger, one.location)}**: {sentence(one.reason.template, one.reason.values)}"
            for one in moved.stayed[:MOST_REASONS]
        ]
        if len(moved.stayed) > MOST_REASONS:
            rest = len(moved.stayed) - MOST_REASONS
            lines.append("- " + many("and {n} more", "and {n} more", rest))
        st.warning("\n".join([stayed, "", *lines]), icon=":material/warning:")
