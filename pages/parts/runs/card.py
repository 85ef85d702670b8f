"""A run as a card: for whom, in which state, how far, since when, cost so far, next action."""

from typing import Any

import streamlit as st

from core.heygen.motions import MOTION_TYPES
from core.journal.due import asks, waits_for_person
from core.studio import Studio
from pages.parts.kit import times
from pages.parts.kit.links import run_link
from pages.parts.kit.pictures import photo
from pages.parts.kit.states import kind_of, run_looks, step_looks
from pages.parts.kit.words import amount, name_of, sentence, t
from pages.parts.runs import actions, answers, steps

#: How much of its bar a step fills: it is done, or somewhere in between, or not.
FILLED = {"done": 1.0, "now": 0.5, "unknown": 0.5, "paused": 0.5}


def card(studio: Studio, run: Any, *, link: bool = True) -> None:
    """One run from histories.runs, with everything that can be done about it."""
    with st.container(border=True, key=f"run_card_{run.id}"):
        _head(run)
        bars(run)
        with st.container(gap="xxsmall"):
            if run.ended_at is None and not asks(run):
                st.markdown(steps.now(run))
                st.caption(steps.after(studio, run))
            st.caption(_facts(run))
        _outcome(run)
        answers.show(studio, run)
        with st.container(horizontal=True, vertical_alignment="center"):
            actions.buttons(studio, run)
        actions.start_over(run)
        if link:
            with st.container(horizontal=True, vertical_alignment="center"):
                _links(run)


def compact(run: Any) -> None:
    """One run in a few lines, for a page about other things."""
    with st.container(border=True, gap="xsmall"):
        _head(run)
        bars(run)
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.caption(steps.now(run), width="content")
            page, query = "provisioning.py", {"runs": str(run.id)}
            if run.kind == "video":
                page, query = "videos.py", {"batch": run.quote_id}
            st.page_link(page, label=t("Watch"), icon=":material/visibility:", query_params=query)


def bars(run: Any) -> None:
    """A bar for each planned step: done, present, to come."""
    plan, looks = steps.of(run), step_looks()
    # Sign and word fit on one line (a line more or less while a step runs would move the rest), and on a
    # phone four stand in twos.
    with st.grid(len(plan), min_column_width=110, gap="xsmall"):
        for step, state in plan.items():
            look = looks[state]
            st.progress(
                FILLED.get(state, 0.0),
                text=f":{look.color}[:material/{look.icon}:] {steps.name(step)}",
            )


def failure(run: Any) -> str:
    """Why the run failed, for markdown."""
    return sentence(run.error_template, run.error_values, run.error_name)


def purpose(run: Any) -> str:
    """What the run is for, in a few words."""
    if run.kind == "avatar":
        return t("{kind} with {engine}", kind=kind_of(run).word, engine=MOTION_TYPES[run.motion_type])
    return kind_of(run).word


def _head(run: Any) -> None:
    with st.container(horizontal=True, wrap=False, vertical_alignment="center"):
        photo(run.location_id, run.image_url, run.blogger, run.location, width=56)
        with st.container(gap="xxsmall"):
            st.markdown(f"**{name_of(run.blogger, run.location)}**")
            st.markdown(
                run_looks()[run.state].markdown,
                help=t("Since {time}", time=times.exact(run.ended_at or run.step_at)),
            )
            st.caption(purpose(run), wrap=False)


def _facts(run: Any) -> str:
    done = t("{done} of {planned} steps done", done=steps.done(run), planned=steps.planned(run))
    cost = amount(run.cost)
    # A wait for a person is no work.
    lasted = [] if waits_for_person(run) else [times.lasted(run.created_at, run.ended_at)]
    return " · ".join(
        [
            done,
            *lasted,
            _tries(run),
            t("{cost} spent so far", cost=cost) if run.ended_at is None else t("{cost} spent", cost=cost),
        ]
    )


def _tries(run: Any) -> str:
    """How often the present step was begun: its calls to HeyGen, or the tries that never got that far."""
    tried = max(run.attempt, run.tries + 1)
    return t("first try") if tried <= 1 else t("try {n} of this step", n=tried)


def _outcome(run: Any) -> None:
    """What the run ended with: the id, or why it stopped, what that cost and what is kept."""
    if run.state == "done" and run.kind == "avatar":
        st.caption(t("Avatar id, kept at the location as heygen_avatar_id"))
        st.code(run.heygen_avatar_id, language=None, wrap_lines=True)
    elif run.state == "done" and run.kind == "video":
        st.caption(t("The video is finished and its file is kept here."))
    elif run.state == "done":
        st.caption(t("The group is deleted and its slot is free. The avatar's id and its costs stay here."))
    elif run.state == "failed":
        st.error(failure_and_cost(run), icon=":material/error:")
    elif run.state == "cancelled":
        st.info(f"{_kept(run)}\n\n{_spent(run)}", title=t("Cancelled in time"), icon=":material/cancel:")


def failure_and_cost(run: Any) -> str:
    """Why the run failed and what it has cost, for markdown."""
    # Most reasons say by themselves that nothing was spent; saying it twice only puzzles.
    said = not run.cost and "othing was spent" in run.error_template
    return failure(run) if said else f"{failure(run)}\n\n{_spent(run)}"


def _spent(run: Any) -> str:
    if run.cost:
        return t("This run has cost {cost}.", cost=amount(run.cost))
    return t("This run has cost nothing.")


def _kept(run: Any) -> str:
    if run.kind == "avatar" and run.heygen_group_id:
        return t(
            "The run stopped before its next paid step. The avatar group stays: a new run goes on with it."
        )
    return t("The run stopped before its next paid step, and what it held is available again.")


def _links(run: Any) -> None:
    if run.kind == "video":
        st.page_link(
            "videos.py",
            label=t("Video"),
            icon=":material/movie:",
            query_params={"batch": run.quote_id},
            help=t("The video with its player, and the others of the same confirmation."),
        )
    ways(run.id, run.location_id)


def story(run_id: int) -> None:
    """The link to the run's own page, which says what is there."""
    run_link(run_id, t("Every step of this run, with what was sent and what it cost."))


def ways(run_id: int, location_id: int) -> None:
    """Links to the run's own page and to its location."""
    story(run_id)
    st.page_link(
        "locations.py",
        label=t("Location"),
        icon=":material/photo_library:",
        query_params={"location": str(location_id)},
        help=t("The location with its avatar, its cost and all its runs."),
    )
