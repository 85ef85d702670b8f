"""What the three dialects have in common, and what tells them apart.

A dialect says how HeyGen is spoken to; what is done, and what is paid, is the same in all three. Everything
outside core.heygen asks the traits here, never for a dialect's name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from core.amounts import CREDITS
from core.heygen.answers import (
    About,
    AvatarDetails,
    GroupListing,
    LookInfo,
    VideoDetails,
    VideoListing,
    VoiceInfo,
)


@dataclass(frozen=True, kw_only=True)
class Traits:
    """How one dialect differs.

    `motion` says where a motion lives: "status", a state of the avatar itself (workflow); "look", a new look
    in the avatar's group (v2); "render", an option of each video (v3), so that adding it is no call and
    costs nothing. `motion_types` has the brief's motion types that can be had here, with what is sent for
    each. `sends_photos`: photos leave as bytes, so HeyGen needs no address it can reach. `repeats`: a lost
    creating call may be sent again with the same idempotency key. `unit` is what prices and balance are in.
    """

    name: str
    motion: str
    motion_types: Mapping[str, str]
    sends_photos: bool = False
    repeats: bool = False
    unit: str = CREDITS


class Dialect(Protocol):
    """HeyGen's client in one dialect; safe to share between threads.

    Every method raises a HeyGenError: NotSent, RateLimited, a Refused or OutcomeUnknown; an answer without
    what the method returns is OutcomeUnknown. `key` is the idempotency key of a creating call: dialects whose
    HeyGen knows none leave it out, the others make one where it is empty.
    """

    @property
    def traits(self) -> Traits: ...

    @property
    def notice(self) -> Mapping[str, str]:
        """What HeyGen last announced of this dialect's end: `sunset` (a date), `message`; {} for nothing."""
        ...

    def server_time(self) -> float | None:
        """HeyGen's own clock now, in epoch seconds; None where no recent answer told it. No call is made."""
        ...

    def about(self) -> About:
        """Which dialect is really spoken there, the account's plan and what the key may do."""
        ...

    def needs_upload(self, image_url: str) -> bool:
        """False where HeyGen takes the photo from its address when the group is created.

        Then `image_url` itself stands for the image_key.
        """
        ...

    def upload_asset(self, image_url: str, *, key: str = "") -> str:
        """The image_key of the photo at `image_url`. Free."""
        ...

    def create_photo_avatar_group(self, name: str, image_key: str, *, key: str = "") -> dict[str, str]:
        """`{"avatar_id", "group_id"}` of a new group with one look; takes a group slot."""
        ...

    def add_motion_to_avatar(
        self, avatar_id: str, motion_type: str = "veo2", *, key: str = ""
    ) -> dict[str, str]:
        """`{"status"}` of the accepted motion; with `avatar_id` where the motion is a look of its own.

        Raises UnsupportedMotion, without a call, for a type that cannot be had here.
        """
        ...

    def get_avatar(self, avatar_id: str) -> AvatarDetails:
        """How the avatar and its motion are doing."""
        ...

    def list_groups(self) -> GroupListing:
        """The account's own groups, and HeyGen's clock."""
        ...

    def list_looks(self, group_id: str) -> tuple[LookInfo, ...]:
        """The looks of a group; empty while HeyGen has not made the first one yet."""
        ...

    def delete_group(self, group_id: str) -> None:
        """Delete the group with its looks, which frees its slot. Raises Missing when there is none."""
        ...

    def remaining_credits(self) -> int:
        """What is left to spend, in millionths of the dialect's unit, rounded down."""
        ...

    def generate_video(
        self,
        *,
        avatar_id: str,
        voice_id: str,
        script: str,
        title: str,
        width: int,
        height: int,
        motion_type: str = "",
        key: str = "",
    ) -> str:
        """The video_id of a video that is now being rendered. It is charged by its length.

        `motion_type` counts only where a motion is an option of the video.
        """
        ...

    def get_video(self, video_id: str) -> VideoDetails:
        """How the video is doing. An `error` beside a finished video is no failure: it has a watermark."""
        ...

    def list_videos(self) -> VideoListing:
        """The account's videos, all pages up to a limit, each once."""
        ...

    def list_voices(self) -> tuple[VoiceInfo, ...]:
        """The voices that can speak a script."""
        ...
