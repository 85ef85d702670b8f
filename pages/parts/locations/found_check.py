"""Look now: the free question what the HeyGen account holds, and what came of it and of a deletion."""

from datetime import timedelta
from typing import Any

import streamlit as st

from core import clock
from core.account import found, questions
from core.runs import queue
from core.studio import Studio
from pages.parts.kit import times
from pages.parts.kit.guard import guarded, refusal, told_later
from pages.parts.kit.people import may, require
from pages.parts.kit.words import escape, many, person, sentence, t
from pages.parts.locations.check import waits

EVERY_SECONDS = 1
#: For so long the page says what became of a deletion.
RECENT = timedelta(minutes=10)
_REFUSED = "found_refused"


def show(studio: Studio) -> None:
    """The button and the age of the list; while HeyGen is asked only the words are drawn anew."""
    asked = questions.newest(studio.db, kind="inventory")
    deletion = questions.newest(studio.db, kind="delete_group")
    asking = waits(asked) or waits(deletion)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if may("edit"):
            st.button(
                t("Look now"),
                key="look_now",
                type="secondary" if found.last_listing(studio.db) else "primary",
                icon=":material/sync:",
                disabled=asking,
                on_click=_ask,
                args=(studio,),
                help=t(
                    "Asks HeyGen for the account's avatar groups and looks. Costs nothing, changes nothing."
                ),
            )
        st.fragment(_words, run_every=EVERY_SECONDS if asking else None)(studio, asking)
    refusal(_REFUSED)
    if asked is not None and asked.done_at is not None and asked.error_template:
        why = sentence(asked.error_template, asked.error_values)
        st.warning(
            t("HeyGen did not tell what it holds ({age}). {why}", age=times.ago(asked.done_at), why=why),
            icon=":material/warning:",
        )
    if deletion is not None and deletion.done_at is not None and clock.now() - deletion.done_at < RECENT:
        _deleted(deletion)


def _ask(studio: Studio) -> None:
    with told_later(_REFUSED):
        queue.of(studio).wake_check(questions.ask(studio.db, kind="inventory", actor=require("edit")))


def _words(studio: Studio, asking: bool) -> None:
    with guarded():
        asked = questions.newest(studio.db, kind="inventory")
        deletion = questions.newest(studio.db, kind="delete_group")
        if waits(deletion):
            st.caption(t(":material/hourglass_top: HeyGen is asked to delete a group…"))
        elif waits(asked):
            st.caption(t(":material/hourglass_top: Asking HeyGen…"))
        elif asking:
            # The answer changes everything below.
            st.rerun()
        elif late := next(
            (one for one in (deletion, asked) if one is not None and one.done_at is None), None
        ):
            st.caption(
                t(
                    "Nobody has answered since {age}. The worker may be off (WORKERS).",
                    age=times.ago(late.asked_at),
                )
            )
        else:
            _age(studio)


def _age(studio: Studio) -> None:
    listed = found.last_listing(studio.db)
    if listed is None:
        st.caption(t("HeyGen was not asked yet."))
        return
    said = many(
        "HeyGen held {n} avatar group {age}.",
        "HeyGen held {n} avatar groups {age}.",
        listed.groups,
        age=times.ago(listed.read_at),
    )
    st.caption(said, help=times.exact(listed.read_at))


def _deleted(check: Any) -> None:
    """What became of the last deletion."""
    who = escape(person(check.actor))
    if check.error_template:
        why = sentence(check.error_template, check.error_values)
        st.error(t("The group was not deleted. {why}", why=why), icon=":material/error:")
        return
    name = escape(check.answer["name"] or check.subject)
    st.success(
        t("{group} was deleted in HeyGen by {person}: its slot is free.", group=name, person=who),
        icon=":material/delete_forever:",
    )
