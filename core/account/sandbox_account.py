"""The sandbox in a person's hands: its credits, speed and limit, failures to rehearse, a new start.

Everything goes over HTTP to the sandbox's own control routes on loopback. In the live world every function
raises Refusal before anything is sent.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests
from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, or_, select

from core import clock
from core.account import balance
from core.account.failures import BY_SLUG, ROUTES
from core.amounts import MICRO
from core.bloggers import past_avatars
from core.bloggers.editing import about_location
from core.config import is_loopback
from core.database.tables.bloggers import NO_AVATAR, Blogger, Location, PastAvatar
from core.database.tables.people import AuditLine
from core.database.tables.runs import LIVE_STATES, Operation, Run
from core.errors import BadInput, Refusal, StudioError
from core.heygen.errors import HeyGenError
from core.people import audit
from core.people.roles import Person, acts
from core.studio import Studio

#: Seconds to connect, and to be answered: the sandbox is on this machine.
TIMEOUTS = (2.0, 5.0)
MOST_TIMES = 20
MOST_CREDITS = 100_000


class SandboxSilent(StudioError):
    """The sandbox's controls did not answer, or something else answered there."""


@dataclass(frozen=True, kw_only=True)
class Armed:
    """A failure that waits for its calls. `slug` is empty for a fault that no scenario armed."""

    numbers: tuple[int, ...]
    slug: str
    step: str
    times: int
    fault: str
    route: str


@dataclass(frozen=True, kw_only=True)
class SandboxState:
    """The sandbox's account as it is now. `group_limit` None: no limit."""

    micro_credits: int
    groups: int
    group_limit: int | None
    speed: float
    armed: tuple[Armed, ...]


@dataclass(frozen=True)
class ResetPlan:
    """What a reset would take: locations that lose their avatar, groups deleted, runs that forbid it."""

    locations: int
    groups: int
    live_runs: int


def state(studio: Studio) -> SandboxState:
    """The account now. Raises Refusal in the live world, SandboxSilent."""
    found = _ask(studio, "GET", "state")
    try:
        limit = int(found["group_limit"])
        return SandboxState(
            micro_credits=int(found["credits"]),
            groups=len(found["groups"]),
            group_limit=None if limit < 0 else limit,
            speed=float(found["speed"]),
            armed=_armed(found["faults"]),
        )
    except (KeyError, TypeError, ValueError) as exc:
        raise _silent(studio) from exc


@acts("change_sandbox")
def add_credits(studio: Studio, credits: int, *, actor: Person) -> bool:
    """Refill. True when the Studio's books follow at once, False when they follow once nothing runs."""
    if not 0 < credits <= MOST_CREDITS:
        raise BadInput("The amount must be from 1 to {most}. Nothing was changed.", most=MOST_CREDITS)
    _set(studio, actor, added=credits * MICRO, add_credits=credits * MICRO)
    return _book(studio)


@acts("change_sandbox")
def set_credits(studio: Studio, credits: int, *, actor: Person) -> bool:
    """Set what the account has. Returns as `add_credits` does."""
    if not 0 <= credits <= MOST_CREDITS:
        raise BadInput("The amount must be from 0 to {most}. Nothing was changed.", most=MOST_CREDITS)
    _set(studio, actor, credits=credits * MICRO)
    return _book(studio)


@acts("change_sandbox")
def set_speed(studio: Studio, speed: float, *, actor: Person) -> None:
    """Run that much faster than HeyGen, from now on and after a restart too."""
    _set(studio, actor, speed=speed)
    studio.pace = max(speed, 0.01)


@acts("change_sandbox")
def set_group_limit(studio: Studio, limit: int | None, *, actor: Person) -> None:
    """How many avatar groups the account may have; None: any number."""
    _set(studio, actor, group_limit=-1 if limit is None else limit)


@acts("change_sandbox")
def arm(studio: Studio, slug: str, step: str, times: int = 1, *, actor: Person) -> None:
    """Let the next `times` calls of `step` go wrong as the scenario says."""
    scenario = BY_SLUG.get(slug)
    traits = studio.client.traits
    if scenario is None or step not in scenario.steps(traits):
        raise BadInput("There is no such failure at this step. Nothing was changed.")
    if not 1 <= times <= MOST_TIMES:
        raise BadInput("Choose a number from 1 to {most}. Nothing was changed.", most=MOST_TIMES)
    with _noted(studio, actor, after={"failure": slug, "step": step, "times": times}):
        for route in ROUTES[step]:
            if route == "motion" and traits.motion == "render":
                continue
            _ask(
                studio,
                "POST",
                "faults",
                route=route,
                fault=scenario.fault,
                times=times,
                label=f"{slug} {step}",
                **scenario.options,
            )


@acts("change_sandbox")
def disarm(studio: Studio, numbers: tuple[int, ...] | None = None, *, actor: Person) -> None:
    """Take back these failures, or all of them. What has struck already is gone anyway."""
    which = {} if numbers is None else {"numbers": list(numbers)}
    with _noted(studio, actor, before={"failures": which.get("numbers", "all")}):
        _ask(studio, "DELETE", "faults", **which)


def _set(studio: Studio, actor: Person, **settings: Any) -> None:
    """Change these of the sandbox's settings."""
    told = {name: value for name, value in settings.items() if name != "add_credits"}
    settings.pop("added", None)
    with _noted(studio, actor, after=told):
        _ask(studio, "POST", "settings", **settings)


