"""The gate knows who asks, and hands that on in a header that nobody else can write."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from core import clock
from core.config import Settings
from core.database.engine import Database
from core.database.tables.people import Member, SignIn
from core.people import access, members, sign_ins
from core.people.members import hash_of
from core.people.roles import LOCAL_ADMIN, Person
from core.people.ways import COOKIE, Ways
from core.studio import Studio
from core.web.gate import HEALTH, Gate
from tests.doorstep import Headers, asked
from tests.web.conftest import ANNA, TEAM, sign_in

KEYED = Ways(sandbox=False)
PROXY = Ways(proxies=("10.0.0.0/8", "127.0.0.1"), proxy_header="x-auth-request-email")


class Inside:
    """The app behind the gate: what came through, as core.people.access reads it."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        self.people: list[Person | None] = []
        self.headers: list[tuple[bytes, bytes]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.headers = list(scope["headers"])
        who = [value.decode() for name, value in self.headers if name == access.HEADER.encode()]
        found = access.person(self.studio.db, self.studio.settings, who[0]) if len(who) == 1 else None
        self.people.append(found)
        await PlainTextResponse("inside")(scope, receive, send)


def gate(studio: Studio, ways: Ways, **options) -> tuple[Gate, Inside]:
    """A gate and what is behind it; strangers are told what a proxy named."""

    async def stranger(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse(f"named {scope['studio.named']}", 401)(scope, receive, send)

    inside = Inside(studio)
    return Gate(
        inside, studio=replace(studio, ways=ways), stranger=stranger, plain_run=b"plain", **options
    ), inside


def cookie(value: str) -> Headers:
    return [("Cookie", f"a=b; {COOKIE}={value}")]


@pytest.mark.parametrize(
    ("ways", "email", "name"),
    [
        (Ways(), None, LOCAL_ADMIN.name),
        (KEYED, "", LOCAL_ADMIN.name),
        (TEAM, ANNA, ANNA),
        (PROXY, ANNA, ANNA),
    ],
)
def test_somebody_known_gets_in_by_name(team: Studio, ways: Ways, email: str | None, name: str) -> None:
    """Whoever is at this machine in the sandbox, the start link's person, a member by the cookie."""
    guarded, inside = gate(team, ways)
    headers = [] if email is None else cookie(sign_in(team, email))
    assert asked(guarded, headers=headers, client=("192.0.2.1", 1)).status == 200
    assert [person.name for person in inside.people if person] == [name]


@pytest.mark.parametrize(("ways", "email"), [(KEYED, ANNA), (TEAM, ""), (PROXY, "")])
def test_each_cookie_counts_in_its_own_place(team: Studio, ways: Ways, email: str) -> None:
    """The start link's person is nobody where a team signs in, and no member gets in where nobody does."""
    guarded, inside = gate(team, ways)
    assert asked(guarded, headers=cookie(sign_in(team, email)), client=("192.0.2.1", 1)).status == 401
    assert inside.people == []


@pytest.mark.parametrize("claim", [str, access.sealed], ids=["plain", "with this process's own seal"])
@pytest.mark.parametrize("name", [access.HEADER, access.HEADER.upper()])
def test_what_only_the_gate_says_is_taken_from_everybody(
    team: Studio, name: str, claim: Callable[[str], str]
) -> None:
    """Even with this process's own seal, in any letters, twice, and also on an open path."""
    guarded, inside = gate(team, TEAM, open_paths=frozenset({"/open"}))
    claims = [(name, claim("local")), (name, claim(f"proxy {ANNA}"))]
    assert asked(guarded, headers=claims).status == 401
    assert asked(guarded, "/open", headers=claims).status == 200
    assert asked(guarded, headers=[*claims, *cookie(sign_in(team))]).status == 200
    assert [person and person.name for person in inside.people] == [None, ANNA]
    assert [key for key, _ in inside.headers].count(access.HEADER.encode()) == 1


@pytest.mark.parametrize(
    ("client", "peer", "headers", "name"),
    [
        ("10.1.2.3", None, [("X-Auth-Request-Email", f" {ANNA.upper()} ")], ANNA),
        ("198.51.100.7", "127.0.0.1", [("X-Auth-Request-Email", ANNA)], ANNA),
        ("127.0.0.1", "192.0.2.1", [("X-Auth-Request-Email", ANNA)], None),
        ("192.0.2.1", None, [("X-Auth-Request-Email", ANNA)], None),
        ("10.1.2.3", None, [("X-Auth-Request-Email", ANNA)] * 2, None),
        ("10.1.2.3", None, [("X-Auth-Request-Email", "")], None),
        ("10.1.2.3", None, [("X_Auth_Request_Email", ANNA)], None),
        ("10.1.2.3", None, [("X-Auth-Request-Email", "eve@team.example")], None),
        ("unix", None, [("X-Auth-Request-Email", ANNA)], None),
    ],
)
def test_a_proxys_word_counts_from_its_own_address(
    team: Studio, client: str, peer: str | None, headers: Headers, name: str | None
) -> None:
    """The peer that uvicorn saw counts, not the one somebody said; one header, which nobody else reads."""
    guarded, inside = gate(team, PROXY)
    noted = {} if peer is None else {"studio.peer": (peer, 1)}
    assert asked(guarded, headers=headers, client=(client, 1), **noted).status == (200 if name else 401)
    assert [person and person.name for person in inside.people] == ([name] if name else [])
    assert not any(key == b"x-auth-request-email" for key, _ in inside.headers)


def test_a_proxy_that_names_nobody_means_nobody(team: Studio) -> None:
    """Whatever cookie comes with it; from elsewhere the cookie counts."""
    guarded, _ = gate(team, PROXY)
    good = cookie(sign_in(team))
    assert asked(guarded, headers=good, client=("10.0.0.1", 1)).text == "named "
    assert asked(guarded, headers=good, client=("192.0.2.1", 1)).status == 200


def test_whom_a_proxy_names_is_told_that_they_are_no_member(team: Studio) -> None:
    """The stranger's answer knows the address."""
    guarded, _ = gate(team, PROXY)
    headers = [("X-Auth-Request-Email", "eve@team.example")]
    assert asked(guarded, headers=headers, client=("10.0.0.1", 1)).text == "named eve@team.example"


@pytest.mark.parametrize(("path", "status"), [(HEALTH, 200), ("/open", 200), ("/open/", 401), ("/Open", 401)])
def test_open_paths_are_open_exactly(team: Studio, path: str, status: int) -> None:
    """And over HTTP alone."""
    guarded, _ = gate(team, TEAM, open_paths=frozenset({"/open"}))
    assert asked(guarded, path).status == status


@pytest.mark.parametrize("email", [ANNA, ""])
@pytest.mark.parametrize(
    ("hours", "days", "status"), [(11.9, 0, 200), (12.1, 0, 401), (0, 29.9, 200), (0, 30.1, 401)]
)
def test_a_cookie_dies_unused_and_of_age(
    team: Studio, email: str, hours: float, days: float, status: int
) -> None:
    """Twelve hours without a click, thirty days in all: the start link's too."""
    guarded, _ = gate(team, TEAM if email else KEYED)
    token = sign_in(team, email)
    with team.db.write() as session:
        row = session.get_one(SignIn, hash_of(token))
        row.last_seen_at -= timedelta(hours=hours)
        row.signed_at -= timedelta(days=days)
        session.add(row)
    assert asked(guarded, headers=cookie(token)).status == status


def test_a_click_keeps_a_cookie_alive(team: Studio) -> None:
    """Eight hours and eight more: each use counts."""
    guarded, _ = gate(team, TEAM)
    token = sign_in(team)
    for hour in (8, 16, 24):
        clock.shift(hour * 3600)
        assert asked(guarded, headers=cookie(token)).status == 200
    clock.shift(37 * 3600)
    assert asked(guarded, headers=cookie(token)).status == 401


def test_nobody_gets_in_while_the_database_cannot_be_asked(
    team: Studio, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A refusal and a line in the log, not an error; the sandbox, which asks nothing, goes on."""
    (tmp_path / "damaged.db").write_bytes(b"no database" * 1000)
    damaged = replace(team, db=Database(tmp_path / "damaged.db"))
    headers = cookie(sign_in(team))
    assert asked(gate(damaged, TEAM)[0], headers=headers).status == 401
    assert "nobody gets in while the database cannot be read" in caplog.text
    assert asked(gate(damaged, Ways())[0]).status == 200
    damaged.db.close()


def talk(guarded: Gate, headers: Headers, *between) -> tuple[list[Message], list[Message]]:
    """What the app behind the gate hears and what the browser does, with a call before each message."""
    heard: list[Message] = []
    sent: list[Message] = []

    async def listen(scope: Scope, receive: Receive, send: Send) -> None:
        while (message := await receive())["type"] != "websocket.disconnect":
            heard.append(message)
        heard.append(message)

    guarded.app = listen
    calls = iter(between)

    async def receive() -> Message:
        for call in calls:
            if call is not None:
                await asyncio.to_thread(call)
            return {"type": "websocket.receive", "bytes": b"said"}
        return {"type": "websocket.disconnect", "code": 1000}

    async def send(message: Message) -> None:
        sent.append(message)

    raw = [(name.lower().encode(), value.encode()) for name, value in headers]
    scope = {"type": "websocket", "path": "/_stcore/stream", "client": ("192.0.2.1", 1), "headers": raw}
    asyncio.run(guarded(scope, receive, send))
    return heard, sent


def test_a_stranger_gets_no_websocket(team: Studio) -> None:
    """It is closed before it is accepted, on an open path as well."""
    heard, sent = talk(gate(team, TEAM, open_paths=frozenset({"/_stcore/stream"}))[0], [])
    assert heard == []
    assert [(message["type"], message["code"]) for message in sent] == [("websocket.close", 1008)]


@pytest.mark.parametrize("how", ["removed", "signed out", "everywhere", "idle"])
def test_an_open_websocket_ends_with_who_opened_it(team: Studio, how: str) -> None:
    """One plain run in the place of what was said, then the end; nothing of it reaches the app."""
    email = f"{how.replace(' ', '-')}@team.example"
    members.invite(team.db, email, role="viewer", actor=LOCAL_ADMIN)
    token = sign_in(team, email)
    with team.db.read() as session:
        member_id = session.exec(select(Member.id).where(Member.email == email)).one() or 0
    ends = {
        "removed": lambda: members.remove(team.db, member_id, actor=LOCAL_ADMIN),
        "signed out": lambda: sign_ins.end(team.db, hash_of(token)),
        "everywhere": lambda: members.sign_out_everywhere(team.db, member_id, actor=LOCAL_ADMIN),
        "idle": lambda: clock.shift(13 * 3600),
    }
    heard, sent = talk(gate(team, TEAM)[0], cookie(token), None, ends[how], None, None)
    assert [message.get("bytes") for message in heard] == [b"said", b"plain", None]
    assert [message["type"] for message in sent] == ["websocket.close"]


def test_settings_say_how_long(team: Studio) -> None:
    """SESSION_IDLE_HOURS and SESSION_DAYS."""
    short = replace(team, settings=Settings(session_idle=0.5))
    token = sign_in(team)
    clock.shift(1900)
    assert asked(gate(short, TEAM)[0], headers=cookie(token)).status == 401
    assert asked(gate(team, TEAM)[0], headers=cookie(token)).status == 200
