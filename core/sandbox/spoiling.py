"""What a call meets in place of its answer while a fault is armed."""

from starlette.responses import Response

from core.sandbox.answers import HangUp, answer, in_v3, page
from core.sandbox.faults import Fault


def instead(fault: Fault, dialect: str) -> Response:
    """What is answered where no work was done."""
    if fault.fault == "drop_before":
        return HangUp()
    if fault.fault == "html":
        return page(502, "502 Bad Gateway")
    if fault.fault == "rate_limit":
        response = _error(dialect, 429, "rate_limit_exceeded", "Too many requests")
        response.headers["Retry-After"] = f"{fault.seconds:g}"
        return response
    if fault.fault == "refuse":
        return _error(dialect, fault.status, fault.code, fault.message)
    return _error(dialect, 500, "internal_error", "Something went wrong")


def spoilt(fault: Fault, dialect: str, response: Response) -> Response:
    """What is answered in place of `response` after the work was done."""
    if fault.fault == "drop_after":
        return HangUp()
    if fault.fault == "error_after":
        return _error(dialect, 500, "internal_error", "Something went wrong")
    if fault.fault == "empty":
        return Response(b"", 200)
    if fault.fault == "no_ids":
        return answer(200, {"data": {}})
    body = bytes(response.body)
    return Response(body[: len(body) // 2], 200, media_type="application/json")


def _error(dialect: str, status: int, code: int | str, message: str) -> Response:
    """The dialect's own envelope; before v3 a number makes the flat one, a word the nested one."""
    flat = {"code": code, "message": message}
    body = flat if isinstance(code, int) else {"data": None, "error": flat}
    return answer(status, in_v3(status, body) if dialect == "v3" else body)
