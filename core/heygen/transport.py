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

import requests

from core.config import SANDBOX_KEY, is_loopback
from core.errors import BadInput, StartRefused
from core.heygen.connection import LOW_LEVEL, Deadline, DeadlineAdapter, not_sent_reason, timed_out
from core.heygen.envelope import Answer, Call, judge, notice, unknown
from core.heygen.errors import HeyGenError, NotSent, OutcomeUnknown, RateLimited
from core.heygen.sayings import BROKEN, STOPPING, TOO_LARGE, TOO_LATE

#: Seconds after which a call that changes something has ended, one way or the other.
CALL_DEADLINE = 60.0
MAX_ANSWER = 5 * 1024 * 1024
MOST_RETRIES = 2
LONGEST_WAIT = 2.0


@dataclass(frozen=True)
class Timing:
    """Seconds: to connect, between two bytes of the answer, and for the whole call."""

    connect: float
    read: float
    total: float


CHANGES = Timing(connect=5.0, read=30.0, total=CALL_DEADLINE)
#: The rest of a call's time is for fetching the photo: see core.heygen.photo_file.
UPLOADS = Timing(connect=5.0, read=30.0, total=40.0)
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

    def send(self, call: Call) -> Answer:
        """HeyGen's answer to this call. Raises a HeyGenError; the low-level exceptions never get out."""
        retries = 0
        while True:
            outcome = self._try(call)
            if isinstance(outcome, Answer):
                return outcome
            if not should_retry(call.method, outcome, retries):
                raise outcome
            asked = outcome.retry_after if isinstance(outcome, RateLimited) else 0.0
            # Not security: the spread keeps several workers from asking at once.
            wait = retry_wait(retries, retry_after=asked, chance=random.random(), backoff=self._backoff)
            if self._stop.wait(wait):
                raise outcome
            retries += 1

    def mask(self, text: str) -> str:
        """`text` without the key, which HeyGen may echo. The sandbox's key is no secret but a word."""
        return text if self._key == SANDBOX_KEY else text.replace(self._key, "***")

    def _try(self, call: Call) -> Answer | HeyGenError:
        # Errors are returned, not raised, so that none keeps the low-level exception as its context: that
        # one holds the request with its key.
        if call.changes and self._stop.is_set():
            return NotSent(STOPPING, name=call.name)
        with Deadline((self._changes if call.changes else self._reads).total) as deadline:
            try:
                status, headers, content = self._exchange(call, deadline)
            except LOW_LEVEL as exc:
                return _failure(call, exc, deadline)
        if content is None:
            return unknown(call, TOO_LARGE, status=status)
        outcome = judge(call, status, headers, content, mask=self.mask, dialect=self._dialect)
        if isinstance(outcome, Answer):
            self.notice = notice(headers, content, mask=self.mask) or self.notice
        # An answer that ends where its connection ends is cut without an exception.
        cut = deadline.over and isinstance(outcome, OutcomeUnknown)
        return unknown(call, TOO_LATE) if cut else outcome

    def _exchange(self, call: Call, deadline: Deadline) -> tuple[int, Mapping[str, str], bytes | None]:
        """Status, headers and body; the body is None when it exceeds MAX_ANSWER."""
        timing = self._changes if call.changes else self._reads
        with _Session() as session:
            session.trust_env = self._trust_env
            session.mount("https://", DeadlineAdapter(deadline))
            session.mount("http://", DeadlineAdapter(deadline))
            asked = session.request(
                call.method,
                self._base + call.path,
                params=call.params,
                headers=_headers_of(call),
                **_body_of(call),
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


def _headers_of(call: Call) -> dict[str, str]:
    headers = {"Accept": "application/json", "User-Agent": "photo-avatar-studio"}
    if call.key:
        headers["Idempotency-Key"] = call.key
    if call.file is not None and not call.file.in_form:
        headers["Content-Type"] = call.file.content_type
    return headers


def _body_of(call: Call) -> dict[str, Any]:
    """The request's body as requests takes it."""
    file = call.file
    if file is None:
        return {"json": call.body}
    if file.in_form:
        name = f"photo.{file.content_type.rpartition('/')[2]}"
        return {"files": {"file": (name, file.data, file.content_type)}}
    return {"data": file.data}


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> str | None:
        # Even when not following, requests would read a redirect's whole body and judge its address.
        return None


def _failure(call: Call, exc: Exception, deadline: Deadline) -> HeyGenError:
    reason = not_sent_reason(exc, deadline.sent)
    if reason is not None:
        return NotSent(reason, name=call.name)
    return unknown(call, TOO_LATE if deadline.over or timed_out(exc) else BROKEN)
