"""What HeyGen's answers mean, whatever dialect they came in."""

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.amounts import MICRO


@dataclass(frozen=True)
class AvatarDetails:
    """A photo avatar. `status` is pending, completed or failed, `motion_status` none, processing, completed
    or failed; `failure` is HeyGen's explanation or ""."""

    avatar_id: str
    group_id: str | None
    status: str
    motion_status: str
    failure: str


@dataclass(frozen=True)
class GroupInfo:
    """An avatar group. `created_at` is in epoch seconds of HeyGen's clock, `looks` how many it holds."""

    id: str
    name: str
    created_at: float | None
    looks: int
    #: A signed address of its picture, or "".
    preview: str = ""


@dataclass(frozen=True)
class GroupListing:
    """All own groups, and HeyGen's clock when it began to list them, in epoch seconds.

    `complete` as in VideoListing.
    """

    groups: tuple[GroupInfo, ...]
    server_time: float | None
    complete: bool = True


@dataclass(frozen=True)
class LookInfo:
    """A look of a group; `status` as in AvatarDetails, `photo` False for an avatar made of a video."""

    id: str
    group_id: str
    status: str
    is_motion: bool
    #: A signed address of its picture, or "".
    preview: str = ""
    photo: bool = True


@dataclass(frozen=True)
class VideoDetails:
    """A video. `status` is pending, processing, completed or failed; completed means that `video_url` is
    there. Its addresses are signed and live for 7 days. `duration` is in seconds; `failure_code` and
    `failure` are HeyGen's when it failed, else "". `error_code` is HeyGen's code whatever the status: on a
    free plan a video may be completed together with a credit error, and then carries a watermark."""

    video_id: str
    status: str
    video_url: str | None
    thumbnail_url: str | None
    duration: float | None
    failure_code: str
    failure: str
    error_code: str = ""


@dataclass(frozen=True)
class VideoInfo:
    """A video as it is listed; `status` as in VideoDetails, `created_at` in HeyGen's epoch seconds."""

    id: str
    title: str
    status: str
    created_at: float | None


@dataclass(frozen=True)
class VideoListing:
    """The account's videos, and HeyGen's clock when it began to list them, in epoch seconds.

    `complete` is False where HeyGen had more pages than are read: what is missing here may still be there.
    """

    videos: tuple[VideoInfo, ...]
    server_time: float | None
    complete: bool = True


@dataclass(frozen=True)
class VoiceInfo:
    """A voice that can speak a script."""

    voice_id: str
    name: str
    language: str
    gender: str
    preview_url: str | None


@dataclass(frozen=True)
class About:
    """What HeyGen says of itself and the account; what it does not tell is "".

    `dialect` is the one it really speaks: workflow and v2 answer the same reads. `plan` is in its own words,
    `scope` of the key is full, read_only or custom.
    """

    dialect: str
    plan: str = ""
    scope: str = ""


def text(record: Any, *keys: str) -> str | None:
    """The first of `keys` that holds a non-empty text (or a whole number), or None."""
    for key in keys:
        value = record.get(key) if isinstance(record, dict) else None
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if isinstance(value, str) and value.strip():
            return value.strip()
    return None


def identifier(record: Any, *keys: str) -> str | None:
    """The first of `keys` that holds an id with which HeyGen can be asked again, or None."""
    found = text(record, *keys)
    usable = found and found.isprintable() and found not in (".", "..") and "\ufffd" not in found
    return found if usable else None


#: No balance, count, length or moment is larger; its millionths still fit into the database.
LARGEST = 9e12
#: A moment beyond the year 5000 is in milliseconds. The last one that a calendar holds, in seconds.
MILLISECONDS, LAST_MOMENT = 1e11, 253_402_300_799.0


def number(record: Any, key: str) -> float | None:
    """The number under `key`, LARGEST at most, which may be written as text, or None."""
    value = record.get(key) if isinstance(record, dict) else None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if abs(found) <= LARGEST else None


def moment(record: Any, key: str) -> float | None:
    """The moment under `key` in epoch seconds, or None where that is none of a calendar's."""
    found = number(record, key)
    if found is not None and found > MILLISECONDS:
        found /= 1000
    return found if found is not None and 0 <= found <= LAST_MOMENT else None


def records(data: Any, key: str, *id_keys: str) -> list[dict[str, Any]] | None:
    """The list under `key`, or None when it is no list or one of its entries has no id."""
    return entries(data.get(key) if isinstance(data, dict) else None, *id_keys)


def entries(found: Any, *id_keys: str) -> list[dict[str, Any]] | None:
    """`found`, or None when it is no list or one of its entries has no id.

    One entry left out could make the Studio believe that something was never created.
    """
    if not isinstance(found, list) or any(identifier(entry, *id_keys) is None for entry in found):
        return None
    return found


def micro(record: Any, key: str) -> int | None:
    """The amount under `key` in millionths, rounded down, or None."""
    found = number(record, key)
    # By way of its text: 9.95 as a float is a little less than 9.95.
    return None if found is None else math.floor(Decimal(str(found)) * MICRO)


def avatar_status(record: Any) -> str:
    """pending, completed or failed. Without a status a look is usable; an unknown word is not yet done."""
    said = (text(record, "status") or "completed").lower()
    return said if said in ("completed", "failed") else "pending"


def motion_status(record: Any) -> str:
    """none, processing, completed or failed; an unknown word is not yet done."""
    said = (text(record, "motion_status") or "none").lower()
    return said if said in ("none", "completed", "failed") else "processing"


def video_status(record: Any) -> str | None:
    """pending, processing, completed or failed; an unknown word is not yet done, none at all is None."""
    said = (text(record, "status") or "").lower()
    if not said:
        return None
    return said if said in ("processing", "completed", "failed") else "pending"


def video_details(record: Any, video_id: str, *, code: str, failure: str) -> VideoDetails | None:
    """The video as the record tells it, with HeyGen's code and words of its error; None without a status."""
    status, url = video_status(record), text(record, "video_url")
    if status is None:
        return None
    if status == "completed" and url is None:
        # The address may come a poll or two after the status.
        status = "processing"
    failed = status == "failed"
    return VideoDetails(
        video_id=video_id,
        status=status,
        video_url=url,
        thumbnail_url=text(record, "thumbnail_url"),
        duration=number(record, "duration"),
        failure_code=code if failed else "",
        failure=failure if failed else "",
        error_code=code,
    )


def error_code(record: Any) -> str:
    """HeyGen's code of the record's error, or ""; a lone word in place of the error is its code."""
    error = record.get("error") if isinstance(record, dict) else None
    if isinstance(error, str):
        return error.strip() if len(error.split()) == 1 else ""
    return text(error, "code") or ""


def failure(record: Any) -> str:
    """HeyGen's explanation of a failure, or ""."""
    said = text(record, "moderation_msg", "workflow_error", "error", "error_msg")
    nested = record.get("error") if isinstance(record, dict) else None
    return said or text(nested, "message", "msg", "detail") or ""
