"""The routes of each dialect. What is not among them is unknown to HeyGen, as outside."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.sandbox import (
    account,
    assets,
    avatars,
    control,
    v2,
    v3_account,
    v3_avatars,
    v3_hooks,
    v3_videos,
    videos,
    voices,
)
from core.sandbox.answers import BAD_QUERY, flat
from core.sandbox.ask import Ask
from core.sandbox.photos import Photo

Work = Callable[[sqlite3.Connection, Ask], dict[str, Any]]


@dataclass(frozen=True)
class Way:
    """A route: its name for faults and counts ("" has neither), and its work.

    `photo` gets the call's photo before the rows are locked. `body`: "json", "bytes" or "form".
    `repeats`: an Idempotency-Key is heeded.
    """

    name: str
    method: str
    path: str
    work: Work
    photo: Callable[[Ask], Photo | None] | None = None
    body: str = "json"
    repeats: bool = False

    @property
    def control(self) -> bool:
        """True for what is the sandbox's own, not HeyGen's."""
        return self.path.startswith("/sandbox/")


def _wrong_method(rows: sqlite3.Connection, ask: Ask) -> dict[str, Any]:
    raise flat(405, BAD_QUERY, "Method not allowed")


_CONTROL = (
    Way("", "GET", "/sandbox/state", control.state),
    Way("", "POST", "/sandbox/faults", control.add_fault),
    Way("", "DELETE", "/sandbox/faults", control.clear_faults),
    Way("", "POST", "/sandbox/settings", control.change_settings),
    Way("", "POST", "/sandbox/reset", control.reset),
)
#: What the brief leaves to v1 and v2 as they were published.
_LEGACY = (
    Way("groups", "GET", "/v2/avatar_group.list", account.list_groups),
    Way("delete", "DELETE", "/v2/photo_avatar_group/{group_id}", account.delete_group),
    Way("delete", "DELETE", "/v2/photo_avatar/{avatar_id}", account.delete_look),
    Way("quota", "GET", "/v2/user/remaining_quota", account.remaining_quota),
    Way("voices", "GET", "/v2/voices", voices.list_voices),
    Way("video", "POST", "/v2/video/generate", videos.generate),
    Way("video_status", "GET", "/v1/video_status.get", videos.get_status),
    Way("videos", "GET", "/v1/video.list", videos.list_videos),
)
_MOTION = "/v1/photo_avatar.add_motion"
WAYS: dict[str, tuple[Way, ...]] = {
    "workflow": (
        Way("upload", "POST", "/v1/asset", assets.upload, photo=assets.fetched),
        Way("create", "POST", "/v2/photo_avatar/avatar_group/create", avatars.create_group),
        Way("motion", "POST", _MOTION, avatars.add_motion),
        # The route exists and the method is wrong: so a free call tells this dialect from v2.
        Way("", "GET", _MOTION, _wrong_method),
        Way("avatar", "GET", "/v2/photo_avatar/{avatar_id}", avatars.get_avatar),
        Way("looks", "GET", "/v2/avatar_group/{group_id}/avatars", account.list_looks),
        *_LEGACY,
        *_CONTROL,
    ),
    "v2": (
        Way("upload", "POST", "/v1/asset", assets.upload, photo=assets.sent, body="bytes"),
        Way("create", "POST", "/v2/photo_avatar/avatar_group/create", v2.create_group),
        Way("motion", "POST", "/v2/photo_avatar/add_motion", v2.add_motion),
        Way("avatar", "GET", "/v2/photo_avatar/{avatar_id}", v2.get_avatar),
        Way("looks", "GET", "/v2/avatar_group/{group_id}/avatars", v2.list_looks),
        *_LEGACY,
        *_CONTROL,
    ),
    "v3": (
        Way(
            "upload",
            "POST",
            "/v3/assets",
            assets.upload_form,
            photo=assets.in_form,
            body="form",
            repeats=True,
        ),
        Way("create", "POST", "/v3/avatars", v3_avatars.create, photo=v3_avatars.photo, repeats=True),
        Way("groups", "GET", "/v3/avatars", v3_avatars.list_groups),
        Way("looks", "GET", "/v3/avatars/looks", v3_avatars.list_looks),
        Way("avatar", "GET", "/v3/avatars/looks/{look_id}", v3_avatars.get_look),
        Way("delete", "DELETE", "/v3/avatars/looks/{look_id}", v3_avatars.delete_look),
        Way("groups", "GET", "/v3/avatars/{group_id}", v3_avatars.get_group),
        Way("delete", "DELETE", "/v3/avatars/{group_id}", v3_avatars.delete_group),
        Way("video", "POST", "/v3/videos", v3_videos.generate, repeats=True),
        Way("videos", "GET", "/v3/videos", v3_videos.list_videos),
        Way("video_status", "GET", "/v3/videos/{video_id}", v3_videos.get_video),
        Way("voices", "GET", "/v3/voices", v3_account.list_voices),
        Way("quota", "GET", "/v3/users/me", v3_account.me),
        Way("key", "GET", "/v3/api_keys/self", v3_account.key),
        Way("webhooks", "POST", "/v3/webhooks/endpoints", v3_hooks.add),
        Way("webhooks", "GET", "/v3/webhooks/endpoints", v3_hooks.show),
        Way("webhooks", "DELETE", "/v3/webhooks/endpoints/{endpoint_id}", v3_hooks.delete),
        *_CONTROL,
    ),
}
