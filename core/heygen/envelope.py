"""One call and HeyGen's answer to it: the four envelopes opened, the answer judged.

A is v1 `{code: 100, data}`, B v2 `{error: null, data}`, C a flat error `{code, message}`, D v3 `{data}` or
`{error: {code, message}}`. Unknown keys are passed over.
"""

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NoReturn
from urllib.parse import quote

from core import clock
from core.heygen.codes import is_final, refusal, says_it_broke
from core.heygen.errors import HeyGenError, InProgress, OutcomeUnknown, RateLimited, Refused, UnknownRoute
from core.heygen.sayings import CONTRADICTION, FAILED, IN_PROGRESS, NO_ROUTE, READ, UNREADABLE, WAIT

#: Refusals have another status; these say that the request was or may be under way.
_MAYBE_DONE = (408, 409, 425)
#: With a page instead of JSON these say that there is no such route (heygen-api.md 0.2).
_NO_ROUTE = (404, 405, 410)
_ENVELOPE_KEYS = frozenset(("code", "data", "error", "message", "msg"))
#: Half of a pair, which JSON can say and no database or page can hold.
_HALF_PAIR = re.compile("[\ud800-\udfff]")
_DEFAULT_WAIT, _LONGEST_WAIT = 5.0, 3600.0


@dataclass(frozen=True, kw_only=True)
class File:
    """A file as a request's body: its bytes alone, or as the field `file` of a form."""

    data: bytes
    content_type: str
    in_form: bool = False


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request: `name` is the brief's name of its failure, `if_unknown` what a lost answer puts at stake.

    `body` is sent as JSON; `key` is its idempotency key, sent where it is not empty.
    """

    method: str
    path: str
    body: Mapping[str, Any] | None = None
    file: File | None = None
    key: str = ""
    params: Mapping[str, str] | None = None
    name: str = ""
    if_unknown: int = READ

    @property
    def changes(self) -> bool:
        """True for a call that must never be repeated by itself."""
        return self.method != "GET"


@dataclass(frozen=True)
class Answer:
    """A 2xx answer without an error: its `data`, and the Date header as epoch seconds.

    `next_token` leads to the next page of a v3 listing; "" at the last one.
    """

    status: int
    data: Any
    server_time: float | None
    next_token: str = ""
    more: bool = False


def unknown(
    request: Request, reasons: tuple[str, ...], *, status: int | None = None, **values: str
) -> OutcomeUnknown:
    """The OutcomeUnknown of this call; `status` is None when there was no whole answer."""
    return OutcomeUnknown(reasons[request.if_unknown], status=status, name=request.name, **values)


def unreadable(request: Request, status: int, **values: str) -> OutcomeUnknown:
    """For an answer that arrived whole but does not hold what this call's answer must hold."""
    return unknown(request, UNREADABLE, status=status, **values)


def judge(
    request: Request,
    status: int,
    headers: Mapping[str, str],
    content: bytes,
    *,
    mask: Callable[[str], str] = str,
    dialect: str = "",
) -> Answer | HeyGenError:
    """What this answer means. `mask` takes the key out of HeyGen's words, `dialect` is the one spoken."""
    body = _json_object(content)
    error, data = _opened(body or {})
    if error is None and body and not data and body.get("code") is None and 400 <= status < 500:
        # Short of a code: the gateway before HeyGen says {"message": "Unauthorized"}.
        error = ("", _words(body, "message", "msg")) if _words(body, "message", "msg") else None
    code, detail = error or ("", _snippet(content) if body is None else "")
    # Masked before it is cut: half a key is no longer recognised.
    told = {"code": mask(code)[:64], "detail": mask(detail)[: 500 if body else 200]}
    sent_at = epoch(headers.get("Date"))

    if error is not None and code == "request_in_progress":
        return InProgress(IN_PROGRESS, status=status, name=request.name, **told)
    if error is not None and any(map(says_it_broke, (code or detail, str((body or {}).get("code"))))):
        return unknown(request, FAILED, status=status, **told)
    if status == 429 and not is_final(code):
        wait = retry_after(headers.get("Retry-After"), now=sent_at or clock.now().timestamp())
        return RateLimited(WAIT, retry_after=wait, status=status, name=request.name, **told)
    if status == 204 and request.method == "DELETE":
        return Answer(status, None, sent_at)
    if 200 <= status < 300:
        if body is None:
            return unreadable(request, status, **told)
        if error is None:
            return Answer(status, data, sent_at, _next_token(body), body.get("has_more") is True)
        if data:
            return unknown(request, CONTRADICTION, status=status, **told)
        return refusal(status=status, name=request.name, **told)
    if status in _NO_ROUTE and body is None:
        where = {"method": request.method, "path": request.path, "dialect": dialect}
        return UnknownRoute(NO_ROUTE, status=status, name=request.name, **where, **told)
    if status >= 500 or status in _MAYBE_DONE:
        return unknown(request, FAILED, status=status, **told)
    if status >= 400 and error is not None:
        return refusal(status=status, name=request.name, **told)
    return unreadable(request, status, **told)


