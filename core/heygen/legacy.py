"""What the dialects `workflow` and `v2` have in common: v1 and v2 as HeyGen published them.

Listing, deleting, quota, voices and videos, on docs.heygen.com and developers.heygen.com/studio-api.
"""

from collections.abc import Mapping
from typing import Any

from core.amounts import MICRO
from core.heygen import answers
from core.heygen.answers import (
    About,
    GroupInfo,
    GroupListing,
    LookInfo,
    VideoDetails,
    VideoInfo,
    VideoListing,
    VoiceInfo,
    identifier,
    moment,
    number,
    records,
    text,
)
from core.heygen.envelope import Answer, Request, incomplete, segment
from core.heygen.errors import Missing, Refused, UnknownRoute
from core.heygen.sayings import CREATE
from core.heygen.transport import Transport

#: remaining_quota counts in units of which 60 are one credit.
UNITS_A_CREDIT = 60

#: A listing of videos comes in pages of this many, and no more pages than these are read.
VIDEOS_A_PAGE = 100
MOST_PAGES = 50


class LegacyDialect:
    """HeyGen before v3. What is raised stands at `core.heygen.dialect.Dialect`."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    @property
    def notice(self) -> Mapping[str, str]:
        """The end of this dialect as HeyGen last announced it: see core.heygen.envelope.notice."""
        return self._transport.notice

    def server_time(self) -> float | None:
        """HeyGen's clock now: see core.heygen.transport.Transport.server_time."""
        return self._transport.server_time()

    def _create(self, path: str, body: Mapping[str, Any], name: str = "") -> tuple[Request, Answer]:
        """Send what creates something; `name` is the brief's name of its failure."""
        request = Request(method="POST", path=path, body=body, name=name, if_unknown=CREATE)
        return request, self._transport.send(request)

    def list_groups(self) -> GroupListing:
        """The account's own groups, and HeyGen's clock."""
        request = Request(method="GET", path="/v2/avatar_group.list", params={"include_public": "false"})
        answer = self._transport.send(request)
        found = records(answer.data, "avatar_group_list", "id")
        if found is None:
            incomplete(request, answer)
        groups = tuple(
            GroupInfo(
                id=text(group, "id") or "",
                # Not trimmed: reconciliation compares it with the name that was sent.
                name=str(group.get("name") or ""),
                created_at=moment(group, "created_at"),
                looks=int(number(group, "num_looks") or 0),
                preview=text(group, "preview_image") or "",
            )
            for group in found
        )
        return GroupListing(groups=groups, server_time=answer.server_time)

    def list_looks(self, group_id: str) -> tuple[LookInfo, ...]:
        """The looks of a group; empty while HeyGen has not made the first one yet."""
        request = Request(method="GET", path=f"/v2/avatar_group/{segment(group_id)}/avatars")
        answer = self._transport.send(request)
        found = records(answer.data, "avatar_list", "id", "avatar_id")
        if found is None:
            incomplete(request, answer)
        return tuple(
            LookInfo(
                id=text(look, "id", "avatar_id") or "",
                group_id=text(look, "group_id") or group_id,
                status=answers.avatar_status(look),
                is_motion=look.get("is_motion") is True,
                preview=text(look, "image_url", "preview_image_url") or "",
                # Avatars made of videos stand in the same list, in another shape (heygen-api.md 2f).
                photo=text(look, "id") is not None,
            )
            for look in found
        )

    def delete_group(self, group_id: str) -> None:
        """Delete the group with its looks, which frees its slot. Raises Missing when there is none."""
        path = f"/v2/photo_avatar_group/{segment(group_id)}"
        self._transport.send(Request(method="DELETE", path=path, if_unknown=CREATE))

    def remaining_credits(self) -> int:
        """API credits left, in micro-credits, rounded down. Only `details.api` pays for API calls."""
        request = Request(method="GET", path="/v2/user/remaining_quota")
        answer = self._transport.send(request)
        details = answer.data.get("details") if isinstance(answer.data, dict) else None
        units = number(details, "api")
        if units is None:
            units = number(answer.data, "remaining_quota")
        if units is None:
            incomplete(request, answer)
        return int(units * MICRO // UNITS_A_CREDIT)

    def about(self) -> About:
        """workflow where the brief's own route for a motion is known, else v2; no plan and no scope."""
        try:
            self._transport.send(Request(method="GET", path="/v1/photo_avatar.add_motion"))
        except (UnknownRoute, Missing):
            return About("v2")
        except Refused:
            # The route is there; it takes no GET.
            pass
        return About("workflow")

    def needs_upload(self, image_url: str) -> bool:
        """True: a group is made of an image_key, and only an upload gives one."""
        return True

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
        """The video_id of a video that is now being rendered. It is charged by its length."""
        scene = {
            # A photo avatar's id under type "avatar" is refused as avatar_not_found.
            "character": {"type": "talking_photo", "talking_photo_id": avatar_id},
            "voice": {"type": "text", "voice_id": voice_id, "input_text": script},
        }
        dimension = {"width": width, "height": height}
        request, answer = self._create(
            "/v2/video/generate", {"title": title, "dimension": dimension, "video_inputs": [scene]}
        )
        return identifier(answer.data, "video_id") or incomplete(request, answer)

    def get_video(self, video_id: str) -> VideoDetails:
        """How the video is doing. An `error` beside a finished video is no failure: it has a watermark."""
        request = Request(method="GET", path="/v1/video_status.get", params={"video_id": video_id})
        answer = self._transport.send(request)
        data, mask = answer.data, self._transport.mask
        code, failure = mask(answers.error_code(data)), mask(answers.failure(data))
        video = answers.video_details(data, video_id, code=code, failure=failure)
        return video or incomplete(request, answer)

    def list_videos(self) -> VideoListing:
        """The account's videos, all pages (MOST_PAGES at most), each once.

        An entry without an id makes the whole answer unreadable: one left out could look like one that was
        never made.
        """
        videos: dict[str, VideoInfo] = {}
        tokens: set[str] = set()
        token, server_time = "", None
        for page in range(MOST_PAGES):
            params = {"limit": str(VIDEOS_A_PAGE)} | ({"token": token} if token else {})
            request = Request(method="GET", path="/v1/video.list", params=params)
            answer = self._transport.send(request)
            found = records(answer.data, "videos", "video_id", "id")
            if found is None:
                incomplete(request, answer)
            if page == 0:
                server_time = answer.server_time
            for video in map(_video_info, found):
                videos.setdefault(video.id, video)
            token = text(answer.data, "token") or ""
            if not token or token in tokens:
                return VideoListing(tuple(videos.values()), server_time)
            tokens.add(token)
        return VideoListing(tuple(videos.values()), server_time, complete=False)

    def list_voices(self) -> tuple[VoiceInfo, ...]:
        """All voices; a long list in one answer."""
        request = Request(method="GET", path="/v2/voices")
        answer = self._transport.send(request)
        found = records(answer.data, "voices", "voice_id")
        if found is None:
            incomplete(request, answer)
        return tuple(
            VoiceInfo(
                voice_id=text(voice, "voice_id") or "",
                name=text(voice, "name") or "",
                language=text(voice, "language") or "",
                gender=text(voice, "gender") or "",
                preview_url=text(voice, "preview_audio"),
            )
            for voice in found
        )


def _video_info(video: dict[str, Any]) -> VideoInfo:
    return VideoInfo(
        id=text(video, "video_id", "id") or "",
        # Not trimmed: reconciliation compares it with the title that was sent.
        title=str(video.get("video_title") or video.get("title") or ""),
        status=answers.video_status(video) or "pending",
        created_at=moment(video, "created_at"),
    )
