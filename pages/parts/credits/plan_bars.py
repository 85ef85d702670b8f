"""How much of the HeyGen plan is used, as bars."""

import streamlit as st

from core.reports import allowance
from core.studio import Studio
from pages.parts.kit import pricing
from pages.parts.kit.words import many, number, t


def show(studio: Studio) -> None:
    """Groups, free video and motions: what is used of what the plan has; no bar where it has no limit."""
    used = allowance.load(studio.db)
    limits = studio.subscription.limits
    st.caption(
        t(
            "HeyGen's plan: {plan}. Months begin at midnight UTC on the first.",
            plan=pricing.plan(studio.subscription.name),
        )
    )
    with st.grid(3, min_column_width=260, gap="small"):
        _bar(
            t("Avatar groups"),
            used.groups,
            limits["groups"].value,
            t("Groups that count against your HeyGen plan, with those under way."),
        )
        _bar(
            t("Free video this month"),
            used.video_seconds,
            limits["free_video_seconds"].value,
            t("Seconds of video that were rendered this month, each video's sum rounded up."),
            seconds=True,
        )
        motions = limits.get("motions_month")
        _bar(
            t("Motions this month"),
            used.motions,
            motions.value if motions else None,
            t("Motions that HeyGen accepted this month. HeyGen keeps this limit, the Studio only shows it."),
        )


def _bar(label: str, used: int, limit: int | str | bool | None, help: str, *, seconds: bool = False) -> None:
    with st.container(border=True, height="stretch"):
        st.markdown(f"**{label}**", help=help)
        if not isinstance(limit, int) or not limit:
            st.markdown(t("{n} used", n=_written(used, seconds)))
            st.caption(t("The plan sets no limit.") if limit != 0 else t("The plan includes none."))
            return
        st.progress(min(1.0, used / limit))
        said = t("{n} of {all}", n=number(used), all=_written(limit, seconds))
        left = limit - used
        if left > 0:
            st.markdown(f":material/check_circle: {said}")
            st.caption(t("{n} left", n=_written(left, seconds)))
        elif left == 0:
            st.markdown(f":orange[:material/warning: {said}]")
            st.caption(t("All of it is used."))
        else:
            st.markdown(f":orange[:material/warning: {said}]")
            st.caption(t("{n} above the plan", n=_written(-left, seconds)))


def _written(n: int, seconds: bool) -> str:
    return many("{n} second", "{n} seconds", n) if seconds else number(n)
