"""What the plan allows: every figure with its source and date. Prices follow below them."""

import streamlit as st

from core.locale import N_
from core.money.tariffs import Limit
from core.studio import Studio
from pages.parts.kit import pricing
from pages.parts.kit.tables import listed
from pages.parts.kit.words import many, number, t
from pages.parts.settings import prices

LIMITS = {
    "groups": N_("Avatar groups"),
    "motions_month": N_("Motions a month"),
    "free_video_seconds": N_("Free video a month"),
    "resolution": N_("Resolution"),
    "watermark": N_("Watermark"),
    "video_seconds": N_("Seconds of one video"),
    "parallel_renders": N_("Videos made at once"),
}
SOURCES = {
    "brief, free plan limits": N_("The team's workflow: limits of the free plan"),
    "brief, free plan limits; a month": N_("The team's workflow: limits of the free plan"),
    "the team's plan table": N_("The team's table of plans"),
    "help.heygen.com, 10034438": N_("help.heygen.com, article 10034438"),
    "no source names a limit": N_("No source names a limit"),
    "reported of wallet-only API accounts": N_("Reported of API accounts with a wallet only"),
    "no call of its own in v3": N_("HeyGen's v3 has no call for it"),
    "heygen-cli, gen/video.go": N_("HeyGen's command line, gen/video.go"),
    "heygen-cli, gen/video.go: the script's 5000 characters": N_(
        "HeyGen's command line, gen/video.go: a script has 5000 characters at most"
    ),
    "developers.heygen.com, pay as you go": N_("developers.heygen.com, pay as you go"),
}


def show(studio: Studio) -> None:
    """The chosen plan's limits, then the prices."""
    plan = studio.subscription
    st.subheader(t("Plan {plan}", plan=pricing.plan(plan.name)), anchor=False)
    st.caption(
        t(
            "The Studio refuses what goes beyond these limits. Motions and free video a month are only "
            "shown, because HeyGen counts them itself. The plan is set by the variable PLAN."
        )
    )
    listed(
        [
            {
                t("Limit"): t(LIMITS[limit.name]),
                t("Allowed"): _allowed(limit),
                t("Source and date"): _source(limit),
            }
            for limit in plan.limits.values()
        ],
        alt=t("Limits of the plan with source and date"),
    )
    prices.show(studio)


def _source(figure: Limit) -> str:
    """Where and when the figure was read; an address stands as it is."""
    where = t(SOURCES.get(figure.source, figure.source))
    return t("{source}, {date}", source=where, date=figure.as_of.strftime(t("%Y-%m-%d")))


def _allowed(limit: Limit) -> str:
    value = limit.value
    if value is None:
        return t("No limit")
    if isinstance(value, bool):
        return t("Yes") if value else t("No")
    if limit.name == "free_video_seconds" and isinstance(value, int):
        return many("{n} second", "{n} seconds", value)
    return number(value) if isinstance(value, int) else value
