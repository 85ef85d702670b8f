"""HeyGen's current API (heygen-api.md sections 1b, 2i, 6c, 7c, 8, 10b)."""

import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from core.amounts import DOLLARS
from core.config import Settings, is_loopback
from core.heygen import answers
from core.heygen.answers import (
    About,
    AvatarDetails,
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
    text,
)
from core.heygen.dialect import Traits
from core.heygen.envelope import Answer, Request, incomplete, segment
from core.heygen.errors import (
    ADD_MOTION_FAILED,
    ASSET_UPLOAD_FAILED,
    GROUP_CREATION_FAILED,
    Refused,
    UnsupportedMotion,
)
from core.heygen.legacy import MOST_PAGES
from core.heygen.motions import MOTION_TYPES, check_motion_type, render_options
from core.heygen.sayings import CREATE, UPLOAD
from core.heygen.transport import Transport, photo_file
from core.photos.address import is_upload, reachable_url

TRAITS = Traits(
    name="v3",
    motion="render",
    motion_types={slug: slug for slug in MOTION_TYPES},
    sends_photos=True,
    repeats=True,
    unit=DOLLARS,
)

#: The most entries on one page of each listing.
AVATARS_A_PAGE, VIDEOS_A_PAGE, VOICES_A_PAGE = 50, 100, 100


