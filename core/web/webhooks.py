"""HeyGen's webhooks: POST /hooks/heygen wakes the run that waits for what is finished.

A delivery is only a reason to look: the run asks HeyGen itself, so whichever comes first, the delivery or the
next poll, finds out, and one that never comes costs nothing but that wait. Nothing of it is kept or logged
but its type. The facts are in heygen-api.md 9.
"""

import asyncio
import hashlib
import hmac
import json
import logging
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, delete, or_, select, update
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from core import clock
from core.config import Settings
from core.database.tables.bloggers import Location
from core.database.tables.heygen import HookEvent
from core.database.tables.runs import Operation, Run
from core.errors import StorageFailed
from core.runs import queue
from core.studio import Studio, current

log = logging.getLogger("studio.hooks")

PATH = "/hooks/heygen"
MAX_BYTES = 64 * 1024
#: A delivery must be here after this many seconds; HeyGen's are small.
READ_SECONDS = 10.0
#: How far HeyGen's timestamp may be from now.
TOLERANCE = timedelta(minutes=5)
#: How long a delivery is remembered. The timestamp is not signed, so this is what stops a replay; later one
#: could only make a run that still waits ask HeyGen a little early.
REMEMBERED = timedelta(days=1)

TOO_LARGE = "A delivery has 64 KiB at most."
_LENGTH = re.compile("[0-9]{0,5}")
_SIGNATURE = re.compile("[0-9a-f]{64}")
_TYPE = re.compile("[a-z0-9_.]{1,64}")
_ID = re.compile("[A-Za-z0-9_-]{1,128}")
#: Epochs above this are milliseconds: as seconds it is the year 5138.
_MILLISECONDS = 1e11


class _Unreadable(Exception):
    """A body that is not read to its end, and the answer to it."""

    def __init__(self, status: int, says: str) -> None:
        self.status, self.says = status, says


class Hook:
    """The route for every method, so that none falls through to Streamlit's own pages behind the door."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (await _answer(Request(scope, receive)))(scope, receive, send)


def routes(settings: Settings) -> list[Route]:
    """The webhook's route; none without a secret to check deliveries by."""
    return [Route(PATH, Hook())] if settings.webhook_secret else []


async def _answer(request: Request) -> Response:
    if request.method == "OPTIONS":
        # HeyGen tries a new endpoint's address with OPTIONS.
        return Response(status_code=204, headers={"Allow": "OPTIONS, POST"})
    if request.method != "POST":
        return _closing(405, "Deliveries come by POST.", Allow="OPTIONS, POST")
    try:
        body = await _read(request)
    except _Unreadable as error:
        return _closing(error.status, error.says)
    except ClientDisconnect:
        return Response(status_code=400)
    studio = current()
    signature = hmac.new(studio.settings.webhook_secret.encode(), body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(signature, _signature(request)):
        return PlainTextResponse("The signature is wrong.", 401)
    try:
        await run_in_threadpool(take, studio, signature, body)
    except StorageFailed as error:
        # HeyGen may deliver it again.
        log.error("a webhook could not be taken: %s", error)
        return PlainTextResponse("Try again later.", 503)
    return PlainTextResponse("Taken.")


async def _read(request: Request) -> bytes:
    """The body, read only while it may still be a delivery. Raises _Unreadable, ClientDisconnect."""
    declared = request.headers.get("content-length", "")
    if not _LENGTH.fullmatch(declared) or int(declared or 0) > MAX_BYTES:
        raise _Unreadable(413, TOO_LARGE)
    if not _SIGNATURE.fullmatch(_signature(request)) or not _is_recent(
        request.headers.get("heygen-timestamp", "")
    ):
        raise _Unreadable(401, "The signature or the timestamp is missing, or the timestamp is too old.")
    body = bytearray()
    try:
        async with asyncio.timeout(READ_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MAX_BYTES:
                    raise _Unreadable(413, TOO_LARGE)
    except TimeoutError as exc:
        raise _Unreadable(408, "The delivery took too long.") from exc
    return bytes(body)


def _signature(request: Request) -> str:
    """What the delivery claims: the hex HMAC-SHA256 of its raw body, under either name that was seen."""
    headers = request.headers
    return headers.get("heygen-signature", headers.get("signature", "")).strip().lower()


def _is_recent(text: str) -> bool:
    """True for a moment close to now, as epoch seconds or milliseconds or in ISO 8601."""
    try:
        epoch = float(text)
        moment = datetime.fromtimestamp(epoch / 1000 if epoch > _MILLISECONDS else epoch, UTC)
    except (ValueError, OverflowError, OSError):
        try:
            moment = datetime.fromisoformat(text.strip())
        except ValueError:
            return False
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return abs(clock.now() - moment) <= TOLERANCE


def _closing(status: int, says: str, **headers: str) -> Response:
    """An answer to a request whose body stays unread: its connection carries no second one."""
    return PlainTextResponse(says, status, {"Connection": "close", **headers})


def take(studio: Studio, signature: str, body: bytes) -> None:
    """Note a signed delivery once, and let the runs that wait for what it is about ask HeyGen now.

    What is not understood, and what nobody waits for, is taken and does nothing. Raises StorageFailed.
    """
    event_type, ids = _about(body)
    now = clock.now()
    with studio.db.write() as session:
        if session.get(HookEvent, signature) is not None:
            return
        session.exec(delete(HookEvent).where(col(HookEvent.received_at) < now - REMEMBERED))
        session.add(HookEvent(signature=signature, event_type=event_type, received_at=now))
        waiting = _waiting(session, ids)
        session.exec(update(Run).where(col(Run.id).in_(waiting)).values(due_at=now))
    log.info("webhook %s; runs that look now: %s", event_type or "of an unknown type", len(waiting))
    queue.of(studio).wake(waiting)


def _about(body: bytes) -> tuple[str, list[str]]:
    """The event's type, "" for one that no event has, and everything in its data that may be an id.

    The payloads differ from account to account, and those of photo avatars are not published.
    """
    try:
        event: Any = json.loads(body)
    except (ValueError, RecursionError):
        return "", []
    if not isinstance(event, dict):
        return "", []
    said, data = event.get("event_type"), event.get("event_data")
    known = said if isinstance(said, str) and _TYPE.fullmatch(said) else ""
    values = data.values() if isinstance(data, dict) else ()
    return known, [value for value in values if isinstance(value, str) and _ID.fullmatch(value)][:50]


def _waiting(session: Session, ids: list[str]) -> list[int]:
    """The runs that poll HeyGen for one of these videos, looks or groups.

    Not those that HeyGen asked for patience (`tries`): they keep to it.
    """
    made = (Operation.video_id, Operation.look_id, Operation.group_id)
    own = (Location.heygen_look_id, Location.heygen_avatar_id, Location.heygen_group_id)
    found = session.exec(
        select(Run.id)
        .join(Location, col(Location.id) == col(Run.location_id))
        .outerjoin(Operation, col(Operation.run_id) == col(Run.id))
        .where(
            Run.state == "waiting",
            Run.tries == 0,
            or_(
                *(col(column).in_(ids) for column in made),
                (col(Run.kind) == "avatar") & or_(*(col(column).in_(ids) for column in own)),
            ),
        )
        .distinct()
    )
    return [run_id for run_id in found if run_id is not None]