def notice(headers: Mapping[str, str], content: bytes, *, mask: Callable[[str], str] = str) -> dict[str, str]:
    """What HeyGen announces with an answer: `sunset`, the day of the route's end (2026-10-31), `message`.

    It stands in the headers Sunset and Deprecation and in the body's `warning` (heygen-api.md 0.2). What
    is not said is "", and nothing said at all is {}.
    """
    body = _json_object(content) if b'"warning"' in content else None
    warning = (body or {}).get("warning")
    told = warning if isinstance(warning, dict) else {}
    ends = epoch(headers.get("Sunset"))
    day = "" if ends is None else datetime.fromtimestamp(ends, UTC).date().isoformat()
    deprecated = headers.get("Deprecation", "false").lower() != "false"
    if not (told or day or deprecated):
        return {}
    return {"sunset": day or _day(told.get("sunset_date")), "message": mask(_words(told, "message"))[:500]}


def _day(written: Any) -> str:
    try:
        return date.fromisoformat(str(written)[:10]).isoformat()
    except ValueError:
        return ""


def retry_after(header: str | None, *, now: float) -> float:
    """Seconds to wait by a Retry-After header, a number or an HTTP date: 0 to 3600, and 5 without one."""
    try:
        seconds = float(header or "")
    except ValueError:
        then = epoch(header)
        seconds = math.nan if then is None else max(then - now, 0.0)
    if not (math.isfinite(seconds) and seconds >= 0):
        return _DEFAULT_WAIT
    return min(seconds, _LONGEST_WAIT)


def _next_token(body: dict[str, Any]) -> str:
    token = body.get("next_token")
    is_token = isinstance(token, str | int) and not isinstance(token, bool)
    return str(token) if is_token and body.get("has_more") is not False else ""


def epoch(written: str | None) -> float | None:
    """An HTTP date as epoch seconds; None for what is none, or lies in no year that a calendar holds."""
    try:
        moment = parsedate_to_datetime(written or "")
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).timestamp()
    except (ValueError, OverflowError):
        return None


def _json_object(content: bytes) -> dict[str, Any] | None:
    try:
        body = json.loads(content)
        # Few answers can hold half a pair: as an escape, or as bytes that begin so.
        if b"\\u" in content or b"\xed" in content:
            body = _storable(body)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _storable(value: Any) -> Any:
    """The value with texts that can be stored and shown, whatever HeyGen wrote."""
    if isinstance(value, str):
        return _HALF_PAIR.sub("\ufffd", value)
    if isinstance(value, list):
        return [_storable(one) for one in value]
    if isinstance(value, dict):
        return {_storable(key): _storable(one) for key, one in value.items()}
    return value


def _opened(body: dict[str, Any]) -> tuple[tuple[str, str] | None, Any]:
    """The envelope's error (code, words) and data; a second envelope inside `data` is opened too."""
    error, data = _error_in(body), body.get("data")
    if error is None and isinstance(data, dict) and "data" in data and data.keys() <= _ENVELOPE_KEYS:
        return _opened(data)
    return error, data


def _error_in(body: dict[str, Any]) -> tuple[str, str] | None:
    error, code = body.get("error"), body.get("code")
    if isinstance(error, dict) and error:
        inner = error.get("code")
        return ("" if inner is None else str(inner)), _words(error, "message", "msg", "detail")
    if error:
        return "", str(error)
    if code is not None and str(code) != "100":
        return str(code), _words(body, "message", "msg", "detail")
    return None


def _words(body: dict[str, Any], *keys: str) -> str:
    found = next((body[key] for key in keys if body.get(key)), "")
    return " ".join(str(found).split())


def _snippet(content: bytes) -> str:
    return " ".join(content[:2000].decode(errors="replace").split())


def incomplete(request: Request, answer: Answer) -> NoReturn:
    """Raise OutcomeUnknown: the answer lacks what this call's answer must hold."""
    raise unreadable(request, answer.status)


def segment(value: Any) -> str:
    """An id as one segment of a path. Raises Refused, without a call, for what would make it another path."""
    try:
        if value and value not in (".", ".."):
            return quote(value, safe="")
    except UnicodeEncodeError:
        value = _storable(value)
    raise Refused("“{value}” is not an id of HeyGen. Nothing was sent.", value=value)
