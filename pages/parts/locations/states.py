"""A location's two states in words that need no heading: they stand side by side in lists."""

from dataclasses import replace

from pages.parts.kit import motions
from pages.parts.kit.states import Look, avatar_looks, motion_looks
from pages.parts.kit.words import t


def full_avatar_looks() -> dict[str, Look]:
    words = {
        "none": t("No avatar"),
        "pending": t("Avatar being made"),
        "completed": t("Avatar ready"),
        "failed": t("Avatar failed"),
    }
    return {state: replace(look, word=words[state]) for state, look in avatar_looks().items()}


def full_motion_looks() -> dict[str, Look]:
    words = {
        "none": t("No motion"),
        "processing": t("Motion in progress"),
        "completed": t("Motion with the video") if motions.with_video() else t("Motion completed"),
        "failed": t("Motion failed"),
    }
    return {state: replace(look, word=words[state]) for state, look in motion_looks().items()}
