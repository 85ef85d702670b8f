"""What an answer from HeyGen changes, in the transaction that settles its call."""

from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session, col, select, update

from core import clock
from core.database.tables.bloggers import Location
from core.database.tables.runs import LIVE_STATES, Operation, Run
from core.database.tables.videos import Video
from core.errors import storable
from core.heygen.errors import HeyGenError, NotSent, OutcomeUnknown, OutOfCredits, RateLimited
from core.journal import breaker, events, ownership
from core.journal.queries import NOT_SENT, REPEATABLE, UNRESOLVED, charged, unresolved, video_accepted
from core.money import ledger


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a call.

    `state`: confirmed, refused, unknown, absent, not_sent (it never left), superseded (it had been settled
    in another way when the answer came), or unaware (these data were a backup: it is looked for first).
    """

    state: str
    answer: dict[str, Any] = field(default_factory=dict)
    group_id: str | None = None
    look_id: str | None = None
    video_id: str | None = None
    error: HeyGenError | None = None

    @classmethod
    def confirmed(cls, answer: dict[str, Any]) -> "Outcome":
        return cls(
            state="confirmed",
            answer=answer,
            group_id=answer.get("group_id"),
            look_id=answer.get("avatar_id"),
            video_id=answer.get("video_id"),
        )

    @classmethod
    def of_error(cls, error: HeyGenError) -> "Outcome":
        """The table of journal.md, "Send and settle"."""
        if isinstance(error, NotSent):
            return cls(state="not_sent", error=error)
        if isinstance(error, OutcomeUnknown):
            return cls(state="unknown", error=error)
        return cls(state="refused", error=error)


def settle(session: Session, operation_id: int, outcome: Outcome) -> bool:
    """Write what became of a call; False when it had been settled before.

    Compare-and-set: sent or unknown become what `outcome` says. An answer for an operation already
    declared absent is kept as an orphan, and what it cost is booked; a video is the run's own while the run
    has none yet.
    """
    error = outcome.error
    result = session.exec(
        update(Operation)
        .where(col(Operation.id) == operation_id, col(Operation.state).in_(UNRESOLVED))
        .values(
            state="absent" if outcome.state == "not_sent" else outcome.state,
            settled_at=clock.now(),
            answer=outcome.answer,
            http_status=error.status if error else None,
            error_code=NOT_SENT if outcome.state == "not_sent" else (error.code if error else ""),
            error_text=error.user_message if error else "",
            error_template=error.template if error else "",
            error_values=storable(error.values) if error else {},
            group_id=outcome.group_id,
            look_id=outcome.look_id,
            video_id=outcome.video_id,
        )
    )
    operation = session.get_one(Operation, operation_id, populate_existing=True)
    run = session.get_one(Run, operation.run_id)
    if result.rowcount == 1:
        if outcome.state == "confirmed":
            take_effect(session, run, operation)
        elif outcome.state != "unknown" and not isinstance(error, RateLimited):
            ledger.release(session, run=run, micro=operation.price, actor=run.actor)
        if outcome.state == "refused" and isinstance(error, OutOfCredits) and breaker.ahead(session, run):
            needed = operation.price or ledger.held_by(session, operation.run_id)
            breaker.trip(session, run, error.code, needed, sent_at=operation.sent_at)
        return True
    if outcome.state == "confirmed" and operation.state == "absent" and operation.kind not in REPEATABLE:
        if still_wanted(session, run, operation):
            return adopt(session, operation, outcome)
        _keep(operation, outcome)
        orphan(session, run, operation)
    return False


def adopt(session: Session, operation: Operation, outcome: Outcome) -> bool:
    """Take what was found at HeyGen as the answer of `operation`, also when it counted as absent."""
    if operation.state == "absent":
        session.exec(
            update(Operation)
            .where(col(Operation.id) == operation.id, col(Operation.state) == "absent")
            .values(state="unknown", orphan=False)
        )
    assert operation.id is not None
    return settle(session, operation.id, outcome)


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
        taken = ownership.owner(session, operation.group_id or "", besides=location) is not None
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
    return not video_accepted(session, run)


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


def _keep(operation: Operation, outcome: Outcome) -> None:
    operation.answer, operation.group_id = outcome.answer, outcome.group_id
    operation.look_id, operation.video_id = outcome.look_id, outcome.video_id
