"""Asking HeyGen for a lost answer by sending the same call again, under the same idempotency key.

HeyGen replays the first result of a key for 24 hours, whatever the body (heygen-api.md 10e), so the request
is compared here. Later, or where a repeat could begin what nobody wants any more, HeyGen is only looked at.
"""

from datetime import timedelta

from sqlmodel import Session

from core import clock
from core.database.leases import Lease
from core.database.tables.runs import Operation, Run
from core.heygen.errors import RateLimited
from core.journal import breaker
from core.journal.lost_answers import Look, look
from core.journal.queries import REPEATABLE, request_hash
from core.journal.sending import Stopping, transmit
from core.studio import Studio

#: HeyGen keeps a key for 24 hours; well before that its answer is no longer counted on.
LONGEST = timedelta(hours=20)


def allowed(studio: Studio, session: Session, operation: Operation) -> bool:
    """True where sending the call again can only bring its answer, or begin what is still wanted and held."""
    age = clock.now() - operation.sent_at
    run = session.get_one(Run, operation.run_id)
    return (
        studio.client.traits.repeats
        and operation.kind not in REPEATABLE
        and timedelta(0) <= age < LONGEST
        and request_hash(operation.request) == operation.request_hash
        and run.cancel_requested_by is None
        and breaker.current(session) is None
    )


def repeat(studio: Studio, lease: Lease, operation: Operation) -> Look:
    """What the repeat brought, or a look. Raises HeyGenError where HeyGen could not be asked, Stopping.

    A refusal of the repeat says nothing of the first sending, because HeyGen may judge key, limits and
    balance before it knows the idempotency key: then HeyGen is looked at.
    """
    outcome = transmit(studio, lease, operation)
    if outcome.state == "confirmed":
        return Look("found", outcome=outcome)
    if outcome.error is None:
        raise Stopping
    if outcome.state == "refused" and not isinstance(outcome.error, RateLimited):
        return look(studio, operation)
    if outcome.state == "unknown":
        # It may have left anew: what was missed before it says nothing any more.
        studio.first_missing.pop(operation.id or 0, None)
    raise outcome.error
