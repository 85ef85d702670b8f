"""The steps of a run: the call of each one, where a run begins, where a retry goes on and what it holds."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session, select

from core.database.tables.bloggers import NO_AVATAR, Location
from core.database.tables.runs import AVATAR_STEPS, VIDEO_STEPS, Run
from core.database.tables.videos import Video
from core.money import tariffs
from core.studio import Studio

KIND_OF_STEP = {"asset": "upload_asset", "group": "create_group", "motion": "add_motion"}
#: The steps of a video run behind the call that HeyGen charges: a retry never renders again.
RENDER_ACCEPTED = ("rendering", "archive")


def first_step(location: Location) -> str:
    """Where a new run of this location begins: what HeyGen has made of it is never made again."""
    made = location.heygen_group_id and location.heygen_look_id
    return "motion" if made or location.heygen_avatar_id != NO_AVATAR else "photo"


@dataclass(frozen=True)
class Retry:
    """How a failed run goes on: at which step, at which prices a call, holding how many micro-credits."""

    step: str
    prices: dict[str, int]
    micro: int


def retry_of(session: Session, run: Run) -> Retry:
    """How a retry of this failed run would go on now.

    A render that HeyGen has accepted keeps its own prices, and nothing is held once it is there; whatever is
    done anew is done at today's prices.
    """
    if run.kind != "video":
        step = _retry_step(run, session.get_one(Location, run.location_id))
        prices = tariffs.standing(session).of_run(run.kind)
        return Retry(step, prices, remaining_price(step, prices))
    step = run.step if run.step in RENDER_ACCEPTED else VIDEO_STEPS[0]
    kept = step in RENDER_ACCEPTED and run.prices
    prices = run.prices if kept else tariffs.standing(session).of_run("video")
    if step == "archive":
        return Retry(step, prices, 0)
    video = session.exec(select(Video).where(Video.run_id == run.id)).one()
    return Retry(step, prices, tariffs.for_length(prices["generate_video"], video.upper_ms))


def _retry_step(run: Run, location: Location) -> str:
    """At the step where it failed, or at the photo when what that needs is gone."""
    if run.again or run.step in ("photo", "delete") or location.heygen_group_id is not None:
        return run.step
    if run.step == "saved":
        return "photo" if location.heygen_avatar_id == NO_AVATAR else "saved"
    # The group was deleted since, or HeyGen's copy of the photo is no more.
    gone = run.step == "motion" or (run.step == "group" and run.image_key is None)
    return "photo" if gone or location.image_url != run.photo_url else run.step


def remaining_price(step: str, prices: Mapping[str, int]) -> int:
    """What the steps from `step` on cost at these prices a call, in micro-credits."""
    if step not in AVATAR_STEPS:
        return 0
    ahead = AVATAR_STEPS[AVATAR_STEPS.index(step) :]
    return sum(prices[KIND_OF_STEP[s]] for s in ahead if s in KIND_OF_STEP)


def agreed(studio: Studio, run: Run, operation: str) -> int:
    """Micro-credits a unit for the run's call: as its quote said, or today's where none was agreed on."""
    price = run.prices.get(operation)
    return studio.tariffs.price(operation) if price is None else price


def video_price(studio: Studio, run: Run, milliseconds: int) -> int:
    """What the run's video costs when it is that long, in micro-credits."""
    return tariffs.for_length(agreed(studio, run, "generate_video"), milliseconds)
