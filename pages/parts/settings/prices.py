"""What HeyGen's work costs: every price with unit, source and date, and a person's own in its place."""

from typing import Any

import streamlit as st

from core import clock
from core.amounts import plain
from core.errors import StudioError
from core.locale import N_
from core.money import prices, tariffs
from core.money.tariffs import STALE_DAYS, Price
from core.studio import Studio
from pages.parts.kit import dialogs, pricing, times
from pages.parts.kit.people import may, only, require
from pages.parts.kit.sections import fold
from pages.parts.kit.tables import listed, rows
from pages.parts.kit.words import escape, many, person, say, t

DIALOG = "change_price"
FIELDS = {"call": N_("Credits each"), "look": N_("Credits each"), "minute": N_("Credits a minute")}
SOURCES = {
    "brief, API credits": N_("The team's workflow: API credits"),
    "brief, API credits; not used": N_("The team's workflow: API credits"),
    "brief, roadmap": N_("The team's workflow: roadmap"),
    "no call of its own in v3": N_("HeyGen's v3 has no call for it"),
    "developers.heygen.com/docs/pricing names no price": N_(
        "developers.heygen.com/docs/pricing names no price"
    ),
}


def show(studio: Studio) -> None:
    """The prices as they count now, then those of before."""
    st.subheader(t("Prices"), anchor=False)
    st.caption(
        t(
            "Every quote counts with these. Where HeyGen charges something else by now, set its price here. "
            "Runs that are confirmed already keep the price they were confirmed at."
        )
    )
    only("admin")
    known = list(studio.tariffs.prices.values())
    old = [price for price in known if price.stale(clock.now())]
    if old:
        st.warning(
            many(
                "{n} price is older than {days} days. Look it up at HeyGen and set it here, even if it is "
                "still the same.",
                "{n} prices are older than {days} days. Look them up at HeyGen and set them here, even if "
                "they are still the same.",
                len(old),
                days=STALE_DAYS,
            ),
            icon=":material/history_toggle_off:",
        )
    with st.container(border=True, gap="small"):
        for price in known:
            _row(studio, price)
    fold(t("Changes of prices"), lambda: _history(studio), key="price_changes")
    dialogs.show(
        DIALOG,
        t("Change a price"),
        lambda operation: _change(studio, operation),
        needs="admin",
        width="small",
    )


def _figure(price: Price) -> str:
    return pricing.figure(price.micro_credits, price.per)


def _row(studio: Studio, price: Price) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"price_{price.operation}"):
        with st.container(gap="xxsmall", width="stretch"):
            name = pricing.operation(price.operation)
            st.markdown("  ".join([f"{name}: **{_figure(price)}**", *_badges(price)]))
            st.caption(_source(price))
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            if price.overridden and may("admin"):
                st.button(
                    t("Back to the published price"),
                    key=f"published_{price.operation}",
                    type="tertiary",
                    icon=":material/undo:",
                    on_click=_back,
                    args=(studio, price),
                    help=_published(price.operation),
                )
            if not price.charged:
                return
            dialogs.button(
                t("Change"),
                DIALOG,
                {"operation": price.operation},
                key=f"change_{price.operation}",
                icon=":material/edit:",
                needs="admin",
            )


def _badges(price: Price) -> list[str]:
    """What is special about the price, for markdown."""
    found = []
    if price.overridden:
        found.append(f":blue-badge[:material/edit: {t('Set by hand')}]")
    if price.stale(clock.now()):
        old = t("Older than {days} days", days=STALE_DAYS)
        found.append(f":orange-badge[:material/history_toggle_off: {old}]")
    return found


def _source(price: Price) -> str:
    """Where the figure is from, and of which day, for markdown."""
    day = price.as_of.strftime(t("%Y-%m-%d"))
    if price.overridden:
        return t(
            "{reason} – {person}, {date}", reason=escape(price.source), person=_who(price.set_by), date=day
        )
    return t("{source}, {date}", source=t(SOURCES.get(price.source, price.source)), date=day)


def _published(operation: str) -> str:
    price = tariffs.load().prices[operation]
    return t("Published: {price}. {source}", price=_figure(price), source=_source(price))


def _back(studio: Studio, price: Price) -> None:
    try:
        prices.back_to_file(studio.db, price.operation, actor=require("admin"))
    except StudioError as error:
        st.toast(say(error), icon=":material/error:")


def _change(studio: Studio, operation: str) -> None:
    price = studio.tariffs.prices[operation]
    st.markdown(f"{pricing.operation(operation)}: **{_figure(price)}**")
    st.caption(_published(operation) if price.overridden else _source(price))
    with st.form("change_price", border=False):
        text = st.text_input(
            t(FIELDS[price.per]),
            value=plain(price.micro_credits),
            key=f"price_of_{operation}",
            max_chars=20,
        )
        reason = st.text_input(
            t("Reason"),
            key=f"reason_of_{operation}",
            max_chars=200,
            placeholder=t("Where does the figure come from?"),
        )
        st.caption(t("Quotes count with it at once. Every change is kept with your name."))
        if not st.form_submit_button(t("Save"), key="save_price", type="primary", icon=":material/check:"):
            return
        dialogs.do(
            lambda: prices.override(
                studio.db,
                operation=operation,
                micro=prices.typed(text),
                reason=reason,
                actor=require("admin"),
            )
        )


def _history(studio: Studio) -> None:
    """What was set by hand, also what no longer counts."""
    changes = rows(prices.history(studio.db))
    if not changes:
        st.caption(t("No price was set by hand yet."))
        return
    listed(
        [_changed(change) for change in changes],
        alt=t("Prices that were set by hand, the newest first"),
    )


def _changed(change: Any) -> dict[str, str]:
    price = pricing.figure(change.micro_credits, tariffs.load().prices[change.operation].per)
    until = t("counts now")
    if change.ended_at is not None:
        until = f"{times.exact(change.ended_at)}  \n{_who(change.ended_by)}"
    return {
        t("Price"): f"{pricing.operation(change.operation)}: {price}",
        t("Reason"): escape(change.reason),
        t("Since"): f"{times.exact(change.created_at)}  \n{_who(change.actor)}",
        t("Until"): until,
    }


def _who(actor: str) -> str:
    return escape(person(actor))
