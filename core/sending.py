"""How a call that is written down is made: by its kind and its stored request, and by nothing else.

So what stands in the journal is what was sent, and a call can be sent once more exactly as it was.
"""

from typing import Any

from core.heygen.dialect import Dialect
from core.heygen.errors import Missing


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
