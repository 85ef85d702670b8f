"""Setting, changing and removing a budget: the dialogs' bodies."""

from decimal import Decimal

import streamlit as st

from core.amounts import MICRO, micro_credits
from core.database.tables.money import BUDGET_SCOPES
from core.money import budgets
from core.money.budgets import MOST, Standing
from core.people import members
from core.people.roles import BOOKKEEPER, LOCAL_ADMIN
from core.reports import ledger, locations
from core.studio import Studio
from pages.parts.kit import dialogs
from pages.parts.kit.people import require
from pages.parts.kit.tables import rows
from pages.parts.kit.words import escape, person, short_amount, t

ADD, CHANGE = "add_budget", "change_budget"
#: A figure that needs no more digits than these is shown with them; a finer one with all of them.
CENT = MICRO // 100


def show_dialogs(studio: Studio) -> None:
    """Draw whichever of these dialogs is open."""
    dialogs.show(ADD, t("Add budget"), lambda: _add(studio), needs="admin", width="small")
    dialogs.show(
        CHANGE,
        t("Change a budget"),
        lambda scope, target: _change(studio, scope, target),
        needs="admin",
        width="small",
    )


def _add(studio: Studio) -> None:
    words = {"team": t("The team"), "blogger": t("A blogger"), "person": t("A person")}
    scope = st.segmented_control(
        t("Whose budget?"),
        list(BUDGET_SCOPES),
        default="team",
        required=True,
        format_func=lambda one: words[one],
        key="budget_scope",
    )
    target = {"team": lambda: "", "blogger": lambda: _blogger(studio), "person": lambda: _person(studio)}[
        scope
    ]()
    if target is None:
        return
    _figures(studio, scope, target, _there(studio, scope, target))


def _blogger(studio: Studio) -> str | None:
    names = {str(row.id): row.name for row in rows(locations.blogger_names(studio.db))}
    if not names:
        st.markdown(t("There are no bloggers yet."))
        return None
    return st.selectbox(
        t("Blogger"), list(names), format_func=lambda one: names.get(one, one), key="budget_blogger"
    )


def _person(studio: Studio) -> str:
    team = [member.email for member in members.everybody(studio.db)]
    known = dict.fromkeys([*team, *ledger.people(studio.db), LOCAL_ADMIN.name])
    known.pop(BOOKKEEPER, None)
    return (
        st.selectbox(
            t("Person"),
            list(known),
            format_func=person,
            accept_new_options=True,
            key="budget_person",
            help=t("Whose runs count: the name in which they are confirmed. A new name can be typed."),
        )
        or ""
    )


def _there(studio: Studio, scope: str, target: str) -> Standing | None:
    """The budget that is there already."""
    found = budgets.standing(studio.db)
    return next((one for one in found if (one.scope, one.target) == (scope, target)), None)


def _change(studio: Studio, scope: str, target: str) -> None:
    there = _there(studio, scope, target)
    if there is None:
        st.info(t("This budget was removed meanwhile. Nothing was changed."), icon=":material/info:")
        return
    st.markdown(f"**{escape(person(there.name)) or t('The team')}**")
    _figures(studio, scope, target, there)
    with st.expander(t("Remove this budget"), icon=":material/delete:"):
        st.caption(
            t("Then nothing warns and nothing is refused any more. What the budget was stays in the history.")
        )
        reason = st.text_input(t("Reason"), key="budget_remove_reason", max_chars=200)
        if st.button(t("Remove budget"), key="budget_remove"):
            dialogs.do(
                lambda: budgets.end_budget(
                    studio.db, there.budget_id, reason=reason or "", actor=require("admin")
                )
            )


def _figures(studio: Studio, scope: str, target: str, there: Standing | None) -> None:
    """How much, hard or soft, and why; starts from the budget that is there."""
    of = f"{scope}_{target}"
    if there is not None:
        st.caption(
            t(
                "Now {amount} a month; {used} of it are used this month.",
                amount=short_amount(there.limit),
                used=short_amount(there.used),
            )
        )
    fine = there is not None and there.limit % CENT
    credits = st.number_input(
        t("Credits a month"),
        min_value=0.000001 if fine else 0.01,
        max_value=float(MOST // MICRO),
        value=there.limit / MICRO if there else 50.0,
        step=1.0,
        format="%.6f" if fine else "%.2f",
        key=f"budget_credits_{of}",
    )
    kinds = {False: t("Only warn"), True: t("Refuse what would pass it")}
    hard = st.radio(
        t("At the limit"),
        list(kinds),
        index=int(there.hard) if there else 0,
        format_func=lambda one: kinds[one],
        key=f"budget_hard_{of}",
    )
    micro = micro_credits(Decimal(str(round(credits, 6))))
    if hard and there is not None and micro <= there.used:
        st.warning(
            t("As much is used already: until next month everything that costs something is refused."),
            icon=":material/block:",
        )
    reason = st.text_input(
        t("Reason"),
        key=f"budget_reason_{of}",
        max_chars=200,
        placeholder=t("Why this figure?"),
        help=t("A hard limit is raised or removed with a reason only."),
    )
    st.caption(t("It counts at once. Every change is kept with your name."))
    if st.button(t("Save"), key="budget_save", type="primary", icon=":material/check:"):
        dialogs.do(
            lambda: budgets.set_budget(
                studio.db,
                scope=scope,
                target=target,
                micro=micro,
                hard=hard,
                reason=reason or "",
                actor=require("admin"),
            )
        )
