"""Every route that there is, without a cookie; every file, with one; other people's uploads."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from core.web.gate import HEALTH
from core.web.provider import PROVIDER_PATHS
from core.web.sign_in import JOIN
from core.web.webhooks import PATH as HOOK
from tests.attacks.rows import Row
from tests.attacks.sites import ADMIN, HOOK_SECRET, VIEWER, GotIn, Site, Sites, shut
from tests.attacks.wire import Answer, Caller
from tests.doorstep import Headers
from tests.faults.child_studio import ROOT
from tests.faults.processes import Fork, environment
from tests.journeys.conftest import prepare

#: What tells nothing, or asks for itself who is there.
OPEN = {HEALTH, JOIN, HOOK}
PAGES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "pages").rglob("*.py"))
PRIVATE = (
    ".streamlit/secrets.toml",
    ".streamlit/config.toml",
    ".env",
    ".git/config",
    "app.py",
    "core/config.py",
    "pages/main.py",
    "requirements.txt",
    "data/sandbox/studio.db",
    "data/live/studio.db",
    "data/live/cookie-secret",
)
#: Ways up from a route that serves files. {} is a path from the root of the machine.
UP = (
    "/{}",
    "//{}",
    "/static/{}",
    "/static/../../../../../../../../{}",
    "/static/..%2f..%2f..%2f..%2f..%2f..%2f..%2f{}",
    "/static/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/{}",
    "/static/..\\..\\..\\..\\{}",
    "/static/%252e%252e/%252e%252e/%252e%252e/{}",
    "/media/../../../../../../{}",
    "/media/%2e%2e%2f%2e%2e%2f{}",
    "/app/static/../../../../{}",
    "/component/x/../../../../../{}",
    "/component/../{}",
    "/_stcore/bidi-components/x/../../../../{}",
    "/_stcore/bidi-components/%2e%2e%2f%2e%2e%2f{}",
    "/photos/..%2f..%2f..%2f{}",
    "/photos/../../../../{}",
    "/videos/..%2f..%2f..%2f{}.mp4",
    "/videos/%2e%2e/%2e%2e/{}",
    "/{}%00.png",
    "/./{}",
    "/x/../{}",
    "/file:///{}",
)


def routes() -> None:
    """In a process of its own: every route of the app's own router, as JSON."""
    from starlette.routing import Mount, Route, WebSocketRoute

    from app import app

    found = []
    for one in app._build_starlette_app().routes:
        assert isinstance(one, Mount | Route | WebSocketRoute), one
        methods = sorted(getattr(one, "methods", None) or ["GET"])
        found.append([type(one).__name__, one.path, methods])
    print("routes", json.dumps(found), flush=True)


