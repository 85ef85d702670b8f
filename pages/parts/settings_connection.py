"""Which HeyGen this is, and whether it answers: a question that the worker asks."""

from typing import Any

import streamlit as st

from core import checks, clock, jobs, reports
from core.errors import StudioError
from core.members import require
from core.models import StatusCheck
from core.studio import Studio
from pages.parts import times
from pages.parts.guard import guarded
from pages.parts.words import amount, escape, number, person, say, sentence, t

EVERY_SECONDS = 1
#: After this long without an answer the page says that no worker runs.
PATIENCE_SECONDS = 15
_ERROR = "check_error"


def show(studio: Studio) -> None:
    """What this Studio is set to, then the check."""
    with st.grid(2, min_column_width=320):
        with st.container(border=True, height="stretch"):
            _facts(studio)
        with st.container(border=True, height="stretch"):
            _check(studio)


def _facts(studio: Studio) -> None:
    settings = studio.settings
    st.subheader(t("This Studio"), anchor=False)
    if settings.world == "sandbox":
        world = t("Sandbox: nothing here costs money")
    else:
        world = t("Live: HeyGen charges for what you confirm")
    if studio.sandbox is not None:
        key = t("Not set: the sandbox needs none")
    else:
        key = t("Set", context="key") if settings.api_key else t("Not set")
    st.table(
        {
            t("World"): world,
            t("HeyGen address"): escape(settings.api_base),
            t("Dialect"): escape(settings.dialect),
            t("Key"): key,
            # Only its last part: where it lies on this machine is nobody's business on a page.
            t("Data directory"): escape(settings.data_dir.name),
            t("Worker threads"): number(settings.workers),
        },
        border="horizontal",
        alt=t("What this Studio is set to"),
    )
    st.caption(t("Set by environment variables or the file .env when the Studio starts."))


def _check(studio: Studio) -> None:
    st.subheader(t("Does it work?"), anchor=False)
    found = checks.newest(studio.db)
    waits = found is not None and found.done_at is None
    st.button(
        t("Check the connection"),
        key="check_connection",
        icon=":material/network_check:",
        disabled=waits,
        on_click=_ask,
        args=(studio,),
        help=t("Asks HeyGen for balance and groups. Free, changes nothing."),
    )
    if refused := st.session_state.pop(_ERROR, None):
        st.error(refused, icon=":material/error:")
    st.fragment(_result, run_every=EVERY_SECONDS if waits else None)(studio, waits)


def _result(studio: Studio, waited: bool) -> None:
    with guarded():
        found = checks.newest(studio.db)
        if found is None:
            st.caption(t("Not checked yet."))
        elif found.done_at is None:
            _waiting(found)
        elif waited:
            # The page once more, so that the button can be pressed again and the sidebar follows.
            st.rerun()
        else:
            _answer(studio, found)


def _ask(studio: Studio) -> None:
    try:
        jobs.of(studio).wake_check(checks.ask(studio, actor=require("view")))
    except StudioError as error:
        st.session_state[_ERROR] = say(error)


def _waiting(check: StatusCheck) -> None:
    asked = (clock.now() - check.asked_at).total_seconds()
    st.markdown(f":blue-badge[:material/hourglass_top: {t('Asking HeyGen')}]")
    if asked > PATIENCE_SECONDS:
        st.warning(
            t(
                "No answer since {age}. Either HeyGen is slow, or no worker runs: "
                "set WORKERS above 0, or start one with python -m core worker.",
                age=times.ago(check.asked_at),
            ),
            icon=":material/hourglass_disabled:",
        )
    else:
        st.caption(t("The answer appears here by itself."))


def _answer(studio: Studio, check: StatusCheck) -> None:
    if check.error_template:
        st.markdown(f"{_failed()} {sentence(check.error_template, check.error_values)}")
    else:
        st.markdown("\n\n".join(_lines(studio, check.answer)))
    st.caption(
        t("Checked {age} by {actor}.", age=times.ago(check.done_at), actor=escape(person(check.actor))),
        help=times.exact(check.done_at),
    )


def _lines(studio: Studio, answer: dict[str, Any]) -> list[str]:
    """Each fact with its badge."""
    lines = [f"{_good()} {t('HeyGen answers at {host}', host=escape(answer['host']))}"]
    if studio.sandbox is None:
        lines.append(f"{_good()} {t('The key is accepted')}")
    lines.append(f"{_good()} {t('The balance is {credits}', credits=amount(answer['credits']))}")
    money = reports.money(studio.db)
    # While something is held the two differ by right: HeyGen takes a credit when it accepts the motion.
    if not money.held:
        if money.available == answer["credits"]:
            lines.append(f"{_good()} {t('The ledger says the same')}")
        else:
            said = t("The ledger says {credits}", credits=amount(money.available))
            lines.append(f"{_look(t('Differs'))} {said}")
    groups, limit = answer["groups"], answer["group_limit"]
    if limit is None:
        lines.append(f"{_good()} {t('Avatar groups: {n}; the plan has no limit', n=number(groups))}")
    else:
        said = t("Avatar groups: {n} of {limit}", n=number(groups), limit=number(limit))
        lines.append(f"{_good() if groups < limit else _look(t('Full'))} {said}")
    return lines


def _good() -> str:
    return f":green-badge[:material/check_circle: {t('OK')}]"


def _look(word: str) -> str:
    return f":orange-badge[:material/warning: {word}]"


def _failed() -> str:
    return f":red-badge[:material/error: {t('Does not work')}]"
