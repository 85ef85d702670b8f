"""A quote in words: the lines of its table, its buttons."""

from core.quotes import Line, Quote
from pages.parts.words import amount, many, sentence, t


def what_happens(line: Line) -> str:
    """The line in words, for markdown."""
    if line.action == "refuse" and line.problem is not None:
        reason = sentence(line.problem.template, line.problem.values)
        return f":red-badge[:material/block: {t('Refused')}] {reason}"
    if line.action == "skip":
        return f":gray-badge[:material/done_all: {t('Skipped')}] " + t(
            "Has its avatar with motion already: nothing to pay."
        )
    if line.first_step == "motion":
        return f":blue-badge[:material/motion_photos_on: {t('Add motion')}] " + t(
            "The avatar is there already and is not made again."
        )
    return f":blue-badge[:material/add_circle: {t('Make avatar')}] " + t(
        "Upload and group are free, motion costs {price}.", price=amount(line.micro_credits)
    )


def spend_label(quote: Quote) -> str:
    """What the button says: always the amount."""
    avatars = many("{n} avatar", "{n} avatars", len(quote.to_make))
    return t("Spend {amount} on {avatars}", amount=amount(quote.total), avatars=avatars)
