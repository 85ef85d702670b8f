"""What the sandbox says: HeyGen's envelopes (heygen-api.md 0.3), its error pages, a connection cut."""

from typing import Any

from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Receive, Scope, Send

# Numbers of docs.heygen.com/reference/errors.
UNAUTHORIZED = 400112
MISSING_PARAMETER = 40001
INVALID_PARAMETER = 400175
ASSET_FORMAT = 400543
NO_FACE = 40004
GROUP_LIMIT = 401028
AVATAR_NOT_FOUND = 400174
BAD_QUERY = 40012
FORBIDDEN = 400573
BAD_TEXT = 40039
BAD_VIDEO_ID = 40031
PAYMENT = "MOVIO_PAYMENT_INSUFFICIENT_CREDIT"


class Rejected(Exception):
    """A refusal of a call, as the client will read it. Raised before anything is changed."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(str(body))
        self.status = status
        self.body = body


def flat(status: int, code: int, message: str) -> Rejected:
    """A refusal in envelope C: `{"code", "message"}`."""
    return Rejected(status, {"code": code, "message": message})


def nested(status: int, code: int | str, message: str) -> Rejected:
    """A refusal in envelope B: `{"data": null, "error": {"code", "message"}}`."""
    return Rejected(status, {"data": None, "error": {"code": code, "message": message}})


def invalid(message: str) -> Rejected:
    """HTTP 400 with the word that v2 and v3 have for whatever is wrong with a parameter."""
    return nested(400, "invalid_parameter", message)


def v1(data: dict[str, Any]) -> dict[str, Any]:
    """Success in envelope A."""
    return {"code": 100, "data": data, "message": None, "msg": None}


def v2(data: dict[str, Any]) -> dict[str, Any]:
    """Success in envelope B."""
    return {"error": None, "data": data}


def v3(data: Any) -> dict[str, Any]:
    """Success in envelope D."""
    return {"data": data}


def v3_page(items: list[dict[str, Any]], next_token: str | None) -> dict[str, Any]:
    """One page of a list in envelope D; `next_token` None: the last one."""
    return {"data": items, "has_more": next_token is not None, "next_token": next_token}


#: What v3 calls the refusals that v1 and v2 number (heygen-api.md 10a, 10b).
_V3_CODES = {
    GROUP_LIMIT: "resource_limit_reached",
    AVATAR_NOT_FOUND: "avatar_not_found",
    BAD_VIDEO_ID: "video_not_found",
    FORBIDDEN: "insufficient_api_key_scope",
}
_V3_STATUS = {401: "unauthorized", 403: "forbidden", 404: "not_found", 429: "rate_limit_exceeded"}


def in_v3(status: int, body: dict[str, Any]) -> dict[str, Any]:
    """A refusal of whatever envelope, in envelope D: `{"error": {"code", "message"}}`."""
    said = body.get("error") or body
    code = said["code"]
    if not isinstance(code, str):
        other = "internal_error" if status >= 500 else "invalid_parameter"
        code = _V3_CODES.get(code, _V3_STATUS.get(status, other))
    return {"error": {"code": code, "message": said["message"]}}


def answer(status: int, body: dict[str, Any]) -> Response:
    return JSONResponse(body, status)


def page(status: int, title: str) -> Response:
    """An error page in HTML, as HeyGen's edge answers for what its API does not know."""
    return HTMLResponse(
        f"<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>",
        status,
    )


class HangUp(Response):
    """No answer at all: the connection is closed without a byte."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"]["hang_up"]()
        # Returning before the server has noticed would make it write a 500 of its own.
        while (await receive())["type"] != "http.disconnect":
            pass
