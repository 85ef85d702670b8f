"""Addresses of finished videos: signed, and dead after 7 days as HeyGen's are (heygen-api.md section 11)."""

import hashlib
import hmac
import re

from core.sandbox import store

LINK_SECONDS = 7 * 86_400


def signed(base: str, video_id: str, secret: str, *, expired: bool = False) -> str:
    """The address of the video's file, good for 7 days whatever the speed; `expired`: dead already."""
    expires = int(store.now()) + (-60 if expired else LINK_SECONDS)
    return (
        f"{base}/renders/{video_id}.mp4?Expires={expires}&Signature={_signature(video_id, expires, secret)}"
    )


def holds(video_id: str, expires: str, signature: str, secret: str) -> bool:
    """True while the address is as it was handed out and not too old."""
    if not re.fullmatch("[0-9]{1,12}", expires) or int(expires) < store.now():
        return False
    return hmac.compare_digest(_signature(video_id, int(expires), secret).encode(), signature.encode())


def _signature(video_id: str, expires: int, secret: str) -> str:
    return hmac.new(secret.encode(), f"{video_id} {expires}".encode(), hashlib.sha256).hexdigest()
