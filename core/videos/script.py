"""A script before it is spoken: what may stand in it, its title, its size on screen, its speaker's pace."""

import re

from sqlmodel import Session, col, select

from core.database.tables.bloggers import NO_AVATAR, Location
from core.database.tables.videos import Video
from core.studio import Studio
from core.videos import estimator
from core.videos.estimator import Rate

#: HeyGen takes up to 5000 characters (heygen-api.md 6a).
MOST_SCRIPT = 5000
MOST_TITLE = 100
#: The shorter side of the picture, in pixels.
RESOLUTIONS = {"720p": 720, "1080p": 1080, "4k": 2160}
#: Finished videos of a voice from which its rate is learned; more change nothing.
MOST_SAMPLES = 50
#: What `filled` replaces.
PLACEHOLDERS = ("{blogger}", "{location}")
#: How a pause is written: with straight quotes, and a point in the number.
PAUSE = '<break time="1.5s"/>'
#: In braces, or behind or before one that has no partner.
_BRACES = re.compile(r"\{+[^{}\n]{0,40}\}+|\{+[^\s{}]{0,40}|[^\s{}]{0,40}\}+")
#: Any tag of any script; a pause with other brackets, with none at its beginning, or as pages write it.
_TAG = re.compile(
    r"(?:<|‹|＜|&lt;)\s*/?\s*break\b[^<>›＞\n]{0,80}?(?:>|›|＞|&gt;)|<\s*/?\s*break\b[^<>\n]{0,80}"
    r"|</?[^\W\d_][^<>\n]{0,80}>|\bbreak\s+time\s*=[^<>\n]{0,80}>|\[\s*(?:break|pause|пауза)\b[^\[\]\n]{0,80}\]",
    re.IGNORECASE,
)
_PAUSE = re.compile(r"<break\s+time\s*=\s*([\"'])\d{1,5}(?:\.\d{1,3})?m?s\1\s*/>", re.ASCII)
_SIDES = {"16:9": (16, 9), "9:16": (9, 16), "1:1": (1, 1)}


def script_problem(script: str) -> str:
    """Why this script cannot be spoken anywhere: "empty", "long", "silent"; "" when it can."""
    script = script.strip()
    if not script:
        return "empty"
    if len(script) > MOST_SCRIPT:
        return "long"
    return "" if estimator.can_be_spoken(script) else "silent"


def resolutions(studio: Studio) -> tuple[str, ...]:
    """The resolutions that the plan allows, the smallest first."""
    most = RESOLUTIONS[str(studio.subscription.limits["resolution"].value)]
    return tuple(name for name, side in RESOLUTIONS.items() if side <= most)


def dimension(video_format: str, resolution: str) -> tuple[int, int]:
    """Width and height in pixels; the shorter side is the resolution."""
    wide, high = _SIDES[video_format]
    side = RESOLUTIONS[resolution]
    return side * wide // min(wide, high), side * high // min(wide, high)


def filled(text: str, blogger: str, location: str) -> str:
    """The text with its placeholders {blogger} and {location} replaced; other braces stay as they are."""
    return text.replace("{blogger}", blogger).replace("{location}", location)


def no_placeholders(text: str) -> tuple[str, ...]:
    """What looks like a placeholder and is none, each once: `filled` leaves it as it stands."""
    return tuple(dict.fromkeys(one for one in _BRACES.findall(text) if one not in PLACEHOLDERS))


def no_pauses(script: str) -> tuple[str, ...]:
    """The tags that are no pause, each once: a voice may read them aloud."""
    tags = (found[0] for found in _TAG.finditer(script))
    return tuple(dict.fromkeys(tag for tag in tags if not _PAUSE.fullmatch(tag)))


def rate_of(session: Session, voice_id: str) -> Rate | None:
    """How fast a voice speaks, learned from the team's own finished videos; None while there are none."""
    finished = session.exec(
        select(Video.script, Video.language, Video.duration_ms)
        .where(Video.voice_id == voice_id, col(Video.duration_ms).is_not(None))
        .order_by(col(Video.id).desc())
        .limit(MOST_SAMPLES)
    )
    return estimator.learn((script, language, took or 0) for script, language, took in finished)


def look_of(location: Location, *, still: bool) -> str | None:
    """The id of the look that a video of this location renders now; None while there is none that may."""
    there = location.heygen_avatar_id != NO_AVATAR
    if location.avatar_status == "completed":
        if there and location.motion_status in ("completed", "none"):
            return location.heygen_avatar_id
        if still and location.motion_status != "processing":
            return location.heygen_look_id or (location.heygen_avatar_id if there else None)
    return None


def first_words(script: str, most: int = 60) -> str:
    """The script's beginning, as a title where a person gave none."""
    line = " ".join(script.split())
    if len(line) <= most:
        return line
    head = line[:most].rsplit(" ", 1)[0]
    return f"{head.rstrip('.,;:!?… –-')}…"
