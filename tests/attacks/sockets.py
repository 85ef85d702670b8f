"""An open WebSocket: who must not get one, and what becomes of it when its person is gone."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.util import calc_hash

from core.database.tables.people import SignIn
from core.people import members, sign_ins
from core.people.members import hash_of
from core.people.roles import LOCAL_ADMIN
from tests.attacks.routes import PAGES
from tests.attacks.rows import Row
from tests.attacks.sites import ADMIN, MARK, USER_HEADER, VIEWER, GotIn, Site, Sites, shut
from tests.attacks.wire import Run, Talk
from tests.faults.child_studio import ROOT

OUT = b"You are signed out"


def rows(sites: Sites) -> Iterator[Row]:
    team = sites.team
    for path in (
        "/_stcore/stream",
        "/_stcore/stream/",
        "//_stcore/stream",
        "/locations/_stcore/stream",
        "/",
        "/_stcore/health",
    ):
        yield Row(
            f"a WebSocket at {path} without a cookie", lambda path=path: shut(team.caller().shake(path), 403)
        )
    for file in PAGES:
        name = file.removeprefix("pages/").removesuffix(".py")
        yield Row(
            f"a WebSocket below /{name} without a cookie",
            lambda name=name: shut(team.caller().shake(f"/{name}/_stcore/stream"), 403),
        )
    yield Row("an administrator's session without a cookie", lambda: _session(team))
    for what, end in _ends().items():
        yield Row(f"goes on {what}", lambda end=end: _goes_on(team, end, {}, seen=True))
    yield Row("the proxy's person goes on after being removed", lambda: _proxied(sites.proxied))
    removed = _ends()["after being removed"]
    hashes = {file: calc_hash(str(ROOT / file)) for file in PAGES if file.count("/") == 1}
    for file, page in hashes.items():
        name = file.removeprefix("pages/").removesuffix(".py")
        yield Row(
            f"goes on to {name} by its address",
            lambda name=name: _goes_on(team, removed, {"page_name": name}),
        )
        yield Row(
            f"goes on to {file} by its file",
            lambda page=page: _goes_on(team, removed, {"page_script_hash": page}),
        )
    for what in (
        "a fragment",
        "an automatic rerun",
        "a query",
        "an upload's address",
        "clearing the cache",
        "stopping",
    ):
        yield Row(f"goes on with {what}", lambda what=what: _message(team, what))
    yield Row("an administrator's page after becoming a viewer", lambda: _demoted(team))


def _session(site: Site) -> str:
    with site.caller(site.cookies[ADMIN]).talk(site.origin) as talk:
        session = talk.run().session
        protocols = [("Sec-WebSocket-Protocol", f"streamlit, x, {session}")]
        return shut(site.caller().shake(headers=protocols), 403)


def _ends() -> dict[str, Callable[[Site, str, str], None]]:
    """Each way of being no longer known, for the member with this address and this cookie."""

    def idle(site: Site, _email: str, token: str) -> None:
        with site.db.write() as session:
            row = session.get_one(SignIn, hash_of(token))
            row.last_seen_at -= timedelta(hours=13)
            session.add(row)

    def aged(site: Site, _email: str, token: str) -> None:
        with site.db.write() as session:
            row = session.get_one(SignIn, hash_of(token))
            row.signed_at -= timedelta(days=31)
            session.add(row)

    def removed(site: Site, email: str, _token: str) -> None:
        members.remove(site.db, site.member_id(email), actor=LOCAL_ADMIN)

    def everywhere(site: Site, email: str, _token: str) -> None:
        members.sign_out_everywhere(site.db, site.member_id(email), actor=LOCAL_ADMIN)

    def back(site: Site, email: str, token: str) -> None:
        removed(site, email, token)
        site.invite(email, "administrator")

    return {
        "after being removed": removed,
        "after being removed and invited again": back,
        "after signing out": lambda site, _email, token: sign_ins.end(site.db, hash_of(token)),
        "after signing out everywhere": everywhere,
        "after twelve hours without a click": idle,
        "after 30 days": aged,
    }


_numbers = iter(range(10**6))


def _newcomer(site: Site, role: str = "administrator") -> str:
    """The address of a new member."""
    email = f"member{next(_numbers)}@team.example"
    with site.db.write() as session:
        members.use_up(session, site.invite(email, role))
    return email


def _nothing_more(first: Run, second: Run) -> str:
    """One sentence and nothing else; then the connection ends."""
    if MARK.encode() in first.told or OUT not in first.told or first.kinds - {"alert", "html"}:
        raise GotIn(f"{first.kinds}, the sentence: {OUT in first.told}")
    if not second.ended or MARK.encode() in second.told:
        raise GotIn("the connection goes on")
    return "the sentence, then the end"


def _seen(talk: Talk) -> Run:
    """The first page, as somebody known sees it."""
    home = talk.run()
    if not home.pages:
        raise GotIn("no page was shown to a member")
    return home


def _goes_on(
    site: Site, end: Callable[[Site, str, str], None], state: dict[str, str], *, seen: bool = False
) -> str:
    email = _newcomer(site)
    token = site.sign_in(email)
    with site.caller(token).talk(site.origin) as talk:
        if seen:
            _seen(talk)
        end(site, email, token)
        said = _nothing_more(talk.run(**state), talk.run(**state))
    shut(site.caller(token).shake(), 403)
    return said


def _proxied(site: Site) -> str:
    email = _newcomer(site)
    caller = site.caller(headers=[(USER_HEADER, email)])
    with caller.talk(site.origin) as talk:
        _seen(talk)
        members.remove(site.db, site.member_id(email), actor=LOCAL_ADMIN)
        said = _nothing_more(talk.run(), talk.run())
    shut(caller.shake(), 403)
    return said


def _message(site: Site, what: str) -> str:
    email = _newcomer(site)
    token = site.sign_in(email)
    with site.caller(token).talk(site.origin) as talk:
        there = _seen(talk)
        members.remove(site.db, site.member_id(email), actor=LOCAL_ADMIN)
        message = BackMsg()
        if what == "a fragment":
            message.rerun_script.fragment_id = sorted(there.fragments)[0]
        elif what == "an automatic rerun":
            message.rerun_script.is_auto_rerun = True
            message.rerun_script.fragment_id = sorted(there.fragments)[0]
        elif what == "a query":
            message.rerun_script.query_string = "view=table&archive=1"
        elif what == "an upload's address":
            message.file_urls_request.file_names.append("a.png")
            message.file_urls_request.session_id = there.session
        elif what == "clearing the cache":
            message.clear_cache = True
        else:
            message.stop_script = True
        return _nothing_more(talk.say(message), talk.say(message))


def _demoted(site: Site) -> str:
    """The next click has a viewer's rights: the cookie stays good, the administrator's page does not."""
    email = _newcomer(site)
    with site.caller(site.sign_in(email)).talk(site.origin) as talk:
        pages = _seen(talk).pages
        members.change_role(site.db, site.member_id(email), role="viewer", actor=LOCAL_ADMIN)
        shown = _buttons(talk.run(page_script_hash=pages["settings"]))
    with site.caller(site.cookies[VIEWER]).talk(site.origin) as talk:
        viewers = _buttons(talk.run(page_script_hash=pages["settings"]))
    if not shown or shown - viewers:
        raise GotIn(f"buttons that no viewer has: {shown - viewers}")
    return "a viewer's page"


def _buttons(run: Run) -> set[str]:
    return {widget.label for widget in run.widgets("button").values()}
