"""The steps of a run as people see them: which are planned, what is done of them, what comes next."""

from dataclasses import dataclass
from typing import Any

from pages.parts.words import t

#: The steps that are shown, by kind of run. Checking the photo is the first half of the upload.
PLANS = {"avatar": ("asset", "group", "motion", "saved"), "free_slot": ("delete",)}


@dataclass(frozen=True)
class Step:
    """One planned step of a run. `state`: done, now, failed, cancelled, unknown or ahead."""

    step: str
    state: str


def name(step: str) -> str:
    """The step in a word or two."""
    return {
        "photo": t("Upload"),
        "asset": t("Upload"),
        "group": t("Group"),
        "motion": t("Motion"),
        "saved": t("Save", context="step"),
        "delete": t("Delete group"),
    }[step]


def of(run: Any) -> tuple[Step, ...]:
    """The run's steps in order. What was there before the run began is not planned again."""
    shown = PLANS[run.kind]
    here = shown.index(_shown(run.step))
    first = min(shown.index(_shown(run.first_step)), here)
    return tuple(Step(shown[place], _state(run, place, here)) for place in range(first, len(shown)))


def _state(run: Any, place: int, here: int) -> str:
    if run.state == "done" or place < here:
        return "done"
    if place > here:
        return "ahead"
    return run.state if run.state in ("failed", "cancelled", "unknown") else "now"


def done(run: Any) -> int:
    """How many of the planned steps are behind the run."""
    return sum(step.state == "done" for step in of(run))


def planned(run: Any) -> int:
    return len(of(run))


def now(run: Any) -> str:
    """What happens at this moment, as one short sentence."""
    if run.state == "queued":
        return t("Waiting for its turn")
    if run.state == "unknown":
        return t("The answer was lost: looking whether HeyGen did it")
    return {
        "photo": t("Checking the photo"),
        "asset": t("Uploading the photo to HeyGen"),
        "group": t("Creating the avatar group"),
        "motion": t("HeyGen prepares the avatar for its motion"),
        "saved": t("The id is saved, HeyGen finishes the motion"),
        "delete": t("Deleting the avatar group in HeyGen"),
    }[run.step]


def after(run: Any, motion_price: str) -> str:
    """What comes after the present step, as one short sentence."""
    return {
        "photo": t("Next: upload to HeyGen, free"),
        "asset": t("Next: avatar group, free"),
        "group": t("Next: motion, {price}", price=motion_price),
        "motion": t("Next: save the avatar's id"),
        "saved": t("Next: the avatar is ready"),
        "delete": t("Next: the slot is free"),
    }[run.step]


def _shown(step: str) -> str:
    return "asset" if step == "photo" else step
