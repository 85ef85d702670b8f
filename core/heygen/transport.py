"""The one place that speaks HTTP with HeyGen: key, deadlines, retries.

Every call has a connection of its own: a kept one that HeyGen closed meanwhile would turn "not sent" into
"not known". A read is tried at most three times; a call that changes something is sent once, whatever
happens. Redirects are never followed: they would carry the key elsewhere or send a request twice.
"""

import random
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import requests

from core import clock
from core.config import SANDBOX_KEY, Settings, is_loopback
from core.errors import BadInput, StartRefused
from core.heygen.connection import LOW_LEVEL, Deadline, DeadlineSession, not_sent_reason, timed_out
from core.heygen.envelope import Answer, File, Request, epoch, judge, notice, unknown
from core.heygen.errors import HeyGenError, NotSent, OutcomeUnknown, RateLimited
from core.heygen.sayings import BROKEN, STOPPING, TOO_LARGE, TOO_LATE
from core.photos.check import check_photo
from core.photos.fetch import Limits

#: Seconds after which a call that changes something has ended, one way or the other.
CALL_DEADLINE = 60.0
MAX_ANSWER = 5 * 1024 * 1024
MOST_RETRIES = 2
LONGEST_WAIT = 2.0
#: For so many seconds HeyGen's clock is reckoned on from its last answer; a machine may sleep meanwhile.
CLOCK_LASTS = 120.0


@dataclass(frozen=True)
class Timing:
    """Seconds: to connect, between two bytes of the answer, and for the whole call."""

    connect: float
    read: float
    total: float


CHANGES = Timing(connect=5.0, read=30.0, total=CALL_DEADLINE)
#: Photos are fetched again when they are sent; that and the sending are done within one call's time.
UPLOADS = Timing(connect=5.0, read=30.0, total=40.0)
FETCHING = Limits(total_seconds=20.0)
READS = Timing(connect=5.0, read=15.0, total=30.0)


def should_retry(method: str, error: HeyGenError, retries: int) -> bool:
    """Whether this failure of a read is worth another try after `retries` earlier ones."""
    if method != "GET" or retries >= MOST_RETRIES:
        return False
    if isinstance(error, RateLimited):
        return error.retry_after <= LONGEST_WAIT
    if isinstance(error, OutcomeUnknown):
        # Without a status there was no whole answer: a reset or a time-out.
        return error.status is None or error.status >= 500
    return isinstance(error, NotSent)


def retry_wait(retries: int, *, retry_after: float, chance: float, backoff: float) -> float:
    """Seconds before the next try: doubling, spread by a quarter either way, at most LONGEST_WAIT.

    `chance` is from 0 to 1. HeyGen's own Retry-After is kept when it is longer.
    """
    wait = min(backoff * 2**retries * (0.75 + chance / 2), LONGEST_WAIT)
    return max(wait, retry_after)


