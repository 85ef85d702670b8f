"""The plan of videos: what is chosen stands in the address, and of the script, too long for one, its draft's
name."""

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
import streamlit as st

from core.database.tables.videos import VIDEO_FORMATS
from core.errors import BadInput
from core.quotes import videos
from core.quotes.video_lines import VideoWish
from core.quotes.videos import VideoQuote
from core.reports import locations
from core.studio import Studio
from core.videos import estimator, voices
from core.videos.script import RESOLUTIONS, resolutions, script_problem
from pages.parts.kit import drafts, links, motions
from pages.parts.kit.address import Address, follow, forget
from pages.parts.kit.location_picker import PICK
from pages.parts.kit.people import who

#: In the address: HeyGen's own words, so that a link means the same in every language.
VOICE, FORMAT, RESOLUTION, MOTION, STILL = "voice", "format", "resolution", "motion", "still"
NAMES = (links.CHOSEN, PICK, VOICE, FORMAT, RESOLUTION, MOTION, STILL)
_KEY = "videos_plan"
#: In the address: the name under which script and title outlive a reload.
DRAFT = "draft"
#: In place of a voice: each location's own default.
OWN = "default"
#: In the session: the widgets' keys.
SCRIPT, TITLE = "video_script", "video_title"
#: Asks what the chosen locations have, before anything is written.
_ANY_WORD = "a"
#: The estimator's languages as HeyGen names them.
_LANGUAGES = {"en": "English", "ru": "Russian"}


@dataclass(frozen=True)
class VideoPlan:
    """What is asked for. `wish.voice_id` is "" where each location's default speaks."""

    chosen: tuple[int, ...]
    missing: tuple[int, ...]
    wish: VideoWish
    #: The voices that HeyGen offers, the last used first.
    voices: pd.DataFrame
    #: What a click changes.
    address: Address

    @property
    def script_problem(self) -> str:
        """Why this script cannot be spoken, as core.quotes.video_lines names it; "" when it can."""
        return script_problem(self.wish.script)


def read(studio: Studio) -> VideoPlan:
    """The plan as address and session have it now; what the address holds by mistake is passed over."""
    address = follow(_KEY, NAMES, beside=(PICK, DRAFT))
    _follow_draft(studio)
    asked = links.ids(links.CHOSEN)
    chosen = locations.existing(studio.db, asked)
    offered = voices.voices(studio.db)
    said = st.query_params
    script = st.session_state.get(SCRIPT) or ""
    wish = VideoWish(
        script=script,
        title=st.session_state.get(TITLE) or "",
        voice_id=_voice(studio, chosen, offered, script),
        video_format=_known(said.get(FORMAT, ""), VIDEO_FORMATS, ""),
        resolution=_known(said.get(RESOLUTION, ""), resolutions(studio), resolutions(studio)[0]),
        motion_type=_known(said.get(MOTION, ""), motions.offered(studio), "veo2"),
        still=STILL in said,
    )
    return VideoPlan(chosen, tuple(i for i in asked if i not in chosen), wish, offered, address)


def _follow_draft(studio: Studio) -> None:
    """Script and title as the address has them, where this session does not know it yet; then as they are."""
    if isinstance(found := drafts.found(studio, DRAFT), dict):
        for key in (SCRIPT, TITLE):
            st.session_state[key] = str(found.get(key, ""))
    words = {key: st.session_state.get(key) or "" for key in (SCRIPT, TITLE)}
    drafts.keep(studio, DRAFT, words if any(words.values()) else None)


def priced(studio: Studio, plan: VideoPlan) -> VideoQuote | None:
    """What the plan costs; None until it has a location and a script that can be spoken."""
    return None if plan.script_problem else outlook(studio, plan)


def outlook(studio: Studio, plan: VideoPlan) -> VideoQuote | None:
    """As `priced`; before there is a script, what stands in the way of the chosen locations anyway."""
    if not plan.chosen:
        return None
    wish = replace(plan.wish, script=_ANY_WORD) if plan.script_problem else plan.wish
    try:
        return videos.quote(studio, location_ids=plan.chosen, wish=wish, person=who().name)
    except BadInput:
        # HeyGen's list of voices has changed since this page was begun to be drawn.
        return None


def _known(word: str, options: Any, default: str) -> str:
    return word if word in options else default


def _voice(studio: Studio, chosen: tuple[int, ...], offered: pd.DataFrame, script: str) -> str:
    """The voice that the address names. Where it names none and no chosen location has a default, the last
    used that speaks the script's language, so that a first video needs no setting."""
    said = st.query_params.get(VOICE, "")
    if said == OWN or not len(offered):
        return ""
    if said in set(offered["voice_id"]):
        return said
    if voices.any_default(studio.db, chosen):
        return ""
    language = _LANGUAGES[estimator.language_of(script)]
    speaking = offered[offered["language"] == language]
    return str((speaking if len(speaking) else offered)["voice_id"].iloc[0])


def change(address: Address, name: str, key: str) -> None:
    """A widget's value into the address; made for on_change."""
    value = st.session_state[key]
    address.change({name: "1" if value is True else value or ""})


def like(row: Any) -> dict[str, str]:
    """Another video like this one: its words into the session; returns what the address then says."""
    drafts.begin_anew(DRAFT)
    st.session_state[SCRIPT], st.session_state[TITLE] = row.script, row.title
    side = min(row.width, row.height)
    return {
        links.CHOSEN: str(row.location_id),
        VOICE: row.voice_id,
        FORMAT: row.format,
        RESOLUTION: next((name for name, pixels in RESOLUTIONS.items() if pixels == side), ""),
        **({STILL: "1"} if row.still else {}),
    }


def clear(studio: Studio) -> None:
    """After a confirmation: the next video begins with an empty page."""
    forget(_KEY, NAMES)
    drafts.forget(studio, DRAFT)
    for key in (SCRIPT, TITLE):
        st.session_state.pop(key, None)
