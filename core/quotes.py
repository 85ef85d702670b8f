"""What a plan will cost and which limits it meets, before anything is spent.

A quote is a pure reading of the database: every line with its steps, what is paid already, what is refused
and why. Its fingerprint covers the plan (lines, prices, limits), so that a plan that changed meanwhile is
refused at confirm.
"""

import hashlib
import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from sqlmodel import Session, col, func, select

from core import heygen, ledger, photos
from core.bloggers import group_name
from core.errors import NotFound, fill
from core.models import LIVE_STATES, NO_AVATAR, STEPS, Blogger, Location, Operation, Reading, Run
from core.money import credits_text
from core.provisioning import KIND_OF_STEP, first_step, remaining_price
from core.studio import Studio


@dataclass(frozen=True)
class Problem:
    """Why a line or the whole plan cannot go ahead: a template and its values, for translation."""

    code: str
    template: str
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return fill(self.template, self.values)


@dataclass(frozen=True)
class LineStep:
    """One step of a line: what it costs in micro-credits, and whether it is done and paid already."""

    step: str
    micro_credits: int
    already_done: bool


@dataclass(frozen=True)
class Line:
    """One location of the plan. `action`: make, skip (already there) or refuse (see `problem`)."""

    location_id: int
    blogger: str
    location: str
    group_name: str
    action: str
    first_step: str
    steps: tuple[LineStep, ...]
    problem: Problem | None = None

    @property
    def micro_credits(self) -> int:
        """What the line will cost now."""
        return sum(s.micro_credits for s in self.steps if not s.already_done) if self.action == "make" else 0

    @property
    def needs_group(self) -> bool:
        return self.action == "make" and self.first_step != "motion"


