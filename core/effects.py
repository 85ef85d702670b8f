"""What an answer from HeyGen changes, in the transaction that settles its call."""

from sqlmodel import Session, select

from core import clock, events, ledger
from core.calls import charged, unresolved
from core.models import LIVE_STATES, Location, Operation, Run
from core.video_models import Video


def take_effect(session: Session, run: Run, operation: Operation) -> None:
    """The ids onto the location and the money into the ledger, in the answer's own transaction.

    A video's length, and so its price, is known when it is rendered (core.videos).
    """
    if operation.kind == "generate_video":
        video = session.exec(select(Video).where(Video.run_id == run.id)).one()
        video.heygen_video_id = operation.video_id
        session.add(video)
        return
    location = session.get_one(Location, operation.location_id)
    if operation.kind == "create_group":
        if location.heygen_group_id not in (None, operation.group_id):
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
    """True for a late video of a run that would otherwise render it once more."""
    if (
        operation.kind != "generate_video"
        or run.state not in LIVE_STATES
        or unresolved(session, operation.run_id)
    ):
        return False
    has = session.exec(select(Video.heygen_video_id).where(Video.run_id == run.id)).first()
    return has is None


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
