"""Importing a file: a verdict for every row first, then Apply, then what was done."""

from collections.abc import Iterable
from typing import Any

import streamlit as st

from core.bloggers.exchange import applying, export, planning, reading
from core.bloggers.exchange.applying import ImportResult
from core.bloggers.exchange.planning import ImportPlan, PlanRow
from core.bloggers.exchange.rows import FileRow
from core.errors import StudioError
from core.names import visible
from core.studio import Studio
from pages.parts.kit import dialogs
from pages.parts.kit.language import language
from pages.parts.kit.people import require
from pages.parts.kit.states import Look, verdict_looks
from pages.parts.kit.tables import download, listed
from pages.parts.kit.words import escape, many, name_of, number, say, sentence, t

PER_PAGE = 20
_PLAN, _RESULT, _FAILED = "import_plan", "import_result", "import_failed"
_SHOWN, _PAGE, _CONFIRM, _CONFIRM_ALL = "import_shown", "import_page", "import_tick", "import_tick_all"
_REFUSED = "import_refused_file"
#: What a person wants to see first stands first.
_ORDER = ("refused", "confirm", "changed", "new", "kept", "same")

#: Remarks on a file that ask for nothing; the others may cost money or lose something.
_CALM = ("read_as", "kept")


def body(studio: Studio) -> None:
    """The dialog's body: a file, its verdicts, and in their place what was done once it is applied."""
    file = st.file_uploader(
        t("File"),
        type=["json", "csv", "xlsx", "xlsm", "xls", "ods", "tsv", "txt"],
        key="import_file",
        max_upload_size=10,
    )
    reset = st.checkbox(
        t("Ignore the avatar ids in the file"),
        key="import_reset",
        help=t("New locations then start without an avatar. What is saved here stays."),
    )
    if file is None:
        st.caption(
            t(
                "JSON in the shape of the export, or an Excel workbook or CSV with the columns blogger, "
                "location, image_url, heygen_avatar_id."
            )
        )
        st.caption(t("Nothing is written before you have seen a verdict for every row."))
        return
    applied, result = st.session_state.get(_RESULT, (None, None))
    if applied == file.file_id:
        _result(result)
        return
    mark = (file.file_id, reset)
    if st.session_state.get(_PLAN, (None, None))[0] != mark:
        _forget()
        found = reading.read_import(file.getvalue(), file.name)
        st.session_state[_PLAN] = (mark, planning.plan_import(studio.db, found, reset_avatars=reset))
    _verdicts(studio, *st.session_state[_PLAN])


def _verdicts(studio: Studio, mark: Any, plan: ImportPlan) -> None:
    _remarks(plan)
    if not plan.rows:
        st.info(t("The file has no rows. Nothing was changed."), icon=":material/info:")
        return
    asking = [row for row in plan.rows if row.needs_confirmation]
    confirmed = frozenset(row.number for row in asking if _ticked(mark, row.number))
    takes = plan.counts["new"] + plan.counts["changed"] + len(confirmed)
    if error := st.session_state.get(_FAILED):
        st.error(say(error), icon=":material/error:")
    with st.container(horizontal=True, gap="small"):
        st.button(
            many("Apply {n} row", "Apply {n} rows", takes) if takes else t("Nothing to apply"),
            key="import_apply",
            type="primary",
            icon=":material/check:",
            disabled=not takes,
            on_click=_apply,
            args=(studio, mark, confirmed),
        )
        _download(plan.rows, plan.file_rows)
    _table(plan.rows, mark)


def _remarks(plan: ImportPlan) -> None:
    """How the file was read, and what in it was not, before anything is written."""
    for told in plan.remarks:
        said = sentence(told.template, told.values)
        if told.code in _CALM:
            st.caption(said)
        else:
            st.warning(said, icon=":material/warning:")


def _apply(studio: Studio, mark: Any, confirmed: frozenset[int]) -> None:
    """Made for on_click: of two clicks the second finds no plan any more, and the result stays."""
    found, plan = st.session_state.get(_PLAN, (None, None))
    if plan is None or found != mark:
        return
    try:
        result = applying.apply_import(studio.db, plan, confirmed=confirmed, actor=require("edit"))
    except StudioError as error:
        st.session_state[_FAILED] = error
        return
    st.session_state.pop(_PLAN)
    _forget()
    # The file stays in the dialog, and with it the result: another click cannot bring the verdicts back.
    st.session_state[_RESULT] = (mark[0], result)


def _forget() -> None:
    """Another list of rows: no verdict is picked, nothing has failed. The browser hears what is set."""
    st.session_state[_SHOWN] = None
    st.session_state.pop(_FAILED, None)
    _first_page()


def _first_page() -> None:
    st.session_state[_PAGE] = 1


def _ticked(mark: Any, row: int) -> bool:
    """True when the person agreed to replace the avatar of this row, or of all."""
    return bool(
        st.session_state.get(f"{_CONFIRM_ALL}_{mark}")
        or row in st.session_state.get(f"{_CONFIRM}_{mark}", ())
    )


