"""The locations of a plan as pictures: chosen in place, or only the chosen ones, each with a way out."""

from collections.abc import Iterable
from typing import Any

import pandas as pd
import streamlit as st

from core import reports
from core.quotes import Line, Quote
from core.reports import LocationFilter
from core.studio import Studio
from pages.parts import links
from pages.parts.address import Address
from pages.parts.frames import rows
from pages.parts.pictures import photo_url
from pages.parts.planning import ACTION, ANOTHER_MOTION, MOTION, PICK, Plan
from pages.parts.words import escape, many, sentence, t

#: As many are offered as pictures; the list finds the others.
OFFERED = 12
#: More options than this make a list slow; the page Locations has filters for the rest.
MOST_OPTIONS = 500
#: More chosen pictures than this are only counted.
MOST_PICTURES = 24


def show(studio: Studio, plan: Plan, quote: Quote | None) -> bool:
    """The pictures, what is wrong with one at its picture, the way to more. False: nothing to choose."""
    where = LocationFilter(motion_status="completed") if plan.again else LocationFilter(needs_avatar=True)
    if plan.chosen and PICK not in st.query_params:
        _pictures(_chosen(studio, plan), plan, quote, offered=())
        st.button(
            t("Choose more"), key="choose_more", icon=":material/add:", on_click=_pick, args=(plan.address,)
        )
        return True
    found = reports.locations(studio.db, where, limit=MOST_OPTIONS)
    free = found[found["run_id"].isna()] if len(found) else found
    offered = free.head(OFFERED)
    if not len(free) and not plan.chosen:
        _nothing_to_choose(plan)
        return False
    if len(free) > OFFERED:
        _list(plan, free.iloc[OFFERED:])
    ids = tuple(offered["id"])
    elsewhere = _chosen(studio, plan)
    elsewhere = elsewhere[~elsewhere["id"].isin(ids)] if len(elsewhere) else elsewhere
    _pictures(pd.concat([elsewhere, offered]) if len(elsewhere) else offered, plan, quote, offered=ids)
    if len(found) == MOST_OPTIONS:
        st.caption(t("The first {n} are listed. The page Locations finds the others.", n=MOST_OPTIONS))
    return True


def _chosen(studio: Studio, plan: Plan) -> pd.DataFrame:
    """The chosen locations in the order they were chosen."""
    shown = plan.chosen[:MOST_PICTURES]
    found = reports.locations(studio.db, LocationFilter(archived=None), ids=shown)
    return found.set_index("id", drop=False).reindex(shown).rename_axis(None) if len(found) else found


def _nothing_to_choose(plan: Plan) -> None:
    if plan.again:
        st.info(
            t("No location has a finished avatar yet. Make one, then come back for another motion."),
            icon=":material/motion_photos_off:",
        )
        st.button(
            t("Make avatars"),
            key="make_first",
            icon=":material/arrow_forward:",
            on_click=_make,
            args=(plan.address,),
        )
        return
    st.success(
        t("Every location has its avatar, or a run is under way for it."), icon=":material/check_circle:"
    )
    st.page_link("locations.py", label=t("Add location"), icon=":material/add_a_photo:", query_params={})


def _pictures(found: pd.DataFrame, plan: Plan, quote: Quote | None, *, offered: tuple[int, ...]) -> None:
    lines = {line.location_id: line for line in quote.lines} if quote else {}
    with st.grid("auto", min_column_width=112, gap="xsmall", key="pictures"):
        for row in rows(found):
            with st.container(gap="xsmall", key=f"picture_{row.id}"):
                st.image(
                    photo_url(row.id, row.image_url),
                    width="stretch",
                    alt=t("Photo of {blogger}, {location}", blogger=row.blogger, location=row.location),
                )
                if row.id in offered:
                    _tick(plan, row, row.id in plan.chosen)
                else:
                    st.markdown(f"**{escape(row.location)}**", wrap=False)
                st.caption(escape(row.blogger), wrap=False)
                if row.id in plan.chosen:
                    _wrong(plan, row, lines.get(row.id))
                    if row.id not in offered:
                        _way_out(plan, row)
                # Keeps a row's names apart from the pictures of the next.
                st.space("xxsmall")
    if len(plan.chosen) > MOST_PICTURES:
        rest = len(plan.chosen) - MOST_PICTURES
        st.caption(
            many("And {n} more, listed with its price.", "And {n} more, listed with their prices.", rest)
        )


