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
from sqlmodel import select

from core import clock
from core.database.engine import Database
from core.database.leases import LEASE_SECONDS, Lease, fenced
from core.database.tables.runs import Operation
from core.errors import StorageFailed
from core.heygen.dialect import Dialect
from core.heygen.errors import (
    ASSET_UPLOAD_FAILED,
    HeyGenError,
    Missing,
    Refused,
)
from core.journal import breaker, unaware
from core.journal.queries import request_hash
from core.journal.settling import Outcome, settle
from core.money import ledger
from core.photos.address import PhotoRefused
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


def send(
    studio: Studio, lease: Lease, call: Call, *, doubt: Callable[[HeyGenError], Outcome | None] | None = None
) -> Outcome:
    """Write the intent, make the call once, settle its answer and return the outcome.

    `doubt` may look again before a refusal is believed and return what it found instead. In a database that
    was a backup the outcome is `unaware` at first: nothing was sent, and HeyGen is looked at. Raises
    Stopping, LeaseLost, NameBusy, Paused or OverLimit before anything was sent.
    """
    if studio.stopping.is_set():
        raise Stopping
    operation = _intend(studio, lease, call)
    if operation is None or operation.id is None:
        raise breaker.Paused
    if operation.state == "unknown":
        return Outcome(state="unaware")
    operation_id = operation.id
    studio.in_flight.add(operation_id)
    try:
        try:
            outcome = transmit(studio, lease, operation)
        except Exception:
            # A defect of ours. Nobody is sending any more, and other processes need not wait for this one.
            _settle_surely(studio.db, operation_id, Outcome(state="unknown"))
            raise
        if outcome.error is not None and outcome.state == "refused" and doubt is not None:
            try:
                outcome = doubt(outcome.error) or outcome
            except HeyGenError:
                # The refusal cannot be judged now: reconciliation looks again when HeyGen can be read.
                outcome = Outcome(state="unknown", error=outcome.error)
        if not _settle_surely(studio.db, operation_id, outcome):
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
            before = session.exec(
                select(Operation.snapshot).where(Operation.run_id == run.id, Operation.kind == call.kind)
            ).all()
            sent = sum(unaware.LOOKED_FOR not in snapshot for snapshot in before)
            copied = unaware.of_a_call(session, run, call.kind)
            ledger.top_up(session, run=run, micro=call.price, actor=run.actor)
            operation = Operation(
                run_id=lease.run_id,
                location_id=run.location_id,
                kind=call.kind,
                attempt=len(before) + 1,
                subject=call.subject,
                request=call.request,
                request_hash=request_hash(call.request),
                # The same in whatever database the run stands: what a backup does not know HeyGen replays.
                idempotency_key=f"{run.quote_id}-{run.location_id}-{call.kind}-{sent + 1}",
                snapshot=call.snapshot,
                price=call.price,
                sender=studio.owner.id,
            )
            if copied is not None:
                operation.state, operation.sent_at = "unknown", copied.made_at
                operation.snapshot = unaware.snapshot_before(call.snapshot)
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


def _settle_surely(db: Database, operation_id: int, outcome: Outcome) -> bool:
    """Settle; while the disk is full or the database locked, try again until the process ends."""
    while True:
        try:
            with db.write() as session:
                settled = settle(session, operation_id, outcome)
            return settled
        except StorageFailed as error:
            log.error("an answer from HeyGen waits to be written: %s", error)
            threading.Event().wait(1.0)


def perform(client: Dialect, kind: str, request: dict[str, Any], key: str) -> dict[str, Any]:
    """Make the call and return the answer as the journal keeps it. Raises HeyGenError."""
    if kind == "upload_asset":
        return {"image_key": client.upload_asset(request["url"], key=key)}
    if kind == "create_group":
        return client.create_photo_avatar_group(request["name"], request["image_key"], key=key)
    if kind == "add_motion":
        return client.add_motion_to_avatar(request["avatar_id"], request["type"], key=key)
    if kind == "generate_video":
        return {"video_id": client.generate_video(**request, key=key)}
    assert kind == "delete_group", f"{kind} is no kind of call"
    return _delete(client, request["group_id"])


def _delete(client: Dialect, group_id: str) -> dict[str, Any]:
    """A group that is gone already is as good as deleted."""
    try:
        client.delete_group(group_id)
    except Missing:
        return {"deleted": group_id, "was_gone_already": True}
    return {"deleted": group_id, "was_gone_already": False}
