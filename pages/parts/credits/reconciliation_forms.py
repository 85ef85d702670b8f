"""Booking by hand: an adjustment, a refund of a run, the reason of a change from outside."""

from decimal import Decimal
from typing import Any

import streamlit as st

from core.amounts import MICRO, micro_credits
from core.money import corrections, ledger
from core.money.corrections import LONGEST_REASON, MOST
from core.reports import reconciliation
from core.studio import Studio
from pages.parts.kit import dialogs, times
from pages.parts.kit.people import require
from pages.parts.kit.pricing import operation
from pages.parts.kit.states import run_looks
from pages.parts.kit.tables import rows
from pages.parts.kit.words import amount, name_of, t

BOOK, EXPLAIN, REFUND = "book_adjustment", "explain_change", "book_refund"


def show_dialogs(studio: Studio) -> None:
    """Draw whichever of these dialogs is open."""
    dialogs.show(BOOK, t("Book an adjustment"), lambda: _book(studio), needs="admin", width="small")
    dialogs.show(
        EXPLAIN,
        t("Explain a change"),
        lambda entry_id: _explain(studio, entry_id),
        needs="admin",
        width="small",
    )
    dialogs.show(
        REFUND,
        t("Book a refund"),
        lambda entry_id: _refund(studio, entry_id),
        needs="admin",
        width="small",
    )


def signed(micro: int) -> str:
    """An amount with its sign, also in front of what came in."""
    return f"+{amount(micro)}" if micro > 0 else amount(micro).replace("-", "−")


def taken(run: Any) -> str:
    """What HeyGen took and may have given back, for markdown: which run, for whom, what for, how it ended."""
    return t(
        "Run {n} · {name} · {what} · {state} · {age}",
        n=run.run_id,
        name=name_of(run.blogger, run.location),
        what=operation(run.operation),
        state=run_looks()[run.state].word,
        age=times.ago(run.taken_at),
    )


def _book(studio: Studio) -> None:
    with studio.db.read() as session:
        available = ledger.balances(session).available
    st.caption(t("Available now: {amount}.", amount=amount(available)))
    words = {1: t("Came in"), -1: t("Went away")}
    sign = st.segmented_control(
        t("What happened?"),
        list(words),
        default=1,
        required=True,
        format_func=lambda one: words[one],
        key="adjustment_sign",
    )
    credits = st.number_input(
        t("Credits"),
        min_value=0.0,
        max_value=float(MOST // MICRO),
        value=None,
        step=1.0,
        key="adjustment_credits",
        placeholder=t("A number like 1 or 0.25"),
    )
    micro = sign * micro_credits(Decimal(str(round(credits or 0.0, 6))))
    reason = _reason("adjustment", t("Why does the balance change?"))
    st.caption(
        t(
            "The reason stays in the ledger with your name. If HeyGen's balance does not show the change, "
            "it is taken back at the next comparison."
        )
    )
    label = t("Book {amount}", amount=signed(micro)) if micro else t("Book")
    if st.button(label, key="adjustment_save", type="primary", icon=":material/check:"):
        dialogs.do(
            lambda: corrections.book(studio.db, micro=micro, reason=reason, actor=require("admin")),
        )


def _explain(studio: Studio, entry_id: int) -> None:
    micro = _still_open(studio, entry_id)
    if micro is None:
        return
    st.markdown(t("HeyGen's balance changed by **{amount}**. What was it?", amount=signed(micro)))
    reason = _reason(f"explain_{entry_id}", t("Topped up, work in HeyGen itself, …"))
    st.caption(t("Available stays as it is: only the words change, from “outside” to your reason."))
    if st.button(t("Book with this reason"), key="explain_save", type="primary", icon=":material/check:"):
        dialogs.do(lambda: corrections.explain(studio.db, entry_id, reason=reason, actor=require("admin")))


def _refund(studio: Studio, entry_id: int) -> None:
    micro = _still_open(studio, entry_id)
    if micro is None:
        return
    offers = reconciliation.offers(studio.db, entry_id=entry_id)
    if not offers:
        st.info(
            t("No run fits this change any more. Nothing was booked. Close this and explain it in words."),
            icon=":material/info:",
        )
        return
    likely = {run.run_id: run for run in rows(offers[0].candidates)}
    st.markdown(t("HeyGen's balance rose by **{amount}**.", amount=amount(micro)))
    run_id = st.radio(
        t("What did HeyGen give back?"),
        list(likely),
        format_func=lambda one: taken(likely[one]) if one in likely else str(one),
        key=f"refund_of_{entry_id}",
    )
    reason = _reason(f"refund_{entry_id}", t("Not needed: a ticket, a name"))
    st.caption(
        t(
            "Available stays as it is, and what the run spent does too: the refund stands beside it. "
            "If it is none of these, close this and explain the change in words."
        )
    )
    label = t("Book {amount} as a refund of run {n}", amount=amount(micro), n=run_id)
    if st.button(label, key="refund_save", type="primary", icon=":material/undo:"):
        dialogs.do(
            lambda: corrections.accept_refund(
                studio.db, entry_id, run_id or 0, reason=reason, actor=require("admin")
            )
        )


def _still_open(studio: Studio, entry_id: int) -> int | None:
    """How much the change was; None, and said so, when somebody has explained it meanwhile."""
    found = rows(reconciliation.drifts(studio.db, entry_id=entry_id))
    if not found:
        st.info(t("This change was explained meanwhile. Nothing was booked."), icon=":material/info:")
        return None
    return found[0].micro_credits


def _reason(name: str, placeholder: str) -> str:
    return (
        st.text_input(t("Reason"), key=f"{name}_reason", max_chars=LONGEST_REASON, placeholder=placeholder)
        or ""
    )
