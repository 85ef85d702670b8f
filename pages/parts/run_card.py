"""A run as a card: for whom, in which state, since when, cost so far, next action."""

from typing import Any

import streamlit as st

from core.studio import Studio
from pages.parts import steps, times
from pages.parts.pictures import photo_url
from pages.parts.run_actions import answers, buttons, needs_answer
from pages.parts.states import run_looks
from pages.parts.words import amount, name_of, sentence, t


def card(studio: Studio, run: Any, *, link: bool = True) -> None:
    """One run from histories.runs."""
    with st.container(border=True, key=f"run_card_{run.id}"):
        with st.container(horizontal=True, wrap=False, vertical_alignment="top"):
            st.image(
                photo_url(run.location_id, run.image_url),
                width=72,
                alt=t("Photo of {blogger}, {location}", blogger=run.blogger, location=run.location),
            )
            with st.container(gap="xsmall"):
                with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                    st.markdown(f"**{name_of(run.blogger, run.location)}**", width="content")
                    run_looks()[run.state].badge(
                        help=t("Since {time}", time=times.exact(run.ended_at or run.step_at))
                    )
                _progress(run)
                st.caption(_facts(run))
                if run.ended_at is None and not needs_answer(run):
                    st.caption(_now_and_next(studio, run))
        _outcome(run)
        answers(studio, run)
        with st.container(horizontal=True, vertical_alignment="center"):
            buttons(studio, run)
            if link:
                st.page_link(
                    "activity.py",
                    label=t("Run {id}", id=run.id),
                    icon=":material/history:",
                    query_params={"run": str(run.id)},
                    help=t("Every step of this run, with what was sent and what it cost."),
                )
                st.page_link(
                    "locations.py",
                    label=t("Location"),
                    icon=":material/photo_library:",
                    query_params={"location": str(run.location_id)},
                    help=t("The location with its avatar, its cost and all its runs."),
                )


def _progress(run: Any) -> None:
    behind, planned = steps.done(run), len(steps.names())
    st.progress(
        behind / planned,
        text=t("{done} of {planned} steps done", done=behind, planned=planned),
    )
    st.markdown(steps.chips(run))


def _facts(run: Any) -> str:
    cost = amount(run.cost)
    return " · ".join(
        [
            times.lasted(run.created_at, run.ended_at),
            t("attempt {n}", n=max(1, run.attempt)),
            t("cost so far {cost}", cost=cost) if run.ended_at is None else t("cost {cost}", cost=cost),
        ]
    )


def _now_and_next(studio: Studio, run: Any) -> str:
    price = amount(studio.tariffs.price("add_motion"))
    return t("Now: {now}. Next: {then}.", now=steps.now(run), then=steps.after(run.step, price))


def _outcome(run: Any) -> None:
    """What the run ended with: the id, or why it failed and whether that cost anything."""
    if run.state == "done":
        st.caption("heygen_avatar_id")
        st.code(run.heygen_avatar_id, language=None)
    elif run.state == "failed":
        st.error(f"{failure(run)}\n\n{_spent(run)}", icon=":material/error:")


def failure(run: Any) -> str:
    """Why the run failed, for markdown."""
    return sentence(run.error_template, run.error_values, run.error_name)


def _spent(run: Any) -> str:
    if run.cost:
        return t("This run has cost {cost}.", cost=amount(run.cost))
    return t("This run has cost nothing.")
