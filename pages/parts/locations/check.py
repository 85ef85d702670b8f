"""Check now: a free question to HeyGen about one avatar, and what came of it."""

from datetime import timedelta

import streamlit as st

from core import clock
from core.account import questions
from core.database.tables.bloggers import NO_AVATAR, Location
from core.database.tables.heygen import StatusCheck
from core.runs import queue
from core.studio import Studio
from pages.parts.kit import times
from pages.parts.kit.guard import guarded
from pages.parts.kit.people import may, require
from pages.parts.kit.words import sentence, t

EVERY_SECONDS = 1
#: Then the page stops looking: where no worker runs, nobody will answer.
PATIENCE = timedelta(minutes=2)


def show(studio: Studio, location: Location) -> None:
    """The button and the age of the last answer; while HeyGen is asked only this part is drawn anew."""
    if location.heygen_avatar_id == NO_AVATAR and not location.heygen_look_id:
        return
    asking = waits(questions.newest(studio.db, location.id))
    st.fragment(_draw, run_every=EVERY_SECONDS if asking else None)(studio, location, asking)


def waits(check: StatusCheck | None) -> bool:
    """True while an answer may still come."""
    return check is not None and check.done_at is None and clock.now() - check.asked_at < PATIENCE


def _draw(studio: Studio, location: Location, asking: bool) -> None:
    with guarded():
        check = questions.newest(studio.db, location.id)
        if asking and not waits(check):
            # The answer may have changed everything above.
            st.rerun()
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            _last_answer(location, check, asking)
            pressed = may("edit") and st.button(
                t("Check now"),
                key="check_now",
                icon=":material/sync:",
                disabled=asking,
                help=t("Asks HeyGen how the avatar and its motion are. Costs nothing."),
            )
        if pressed:
            queue.of(studio).wake_check(
                questions.ask(studio.db, location_id=location.id, actor=require("edit"))
            )
            st.rerun()


def _last_answer(location: Location, check: StatusCheck | None, asking: bool) -> None:
    if asking:
        st.caption(t(":material/hourglass_top: Asking HeyGen…"), width="content")
    elif check is not None and check.done_at is None:
        st.caption(
            t(
                "Nobody has answered since {age}. The worker may be off (WORKERS).",
                age=times.ago(check.asked_at),
            )
        )
    elif check is not None and check.error_template and check.done_at is not None:
        why = sentence(check.error_template, check.error_values)
        st.caption(
            t(
                ":orange[:material/warning:] {age} HeyGen did not tell. {why}",
                age=times.ago(check.done_at),
                why=why,
            ),
            help=times.exact(check.done_at),
        )
    elif location.checked_at:
        st.caption(
            t("HeyGen last said so {age}.", age=times.ago(location.checked_at)),
            help=times.exact(location.checked_at),
            width="content",
        )
    else:
        st.caption(t("HeyGen was not asked yet."), width="content")
