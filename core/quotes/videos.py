"""What videos will cost before anything is spent, with the avatars that they need.

As with avatars, a quote is a pure reading of the database, and its fingerprint covers the plan. A location
without an avatar gets one in the same quote. HeyGen charges a video by its length, so the estimator's upper
bound is held; what is captured later is the length that was measured.
"""

import hashlib
import json
import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace

from sqlmodel import Session, col, func, select

from core import clock
from core.database.tables.runs import Run
from core.database.tables.videos import VIDEO_FORMATS, Video
from core.errors import BadInput, Problem
from core.heygen import motions
from core.journal.queries import changing_avatar
from core.locale import N_
from core.money import ledger, tariffs
from core.quotes import avatars as quotes
from core.quotes.avatar_lines import Line, Wish
from core.quotes.avatars import Quote
from core.quotes.plan import Plan, money_problems, money_warnings
from core.quotes.video_lines import VideoLine, VideoWish, video_line
from core.studio import Studio
from core.videos import voices
from core.videos.script import MOST_SCRIPT, MOST_TITLE, rate_of, resolutions, script_problem

SCRIPT_PROBLEMS = {
    "empty": N_("There is no script yet. Nothing was spent. Write what is to be said."),
    "long": N_("The script has {n} characters and HeyGen takes {most}. Nothing was spent. Make it shorter."),
    "silent": N_("The script holds nothing that can be spoken. Nothing was spent. Write some words."),
}


