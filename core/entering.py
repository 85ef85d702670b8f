"""Ids that a person entered as the answer to a lost call: whether they can be it, as far as is known here.

Only a claim: whoever advances the run asks HeyGen whether it knows them.
"""

from sqlmodel import Session, select

from core.database.tables.bloggers import Location
from core.database.tables.runs import Operation
from core.errors import BadInput
from core.journal import ownership
from core.studio import Studio


def claim(
    studio: Studio, session: Session, operation: Operation, avatar_id: str, group_id: str
) -> dict[str, str]:
    """The claim as the operation keeps it. Raises BadInput when an id is missing, taken or of another avatar.

    `avatar_id` is the video's id where the call was to make a video.
    """
    avatar_id, group_id = avatar_id.strip(), group_id.strip()
    if operation.kind == "generate_video":
        return _video(session, avatar_id)
    if not avatar_id or (operation.kind == "create_group" and not group_id):
        raise BadInput("Enter the avatar's id and the group's id as HeyGen shows them. Nothing was changed.")
    if operation.kind == "create_group" and ownership.taken(session, group_id, operation.location_id):
        raise BadInput("That group belongs to another location already. Nothing was changed.")
    if operation.kind == "add_motion":
        group_id = _group_of_motion(studio, session, operation, avatar_id)
    return {"avatar_id": avatar_id} | ({"group_id": group_id} if group_id else {})


def _video(session: Session, video_id: str) -> dict[str, str]:
    if not video_id:
        raise BadInput("Enter the video's id as HeyGen shows it. Nothing was changed.")
    if session.exec(select(Operation.id).where(Operation.video_id == video_id)).first() is not None:
        raise BadInput("That video belongs to another run already. Nothing was changed.")
    return {"video_id": video_id}


def _group_of_motion(studio: Studio, session: Session, operation: Operation, avatar_id: str) -> str:
    """The group that the entered motion must be of, "" for any. Raises BadInput."""
    if studio.client.traits.motion != "look":
        if avatar_id != operation.subject:
            raise BadInput(
                "That is not the id of this location's avatar ({id}). Nothing was changed.",
                id=operation.subject,
            )
        return ""
    known = select(Operation.id).where(Operation.look_id == avatar_id).limit(1)
    used = select(Location.id).where(Location.heygen_avatar_id == avatar_id).limit(1)
    if avatar_id == operation.subject or session.exec(known).first() or session.exec(used).first():
        raise BadInput(
            "That look was there before this motion. Nothing was changed. Enter the new look's id."
        )
    return session.get_one(Location, operation.location_id).heygen_group_id or ""