class V3Dialect:
    """HeyGen's v3. What is raised stands at `core.heygen.dialect.Dialect`."""

    traits = TRAITS

    def __init__(self, transport: Transport, uploads: Transport, settings: Settings) -> None:
        self._transport = transport
        self._uploads = uploads
        self._settings = settings

    def needs_upload(self, image_url: str) -> bool:
        """False for a public address and for the sandbox's own, from which it can fetch itself."""
        if is_upload(image_url):
            return True
        image_url = reachable_url(image_url, self._settings)
        host = (urlsplit(image_url).hostname or "").lower()
        if image_url.startswith("https://"):
            # Hosts named in PHOTO_HOSTS may be a team's own storage, which only the Studio reaches.
            return is_loopback(image_url) or host in self._settings.photo_hosts
        return not (is_loopback(image_url) and image_url.startswith(f"{self._settings.api_base}/"))

    def upload_asset(self, image_url: str, *, key: str = "") -> str:
        """The asset_id of the photo at a stored address, whose bytes are sent. Free.

        Raises PhotoRefused, without a call to HeyGen, when the photo cannot be fetched or used.
        """
        request = Request(
            method="POST",
            path="/v3/assets",
            file=photo_file(image_url, self._settings, in_form=True),
            key=_key(key),
            name=ASSET_UPLOAD_FAILED,
            if_unknown=UPLOAD,
        )
        answer = self._uploads.send(request)
        return identifier(answer.data, "asset_id") or incomplete(request, answer)

    def create_photo_avatar_group(self, name: str, image_key: str, *, key: str = "") -> dict[str, str]:
        """`{"avatar_id", "group_id"}` of a new group with one look. It is charged (heygen-api.md 10g).

        `image_key` is an asset_id, or the address that HeyGen fetches the photo from.
        """
        if image_key.startswith(("https://", "http://")):
            # The stored address of a sample stands for wherever the sandbox answers now.
            photo = {"type": "url", "url": reachable_url(image_key, self._settings)}
        else:
            photo = {"type": "asset_id", "asset_id": image_key}
        request = Request(
            method="POST",
            path="/v3/avatars",
            body={"type": "photo", "name": name, "file": photo},
            key=_key(key),
            name=GROUP_CREATION_FAILED,
            if_unknown=CREATE,
        )
        answer = self._transport.send(request)
        look, group = _part(answer.data, "avatar_item"), _part(answer.data, "avatar_group")
        look_id = identifier(look, "id") or incomplete(request, answer)
        group_id = identifier(group, "id") or identifier(look, "group_id") or incomplete(request, answer)
        return {"avatar_id": look_id, "group_id": group_id}

    def add_motion_to_avatar(
        self, avatar_id: str, motion_type: str = "veo2", *, key: str = ""
    ) -> dict[str, str]:
        """Raises UnsupportedMotion, without a call: a motion is an option of each video here."""
        check_motion_type(motion_type, self.traits)
        raise UnsupportedMotion(
            "HeyGen's dialect {dialect} adds no motion to an avatar: it is applied when the video is made. "
            "HeyGen was not asked and nothing was spent. Make a video with this avatar.",
            dialect=self.traits.name,
            name=ADD_MOTION_FAILED,
        )

    def get_avatar(self, avatar_id: str) -> AvatarDetails:
        """How the look is doing; it never has a motion of its own."""
        request = Request(method="GET", path=f"/v3/avatars/looks/{segment(avatar_id)}")
        answer = self._transport.send(request)
        look_id = text(answer.data, "id") or incomplete(request, answer)
        return AvatarDetails(
            avatar_id=look_id,
            group_id=text(answer.data, "group_id"),
            status=answers.avatar_status(answer.data),
            motion_status="none",
            failure=self._transport.mask(answers.failure(answer.data)),
        )

    def delete_group(self, group_id: str) -> None:
        """Delete the group with its looks, which frees its slot. Raises Missing when there is none."""
        self._transport.send(
            Request(method="DELETE", path=f"/v3/avatars/{segment(group_id)}", if_unknown=CREATE)
        )

    def remaining_credits(self) -> int:
        """Dollars left in the wallet, or up to the spending cap, in millionths, rounded down.

        Raises Refused for an account that pays in credits, or without a cap.
        """
        request, answer = self._me()
        wallet, usage = _part(answer.data, "wallet"), _part(answer.data, "usage_based")
        currency = (text(wallet, "currency") or DOLLARS).lower()
        balance = answers.micro(wallet, "remaining_balance")
        if balance is not None and currency == DOLLARS:
            return balance
        if usage:
            cap, spent = (
                answers.micro(usage, "spending_cap_usd"),
                answers.micro(usage, "spending_current_usd"),
            )
            if cap is not None and spent is not None:
                return cap - max(spent, 0)
            raise Refused(
                "HeyGen bills this account by use and names no spending cap, so there is no balance to go "
                "by. Nothing was spent. Set a spending cap in HeyGen, then try again."
            )
        if wallet or _part(answer.data, "subscription"):
            raise Refused(
                "This HeyGen account pays in credits of a web plan, but the prices of v3 are US dollars, so "
                "the two cannot be compared. Nothing was spent. Use the key of an account with an API wallet."
            )
        incomplete(request, answer)

    def about(self) -> About:
        """The plan: of a subscription its name, else how the account is billed; and the key's scope."""
        _, answer = self._me()
        plan = text(_part(answer.data, "subscription"), "plan") or text(answer.data, "billing_type") or ""
        try:
            key = self._transport.send(Request(method="GET", path="/v3/api_keys/self")).data
        except Refused:
            # A key of few rights may not even ask for them.
            key = None
        mask = self._transport.mask
        return About("v3", plan=mask(plan), scope=mask(text(key, "scope_mode") or ""))

    def _me(self) -> tuple[Request, Answer]:
        request = Request(method="GET", path="/v3/users/me")
        return request, self._transport.send(request)

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
        """The video_id of a video that is now being rendered by Avatar IV, the engine that knows motion.

        Raises UnsupportedMotion, without a call, for a motion type that is none of MOTION_TYPES.
        """
        if motion_type:
            check_motion_type(motion_type, self.traits)
        request = Request(
            method="POST",
            path="/v3/videos",
            body={
                "type": "avatar",
                "avatar_id": avatar_id,
                "script": script,
                "voice_id": voice_id,
                "title": title,
                "engine": {"type": "avatar_iv"},
            }
            | _frame(width, height)
            | render_options(motion_type),
            key=_key(key),
            if_unknown=CREATE,
        )
        answer = self._transport.send(request)
        return identifier(answer.data, "video_id") or incomplete(request, answer)

    def get_video(self, video_id: str) -> VideoDetails:
        """How the video is doing; its addresses are signed anew with each answer."""
        request = Request(method="GET", path=f"/v3/videos/{segment(video_id)}")
        answer = self._transport.send(request)
        data, mask = answer.data, self._transport.mask
        code, failure = text(data, "failure_code") or "", text(data, "failure_message") or ""
        video = answers.video_details(data, video_id, code=mask(code), failure=mask(failure))
        return video or incomplete(request, answer)

    @property
    def notice(self) -> Mapping[str, str]:
        """The end of this dialect as HeyGen last announced it: see core.heygen.envelope.notice."""
        return self._transport.notice

    def server_time(self) -> float | None:
        """HeyGen's clock now: see core.heygen.transport.Transport.server_time."""
        return self._transport.server_time()

    def list_groups(self) -> GroupListing:
        """The account's own groups, all pages (MOST_PAGES at most), and HeyGen's clock."""
        found, first, complete = self._pages("/v3/avatars", AVATARS_A_PAGE, "id", ownership="private")
        groups = tuple(
            GroupInfo(
                id=group_id,
                # Not trimmed: reconciliation compares it with the name that was sent.
                name=str(group.get("name") or ""),
                created_at=moment(group, "created_at"),
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
                created_at=moment(video, "created_at"),
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
            request = Request(method="GET", path=path, params=query)
            answer = self._transport.send(request)
            found = answers.entries(answer.data, *id_keys)
            if found is None:
                incomplete(request, answer)
            first = first or answer
            for entry in found:
                entries.setdefault(text(entry, *id_keys) or "", entry)
            token = answer.next_token
            if token in tokens:
                return entries, first, not token and not answer.more
            tokens.add(token)
        assert first is not None
        return entries, first, False


def _part(data: Any, name: str) -> dict[str, Any]:
    """The object under `name`, or {}."""
    found = data.get(name) if isinstance(data, dict) else None
    return found if isinstance(found, dict) else {}


def _key(given: str) -> str:
    """The idempotency key: without one a lost creating call could never be sent again safely."""
    return given or uuid.uuid4().hex


def _frame(width: int, height: int) -> dict[str, str]:
    """v3 has no free width and height: the shorter side is the resolution, their order the ratio."""
    side = min(width, height)
    ratio = "1:1" if width == height else "16:9" if width > height else "9:16"
    return {
        "resolution": "720p" if side <= 720 else "1080p" if side <= 1080 else "4k",
        "aspect_ratio": ratio,
    }
