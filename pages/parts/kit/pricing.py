"""HeyGen's tariffs in words: its operations, their prices with a unit, its plans."""

from core.locale import N_
from core.money.tariffs import NOTHING
from pages.parts.kit.words import credits_of, t

OPERATIONS = {
    "upload_asset": N_("Upload of a photo"),
    "create_group": N_("Avatar group"),
    "add_motion": N_("Motion"),
    "train_group": N_("Training of a group (not used)"),
    "ai_look": N_("AI look (not used)"),
    "generate_video": N_("Video"),
}
UNITS = {"call": N_("{n} each"), "look": N_("{n} each"), "minute": N_("{n} a minute")}
PLANS = {"free": "Free", "pro": "Pro", "scale": "Scale", "payg": N_("Pay as you go")}


def operation(kind: str) -> str:
    """What a kind of operation is called."""
    return t(OPERATIONS[kind]) if kind in OPERATIONS else t("Other")


def figure(micro: int, per: str) -> str:
    """A price with its unit: "1 each", "0.2 a minute", "free"."""
    if per == NOTHING:
        return t("applied when the video is made")
    return t(UNITS[per], n=credits_of(micro)) if micro else t("free")


def plan(name: str) -> str:
    """What HeyGen calls a plan."""
    return t(PLANS[name])