@contextmanager
def _noted(studio: Studio, actor: Person, **what: Any) -> Iterator[None]:
    """A line about what is asked of the sandbox inside; none where the sandbox did not do it."""
    _only_sandbox(studio)
    with studio.db.write() as session:
        audit.note(session, actor, "change_sandbox", kind="sandbox", **what)
        yield


def reset_plan(studio: Studio) -> ResetPlan:
    """What a reset would do now."""
    groups = state(studio).groups
    with studio.db.read() as session:
        return ResetPlan(
            locations=session.exec(select(func.count()).select_from(Location).where(_made())).one(),
            groups=groups,
            live_runs=_live(session),
        )


@acts("reset_sandbox")
def reset(studio: Studio, *, actor: Person) -> bool:
    """An account as new; no location keeps an id that HeyGen no longer knows.

    Locations with an avatar go back to "00000" and keep a record of it; runs, costs and the ledger stay.
    Raises Refusal while runs are live, SandboxSilent. Returns as `add_credits` does.
    """
    _only_sandbox(studio)
    with studio.db.write() as session:
        live = _live(session)
        if live:
            raise Refusal(
                "Runs that have not ended: {n}. Nothing was changed. "
                "Wait until they have ended, or cancel them, then reset.",
                n=live,
            )
        # While this session holds the write lock nobody can confirm a run that would meet the new account.
        _ask(studio, "POST", "reset")
        lines = _forget_avatars(session, actor)
        audit.note(session, actor, "reset_sandbox", kind="sandbox", after={"locations": len(lines)})
        audit.add_all(session, lines)
    return _book(studio)


def _forget_avatars(session: Session, actor: Person) -> list[AuditLine]:
    """A line for each location that loses its avatar."""
    lines: list[AuditLine] = []
    query = (
        select(Location, Blogger).join(Blogger, col(Blogger.id) == col(Location.blogger_id)).where(_made())
    )
    for location, blogger in session.exec(query).all():
        ids = {name: getattr(location, name) for name in ("heygen_group_id", "heygen_avatar_id")}
        about = about_location(location, blogger.name)
        lines.append(audit.line(actor, "reset_sandbox", **about, before=ids))
        past_avatars.retire(session, location, reason="slot", actor=actor.name)
    for old in session.exec(select(PastAvatar).where(col(PastAvatar.deleted_at).is_(None))):
        old.deleted_at = clock.now()
        session.add(old)
    # What belonged to nobody is gone with the account, and an uploaded photo's key means nothing any more.
    for operation in session.exec(select(Operation).where(col(Operation.orphan))):
        operation.orphan = False
        session.add(operation)
    for run in session.exec(select(Run).where(col(Run.image_key).is_not(None))):
        run.image_key = None
        session.add(run)
    return lines


def _made() -> ColumnElement[bool]:
    return or_(col(Location.heygen_avatar_id) != NO_AVATAR, col(Location.heygen_group_id).is_not(None))


def _live(session: Session) -> int:
    return session.exec(select(func.count()).select_from(Run).where(col(Run.state).in_(LIVE_STATES))).one()


def _book(studio: Studio) -> bool:
    """Let the ledger take over the account's new balance; a difference is booked while nothing runs."""
    try:
        balance.refresh(studio)
    except HeyGenError:
        # A rehearsed failure may strike here too; whoever looks at a page has it read again.
        return False
    with studio.db.read() as session:
        return _live(session) == 0


def _armed(faults: list[dict[str, Any]]) -> tuple[Armed, ...]:
    """Faults that one scenario armed together are one entry."""
    found: dict[tuple[Any, ...], Armed] = {}
    for fault in faults:
        slug, _, step = str(fault["label"]).partition(" ")
        known = slug in BY_SLUG and step in BY_SLUG[slug].sees
        key = (slug, step) if known else (fault["number"],)
        before = found.get(key)
        found[key] = Armed(
            numbers=(*(before.numbers if before else ()), int(fault["number"])),
            slug=slug if known else "",
            step=step if known else "",
            times=max(int(fault["times"]), before.times if before else 0),
            fault=str(fault["fault"]),
            route=str(fault["route"]),
        )
    return tuple(found.values())


def _only_sandbox(studio: Studio) -> None:
    settings = studio.settings
    if settings.world != "sandbox" or not is_loopback(settings.api_base):
        raise Refusal(
            "This belongs to the sandbox, and this Studio works with HeyGen itself. Nothing was changed."
        )


def _ask(studio: Studio, method: str, what: str, **body: Any) -> dict[str, Any]:
    """One call of a control route. Raises Refusal in the live world, SandboxSilent, BadInput."""
    _only_sandbox(studio)
    try:
        answer = requests.request(
            method,
            f"{studio.settings.api_base}/sandbox/{what}",
            json=body or None,
            headers={"X-Api-Key": studio.settings.api_key},
            timeout=TIMEOUTS,
            allow_redirects=False,
        )
        found = answer.json()
    except (requests.RequestException, ValueError) as exc:
        raise _silent(studio) from exc
    if answer.status_code == 400 and isinstance(found, dict):
        raise BadInput(
            "The sandbox refused this ({reason}). Nothing was changed.", reason=found.get("message")
        )
    if answer.status_code != 200 or not isinstance(found, dict):
        raise _silent(studio)
    return found


def _silent(studio: Studio) -> SandboxSilent:
    return SandboxSilent(
        "The sandbox at {host} did not answer as it should. Reload the page to see what holds now; "
        "if that does not help, start the Studio again.",
        host=studio.settings.api_base,
    )
