"""The steps of a run, in the one table of them: their order, the call of each, and what people see.

A run walks through the steps of its kind. Two steps may look like one to people: checking the photo is the
first half of the upload, waiting for its turn the first half of the order.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from sqlmodel import Session, select

from core.database.tables.bloggers import NO_AVATAR, Location
from core.database.tables.runs import AVATAR_STEPS, FREE_SLOT_STEPS, VIDEO_STEPS, Run
from core.database.tables.videos import Video
from core.heygen.errors import ADD_MOTION_FAILED, ASSET_UPLOAD_FAILED, GROUP_CREATION_FAILED
from core.journal.due import UNDER_WAY
from core.locale import N_
from core.money import tariffs
from core.studio import Studio


@dataclass(frozen=True, kw_only=True)
class Step:
    """What is known of one step.

    `tried` is the kind of call by which its tries are counted, and `calls` says that it makes that call
    itself; `seen_as` is another step of which it is the first half. `failure` is the one of the brief's three
    names under which it fails. `retry` is the line of a retry that begins here; "" where none does.
    """

    tried: str
    calls: bool = False
    seen_as: str = ""
    failure: str = ""
    retry: str = ""


STEPS_OF = {"avatar": AVATAR_STEPS, "free_slot": FREE_SLOT_STEPS, "video": VIDEO_STEPS}
TABLE = {
    "photo": Step(
        tried="upload_asset",
        seen_as="asset",
        failure=ASSET_UPLOAD_FAILED,
        retry=N_("Retry from upload: {amount} held"),
    ),
    "asset": Step(
        tried="upload_asset",
        calls=True,
        failure=ASSET_UPLOAD_FAILED,
        retry=N_("Retry from upload: {amount} held"),
    ),
    "group": Step(
        tried="create_group",
        calls=True,
        failure=GROUP_CREATION_FAILED,
        retry=N_("Retry from group: {amount} held"),
    ),
    "motion": Step(
        tried="add_motion",
        calls=True,
        failure=ADD_MOTION_FAILED,
        retry=N_("Retry from motion: {amount} held"),
    ),
    "saved": Step(
        tried="add_motion",
        failure=ADD_MOTION_FAILED,
        retry=N_("Retry from save: {amount} held"),
    ),
    "delete": Step(
        tried="delete_group",
        calls=True,
        retry=N_("Retry from deleting the group: {amount} held"),
    ),
    "avatar": Step(tried="generate_video", retry=N_("Retry from the start: {amount} held")),
    "turn": Step(tried="generate_video", seen_as="render"),
    "render": Step(tried="generate_video", calls=True),
    "rendering": Step(tried="generate_video", retry=N_("Retry: go on waiting for the video: {amount} held")),
    "archive": Step(tried="generate_video", retry=N_("Retry from fetching the file: {amount} held")),
}
#: The call that a step makes, and the step that makes a call.
CALL_OF = {name: step.tried for name, step in TABLE.items() if step.calls}
STEP_OF = {call: step for step, call in CALL_OF.items()}


def _until(kind: str, call: str) -> tuple[str, ...]:
    """The steps of such a run until this call is behind it."""
    steps = STEPS_OF[kind]
    return steps[: steps.index(STEP_OF[call]) + 1]


#: The steps of a run that may still make a group.
GROUP_AHEAD = _until("avatar", "create_group")
#: The steps of a run until its paid call is behind it, and those after it: HeyGen has accepted the call.
PAID_AHEAD = (*_until("avatar", "add_motion"), *_until("video", "generate_video"))
PAID = tuple(step for step in (*AVATAR_STEPS, *VIDEO_STEPS) if step not in PAID_AHEAD)


def seen_as(step: str) -> str:
    """The step that people see while this one is under way."""
    return TABLE[step].seen_as or step


def seen(kind: str) -> tuple[str, ...]:
    """The steps of such a run that people see, in order."""
    return tuple(step for step in STEPS_OF[kind] if not TABLE[step].seen_as)


class HasSteps(Protocol):
    """A run, or a row of a report that has these of it."""

    kind: str
    state: str
    step: str
    first_step: str


def states(run: HasSteps, worked_on: Collection[str] = ()) -> dict[str, str]:
    """The steps that people see of a run, in order, and the state of each.

    done, now, failed, cancelled, unknown, paused, ahead, or before: an earlier run had done it. `worked_on`
    are steps that this run is known to have done itself, although it began behind them.
    """
    shown = seen(run.kind)
    here = shown.index(seen_as(run.step))
    first = min(shown.index(seen_as(run.first_step)), here)
    found = {}
    for place, step in enumerate(shown):
        if place < first and step not in worked_on:
            found[step] = "before"
        elif run.state == "done" or place < here:
            found[step] = "done"
        elif place > here:
            found[step] = "ahead"
        else:
            found[step] = "now" if run.state in UNDER_WAY else run.state
    return found


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
    step = run.step if run.step in PAID else VIDEO_STEPS[0]
    kept = step in PAID and run.prices
    prices = run.prices if kept else tariffs.standing(session).of_run("video")
    if step == "archive":
        return Retry(step, prices, 0)
    video = session.exec(select(Video).where(Video.run_id == run.id)).one()
    return Retry(step, prices, tariffs.upper_bound(prices["generate_video"], video.upper_ms))


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
    return sum(prices[CALL_OF[s]] for s in ahead if s in CALL_OF)


def agreed(studio: Studio, run: Run, operation: str) -> int:
    """Micro-credits a unit for the run's call: as its quote said, or today's where none was agreed on."""
    price = run.prices.get(operation)
    return studio.tariffs.price(operation) if price is None else price


def video_hold(studio: Studio, run: Run, milliseconds: int) -> int:
    """What is held for the run's video when it is at most that long, in micro-credits."""
    return tariffs.upper_bound(agreed(studio, run, "generate_video"), milliseconds)


def video_price(studio: Studio, run: Run, milliseconds: int) -> int:
    """What the run's video costs when it is that long, in micro-credits."""
    return tariffs.for_length(agreed(studio, run, "generate_video"), milliseconds)
