"""The sidebar: which world this is, and the three figures of the money with the age of HeyGen's own."""

import streamlit as st

from core.account import balance
from core.account.balance import Money
from core.reports import runs
from core.runs import queue
from core.studio import Studio
from pages.parts.kit import times
from pages.parts.kit.guard import guarded
from pages.parts.kit.words import adding_up, amount, credits_of, short_amount, short_credits, t

EVERY_SECONDS = 2
#: While nothing runs HeyGen's balance is followed as slowly as it is read.
AT_REST_SECONDS = balance.READ_EVERY.total_seconds()


def show(studio: Studio) -> None:
    """Draw it. The figures follow by themselves while a run moves, or HeyGen's balance is being read."""
    with st.sidebar:
        if studio.settings.world == "sandbox":
            st.caption(t("Sandbox: nothing here costs money."))
        else:
            st.caption(t("Live: HeyGen charges for what you confirm."))
        # The first figures are read here, so that a failing database is said once, in the page's place.
        read = [_read(studio)]
        live = _moves(studio, read[0])
        every = EVERY_SECONDS if live else AT_REST_SECONDS
        st.fragment(_figures, run_every=every)(studio, live, read[0].paused, read)


def _read(studio: Studio) -> Money:
    """The figures. Where HeyGen's own is old, the worker is asked to read it: somebody looks."""
    money = balance.money(studio.db)
    if money.heygen_read_at is None or balance.is_old(money.heygen_read_at):
        queue.of(studio).wake_balance()
    return money


def _moves(studio: Studio, money: Money) -> bool:
    return money.heygen_behind or runs.moving(studio.db) or queue.of(studio).awaits_balance()


def _figures(studio: Studio, live: bool, paused: bool, read: list[Money]) -> None:
    with guarded():
        money = read.pop() if read else _read(studio)
        # The notice that paid work is paused stands above every page, and comes and goes with the pause.
        if money.paused != paused or (live and not _moves(studio, money)):
            st.rerun()
        figures = {
            t("Available"): money.available,
            t("Held"): money.held,
            t("Spent this month"): money.spent_this_month,
        }
        shown: list[int | None] = [*adding_up(*figures.values())]
        if money.heygen_micro is None:
            shown[0] = None
        # Streamlit's table would load pandas, which takes half as long as all the rest of a first page.
        with st.container(gap="xsmall"):
            for label, micro in zip(figures, shown, strict=True):
                with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
                    st.caption(label)
                    st.markdown("–" if micro is None else f"**{short_amount(micro)}**", width="content")
        if money.heygen_micro is None:
            st.caption(t("HeyGen has not said its balance yet."))
        else:
            said = short_amount(money.heygen_micro)
            age = times.ago(money.heygen_read_at)
            st.caption(
                t("HeyGen's own balance: {amount}, {age}.", amount=said, age=age),
                help=_exactly(figures | {t("HeyGen's balance"): money.heygen_micro}),
            )


def _exactly(figures: dict[str, int]) -> str | None:
    """The figures to the last decimal where they are shown with less."""
    if all(short_credits(micro) == credits_of(micro) for micro in figures.values()):
        return None
    return "  \n".join(f"{label}: {amount(micro)}" for label, micro in figures.items())
