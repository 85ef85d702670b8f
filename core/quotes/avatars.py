"""What a plan will cost and which limits it meets, before anything is spent.

A quote is a pure reading of the database: every line with its steps, what is paid already, what is refused
and why (avatar_lines). Its fingerprint covers the plan (lines, prices, limits), so that a plan that changed
meanwhile is refused at confirm.
"""

import hashlib
import json
import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace

from sqlmodel import Session, col, select

from core.account.slots import groups_used
from core.database.batches import in_batches
from core.database.tables.bloggers import Blogger, Location
from core.database.tables.runs import Run
from core.errors import NotFound, Problem
from core.heygen import motions
from core.journal.queries import changing_avatar
from core.money import ledger, tariffs
from core.quotes.avatar_lines import Line, Wish, line
from core.quotes.plan import Plan, money_problems, money_warnings
from core.studio import Studio


@dataclass(frozen=True)
class Quote(Plan[Line]):
    """A priced plan. `problems` hold up the whole plan; a line's own problem only the line.

    `prices` are what its runs agree on: operation -> micro-credits a unit.
    """

    id: str
    wish: Wish
    lines: tuple[Line, ...]
    prices: dict[str, int]
    available: int
    groups_used: int
    group_limit: int | None
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...] = ()
    #: In whose name: the person's own budget counts too.
    person: str = ""
    #: The motion is applied when a video is made: the line's step for it is no call and costs nothing.
    motion_with_video: bool = False

    @property
    def action(self) -> str:
        """make, another_motion, another_photo or free_slot."""
        return self.wish.action

    @property
    def motion_type(self) -> str:
        return self.wish.motion_type

    @property
    def image_url(self) -> str:
        """The new photo of another_photo."""
        return self.wish.image_url

    @property
    def past_id(self) -> int | None:
        """The past avatar whose slot is freed; None: the present one's."""
        return self.wish.past_id

    @property
    def kind(self) -> str:
        """The kind of run that a line becomes."""
        return self.wish.kind

    @property
    def skipped(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.action == "skip")

    @property
    def groups_after(self) -> int:
        freed = len(self.to_make) if self.action == "free_slot" else 0
        return self.groups_used + sum(line.needs_group for line in self.lines) - freed

    @property
    def fingerprint(self) -> str:
        """A hash of the plan itself: another plan, another fingerprint."""
        plan = [
            [line.location_id, line.group_name, line.action, line.first_step, line.micro_credits, line.about]
            for line in self.lines
        ]
        text = json.dumps([asdict(self.wish), plan, self.prices, self.group_limit], ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def quote(
    studio: Studio,
    *,
    location_ids: Iterable[int],
    motion_type: str = "",
    action: str = "make",
    image_url: str = "",
    past_id: int | None = None,
    person: str = "",
) -> Quote:
    """The priced plan of `action` for these locations, in the order given.

    `image_url` is the new photo of another_photo, `past_id` the past avatar whose slot free_slot frees,
    `person` in whose name it is.
    Raises UnsupportedMotion for a motion type that cannot be had here, NotFound for an unknown location.
    """
    if action != "free_slot":
        motions.check_motion_type(motion_type, studio.client.traits)
    wish = Wish(action=action, motion_type=motion_type, image_url=image_url, past_id=past_id)
    with studio.db.read() as session:
        ids = tuple(dict.fromkeys(location_ids))
        return build(studio, session, location_ids=ids, wish=wish, person=person)


def build(
    studio: Studio,
    session: Session,
    *,
    location_ids: tuple[int, ...],
    wish: Wish,
    person: str,
    quote_id: str = "",
) -> Quote:
    """As `quote`, inside the caller's session: confirm prices the plan once more this way."""
    found = rows(session, location_ids)
    live = set(session.exec(select(Run.location_id).where(changing_avatar())))
    prices = tariffs.standing(session).of_run(wish.kind)
    plain = Quote(
        id=quote_id or uuid.uuid4().hex,
        wish=wish,
        lines=tuple(
            line(studio, session, wish, *found[i], live=i in live, prices=prices) for i in location_ids
        ),
        prices=prices,
        available=ledger.balances(session).available,
        groups_used=groups_used(session),
        group_limit=studio.subscription.groups,
        person=person,
        problems=(),
        motion_with_video=studio.client.traits.motion == "render",
    )
    return replace(plain, problems=_problems(session, plain), warnings=money_warnings(session, plain))


def rows(session: Session, location_ids: tuple[int, ...]) -> dict[int, tuple[Location, Blogger]]:
    """The locations with their bloggers, by id. Raises NotFound for an unknown one."""
    found: dict[int, tuple[Location, Blogger]] = {}
    # SQLite takes no value beyond 64 bits.
    for part in in_batches([i for i in location_ids if 0 < i < 2**63]):
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


def _problems(session: Session, plan: Quote) -> tuple[Problem, ...]:
    problems = []
    if plan.group_limit is not None and plan.groups_after > max(plan.group_limit, plan.groups_used):
        problems.append(
            Problem(
                "groups",
                "This makes {after} avatar groups and the plan allows {limit} ({used} are used). "
                "Choose fewer locations, or free a slot.",
                {"after": plan.groups_after, "limit": plan.group_limit, "used": plan.groups_used},
            )
        )
    return (*problems, *money_problems(session, plan))
