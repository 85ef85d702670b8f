"""Freeing a slot: the one step of a free_slot run, which deletes an avatar group in HeyGen.

Deleting what is deleted already changes nothing, so a call whose answer was lost is simply repeated. The
location keeps its ids until HeyGen has confirmed; then they stay as those of a past avatar.
"""

import logging

from core import account, events
from core.errors import StudioError
from core.heygen.errors import Missing, Refused
from core.leases import Lease
from core.models import Location, Run
from core.operations import Call, send
from core.outcomes import fail_step, unsuccessful
from core.progress import finish, progress
from core.studio import Studio

log = logging.getLogger("studio.slots")


def delete(studio: Studio, lease: Lease, run: Run, location: Location) -> float | None:
    """Delete the run's group, look whether it is gone, and finish. Raises HeyGenError."""
    group_id = run.group_id or _group_of(studio, lease, location)
    if group_id is None:
        error = StudioError("HeyGen does not say which group this avatar belongs to. Nothing was deleted.")
        return fail_step(studio, lease, error)
    outcome = send(
        studio,
        lease,
        Call(
            kind="delete_group",
            subject=group_id,
            request={"group_id": group_id},
            price=0,
            make=lambda: _delete(studio, group_id),
        ),
    )
    if outcome.state != "confirmed":
        return unsuccessful(studio, lease, outcome)
    with progress(studio, lease) as (session, run):
        events.record(session, run, "The avatar group was deleted in HeyGen: its slot is free")
        finish(session, run)
    try:
        account.refresh(studio)
    except StudioError as error:
        log.warning("the groups could not be counted anew: %s", error)
    return None


def _group_of(studio: Studio, lease: Lease, location: Location) -> str | None:
    """The group of an avatar that came by import, written down before it is deleted."""
    group_id = studio.client.get_avatar(location.heygen_avatar_id).group_id
    if group_id is not None:
        with progress(studio, lease) as (session, run):
            place = session.get_one(Location, run.location_id)
            place.heygen_group_id = run.group_id = group_id
            session.add(place)
    return group_id


def _delete(studio: Studio, group_id: str) -> dict[str, object]:
    """Delete and look. Raises HeyGenError; a group that is gone already is as good as deleted."""
    gone = False
    try:
        studio.client.delete_group(group_id)
    except Missing:
        gone = True
    if any(group.id == group_id for group in studio.client.list_groups().groups):
        raise Refused("HeyGen still lists the group after deleting it. Look into HeyGen, then retry.")
    return {"deleted": group_id, "was_gone_already": gone}
