"""One call to HeyGen: its state, times, price and HTTP status; request and answer behind a fold."""

import streamlit as st

from core.database.tables.runs import Operation
from core.journal import unaware
from pages.parts.kit import times
from pages.parts.kit.states import call_looks
from pages.parts.kit.words import amount, escape, sentence, t

#: The key is in no request that is kept; this shows that it was sent and left out.
HEADERS = {"X-Api-Key": "***"}


def draw(call: Operation) -> None:
    look = call_looks()[call.state]
    title = t(
        "{kind} · attempt {n} · {state}",
        kind=_names()[call.kind],
        n=call.attempt,
        state=look.word,
    )
    with st.expander(title, icon=f":material/{look.icon}:", key=f"call_{call.id}"):
        st.table(
            {
                t("Price"): amount(call.price) if call.price else t("free"),
                t("Sent"): times.exact(None if unaware.LOOKED_FOR in call.snapshot else call.sent_at),
                t("Settled"): times.exact(call.settled_at),
                t("HTTP status"): _status(call),
                **({t("Why"): _why(call)} if call.error_text else {}),
            },
            border="horizontal",
            alt=t("Facts about this call"),
        )
        with st.grid(2, min_column_width=260):
            with st.container(gap="xsmall"):
                st.caption(t("Request"))
                st.json({"headers": HEADERS, "body": call.request})
            with st.container(gap="xsmall"):
                st.caption(t("Answer"))
                if call.answer:
                    st.json(call.answer)
                else:
                    st.caption(_no_answer(call))


def _names() -> dict[str, str]:
    return {
        "upload_asset": t("Upload asset"),
        "create_group": t("Create group"),
        "add_motion": t("Add motion"),
        "delete_group": t("Delete group"),
        "generate_video": t("Generate video"),
    }


def _status(call: Operation) -> str:
    """Only what went wrong keeps its number."""
    if call.http_status:
        return str(call.http_status)
    return t("2xx, as expected") if call.state == "confirmed" and not call.error_code else "–"


def _no_answer(call: Operation) -> str:
    if call.state == "unknown" and unaware.LOOKED_FOR in call.snapshot:
        return t("It was not sent: HeyGen is looked at for what was made since the backup.")
    return {
        "sent": t("HeyGen has not answered yet."),
        "unknown": t("The answer was lost on the way."),
        "absent": t("There was none: the call was never made."),
        "refused": t("HeyGen refused and sent nothing but the reason above."),
        "confirmed": t("HeyGen sent nothing more than its consent."),
    }[call.state]


def _why(call: Operation) -> str:
    """The refusal, for markdown; a call of the first version has it in English only."""
    if call.error_template:
        return sentence(call.error_template, call.error_values)
    return escape(call.error_text)
