"""Reading the journal: a run's open call, earlier calls that counted as never made, the fence."""

import hashlib
import json
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from core.database.tables.bloggers import Location
from core.database.tables.money import Entry
from core.database.tables.runs import LIVE_STATES, Operation, Run
from core.database.tables.videos import Video
from core.errors import NotFound
from core.money.figures import GONE

UNRESOLVED = ("sent", "unknown")
#: Calls that are harmless to repeat, so nobody needs to find out whether they came through.
REPEATABLE = ("upload_asset", "delete_group")
#: The error code of an absent operation whose request never left this machine.
NOT_SENT = "not_sent"
#: The error code of a confirmed motion that HeyGen then failed to make: a retry pays anew.
MOTION_FAILED = "motion_failed"


def request_hash(request: dict[str, Any]) -> str:
    """What tells two requests apart; HeyGen itself does not compare those of one idempotency key."""
    body = json.dumps(request, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(body.encode()).hexdigest()


def about_run(run: Run) -> dict[str, Any]:
    """Which run a line of the record is about, as core.people.audit takes it."""
    return {
        "kind": "run",
        "id": run.id,
        "name": run.group_name,
        "location_id": run.location_id,
        "run_id": run.id,
    }


def unresolved(session: Session, run_id: int) -> Operation | None:
    """The run's call whose outcome is not known, if there is one."""
    return session.exec(
        select(Operation).where(Operation.run_id == run_id, col(Operation.state).in_(UNRESOLVED))
    ).first()


def absent_before(session: Session, run: Run, kind: str, subject: str = "") -> list[Operation]:
    """The location's calls of this kind that counted as never made though they had left, newest first.

    With a `subject` only those about it: a location can have had several avatars. A group counts only where
    it was to be made of the run's own photo.
    """
    about = [Operation.location_id == run.location_id, Operation.kind == kind]
    if subject:
        about.append(Operation.subject == subject)
    settled = select(func.coalesce(func.max(Operation.id), 0)).where(*about, Operation.state == "confirmed")
    found = session.exec(
        select(Operation)
        .where(
            *about,
            Operation.state == "absent",
            col(Operation.id) > settled.scalar_subquery(),
            Operation.error_code != NOT_SENT,
        )
        .order_by(col(Operation.id).desc())
    ).all()
    if kind != "create_group":
        return list(found)
    return [call for call in found if _photo_of(session, call) in (None, run.photo_url)]


def _photo_of(session: Session, create: Operation) -> str | None:
    """The photo that a group was to be made of: what the upload before it was about."""
    uploads = session.exec(
        select(Operation).where(
            Operation.run_id == create.run_id,
            Operation.kind == "upload_asset",
            Operation.state == "confirmed",
        )
    )
    key = create.request.get("image_key")
    # Without an upload, the photo's own link was the key.
    linked = key if isinstance(key, str) and key.startswith("http") else None
    return next((call.subject for call in uploads if call.answer.get("image_key") == key), linked)


def motion_accepted(session: Session, run: Run) -> Operation | None:
    """The motion of this run that HeyGen has accepted for the location's present avatar, if it has.

    One that HeyGen then failed to make does not count, nor one for an avatar that is no longer in use.
    """
    location = session.get_one(Location, run.location_id)
    present = {location.heygen_avatar_id, location.heygen_look_id}
    found = session.exec(
        select(Operation)
        .where(
            Operation.run_id == run.id,
            Operation.kind == "add_motion",
            Operation.state == "confirmed",
            Operation.error_code != MOTION_FAILED,
        )
        .order_by(col(Operation.id).desc())
    )
    return next((call for call in found if {call.subject, call.look_id} & present), None)


def video_accepted(session: Session, run: Run) -> bool:
    """True when HeyGen has accepted the run's video and has not given it up: it is, or will be, charged."""
    return session.exec(select(Video.heygen_video_id).where(Video.run_id == run.id)).first() is not None


def changing_avatar() -> ColumnElement[bool]:
    """For a query of runs: live ones that make or delete a location's avatar; one a location at most."""
    return col(Run.kind).in_(("avatar", "free_slot")) & col(Run.state).in_(LIVE_STATES)


def deletion_confirmed(session: Session, run_id: int) -> str | None:
    """The group that HeyGen has deleted for this run, by its own word."""
    return session.exec(
        select(Operation.subject).where(
            Operation.run_id == run_id,
            Operation.kind == "delete_group",
            Operation.state == "confirmed",
        )
    ).first()


def deletion_left(session: Session, run_id: int) -> bool:
    """True when HeyGen may have deleted the group already: then the run is finished, not cancelled."""
    return (
        session.exec(
            select(Operation.id).where(
                Operation.run_id == run_id,
                Operation.kind == "delete_group",
                col(Operation.state).in_(("confirmed", "absent")),
                Operation.error_code != NOT_SENT,
            )
        ).first()
        is not None
    )


def charged(session: Session, operation: Operation) -> bool:
    """True when what the call cost is in the ledger already."""
    return (
        session.exec(
            select(Entry.id).where(Entry.operation_id == operation.id, col(Entry.kind).in_(GONE))
        ).first()
        is not None
    )


def get_run(session: Session, run_id: int) -> Run:
    """The run with this id. Raises NotFound."""
    run = session.get(Run, run_id)
    if run is None:
        raise NotFound("There is no run with the id {id}. Nothing was changed.", id=run_id)
    return run
