"""HeyGen's webhooks, from somebody who is not HeyGen."""

import hashlib
import hmac
import json
import time
from collections.abc import Iterator

from sqlmodel import func, select

from core.database.tables.heygen import HookEvent
from core.web.webhooks import MAX_BYTES, PATH
from tests.attacks.rows import Row
from tests.attacks.sites import HOOK_SECRET, GotIn, Site, Sites, shut
from tests.attacks.wire import Answer
from tests.doorstep import Headers

EVENT = json.dumps({"event_type": "avatar_video.success", "event_data": {"video_id": "v1"}}).encode()


def rows(sites: Sites) -> Iterator[Row]:
    site = sites.team
    now = time.time()
    right = _signed(EVENT)
    attempts: dict[str, tuple[bytes, Headers]] = {
        "unsigned": (EVENT, []),
        "with an empty signature": (EVENT, _headers("", now)),
        "with a guessed signature": (EVENT, _headers("0" * 64, now)),
        "signed with another secret": (EVENT, _headers(_signed(EVENT, "x"), now)),
        "signed with an empty secret": (EVENT, _headers(_signed(EVENT, ""), now)),
        "signed for another body": (EVENT + b" ", _headers(right, now)),
        "without a time": (EVENT, _headers(right, now)[:1]),
        "ten minutes old": (EVENT, _headers(right, now - 600)),
        "of the future": (EVENT, _headers(right, now + 600)),
        "at no time": (EVENT, [("Heygen-Signature", right), ("Heygen-Timestamp", "nan")]),
        "of more than 64 KiB": (b" " * (MAX_BYTES + 1), _headers(_signed(b" " * (MAX_BYTES + 1)), now)),
        "of a length that is none": (EVENT, [*_headers(right, now), ("Content-Length", "9" * 30)]),
        "from another site's page": (EVENT, [*_headers(right, now), ("Origin", "https://evil.example")]),
    }
    for what, (body, headers) in attempts.items():
        yield Row(f"a delivery {what}", lambda body=body, headers=headers: _nothing(site, body, headers))
    for method in ("GET", "HEAD", "PUT", "DELETE"):
        yield Row(
            f"{method} of the webhook", lambda method=method: shut(site.caller().ask(PATH, method), 405)
        )
    yield Row("a delivery a second time does nothing", lambda: _twice(site))
    for other in (sites.keyed, sites.proxied, sites.provider):
        yield Row(
            f"{other.name}: a delivery where no secret is set",
            lambda other=other: shut(_deliver(other, EVENT, _headers(right, now)), 401),
        )


def _signed(body: bytes, secret: str = HOOK_SECRET) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _headers(signature: str, moment: float) -> Headers:
    return [("Heygen-Signature", signature), ("Heygen-Timestamp", str(int(moment)))]


def _deliver(site: Site, body: bytes, headers: Headers) -> Answer:
    return site.caller().ask(PATH, "POST", headers, body=body)


def _taken(site: Site) -> int:
    with site.db.read() as session:
        return session.exec(select(func.count()).select_from(HookEvent)).one()


def _nothing(site: Site, body: bytes, headers: Headers) -> str:
    before = _taken(site)
    answer = _deliver(site, body, headers)
    if _taken(site) != before:
        raise GotIn("it was taken")
    return shut(answer)


def _twice(site: Site) -> str:
    body = EVENT + b"\n"
    answers = [_deliver(site, body, _headers(_signed(body), time.time() + late)) for late in (0, 60)]
    if _taken(site) != 1 or [one.status for one in answers] != [200, 200]:
        raise GotIn(f"{_taken(site)} taken, {[one.status for one in answers]}")
    return "remembered"
