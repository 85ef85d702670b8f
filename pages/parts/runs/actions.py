"""What a person can do about a run: cancel it, retry it from its failed step, mend it, start over."""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from core.account import balance
from core.database.tables.runs import Run
from core.errors import StudioError
from core.journal.due import UNDER_WAY
from core.journal.steps import PAID, Retry, retry_of
from core.reports import remedies
from core.reports.runs import runs
from core.runs import decisions, queue
from core.runs.retry import retry
from core.studio import Studio
from pages.parts.kit import dialogs, links
from pages.parts.kit.guard import guarded
from pages.parts.kit.people import may, require
from pages.parts.kit.tables import rows
from pages.parts.kit.words import amount, escape, name_of, person, say, sentence, short_amount, t
from pages.parts.runs import steps

#: The states in which a cancel can still be heard before the next paid step.
CANCELLABLE = (*UNDER_WAY, "paused")
_RETRY = "retry"


def buttons(studio: Studio, run: Any) -> None:
    """The buttons that fit the run's state; none where there is nothing to decide."""
    if not may("spend"):
        return
    if run.state == "failed" and run.newest:
        remedy = remedies.of(studio.db, (run.id,))[run.id]
        mend_button(run, remedy)
        retry_button(studio, run, primary=remedy == remedies.RETRY)
    elif run.state in CANCELLABLE:
        _cancel(studio, run)


def retry_button(studio: Studio, run: Any, *, primary: bool = True) -> None:
    """Go on at the failed step. The button names the step and carries the amount; what costs is confirmed."""
    again = _again(studio, run.id)
    if not st.button(
        _label(again),
        key=f"retry_{run.id}",
        type="primary" if primary else "secondary",
        icon=":material/replay:",
    ):
        return
    if again.micro:
        dialogs.ask(_RETRY, run_id=run.id, price=again.micro)
        st.rerun()
    do(studio, lambda: retry(studio.db, run.id, price=0, actor=require("spend")))


def show_dialog(studio: Studio) -> None:
    """The confirmation of a retry, on whatever page it was asked for."""
    price = dialogs.details(_RETRY).get("price", 0)
    dialogs.show(
        _RETRY, t("Spend {price}?", price=amount(price)), partial(_confirm_retry, studio), needs="spend"
    )


def _confirm_retry(studio: Studio, *, run_id: int, price: int) -> None:
    (run,) = rows(runs(studio.db, ids=(run_id,)))
    again = _again(studio, run_id)
    left = balance.money(studio.db).available - price
    st.markdown(f"**{name_of(run.blogger, run.location)}**")
    if run.state == "failed":
        st.markdown(sentence(run.error_template, run.error_values, run.error_name))
    st.caption(f"{t('Available afterwards')}: {short_amount(left)}")
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button(t("Back"), key="retry_back"):
            dialogs.close()
        if st.button(_label(again), key="retry_confirm", type="primary", icon=":material/payments:"):
            with guarded():
                retry(studio.db, run_id, price=price, actor=require("spend"))
                queue.of(studio).wake([run_id])
                dialogs.close()


def _again(studio: Studio, run_id: int) -> Retry:
    with studio.db.read() as session:
        return retry_of(session, session.get_one(Run, run_id))


def _label(again: Retry) -> str:
    return t(
        "Retry from {step} · {price}",
        step=steps.name(again.step),
        price=amount(again.micro) if again.micro else t("free"),
    )


def mend_button(run: Any, remedy: str, *, primary: bool = True) -> None:
    """The way to what has to change before a retry can help; nothing where nothing has to."""
    doors = {
        remedies.PHOTO: (t("Change the photo"), "add_a_photo", "locations.py", "location"),
        remedies.SLOT: (t("Free a slot"), "delete", "provisioning.py", links.CHOSEN),
    }
    if remedy not in doors:
        return
    label, icon, page, name = doors[remedy]
    if st.button(
        label,
        key=f"mend_{run.id}",
        type="primary" if primary else "secondary",
        icon=f":material/{icon}:",
    ):
        # The photo's own dialog opens there, instead of a page with the same button.
        photo = {links.PHOTO: "1"} if remedy == remedies.PHOTO else {}
        st.switch_page(page, query_params={name: str(run.location_id)} | photo)


def start_over(run: Any) -> None:
    """A new run with a new quote, apart from what goes on inside this one, and explained."""
    if not may("spend") or run.state not in ("failed", "cancelled") or not run.newest or run.kind != "avatar":
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        if st.button(t("Start over"), key=f"over_{run.id}", icon=":material/restart_alt:"):
            st.switch_page("provisioning.py", query_params=_new_quote(run))
        st.caption(
            t("A new run with its own quote. What HeyGen has made already is kept and not paid again."),
            width="stretch",
        )


def _new_quote(run: Any) -> dict[str, str]:
    asked = {links.CHOSEN: str(run.location_id), "motion": run.motion_type}
    return {**asked, "action": "another_motion"} if run.again else asked


def is_paid(run: Any) -> bool:
    """True when the run's paid call is behind it, so that a cancel comes too late."""
    return run.step in PAID


def cancel_all(studio: Studio, run_ids: list[int]) -> None:
    """Ask all of these to stop before their next paid step; what went on meanwhile goes on."""
    refused = ""
    for run_id in run_ids:
        try:
            decisions.request_cancel(studio, run_id, actor=require("spend"))
        except StudioError as error:
            refused = say(error)
    queue.of(studio).wake(run_ids)
    if refused:
        st.error(refused, icon=":material/error:")
        return
    st.rerun()


def _cancel(studio: Studio, run: Any) -> None:
    """The button keeps its place to the end, so that nothing moves when there is nothing left to stop."""
    paid = is_paid(run)
    video = run.kind == "video"
    clicked = st.button(
        t("Cancel"),
        key=f"cancel_{run.id}",
        icon=":material/cancel:",
        disabled=paid or bool(run.cancel_requested_by),
        help=(
            t("HeyGen renders it already, so there is nothing left to stop.")
            if video
            else t("The motion is paid, so there is nothing left to stop.")
        )
        if paid
        else t("Stops before the next paid step. What was made so far is kept."),
    )
    if run.cancel_requested_by and paid:
        st.caption(
            t("The cancel came after the video was ordered, so the run goes on.")
            if video
            else t("The cancel came after the motion was paid, so the run goes on.")
        )
    elif run.cancel_requested_by:
        st.caption(
            t(
                "{person} asked to cancel: it stops before the next paid step.",
                person=escape(person(run.cancel_requested_by)),
            )
        )
    if clicked:
        do(studio, lambda: decisions.request_cancel(studio, run.id, actor=require("spend")))


def do(studio: Studio, decide: Callable[[], Run]) -> None:
    """Decide, wake the worker and show the page anew; a refusal is said in place."""
    with guarded():
        queue.of(studio).wake([decide().id])
        st.rerun()
