"""HeyGen: the brief's helper, and one client that speaks three dialects.

May import: photos and below.
"""

import threading
from typing import ClassVar

from core import config
from core.heygen.answers import AvatarDetails, GroupListing, LookInfo, VideoDetails, VideoListing, VoiceInfo
from core.heygen.dialect import Dialect
from core.heygen.transport import CHANGES, UPLOADS, Timing, Transport
from core.heygen.v2 import V2Dialect
from core.heygen.v3 import V3Dialect
from core.heygen.workflow import WorkflowDialect


def connect(settings: config.Settings, *, stop: threading.Event | None = None) -> Dialect:
    """The client of these settings' dialect; `stop` ends waits between retries and bars new paid calls.

    Raises BadInput when the settings have no key or no address, StartRefused for an impossible key.
    """

    def transport(base: str, changes: Timing = CHANGES) -> Transport:
        return Transport(base, settings.api_key, dialect=settings.dialect, stop=stop, changes=changes)

    calls = transport(settings.api_base)
    if settings.dialect == "v2":
        return V2Dialect(calls, transport(settings.upload_base, UPLOADS), settings)
    if settings.dialect == "v3":
        return V3Dialect(calls, transport(settings.api_base, UPLOADS), settings)
    return WorkflowDialect(calls)


class HeyGenHelper:
    """The brief's calls by their names, with the process's settings.

    What they return and raise stands at `Dialect`. In a process without a key they raise BadInput
    until `use` has given them the sandbox's client.
    """

    _client: ClassVar[Dialect | None] = None

    @classmethod
    def use(cls, client: Dialect | None) -> None:
        """Take this client from now on; None: make one from the settings at the next call."""
        cls._client = client

    @classmethod
    def _current(cls) -> Dialect:
        if cls._client is None:
            cls._client = connect(config.load())
        return cls._client

    @classmethod
    def upload_asset(cls, image_url: str) -> str:
        """The image_key of the photo at `image_url`."""
        return cls._current().upload_asset(image_url)

    @classmethod
    def create_photo_avatar_group(cls, name: str, image_key: str) -> dict[str, str]:
        """`{"avatar_id", "group_id"}` of a new group."""
        return cls._current().create_photo_avatar_group(name, image_key)

    @classmethod
    def add_motion_to_avatar(cls, avatar_id: str, motion_type: str = "veo2") -> dict[str, str]:
        """`{"status"}` of the accepted motion; costs 1 credit every time."""
        return cls._current().add_motion_to_avatar(avatar_id, motion_type)

    @classmethod
    def get_avatar(cls, avatar_id: str) -> AvatarDetails:
        """How the avatar and its motion are doing."""
        return cls._current().get_avatar(avatar_id)

    @classmethod
    def list_groups(cls) -> GroupListing:
        """The account's own groups."""
        return cls._current().list_groups()

    @classmethod
    def list_looks(cls, group_id: str) -> tuple[LookInfo, ...]:
        """The looks of a group."""
        return cls._current().list_looks(group_id)

    @classmethod
    def delete_group(cls, group_id: str) -> None:
        """Delete a group, which frees its slot."""
        cls._current().delete_group(group_id)

    @classmethod
    def remaining_credits(cls) -> int:
        """API credits left, in micro-credits."""
        return cls._current().remaining_credits()

    @classmethod
    def generate_video(
        cls, *, avatar_id: str, voice_id: str, script: str, title: str, width: int, height: int
    ) -> str:
        """The video_id of a video that is now being rendered."""
        return cls._current().generate_video(
            avatar_id=avatar_id, voice_id=voice_id, script=script, title=title, width=width, height=height
        )

    @classmethod
    def get_video(cls, video_id: str) -> VideoDetails:
        """How the video is doing."""
        return cls._current().get_video(video_id)

    @classmethod
    def list_videos(cls) -> VideoListing:
        """The account's videos."""
        return cls._current().list_videos()

    @classmethod
    def list_voices(cls) -> tuple[VoiceInfo, ...]:
        """The voices that can speak a script."""
        return cls._current().list_voices()
