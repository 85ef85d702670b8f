"""The lines of a quote: what is done with each location, what every step costs, and why it may not be."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlmodel import Session, col, select

from core.bloggers.editing import group_name, has_avatar, has_made_avatar
from core.database.tables.bloggers import NO_AVATAR, Blogger, Location, PastAvatar
from core.database.tables.heygen import HeyGenLook
from core.database.tables.runs import LIVE_STATES, STEPS, Operation, Run
from core.errors import Problem
from core.journal.queries import motion_accepted
from core.journal.steps import CALL_OF, GROUP_AHEAD, first_step, seen
from core.locale import N_
from core.photos import address
from core.studio import Studio


@dataclass(frozen=True)
class LineStep:
    """One step of a line: what it costs in micro-credits, and whether it is done and paid already."""

    step: str
    already_done: bool
    micro_credits: int = 0


@dataclass(frozen=True)
class Line:
    """One location of the plan. `action`: make, skip (already there) or refuse (see `problem`).

    `group_name` is what its avatar group is, or will be, called at HeyGen.
    """

    location_id: int
    blogger: str
    location: str
    group_name: str
    action: str
    first_step: str
    steps: tuple[LineStep, ...]
    #: The photo, the avatar and the group that the line is about: of others it says nothing.
    about: tuple[str | None, ...] = ()
    problem: Problem | None = None

    @property
    def micro_credits(self) -> int:
        """What the line will cost now."""
        return sum(s.micro_credits for s in self.steps if not s.already_done) if self.action == "make" else 0

    @property
    def needs_group(self) -> bool:
        return self.action == "make" and self.first_step in GROUP_AHEAD


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a person wants done: `make` an avatar, `another_motion`, `another_photo` or `free_slot`."""

    action: str = "make"
    motion_type: str = ""
    image_url: str = ""
    past_id: int | None = None

    @property
    def kind(self) -> str:
        """The kind of run that a line becomes."""
        return "free_slot" if self.action == "free_slot" else "avatar"


LIVE = N_("A run for this location is already under way.")
ARCHIVED = N_("This location is archived. Restore it first.")
NO_PHOTO = N_("This location has no photo. Add a photo URL first.")
NOT_MADE_YET = N_("This location has no finished avatar yet. Make its avatar first.")
SIMPLY_EDIT = N_("No avatar was made of this location's photo yet. Simply change the photo.")
SAME_PHOTO = N_("This is the photo that the avatar was made of. Choose another one.")
NO_GROUP = N_("HeyGen holds no group for this location, so there is no slot to free.")
LATE = N_(
    "The last motion is paid already and HeyGen has not finished it. Retry that run: it goes on waiting and "
    "costs nothing."
)
VIDEO_LIVE = N_("A video is being made with this avatar. Wait until it is finished, or cancel it.")
DELETED = N_("HeyGen has deleted this group already.")


def line(
    studio: Studio,
    session: Session,
    wish: Wish,
    location: Location,
    blogger: Blogger,
    *,
    live: bool,
    prices: Mapping[str, int],
) -> Line:
    """What `wish` means for one location, and what it costs at these prices a call."""
    problem = Problem("live", LIVE) if live else None
    if problem is None and (location.archived_at or blogger.archived_at):
        problem = Problem("archived", ARCHIVED)
    judge = {
        "make": _make,
        "another_motion": _another_motion,
        "another_photo": _another_photo,
        "free_slot": _free_slot,
    }[wish.action]
    judged = judge(studio, session, wish, location, blogger, problem)
    return replace(judged, steps=tuple(_priced(step, prices) for step in judged.steps))


def _priced(step: LineStep, prices: Mapping[str, int]) -> LineStep:
    return replace(step, micro_credits=prices.get(CALL_OF.get(step.step, ""), 0))


def _make(
    studio: Studio, _: Session, wish: Wish, location: Location, blogger: Blogger, problem: Problem | None
) -> Line:
    start = first_step(location)
    there = has_made_avatar(location)
    if there and (problem is None or problem.code != "live"):
        return _line(location, blogger, start, action="skip", paid=True)
    if problem is None and start == "photo":
        problem = _photo_problem(studio, location.image_url)
    return _line(location, blogger, start, problem=problem, paid=there)


def _another_motion(
    _: Studio, session: Session, wish: Wish, location: Location, blogger: Blogger, problem: Problem | None
) -> Line:
    made = location.heygen_avatar_id != NO_AVATAR and location.motion_status not in ("failed", "processing")
    if problem is None and not made:
        problem = Problem("not_made", NOT_MADE_YET)
    if problem is None and _paid_and_late(session, location):
        problem = Problem("late", LATE)
    same = location.motion_type == wish.motion_type and location.motion_status == "completed"
    if problem is None and same:
        return _line(location, blogger, "motion", action="skip", paid=True)
    return _line(location, blogger, "motion", problem=problem)


