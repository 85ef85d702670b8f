"""Locations as pictures to choose from: a tick under those offered, a way out under the other chosen ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.reports import locations
from core.reports.locations import LocationFilter
from core.studio import Studio
from pages.parts.kit import links
from pages.parts.kit.address import Address
from pages.parts.kit.pictures import photo
from pages.parts.kit.states import run_looks
from pages.parts.kit.tables import rows
from pages.parts.kit.words import escape, many, number, t

if TYPE_CHECKING:
    import pandas as pd

#: As many are offered as pictures; the field above them finds the others.
OFFERED = 12
#: More chosen pictures than this are only counted.
MOST_PICTURES = 24
#: In the address while more locations may be chosen here.
PICK = "pick"


@dataclass(frozen=True)
class Choice:
    """The chosen locations, and what a click changes. `said` tells what is wrong with a chosen one.

    `key` keeps the widgets of two pages apart.
    """

    key: str
    chosen: tuple[int, ...]
    address: Address
    said: Callable[[Any], None]


def chosen_only(studio: Studio, choice: Choice) -> None:
    """The chosen ones, and the way to more."""
    _pictures(_chosen(studio, choice), choice, offered=())
    st.button(
        t("Choose more"), key="choose_more", icon=":material/add:", on_click=_pick, args=(choice.address,)
    )


def offer(studio: Studio, choice: Choice, where: LocationFilter) -> None:
    """The chosen ones, and of `where` those that may be chosen as well: whose names hold what is typed."""
    total = locations.count_locations(studio.db, where)
    if total > OFFERED:
        where = replace(where, text=_finder(choice)[:200])
        total = locations.count_locations(studio.db, where)
    offered = locations.locations(studio.db, where, limit=OFFERED)
    if where.text.strip() and not total:
        st.caption(t("No location that can be chosen here holds these words."))
    elif where.text.strip() or total > OFFERED:
        st.caption(t("{n} of {all} shown", n=number(len(offered)), all=number(total)))
    ids = tuple(offered["id"])
    elsewhere = _chosen(studio, choice)
    elsewhere = elsewhere[~elsewhere["id"].isin(ids)] if len(elsewhere) else elsewhere
    if len(elsewhere):
        # Imported where it is used: the first page does without it.
        import pandas as pd

        offered = pd.concat([elsewhere, offered]) if len(offered) else elsewhere
    _pictures(offered, choice, offered=ids)


def _finder(choice: Choice) -> str:
    """The field that narrows the pictures; what is chosen stays whatever is typed."""
    return st.text_input(
        t("Find locations"),
        key=f"{choice.key}_find",
        type="search",
        live="300ms",
        placeholder=t("Find by blogger or location"),
        label_visibility="collapsed",
    )


def _chosen(studio: Studio, choice: Choice) -> pd.DataFrame:
    """The chosen locations in the order they were chosen."""
    shown = choice.chosen[:MOST_PICTURES]
    found = locations.locations(studio.db, LocationFilter(archived=None), ids=shown)
    return found.set_index("id", drop=False).reindex(shown).rename_axis(None) if len(found) else found


def _pictures(found: pd.DataFrame, choice: Choice, *, offered: tuple[int, ...]) -> None:
    with st.grid("auto", min_column_width=112, gap="xsmall", key="pictures"):
        for row in rows(found):
            with st.container(gap="xsmall", key=f"picture_{row.id}"):
                photo(row.id, row.image_url, row.blogger, row.location, width="stretch")
                if row.id in offered:
                    _tick(choice, row, row.id in choice.chosen)
                else:
                    st.markdown(f"**{escape(row.location)}**", wrap=False)
                st.caption(escape(row.blogger), wrap=False)
                if row.last_failed:
                    run_looks()["failed"].badge(help=t("Last run failed"))
                if row.id in choice.chosen:
                    choice.said(row)
                    if row.id not in offered:
                        _way_out(choice, row)
                # Keeps a row's names apart from the pictures of the next.
                st.space("xxsmall")
    if len(choice.chosen) > MOST_PICTURES:
        rest = len(choice.chosen) - MOST_PICTURES
        st.caption(
            many("And {n} more, listed with its price.", "And {n} more, listed with their prices.", rest)
        )


def _tick(choice: Choice, row: Any, chosen: bool) -> None:
    key = f"choose_{row.id}"
    # The address decides; the box only shows it.
    st.session_state[key] = chosen
    st.checkbox(
        f"**{escape(row.location)}**",
        key=key,
        width="stretch",
        wrap=False,
        on_change=_toggle,
        args=(choice.address, int(row.id)),
    )


def _toggle(address: Address, location_id: int) -> None:
    ticked = st.session_state[f"choose_{location_id}"]
    others = [i for i in _planned(address) if i != location_id]
    _plan(address, [*others, location_id] if ticked else others, pick=True)


def _way_out(choice: Choice, row: Any) -> None:
    st.button(
        t("Remove"),
        key=f"remove_{row.id}",
        icon=":material/close:",
        type="tertiary",
        on_click=_remove,
        args=(choice.address, int(row.id)),
    )


def _remove(address: Address, location_id: int) -> None:
    _plan(address, [i for i in _planned(address) if i != location_id])


def _pick(address: Address) -> None:
    address.change({PICK: "1"})


def _planned(address: Address) -> tuple[int, ...]:
    """The ids chosen so far, for a click."""
    return links.parsed(address.now().get(links.CHOSEN, ""))


def _plan(address: Address, ids: Iterable[int], *, pick: bool = False) -> None:
    """Choose these; with `pick` more may be chosen here."""
    address.change({links.CHOSEN: links.joined(ids), **({PICK: "1"} if pick else {})})