@dataclass(frozen=True)
class Quote:
    """A priced plan. `problems` hold up the whole plan; a line's own problem only the line."""

    id: str
    kind: str
    motion_type: str
    lines: tuple[Line, ...]
    available: int
    groups_used: int
    group_limit: int | None
    problems: tuple[Problem, ...]

    @property
    def to_make(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.action == "make")

    @property
    def skipped(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.action == "skip")

    @property
    def refused(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.action == "refuse")

    @property
    def total(self) -> int:
        """Micro-credits that will be held at confirm."""
        return sum(line.micro_credits for line in self.lines)

    @property
    def balance_after(self) -> int:
        return self.available - self.total

    @property
    def groups_after(self) -> int:
        return self.groups_used + sum(line.needs_group for line in self.lines)

    @property
    def can_confirm(self) -> bool:
        return bool(self.to_make) and not self.problems

    @property
    def fingerprint(self) -> str:
        """A hash of the plan itself: another plan, another fingerprint."""
        plan = [
            [line.location_id, line.group_name, line.action, line.first_step, line.micro_credits]
            for line in self.lines
        ]
        text = json.dumps([self.kind, self.motion_type, plan, self.group_limit], ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def quote(studio: Studio, *, location_ids: Iterable[int], motion_type: str) -> Quote:
    """The priced plan for avatars of these locations, in the order given.

    Raises UnsupportedMotion for a motion type HeyGen has not, NotFound for an unknown location.
    """
    heygen.check_motion_type(motion_type)
    with studio.db.read() as session:
        return build(
            studio, session, location_ids=tuple(dict.fromkeys(location_ids)), motion_type=motion_type
        )


def build(
    studio: Studio, session: Session, *, location_ids: tuple[int, ...], motion_type: str, quote_id: str = ""
) -> Quote:
    """As `quote`, inside the caller's session: confirm prices the plan once more this way."""
    rows = _rows(session, location_ids)
    live = set(
        session.exec(
            select(Run.location_id).where(
                Run.kind == "avatar",
                col(Run.state).in_(LIVE_STATES),
            )
        )
    )
    lines = tuple(_line(studio, *rows[i], live=i in live) for i in location_ids)
    plain = Quote(
        id=quote_id or uuid.uuid4().hex,
        kind="avatar",
        motion_type=motion_type,
        lines=lines,
        available=ledger.balances(session).available,
        groups_used=groups_used(session),
        group_limit=studio.plan.groups,
        problems=(),
    )
    return replace(plain, problems=_problems(session, plain))


def _rows(session: Session, location_ids: tuple[int, ...]) -> dict[int, tuple[Location, Blogger]]:
    found: dict[int, tuple[Location, Blogger]] = {}
    # SQLite takes a limited number of values in one statement, and none beyond 64 bits.
    possible = [i for i in location_ids if 0 < i < 2**63]
    for start in range(0, len(possible), 500):
        part = possible[start : start + 500]
        for location, blogger in session.exec(
            select(Location, Blogger)
            .join(Blogger, col(Blogger.id) == col(Location.blogger_id))
            .where(col(Location.id).in_(part))
        ):
            assert location.id is not None
            found[location.id] = (location, blogger)
    missing = [i for i in location_ids if i not in found]
    if missing:
        raise NotFound(
            "There is no location with the id {ids}. Nothing was changed. Look up the id in the list.",
            ids=", ".join(map(str, missing[:5])),
        )
    return found


def _line(studio: Studio, location: Location, blogger: Blogger, *, live: bool) -> Line:
    assert location.id is not None
    start = first_step(location)
    there = location.heygen_avatar_id != NO_AVATAR and location.motion_status != "failed"
    problem = _line_problem(studio, location, blogger, live=live, needs_photo=start == "photo")
    action = "skip" if there and not live else "refuse" if problem else "make"
    return Line(
        location_id=location.id,
        blogger=blogger.name,
        location=location.name,
        group_name=group_name(blogger.name, location.name),
        action=action,
        first_step=start,
        steps=tuple(
            LineStep(
                s,
                studio.tariffs.price(KIND_OF_STEP[s]) if s in KIND_OF_STEP else 0,
                there or STEPS.index(s) < STEPS.index(start),
            )
            for s in STEPS
            if s != "photo"
        ),
        problem=problem if action == "refuse" else None,
    )


def _line_problem(
    studio: Studio, location: Location, blogger: Blogger, *, live: bool, needs_photo: bool
) -> Problem | None:
    if live:
        return Problem("live", "A run for this location is already under way.")
    if location.archived_at or blogger.archived_at:
        return Problem("archived", "This location is archived. Restore it first.")
    if needs_photo and not location.image_url:
        return Problem("no_photo", "This location has no photo. Add a photo URL first.")
    if needs_photo:
        try:
            photos.check_address(location.image_url, studio.settings)
        except photos.PhotoRefused as error:
            return Problem("photo", error.template, error.values)
    return None


def _problems(session: Session, plan: Quote) -> tuple[Problem, ...]:
    problems = []
    if plan.group_limit is not None and plan.groups_after > max(plan.group_limit, plan.groups_used):
        problems.append(
            Problem(
                "groups",
                "This makes {after} avatar groups and the plan allows {limit} ({used} are used). "
                "Choose fewer locations, or free a group in HeyGen.",
                {"after": plan.groups_after, "limit": plan.group_limit, "used": plan.groups_used},
            )
        )
    if plan.total and session.exec(select(Reading.id).limit(1)).first() is None:
        problems.append(Problem("balance", "HeyGen's balance is not known yet. Try again in a moment."))
    elif plan.balance_after < 0:
        problems.append(
            Problem(
                "credits",
                "Credits needed: {needed}, available: {available}. "
                "Choose fewer locations, or add credits in HeyGen.",
                {"needed": credits_text(plan.total), "available": credits_text(plan.available)},
            )
        )
    return tuple(problems)


def groups_used(session: Session) -> int:
    """Groups that count against the plan: HeyGen's last reading, those made since, those under way."""
    reading = session.exec(select(Reading).order_by(col(Reading.id).desc()).limit(1)).first()
    made = (
        select(func.count())
        .select_from(Operation)
        .where(Operation.kind == "create_group", Operation.state == "confirmed")
    )
    if reading is not None:
        made = made.where(col(Operation.settled_at) > reading.read_at)
    under_way = (
        select(func.count())
        .select_from(Run)
        .join(Location, col(Location.id) == col(Run.location_id))
        .where(
            Run.kind == "avatar",
            col(Run.state).in_(LIVE_STATES),
            col(Location.heygen_group_id).is_(None),
        )
    )
    return (reading.groups if reading else 0) + session.exec(made).one() + session.exec(under_way).one()


def retry_price(studio: Studio, run: Run) -> int:
    """What a retry of this failed run will cost from its failed step on, in micro-credits."""
    return remaining_price(run.step, studio.tariffs.price)