def _paid_and_late(session: Session, location: Location) -> bool:
    """True when the location's last run ended before HeyGen had finished a motion that it was paid for."""
    last = session.exec(
        select(Run)
        .where(Run.location_id == location.id, Run.kind == "avatar")
        .order_by(col(Run.id).desc())
        .limit(1)
    ).first()
    if last is None or (last.state, last.step) != ("failed", "saved"):
        return False
    return motion_accepted(session, last) is not None


def _another_photo(
    studio: Studio, _: Session, wish: Wish, location: Location, blogger: Blogger, problem: Problem | None
) -> Line:
    if problem is None and not has_avatar(location):
        problem = Problem("simply_edit", SIMPLY_EDIT)
    if problem is None and wish.image_url == location.image_url:
        problem = Problem("same_photo", SAME_PHOTO)
    problem = problem or _photo_problem(studio, wish.image_url)
    return _line(location, blogger, "photo", problem=problem)


def _free_slot(
    _: Studio, session: Session, wish: Wish, location: Location, blogger: Blogger, problem: Problem | None
) -> Line:
    held = held_avatar(session, wish, location)
    if problem is not None and problem.code == "archived":
        # Somebody who puts a location away wants its slot back most of all.
        problem = None
    if problem is None and wish.past_id is None and _video_under_way(session, location):
        problem = Problem("video", VIDEO_LIVE)
    if problem is None and isinstance(held, PastAvatar) and held.deleted_at is not None:
        problem = Problem("deleted", DELETED)
    if held is None or (held.heygen_group_id is None and held.heygen_avatar_id == NO_AVATAR):
        return _line(location, blogger, "delete", problem=problem or Problem("no_group", NO_GROUP))
    made = _line(location, blogger, "delete", problem=problem)
    about = (*made.about, held.heygen_group_id, held.heygen_avatar_id)
    name = _name_at_heygen(session, held.heygen_group_id) or made.group_name
    return replace(made, group_name=name, about=about)


def _video_under_way(session: Session, location: Location) -> bool:
    live = select(Run.id).where(
        Run.location_id == location.id, Run.kind == "video", col(Run.state).in_(LIVE_STATES)
    )
    return session.exec(live).first() is not None


def _name_at_heygen(session: Session, group_id: str | None) -> str | None:
    """What the group was called when it was made; a later rename here does not change it there."""
    made = session.exec(
        select(Operation)
        .where(Operation.kind == "create_group", Operation.group_id == group_id)
        .order_by(col(Operation.id).desc())
    ).first()
    if group_id and made:
        return str(made.request.get("name") or "")
    # One that was taken over has the name that HeyGen lists.
    return session.exec(select(HeyGenLook.group_name).where(HeyGenLook.group_id == group_id)).first()


def held_avatar(session: Session, wish: Wish, location: Location) -> Location | PastAvatar | None:
    """The avatar that `wish` is about: the location's present one, or the past one that it names.

    None when the location has no such past avatar (any more): never the present one in its place.
    """
    if wish.past_id is None:
        return location
    past = session.get(PastAvatar, wish.past_id)
    return past if past is not None and past.location_id == location.id else None


def _line(
    location: Location,
    blogger: Blogger,
    start: str,
    *,
    action: str = "make",
    problem: Problem | None = None,
    paid: bool = False,
) -> Line:
    """The line, not priced yet."""
    assert location.id is not None
    steps = seen("free_slot" if start == "delete" else "avatar")
    return Line(
        location_id=location.id,
        blogger=blogger.name,
        location=location.name,
        group_name=group_name(blogger.name, location.name),
        action="refuse" if problem else action,
        first_step=start,
        steps=tuple(
            LineStep(
                step,
                paid or STEPS.index(step) < STEPS.index(start),
            )
            for step in steps
        ),
        about=(
            location.image_url,
            location.heygen_avatar_id,
            location.heygen_look_id,
            location.heygen_group_id,
        ),
        problem=problem,
    )


def _photo_problem(studio: Studio, image_url: str) -> Problem | None:
    if not image_url:
        return Problem("no_photo", NO_PHOTO)
    try:
        address.check_address(image_url, studio.settings)
    except address.PhotoRefused as error:
        return Problem("photo", error.template, error.values)
    return None
