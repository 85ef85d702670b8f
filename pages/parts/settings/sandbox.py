"""The sandbox's account: credits, speed, group limit, failures to rehearse, a new start."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.account import sandbox_account
from core.account.sandbox_account import SandboxState
from core.amounts import MICRO
from core.config import SANDBOX_SPEED
from core.people.roles import Person
from core.sandbox.store import FIRST_CREDITS
from core.studio import Studio
from pages.parts.kit import dialogs
from pages.parts.kit.guard import refusal, told_later
from pages.parts.kit.people import may, only, require
from pages.parts.kit.words import amount, many, number, t
from pages.parts.settings import rehearsal

REFILL = 10
SPEEDS = (1.0, SANDBOX_SPEED, 40.0)
NO_LIMIT = 0
LIMITS = (1, 2, 3, 10, NO_LIMIT)
_ERROR = "sandbox_error"


def show(studio: Studio) -> None:
    """Everything about the account that a person may change, then failures, then the danger."""
    st.caption(t("The sandbox plays HeyGen on this machine. Nothing here costs money or reaches HeyGen."))
    refusal(_ERROR)
    account = sandbox_account.state(studio)
    if not may("admin"):
        _as_it_is(account)
        return
    with st.grid(3, min_column_width=280):
        with st.container(border=True, height="stretch"):
            _credits(studio, account)
        with st.container(border=True, height="stretch"):
            _speed(studio, account)
        with st.container(border=True, height="stretch"):
            _limit(studio, account)
    rehearsal.show(studio, account)
    _danger(studio)
    dialogs.show("reset_sandbox", t("Reset the sandbox"), lambda: _reset_dialog(studio), width="small")


def _as_it_is(account: SandboxState) -> None:
    """The account for who may not change it."""
    only("admin")
    facts = {
        t("The sandbox's balance"): amount(account.micro_credits),
        t("Speed"): _how_fast(account),
        t("Avatar groups"): _how_many_groups(account),
    }
    if account.armed:
        facts[t("Armed")] = "  \n".join(map(rehearsal.said, account.armed))
    st.table(facts, border="horizontal", alt=t("The sandbox's account as it is now"))


def change(action: Callable[[Person], Any]) -> Any:
    """Do it; a refusal is shown above the controls at the rerun that follows. Made for on_click."""
    actor = require("admin")
    with told_later(_ERROR):
        return action(actor)


def _credits(studio: Studio, account: SandboxState) -> None:
    st.metric(
        t("The sandbox's balance"),
        amount(account.micro_credits),
        help=t("What HeyGen would say. The Studio's own figures stand in the sidebar."),
    )
    st.button(
        t("Add {amount}", amount=amount(REFILL * MICRO)),
        key="refill",
        icon=":material/add:",
        on_click=_booked,
        args=(lambda actor: sandbox_account.add_credits(studio, REFILL, actor=actor),),
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.number_input(
            t("Or set it to"),
            min_value=0,
            max_value=sandbox_account.MOST_CREDITS,
            value=account.micro_credits // MICRO,
            # A new balance is a new field, so that it never shows an old one.
            key=f"credits_to_{account.micro_credits}",
            on_change="ignore",
            width=140,
        )
        st.button(
            t("Set"),
            key="set_credits",
            on_click=_booked,
            args=(lambda actor: sandbox_account.set_credits(studio, _credits_wanted(account), actor=actor),),
        )


def _credits_wanted(account: SandboxState) -> int:
    return int(st.session_state.get(f"credits_to_{account.micro_credits}") or 0)


def _booked(action: Callable[[Person], bool]) -> None:
    at_once = change(action)
    if at_once is False:
        st.toast(
            t("Done. Runs are under way: the Studio's own figures follow when they have ended."),
            icon=":material/schedule:",
        )


def _speed(studio: Studio, account: SandboxState) -> None:
    words = {
        1.0: t("Like HeyGen"),
        SANDBOX_SPEED: t("Normal"),
        40.0: t("Fast"),
    }
    options = sorted({*SPEEDS, account.speed})
    key = f"speed_{account.speed:g}"
    st.segmented_control(
        t("Speed"),
        options,
        default=account.speed,
        required=True,
        format_func=lambda speed: words.get(speed, f"{number(speed)} ×"),
        key=key,
        on_change=lambda: change(
            lambda actor: sandbox_account.set_speed(studio, st.session_state[key], actor=actor)
        ),
    )
    st.caption(_how_fast(account))


def _how_fast(account: SandboxState) -> str:
    seconds = number(round(120 / account.speed) or 1)
    if account.speed == 1:
        return t("An avatar with motion takes about {seconds} s, as at HeyGen.", seconds=seconds)
    return t(
        "{factor} times HeyGen's speed: an avatar with motion takes about {seconds} s.",
        factor=number(account.speed),
        seconds=seconds,
    )


def _limit(studio: Studio, account: SandboxState) -> None:
    now = NO_LIMIT if account.group_limit is None else account.group_limit
    key = f"limit_{now}"
    st.segmented_control(
        t("Avatar groups HeyGen allows"),
        sorted({*LIMITS, now}, key=lambda limit: limit or 10**9),
        default=now,
        required=True,
        format_func=lambda limit: number(limit) if limit else t("No limit"),
        key=key,
        on_change=lambda: change(
            lambda actor: sandbox_account.set_group_limit(studio, st.session_state[key] or None, actor=actor)
        ),
    )
    plan = studio.subscription.groups
    if plan is None:
        st.caption(t("Groups there now: {n}. The Studio's plan has no limit.", n=number(account.groups)))
    else:
        st.caption(
            t(
                "Groups there now: {n}. The Studio's plan allows {limit} and refuses more by itself: "
                "set fewer here to see HeyGen refuse.",
                n=number(account.groups),
                limit=number(plan),
            )
        )


def _how_many_groups(account: SandboxState) -> str:
    allowed = t("No limit") if account.group_limit is None else number(account.group_limit)
    return t("{n} of {all}", n=number(account.groups), all=allowed)


def _danger(studio: Studio) -> None:
    st.subheader(t("Start over"), anchor=False)
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            t(
                "Deletes every avatar group in the sandbox and begins with {credits}.",
                credits=amount(FIRST_CREDITS),
            ),
            width="stretch",
        )
        dialogs.button(
            t("Reset the sandbox"), "reset_sandbox", key="reset_sandbox", icon=":material/restart_alt:"
        )


def _reset_dialog(studio: Studio) -> None:
    plan = sandbox_account.reset_plan(studio)
    if plan.live_runs:
        st.warning(
            many(
                "{n} run has not ended. Wait until it has ended, or cancel it, then reset.",
                "{n} runs have not ended. Wait until they have ended, or cancel them, then reset.",
                plan.live_runs,
            ),
            icon=":material/hourglass_top:",
        )
    st.markdown(
        "\n".join(
            f"- {line}"
            for line in (
                many("{n} avatar group is deleted", "{n} avatar groups are deleted", plan.groups),
                many(
                    "{n} location loses its avatar, which can be made again",
                    "{n} locations lose their avatars, which can be made again",
                    plan.locations,
                ),
                t("The sandbox has {credits} again", credits=amount(FIRST_CREDITS)),
                t("Failures that wait are disarmed"),
                t("Bloggers, locations, runs and the ledger stay"),
            )
        )
    )
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button(t("Keep it"), key="keep_sandbox"):
            dialogs.close()
        if st.button(
            t("Reset the sandbox"),
            key="confirm_reset",
            type="primary",
            icon=":material/restart_alt:",
            disabled=bool(plan.live_runs),
        ):
            sandbox_account.reset(studio, actor=require("admin"))
            st.toast(t("The sandbox is as new."), icon=":material/check:")
            dialogs.close()
