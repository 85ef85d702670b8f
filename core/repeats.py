"""Asking HeyGen for a lost answer by sending the same call again, under the same idempotency key.

HeyGen replays the first result of a key for 24 hours, whatever the body (heygen-api.md 10e), so the request
is compared here. Later, or where a repeat could begin what nobody wants any more, HeyGen is only looked at.
"""

from datetime import timedelta

from sqlmodel import Session

from core import clock, halts
from core.calls import REPEATABLE, request_hash
from core.errors import N_
from core.heygen.errors import InProgress, OutcomeUnknown, RateLimited
from core.leases import Lease
from core.models import Operation, Run
from core.operations import Outcome, transmit
from core.reconcile import Look
from core.studio import Studio

#: HeyGen keeps a key for 24 hours; well before that its answer is no longer counted on.
LONGEST = timedelta(hours=20)
IN_PROGRESS = N_("HeyGen is still at work on this call; a person must look")


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
        and halts.current(session) is None
    )


def repeat(studio: Studio, lease: Lease, operation: Operation) -> Look | Outcome:
    """What the repeat brought: a Look, or the refusal that the first sending had met.

    Raises HeyGenError where HeyGen could not be asked.
    """
    outcome = transmit(studio, lease, operation)
    if outcome.state == "confirmed":
        return Look("found", outcome=outcome)
    if isinstance(outcome.error, InProgress) or outcome.error is None:
        return Look("not_yet", reason=IN_PROGRESS)
    if isinstance(outcome.error, RateLimited | OutcomeUnknown) or outcome.state == "not_sent":
        raise outcome.error
    return outcome
