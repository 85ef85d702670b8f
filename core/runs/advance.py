"""Runs: one short step at a time, under a lease, by whoever finds them due."""

import logging
from datetime import datetime, timedelta

from core import clock
from core.database.leases import LEASE_SECONDS, Lease, LeaseLost
from core.database.tables.bloggers import Location
from core.database.tables.runs import Run
from core.errors import Damaged, StudioError
from core.journal import breaker, events
from core.journal.due import is_due, moves
from core.journal.progress import cancel, progress, retry_gap, wait
from core.journal.queries import deletion_left, motion_accepted, unresolved, video_accepted
from core.journal.sending import Stopping
from core.journal.steps import PAID
from core.locale import N_
from core.runs import avatar, video
from core.runs.resolve import BUSY_GAP, resolve
from core.studio import Studio

log = logging.getLogger("studio.runs")

#: How long a step that keeps breaking off is left alone, in seconds.
BROKEN_GAP = 300.0


def advance(studio: Studio, run_id: int) -> datetime | None:
    """Do one short step of the run; returns when to come back.

    None: the run has ended, waits for a person, or the process is about to end. A run that is not due yet, or
    that another process has, is come back to as well: whoever parked it may be gone by then. Never raises for
    what HeyGen does. Raises StorageFailed where the run cannot be read, Damaged.
    """
    with studio.db.read() as session:
        run = session.get(Run, run_id)
    if run is None or not moves(run):
        return None
    if not is_due(run):
        return run.due_at
    lease = studio.owner.take(run_id)
    if lease is None:
        return clock.now() + timedelta(seconds=LEASE_SECONDS)
    try:
        delay = _advance(studio, lease)
    except LeaseLost:
        delay = LEASE_SECONDS
    except (Stopping, breaker.Paused):
        return None
    except Exception as error:
        delay = _broke(studio, lease, error)
    finally:
        studio.owner.give_back(lease)
    return None if delay is None else clock.now() + timedelta(seconds=delay)


def _advance(studio: Studio, lease: Lease) -> float | None:
    with studio.db.read() as session:
        run = session.get_one(Run, lease.run_id)
        if not moves(run):
            # Paused or cancelled after it was found due.
            return None
        location = session.get_one(Location, run.location_id)
        operation = unresolved(session, lease.run_id)
        asked = bool(run.cancel_requested_by)
        paid = asked and (run.step in PAID or motion_accepted(session, run) is not None)
        deleting = asked and run.kind == "free_slot" and deletion_left(session, lease.run_id)
        rendering = asked and run.kind == "video" and video_accepted(session, run)
        halted = breaker.current(session) is not None and breaker.ahead(session, run)
    if operation is not None:
        return resolve(studio, lease, operation)
    # Once the motion is paid there is nothing left to stop, whatever was asked while it was unknown.
    if deleting:
        with progress(studio, lease) as (session, run):
            run.cancel_requested_by = None
            events.record(session, run, "The deletion had left already, so it is finished", level="warning")
    elif rendering:
        with progress(studio, lease) as (session, run):
            run.cancel_requested_by = None
            said = N_("HeyGen had accepted the video already, so it is finished and kept")
            events.record(session, run, said, level="warning")
    elif asked and not paid:
        with progress(studio, lease) as (session, run):
            cancel(session, run, run.cancel_requested_by or run.actor)
        return None
    elif halted:
        with progress(studio, lease) as (session, run):
            # Lifted meanwhile: then the run simply goes on.
            return None if breaker.pause(session, run) else 0
    return (video if run.kind == "video" else avatar).step(studio, lease, run, location)


def _broke(studio: Studio, lease: Lease, error: Exception) -> float | None:
    """A defect or a full disk: keep the run, say it, come back later."""
    log.error("run %s: %s", lease.run_id, error, exc_info=not isinstance(error, StudioError))
    try:
        with progress(studio, lease) as (session, run):
            if run.ended_at is not None:
                return None
            if isinstance(error, StudioError):
                events.record(session, run, error.template, level="error", values=error.values)
                events.record(session, run, "This step broke off; trying again later", level="error")
            else:
                said = N_("This step broke off with an internal error ({kind}); trying again later")
                events.record(session, run, said, level="error", kind=type(error).__name__)
            return wait(run, retry_gap(studio, run) or BROKEN_GAP)
    except LeaseLost:
        return None
    except Damaged:
        raise
    except StudioError as again:
        log.error("run %s: could not note the failure: %s", lease.run_id, again)
        return BUSY_GAP
