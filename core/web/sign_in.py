"""The ways in as people meet them: what strangers are told, and the routes that end in the cookie.

/signin   to the provider, with the page one wanted kept in a short cookie
/join     an invitation: whom it is for, and one button, so that a preview of the link uses nothing up
/start    the link that the start prints, on this machine alone
"""

import logging
import re
import secrets
from collections import deque
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from core import clock
from core.errors import Refusal, StorageFailed
from core.files import write_whole
from core.locale import N_
from core.people import members, sign_ins
from core.people.ways import COOKIE, JOIN, Ways
from core.studio import Studio
from core.web.plain import Way, Words, page, refusal, wants_page

log = logging.getLogger("studio.gate")

SIGN_IN, START = "/signin", "/start"
#: Where somebody wanted to go before signing in; ten minutes are enough to do so.
TARGET, TARGET_SECONDS = "studio_target", 600
#: So many wrong tokens from one address within so many seconds; then it has to wait.
GUESSES, GUESS_SECONDS = 10, 600.0
#: What a person types.
LINK_AGAIN = "python -m core link"
_MOST_BODY = 4096

YOUR_ROLE = {
    "viewer": N_("You will be a viewer: you see everything and change nothing."),
    "operator": N_("You will be an operator: you add, edit, and spend within the budgets."),
    "administrator": N_(
        "You will be an administrator: you also decide on members, budgets, prices and backups."
    ),
}


class Guesses:
    """How often an address has shown a token that is none, lately."""

    def __init__(self) -> None:
        self._wrong: dict[str, deque[float]] = {}

    def too_many(self, address: str) -> bool:
        """True while the address has to wait."""
        times = self._wrong.get(address)
        while times and times[0] <= clock.monotonic() - GUESS_SECONDS:
            times.popleft()
        if times is not None and not times:
            del self._wrong[address]
        return times is not None and len(times) >= GUESSES

    def wrong(self, address: str) -> None:
        """Note one more."""
        if len(self._wrong) > 10_000:
            self._wrong.clear()
        self._wrong.setdefault(address, deque(maxlen=GUESSES)).append(clock.monotonic())


