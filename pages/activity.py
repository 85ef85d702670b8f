"""Activity: every run, newest first; one run step by step by ?run=12."""

from typing import Any

import streamlit as st

from core.reports import audit, runs
from core.studio import current
from pages.parts.kit import links
from pages.parts.kit.people import require
from pages.parts.kit.words import t
from pages.parts.runs import detail, live, record, table

require("view")
studio = current()
opened = links.one("run")


def back() -> None:
    links.put("run", ())


def draw(now: list[Any]) -> None:
    for run in now:
        detail.draw(studio, run)


if opened is None:
    st.title(t("Activity"), anchor=False)
    table.show(studio)
else:
    st.button(t("All runs"), icon=":material/arrow_back:", type="tertiary", on_click=back)
    st.title(t("Run {id}", id=opened), anchor=False)
    # A number that no run has is said below the title, where the run would stand.
    runs.run(studio.db, opened)
    live.watch(studio, (opened,), draw)
    record.history(audit.of_run(studio.db, opened), key="run_record")
