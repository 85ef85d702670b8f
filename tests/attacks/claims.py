"""Headers that say who asks, from those who may not say it; and what every answer tells browsers."""

from collections.abc import Callable, Iterator

from core.people import access
from core.people.ways import COOKIE
from core.web.headers import HEADERS
from core.web.sign_in import JOIN, START
from tests.attacks.rows import Row
from tests.attacks.sites import ADMIN, USER_HEADER, VIEWER, GotIn, Site, Sites, shut
from tests.attacks.wire import ELSEWHERE, HERE, Answer
from tests.doorstep import Headers


def rows(sites: Sites) -> Iterator[Row]:
    ours = access.HEADER
    member = f"proxy {ADMIN}"
    claims: dict[str, Headers] = {
        "local": [(ours, "local")],
        "a member": [(ours, member)],
        "in capitals": [(ours.upper(), "local")],
        "as people write it": [("X-Studio-Who", "local")],
        "with another process's seal": [(ours, access.sealed("local"))],
        "a member with another process's seal": [(ours, access.sealed(member))],
        "with an empty seal": [(ours, " local")],
        "twice": [(ours, "local"), (ours, access.sealed("local"))],
        "with underscores": [("X_Studio_Who", "local")],
        "beside the right name with underscores": [("X_Studio_Who", "local"), (ours, "local")],
        "in Latin letters beyond ASCII": [(ours, "\u00ff local")],
        "a user": [("X-Forwarded-User", ADMIN), ("X-Forwarded-Email", ADMIN), ("Remote-User", ADMIN)],
        "a basic authorization": [("Authorization", "Basic YWRtaW46YWRtaW4=")],
    }
    for site in sites.guarded:
        for what, headers in claims.items():
            yield Row(
                f"{site.name}: says who asks: {what}",
                lambda site=site, headers=headers: shut(site.caller(headers=headers).ask()),
            )
            yield Row(
                f"{site.name}: a WebSocket says who asks: {what}",
                lambda site=site, headers=headers: shut(site.caller(headers=headers).shake()),
            )
    for site in (sites.team, sites.provider, sites.keyed):
        yield Row(
            f"{site.name}: a proxy's header where no proxy is trusted",
            lambda site=site: shut(site.caller(headers=[(USER_HEADER, ADMIN)]).ask()),
        )
    yield from _proxy(sites.proxied)
    yield from _forwarded(sites.team)
    yield from _told(sites)


def _proxy(site: Site) -> Iterator[Row]:
    named = (USER_HEADER, ADMIN)
    elsewhere: dict[str, Headers] = {
        "names somebody": [named],
        "in small letters": [(USER_HEADER.lower(), ADMIN)],
        "in capitals": [(USER_HEADER.upper(), ADMIN)],
        "with underscores": [(USER_HEADER.replace("-", "_"), ADMIN)],
        "twice": [named, named],
        "and says it is the proxy (X-Forwarded-For)": [named, ("X-Forwarded-For", HERE)],
        "and says it is the proxy (X-Real-IP)": [named, ("X-Real-IP", HERE)],
        "and says it is the proxy (Forwarded)": [named, ("Forwarded", f"for={HERE}")],
    }
    for what, headers in elsewhere.items():
        yield Row(
            f"another peer than the proxy {what}",
            lambda headers=headers: shut(site.caller(headers=headers, source=ELSEWHERE).ask(), 401),
        )
        yield Row(
            f"a WebSocket of another peer than the proxy {what}",
            lambda headers=headers: shut(site.caller(headers=headers, source=ELSEWHERE).shake(), 403),
        )
    proxy: dict[str, Headers] = {
        "names nobody": [],
        "names an empty address": [(USER_HEADER, "")],
        "names a space": [(USER_HEADER, "  ")],
        "names two": [named, (USER_HEADER, VIEWER)],
        "names one twice": [named, named],
        "names two in one": [(USER_HEADER, f"{ADMIN}, {VIEWER}")],
        "names somebody beside an empty one": [(USER_HEADER, ""), named],
        "names no member": [(USER_HEADER, "eve@elsewhere.example")],
        "names one who looks like a member": [(USER_HEADER, "аnna@team.example")],
        "names what is no UTF-8": [(USER_HEADER, "\udcff@team.example")],
        "names a wildcard": [(USER_HEADER, "%@team.example")],
        "names SQL": [(USER_HEADER, "' OR 1=1 --")],
        "lets a name with underscores pass": [(USER_HEADER.replace("-", "_"), ADMIN)],
        "lets another header pass": [("X-Forwarded-Email", ADMIN)],
    }
    for what, headers in proxy.items():
        yield Row(
            f"the proxy {what}", lambda headers=headers: shut(site.caller(headers=headers).ask(), 401, 403)
        )
        yield Row(
            f"the proxy {what}, by a WebSocket",
            lambda headers=headers: shut(site.caller(headers=headers).shake(), 403),
        )


