"""Invitations, the start's link, the provider's way, and where each of them sends people to."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import quote, unquote, urlencode, urlsplit

import requests

from core.people import members
from core.people.members import hash_of
from core.people.roles import LOCAL_ADMIN
from core.people.ways import COOKIE
from core.web.sign_in import GUESSES, JOIN, SIGN_IN, START, TARGET
from tests.attacks.rows import Row
from tests.attacks.sites import ADMIN, STRANGER, VIEWER, GotIn, Site, Sites, shut, start_token
from tests.attacks.wire import Answer
from tests.doorstep import Headers

EVIL = (
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/%2fevil.example/..//",
    "http://evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "/\r\nLocation: http://evil.example",
    "/\nSet-Cookie: studio_session=x",
    "/\t/evil.example",
    " //evil.example",
    "evil.example",
    "@evil.example",
    f"{JOIN}?token=x",
    f"{START}?token=x",
    "/" + "a" * 3000,
)
FORM = [("Content-Type", "application/x-www-form-urlencoded")]


def rows(sites: Sites) -> Iterator[Row]:
    yield from _invitations(sites.team)
    yield from _start(sites)
    yield from _provider(sites)
    yield from _redirects(sites)


def join(site: Site, token: str, headers: Headers | None = None, **options: str) -> Answer:
    """Press the button of an invitation's page."""
    body = urlencode({"token": token}).encode()
    return site.caller(**options).ask(JOIN, "POST", [*FORM, *(headers or [])], body=body)


def _invitations(site: Site) -> Iterator[Row]:
    used, taken_back = site.invite("used@team.example"), site.invite("back@team.example")
    with site.db.write() as session:
        members.use_up(session, used)
    members.take_back(site.db, members.links(site.db)[0].id, actor=LOCAL_ADMIN)
    removed = site.invite("removed@team.example")
    members.remove(site.db, site.member_id("removed@team.example"), actor=LOCAL_ADMIN)
    bad = {
        "used": used,
        "taken back": taken_back,
        "of a member who was removed": removed,
        "72 hours old": site.invite("late@team.example", age=timedelta(hours=72, seconds=1)),
        "guessed": "A" * 43,
        "empty": "",
        "of the hash in the database": hash_of(used),
        "of 100,000 letters": "A" * 100_000,
        "of somebody's cookie": site.cookies[ADMIN],
    }
    for number, (what, token) in enumerate(bad.items()):
        # Each from an address of its own: an address that shows ten has to wait.
        peer = f"127.0.1.{number + 1}"
        yield Row(
            f"an invitation: {what}", lambda token=token, peer=peer: shut(join(site, token, source=peer), 403)
        )
        if len(token) < 1000:
            yield Row(
                f"an invitation's page: {what}",
                lambda token=token, peer=peer: shut(
                    site.caller(source=peer).ask(f"{JOIN}?token={token}"), 403
                ),
            )
    good = site.invite("good@team.example")

    def still_good(answer: Answer) -> str:
        if answer.sets(COOKIE) or members.invited(site.db, good).email != "good@team.example":
            raise GotIn("used up")
        return str(answer.status)

    for method in ("GET", "HEAD", "OPTIONS", "PUT", "get"):
        yield Row(
            f"a preview of a link by {method} uses nothing up",
            lambda method=method: still_good(site.caller().ask(f"{JOIN}?token={good}", method)),
        )
    for origin in ("https://evil.example", "null", "http://studio.example"):
        yield Row(
            f"another site's page ({origin}) joins",
            lambda origin=origin: still_good(join(site, good, [("Origin", origin)])),
        )
    yield Row(
        "a token in the address of a POST",
        lambda: still_good(
            site.caller().ask(f"{JOIN}?token={good}", "POST", [*FORM, ("Content-Length", "0")])
        ),
    )
    yield Row(
        "a token behind more than 4 KiB",
        lambda: still_good(
            site.caller().ask(JOIN, "POST", FORM, body=b"x=" + b"a" * 5000 + b"&token=" + good.encode())
        ),
    )
    yield Row("the 11th guess of an address", lambda: _eleventh(site, good, "127.0.2.1", spoofed=False))
    yield Row(
        "the 11th guess, each under another X-Forwarded-For",
        lambda: _eleventh(site, good, "127.0.2.2", spoofed=True),
    )
    yield Row(
        "a good link after that from the same address",
        lambda: still_good(join(site, good, source="127.0.2.2")),
    )


def _eleventh(site: Site, good: str, peer: str, *, spoofed: bool) -> str:
    """Ten are told no, the next has to wait whatever it shows."""
    for number in range(GUESSES):
        headers = [("X-Forwarded-For", f"198.51.100.{number}")] if spoofed else []
        shut(site.caller(source=peer).ask(f"{JOIN}?token=guess{number}", headers=headers), 403)
    headers = [("X-Forwarded-For", "198.51.100.99")] if spoofed else []
    return shut(join(site, good, headers, source=peer), 429)


