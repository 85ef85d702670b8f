"""The quote inside the dialog of a location's action, and the click that confirms it.

A click confirms exactly the quote that was on screen at that moment; where the plan or the choice has changed
since, nothing is confirmed and the new quote is shown.
"""

from collections.abc import Callable

import streamlit as st

from core.errors import Refusal, StudioError
from core.names import is_typed
from core.quotes.avatars import Quote
from core.studio import Studio
from pages.parts.kit import dialogs, quotes
from pages.parts.kit.words import amount, escape, say, sentence, t

#: Where a click leaves its refusal, or the word that it was done, for the dialog that is drawn next.
_REFUSED, _DONE = "location_action_refused", "location_action_done"


def card(quote: Quote) -> None:
    """What it costs, the balance and the groups before and after, and what holds it up."""
    limit = quote.group_limit
    groups = t("{before} now, {after} afterwards", before=quote.groups_used, after=quote.groups_after)
    if limit is not None:
        groups = t(
            "{before} now, {after} of {limit} afterwards",
            before=quote.groups_used,
            after=quote.groups_after,
            limit=limit,
        )
    facts = {t("Cost"): f"**{amount(quote.total)}**"}
    if quote.total:
        before, after = amount(quote.available), amount(quote.balance_after)
        facts[t("Available")] = t("{before} now, {after} afterwards", before=before, after=after)
    facts[t("Avatar groups")] = groups
    st.table(
        facts, border="horizontal", alt=t("What this costs, and the balance and groups before and after")
    )
    for line in quote.lines:
        if line.problem is not None:
            st.error(sentence(line.problem.template, line.problem.values), icon=":material/block:")
        elif line.action == "skip":
            st.info(
                t("The avatar has this motion already, so there is nothing to pay."), icon=":material/info:"
            )
    for problem in quote.problems:
        quotes.show_problem(problem)
    quotes.show_warnings(quote)


def confirm_button(
    studio: Studio, quote: Quote, label: str, *, choice: str = "", typed: str = "", icon: str = "payments"
) -> None:
    """The button that confirms exactly `quote`.

    `choice` is the key of the motion type it was made for, `typed` that of the name where one must be typed.
    """
    named = not typed or is_typed(_text(typed), quote.lines[0].group_name)
    act_button(
        label,
        lambda: _confirm(studio, quote, choice, typed),
        key=f"{quote.action}_confirm",
        icon=icon,
        disabled=not (quote.can_confirm and named),
    )


def _confirm(studio: Studio, quote: Quote, choice: str, typed: str) -> None:
    """Confirming one quote twice starts and holds nothing more, so a double click is harmless."""
    if choice and st.session_state.get(choice) != quote.motion_type:
        raise Refusal("The motion type changed with this click. Nothing was spent. Look at the new quote.")
    group_name = quote.lines[0].group_name
    name = group_name if typed and is_typed(_text(typed), group_name) else ""
    quotes.commit(studio, quote, typed_name=name)


def name_input(name: str, key: str) -> bool:
    """Where the group's name must be typed before it is deleted; True once it stands there."""
    st.text_input(
        t("Type the group's name to confirm: {name}", name=escape(name)),
        key=key,
        live=True,
        autocomplete="off",
    )
    return is_typed(_text(key), name)


def act_button(
    label: str, action: Callable[[], object], *, key: str, icon: str, disabled: bool = False
) -> None:
    """The button that does it, below what the last click was refused for."""
    if isinstance(error := st.session_state.pop(_REFUSED, None), StudioError):
        st.error(say(error), icon=":material/error:")
    st.button(
        label,
        key=key,
        type="primary",
        icon=f":material/{icon}:",
        disabled=disabled,
        on_click=_do,
        args=(action,),
    )


def _do(action: Callable[[], object]) -> None:
    """Act at the click; the dialog is closed by what is drawn next, or says why not."""
    try:
        action()
    except StudioError as error:
        st.session_state[_REFUSED] = error
        return
    dialogs.forget()
    st.session_state[_DONE] = True


def leave_when_done() -> None:
    """Draw the page anew, without this dialog and with its live run."""
    if st.session_state.pop(_DONE, False):
        st.rerun()


def forget() -> None:
    """Nothing of an earlier dialog is said in the next one."""
    for key in (_REFUSED, _DONE):
        st.session_state.pop(key, None)


def _text(key: str) -> str:
    return str(st.session_state.get(key) or "").strip()
