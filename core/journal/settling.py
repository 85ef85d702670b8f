"""What an answer from HeyGen changes, in the transaction that settles its call."""

from sqlmodel import Session, col, select

from core import clock
from core.database.tables.bloggers import Location
from core.database.tables.runs import LIVE_STATES, Operation, Run
from core.database.tables.videos import Video
from core.journal import events, ownership
from core.journal.queries import UNRESOLVED, charged, unresolved
from core.money import ledger


def take_effect(session: Session, run: Run, operation: Operation) -> None:
    """The ids onto the location and the money into the ledger, in the answer's own transaction.

    A video's length, and so its price, is known when it is rendered (core.runs.video).
    """
    if operation.kind == "generate_video":
        video = session.exec(select(Video).where(Video.run_id == run.id)).one()
        video.heygen_video_id = operation.video_id
        session.add(video)
        return
    location = session.get_one(Location, operation.location_id)
    if operation.kind == "create_group":
        taken = ownership.taken(session, operation.group_id or "", operation.location_id)
        if taken or location.heygen_group_id not in (None, operation.group_id):
            operation.orphan = True
        else:
            location.heygen_group_id, location.heygen_look_id = operation.group_id, operation.look_id
            location.avatar_status = "pending"
    elif operation.kind == "add_motion" and not run.again:
        location.heygen_avatar_id = operation.look_id or operation.subject
        location.motion_type = run.motion_type
        location.motion_status = "processing"
    location.status_at = location.updated_at = clock.now()
    session.add(location)
    session.add(operation)
    if operation.price and not charged(session, operation):
        ledger.capture(session, run=run, operation=operation, micro=operation.price)


def still_wanted(session: Session, run: Run, operation: Operation) -> bool:
    """True for a late group or video of a run that would otherwise make it once more."""
    if run.state not in LIVE_STATES or unresolved(session, operation.run_id):
        return False
    if operation.kind == "create_group":
        return _lacks_group(session, operation)
    if operation.kind != "generate_video":
        return False
    has = session.exec(select(Video.heygen_video_id).where(Video.run_id == run.id)).first()
    return has is None


def _lacks_group(session: Session, operation: Operation) -> bool:
    """True while the location has no group and nobody else's create of that name is open: one at a time."""
    another = select(Operation.id).where(
        Operation.kind == "create_group",
        Operation.subject == operation.subject,
        col(Operation.state).in_(UNRESOLVED),
    )
    location = session.get_one(Location, operation.location_id)
    return location.heygen_group_id is None and session.exec(another).first() is None


def orphan(session: Session, run: Run, operation: Operation) -> None:
    """An answer to a call that had counted as never made: what it made belongs to nobody, and is booked."""
    operation.orphan = True
    session.add(operation)
    if operation.price and not charged(session, operation):
        ledger.capture(session, run=run, operation=operation, micro=operation.price)
    events.record(
        session,
        run,
        "HeyGen answered a call that had counted as never made; what it made belongs to nobody",
        level="warning",
    )
