"""What v3 lists of an account, page by page (heygen-api.md 2i, 7c and 8)."""

from collections.abc import Mapping
from typing import Any

from core.heygen import answers
from core.heygen.answers import (
    GroupInfo,
    GroupListing,
    LookInfo,
    VideoInfo,
    VideoListing,
    VoiceInfo,
    number,
    text,
)
from core.heygen.envelope import Answer, Call
from core.heygen.legacy import MOST_PAGES, incomplete
from core.heygen.transport import Transport

#: The most entries on one page of each listing.
AVATARS_A_PAGE, VIDEOS_A_PAGE, VOICES_A_PAGE = 50, 100, 100


class V3Listings:
    """The listings of v3. What is raised stands at `core.heygen.dialect.Dialect`."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    @property
    def notice(self) -> Mapping[str, str]:
        """The end of this dialect as HeyGen last announced it: see core.heygen.envelope.notice."""
        return self._transport.notice

    def list_groups(self) -> GroupListing:
        """The account's own groups, all pages (MOST_PAGES at most), and HeyGen's clock."""
        found, first, complete = self._pages("/v3/avatars", AVATARS_A_PAGE, "id", ownership="private")
        groups = tuple(
            GroupInfo(
                id=group_id,
                # Not trimmed: reconciliation compares it with the name that was sent.
                name=str(group.get("name") or ""),
                created_at=number(group, "created_at"),
                looks=int(number(group, "looks_count") or 0),
                preview=text(group, "preview_image_url") or "",
            )
            for group_id, group in found.items()
        )
        return GroupListing(groups=groups, server_time=first.server_time, complete=complete)

    def list_looks(self, group_id: str) -> tuple[LookInfo, ...]:
        """The looks of a group. Raises Missing for a group that HeyGen does not know."""
        found, _, _ = self._pages("/v3/avatars/looks", AVATARS_A_PAGE, "id", group_id=group_id)
        return tuple(
            LookInfo(
                id=look_id,
                group_id=text(look, "group_id") or group_id,
                status=answers.avatar_status(look),
                is_motion=False,
                preview=text(look, "preview_image_url") or "",
                photo=(text(look, "avatar_type") or "photo_avatar") == "photo_avatar",
            )
            for look_id, look in found.items()
        )

    def list_videos(self) -> VideoListing:
        """The account's videos, all pages (MOST_PAGES at most), each once."""
        found, first, complete = self._pages("/v3/videos", VIDEOS_A_PAGE, "id", "video_id")
        videos = tuple(
            VideoInfo(
                id=video_id,
                # Not trimmed: reconciliation compares it with the title that was sent.
                title=str(video.get("title") or ""),
                status=answers.video_status(video) or "pending",
                created_at=number(video, "created_at"),
            )
            for video_id, video in found.items()
        )
        return VideoListing(videos, first.server_time, complete)

    def list_voices(self) -> tuple[VoiceInfo, ...]:
        """The voices that can speak a script, all pages (MOST_PAGES at most)."""
        found, _, _ = self._pages("/v3/voices", VOICES_A_PAGE, "voice_id")
        return tuple(
            VoiceInfo(
                voice_id=voice_id,
                name=text(voice, "name") or "",
                language=text(voice, "language") or "",
                gender=text(voice, "gender") or "",
                preview_url=text(voice, "preview_audio_url"),
            )
            for voice_id, voice in found.items()
        )

    def _pages(
        self, path: str, size: int, *id_keys: str, **params: str
    ) -> tuple[dict[str, dict[str, Any]], Answer, bool]:
        """The entries of a listing by their ids, its first page, and whether all pages were read.

        An entry without an id makes the whole answer unreadable: one left out could look like one that was
        never made.
        """
        entries: dict[str, dict[str, Any]] = {}
        first: Answer | None = None
        tokens = {""}
        token = ""
        for _ in range(MOST_PAGES):
            query = {**params, "limit": str(size)} | ({"token": token} if token else {})
            call = Call(method="GET", path=path, params=query)
            answer = self._transport.send(call)
            found = answers.entries(answer.data, *id_keys)
            if found is None:
                incomplete(call, answer)
            first = first or answer
            for entry in found:
                entries.setdefault(text(entry, *id_keys) or "", entry)
            token = answer.next_token
            if token in tokens:
                return entries, first, not token and not answer.more
            tokens.add(token)
        assert first is not None
        return entries, first, False
