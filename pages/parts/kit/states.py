"""States as people see them: a word, a colour and an icon together, never colour alone."""

from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from core.reports.locations import RUN_FAILED
from pages.parts.kit import motions
from pages.parts.kit.words import t


@dataclass(frozen=True)
class Look:
    """How a state is shown. `mark` stands in for the icon where a table can draw letters only."""

    word: str
    icon: str
    color: str
    mark: str

    @property
    def label(self) -> str:
        """Word and mark, for a table's cell."""
        return f"{self.mark} {self.word}"

    @property
    def markdown(self) -> str:
        """A badge inside markdown."""
        return f":{self.color}-badge[:material/{self.icon}: {self.word}]"

    def badge(self, help: str | None = None) -> None:
        st.badge(self.word, icon=f":material/{self.icon}:", color=self.color, help=help)  # pyright: ignore[reportArgumentType]


def run_looks() -> dict[str, Look]:
    return {
        "queued": Look(t("Queued"), "schedule", "gray", "○"),
        "running": Look(t("Running"), "sync", "blue", "◐"),
        "waiting": Look(t("Waiting for HeyGen"), "hourglass_top", "blue", "◐"),
        "unknown": Look(t("Outcome unknown"), "help", "orange", "?"),
        "paused": Look(t("Paused"), "pause_circle", "orange", "‖"),
        "done": Look(t("Done"), "check_circle", "green", "✓"),
        "failed": Look(t("Failed"), "error", "red", "✕"),
        "cancelled": Look(t("Cancelled"), "cancel", "gray", "–"),
    }


def kind_looks() -> dict[str, Look]:
    """What a run is for. `another_motion` is an avatar run for an avatar that has a motion already."""
    return {
        "avatar": Look(t("Make avatar", context="run"), "add_circle", "blue", "+"),
        "another_motion": Look(t("Another motion"), "animation", "blue", "↻"),
        "free_slot": Look(t("Free the slot", context="run"), "delete", "gray", "–"),
        "video": Look(t("Make video", context="run"), "movie", "blue", "▷"),
    }


def kind_of(run: Any) -> Look:
    """How the run's purpose is shown."""
    return kind_looks()["another_motion" if run.again else run.kind]


def avatar_looks() -> dict[str, Look]:
    return {
        "none": Look(t("No avatar"), "person_off", "gray", "○"),
        "pending": Look(t("Being made"), "hourglass_top", "blue", "◐"),
        "completed": Look(t("Ready"), "check_circle", "green", "✓"),
        "failed": Look(t("Failed"), "error", "red", "✕"),
    }


def motion_looks() -> dict[str, Look]:
    return {
        "none": Look(t("No motion"), "motion_photos_off", "gray", "○"),
        "processing": Look(t("In progress"), "hourglass_top", "blue", "◐"),
        "completed": Look(
            t("With the video") if motions.with_video() else t("Completed"), "check_circle", "green", "✓"
        ),
        "failed": Look(t("Failed"), "error", "red", "✕"),
    }


def entry_looks() -> dict[str, Look]:
    """The kinds of lines of the ledger."""
    return {
        "hold": Look(t("Held"), "lock_clock", "blue", "◐"),
        "capture": Look(t("Spent"), "payments", "violet", "●"),
        "release": Look(t("Given back"), "undo", "green", "↩"),
        "overrun": Look(t("Extra spent"), "warning", "orange", "!"),
        "adjust": Look(t("Balance changed"), "tune", "gray", "±"),
    }


def full_avatar_looks() -> dict[str, Look]:
    """In words that need no heading: the two states stand side by side in lists."""
    words = {
        "none": t("No avatar"),
        "pending": t("Avatar being made"),
        "completed": t("Avatar ready"),
        "failed": t("Avatar failed"),
    }
    return {state: replace(look, word=words[state]) for state, look in avatar_looks().items()}


def full_motion_looks() -> dict[str, Look]:
    """As `full_avatar_looks`; with that of a ready avatar which a run failed to change."""
    words = {
        "none": t("No motion"),
        "processing": t("Motion in progress"),
        "completed": t("Motion with the video") if motions.with_video() else t("Motion completed"),
        "failed": t("Motion failed"),
    }
    looks = {state: replace(look, word=words[state]) for state, look in motion_looks().items()}
    return looks | {RUN_FAILED: replace(looks["failed"], word=t("Last run failed"))}


def call_looks() -> dict[str, Look]:
    return {
        "sent": Look(t("Sent"), "send", "blue", "◐"),
        "confirmed": Look(t("Confirmed"), "check_circle", "green", "✓"),
        "refused": Look(t("Refused"), "block", "red", "✕"),
        "unknown": Look(t("Outcome unknown"), "help", "orange", "?"),
        "absent": Look(t("Never made"), "do_not_disturb_on", "gray", "–"),
    }


def step_looks() -> dict[str, Look]:
    """A step of a run, by its state."""
    return {
        "done": Look(t("Done"), "check_circle", "green", "✓"),
        "now": Look(t("Running"), "hourglass_top", "blue", "◐"),
        "failed": Look(t("Failed"), "error", "red", "✕"),
        "cancelled": Look(t("Cancelled"), "cancel", "gray", "–"),
        "unknown": Look(t("Outcome unknown"), "help", "orange", "?"),
        "paused": Look(t("Paused"), "pause_circle", "orange", "‖"),
        "ahead": Look(t("Not begun"), "radio_button_unchecked", "gray", "○"),
    }


def verdict_looks() -> dict[str, Look]:
    return {
        "new": Look(t("New"), "add_circle", "green", "+"),
        "changed": Look(t("Changed"), "edit", "blue", "◐"),
        "same": Look(t("Same"), "check", "gray", "="),
        "kept": Look(t("Kept"), "lock", "gray", "○"),
        "refused": Look(t("Refused"), "error", "red", "✕"),
        # Not a verdict of its own: refused as long as nobody ticks the row.
        "confirm": Look(t("Needs a tick"), "help", "orange", "?"),
    }


def words_of(looks: dict[str, Look]) -> dict[str, str]:
    """The states as options to choose from."""
    return {state: look.word for state, look in looks.items()}


def column(title: str, looks: dict[str, Look]) -> Any:
    """A table's column of states; its cells hold lists with the one state."""
    return st.column_config.MultiselectColumn(
        title,
        options=list(looks),
        color=[look.color for look in looks.values()],  # pyright: ignore[reportArgumentType]
        format_func=lambda state: looks[state].label,
    )
