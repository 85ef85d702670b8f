"""The lines of a quote of videos: what is said where, by whom, how long it takes, and by which avatar."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session

from core.database.tables.bloggers import NO_AVATAR, Blogger, Location
from core.database.tables.runs import Run
from core.database.tables.videos import VIDEO_FORMATS, Voice
from core.errors import Problem
from core.locale import N_
from core.money.tariffs import upper_bound
from core.quotes.avatar_lines import ARCHIVED
from core.studio import Studio
from core.videos import estimator, voices
from core.videos.estimator import Rate
from core.videos.script import MOST_SCRIPT, MOST_TITLE, dimension, filled, first_words, look_of

NO_VOICE = N_("This location has no voice. Choose one, or give the blogger a default voice.")
LOST_VOICE = N_("HeyGen no longer offers this location's default voice. Choose another one.")
TOO_LONG = N_("The script has {n} characters here and HeyGen takes {most}. Make it shorter.")
TOO_MANY_SECONDS = N_(
    "The video would take about {seconds} seconds and the plan allows {most}. Make the script shorter."
)
PENDING = N_("The avatar is not finished at HeyGen yet. Open the location, check it, and try again then.")
NO_MOTION = N_(
    "The motion of this avatar failed. Add another motion, or choose the still look for this video."
)
LOOK_FAILED = N_("HeyGen could not make this avatar. Choose another photo for the location.")
BEING_FREED = N_("The avatar group of this location is being deleted.")


@dataclass(frozen=True, kw_only=True)
class VideoWish:
    """What a person wants to have said. "" for voice and format: each location's own default."""

    script: str
    title: str = ""
    voice_id: str = ""
    video_format: str = ""
    resolution: str = "720p"
    #: For locations whose avatar is made first.
    motion_type: str = "veo2"
    #: Where the motion failed, the still look will do.
    still: bool = False


@dataclass(frozen=True, kw_only=True)
class VideoLine:
    """One location's video. `action`: make or refuse (see `problem`); `avatar`: ready, join, make or still.

    Lengths are milliseconds, prices micro-credits.
    """

    location_id: int
    blogger: str
    location: str
    action: str
    title: str
    script: str
    voice_id: str
    voice_name: str
    language: str
    video_format: str
    width: int
    height: int
    expected_ms: int
    upper_ms: int
    video_price: int
    avatar: str
    avatar_price: int = 0
    #: The avatar that the line is about: of another it says nothing.
    about: tuple[str | None, ...] = ()
    problem: Problem | None = None

    @property
    def micro_credits(self) -> int:
        """What is held for it at confirm."""
        return self.video_price + self.avatar_price if self.action == "make" else 0


def price_of(studio: Studio, milliseconds: int) -> int:
    """What is held for a video of that length at today's price, in micro-credits."""
    return upper_bound(studio.tariffs.price("generate_video"), milliseconds)


def avatar_state(location: Location, live: Run | None, *, still: bool) -> tuple[str, Problem | None]:
    """Which avatar a video of this location would have: ready, join, make or still; and what is in the way.

    `live` is the location's live avatar or free_slot run.
    """
    if live is not None and live.kind == "free_slot":
        return "ready", Problem("being_freed", BEING_FREED)
    if look_of(location, still=still and live is None) is not None:
        moves = location.motion_status in ("completed", "none")
        return ("ready" if moves and location.heygen_avatar_id != NO_AVATAR else "still"), None
    if live is not None:
        return "join", None
    if location.avatar_status == "failed":
        return "make", Problem("look_failed", LOOK_FAILED)
    if location.heygen_avatar_id == NO_AVATAR:
        return "make", None
    if location.motion_status == "failed":
        return "still", Problem("motion_failed", NO_MOTION)
    return "ready", Problem("pending", PENDING)


def video_line(
    studio: Studio,
    session: Session,
    wish: VideoWish,
    location: Location,
    blogger: Blogger,
    *,
    live: Run | None,
    rates: Mapping[str, Rate | None],
    a_minute: int,
) -> VideoLine:
    """What `wish` means for one location, without the price of an avatar that has to be made.

    `a_minute` is the price of a minute, in micro-credits.
    """
    assert location.id is not None
    default = voices.default_of(location, blogger)
    voice_id = wish.voice_id or default.voice_id or ""
    voice = session.get(Voice, voice_id) if voice_id else None
    script = filled(wish.script, blogger.name, location.name)
    guess = estimator.estimate(script, language=default.language or "", rate=rates.get(voice_id))
    video_format = wish.video_format or default.video_format or VIDEO_FORMATS[0]
    width, height = dimension(video_format, wish.resolution)
    avatar, problem = avatar_state(location, live, still=wish.still)
    if location.archived_at or blogger.archived_at:
        problem = Problem("archived", ARCHIVED)
    if problem is None and voice is None:
        problem = Problem("lost_voice", LOST_VOICE) if voice_id else Problem("no_voice", NO_VOICE)
    problem = problem or _length_problem(studio, script, guess.expected_ms)
    title = filled(wish.title, blogger.name, location.name) or first_words(script)
    return VideoLine(
        location_id=location.id,
        blogger=blogger.name,
        location=location.name,
        action="refuse" if problem else "make",
        title=title[:MOST_TITLE],
        script=script,
        voice_id=voice_id,
        voice_name=voice.name if voice else "",
        language=guess.language,
        video_format=video_format,
        width=width,
        height=height,
        expected_ms=guess.expected_ms,
        upper_ms=guess.upper_ms,
        video_price=upper_bound(a_minute, guess.upper_ms),
        avatar=avatar,
        about=(location.heygen_avatar_id, location.heygen_look_id, location.heygen_group_id),
        problem=problem,
    )


def _length_problem(studio: Studio, script: str, expected_ms: int) -> Problem | None:
    if len(script) > MOST_SCRIPT:
        return Problem("too_long", TOO_LONG, {"n": len(script), "most": MOST_SCRIPT})
    most = studio.subscription.limits["video_seconds"].value
    if isinstance(most, int) and expected_ms > most * 1000:
        seconds = round(expected_ms / 1000)
        return Problem("too_many_seconds", TOO_MANY_SECONDS, {"seconds": seconds, "most": most})
    return None
