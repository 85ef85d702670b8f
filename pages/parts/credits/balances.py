"""The three figures beside HeyGen's own, and how long the balance lasts."""

from datetime import datetime

import streamlit as st

from core.account import balance
from core.reports import ledger, runs
from core.studio import Studio
from pages.parts.credits import forecast
from pages.parts.kit import times
from pages.parts.kit.following import follow
from pages.parts.kit.words import adding_up, exactly, short_credits, t


def show(studio: Studio) -> None:
    """Draw them. They follow by themselves while a run moves."""
    follow(lambda: runs.moving(studio.db), bool, lambda _: _figures(studio))


def _figures(studio: Studio) -> None:
    money = balance.money(studio.db)
    known = money.heygen_read_at is not None
    available, held, spent = adding_up(money.available, money.held, money.spent_this_month)
    with st.grid(4, min_column_width=150, gap="small"):
        _figure(
            t("Available"),
            available if known else None,
            money.available,
            t("What a new quote may spend: all that came in, less what is held and spent."),
        )
        _figure(
            t("Held"),
            held,
            money.held,
            t("Set aside for runs under way. A run spends it, or gives it back when it ends."),
        )
        _figure(
            t("Spent this month"),
            spent,
            money.spent_this_month,
            t("What HeyGen took since the first of this month, UTC."),
        )
        _figure(
            t("HeyGen's balance"),
            money.heygen_micro,
            money.heygen_micro,
            t(
                "HeyGen's own figure, {age}. What is held is still in it, so it can be above Available.",
                age=times.ago(money.heygen_read_at),
            ),
        )
    st.caption(_age(money.heygen_read_at))
    if ledger.count_entries(studio.db, ledger.EntryFilter()):
        forecast.show(studio)
    else:
        st.info(
            t("The ledger is empty. Its first entry is HeyGen's balance, once HeyGen has been reached."),
            icon=":material/payments:",
        )


def _figure(label: str, shown: int | None, exact: int | None, help: str) -> None:
    st.metric(
        label,
        "–" if shown is None else short_credits(shown),
        help=exactly(help, exact),
        border=True,
        height="stretch",
    )


def _age(read_at: datetime | None) -> str:
    if read_at is None:
        return t("In credits. HeyGen has not said its balance yet.")
    return t("In credits. HeyGen's balance was read {age}.", age=times.ago(read_at))
