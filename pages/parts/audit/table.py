"""The record as a list: newest first, search and filters in the address, pages from SQL."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from core.database.tables.people import AUDIT_KINDS
from core.people.roles import ACTIONS
from core.reports import audit
from core.reports.audit import AuditFilter
from core.studio import Studio
from pages.parts.kit import times
from pages.parts.kit.filters import Choice, Day, Searched
from pages.parts.kit.people import may
from pages.parts.kit.tables import csv_file, download, page_of, rows
from pages.parts.kit.words import many, person, t
from pages.parts.runs import record

PER_PAGE = 50
_OPEN, _CLICKED = "audit_open", "audit_clicked"


@dataclass
class AuditFilters(Searched):
    """The list's filters with its search."""

    @property
    def narrowed(self) -> bool:
        """True when the list may lack something because of what was set here."""
        return bool(self.active or self.text.strip())

    def clear(self) -> None:
        """Take search and filters away; made for on_click."""
        self.clear_search()
        super().clear()


def show(studio: Studio) -> None:
    """Search, filters, table, pages."""
    _open_clicked()
    members = may("admin")
    filters = _filters(studio, members)
    where = _where(filters, members)
    total = audit.count(studio.db, where)
    if not total and not filters.narrowed and not filters.passed_over:
        st.info(
            t("Nothing was done yet. Every change and every spend will stand here with who did it."),
            icon=":material/fact_check:",
        )
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        filters.search(t("Name or person"))
        filters.draw()
    if not total:
        filters.nothing(t("No line of the record matches."))
        return
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(many("{n} line, newest first", "{n} lines, newest first", total), width="content")
        download(
            t("Download (CSV)"),
            lambda: file_of(studio, where),
            "who-did-what.csv",
            help=t("The lines that match the filters, all pages, with exact values."),
        )
    slot = st.container()
    page = filters.pages(total, PER_PAGE)
    found = rows(audit.lines(studio.db, where, limit=PER_PAGE, offset=(page - 1) * PER_PAGE))
    with slot:
        page_of(
            _cells(found),
            "audit_lines",
            whole=total <= PER_PAGE,
            column_config=_columns(),
            alt=t("Who did what: time, person, action, object, what differed"),
        )


def _filters(studio: Studio, members: bool) -> AuditFilters:
    shown = [name for name in AUDIT_KINDS if members or name not in audit.OF_MEMBERS]
    utc = t("Days begin at midnight UTC, for everybody who opens the link.")
    return AuditFilters(
        "audit",
        [
            Choice(
                "person", t("Person"), {it: person(it) for it in audit.people(studio.db, members=members)}
            ),
            Choice("action", t("Action"), {name: t(action.label) for name, action in ACTIONS.items()}),
            Choice("kind", t("About"), {name: record.kind(name) for name in shown}, several=True),
            Day("since", t("From"), utc),
            Day("until", t("To"), utc),
        ],
    )


def _where(filters: AuditFilters, members: bool) -> AuditFilter:
    return AuditFilter(
        text=filters.text,
        actor=filters.one("person"),
        actions=filters.several("action"),
        kinds=filters.several("kind"),
        since=filters.start("since"),
        until=filters.end("until"),
        members=members,
    )


def _cells(found: list[Any]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "time": pd.to_datetime([line.created_at for line in found], utc=True),
            "person": [person(line.actor) for line in found],
            "what": [record.what(line) for line in found],
            "about": [record.about(line) for line in found],
            "open": [_door(line) for line in found],
            "changes": [record.changes(line) or None for line in found],
        }
    )


def _door(line: Any) -> str | None:
    """The words of the button that opens the object: the icon says which page, the number which object.

    A click tells the row's place, which means another row once the list has moved on; the words do not.
    """
    if line.run_id is not None:
        return f":material/history: {line.run_id}"
    if line.location_id is not None:
        return f":material/photo_library: {line.location_id}"
    return None


def _columns() -> dict[str, Any]:
    return {
        "time": times.column(t("Time")),
        "person": st.column_config.TextColumn(t("Person"), width=150),
        "what": st.column_config.TextColumn(t("What was done"), width=170),
        "about": st.column_config.TextColumn(t("About"), width=170),
        "open": st.column_config.ButtonColumn(
            t("Open"),
            type="tertiary",
            key=_OPEN,
            on_click=_keep,
            width=70,
            help=t("Opens the run or the location"),
        ),
        "changes": st.column_config.TextColumn(t("Before → after"), width=320),
    }


def _keep() -> None:
    st.session_state[_CLICKED] = st.session_state[_OPEN].label or ""


def _open_clicked() -> None:
    icon, _, number = str(st.session_state.pop(_CLICKED, "")).rpartition(" ")
    if not number.isdecimal():
        return
    if "history" in icon:
        st.switch_page("activity.py", query_params={"run": number})
    st.switch_page("locations.py", query_params={"location": number})


def file_of(studio: Studio, where: AuditFilter) -> bytes:
    """The lines that match, all pages, as CSV with exact values."""
    found = audit.lines(studio.db, where)
    return csv_file(
        found.assign(
            before=[record.exactly(values) for values in found["before"]],
            after=[record.exactly(values) for values in found["after"]],
        ),
        {
            "id": "line",
            "created_at": "time_utc",
            "actor": "person",
            "action": "action",
            "kind": "kind",
            "object_id": "object",
            "name": "name",
            "location_id": "location",
            "run_id": "run",
            "before": "before",
            "after": "after",
        },
    )
