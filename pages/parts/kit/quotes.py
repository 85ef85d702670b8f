"""A quote on a page: what holds it up, the button that spends, and the dialog where money is committed."""

from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st

from core.account import slots
from core.errors import Problem, StudioError
from core.quotes.avatars import Quote
from core.quotes.plan import Plan
from core.quotes.videos import VideoQuote
from core.runs import queue
from core.runs.confirm import confirm
from core.studio import Studio
from pages.parts.kit import dialogs
from pages.parts.kit.address import Address
from pages.parts.kit.people import may, require
from pages.parts.kit.tables import rows
from pages.parts.kit.words import many, name_of, say, sentence, t

#: As many locations are named as holders of a group.
MOST_HOLDERS = 6
Q = TypeVar("Q", Quote, VideoQuote)


def show_problem(problem: Problem) -> None:
    """What holds up the whole plan."""
    st.error(sentence(problem.template, problem.values), icon=":material/block:")


def show_warnings(quote: Plan[Any]) -> None:
    """What is worth knowing before the plan is confirmed; it holds up nothing."""
    for warning in quote.warnings:
        st.warning(sentence(warning.template, warning.values), icon=":material/trending_up:")


def refused(problem: Problem) -> str:
    """A line that nothing is made for, and why, for markdown."""
    return f":red-badge[:material/block: {t('Refused')}] {sentence(problem.template, problem.values)}"


def holders(studio: Studio, quote: Quote) -> None:
    """The door in the wall: which locations hold the groups, each with the way to free its slot."""
    held = slots.holders(studio.db)
    if len(held):
        st.caption(
            t("These locations hold groups. Free the slot of one that is no longer needed:")
            if may("admin")
            else t("These locations hold groups. An administrator can free a slot that is no longer needed:")
        )
    for row in rows(held.head(MOST_HOLDERS)):
        st.page_link(
            "locations.py",
            label=name_of(row.blogger, row.location),
            icon=":material/arrow_forward:",
            query_params={"location": str(row.location_id)},
        )
    more = len(held) - MOST_HOLDERS
    if more > 0:
        st.caption(many("And {n} more location.", "And {n} more locations.", more))
    strange = quote.groups_used - len(held) - slots.under_way(studio.db)
    if strange > 0:
        st.caption(
            many(
                "{n} group was not made here. It can be deleted in HeyGen itself.",
                "{n} groups were not made here. They can be deleted in HeyGen itself.",
                strange,
            )
        )


def spend(quote: Plan[Any], label: str, address: Address, dialog: str) -> None:
    """The button that opens the confirmation; `label` says what it spends."""
    if not quote.to_make:
        st.button(t("Nothing to make"), disabled=True, key="spend", width="stretch")
        if quote.refused:
            st.caption(t("The reasons stand above. Nothing would be spent."))
        else:
            st.caption(t("Nothing is left to pay for the chosen locations, so nothing would be spent."))
        return
    st.button(
        label,
        key="spend",
        type="primary",
        icon=":material/payments:",
        width="stretch",
        disabled=not quote.can_confirm,
        on_click=_ask,
        args=(address, dialog),
    )
    if quote.can_confirm:
        st.caption(t("You confirm once more before anything is held."))
    else:
        st.caption(t("What is marked red above holds it up. Nothing was spent."))


def _ask(address: Address, dialog: str) -> None:
    """Only opens the dialog: its quote is made when it is drawn, after every click of this moment."""
    address.change({})
    dialogs.ask(dialog, asked={})


def commit(studio: Studio, quote: Quote | VideoQuote, *, typed_name: str = "") -> list[int]:
    """Confirm exactly this quote and wake the worker; returns the runs. Raises StudioError.

    Confirming one quote twice starts and holds nothing more, so a double click is harmless.
    """
    runs = confirm(studio, quote, actor=require("spend"), typed_name=typed_name)
    ids = [run.id for run in runs if run.id is not None]
    queue.of(studio).wake(ids)
    return ids


def confirmation(
    studio: Studio,
    asked: dict[str, Any],
    *,
    priced: Callable[[], Q | None],
    contents: Callable[[Q], None],
    label: Callable[[Q], str],
    watch: Callable[[Q, list[int]], None],
) -> None:
    """The dialog's body: one quote, which stays the same while the dialog is open, and acts on exactly that.

    `asked` keeps the quote that is shown, and why it was refused, if it was. A refusal is said inside the
    dialog, where the eyes are; the page behind it shows the new plan meanwhile. `watch` leads to the runs
    that started.
    """
    if asked.get("refused"):
        st.error(asked["refused"], title=t("Nothing was spent"), icon=":material/error:")
        if st.button(t("Look at the plan as it is now"), key="confirm_again", type="primary"):
            dialogs.close()
        return
    quote = asked.get("quote") or priced()
    if quote is None or not quote.to_make:
        st.info(t("Nothing is left to do for the chosen locations. Nothing was spent."))
        if st.button(t("Back"), key="confirm_back"):
            dialogs.close()
        return
    asked["quote"] = quote
    contents(quote)
    show_warnings(quote)
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button(t("Back"), key="confirm_back"):
            dialogs.close()
        spent = st.button(label(quote), key="confirm_spend", type="primary", icon=":material/payments:")
    if not spent:
        return
    try:
        ids = commit(studio, quote)
    except StudioError as error:
        asked["refused"] = say(error)
        st.rerun()
    watch(quote, ids)
    dialogs.close()


def listing(title: str, items: list[str], *, long: int, height: int) -> None:
    """A list under its title; one of more than `long` items scrolls inside its own frame."""
    st.markdown(title)
    with st.container(height=height if len(items) > long else "content", border=False):
        st.markdown("  \n".join(items))
