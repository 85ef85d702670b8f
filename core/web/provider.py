"""A provider's sign-in: Streamlit speaks OpenID Connect, and what it found out becomes our own cookie.

Streamlit answers /oauth2callback with a signed cookie of the person's claims. It is read here, once, and goes
no further: the browser gets the cookie of every other way in, so that signing out, removal and ages are the
database's. A refusal is a page with a sentence instead of a cookie.
"""

import json
import logging
import re
from collections.abc import Callable
from typing import Any

from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.database.tables.people import Member
from core.errors import StorageFailed
from core.locale import N_
from core.people import members, sign_ins
from core.people.ways import CALLBACK
from core.web.plain import Way, Words, cookie, page
from core.web.sign_in import TARGET, Entrance, kept_target

log = logging.getLogger("studio.gate")

LOGIN = "/auth/login"
PROVIDER_PATHS = frozenset({LOGIN, CALLBACK})
#: Streamlit's cookies: the claims, and tokens of the provider's that nobody needs here.
CLAIMS, TOKENS = "_streamlit_user", "_streamlit_user_tokens"
#: Between a signature and its reading lies one answer.
_FRESH_SECONDS = 60
_MOST_CHUNKS = 40


class ProviderSignIn:
    """Around Streamlit's two routes of a sign-in. `secret` is what Streamlit signs cookies with."""

    def __init__(self, app: ASGIApp, *, entrance: Entrance, secret: Callable[[], str]) -> None:
        self.app, self.entrance, self.secret = app, entrance, secret

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"] if scope["type"] == "http" else ""
        if path not in (LOGIN, CALLBACK):
            return await self.app(scope, receive, send)
        answer = await _answer(self.app, scope, receive)
        if path == LOGIN:
            if answer.status_code >= 400:
                answer = self._failed(
                    scope, N_("The provider that signs you in does not answer. Try again in a minute.")
                )
            else:
                others = [one for one in answer.raw_headers if one[0].lower() != b"set-cookie"]
                answer.raw_headers = [*others, *self._between(answer)]
        else:
            between = self._between(answer)
            answer = await run_in_threadpool(self._called_back, scope, answer)
            # It forgets the sign-in that came to its end: its state counts once.
            answer.raw_headers += between
        await answer(scope, receive, send)

    def _between(self, answer: Response) -> list[tuple[bytes, bytes]]:
        """Streamlit's cookie for the time in between, as it sets it now: over https only where we are."""
        secure = b"; Secure" if self.entrance.ways.secure else b""
        return [
            (key, value + secure)
            for key, value in answer.raw_headers
            if key.lower() == b"set-cookie" and not value.startswith(CLAIMS.encode())
        ]

    def _called_back(self, scope: Scope, answer: Response) -> Response:
        """What the callback came to: the cookie and the page one wanted, or a sentence."""
        claims = self._claims(answer)
        if claims is None:
            return self._failed(
                scope,
                N_(
                    "The sign-in was not completed: the provider refused it, does not answer, its clock is "
                    "wrong, or another tab began one since. Nothing was changed. Sign in again."
                ),
            )
        email = claims.get("email")
        if not isinstance(email, str) or not email:
            return self._failed(
                scope,
                N_("The provider did not say an e-mail address, so nobody is signed in. Ask your team."),
            )
        if claims.get("email_verified") is not True:
            return self._failed(
                scope,
                N_(
                    "The provider has not verified the address {email}, so nobody is signed in. Verify it "
                    "there, then sign in again."
                ),
                email=email,
            )
        name = claims.get("name")
        try:
            token = self._begin(email, name if isinstance(name, str) else "")
        except StorageFailed as error:
            log.error("nobody can sign in: %s", error)
            return self._failed(scope, error.template, **error.values)
        if token is None:
            return self.entrance.no_member(Words(scope), email.strip()[:254])
        return self.entrance.let_in(kept_target(cookie(scope, TARGET)), token)

    def _begin(self, email: str, name: str) -> str | None:
        """The cookie of the member with this address; None where there is none."""
        with self.entrance.studio.db.write() as session:
            member: Member | None = members.standing(session, email)
            if member is None:
                return None
            member.called = name[:100]
            return sign_ins.begin(session, member, "provider")

    def _claims(self, answer: Response) -> dict[str, Any] | None:
        """The claims in the cookies that Streamlit sets with this answer; None where it sets none."""
        set_now: dict[str, str] = {}
        for key, value in answer.raw_headers:
            if key.lower() == b"set-cookie":
                name, _, rest = value.decode("latin-1").partition("=")
                set_now[name] = rest.partition(";")[0].strip('"')
        text = self._read(CLAIMS, set_now)
        if text is not None and (chunks := re.fullmatch(r"chunks-(\d{1,2})", text)):
            if int(chunks[1]) > _MOST_CHUNKS:
                return None
            parts = [self._read(f"{CLAIMS}_{i + 1}", set_now) for i in range(int(chunks[1]))]
            text = None if None in parts else "".join(part or "" for part in parts)
        try:
            claims = json.loads(text) if text else None
        except ValueError:
            return None
        return claims if isinstance(claims, dict) and claims.get("is_logged_in") is True else None

    def _read(self, name: str, cookies: dict[str, str]) -> str | None:
        try:
            found = URLSafeTimedSerializer(self.secret(), salt=name).loads(
                cookies.get(name, ""), max_age=_FRESH_SECONDS
            )
        except BadData:
            return None
        return found if isinstance(found, str) else None

    def _failed(self, scope: Scope, template: str, **values: Any) -> Response:
        words = Words(scope)
        again = [Way(words.t(N_("Sign in again")), "/")]
        return page(words, words.t(N_("Not signed in")), [words.t(template, **values)], again, status=403)


async def _answer(app: ASGIApp, scope: Scope, receive: Receive) -> Response:
    """The whole answer of an app that is small, as an object."""
    answer = Response()
    body = bytearray()

    async def take(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.status_code = message["status"]
            answer.raw_headers = list(message.get("headers", []))
        elif message["type"] == "http.response.body":
            body.extend(message.get("body", b""))

    await app(scope, receive, take)
    answer.body = bytes(body)
    return answer