@cache
def known_routes() -> list[tuple[str, str, list[str]]]:
    """What `routes` says: the kind, the path and the methods of each."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder, samples=False)
        environ = environment(
            DATA_DIR=str(folder / "data"),
            PUBLIC_URL="https://studio.example",
            HEYGEN_WEBHOOK_SECRET=HOOK_SECRET,
        )
        process = Fork(folder / "app.log", environ, routes)
        try:
            return [tuple(one) for one in json.loads(process.says(r"routes (\[.*\])").group(1))]
        finally:
            process.kill()


def _filled(path: str) -> str:
    for name in ("location_id", "video_id"):
        path = path.replace(f"{{{name}}}", "1")
    return path.replace("{path:path}", "index.html").partition("{")[0] + ("x" if "{" in path else "") or "/"


def rows(sites: Sites) -> Iterator[Row]:
    known = known_routes()
    if len(known) < 20 or {"/photos/{location_id}", JOIN, HOOK} - {path for _, path, _ in known}:
        raise AssertionError(f"these are not all routes: {known}")
    for kind, path, methods in known:
        for site in sites.guarded:
            if path in OPEN or (site is sites.provider and path in PROVIDER_PATHS):
                continue
            for method in methods:
                what = f"{site.name}: {kind} {method} {path or '/'} without a cookie"
                yield Row(
                    what,
                    lambda site=site, kind=kind, path=path, method=method: _route(site, kind, path, method),
                )
        for site in (sites.alone, sites.keyed):
            if path in (HEALTH, HOOK):
                continue
            yield Row(
                f"{site.name}: {kind} {path or '/'} under another name",
                lambda site=site, path=path: shut(
                    site.caller(site.cookies[""]).ask(_filled(path), host="evil.example"), 403
                ),
            )
    team = sites.team
    member = team.caller(team.cookies[VIEWER])
    for file in PAGES:
        yield Row(f"/{file} without a cookie", lambda file=file: shut(team.caller().ask(f"/{file}"), 401))
        yield Row(
            f"/{file} as text for a member", lambda file=file: _kept_back(member.ask(f"/{file}"), ROOT / file)
        )
    for file in PRIVATE:
        yield Row(f"/{file} for a member", lambda file=file: _kept_back(member.ask(f"/{file}"), ROOT / file))
    secret, database = team.app.data / "cookie-secret", team.app.data / "studio.db"
    for way in UP:
        for target in (secret, database, Path("/etc/passwd"), ROOT / "core/config.py"):
            path = way.format(str(target).lstrip("/"))
            yield Row(
                f"{way.format('…' + target.name)} for a member",
                lambda path=path, target=target: _kept_back(member.ask(path), target),
            )
    yield from _numbers(member)
    yield from _uploads(team)


def _route(site: Site, kind: str, path: str, method: str) -> str:
    caller, there = site.caller(), _filled(path)
    if kind == "WebSocketRoute":
        return shut(caller.shake(there), 403)
    return shut(caller.ask(there, method), 401)


def _kept_back(answer: Answer, file: Path) -> str:
    """Nothing of the file is in the answer."""
    lines = [line for line in file.read_bytes().splitlines() if len(line) > 12] if file.is_file() else []
    if any(line in answer.body for line in lines[:200]) or answer.body.startswith(b"SQLite"):
        raise GotIn(f"{answer.status} {answer.body[:60]!r}")
    return str(answer.status)


def _numbers(member: Caller) -> Iterator[Row]:
    for path in (
        "/photos/-1",
        "/photos/1e3",
        "/photos/" + "9" * 4300,
        "/videos/0x1.mp4",
        "/videos/1'--.mp4",
        "/videos/99.mp4",
        "/media/" + "0" * 64 + ".mp4",
    ):
        yield Row(f"{path[:40]} for a member", lambda path=path: _no_file(member.ask(path)))


def _no_file(answer: Answer) -> str:
    if answer.status >= 500 or answer.header("content-type") in ("video/mp4", "image/jpeg"):
        raise GotIn(f"{answer.status} {answer.header('content-type')}")
    return f"{answer.status} {answer.header('content-type')}"


def _uploads(site: Site) -> Iterator[Row]:
    boundary = b'--x\r\nContent-Disposition: form-data; name="f"; filename="a.png"\r\n\r\nhello\r\n--x--\r\n'
    form: Headers = [("Content-Type", "multipart/form-data; boundary=x")]

    def put(caller: Caller, session: str, method: str = "PUT") -> Answer:
        health = caller.ask(HEALTH)
        xsrf = health.sets("_streamlit_xsrf")
        cookies = "; ".join([*(v for k, v in caller.headers if k == "Cookie"), f"_streamlit_xsrf={xsrf}"])
        sender = Caller(caller.port, caller.host, [("Cookie", cookies), ("X-Xsrftoken", xsrf)])
        return sender.ask(f"/_stcore/upload_file/{session}/f1", method, form, body=boundary)

    def theirs(method: str) -> str:
        """Into the open session of an administrator."""
        with site.caller(site.cookies[ADMIN]).talk(site.origin) as talk:
            session = talk.run().session
            mine = put(site.caller(site.cookies[ADMIN]), session)
            if mine.status != 204:
                raise GotIn(f"its own upload is refused: {mine.status} {mine.body[:80]!r}")
            return shut(put(site.caller(site.cookies[VIEWER]), session, method))

    yield Row("an upload without a cookie", lambda: shut(put(site.caller(), "x"), 401))
    yield Row("an upload into no session", lambda: shut(put(site.caller(site.cookies[VIEWER]), "x")))
    yield Row("an upload into somebody else's session", lambda: theirs("PUT"))
    yield Row("an upload of somebody else's is deleted", lambda: theirs("DELETE"))
    yield Row(
        "an upload without the page's token",
        lambda: shut(
            site.caller(site.cookies[VIEWER]).ask("/_stcore/upload_file/x/f1", "PUT", form, body=boundary)
        ),
    )
