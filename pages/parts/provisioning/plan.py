"""The plan in the address of "Make avatars": what to do, for which locations, with which motion."""

from dataclasses import dataclass

import streamlit as st

from core.quotes import avatars
from core.quotes.avatars import Quote
from core.reports import locations
from core.reports.locations import LocationFilter
from core.studio import Studio
from pages.parts.kit import links, motions
from pages.parts.kit.address import Address, follow, forget
from pages.parts.kit.location_picker import PICK
from pages.parts.kit.people import who

#: HeyGen's own words, so a link means the same in every language.
MOTION, ACTION = "motion", "action"
MAKE, ANOTHER_MOTION = "make", "another_motion"
RECOMMENDED = "veo2"
#: Of more locations it is not said which motion they have now.
COMPARED = 24
_KEY = "plan"
_IN_ADDRESS = (links.CHOSEN, MOTION, ACTION, PICK)


@dataclass(frozen=True)
class Plan:
    """What is asked for. `motion` is "" until one is chosen; `unknown` is one that cannot be had here."""

    action: str
    chosen: tuple[int, ...]
    missing: tuple[int, ...]
    motion: str
    unknown: str
    #: What a click changes.
    address: Address

    @property
    def again(self) -> bool:
        """True for another motion of avatars that are there."""
        return self.action == ANOTHER_MOTION


def read(studio: Studio) -> Plan:
    """The plan as the address has it now."""
    address = follow(_KEY, _IN_ADDRESS, beside=(PICK,))
    action = ANOTHER_MOTION if st.query_params.get(ACTION) == ANOTHER_MOTION else MAKE
    asked = links.ids(links.CHOSEN)
    chosen = locations.existing(studio.db, asked)
    # Another motion is most likely not the recommended one once more: nothing is chosen beforehand.
    motion = st.query_params.get(MOTION, "" if action == ANOTHER_MOTION else RECOMMENDED)
    known = motion if motion in motions.offered(studio) else ""
    return Plan(
        action=action,
        chosen=chosen,
        missing=tuple(i for i in asked if i not in chosen),
        motion=known,
        unknown="" if known else motion,
        address=address,
    )


def priced(studio: Studio, plan: Plan) -> Quote | None:
    """What the plan costs; None until it names a location and a motion type."""
    if not plan.chosen or not plan.motion:
        return None
    return avatars.quote(
        studio,
        location_ids=plan.chosen,
        motion_type=plan.motion,
        action=plan.action,
        person=who().name,
    )


def present_motion(studio: Studio, plan: Plan) -> str:
    """The motion type that all the chosen locations have already; "" where they differ or have none."""
    if not plan.again or not 0 < len(plan.chosen) <= COMPARED:
        return ""
    found = locations.locations(studio.db, LocationFilter(motion_status="completed"), ids=plan.chosen)
    types = set(found["motion_type"])
    return str(types.pop()) if len(found) == len(plan.chosen) and len(types) == 1 else ""


def clear() -> None:
    """After a confirmation: the next plan begins with no choice."""
    forget(_KEY, _IN_ADDRESS)


def choose_motion(address: Address, slug: str) -> None:
    """Made for on_click."""
    address.change({MOTION: slug})