@dataclass(frozen=True, kw_only=True)
class VideoQuote(Plan[VideoLine]):
    """A priced plan of videos. `avatars` is the part of it that makes avatars; None where none is needed.

    `prices` are what its videos' runs agree on: operation -> micro-credits a unit.
    """

    id: str
    wish: VideoWish
    lines: tuple[VideoLine, ...]
    prices: dict[str, int]
    avatars: Quote | None
    available: int
    #: Seconds of video that the plan includes a month, and how many were rendered this month.
    free_seconds: int
    seconds_this_month: int
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    #: In whose name: the person's own budget counts too.
    person: str = ""

    @property
    def expected_ms(self) -> int:
        return sum(line.expected_ms for line in self.to_make)

    @property
    def upper_ms(self) -> int:
        return sum(line.upper_ms for line in self.to_make)

    @property
    def free_seconds_left(self) -> int:
        return max(0, self.free_seconds - self.seconds_this_month)

    @property
    def fingerprint(self) -> str:
        """A hash of the plan itself: another plan, another fingerprint."""
        plan = [
            [
                *(line.location_id, line.action, line.script, line.voice_id, line.width, line.height),
                *(line.upper_ms, line.video_price, line.avatar, line.avatar_price, line.about),
            ]
            for line in self.lines
        ]
        avatars = self.avatars.fingerprint if self.avatars else ""
        text = json.dumps([asdict(self.wish), plan, self.prices, avatars], ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def quote(studio: Studio, *, location_ids: Iterable[int], wish: VideoWish, person: str = "") -> VideoQuote:
    """The priced plan of one video for each of these locations, in the order given, in the person's name.

    Raises BadInput for a script that cannot be spoken, an unknown voice, format or resolution; NotFound for
    an unknown location; UnsupportedMotion.
    """
    wish = replace(wish, script=wish.script.strip(), title=" ".join(wish.title.split())[:MOST_TITLE])
    _check(studio, wish)
    with studio.db.read() as session:
        ids = tuple(dict.fromkeys(location_ids))
        return build(studio, session, location_ids=ids, wish=wish, person=person)


def _check(studio: Studio, wish: VideoWish) -> None:
    if problem := script_problem(wish.script):
        raise BadInput(SCRIPT_PROBLEMS[problem], n=len(wish.script), most=MOST_SCRIPT)
    if wish.voice_id and voices.get(studio.db, wish.voice_id) is None:
        raise BadInput(
            "HeyGen offers no voice with the id {id}. Nothing was spent. Choose a voice from the list.",
            id=wish.voice_id,
        )
    if wish.video_format and wish.video_format not in VIDEO_FORMATS:
        raise BadInput(
            "“{format}” is no format of a video. Nothing was spent. Choose one of: {known}.",
            format=wish.video_format,
            known=", ".join(VIDEO_FORMATS),
        )
    if wish.resolution not in (allowed := resolutions(studio)):
        raise BadInput(
            "The plan does not render at “{resolution}”. Nothing was spent. Choose one of: {known}.",
            resolution=wish.resolution,
            known=", ".join(allowed),
        )
    motions.check_motion_type(wish.motion_type, studio.client.traits)


def build(
    studio: Studio,
    session: Session,
    *,
    location_ids: tuple[int, ...],
    wish: VideoWish,
    person: str,
    quote_id: str = "",
) -> VideoQuote:
    """As `quote`, inside the caller's session: confirm prices the plan once more this way."""
    quote_id = quote_id or uuid.uuid4().hex
    found = quotes.rows(session, location_ids)
    live = _live_runs(session)
    spoken = {wish.voice_id or voices.default_of(*found[i]).voice_id for i in location_ids}
    rates = {voice_id: rate_of(session, voice_id) for voice_id in spoken if voice_id}
    prices = tariffs.standing(session).of_run("video")
    a_minute = prices["generate_video"]
    lines = [
        video_line(studio, session, wish, *found[i], live=live.get(i), rates=rates, a_minute=a_minute)
        for i in location_ids
    ]
    avatars = _avatars(studio, session, wish, lines, quote_id, person)
    if avatars is not None:
        made = {line.location_id: line for line in avatars.lines}
        lines = [_with_avatar(line, made.get(line.location_id)) for line in lines]
    plain = VideoQuote(
        id=quote_id,
        wish=wish,
        lines=tuple(lines),
        prices=prices,
        avatars=avatars,
        available=ledger.balances(session).available,
        person=person,
        free_seconds=_free_seconds(studio),
        seconds_this_month=seconds_this_month(session),
    )
    return replace(plain, problems=_problems(session, plain), warnings=money_warnings(session, plain))


def _live_runs(session: Session) -> dict[int, Run]:
    return {run.location_id: run for run in session.exec(select(Run).where(changing_avatar()))}


def _avatars(
    studio: Studio, session: Session, wish: VideoWish, lines: list[VideoLine], quote_id: str, person: str
) -> Quote | None:
    """The quote of the avatars that have to be made for those videos that can be made."""
    ids = tuple(line.location_id for line in lines if line.action == "make" and line.avatar == "make")
    if not ids:
        return None
    avatar = Wish(action="make", motion_type=wish.motion_type)
    return quotes.build(studio, session, location_ids=ids, wish=avatar, person=person, quote_id=quote_id)


def _with_avatar(line: VideoLine, avatar: Line | None) -> VideoLine:
    if avatar is None:
        return line
    if avatar.action == "refuse":
        return replace(line, action="refuse", problem=avatar.problem)
    return replace(line, avatar_price=avatar.micro_credits)


def _free_seconds(studio: Studio) -> int:
    value = studio.subscription.limits["free_video_seconds"].value
    return value if isinstance(value, int) else 0


def seconds_this_month(session: Session) -> int:
    """Seconds of video rendered since the first of this month, UTC, rounded up."""
    query = select(func.coalesce(func.sum(Video.duration_ms), 0))
    took = session.exec(query.where(col(Video.rendered_at) >= clock.this_month())).one()
    return -(-int(took or 0) // 1000)


def _problems(session: Session, plan: VideoQuote) -> tuple[Problem, ...]:
    """What holds up the whole plan: the avatars' groups, and credits for both together."""
    problems = [one for one in plan.avatars.problems if one.code == "groups"] if plan.avatars else []
    return (*problems, *money_problems(session, plan))