def _start(sites: Sites) -> Iterator[Row]:
    site, good = sites.keyed, start_token(sites.keyed)
    bad = {
        "no token": "",
        "an empty token": "?token=",
        "a guess": f"?token={'A' * 32}",
        "one letter changed": f"?token={good[:-1]}{'a' if good[-1] != 'a' else 'b'}",
        "cut short": f"?token={good[:-1]}",
        "in capitals": f"?token={good.upper()}",
        "two tokens": f"?token=x&token={'A' * 32}",
        "as another name": f"?Token={good}",
    }
    for what, query in bad.items():
        yield Row(
            f"the start's link: {what}", lambda query=query: shut(site.caller().ask(f"{START}{query}"), 401)
        )
    yield Row(
        "the start's link from another site's page",
        lambda: shut(
            site.caller().ask(f"{START}?token={good}", headers=[("Origin", "http://evil.example")]), 403
        ),
    )
    yield Row(
        "the start's link under another name",
        lambda: shut(site.caller().ask(f"{START}?token={good}", host="evil.example"), 403),
    )
    yield Row(
        "the start's link by POST",
        lambda: shut(site.caller().ask(f"{START}?token={good}", "POST", [("Content-Length", "0")]), 405),
    )
    for other in (sites.team, sites.proxied, sites.provider):
        yield Row(
            f"{other.name}: the start's link where a team signs in",
            lambda other=other: shut(other.caller().ask(f"{START}?token={good}"), 401),
        )
    yield Row("the 11th guess at the start's link, though it is right", lambda: _last_guess(site, good))


def _last_guess(site: Site, good: str) -> str:
    for number in range(GUESSES):
        site.caller(source="127.0.2.3").ask(f"{START}?token=guess{number}")
    return shut(site.caller(source="127.0.2.3").ask(f"{START}?token={good}"), 429)


@dataclass
class Browser:
    """The way through the provider, a request at a time, with the cookies that a browser would keep."""

    site: Site
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, path: str) -> Answer:
        own = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = self.site.caller(headers=[("Cookie", own)] if own else []).ask(path)
        for key, value in answer.headers:
            if key.lower() == "set-cookie":
                name, _, rest = value.partition("=")
                self.cookies[name] = rest.partition(";")[0]
        return answer

    def to_provider(self, target: str = "/") -> str:
        """Press the button; returns where the provider asks."""
        login = self.ask(f"{SIGN_IN}?provider=default&to={quote(target, safe='')}")
        return self.ask(login.header("location")).header("location")

    def agree(self, there: str, sub: str) -> str:
        """Sign in there; returns the callback's path and query."""
        back = requests.post(there, data={"sub": sub}, allow_redirects=False, timeout=10).headers["location"]
        return back.removeprefix(self.site.origin)


def _provider(sites: Sites) -> Iterator[Row]:
    site = sites.provider
    forged = {
        "nothing": "",
        "a state that is none": "?code=x&state=y",
        "an error": "?error=access_denied&error_description=%0d%0aSet-Cookie:%20studio_session=x",
        "two states": "?state=a&state=b&code=x",
    }
    for what, query in forged.items():
        yield Row(
            f"the provider's callback with {what}",
            lambda query=query: shut(site.caller().ask(f"/oauth2callback{query}"), 403),
        )
    yield Row("a callback in another browser than began it", lambda: _other_browser(site))
    yield Row("a callback a second time", lambda: _replayed(site))
    yield Row("a callback's state with another code of the same person", lambda: _state_again(site))
    yield Row("a callback with another code", lambda: _other_code(site))
    claims = {
        "whose address is no member's": (STRANGER, {"email": STRANGER, "email_verified": True}),
        "of a member, not verified": ("v1", {"email": ADMIN, "email_verified": False}),
        "of a member, verified as a text": ("v2", {"email": ADMIN, "email_verified": "true"}),
        "of a member, verified as 1": ("v3", {"email": ADMIN, "email_verified": 1}),
        "of a member, of which nothing is said": ("v4", {"email": ADMIN}),
        "without an address": ("v5", {"email_verified": True, "name": ADMIN}),
        "whose address is a list": ("v6", {"email": [ADMIN], "email_verified": True}),
        "whose address looks like a member's": ("v7", {"email": "аnna@team.example", "email_verified": True}),
        "whose address holds a member's": ("v8", {"email": f"{ADMIN}\0@x.example", "email_verified": True}),
        "who is a member by another name": ("v9", {"preferred_username": ADMIN, "upn": ADMIN}),
    }
    for what, (sub, said) in claims.items():
        yield Row(f"somebody signs in {what}", lambda sub=sub, said=said: _claims(sites, sub, said))
    for name in ("evil", "../x", "default\r\nX: 1", ""):
        yield Row(
            f"a provider called {name!r}",
            lambda name=name: _stays(site, site.caller().ask(f"{SIGN_IN}?provider={quote(name)}&to=/")),
        )
    for path in ("/auth/login", "/auth/login?provider=x", "/auth/login?provider=" + "A" * 200):
        yield Row(f"{path[:40]} leads nowhere", lambda path=path: _stays(site, site.caller().ask(path)))
    yield Row("/auth/logout without a cookie", lambda: shut(site.caller().ask("/auth/logout"), 401))
    for other in (sites.keyed, sites.team, sites.proxied):
        for path in (SIGN_IN, "/auth/login", "/oauth2callback?code=x&state=y"):
            yield Row(
                f"{other.name}: {path} where no provider is set up",
                lambda other=other, path=path: shut(other.caller().ask(path), 401),
            )


