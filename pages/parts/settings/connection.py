"""Which HeyGen this is, and whether it answers: a question that the worker asks."""

from datetime import date

import streamlit as st

from core import clock
from core.account import balance, connection, questions
from core.database.tables.heygen import StatusCheck
from core.runs import queue
from core.studio import Studio
from pages.parts.kit import times
from pages.parts.kit.guard import guarded, refusal, told_later
from pages.parts.kit.people import may, require
from pages.parts.kit.words import day_name, escape, number, person, sentence, t

EVERY_SECONDS = 1
#: After this long without an answer the page says that no worker runs.
PATIENCE_SECONDS = 15
_ERROR = "check_error"
#: Colour and icon of a fact's badge.
_BADGES = {
    connection.GOOD: ("green", "check_circle"),
    connection.LOOK: ("orange", "warning"),
    connection.BAD: ("red", "error"),
    connection.ASIDE: ("gray", "do_not_disturb_on"),
}


def show(studio: Studio) -> None:
    """What HeyGen announced, what this Studio is set to, then the check."""
    _ending(studio)
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
    found = questions.newest(studio.db)
    waits = found is not None and found.done_at is None
    if may("edit"):
        st.button(
            t("Check the connection"),
            key="check_connection",
            icon=":material/network_check:",
            disabled=waits,
            on_click=_ask,
            args=(studio,),
            help=t("Asks HeyGen for its dialects, balance and groups. Free, changes nothing there."),
        )
    refusal(_ERROR)
    st.fragment(_result, run_every=EVERY_SECONDS if waits else None)(studio, waits)


def _result(studio: Studio, waited: bool) -> None:
    with guarded():
        found = questions.newest(studio.db)
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
    with told_later(_ERROR):
        queue.of(studio).wake_check(questions.ask(studio.db, actor=require("edit")))


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
        colour, icon = _BADGES[connection.BAD]
        said = sentence(check.error_template, check.error_values)
        st.markdown(f":{colour}-badge[:material/{icon}: {t('Does not work')}] {said}")
    else:
        facts = connection.facts(check.answer, balance.money(studio.db))
        st.markdown("\n\n".join(_line(fact) for fact in facts))
        if line := check.answer.get("line"):
            st.code(line, language=None)
    st.caption(
        t("Checked {age} by {actor}.", age=times.ago(check.done_at), actor=escape(person(check.actor))),
        help=times.exact(check.done_at),
    )


def _line(fact: connection.Fact) -> str:
    colour, icon = _BADGES[fact.state]
    about = f"{escape(fact.dialect)}: " if fact.dialect else ""
    said = sentence(fact.template, fact.values)
    return f":{colour}-badge[:material/{icon}: {t(fact.word)}] {about}{said}"


def _ending(studio: Studio) -> None:
    """What HeyGen announced of the dialect's end, said once and calmly."""
    with studio.db.read() as session:
        reading = balance.latest(session)
    told = connection.ending(studio, reading.notice if reading else {})
    if told:
        template, values = told
        if day := values["day"]:
            values = values | {"day": day_name(date.fromisoformat(day))}
        st.info(sentence(template, values), icon=":material/event:")