def _forwarded(site: Site) -> Iterator[Row]:
    good = site.cookies[VIEWER]
    plain = [("X-Forwarded-Proto", "http"), ("Accept", "*/*")]
    yield Row("the cookie came over plain http", lambda: shut(site.caller(good, headers=plain).ask(), 403))
    yield Row("a WebSocket came over plain http", lambda: shut(site.caller(good, headers=plain).shake(), 403))
    for name in (
        "X-Forwarded-Host",
        "X-Original-Host",
        "X-Host",
        "X-Forwarded-Server",
        "X-Original-URL",
        "X-Rewrite-URL",
    ):
        yield Row(
            f"{name} changes no address",
            lambda name=name: _without(shut, site.caller(headers=[(name, "evil.example")]).ask(JOIN)),
        )


def _without(check: Callable[..., str], answer: Answer) -> str:
    if b"evil.example" in answer.body or "evil.example" in str(answer.headers):
        raise GotIn(f"{answer.status} {answer.headers}")
    return check(answer, 401, 403)


def _told(sites: Sites) -> Iterator[Row]:
    """No answer may be framed, read or shown by another site."""
    team = sites.team
    evil = [("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site")]
    answers: dict[str, Callable[[], Answer]] = {
        "a page": lambda: team.caller(team.cookies[VIEWER]).ask(),
        "a photo": lambda: team.caller(team.cookies[VIEWER]).ask("/photos/1"),
        "a video that is not there": lambda: team.caller(team.cookies[VIEWER]).ask("/videos/1.mp4"),
        "a static file": lambda: team.caller(team.cookies[VIEWER]).ask("/favicon.png"),
        "media that are not there": lambda: team.caller(team.cookies[VIEWER]).ask("/media/x"),
        "an uploaded file's route": lambda: team.caller(team.cookies[VIEWER]).ask(
            "/_stcore/upload_file/a/b", "PUT"
        ),
        "the page for strangers": lambda: team.caller().ask(),
        "a refusal of the gate": lambda: team.caller().ask(headers=[("Accept", "*/*")]),
        "a refusal of the door": lambda: team.caller(headers=evil).ask(),
        "a move to the right address": lambda: team.caller().ask(host="evil.example"),
        "an invitation": lambda: team.caller().ask(f"{JOIN}?token={team.invite('frame@team.example')}"),
        "an invitation that does not count": lambda: team.caller(source="127.0.3.1").ask(f"{JOIN}?token=x"),
        "the health check": lambda: team.caller(headers=evil[1:]).ask("/_stcore/health"),
        "the health check's OPTIONS": lambda: team.caller().ask("/_stcore/health", "OPTIONS"),
        "the webhook's refusal": lambda: team.caller().ask("/hooks/heygen"),
        "the sign-in at the provider": lambda: sites.provider.caller().ask("/signin?provider=default"),
        "the provider's callback": lambda: sites.provider.caller().ask("/oauth2callback"),
        "the way to the provider": lambda: sites.provider.caller().ask("/auth/login"),
        "the start's refusal": lambda: sites.keyed.caller(source="127.0.3.2").ask(START),
        "a page where nobody signs in": lambda: sites.alone.caller().ask(),
        "a photo where nobody signs in": lambda: sites.alone.caller().ask("/photos/1"),
    }
    for what, ask in answers.items():
        yield Row(f"another site frames or reads {what}", lambda ask=ask: _closed(ask()))
    yield Row("a script reads the cookie, or it travels in the open", lambda: _flags(team))


def _closed(answer: Answer) -> str:
    for name, value in {**HEADERS, "Content-Security-Policy": "frame-ancestors 'none'"}.items():
        if value not in answer.header(name.lower()):
            raise GotIn(f"{answer.status}: {name} is {answer.header(name.lower())!r}")
    if answer.header("access-control-allow-origin"):
        raise GotIn(f"{answer.status}: {answer.header('access-control-allow-origin')} may read it")
    return str(answer.status)


def _flags(site: Site) -> str:
    from tests.attacks.links import join

    answer = join(site, site.invite("flags@team.example"))
    if not answer.sets(COOKIE):
        raise GotIn("no cookie was set")
    said = answer.header("set-cookie").lower()
    for flag in ("httponly", "secure", "samesite=lax", "path=/"):
        if flag not in said:
            raise GotIn(f"no {flag}: {said}")
    if "domain=" in said or answer.header("cache-control") != "no-store":
        raise GotIn(said)
    return "HttpOnly, Secure, SameSite=lax"
