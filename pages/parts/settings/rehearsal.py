"""Rehearse a failure: choose what goes wrong, read what one will see, arm it; disarm what is armed."""

import streamlit as st

from core.account import failures, sandbox_account
from core.account.failures import BY_SLUG, EVERYWHERE
from core.account.sandbox_account import Armed, SandboxState
from core.studio import Studio
from pages.parts.kit.guard import refusal, told_later
from pages.parts.kit.people import require
from pages.parts.kit.words import escape, many, t
from pages.parts.runs import steps

_WHAT, _TIMES, _ERROR = "rehearse_what", "rehearse_times", "rehearse_error"


def show(studio: Studio, account: SandboxState) -> None:
    """What waits to strike, then the choice."""
    st.subheader(t("Rehearse a failure"), anchor=False)
    st.caption(t("See what the Studio does when HeyGen goes wrong, before it costs money."))
    refusal(_ERROR)
    if account.armed:
        _armed(studio, account.armed)
    with st.container(border=True):
        _choice(studio)


def _step_name(step: str) -> str:
    return t("Every step") if step == EVERYWHERE else steps.name(step)


def _armed(studio: Studio, armed: tuple[Armed, ...]) -> None:
    with st.container(border=True):
        st.markdown(f":orange-badge[:material/crisis_alert: {t('Armed')}] {t('Strikes at the next call:')}")
        for one in armed:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(said(one), width="stretch")
                st.button(
                    t("Disarm"),
                    key=f"disarm_{one.numbers[0]}",
                    icon=":material/close:",
                    type="tertiary",
                    on_click=_do,
                    args=(studio, one.numbers),
                )
        if len(armed) > 1:
            st.button(
                t("Disarm all"),
                key="disarm_all",
                icon=":material/clear_all:",
                on_click=_do,
                args=(studio, None),
            )


def said(one: Armed) -> str:
    """What is armed, at which step and how often it strikes, for markdown."""
    if not one.slug:
        what = t("A fault set by hand: {fault} at {route}", fault=escape(one.fault), route=escape(one.route))
        return f"{what} · {_how_often(one.times)}"
    return f"**{t(BY_SLUG[one.slug].title)}** · {_step_name(one.step)} · {_how_often(one.times)}"


def _how_often(times: int) -> str:
    return many("{n} time", "{n} times", times)


def _choice(studio: Studio) -> None:
    traits = studio.client.traits
    known = [scenario.slug for scenario in failures.known(traits)]
    slug = st.selectbox(
        t("What goes wrong"),
        known,
        format_func=lambda slug: t(BY_SLUG[slug].title),
        key=_WHAT,
    )
    scenario = BY_SLUG[slug or known[0]]
    steps = scenario.steps(traits)
    with st.container(horizontal=True, vertical_alignment="top"):
        if len(steps) > 1:
            step = st.segmented_control(
                t("At which step"),
                steps,
                default=steps[0],
                required=True,
                format_func=_step_name,
                key=f"rehearse_step_{scenario.slug}",
            )
        else:
            step = steps[0]
        st.number_input(
            t("How many times"),
            min_value=1,
            max_value=sandbox_account.MOST_TIMES,
            value=1,
            key=_TIMES,
            on_change="ignore",
            width=140,
        )
    step = step if step in steps else steps[0]
    st.info(t(scenario.says(step, traits)), title=t("What you will see"), icon=":material/visibility:")
    st.button(
        t("Arm it"),
        key="arm",
        type="primary",
        icon=":material/crisis_alert:",
        on_click=_arm,
        args=(studio, scenario.slug, step),
        help=t("It strikes at the next call of this step, whoever starts the run."),
    )


def _arm(studio: Studio, slug: str, step: str) -> None:
    actor = require("admin")
    with told_later(_ERROR):
        sandbox_account.arm(studio, slug, step, int(st.session_state.get(_TIMES) or 1), actor=actor)
        st.toast(t("Armed. Now make an avatar and watch."), icon=":material/crisis_alert:")


def _do(studio: Studio, numbers: tuple[int, ...] | None) -> None:
    actor = require("admin")
    with told_later(_ERROR):
        sandbox_account.disarm(studio, numbers, actor=actor)
