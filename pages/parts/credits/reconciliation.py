"""Does it agree with HeyGen? The verdict, changes from outside that wait for a word, what people booked."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.money.corrections import REFUND
from core.reports import reconciliation, runs
from core.reports.reconciliation import Comparison, Offer
from core.runs import queue
from core.studio import Studio
from pages.parts.credits import reconciliation_forms
from pages.parts.credits.reconciliation_forms import signed, taken
from pages.parts.kit import dialogs, times
from pages.parts.kit.following import follow
from pages.parts.kit.people import may, only
from pages.parts.kit.sections import fold
from pages.parts.kit.tables import csv_file, download, listed, rows
from pages.parts.kit.words import amount, escape, many, person, t

#: More changes than these wait until some of them are explained.
MOST = 10
#: What people booked is shown as far back as this; the ledger has it all.
MOST_BOOKED = 50
ICONS = {
    "agrees": ":green[:material/check_circle:]",
    "in_flight": ":blue[:material/hourglass_top:]",
    "differs": ":orange[:material/difference:]",
    "unread": ":gray[:material/help:]",
}


def show(studio: Studio) -> None:
    """The verdict with its figures, then what is to be explained and what was booked by hand."""
    follow(lambda: runs.moving(studio.db), bool, lambda _: _standing(studio))
    _changes(studio)
    _by_hand(studio)
    reconciliation_forms.show_dialogs(studio)


def _standing(studio: Studio) -> None:
    state = reconciliation.state(studio.db)
    with st.container(border=True):
        st.markdown(f"{ICONS[state.verdict]} **{_verdict(state)}** {_because(state)}")
        if state.waiting:
            _decide(state)
        if state.heygen is not None:
            _figures(state)
        _read_now(studio)


def _verdict(state: Comparison) -> str:
    if state.verdict == "in_flight":
        return many(
            "Not judged now: {n} run is under way.",
            "Not judged now: {n} runs are under way.",
            state.in_flight,
        )
    if state.verdict == "differs" and state.difference > 0:
        return t("HeyGen has {amount} more than the ledger expects.", amount=amount(state.difference))
    if state.verdict == "differs":
        return t("HeyGen has {amount} less than the ledger expects.", amount=amount(-state.difference))
    return {
        "agrees": t("The ledger agrees with HeyGen's balance."),
        "unread": t("HeyGen has not said its balance yet."),
    }[state.verdict]


def _because(state: Comparison) -> str:
    return {
        "agrees": t("What HeyGen took and what was booked here come to the same."),
        "in_flight": t(
            "HeyGen charges at a moment of its own, so the two are compared when nothing runs any more."
        ),
        "differs": t(
            "Something was booked or given back since HeyGen's balance was last compared. The next reading "
            "decides: what HeyGen shows is taken over, as a change from outside."
        ),
        "unread": t("Its first balance opens the ledger."),
    }[state.verdict]


def _decide(state: Comparison) -> None:
    """Runs that rest until a person decides hold up the comparison."""
    st.page_link(
        "activity.py",
        label=many(
            "{n} run waits for a decision; until then nothing is compared",
            "{n} runs wait for a decision; until then nothing is compared",
            state.waiting,
        ),
        icon=":material/front_hand:",
        query_params={"activity_state": "unknown,paused"},
    )


def _figures(state: Comparison) -> None:
    st.table(
        {
            t("HeyGen's balance, read {age}", age=times.ago(state.read_at)): amount(state.heygen or 0),
            t("The ledger expects: Available and Held"): amount(state.expected),
            t("Difference"): signed(state.difference),
            t("Last compared"): times.ago(state.compared_at),
            t("Refunds this month"): amount(state.refunds_this_month),
        },
        border="horizontal",
        alt=t("HeyGen's balance beside the ledger"),
    )
    st.caption(
        t(
            "HeyGen counts in sixtieths of a credit: a smaller difference is its rounding, and is booked "
            "as soon as there is more of it."
        )
    )


def _read_now(studio: Studio) -> None:
    jobs = queue.of(studio)
    asked = may("edit") and st.button(
        t("Read HeyGen's balance now"),
        key="read_balance",
        icon=":material/sync:",
        disabled=jobs.awaits_balance(),
        help=t(
            "Free. By itself it is read within a minute after HeyGen took something, and every five minutes "
            "while a page is open."
        ),
    )
    if asked:
        jobs.wake_balance(at_once=True)
        # The whole page, not this part of it: the sidebar follows until the balance has come.
        st.rerun()


def _changes(studio: Studio) -> None:
    """Changes from outside that nobody has explained; those that look like refunds say so."""
    st.subheader(t("Changes from outside"), anchor=False)
    found = rows(reconciliation.drifts(studio.db, limit=MOST + 1))
    if not found:
        st.caption(
            t("Every change of HeyGen's balance has a run or a reason here. There is nothing to explain.")
        )
        return
    st.caption(
        t(
            "HeyGen's balance changed by this without a run of the Studio. It counts already; say what it "
            "was, so that it can be followed later."
        )
    )
    only("admin")
    offers = {offer.entry_id: offer for offer in reconciliation.offers(studio.db)}
    for drift in found[:MOST]:
        _change(drift, offers)
    if len(found) > MOST:
        st.caption(t("There are older ones. They are shown as soon as some of these are explained."))


def _change(drift: Any, offers: Mapping[int, Offer]) -> None:
    offer = offers.get(drift.id)
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"drift_{drift.id}"):
        with st.container(gap="xxsmall"):
            st.markdown(f"**{signed(drift.micro_credits)}** {_look(offer is not None, drift.micro_credits)}")
            st.caption(_guess(drift, offer), help=times.exact(drift.created_at))
        with st.container(horizontal=True, width="content"):
            if offer is not None:
                dialogs.button(
                    t("Book as a refund"),
                    reconciliation_forms.REFUND,
                    {"entry_id": drift.id},
                    key=f"refund_{drift.id}",
                    type="primary",
                    icon=":material/undo:",
                    needs="admin",
                )
            dialogs.button(
                t("Explain"),
                reconciliation_forms.EXPLAIN,
                {"entry_id": drift.id},
                key=f"explain_{drift.id}",
                icon=":material/edit_note:",
                needs="admin",
            )


def _look(refund: bool, micro: int) -> str:
    if refund:
        return f":green-badge[:material/undo: {t('Looks like a refund')}]"
    if micro > 0:
        return f":gray-badge[:material/add: {t('Came in')}]"
    return f":orange-badge[:material/remove: {t('Went away')}]"


def _guess(drift: Any, offer: Offer | None) -> str:
    age = times.ago(drift.created_at)
    if offer is not None:
        return t("{age} · HeyGen had taken as much: {run}", age=age, run=taken(rows(offer.candidates)[0]))
    if drift.micro_credits > 0:
        return t("{age} · The balance was topped up, or HeyGen gave some back.", age=age)
    return t("{age} · Somebody worked in HeyGen itself, or a part of the balance expired.", age=age)


def _by_hand(studio: Studio) -> None:
    """The button for an adjustment, and what was booked."""
    st.subheader(t("Booked by hand"), anchor=False)
    st.caption(
        t(
            "HeyGen's balance remains the measure: an adjustment that it does not show is taken back when "
            "the two are next compared."
        )
    )
    dialogs.button(
        t("Book an adjustment"),
        reconciliation_forms.BOOK,
        key="book_adjustment",
        icon=":material/tune:",
        needs="admin",
    )
    only("admin")
    fold(t("Adjustments, refunds and explanations"), lambda: _booked(studio), key="booked_by_hand")


def _booked(studio: Studio) -> None:
    found = rows(reconciliation.explained(studio.db, limit=MOST_BOOKED))
    if not found:
        st.caption(t("Nothing was booked by hand yet."))
        return
    listed(
        [
            {
                t("Date"): times.date(line.created_at),
                t("Credits"): signed(line.micro_credits),
                t("What"): _what(line),
                t("Reason"): escape(line.note) if line.note != REFUND else "–",
                t("Person"): escape(person(line.actor)),
            }
            for line in found
        ],
        alt=t("What was booked by hand, with date, amount, reason and person"),
    )
    _download(studio)


def _what(line: Any) -> str:
    if line.run_id is not None:
        return t(
            "Refund of run {n}: {place}", n=line.run_id, place=escape(f"{line.blogger} – {line.location}")
        )
    return t("Change explained") if line.explains else t("Adjustment")


def _download(studio: Studio) -> None:
    download(t("Download (CSV)"), lambda: file_of(studio), "booked-by-hand.csv")


def file_of(studio: Studio) -> bytes:
    """Everything that was booked by hand, as CSV."""
    found = reconciliation.explained(studio.db)
    return csv_file(
        found.assign(cost=found["micro_credits"]),
        {
            "id": "line",
            "created_at": "time_utc",
            "cost": "credits",
            "run_id": "refund_of_run",
            "blogger": "blogger",
            "location": "location",
            "actor": "person",
            "note": "reason",
        },
    )
