"""Questions to HeyGen that a person asks and that cost nothing: see `StatusCheck` for their kinds.

A page writes the question down, the worker asks HeyGen and writes the answer beside it.
"""

from typing import Any

from sqlmodel import Session, col, select

from core import clock
from core.account import connection, inventory
from core.bloggers.editing import about_location, avatar_of, find_blogger, find_location, live_locations
from core.database.engine import Database
from core.database.tables.bloggers import NO_AVATAR, Location
from core.database.tables.heygen import StatusCheck
from core.database.tables.runs import Operation, Run
from core.errors import Refusal, StudioError, storable
from core.heygen.answers import AvatarDetails
from core.people import audit
from core.people.roles import Person, acts
from core.studio import Studio


@acts("ask_heygen")
def ask(
    db: Database, *, location_id: int | None = None, kind: str = "", subject: str = "", actor: Person
) -> int:
    """Write the question down and return its number; one that still waits for its answer is taken.

    Without a `kind` it is about the location, or without one about the connection.
    """
    kind = kind or _kind(location_id)
    with db.write() as session:
        number, is_new = write(session, location_id, kind, subject, actor=actor.name)
        if is_new:
            about: dict[str, Any] = {"kind": "data"}
            if location_id is not None:
                location = find_location(session, location_id)
                about = about_location(location, find_blogger(session, location.blogger_id).name)
            audit.note(session, actor, "ask_heygen", **about, after={"question": kind})
        return number


def write(
    session: Session, location_id: int | None, kind: str, subject: str, *, actor: str
) -> tuple[int, bool]:
    """The question's number, and whether it is a new one: one that still waits is taken."""
    check = _newest(session, location_id, kind, subject)
    is_new = check is None or check.done_at is not None
    if is_new:
        check = StatusCheck(kind=kind, subject=subject, location_id=location_id, actor=actor)
        session.add(check)
        session.flush()
    assert check is not None
    assert check.id is not None
    return check.id, is_new


def newest(
    db: Database, location_id: int | None = None, *, kind: str = "", subject: str | None = None
) -> StatusCheck | None:
    """The last question about this location, or of this kind (without one: the connection).

    `done_at` is None while it waits. `subject` None: whatever it was about.
    """
    with db.read() as session:
        return _newest(session, location_id, kind or _kind(location_id), subject)


def waiting(session: Session) -> list[int]:
    """The questions that nobody has answered yet."""
    query = select(StatusCheck.id).where(col(StatusCheck.done_at).is_(None)).order_by(col(StatusCheck.id))
    return [i for i in session.exec(query) if i is not None]


def answer(studio: Studio, check_id: int) -> None:
    """Ask HeyGen and write down what it says; what cannot be asked is an answer too."""
    with studio.db.read() as session:
        check = session.get(StatusCheck, check_id)
    if check is None or check.done_at is not None:
        return
    found: dict[str, Any] = {}
    template, values = "", {}
    try:
        found = _ANSWERS[check.kind](studio, check)
    except StudioError as error:
        template, values = error.template, storable(error.values)
    with studio.db.write() as session:
        check = session.get_one(StatusCheck, check_id)
        check.answer, check.done_at = found, clock.now()
        check.error_template, check.error_values = template, values
        session.add(check)


def _location(studio: Studio, check: StatusCheck) -> dict[str, Any]:
    """Both statuses from HeyGen, onto the location as well. Raises HeyGenError, Refusal."""
    location_id = check.location_id
    with studio.db.read() as session:
        location = session.get_one(Location, location_id)
    avatar_id = avatar_of(location)
    if avatar_id == NO_AVATAR:
        raise Refusal("This location has no avatar in HeyGen yet, so there is nothing to ask.")
    details = studio.client.get_avatar(avatar_id)
    found = {"avatar_status": details.status, "motion_status": _motion(studio, location, details)}
    with studio.db.write() as session:
        place = session.get_one(Location, location_id)
        same = avatar_id in (place.heygen_look_id, place.heygen_avatar_id)
        # A run under way writes the statuses itself; it must not be overtaken by an older look.
        if not same or live_locations(session, location_id=location_id):
            return found
        before = (place.avatar_status, place.motion_status)
        place.avatar_status, place.checked_at = details.status, clock.now()
        if not _earlier_motion_stays(session, place, found["motion_status"]):
            place.motion_status = found["motion_status"]
        if before != (place.avatar_status, place.motion_status):
            place.status_at = place.checked_at
        session.add(place)
    return found


def _motion(studio: Studio, location: Location, details: AvatarDetails) -> str:
    """The status of the motion that videos use: the avatar's own, its motion look's, or each video's."""
    where = studio.client.traits.motion
    if where == "render":
        return location.motion_status
    if location.heygen_avatar_id not in (NO_AVATAR, details.avatar_id):
        return studio.client.get_avatar(location.heygen_avatar_id).motion_status
    return details.motion_status


def _earlier_motion_stays(session: Session, location: Location, said: str) -> bool:
    """HeyGen shows the newest motion; where that one failed as another motion, the earlier one is in use."""
    if location.motion_status != "completed" or said != "failed":
        return False
    newest = session.exec(
        select(Run.again)
        .join(Operation, col(Operation.run_id) == col(Run.id))
        .where(
            Operation.kind == "add_motion",
            Operation.state == "confirmed",
            col(Operation.subject).in_((location.heygen_avatar_id, location.heygen_look_id)),
        )
        .order_by(col(Operation.id).desc())
        .limit(1)
    ).first()
    return newest is True


def _kind(location_id: int | None) -> str:
    return "connection" if location_id is None else "location"


def _newest(
    session: Session, location_id: int | None, kind: str, subject: str | None = None
) -> StatusCheck | None:
    about = col(StatusCheck.location_id)
    query = select(StatusCheck).where(
        StatusCheck.kind == kind, about.is_(None) if location_id is None else about == location_id
    )
    if subject is not None:
        query = query.where(StatusCheck.subject == subject)
    return session.exec(query.order_by(col(StatusCheck.id).desc()).limit(1)).first()


_ANSWERS = {
    "connection": lambda studio, _: connection.examine(studio),
    "location": _location,
    "inventory": lambda studio, _: inventory.read(studio),
    "delete_group": lambda studio, check: inventory.delete_group(studio, check.subject, actor=check.actor),
}