class Transport:
    """HTTP with one HeyGen account; safe to share between threads."""

    def __init__(
        self,
        api_base: str,
        api_key: str,
        *,
        dialect: str = "",
        stop: threading.Event | None = None,
        changes: Timing = CHANGES,
        reads: Timing = READS,
        backoff: float = 0.5,
    ) -> None:
        """`dialect` is named where HeyGen does not know a route.

        Raises BadInput without a base or key, StartRefused for a key that no header can carry.
        """
        if not api_base or not api_key:
            raise BadInput(
                "This process has no HeyGen to speak with: no key and no running sandbox. Nothing was sent. "
                "Set HEYGEN_API_KEY, or start the Studio, which brings its sandbox."
            )
        if not (api_key.isascii() and api_key.isprintable()) or " " in api_key:
            raise StartRefused(
                "HEYGEN_API_KEY holds characters that no key has. Nothing was started. Copy the key again."
            )
        self._base = api_base.rstrip("/")
        self._key = api_key
        self._dialect = dialect
        self._stop = stop or threading.Event()
        self._changes = changes
        self._reads = reads
        self._backoff = backoff
        # A proxy cannot reach this machine's own sandbox.
        self._trust_env = not is_loopback(api_base)
        #: The last end of a route that HeyGen announced: see core.heygen.envelope.notice.
        self.notice: dict[str, str] = {}
        #: HeyGen's clock in its last answer, in epoch seconds, and when that came, on the monotonic one.
        self._heard: tuple[float, float] | None = None

    def send(self, request: Request) -> Answer:
        """HeyGen's answer to this call. Raises a HeyGenError; the low-level exceptions never get out."""
        retries = 0
        while True:
            outcome = self._try(request)
            if isinstance(outcome, Answer):
                return outcome
            if not should_retry(request.method, outcome, retries):
                raise outcome
            asked = outcome.retry_after if isinstance(outcome, RateLimited) else 0.0
            # Not security: the spread keeps several workers from asking at once.
            wait = retry_wait(retries, retry_after=asked, chance=random.random(), backoff=self._backoff)
            if self._stop.wait(wait):
                raise outcome
            retries += 1

    def server_time(self) -> float | None:
        """HeyGen's clock now, in epoch seconds; None where no answer told it within CLOCK_LASTS seconds."""
        told, at = self._heard or (0.0, -CLOCK_LASTS)
        passed = clock.monotonic() - at
        return told + passed if self._heard and passed < CLOCK_LASTS else None

    def mask(self, text: str) -> str:
        """`text` without the key, which HeyGen may echo, also as a part of an address.

        The sandbox's key is no secret but a word.
        """
        if self._key == SANDBOX_KEY:
            return text
        return text.replace(self._key, "***").replace(quote(self._key, safe=""), "***")

    def _try(self, request: Request) -> Answer | HeyGenError:
        # Errors are returned, not raised, so that none keeps the low-level exception as its context: that
        # one holds the request with its key.
        if request.changes and self._stop.is_set():
            return NotSent(STOPPING, name=request.name)
        with Deadline((self._changes if request.changes else self._reads).total) as deadline:
            try:
                status, headers, content = self._exchange(request, deadline)
            except LOW_LEVEL as exc:
                return _failure(request, exc, deadline)
        said = epoch(headers.get("Date"))
        if said is not None:
            self._heard = said, clock.monotonic()
        if content is None:
            return unknown(request, TOO_LARGE, status=status)
        outcome = judge(request, status, headers, content, mask=self.mask, dialect=self._dialect)
        if isinstance(outcome, Answer):
            self.notice = notice(headers, content, mask=self.mask) or self.notice
        # An answer that ends where its connection ends is cut without an exception.
        cut = deadline.over and isinstance(outcome, OutcomeUnknown)
        return unknown(request, TOO_LATE) if cut else outcome

    def _exchange(self, request: Request, deadline: Deadline) -> tuple[int, Mapping[str, str], bytes | None]:
        """Status, headers and body; the body is None when it exceeds MAX_ANSWER."""
        timing = self._changes if request.changes else self._reads
        with DeadlineSession(deadline) as session:
            session.trust_env = self._trust_env
            asked = session.request(
                request.method,
                self._base + request.path,
                params=request.params,
                headers=_headers_of(request),
                **_body_of(request),
                # As `auth`, the key also keeps requests from adding a password out of ~/.netrc.
                auth=self._sign,
                timeout=(timing.connect, timing.read),
                allow_redirects=False,
                stream=True,
            )
            content = bytearray()
            with asked as response:
                for chunk in response.iter_content(64 * 1024):
                    content += chunk
                    if len(content) > MAX_ANSWER:
                        return response.status_code, response.headers, None
            return response.status_code, response.headers, bytes(content)

    def _sign(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["X-Api-Key"] = self._key
        return request


def _headers_of(request: Request) -> dict[str, str]:
    headers = {"Accept": "application/json", "User-Agent": "photo-avatar-studio"}
    if request.key:
        headers["Idempotency-Key"] = request.key
    if request.file is not None and not request.file.in_form:
        headers["Content-Type"] = request.file.content_type
    return headers


def _body_of(request: Request) -> dict[str, Any]:
    """The request's body as requests takes it."""
    file = request.file
    if file is None:
        return {"json": request.body}
    if file.in_form:
        name = f"photo.{file.content_type.rpartition('/')[2]}"
        return {"files": {"file": (name, file.data, file.content_type)}}
    return {"data": file.data}


def _failure(request: Request, exc: Exception, deadline: Deadline) -> HeyGenError:
    reason = not_sent_reason(exc, deadline.sent)
    if reason is not None:
        return NotSent(reason, name=request.name)
    return unknown(request, TOO_LATE if deadline.over or timed_out(exc) else BROKEN)


def photo_file(image_url: str, settings: Settings, *, in_form: bool = False) -> File:
    """The photo behind a stored address, typed by its bytes: HeyGen compares the two (heygen-api.md 1a).

    Raises PhotoRefused.
    """
    photo = check_photo(image_url, settings, limits=FETCHING)
    return File(data=photo.data, content_type=f"image/{photo.kind}", in_form=in_form)
