"""The journal: the only place from which a creating call is made.

    intent    Operation(sent) is written                      <- before the call
    call      one request, never repeated here
    settle    the answer, the ids onto the location, the entries

Answers are never fenced: `settle` is a compare-and-set on the Operation alone, so an answer that comes
after the lease was lost still counts. Only a run's progress is fenced.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select, update

from core import clock
from core.database.leases import LEASE_SECONDS, Lease, fenced
from core.database.tables.runs import Operation, Run
from core.errors import StorageFailed, storable
from core.heygen.errors import (
    ASSET_UPLOAD_FAILED,
    HeyGenError,
    NotSent,
    OutcomeUnknown,
    OutOfCredits,
    RateLimited,
    Refused,
)
from core.journal import breaker, settling
from core.journal.queries import NOT_SENT, REPEATABLE, UNRESOLVED, request_hash
from core.money import ledger
from core.photos.address import PhotoRefused
from core.sending import perform
from core.studio import Studio

log = logging.getLogger("studio.operations")

#: The total deadline of a creating call in core.heygen.transport.
CALL_SECONDS = 60.0


class NameBusy(Exception):
    """Another run has an unresolved create with the same group name; only one a name at a time."""


class CancelAsked(Exception):
    """A person asked to stop before this call; nothing was sent."""


class Stopping(Exception):
    """The process is about to end; no creating call starts any more."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """A creating call to be made: what, for whom, with which request, at which price."""

    kind: str
    subject: str
    request: dict[str, Any]
    price: int
    snapshot: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a call.

    `state`: confirmed, refused, unknown, absent, not_sent (it never left), or superseded (it had been
    settled in another way when the answer came).
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


def send(
    studio: Studio, lease: Lease, call: Call, *, doubt: Callable[[HeyGenError], Outcome | None] | None = None
) -> Outcome:
    """Write the intent, make the call once, settle its answer and return the outcome.

    `doubt` may look again before a refusal is believed and return what it found instead. Raises Stopping,
    LeaseLost, NameBusy, Paused or OverLimit before anything was sent.
    """
    if studio.stopping.is_set():
        raise Stopping
    operation = _intend(studio, lease, call)
    if operation is None or operation.id is None:
        raise breaker.Paused
    operation_id = operation.id
    studio.in_flight.add(operation_id)
    try:
        outcome = transmit(studio, lease, operation)
        if outcome.error is not None and outcome.state == "refused" and doubt is not None:
            try:
                outcome = doubt(outcome.error) or outcome
            except HeyGenError:
                # The refusal cannot be judged now: reconciliation looks again when HeyGen can be read.
                outcome = Outcome(state="unknown", error=outcome.error)
        if not _settle_surely(studio, operation_id, outcome):
            return Outcome(state="superseded")
    finally:
        studio.in_flight.discard(operation_id)
    return outcome


def _intend(studio: Studio, lease: Lease, call: Call) -> Operation | None:
    """Write the call down; None when paid work is paused, and with it the run."""
    try:
        with studio.db.write() as session:
            run = fenced(session, lease)
            if run.cancel_requested_by:
                raise CancelAsked
            if call.price > 0 and breaker.pause(session, run):
                return None
            attempt = (
                1
                + session.exec(
                    select(func.count())
                    .select_from(Operation)
                    .where(Operation.run_id == run.id, Operation.kind == call.kind)
                ).one()
            )
            ledger.top_up(session, run=run, micro=call.price, actor=run.actor)
            operation = Operation(
                run_id=lease.run_id,
                location_id=run.location_id,
                kind=call.kind,
                attempt=attempt,
                subject=call.subject,
                request=call.request,
                request_hash=request_hash(call.request),
                idempotency_key=f"{studio.owner.id[:12]}-{run.id}-{call.kind}-{attempt}",
                snapshot=call.snapshot,
                price=call.price,
                sender=studio.owner.id,
            )
            session.add(operation)
            session.flush()
    except IntegrityError as exc:
        raise NameBusy(call.subject) from exc
    return operation


def transmit(studio: Studio, lease: Lease, operation: Operation) -> Outcome:
    """Make the call of this intent, once, if the lease outlasts it and the process goes on.

    Refused too when the photo that was to be sent cannot be read.
    """
    # A process that was suspended may find that its lease ran out meanwhile and somebody else looks after
    # the run: then the call must not leave. The remainder between this check and the send cannot be closed.
    try:
        if not studio.owner.renew(lease, CALL_SECONDS + LEASE_SECONDS):
            return Outcome(state="not_sent")
    except StorageFailed:
        return Outcome(state="not_sent")
    if studio.stopping.is_set() or lease.until - clock.monotonic() < CALL_SECONDS:
        return Outcome(state="not_sent")
    try:
        key = operation.idempotency_key
        return Outcome.confirmed(perform(studio.client, operation.kind, operation.request, key))
    except HeyGenError as error:
        return Outcome.of_error(error)
    except PhotoRefused as error:
        refused = Refused(error.template, name=ASSET_UPLOAD_FAILED)
        refused.values = error.values
        return Outcome.of_error(refused)


def _settle_surely(studio: Studio, operation_id: int, outcome: Outcome) -> bool:
    """Settle; while the disk is full or the database locked, try again until the process ends."""
    while True:
        try:
            with studio.db.write() as session:
                settled = settle(session, operation_id, outcome)
            return settled
        except StorageFailed as error:
            log.error("an answer from HeyGen waits to be written: %s", error)
            threading.Event().wait(1.0)


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
            settling.take_effect(session, run, operation)
        elif outcome.state != "unknown" and not isinstance(error, RateLimited):
            ledger.release(session, run=run, micro=operation.price, actor=run.actor)
        if outcome.state == "refused" and isinstance(error, OutOfCredits) and breaker.ahead(session, run):
            needed = operation.price or ledger.held_by(session, operation.run_id)
            breaker.trip(session, run, error.code, needed, sent_at=operation.sent_at)
        return True
    if outcome.state == "confirmed" and operation.state == "absent" and operation.kind not in REPEATABLE:
        if settling.still_wanted(session, run, operation):
            return adopt(session, operation, outcome)
        _keep(operation, outcome)
        settling.orphan(session, run, operation)
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


def _keep(operation: Operation, outcome: Outcome) -> None:
    operation.answer, operation.group_id = outcome.answer, outcome.group_id
    operation.look_id, operation.video_id = outcome.look_id, outcome.video_id
