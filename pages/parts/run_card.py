"""A run as a card: for whom, in which state, since when, cost so far, next action."""

from typing import Any

import streamlit as st

from core.studio import Studio
from pages.parts import steps, times
from pages.parts.pictures import photo_url
from pages.parts.run_actions import actions
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
                st.caption(_facts(studio, run))
        _outcome(run)
        with st.container(horizontal=True, vertical_alignment="center"):
            actions(studio, run)
            if link:
                st.page_link(
                    "activity.py",
                    label=t("Run {id}", id=run.id),
                    icon=":material/history:",
                    query_params={"run": str(run.id)},
                    help=t("Every step of this run, with what was sent and what it cost."),
                )


def _progress(run: Any) -> None:
    behind, planned = steps.done(run), len(steps.names())
    st.progress(
        behind / planned,
        text=t("{done} of {planned} steps done", done=behind, planned=planned),
    )
    st.markdown(steps.chips(run))


def _facts(studio: Studio, run: Any) -> str:
    parts = [
        times.lasted(run.created_at, run.ended_at),
        t("attempt {n}", n=max(1, run.attempt)),
        t("cost so far {cost}", cost=amount(run.cost)) if run.ended_at is None else _final_cost(run),
    ]
    if run.ended_at is None:
        price = amount(studio.tariffs.price("add_motion"))
        parts += [
            t("now: {what}", what=steps.now(run.step)),
            t("next: {what}", what=steps.after(run.step, price)),
        ]
    return " · ".join(parts)


def _final_cost(run: Any) -> str:
    return t("cost {cost}", cost=amount(run.cost))


def _outcome(run: Any) -> None:
    """What the run ended with: the id, or why it failed and whether that cost anything."""
    if run.state == "done":
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption("heygen_avatar_id", width="content")
            st.code(run.heygen_avatar_id, language=None, width="content")
    elif run.state == "failed":
        st.error(f"{failure(run)} {_spent(run)}", icon=":material/error:")


def failure(run: Any) -> str:
    """Why the run failed, for markdown."""
    return sentence(run.error_template, run.error_values, run.error_name)


def _spent(run: Any) -> str:
    if run.cost:
        return t("This run has cost {cost}.", cost=amount(run.cost))
    return t("This run has cost nothing.")
