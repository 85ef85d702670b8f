"""The ledger in plain words: what each line did to the three figures, with its sign."""

from typing import Any

import pandas as pd
import streamlit as st

from core.amounts import plain
from core.money.corrections import REFUND, TAKEN_BACK
from core.money.ledger import DRIFT, OPENING
from core.reports import ledger
from core.reports.ledger import EntryFilter
from core.studio import Studio
from pages.parts.kit import times
from pages.parts.kit.filters import Choice, Filters, who_and_when
from pages.parts.kit.states import column, entry_looks, words_of
from pages.parts.kit.tables import csv_file, download, opened_run, page_of, rows, run_column, run_label
from pages.parts.kit.words import credits_of, many, moved, person, t

PER_PAGE = 25
#: So many bloggers in a list to choose from: with more the page would come up late.
MOST_BLOGGERS = 500
_OPEN = "credits_open"


def _meaning(kind: str, note: str) -> str:
    """What the line means."""
    notes = {
        OPENING: t("Opening balance, as HeyGen said it"),
        DRIFT: t("Added or spent outside the Studio, as HeyGen's balance shows"),
        TAKEN_BACK: t("A change from outside, taken back: the next entry says what it was"),
        REFUND: t("HeyGen gave it back for this run"),
    }
    return {
        "hold": t("Set aside for the run: from Available to Held"),
        "capture": t("HeyGen did the work: from Held to Spent"),
        "release": t("Not needed after all: from Held back to Available"),
        "overrun": t("HeyGen took more than was held: from Available to Spent"),
        "adjust": notes.get(note, note),
    }[kind]


def show(studio: Studio) -> None:
    """The filters and the lines that match."""
    chosen = _filters(studio)
    chosen.draw()
    _table(studio, chosen, _where(chosen))


def _filters(studio: Studio) -> Filters:
    """The ledger's filters as the address has them; a blogger that it names is always listed."""
    named = st.query_params.get("credits_blogger", "")
    also = int(named) if named.isascii() and named.isdecimal() and len(named) < 19 else None
    bloggers = ledger.bloggers(studio.db, limit=MOST_BLOGGERS, also=also)
    return Filters(
        "credits",
        [
            Choice("kind", t("Entry"), words_of(entry_looks()), several=True),
            *who_and_when(ledger.people(studio.db), bloggers, most=MOST_BLOGGERS),
        ],
    )


def _where(chosen: Filters) -> EntryFilter:
    return EntryFilter(kinds=chosen.several("kind"), **chosen.who_and_when)


def _table(studio: Studio, chosen: Filters, where: EntryFilter) -> None:
    """The lines, newest first, in pages from SQL; nothing to select in it."""
    if opened := opened_run(_OPEN):
        st.switch_page("activity.py", query_params={"run": str(opened)})
    total = ledger.count_entries(studio.db, where)
    if not total and not chosen.active:
        st.info(t("The ledger has no entry yet."), icon=":material/receipt_long:")
        return
    if not total:
        chosen.nothing(t("No entry of the ledger matches these filters."))
        return
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(
            many("{n} entry, newest first", "{n} entries, newest first", total),
            width="content",
        )
        _download(studio, where)
    slot = st.container()
    page = chosen.pages(total, PER_PAGE)
    found = rows(ledger.entries(studio.db, where, limit=PER_PAGE, offset=(page - 1) * PER_PAGE))
    with slot:
        page_of(
            _cells(found),
            "credits_ledger",
            whole=total <= PER_PAGE,
            column_config=_columns(),
            alt=t("Entries of the ledger with kind, amount, location, run, time, person and meaning"),
        )


def _cells(found: list[Any]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "kind": [[line.kind] for line in found],
            "credits": [moved(line.kind, line.micro_credits) for line in found],
            "location": [f"{line.blogger} – {line.location}" if line.location else None for line in found],
            "run": [run_label(line.run_id) for line in found],
            "time": pd.to_datetime([line.created_at for line in found], utc=True),
            "words": [_words(line) for line in found],
            "actor": [person(line.actor) for line in found],
        }
    )


def _words(line: Any) -> str:
    """What the line means, with the price of a unit where the amount does not say it by itself."""
    said = _meaning(line.kind, line.note)
    if line.unit_price is None or line.unit_price == abs(line.micro_credits):
        return said
    return t("{text}. Price of a unit: {price}", text=said, price=credits_of(line.unit_price))


def _columns() -> dict[str, Any]:
    return {
        "kind": column(t("Entry"), entry_looks()),
        "credits": st.column_config.TextColumn(t("Credits"), alignment="right", width=70),
        "location": st.column_config.TextColumn(t("Location"), width=140),
        "run": run_column(_OPEN, width=70),
        "time": times.column(t("Time")),
        "words": st.column_config.TextColumn(t("What it means"), width=300),
        "actor": st.column_config.TextColumn(t("Person")),
    }


def file_of(studio: Studio, where: EntryFilter) -> bytes:
    """The lines that match, all pages, as CSV."""
    found = ledger.entries(studio.db, where)
    prices = [None if micro is None else plain(micro) for micro in found["unit_price"]]
    return csv_file(
        found.assign(cost=found["micro_credits"], unit_price=pd.Series(prices, dtype=object)),
        {
            "id": "line",
            "created_at": "time_utc",
            "kind": "kind",
            "cost": "credits",
            "run_id": "run",
            "blogger": "blogger",
            "location": "location",
            "actor": "person",
            "note": "note",
            "unit_price": "unit_price_credits",
            "reverses_id": "takes_back_line",
        },
    )


def _download(studio: Studio, where: EntryFilter) -> None:
    download(
        t("Download (CSV)"),
        lambda: file_of(studio, where),
        "ledger.csv",
        help=t("The entries that match the filters, all pages."),
    )
