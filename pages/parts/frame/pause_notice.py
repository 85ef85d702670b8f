"""Paid work is paused: one calm notice above every page, with the button that lets it go on."""

import streamlit as st

from core.journal import breaker
from core.journal.breaker import Pause
from core.runs import queue
from core.studio import Studio
from pages.parts.kit import times
from pages.parts.kit.guard import guarded
from pages.parts.kit.people import may, require
from pages.parts.kit.words import many, t

#: HeyGen's code for a limit that credits do not lift.
QUOTA = "quota_exceeded"


def show(studio: Studio) -> None:
    """Draw it while paid work is paused; nothing otherwise."""
    found = breaker.standing(studio.db)
    if found is None:
        return
    with guarded(), st.container(gap="small", key="halt_notice"):
        st.warning(_said(found), title=t("Paid work is paused"), icon=":material/pause_circle:")
        with st.container(horizontal=True, vertical_alignment="center"):
            if may("spend") and st.button(
                t("Resume now"),
                key="resume_paid_work",
                icon=":material/play_arrow:",
                help=t("The paused runs go on from where they stand. The record says who resumed them."),
            ):
                queue.of(studio).wake(breaker.lift(studio.db, actor=require("spend")))
                st.rerun()
            if found.runs:
                st.page_link(
                    "activity.py",
                    label=t("Show the paused runs"),
                    icon=":material/history:",
                    query_params={"activity_state": "paused"},
                )
            if studio.settings.world == "sandbox" and may("admin"):
                st.page_link(
                    "settings.py",
                    label=t("Refill the sandbox"),
                    icon=":material/account_balance_wallet:",
                    query_params={"part": "sandbox"},
                )


def _said(found: Pause) -> str:
    when = {"age": times.ago(found.since), "time": times.exact(found.since)}
    if found.code == QUOTA:
        why = t("HeyGen refused a paid call {age} ({time}): a quota of its plan is used up.", **when)
        way = t("When HeyGen has renewed the quota, resume paid work here.")
        if not may("spend"):
            way = t("When HeyGen has renewed the quota, an operator or an administrator can resume it here.")
    else:
        why = t("HeyGen refused a paid call {age} ({time}): its credits do not suffice.", **when)
        way = t(
            "Add credits in HeyGen: paid work goes on by itself when HeyGen's balance shows them, "
            "or when you resume it here."
        )
        if not may("spend"):
            way = t("It goes on by itself when HeyGen's balance suffices again.")
    waits = many(
        "The refused call cost nothing, and {n} run waits before its paid step.",
        "The refused call cost nothing, and {n} runs wait before their paid steps.",
        found.runs,
    )
    goes_on = t("What HeyGen has accepted goes on.")
    return f"{why} {waits} {goes_on}\n\n{way}"
