"""What somebody should look at, one row and one action each."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.account import found
from core.journal.due import asks
from core.money import budgets
from core.money.budgets import Standing
from core.reports import locations, remedies, runs
from core.reports.locations import LocationFilter
from core.reports.overview import Overview
from core.studio import Studio
from pages.parts.kit import links, times, visit
from pages.parts.kit.budgets import look, owner, used
from pages.parts.kit.people import may
from pages.parts.kit.pictures import photo
from pages.parts.kit.states import motion_looks, run_looks
from pages.parts.kit.tables import rows
from pages.parts.kit.words import amount, escape, many, name_of, percent, t
from pages.parts.runs import actions, steps
from pages.parts.runs.card import failure

if TYPE_CHECKING:
    import pandas as pd

#: The list is for today's work; Activity has the rest.
MOST = 20
#: The team's budget and those that are used most; the page Credits has the rest.
MOST_BUDGETS = 3


def show(studio: Studio, figures: Overview) -> None:
    """Everything that waits for a person; nothing when all is well."""
    waiting = runs.attention(studio.db, limit=MOST)
    listed = _in_their_places(studio, waiting)
    orphans = runs.orphans(studio.db)
    motions = _without(
        locations.locations(studio.db, LocationFilter(motion_status="failed"), limit=MOST), listed
    )
    price = studio.tariffs.avatar
    low = figures.heygen_micro is not None and figures.available < price
    tight = sorted(
        (one for one in budgets.standing(studio.db) if one.level != "ok"),
        key=lambda one: (one.scope != "team", -one.share),
    )
    lost = found.count_unknown(studio.db)
    if not (len(listed) or len(orphans) or len(motions) or low or tight or lost):
        return
    st.subheader(t("Needs attention"), anchor=False)
    if low:
        _credits(studio, figures, price)
    for one in tight[:MOST_BUDGETS]:
        _budget(one)
    if len(tight) > MOST_BUDGETS:
        st.caption(many("and {n} more budget", "and {n} more budgets", len(tight) - MOST_BUDGETS))
    remedy = remedies.of(studio.db, tuple(waiting["id"])) if len(waiting) else {}
    for run in rows(listed):
        _run(studio, run, remedy.get(run.id))
    for place in rows(motions):
        _motion(place)
    for call in rows(orphans):
        _orphan(call)
    if lost:
        _lost(lost)


def _in_their_places(studio: Studio, waiting: pd.DataFrame) -> pd.DataFrame:
    """These runs, and those that waited before while one stays on the page, each where it stood: a second
    click never meets another run's button."""
    places = visit.kept("attention", [])
    places += [run_id for run_id in waiting["id"] if run_id not in places]
    if places == list(waiting["id"]):
        return waiting
    found = runs.runs(studio.db, ids=tuple(places), limit=len(places))
    return found.sort_values("id", key=lambda ids: ids.map(places.index))


def _without(motions: pd.DataFrame, runs: pd.DataFrame) -> pd.DataFrame:
    """Failed motions that no run in the list speaks of, and for which none is under way."""
    if not len(motions):
        return motions
    return motions[~motions["id"].isin(list(runs["location_id"])) & motions["run_id"].isna()]


def _row(picture: Any, headline: str, why: str) -> Any:
    """Picture, headline and reason; returns the container for the one action."""
    outer = st.container(border=True)
    with outer.container(horizontal=True, vertical_alignment="center"):
        if picture is not None:
            photo(picture.location_id, picture.image_url, picture.blogger, picture.location, width=48)
        with st.container(gap="xxsmall", width="stretch"):
            st.markdown(headline)
            st.caption(why)
        # As wide in every row: the actions stand below each other, and on a phone each below its text.
        return st.container(width=290)


def _run(studio: Studio, run: Any, remedy: str | None) -> None:
    """`remedy` is what helps; None when nothing is to be done any more."""
    headline = f"**{name_of(run.blogger, run.location)}** {run_looks()[run.state].markdown}"
    with _row(run, headline, _why(run)):
        if remedy is None or not may("spend"):
            _link("activity.py", t("Open run"), run=str(run.id))
        elif asks(run):
            _link("activity.py", t("Answer", context="button"), run=str(run.id))
        elif remedy == remedies.RETRY:
            actions.retry_button(studio, run, primary=False)
        else:
            actions.mend_button(run, remedy, primary=False)


def _why(run: Any) -> str:
    if asks(run):
        return t(
            "The answer to the step {step} was lost and HeyGen cannot tell: only a person can decide.",
            step=steps.name(run.step),
        )
    if run.state == "failed":
        return f"{times.ago(run.ended_at)} · {failure(run)}"
    return steps.now(run) if run.ended_at is None else times.ago(run.ended_at)


def _motion(place: Any) -> None:
    headline = f"**{name_of(place.blogger, place.location)}** {motion_looks()['failed'].markdown}"
    picture = SimpleNamespace(
        location_id=place.id, image_url=place.image_url, blogger=place.blogger, location=place.location
    )
    with _row(
        picture, headline, t("HeyGen could not make the motion. The avatar is kept; a motion is paid anew.")
    ):
        if may("spend"):
            _link("provisioning.py", t("See the price"), **{links.CHOSEN: str(place.id)})
        else:
            _link("locations.py", t("Open"), location=str(place.id))


def _orphan(call: Any) -> None:
    why = t(
        "Its answer came after the call had counted as never made ({age}): {subject}.",
        age=times.ago(call.settled_at),
        subject=escape(call.subject),
    )
    with _row(None, t("**HeyGen made something that belongs to no location**"), why):
        if call.kind == "create_group":
            _link("locations.py", t("Found in HeyGen"), part=links.FOUND)
        else:
            _link("activity.py", t("Open run"), run=str(call.run_id))


def _lost(count: int) -> None:
    headline = many("**HeyGen no longer has {n} avatar**", "**HeyGen no longer has {n} avatars**", count)
    why = t("A location here uses or used what HeyGen's list does not have. Videos cannot be made with it.")
    with _row(None, headline, why):
        _link("locations.py", t("See which"), part=links.FOUND)


def _credits(studio: Studio, figures: Overview, price: int) -> None:
    why = t(
        "Available: {amount}. A new avatar costs {price}, so none can be confirmed.",
        amount=amount(figures.available),
        price=amount(price),
    )
    low = f":orange-badge[:material/account_balance_wallet: {t('Low')}]"
    headline = f"**{t('Too few credits for one avatar')}** {low}"
    with _row(None, headline, why):
        if studio.settings.world == "sandbox" and may("admin"):
            _link("settings.py", t("Refill the sandbox"), part="sandbox")
        else:
            _link("credits.py", t("Open Credits"))


def _budget(one: Standing) -> None:
    share = percent(one.share / 100)
    said = t("The team's budget: {share}", share=share)
    if one.name:
        said = t("Budget of {name}: {share}", name=owner(one.name), share=share)
    headline = f"**{said}** {look(one).markdown}"
    effect = t("What would pass it is refused.") if one.hard else t("It only warns, so nothing is refused.")
    with _row(None, headline, f"{used(one)}. {effect}"):
        _link("credits.py", t("Open budgets"), part="budgets")


def _link(page: str, label: str, **query: str) -> None:
    st.page_link(page, label=label, icon=":material/arrow_forward:", query_params=query)
