"""The budgets of a month: how much of each is used, its history, and the way to set one."""

from datetime import timedelta
from typing import Any

import streamlit as st

from core import clock
from core.amounts import MICRO
from core.money import budgets
from core.money.budgets import Standing
from core.studio import Studio
from pages.parts.credits import budget_forms
from pages.parts.kit import dialogs, times
from pages.parts.kit.budgets import look, owner, used
from pages.parts.kit.people import only
from pages.parts.kit.sections import fold
from pages.parts.kit.tables import listed, rows
from pages.parts.kit.words import adding_up, amount, credits_of, escape, percent, person, short_amount, t

ICONS = {"team": "groups", "blogger": "face", "person": "person"}
#: Changes that the history shows.
MOST_CHANGES = 50


def show(studio: Studio) -> None:
    """This month's budgets or the last month's, a row each; the dialogs; what was changed."""
    last = _head()
    month = clock.this_month().date() - timedelta(days=1) if last else None
    found = budgets.standing(studio.db, month)
    if not found:
        with st.container(border=True):
            st.markdown(
                t("No budget was in force at the end of that month.")
                if last
                else t("There is no budget yet.")
            )
    for one in found:
        _row(one, editable=not last)
    fold(t("Changes of budgets"), lambda: _history(studio), key="budget_changes")
    budget_forms.show_dialogs(studio)


def _head() -> bool:
    """What a budget is, the choice of the month and the button; True for the last month."""
    st.caption(
        t(
            "What the team, a blogger or a person may spend in a month; what is held counts as used. A soft "
            "budget warns at {first}, {second} and {third}; a hard one also refuses what would pass it. "
            "A month begins at midnight UTC on the first.",
            first=percent(0.75),
            second=percent(0.9),
            third=percent(1),
        )
    )
    words = {"now": t("This month"), "last": t("Last month")}
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        chosen = st.segmented_control(
            t("Month"),
            list(words),
            default="now",
            required=True,
            format_func=lambda word: words[word],
            key="budgets_month",
            label_visibility="collapsed",
        )
        dialogs.button(
            t("Add budget"), budget_forms.ADD, key="add_budget", icon=":material/add:", needs="admin"
        )
    only("admin")
    return chosen == "last"


def _row(one: Standing, *, editable: bool) -> None:
    with st.container(border=True, gap="xsmall", key=f"budget_{one.budget_id}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            with st.container(gap="xxsmall", width="stretch"):
                kind = t("Hard limit") if one.hard else t("Only warns")
                name = f":material/{ICONS[one.scope]}: **{owner(one.name)}**"
                st.markdown(f"{name} {look(one).markdown} :gray-badge[{kind}]")
                share = f"**{percent(one.share / 100)}**"
                st.markdown(f"{share} · {used(one)} · {_rest(one)}", help=_exact(one))
            if editable:
                dialogs.button(
                    t("Change"),
                    budget_forms.CHANGE,
                    {"scope": one.scope, "target": one.target},
                    key=f"change_budget_{one.budget_id}",
                    icon=":material/edit:",
                    needs="admin",
                )
        st.progress(min(1.0, one.used / one.limit))


def _rest(one: Standing) -> str:
    left = adding_up(one.used, one.limit - one.used)[1]
    if left >= 0:
        return t("{amount} left", amount=short_amount(left))
    return t("{amount} over", amount=short_amount(-left))


def _exact(one: Standing) -> str | None:
    """The same figures to the last digit, where the row rounds them."""
    if all(micro * 100 % MICRO == 0 for micro in (one.spent, one.held, one.limit)):
        return None
    return t(
        "Exactly {spent} spent and {held} held of {limit}.",
        spent=credits_of(one.spent),
        held=credits_of(one.held),
        limit=amount(one.limit),
    )


def _history(studio: Studio) -> None:
    """Every figure that a budget had."""
    changes = rows(budgets.history(studio.db, limit=MOST_CHANGES))
    if not changes:
        st.caption(t("No budget was set yet."))
        return
    listed(
        [_changed(change) for change in changes],
        alt=t("Budgets that were set, changed and removed, the newest first"),
    )
    if len(changes) == MOST_CHANGES:
        st.caption(t("The last {n} changes.", n=MOST_CHANGES))


def _changed(change: Any) -> dict[str, str]:
    until = t("in force")
    if change.ended_at is not None:
        until = _when(change.ended_at, change.ended_by, change.ended_reason)
    return {
        t("Budget"): owner(change.name),
        t("A month"): amount(change.micro_credits),
        t("At the limit"): t("Hard limit") if change.hard else t("Only warns"),
        t("Since"): _when(change.created_at, change.actor, change.reason),
        t("Until"): until,
    }


def _when(moment: Any, actor: str, reason: str) -> str:
    said = t("{time}, {person}", time=times.exact(moment), person=escape(person(actor)))
    return f"{said}  \n{escape(reason)}" if reason else said
