"""v2 says that it ends: two headers, and an object in the body (heygen-api.md 0.2)."""

import json
import sqlite3

from starlette.responses import Response

from core.sandbox import store
from core.sandbox.answers import answer

#: What v3 has in a route's place (heygen-api.md 10f).
_V3 = {
    "upload": "POST /v3/assets",
    "create": "POST /v3/avatars",
    "motion": "POST /v3/videos",
    "avatar": "GET /v3/avatars/looks/{look_id}",
    "groups": "GET /v3/avatars",
    "looks": "GET /v3/avatars/looks",
    "delete": "DELETE /v3/avatars/{group_id}",
    "quota": "GET /v3/users/me",
    "voices": "GET /v3/voices",
    "video": "POST /v3/videos",
    "video_status": "GET /v3/videos/{video_id}",
    "videos": "GET /v3/videos",
}


def told(rows: sqlite3.Connection) -> bool:
    """Whether the account is to hear of it."""
    return bool(store.setting(rows, "sunset"))


def announced(route: str, response: Response) -> Response:
    """The answer with the announcement; what is no JSON object has it in its headers only."""
    try:
        body = json.loads(bytes(response.body))
    except (AttributeError, ValueError):
        body = None
    if isinstance(body, dict) and body:
        warning = {
            "message": "This endpoint is deprecated and will be removed. Please move to v3.",
            "v3_endpoint": _V3[route],
            "docs_url": "https://developers.heygen.com/endpoint-version-comparison",
            "sunset_date": "2026-10-31",
        }
        retry = response.headers.get("retry-after")
        response = answer(response.status_code, body | {"warning": warning})
        if retry:
            response.headers["Retry-After"] = retry
    response.headers["Deprecation"] = "true"
    response.headers["Sunset"] = "Sat, 31 Oct 2026 00:00:00 GMT"
    return response
