"""The four steps of an avatar run as people see them, and what is done of them."""

from typing import Any

from pages.parts.words import t

#: The runs' own steps -> the place among the four that are shown.
PLACES = {"photo": 0, "asset": 0, "group": 1, "motion": 2, "saved": 3}


def names() -> tuple[str, ...]:
    """The four, in order."""
    return t("Upload"), t("Group"), t("Motion"), t("Save")


def name(step: str) -> str:
    return names()[PLACES[step]]


def done(run: Any) -> int:
    """How many of the four are behind the run."""
    return len(names()) if run.state == "done" else PLACES[run.step]


def now(run: Any) -> str:
    """What happens at this moment."""
    if run.state == "unknown":
        return t("the answer was lost, looking whether HeyGen did it")
    return {
        "photo": t("checking the photo"),
        "asset": t("uploading the photo to HeyGen"),
        "group": t("creating the avatar group"),
        "motion": t("preparing the avatar, then adding motion"),
        "saved": t("id saved, HeyGen finishes the motion"),
    }[run.step]


def after(step: str, motion_price: str) -> str:
    """What comes after this step."""
    return {
        "photo": t("upload to HeyGen, free"),
        "asset": t("avatar group, free"),
        "group": t("motion, {price}", price=motion_price),
        "motion": t("save the avatar's id"),
        "saved": t("the avatar is ready"),
    }[step]


def chips(run: Any) -> str:
    """The four steps as badges: done, present, to come."""
    behind = done(run)
    here = {"failed": ("red", "error"), "cancelled": ("gray", "cancel"), "unknown": ("orange", "help")}
    parts = []
    for place, word in enumerate(names()):
        if place < behind:
            color, icon = "green", "check"
        elif place == behind:
            color, icon = here.get(run.state, ("blue", "hourglass_top"))
        else:
            color, icon = "gray", "radio_button_unchecked"
        parts.append(f":{color}-badge[:material/{icon}: {word}]")
    return " ".join(parts)
