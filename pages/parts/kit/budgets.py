"""A budget in words: whose it is, how far it is used."""

from core.money.budgets import Standing
from pages.parts.kit.states import Look
from pages.parts.kit.words import adding_up, escape, person, short_amount, short_credits, t


def look(one: Standing) -> Look:
    """How far the budget is used."""
    if one.used > one.limit:
        return Look(t("Over budget"), "error", "red", "✕")
    return {
        "ok": Look(t("Within budget"), "check_circle", "green", "✓"),
        "warn75": Look(t("Three quarters used"), "trending_up", "orange", "◔"),
        "warn90": Look(t("Nearly used up"), "warning", "orange", "!"),
        "full": Look(t("Used up"), "block", "red", "✕"),
    }[one.level]


def owner(name: str) -> str:
    """Whose budget it is, for markdown."""
    return escape(person(name)) if name else t("The team")


def used(one: Standing) -> str:
    """What is used of what, and what of it is held."""
    spent, held = adding_up(one.spent, one.held)
    if not one.held:
        return t("{spent} of {limit} spent", spent=short_credits(spent), limit=short_amount(one.limit))
    return t(
        "{used} of {limit}: {spent} spent, {held} held",
        used=short_credits(spent + held),
        limit=short_amount(one.limit),
        spent=short_credits(spent),
        held=short_credits(held),
    )