def _tick(plan: Plan, row: Any, chosen: bool) -> None:
    key = f"choose_{row.id}"
    # The address decides; the box only shows it.
    st.session_state[key] = chosen
    st.checkbox(
        f"**{escape(row.location)}**",
        key=key,
        width="stretch",
        wrap=False,
        on_change=_toggle,
        args=(plan.address, int(row.id)),
    )


def _toggle(address: Address, location_id: int) -> None:
    ticked = st.session_state[f"choose_{location_id}"]
    others = [i for i in _planned(address) if i != location_id]
    _plan(address, [*others, location_id] if ticked else others, pick=True)


def _way_out(plan: Plan, row: Any) -> None:
    st.button(
        t("Remove"),
        key=f"remove_{row.id}",
        icon=":material/close:",
        type="tertiary",
        on_click=_remove,
        args=(plan.address, int(row.id)),
    )


def _remove(address: Address, location_id: int) -> None:
    _plan(address, [i for i in _planned(address) if i != location_id])


def _make(address: Address) -> None:
    address.change({ACTION: ""})


def _pick(address: Address) -> None:
    address.change({PICK: "1"})


def _planned(address: Address) -> tuple[int, ...]:
    """The ids chosen so far, for a click."""
    return links.parsed(address.now().get(links.CHOSEN, ""))


def _plan(address: Address, ids: Iterable[int], *, pick: bool = False) -> None:
    """Choose these; with `pick` more may be chosen here."""
    address.change({links.CHOSEN: links.joined(ids), **({PICK: "1"} if pick else {})})


def _list(plan: Plan, free: pd.DataFrame) -> None:
    labels = {row.id: f"{row.blogger} – {row.location}" for row in rows(free) if row.id not in plan.chosen}
    st.multiselect(
        t("Add locations"),
        list(labels),
        format_func=lambda i: labels.get(i, str(i)),
        key="provisioning_add",
        placeholder=t("Find by blogger or location"),
        on_change=_add,
        args=(plan.address,),
    )


def _add(address: Address) -> None:
    _plan(address, dict.fromkeys((*_planned(address), *st.session_state["provisioning_add"])), pick=True)
    st.session_state["provisioning_add"] = []


def _wrong(plan: Plan, row: Any, line: Line | None) -> None:
    """Why nothing is made for this location, and the way to what mends it."""
    if line is None or line.action == "make":
        return
    if line.action == "skip":
        st.markdown(f":gray-badge[:material/done_all: {t('Skipped')}]")
        if not plan.again:
            _offer_another_motion(plan, row)
        return
    problem = line.problem
    if problem is None:
        return
    st.markdown(f":red-badge[:material/block: {t('Refused')}]")
    st.caption(sentence(problem.template, problem.values))
    if problem.code == "live":
        door, label, query = "provisioning.py", t("Watch"), {"runs": str(int(row.run_id))}
    elif problem.code == "not_made":
        door, label, query = "provisioning.py", t("Make avatar"), {links.CHOSEN: str(row.id)}
    else:
        words = {"no_photo": t("Add a photo"), "photo": t("Change the photo"), "archived": t("Restore it")}
        door, label = "locations.py", words.get(problem.code, t("Open"))
        query = {"location": str(row.id)}
    # A button and not a link: in a narrow column its words wrap, where a link cuts them off.
    if st.button(label, key=f"door_{row.id}", icon=":material/arrow_forward:", type="tertiary", wrap=True):
        st.switch_page(door, query_params=query)


def _offer_another_motion(plan: Plan, row: Any) -> None:
    st.button(
        t("Another motion"),
        key=f"again_{row.id}",
        icon=":material/animation:",
        type="tertiary",
        on_click=_plan_another_motion,
        args=(plan.address, int(row.id)),
    )


def _plan_another_motion(address: Address, location_id: int) -> None:
    address.change({ACTION: ANOTHER_MOTION, MOTION: "", links.CHOSEN: str(location_id)})
