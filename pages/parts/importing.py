"""Importing a file: a verdict for every row first, then Apply."""

import pandas as pd
import streamlit as st

from core import exchange
from core.exchange import ImportPlan, ImportResult, PlanRow
from core.members import require
from core.studio import Studio
from pages.parts import dialogs
from pages.parts.states import column, verdict_looks
from pages.parts.words import many, t

_PLAN = "import_plan"


def body(studio: Studio, done: ImportResult | None = None) -> None:
    """The dialog's body; `done` is what an import that has just been applied did."""
    if done is not None:
        _result(done)
        return
    file = st.file_uploader(
        t("File"),
        type=["json", "csv"],
        key="import_file",
        max_upload_size=10,
        help=t("JSON in the shape of the export, or CSV with the columns blogger, location, image_url."),
    )
    reset = st.checkbox(
        t("Ignore the avatar ids in the file"),
        key="import_reset",
        help=t("New locations then start without an avatar. What is saved here stays."),
    )
    if file is None:
        st.caption(t("Nothing is written before you have seen a verdict for every row."))
        return
    mark = (file.file_id, reset)
    if st.session_state.get(_PLAN, (None, None))[0] != mark:
        file_rows = exchange.read_import(file.getvalue(), file.name)
        st.session_state[_PLAN] = (mark, exchange.plan_import(studio.db, file_rows, reset_avatars=reset))
    _verdicts(studio, st.session_state[_PLAN][1])


def _verdicts(studio: Studio, plan: ImportPlan) -> None:
    _counts(plan.counts)
    _table(plan.rows)
    confirmed = _confirmations([row for row in plan.rows if row.needs_confirmation])
    takes = plan.counts["new"] + plan.counts["changed"] + len(confirmed)
    label = many("Apply {n} row", "Apply {n} rows", takes) if takes else t("Nothing to apply")
    if st.button(label, key="import_apply", type="primary", icon=":material/check:", disabled=not takes):
        result = exchange.apply_import(studio.db, plan, confirmed=confirmed, actor=require("edit"))
        st.session_state.pop(_PLAN, None)
        dialogs.ask("import", done=result)
        st.rerun()


def _confirmations(rows: list[PlanRow]) -> frozenset[int]:
    """The numbers of the rows whose saved avatar may be replaced: a tick for each."""
    if not rows:
        return frozenset()
    st.warning(
        t(
            "The file names other avatars than the saved ones. Tick a row to replace its avatar; the group "
            "of the old one stays in HeyGen."
        ),
        icon=":material/warning:",
    )
    ticked = st.data_editor(
        pd.DataFrame(
            {
                "replace": [False] * len(rows),
                "row": [row.number for row in rows],
                "location": [_name(row) for row in rows],
                "saved": [row.saved_avatar_id for row in rows],
                "file": [row.file_avatar_id for row in rows],
            }
        ),
        column_config={
            "replace": st.column_config.CheckboxColumn(t("Replace")),
            "row": t("Row"),
            "location": t("Location"),
            "saved": t("Saved avatar"),
            "file": t("Avatar in the file"),
        },
        disabled=["row", "location", "saved", "file"],
        hide_index=True,
        key="import_confirm",
        alt=t("Rows whose avatar would be replaced"),
    )
    return frozenset(int(number) for number in ticked.loc[ticked["replace"], "row"])


def _table(rows: tuple[PlanRow, ...]) -> None:
    st.dataframe(
        pd.DataFrame(
            {
                "row": [row.number for row in rows],
                "location": [_name(row) for row in rows],
                "verdict": [["confirm" if row.needs_confirmation else row.verdict] for row in rows],
                "remark": [t(row.template, **row.values) for row in rows],
            }
        ),
        column_config={
            "row": st.column_config.NumberColumn(t("Row"), width=60),
            "location": t("Location"),
            "verdict": column(t("Verdict"), verdict_looks()),
            "remark": st.column_config.TextColumn(t("Remark"), width="large"),
        },
        hide_index=True,
        key="import_verdicts",
        alt=t("What the import does with every row of the file"),
    )


def _counts(counts: dict[str, int]) -> None:
    looks = verdict_looks()
    st.markdown(
        "  ".join(
            f":{looks[v].color}-badge[:material/{looks[v].icon}: {looks[v].word}: {n}]"
            for v, n in counts.items()
            if n
        )
    )


def _result(result: ImportResult) -> None:
    _counts(result.counts)
    st.success(
        many("{n} row was taken.", "{n} rows were taken.", result.counts["new"] + result.counts["changed"]),
        icon=":material/check_circle:",
    )
    refused = tuple(row for row in result.rows if row.verdict == "refused")
    if refused:
        _table(refused)
    if st.button(t("Close"), key="import_close", type="primary"):
        dialogs.close()


def _name(row: PlanRow) -> str:
    return row.blogger if row.location is None else f"{row.blogger} – {row.location}"