class Entrance:
    """What a stranger meets. `provider_link` makes the address that begins a provider's sign-in, good for two
    minutes."""

    def __init__(self, studio: Studio, provider_link: Callable[[str], str]) -> None:
        self.studio, self.ways, self.provider_link = studio, studio.ways, provider_link
        self.guesses = Guesses()

    @property
    def routes(self) -> list[Route]:
        """The routes that are open to strangers, for the ways that are set up."""
        found = [Route(START, self.start)] if self.ways.alone else []
        if self.ways.providers:
            found.append(Route(SIGN_IN, self.sign_in))
        if self.ways.invitations:
            found.append(Route(JOIN, self.join, methods=["GET", "POST"]))
        return found

    @property
    def stranger(self) -> ASGIApp:
        """Answers what nobody known asks over HTTP: a page where a browser shows one, else 401."""

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            if wants_page(scope):
                response = await run_in_threadpool(self._page, scope)
            else:
                response = refusal(scope, N_("Sign in first."), 401)
            await response(scope, receive, send)

        return answer

    def _page(self, scope: Scope) -> Response:
        """Who may come in here and how, for somebody who is not in yet."""
        words = Words(scope)
        named = scope.get("studio.named")
        if named:
            return self.no_member(words, named)
        title = words.t(N_("Sign in"))
        if self.ways.alone:
            says = words.t(
                N_(
                    "This Studio works with HeyGen, where money is at stake, so it opens by its own link "
                    "only: it stands in the terminal where the Studio was started."
                )
            )
            again = words.t(N_("To see it again, run there: {command}"), command=LINK_AGAIN)
            return page(words, title, [says, again], status=401)
        target = target_of(scope)
        buttons = [
            Way(
                words.t(N_("Sign in"))
                if name == "default"
                else words.t(N_("Sign in with {provider}"), provider=name.capitalize()),
                f"{SIGN_IN}?provider={quote(name)}&to={quote(target, safe='')}",
            )
            for name in self.ways.providers
        ]
        lines = []
        if not buttons and self.ways.invitations:
            lines.append(
                words.t(
                    N_(
                        "You come in by the link of an invitation. Open the one that you were sent, or ask "
                        "an administrator of your team for a new one."
                    )
                )
            )
        elif not buttons:
            lines.append(
                words.t(
                    N_(
                        "The proxy before the Studio did not say who you are. Sign in there first, then "
                        "reload this page."
                    )
                )
            )
        soft = []
        if buttons and self.ways.invitations:
            soft.append(words.t(N_("With an invitation: open its link.")))
        if self.ways.origin.startswith("http://") and not self.ways.at_loopback:
            soft.append(
                words.t(N_("This connection is not encrypted: the network is trusted (ALLOW_HTTP=1)."))
            )
        return page(words, title, lines, buttons, status=401, soft=soft)

    def no_member(self, words: Words, email: str) -> Response:
        """Somebody whose address is known and who is no member sees whom to ask."""
        asked = members.administrators(self.studio.db)
        says = words.t(
            N_("You are signed in as {email}, but you are not a member of this Studio. Nothing was changed."),
            email=email,
        )
        ask = (
            words.t(N_("Ask to be invited: {people}"), people=", ".join(asked[:5]))
            if asked
            else words.t(N_("Ask whoever runs the Studio: it has no administrator yet."))
        )
        again = [Way(words.t(N_("Sign in as somebody else")), "/")] if self.ways.providers else []
        return page(words, words.t(N_("Not a member")), [says, ask], again, status=403)

    async def sign_in(self, request: Request) -> Response:
        """To the provider; what one wanted to see is kept meanwhile."""
        name = request.query_params.get("provider", "")
        if name not in self.ways.providers:
            return RedirectResponse("/", 303)
        response = RedirectResponse(self.provider_link(name), 303)
        target = safe_target(request.query_params.get("to", ""))
        response.set_cookie(
            TARGET,
            quote(target, safe=""),
            max_age=TARGET_SECONDS,
            httponly=True,
            samesite="lax",
            secure=self.ways.secure,
        )
        return response

    async def join(self, request: Request) -> Response:
        """An invitation's page, and its button."""
        words = Words(request.scope)
        address = request.client.host if request.client else ""
        if self.guesses.too_many(address):
            return _wait(words)
        try:
            if request.method != "POST":
                token = request.query_params.get("token", "")
                member = await run_in_threadpool(members.invited, self.studio.db, token)
                return self._invited(words, member.email, member.role, token)
            token = await _sent_token(request)
            return await run_in_threadpool(self._joined, token)
        except Refusal as error:
            self.guesses.wrong(address)
            says = words.t(error.template, **error.values)
            return page(words, words.t(N_("Invitation")), [says], status=403)
        except StorageFailed as error:
            log.error("an invitation could not be taken: %s", error)
            return page(
                words, words.t(N_("Invitation")), [words.t(error.template, **error.values)], status=503
            )
        except ClientDisconnect:
            return Response(status_code=400)

    def _invited(self, words: Words, email: str, role: str, token: str) -> Response:
        lines = [
            words.t(N_("This link is for {email}."), email=email),
            words.t(YOUR_ROLE[role]),
        ]
        button = Way(words.t(N_("Join")), JOIN, (("token", token),))
        soft = [words.t(N_("The link is good once. This browser stays signed in."))]
        return page(words, words.t(N_("Invitation")), lines, [button], soft=soft)

    def _joined(self, token: str) -> Response:
        with self.studio.db.write() as session:
            member = members.use_up(session, token)
            made = sign_ins.begin(session, member, "invitation")
        log.info("%s joined by an invitation", member.email)
        return self.let_in("/", made)

    async def start(self, request: Request) -> Response:
        """The start's own link: the cookie is set and the token leaves the address."""
        if self.ways.asks_nothing:
            return RedirectResponse("/", 303)
        address = request.client.host if request.client else ""
        expected = await run_in_threadpool(_start_token, self.studio.settings.data_dir)
        given = request.query_params.get("token", "")
        words = Words(request.scope)
        if self.guesses.too_many(address):
            return _wait(words)
        if not expected or not secrets.compare_digest(given.encode(), expected.encode()):
            self.guesses.wrong(address)
            return await run_in_threadpool(self._page, request.scope)

        def begin() -> str:
            with self.studio.db.write() as session:
                return sign_ins.begin(session, None, "start_link")

        return self.let_in("/", await run_in_threadpool(begin))

    def let_in(self, target: str, token: str) -> Response:
        """To the page one wanted, with the cookie."""
        response = RedirectResponse(target, 303, {"Cache-Control": "no-store"})
        response.set_cookie(
            COOKIE,
            token,
            max_age=int(self.studio.settings.session_most * 86_400),
            httponly=True,
            samesite="lax",
            secure=self.ways.secure,
        )
        response.delete_cookie(TARGET, httponly=True, samesite="lax", secure=self.ways.secure)
        return response


def _wait(words: Words) -> Response:
    """What an address is told that has guessed too often."""
    says = words.t(N_("Too many links that do not count came from your address. Wait ten minutes."))
    return page(words, words.t(N_("Please wait")), [says], status=429)


async def _sent_token(request: Request) -> str:
    """The token of the form that was sent; "" for anything else. Raises ClientDisconnect."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_BODY:
            return ""
    return (parse_qs(body.decode("latin-1")).get("token") or [""])[0]


def target_of(scope: Scope) -> str:
    """The page that a request is for, with its query."""
    query = scope.get("query_string", b"").decode("latin-1")
    return safe_target(quote(scope["path"]) + (f"?{query}" if query else ""))


def safe_target(target: str) -> str:
    """The target when it is a page of ours, else "/": never another site, never one of the routes here."""
    plain = re.fullmatch(r"/(?![/\\])[!-~]{0,2000}", target) and "\\" not in target
    ours = target.partition("?")[0] in (JOIN, SIGN_IN, START)
    return target if plain and not ours else "/"


def kept_target(value: str) -> str:
    """What the short cookie kept."""
    return safe_target(unquote(value))


def _start_file(data_dir: Path) -> Path:
    return data_dir / "start-link"


def write_start_link(data_dir: Path, ways: Ways, port: int) -> str:
    """The address that opens the Studio after this start, kept where only its owner reads. Raises OSError.

    With money at stake and nobody signing in it carries a token, another one for each start. Where only a
    proxy knows people, it is the proxy's own address, which nobody here knows: "".
    """
    link = ways.origin or (f"http://localhost:{port}" if ways.alone else "")
    if ways.alone and not ways.asks_nothing:
        link += f"{START}?token={secrets.token_urlsafe(24)}"
    write_whole(_start_file(data_dir), link.encode())
    return link


def start_link(data_dir: Path) -> str:
    """The address of the last start; "" where there was none."""
    try:
        return _start_file(data_dir).read_text().strip()
    except FileNotFoundError:
        return ""


def _start_token(data_dir: Path) -> str:
    return start_link(data_dir).partition("?token=")[2]
