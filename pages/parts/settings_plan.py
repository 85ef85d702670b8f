"""What the plan allows and what HeyGen's work costs: figures with source and date, read-only."""

import pandas as pd
import streamlit as st

from core.errors import N_
from core.studio import Studio
from core.tariffs import Limit, Price
from pages.parts.words import credits_of, many, number, t

PLANS = {"free": "Free", "pro": "Pro", "scale": "Scale"}
LIMITS = {
    "groups": N_("Avatar groups"),
    "free_video_seconds": N_("Free video a month"),
    "resolution": N_("Resolution"),
    "watermark": N_("Watermark"),
    "video_seconds": N_("Seconds of one video"),
    "parallel_renders": N_("Videos made at once"),
}
PRICES = {
    "upload_asset": N_("Upload of a photo"),
    "create_group": N_("Avatar group"),
    "add_motion": N_("Motion"),
    "train_group": N_("Training of a group (not used)"),
    "ai_look": N_("AI look (not used)"),
    "generate_video": N_("Video"),
}
UNITS = {"call": N_("{n} each"), "look": N_("{n} each"), "minute": N_("{n} a minute")}
SOURCES = {
    "brief, API credits": N_("The team's workflow: API credits"),
    "brief, API credits; not used": N_("The team's workflow: API credits"),
    "brief, roadmap": N_("The team's workflow: roadmap"),
    "brief, free plan limits": N_("The team's workflow: limits of the free plan"),
    "brief, free plan limits; a month": N_("The team's workflow: limits of the free plan"),
    "the team's plan table": N_("The team's table of plans"),
}


def show(studio: Studio) -> None:
    """The chosen plan's limits, then the prices."""
    plan = studio.plan
    st.subheader(t("Plan {plan}", plan=PLANS[plan.name]), anchor=False)
    st.caption(t("The Studio refuses what goes beyond these limits. The plan is set by the variable PLAN."))
    limits = list(plan.limits.values())
    _table(
        {
            t("Limit"): [t(LIMITS[limit.name]) for limit in limits],
            t("Allowed"): [_allowed(limit) for limit in limits],
            t("Source and date"): [source(limit) for limit in limits],
        },
        t("Limits of the plan with source and date"),
    )
    st.subheader(t("Prices"), anchor=False)
    st.caption(t("Every quote counts with these. They are kept in the Studio and change only with it."))
    prices = list(studio.tariffs.prices.values())
    _table(
        {
            t("What"): [t(PRICES[price.operation]) for price in prices],
            t("Credits"): [_credits(price) for price in prices],
            t("Source and date"): [source(price) for price in prices],
        },
        t("Prices with source and date"),
    )


def source(figure: Limit | Price) -> str:
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


def _credits(price: Price) -> str:
    if price.micro_credits == 0:
        return t("free")
    return t(UNITS[price.unit], n=credits_of(price.micro_credits))


def _table(columns: dict[str, list[str]], alt: str) -> None:
    st.table(pd.DataFrame(columns), hide_index=True, border="horizontal", alt=alt)