def _stays(site: Site, answer: Answer) -> str:
    """Sent nowhere but to a page of the Studio, and without a cookie."""
    where = answer.header("location")
    parts = urlsplit(where)
    if answer.sets(COOKIE) or (parts.netloc and f"{parts.scheme}://{parts.netloc}" != site.origin):
        raise GotIn(f"{answer.status} {where}")
    return f"{answer.status} {where}"


def _other_browser(site: Site) -> str:
    theirs, mine = Browser(site), Browser(site)
    back = theirs.agree(theirs.to_provider(), ADMIN)
    mine.to_provider()
    return shut(mine.ask(back), 403)


def _replayed(site: Site) -> str:
    browser = Browser(site)
    back = browser.agree(browser.to_provider(), VIEWER)
    if not browser.ask(back).sets(COOKIE):
        return "the first was refused"
    browser.cookies.pop(COOKIE)
    return shut(browser.ask(back), 403)


def _state_again(site: Site) -> str:
    """What the browser sent once is over, whoever knows it."""
    browser = Browser(site)
    there = browser.to_provider()
    if not browser.ask(browser.agree(there, VIEWER)).sets(COOKIE):
        return "the first was refused"
    browser.cookies.pop(COOKIE)
    return shut(browser.ask(browser.agree(there, ADMIN)), 403)


def _other_code(site: Site) -> str:
    browser = Browser(site)
    back = browser.agree(browser.to_provider(), VIEWER)
    return shut(browser.ask(back.replace("code=", "code=x")), 403)


def _claims(sites: Sites, sub: str, said: dict[str, object]) -> str:
    requests.put(f"{sites.oidc}/users/{sub}", json=said, timeout=10).raise_for_status()
    browser = Browser(sites.provider)
    return shut(browser.ask(browser.agree(browser.to_provider(), sub)), 403)


def _redirects(sites: Sites) -> Iterator[Row]:
    site = sites.provider
    for target in EVIL:
        shown = target if len(target) < 60 else f"{target[:20]}…"
        yield Row(f"sent after signing in to ?to={shown!r}", lambda target=target: _kept(site, target))
    for target in EVIL[:8:2]:
        yield Row(
            f"sent after signing in to the cookie's {target!r}", lambda target=target: _sent(site, target)
        )
    for path in (
        "//evil.example/x",
        "/\\evil.example",
        "/%2f%2fevil.example",
        "/@evil.example",
        "/.evil.example",
    ):
        yield Row(
            f"moved to the right address from {path!r}",
            lambda path=path: _moved(sites.team, path),
        )
    yield Row(
        "moved a second time in a row",
        lambda: shut(sites.team.caller(headers=[("Cookie", "studio_moved=1")]).ask(host="evil.example"), 403),
    )


def _safe(site: Site, where: str) -> str:
    """The address of a page of this Studio, as a browser reads it, that begins no sign-in anew."""
    joined = where.replace("\\", "/")
    inside = joined.startswith("/") and not joined.startswith("//") and not any(c in where for c in "\r\n\t ")
    if joined.startswith(f"{site.origin}/"):
        inside = True
    if not inside or urlsplit(joined).path in (JOIN, START, SIGN_IN) or len(where) > 2100:
        raise GotIn(where[:80])
    return where[:40]


def _kept(site: Site, target: str) -> str:
    answer = site.caller().ask(f"{SIGN_IN}?provider=default&to={quote(target, safe='')}")
    return _safe(site, unquote(answer.sets(TARGET)))


def _sent(site: Site, target: str) -> str:
    browser = Browser(site)
    back = browser.agree(browser.to_provider(), VIEWER)
    browser.cookies[TARGET] = quote(target, safe="")
    answer = browser.ask(back)
    if not answer.sets(COOKIE):
        raise GotIn(f"nobody was signed in: {answer.status} {answer.body[:80]!r}")
    return _safe(site, answer.header("location"))


def _moved(site: Site, path: str) -> str:
    answer = site.caller().ask(path, host="evil.example")
    where = answer.header("location")
    if (
        answer.status != 307
        or not where.startswith(f"{site.origin}/")
        or where.startswith(f"{site.origin}//")
    ):
        raise GotIn(f"{answer.status} {where}")
    return where
