"""A quote in words: its lines, its totals, its buttons."""

from core.quotes.avatar_lines import Line
from core.quotes.avatars import Quote
from pages.parts.kit import quotes
from pages.parts.kit.words import amount, many, t
from pages.parts.provisioning.plan import ANOTHER_MOTION


def what_happens(quote: Quote, line: Line) -> str:
    """The line in words, for markdown."""
    if line.action == "refuse" and line.problem is not None:
        return quotes.refused(line.problem)
    if line.action == "skip":
        return f":gray-badge[:material/done_all: {t('Skipped')}] {already(quote)}"
    if quote.action == ANOTHER_MOTION:
        badge = f":blue-badge[:material/animation: {t('Another motion')}] "
        if quote.motion_with_video:
            return badge + applied_with_video()
        return badge + t("Same group; the present motion stays until the new one is done.")
    if line.first_step == "motion":
        added = f":blue-badge[:material/animation: {t('Add motion')}] " + t(
            "The avatar is there already and is not made again."
        )
        return f"{added} {applied_with_video()}" if quote.motion_with_video else added
    made = f":blue-badge[:material/add_circle: {t('Make avatar')}] "
    if before := sum(step.micro_credits for step in line.steps if step.step in ("asset", "group")):
        made += t("Upload and group cost {amount}.", amount=amount(before))
        return f"{made} {applied_with_video()}" if quote.motion_with_video else made
    return made + t("Upload and group are free.")


def applied_with_video() -> str:
    """What a motion costs that is an option of each video."""
    return t("The motion is applied when the video is made and costs nothing.")


def already(quote: Quote) -> str:
    """Why a skipped line has nothing to pay."""
    if quote.action == ANOTHER_MOTION:
        return t("Has this motion already: nothing to pay.")
    return t("Has its avatar with motion already: nothing to pay.")


def spend_label(quote: Quote) -> str:
    """What the button says: always the amount."""
    n = len(quote.to_make)
    if quote.action == ANOTHER_MOTION:
        if not quote.total:
            return many("Change {n} motion, free", "Change {n} motions, free", n)
        what = many("{n} motion", "{n} motions", n)
        return t("Spend {amount} on {motions}", amount=amount(quote.total), motions=what)
    if not quote.total:
        return many("Finish {n} avatar, free", "Finish {n} avatars, free", n)
    avatars = many("{n} avatar", "{n} avatars", n)
    return t("Spend {amount} on {avatars}", amount=amount(quote.total), avatars=avatars)
