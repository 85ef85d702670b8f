"""What a person can do about a run: retry, cancel, and answer where HeyGen cannot tell."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from core import decisions, histories, jobs, quotes
from core.errors import StudioError
from core.members import require
from core.models import Operation
from core.studio import Studio
from pages.parts import steps, times
from pages.parts.words import amount, escape, say, t

#: The states in which a cancel can still be heard before the next paid step.
CANCELLABLE = ("queued", "running", "waiting")


def needs_answer(run: Any) -> bool:
    """True when HeyGen cannot tell what became of a call, and only a person can."""
    return run.state == "unknown" and run.due_at is None


def buttons(studio: Studio, run: Any) -> None:
    """The button that fits the run's state; none where there is nothing to decide."""
    if run.state == "failed" and run.newest:
        _retry(studio, run)
    elif run.state in CANCELLABLE and run.step != "saved":
        _cancel(studio, run)


def _retry(studio: Studio, run: Any) -> None:
    price = quotes.retry_price(studio, histories.run(studio.db, run.id))
    label = t(
        "Retry from {step} · {price}",
        step=steps.name(run.step),
        price=amount(price) if price else t("free"),
    )
    if st.button(label, key=f"retry_{run.id}", type="primary", icon=":material/replay:"):
        _do(studio, run.id, lambda: decisions.retry(studio, run.id, price=price, actor=require("spend")))


def _cancel(studio: Studio, run: Any) -> None:
    if run.cancel_requested_by:
        st.caption(t("Cancel requested: it stops before the next paid step."))
        return
    if st.button(
        t("Cancel"),
        key=f"cancel_{run.id}",
        icon=":material/cancel:",
        help=t("Stops before the next paid step. What was made so far is kept."),
    ):
        _do(studio, run.id, lambda: decisions.request_cancel(studio, run.id, actor=require("spend")))


def answers(studio: Studio, run: Any) -> None:
    """What is known, what is at stake and the three answers, while the run waits for one."""
    if not needs_answer(run):
        return
    call = next((c for c in histories.operations(studio.db, run.id) if c.state in ("sent", "unknown")), None)
    if call is None:
        return
    st.warning(_stakes(call), title=t("HeyGen cannot tell: your answer is needed"), icon=":material/help:")
    if call.candidates:
        _candidates(studio, run, call)
    with st.container(horizontal=True):
        if st.button(t("Check again"), key=f"check_{run.id}", type="primary", icon=":material/refresh:"):
            _do(studio, run.id, lambda: decisions.check_again(studio, run.id, actor=require("spend")))
        with st.popover(t("It did not happen"), icon=":material/close:"):
            st.markdown(_consequence(call))
            if st.button(t("It did not happen, go on"), key=f"absent_{run.id}"):
                _do(studio, run.id, lambda: decisions.did_not_happen(studio, run.id, actor=require("spend")))
        with st.popover(t("It happened: enter the id"), icon=":material/edit:"):
            _enter_id(studio, run, call)


def _candidates(studio: Studio, run: Any, call: Operation) -> None:
    """What HeyGen shows that may be the answer, as pictures to choose from."""
    st.caption(t("HeyGen shows several groups named {name}. Which one is it?", name=escape(call.subject)))
    with st.grid("auto", min_column_width=150):
        for number, one in enumerate(call.candidates, start=1):
            with st.container(border=True, gap="xsmall"):
                if one["preview"]:
                    st.image(one["preview"], width="stretch", alt=t("Group {n} of that name", n=number))
                if one["created_at"]:
                    made = datetime.fromtimestamp(one["created_at"], UTC)
                    st.caption(t("Made {age}", age=times.ago(made)), help=times.exact(made))
                st.code(one["group_id"], language=None, wrap_lines=True)
                if one["avatar_id"] and st.button(t("It is this one"), key=f"this_{run.id}_{number}"):
                    ids = {"avatar_id": one["avatar_id"], "group_id": one["group_id"]}
                    _do(
                        studio,
                        run.id,
                        lambda ids=ids: decisions.enter_id(studio, run.id, **ids, actor=require("spend")),
                    )


def _stakes(call: Operation) -> str:
    """Two sentences for a newcomer: what is known, and what is at stake."""
    if call.kind == "create_group":
        return t(
            "The Studio asked HeyGen to create the avatar group and the answer was lost, so it is not known "
            "whether the group exists. Asking again while it does would use up a second group of your plan."
        )
    return t(
        "The Studio asked HeyGen to add motion and the answer was lost, so it is not known whether {price} "
        "was charged. Asking again although it was would pay twice.",
        price=amount(call.price),
    )


def _consequence(call: Operation) -> str:
    if call.kind == "create_group":
        return t(
            "Look into HeyGen first: if no new group is there, the Studio creates it now. "
            "If one is there after all, it stays and counts against your plan."
        )
    return t(
        "Look into HeyGen first: if the avatar has no new motion, the Studio adds it now for {price}. "
        "If it has one after all, that one was paid as well.",
        price=amount(call.price),
    )


def _what_to_enter(call: Operation) -> str:
    if call.kind == "create_group":
        return t("Copy both ids from HeyGen. The run goes on with them and nothing is made again.")
    return t(
        "If HeyGen shows the new motion on this avatar, confirm its id. The run goes on with it and "
        "{price} counts as spent.",
        price=amount(call.price),
    )


def _enter_id(studio: Studio, run: Any, call: Operation) -> None:
    group = call.kind == "create_group"
    with st.form(f"enter_{run.id}", border=False):
        st.markdown(_what_to_enter(call))
        known = "" if group else call.subject
        avatar_id = st.text_input(t("Avatar id"), value=known, key=f"avatar_id_{run.id}")
        group_id = st.text_input(t("Group id"), key=f"group_id_{run.id}") if group else ""
        if st.form_submit_button(t("Use this id"), icon=":material/check:"):
            _do(
                studio,
                run.id,
                lambda: decisions.enter_id(
                    studio,
                    run.id,
                    avatar_id=avatar_id or "",
                    group_id=group_id or "",
                    actor=require("spend"),
                ),
            )


def _do(studio: Studio, run_id: int, decide: Callable[[], Any]) -> None:
    """Decide, wake the worker and show the page anew; a refusal is said in place."""
    try:
        decide()
    except StudioError as error:
        st.error(say(error), icon=":material/error:")
        return
    jobs.of(studio).wake([run_id])
    st.rerun()
