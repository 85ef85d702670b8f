"""The steps of a run as people see them: which are planned, what is done of them, what comes next."""

from typing import Any

from core.journal import steps
from core.journal.events import FACTS
from core.studio import Studio
from pages.parts.kit.words import amount, escape, sentence, t


def name(step: str) -> str:
    """The step in a word or two."""
    return {
        "photo": t("Upload"),
        "asset": t("Upload"),
        "group": t("Group"),
        "motion": t("Motion"),
        "saved": t("Save", context="step"),
        "delete": t("Delete group"),
        "avatar": t("Avatar"),
        "turn": t("Order"),
        "render": t("Order"),
        "rendering": t("Render"),
        "archive": t("Save file"),
    }[step]


def of(run: Any) -> dict[str, str]:
    """The run's steps in order, with the state of each. What an earlier run had done is not planned again."""
    return {step: state for step, state in steps.states(run).items() if state != "before"}


def done(run: Any) -> int:
    """How many of the planned steps are behind the run."""
    return sum(state == "done" for state in of(run).values())


def planned(run: Any) -> int:
    return len(of(run))


def now(run: Any) -> str:
    """What happens at this moment, as one short sentence."""
    if run.state == "queued":
        return t("Waiting for its turn")
    if run.state == "unknown":
        return t("The answer was lost: looking whether HeyGen did it")
    if run.state == "paused":
        return t("Paused before its next paid step: HeyGen's credits are gone")
    return {
        "photo": t("Checking the photo"),
        "asset": t("Uploading the photo to HeyGen"),
        "group": t("Creating the avatar group"),
        "motion": t("HeyGen prepares the avatar for its motion"),
        "saved": t("The id is saved, HeyGen finishes the motion"),
        "delete": t("Deleting the avatar group in HeyGen"),
        "avatar": t("Waiting for the avatar"),
        "turn": t("Waiting until HeyGen may render one more"),
        "render": t("Ordering the video from HeyGen"),
        "rendering": t("HeyGen renders the video"),
        "archive": t("Fetching and checking the file"),
    }[run.step]


def after(studio: Studio, run: Any) -> str:
    """What comes after the present step, as one short sentence; its price is what the run agreed on."""
    if run.state == "paused":
        return t("Goes on with: {step}", step=name(run.step))

    def price(operation: str) -> str:
        micro = steps.agreed(studio, run, operation)
        return amount(micro) if micro else t("free")

    if run.step == "photo":
        return t("Next: upload to HeyGen, {price}", price=price("upload_asset"))
    if run.step == "asset":
        return t("Next: avatar group, {price}", price=price("create_group"))
    if run.step == "group" and studio.client.traits.motion == "render":
        return t("Next: motion, applied when the video is made")
    if run.step == "group":
        return t("Next: motion, {price}", price=price("add_motion"))
    return {
        "motion": t("Next: save the avatar's id"),
        "saved": t("Next: the avatar is ready"),
        "delete": t("Next: the slot is free"),
        "avatar": t("Next: order the video"),
        "turn": t("Next: order the video"),
        "render": t("Next: HeyGen renders it"),
        "rendering": t("Next: fetch the file and keep it"),
        "archive": t("Next: the video is ready"),
    }[run.step]


def line(event: Any) -> str:
    """A line of the run's history, for markdown.

    Lines from before templates were kept have only their English text.
    """
    if not event.template or event.message.startswith(">>>"):
        return escape(event.message)
    values = {key: value for key, value in event.details.items() if key not in FACTS}
    return sentence(event.template, values, event.details.get("error_name", ""))
