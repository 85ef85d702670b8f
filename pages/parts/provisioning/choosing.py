"""The locations of a plan of avatars: chosen in place, or only the chosen ones, each with a way out."""

from typing import Any

import streamlit as st

from core.quotes.avatar_lines import Line
from core.quotes.avatars import Quote
from core.reports import locations
from core.reports.locations import LocationFilter
from core.studio import Studio
from pages.parts.kit import links, location_picker
from pages.parts.kit.address import Address
from pages.parts.kit.location_picker import PICK
from pages.parts.kit.words import sentence, t
from pages.parts.provisioning.plan import ACTION, ANOTHER_MOTION, MOTION, Plan


def show(studio: Studio, plan: Plan, quote: Quote | None) -> bool:
    """The pictures, what is wrong with one at its picture, the way to more. False: nothing to choose."""
    lines = {line.location_id: line for line in quote.lines} if quote else {}
    choice = location_picker.Choice(
        "provisioning", plan.chosen, plan.address, lambda row: _wrong(plan, row, lines.get(row.id))
    )
    if plan.chosen and PICK not in st.query_params:
        location_picker.chosen_only(studio, choice)
        return True
    free = LocationFilter(
        needs_avatar=not plan.again, motion_status="completed" if plan.again else None, idle=True
    )
    if not plan.chosen and not locations.count_locations(studio.db, free):
        _nothing_to_choose(plan)
        return False
    location_picker.offer(studio, choice, free)
    return True


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


def _make(address: Address) -> None:
    address.change({ACTION: ""})


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
    # A run may have ended since the quote was made: then its location tells how.
    if problem.code == "live" and row.run_id is not None:
        door, label, query = "provisioning.py", t("Watch"), {"runs": str(int(row.run_id))}
    elif problem.code == "not_made":
        door, label, query = "provisioning.py", t("Make avatar"), {links.CHOSEN: str(row.id)}
    else:
        words = {"no_photo": t("Add a photo"), "photo": t("Change the photo"), "archived": t("Restore it")}
        door, label = "locations.py", words.get(problem.code, t("Open"))
        query = {"location": str(row.id)}
        if problem.code in ("no_photo", "photo"):
            query[links.PHOTO] = "1"
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
