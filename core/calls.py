"""Reading the journal: a run's open call, earlier calls that counted as never made, the fence."""

from sqlmodel import Session, col, func, select

from core.leases import Lease, LeaseLost
from core.models import Operation, Run

UNRESOLVED = ("sent", "unknown")
#: The error code of an absent operation whose request never left this machine.
NOT_SENT = "not_sent"
#: The error code of a confirmed motion that HeyGen then failed to make: a retry pays anew.
MOTION_FAILED = "motion_failed"


def unresolved(session: Session, run_id: int) -> Operation | None:
    """The run's call whose outcome is not known, if there is one."""
    return session.exec(
        select(Operation).where(Operation.run_id == run_id, col(Operation.state).in_(UNRESOLVED))
    ).first()


def absent_before(session: Session, run: Run, kind: str) -> list[Operation]:
    """The location's calls of this kind that counted as never made though they had left, newest first."""
    settled = select(func.coalesce(func.max(Operation.id), 0)).where(
        Operation.location_id == run.location_id, Operation.kind == kind, Operation.state == "confirmed"
    )
    return list(
        session.exec(
            select(Operation)
            .where(
                Operation.location_id == run.location_id,
                Operation.kind == kind,
                Operation.state == "absent",
                col(Operation.id) > settled.scalar_subquery(),
                Operation.error_code != NOT_SENT,
            )
            .order_by(col(Operation.id).desc())
        )
    )


def motion_accepted(session: Session, run_id: int) -> bool:
    """True when HeyGen has accepted a motion of this run and has not failed to make it since."""
    return (
        session.exec(
            select(Operation.id).where(
                Operation.run_id == run_id,
                Operation.kind == "add_motion",
                Operation.state == "confirmed",
                Operation.error_code != MOTION_FAILED,
            )
        ).first()
        is not None
    )


def fenced(session: Session, lease: Lease) -> Run:
    """The run, in a session that may write its progress. Raises LeaseLost."""
    run = session.get(Run, lease.run_id, populate_existing=True)
    if run is None or run.fence != lease.fence:
        raise LeaseLost
    return run