def _table(rows: tuple[PlanRow, ...], mark: Any = None) -> None:
    """Counts that narrow the list, and the rows themselves, a page at a time."""
    looks = verdict_looks()
    by_kind = {kind: [row for row in rows if _kind(row) == kind] for kind in _ORDER}
    kinds = [kind for kind in _ORDER if by_kind[kind]]
    shown = st.pills(
        t("Show rows"),
        kinds,
        format_func=lambda kind: _counted(looks[kind], len(by_kind.get(kind, ()))),
        key=_SHOWN,
        help=t("Choose a verdict to see its rows only."),
        on_change=_first_page,
    )
    wanted = by_kind[shown] if shown in by_kind else [row for kind in kinds for row in by_kind[kind]]
    slot = st.container()
    pages = -(-len(wanted) // PER_PAGE)
    page = min(st.pagination(pages, key=_PAGE), pages) if pages > 1 else 1
    here = wanted[(page - 1) * PER_PAGE : page * PER_PAGE]
    with slot:
        if mark is not None and shown == "confirm":
            _confirmations(here, mark)
        else:
            _list(here, looks)


def _refused_file(rows: tuple[PlanRow, ...], file_rows: tuple[FileRow, ...]) -> bytes:
    """Made once a plan and language: one made at the click is lost when the page reruns just then."""
    made = st.session_state.get(_REFUSED)
    if made is None or made[0] is not rows or made[1] != language():
        text = export.refused_csv(rows, file_rows, _plain_remark).encode("utf-8-sig")
        made = st.session_state[_REFUSED] = (rows, language(), text)
    return made[2]


def _download(rows: tuple[PlanRow, ...], file_rows: tuple[FileRow, ...]) -> None:
    """The refused rows as a file, if there are any."""
    if any(row.verdict == "refused" for row in rows):
        download(
            t("Download refused rows (CSV)"),
            _refused_file(rows, file_rows),
            "refused.csv",
            key="import_refused",
            help=t("With the number of each row and the reason; can be corrected and imported again."),
        )


def _list(rows: Iterable[PlanRow], looks: dict[str, Look]) -> None:
    """A plain table: it breaks its lines, so that every remark can be read to its end."""
    listed(
        [
            {
                t("Row"): number(row.number),
                t("Verdict"): looks[_kind(row)].markdown,
                t("Location and remark"): f"**{_name(row)}**  \n{_remark(row)}".strip(),
            }
            for row in rows
        ],
        alt=t("What the import does with every row of the file"),
    )


def _confirmations(rows: Iterable[PlanRow], mark: Any) -> None:
    """A tick for every row whose saved avatar may be replaced."""
    st.warning(
        t(
            "The file names other avatars than the saved ones. Tick a row to replace its avatar; the group "
            "of the old one stays in HeyGen."
        ),
        icon=":material/warning:",
    )
    everything = f"{_CONFIRM_ALL}_{mark}"
    st.session_state.setdefault(everything, False)
    st.checkbox(t("Replace the avatars of all these rows, also on other pages"), key=everything)
    for row in rows:
        key = f"import_tick_{row.number}"
        st.session_state[key] = _ticked(mark, row.number)
        st.checkbox(
            t(
                "Row {row}, {name}: replace {saved} by {found}",
                row=number(row.number),
                name=_name(row),
                saved=row.saved_avatar_id,
                found=row.file_avatar_id,
            ),
            key=key,
            disabled=bool(st.session_state[everything]),
            on_change=_tick,
            args=(key, mark, row.number),
        )


def _tick(key: str, mark: Any, row: int) -> None:
    ticked = set(st.session_state.get(f"{_CONFIRM}_{mark}", ()))
    st.session_state[f"{_CONFIRM}_{mark}"] = ticked | {row} if st.session_state[key] else ticked - {row}


def _counted(look: Look, n: int) -> str:
    return f":material/{look.icon}: {look.word} {number(n)}"


def _kind(row: PlanRow) -> str:
    """The verdict, or that the row only waits for a tick."""
    return "confirm" if row.needs_confirmation else row.verdict


def _remark(row: PlanRow) -> str:
    return sentence(row.template, row.values) if row.template else ""


def _plain_remark(row: PlanRow) -> str:
    """The remark without markdown, for a file."""
    return t(row.template, **row.values)


def _result(result: ImportResult) -> None:
    taken = result.counts["new"] + result.counts["changed"]
    st.success(many("{n} row was taken.", "{n} rows were taken.", taken), icon=":material/check_circle:")
    with st.container(horizontal=True, gap="small"):
        if st.button(t("Close"), key="import_close", type="primary"):
            dialogs.close()
        _download(result.rows, result.file_rows)
    _table(result.rows)


def _name(row: PlanRow) -> str:
    """The names of refused rows are not cleaned: what is missing, turns text round or is unseen is marked."""
    blogger, location = (
        visible(" ".join(name.split()), marks=True) or "?" for name in (row.blogger, row.location or "")
    )
    return escape(blogger) if row.location is None else name_of(blogger, location)
