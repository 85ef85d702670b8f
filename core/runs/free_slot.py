"""Freeing a slot: the one step of a free_slot run, which deletes an avatar group in HeyGen.

Deleting what is deleted already changes nothing, so a call whose answer was lost is simply repeated. The
location keeps its ids until HeyGen lists the group no more; then they stay as those of a past avatar.
"""

import logging

from sqlmodel import Session

from core.account import balance
from core.bloggers import past_avatars
from core.bloggers.editing import avatar_of
from core.database.leases import Lease
from core.database.tables.bloggers import Location, PastAvatar
from core.database.tables.runs import Run
from core.errors import Refusal, StudioError
from core.heygen.errors import Missing
from core.journal import events, ownership, unaware
from core.journal.progress import finish, progress
from core.journal.queries import deletion_confirmed
from core.journal.sending import Call, send
from core.locale import N_
from core.runs.unconfirmed import HeyGenSays, fail_step, poll, unsuccessful
from core.studio import Studio

log = logging.getLogger("studio.slots")

#: How long HeyGen may go on listing a group that it has deleted, in seconds of its time.
LISTED_DEADLINE = 300.0
STILL_LISTED = N_(
    "HeyGen still lists the group {minutes} minutes after deleting it. The location keeps its avatar. "
    "Look into HeyGen, then retry."
)

MAYBE_CANCELLED = N_(
    "This was confirmed before the backup from which the Studio was restored, and HeyGen still has the "
    "group: the deletion may have been cancelled since. Nothing was deleted. Free the slot anew, if it is "
    "still wanted."
)


def check_target(session: Session, run: Run) -> None:
    """Raise Refusal when the run's avatar is not where it was at the confirmation: no other is deleted."""
    location = session.get_one(Location, run.location_id)
    past_avatar = session.get(PastAvatar, run.past_id) if run.past_id is not None else None
    if run.past_id is None:
        there = run.avatar_id == avatar_of(location)
    else:
        there = (
            past_avatar is not None
            and past_avatar.deleted_at is None
            and run.avatar_id == avatar_of(past_avatar)
        )
    if not there:
        raise Refusal(
            "The location's avatars have changed since this was confirmed. Nothing was deleted. "
            "Free the slot anew, if it is still wanted."
        )


def delete(studio: Studio, lease: Lease, run: Run, location: Location) -> float | None:
    """Delete the run's group once, then look until it is gone, and finish. Raises HeyGenError."""
    with studio.db.read() as session:
        deleted = deletion_confirmed(session, lease.run_id)
        decided_before = unaware.decided_before(session, run)
        try:
            check_target(session, run)
        except Refusal as error:
            return fail_step(studio, lease, error)
    if deleted is not None:
        return _look(studio, lease, deleted)
    group_id = run.group_id or _group_of(studio, lease, run)
    if group_id is None:
        error = StudioError("HeyGen does not say which group this avatar belongs to. Nothing was deleted.")
        return fail_step(studio, lease, error)
    shared = _also_used_by(studio, run, group_id)
    if shared is not None:
        return fail_step(studio, lease, shared)
    if decided_before and _is_listed(studio, group_id):
        return fail_step(studio, lease, HeyGenSays(MAYBE_CANCELLED))
    outcome = send(
        studio,
        lease,
        Call(
            kind="delete_group",
            subject=group_id,
            request={"group_id": group_id},
            price=0,
        ),
    )
    return 0 if outcome.state == "confirmed" else unsuccessful(studio, lease, outcome)


def _look(studio: Studio, lease: Lease, group_id: str) -> float | None:
    if _is_listed(studio, group_id):
        return poll(studio, lease, LISTED_DEADLINE, "", STILL_LISTED)
    with progress(studio, lease) as (session, run):
        location = session.get_one(Location, run.location_id)
        past_avatars.group_deleted(session, location, group_id, actor=run.actor)
        events.record(session, run, "The avatar group was deleted in HeyGen: its slot is free")
        finish(session, run)
    try:
        balance.refresh(studio)
    except StudioError as error:
        log.warning("the groups could not be counted anew: %s", error)
    return None


def _group_of(studio: Studio, lease: Lease, run: Run) -> str | None:
    """The group of an avatar that came by import, written down before it is deleted."""
    group_id = studio.client.get_avatar(run.avatar_id or "").group_id
    if group_id is not None:
        with progress(studio, lease) as (session, run):
            place = session.get_one(Location, run.location_id)
            if run.past_id is not None:
                place = session.get_one(PastAvatar, run.past_id)
            place.heygen_group_id = run.group_id = group_id
            session.add(place)
    return group_id


def _also_used_by(studio: Studio, run: Run, group_id: str) -> StudioError | None:
    """Why the group must stay: another location uses an avatar in it. Raises HeyGenError."""
    try:
        looks = {look.id for look in studio.client.list_looks(group_id)}
    except Missing:
        looks = set()
    with studio.db.read() as session:
        past = run.past_id is not None
        own = session.get(PastAvatar, run.past_id) if past else session.get(Location, run.location_id)
        other = ownership.owner(session, group_id, looks, besides=own)
    if other is None:
        return None
    return HeyGenSays(
        "The group also holds an avatar of {location}. Nothing was deleted.", location=other.name
    )


def _is_listed(studio: Studio, group_id: str) -> bool:
    """True while HeyGen shows the group. Where it holds more than it lists, it is asked for the group."""
    listing = studio.client.list_groups()
    if listing.complete or any(group.id == group_id for group in listing.groups):
        return any(group.id == group_id for group in listing.groups)
    try:
        studio.client.list_looks(group_id)
    except Missing:
        return False
    return True
