"""Sign-ins: how long a cookie counts, and what ends it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlmodel import select

from core import clock
from core.config import Settings
from core.database.engine import Database
from core.database.tables.people import AuditLine, Member, SignIn
from core.people import access, members, sign_ins
from core.people.roles import LOCAL_ADMIN, Person

SETTINGS = Settings()
IDLE = timedelta(hours=SETTINGS.session_idle).total_seconds()
MOST = timedelta(days=SETTINGS.session_most).total_seconds()


@pytest.fixture(autouse=True)
def the_clock_is_put_right() -> Iterator[None]:
    yield
    clock.shift(0)


@pytest.fixture
def anna(db: Database) -> Member:
    members.invite(db, "anna@team.example", role="operator", actor=LOCAL_ADMIN)
    return members.everybody(db)[0]


def begin(db: Database, member: Member | None, way: str = "invitation") -> str:
    with db.write() as session:
        mine = None if member is None else session.get_one(Member, member.id)
        return members.hash_of(sign_ins.begin(session, mine, way))


def who(db: Database, key: str) -> Person | None:
    return sign_ins.person(db, key, SETTINGS)


def test_a_cookie_is_kept_as_a_hash(db: Database, anna: Member) -> None:
    """What stands in the data opens nothing; the member knows the last way in."""
    with db.write() as session:
        token = sign_ins.begin(session, session.get_one(Member, anna.id), "provider")
    assert who(db, token) is None
    with db.read() as session:
        assert [one.key for one in session.exec(select(SignIn))] == [members.hash_of(token)]
    assert members.everybody(db)[0].way == "provider"


def test_an_unused_cookie_dies_and_a_used_one_lives(db: Database, anna: Member) -> None:
    """Each use keeps it alive for as long again, until its longest time is over."""
    unused, used = begin(db, anna), begin(db, anna)
    step, now = IDLE * 0.9, 0.0
    while now + step < MOST:
        now += step
        clock.shift(now)
        assert who(db, used) is not None, now
    assert who(db, unused) is None
    clock.shift(MOST - 1)
    assert who(db, used) is not None
    clock.shift(MOST + 1)
    assert who(db, used) is None


def test_a_cookie_dies_at_the_second(db: Database, anna: Member) -> None:
    """Just before it is idle for too long it counts, and just after it does not."""
    one, other = begin(db, anna), begin(db, anna)
    clock.shift(IDLE - 5)
    assert who(db, one) is not None
    clock.shift(IDLE + 5)
    assert who(db, other) is None


def test_signing_out_ends_every_copy_of_one_cookie(db: Database, anna: Member) -> None:
    """The other machine stays signed in; the second click changes nothing; the record knows it once."""
    here, there = begin(db, anna), begin(db, anna)
    sign_ins.end(db, here)
    sign_ins.end(db, here)
    sign_ins.end(db, "unknown")
    assert who(db, here) is None
    assert who(db, there) is not None
    with db.read() as session:
        (line,) = session.exec(select(AuditLine).where(AuditLine.action == "sign_out"))
    assert (line.actor, line.kind, line.object_id) == ("anna@team.example", "member", str(anna.id))


def test_signing_out_everywhere_ends_all_of_them(db: Database, anna: Member) -> None:
    """Those of before; the next sign-in counts."""
    keys = [begin(db, anna), begin(db, anna)]
    members.sign_out_everywhere(db, anna.id or 0, actor=LOCAL_ADMIN)
    assert [who(db, key) for key in keys] == [None, None]
    clock.shift(1)
    assert who(db, begin(db, anna)) is not None


def test_what_was_signed_before_a_moment_counts_no_more(db: Database, anna: Member) -> None:
    """`not_before` alone is enough, also for a sign-in that nobody ended."""
    key = begin(db, anna)
    clock.shift(60)
    with db.write() as session:
        member = session.get_one(Member, anna.id)
        member.not_before = clock.now()
        session.add(member)
    assert who(db, key) is None
    clock.shift(120)
    assert who(db, begin(db, anna)) is not None


def test_a_clock_that_went_back_signs_nobody_out(db: Database, anna: Member) -> None:
    """Nor does it keep a cookie alive for longer than it would be, once the clock is right again."""
    clock.shift(3 * IDLE)
    key = begin(db, anna)
    clock.shift(0)
    assert who(db, key) is not None
    clock.shift(3 * IDLE + IDLE + 5)
    assert who(db, key) is None


def test_somebody_is_seen_once_a_minute(db: Database, anna: Member) -> None:
    """A page that redraws all the time does not write all the time."""
    key = begin(db, anna)
    first = members.everybody(db)[0].last_seen_at
    clock.shift(30)
    assert who(db, key) is not None
    assert members.everybody(db)[0].last_seen_at == first
    clock.shift(61)
    assert who(db, key) is not None
    seen = members.everybody(db)[0].last_seen_at
    assert seen is not None
    assert first is not None
    assert seen - first > timedelta(minutes=1)


def test_whom_a_proxy_names_is_seen_as_well(db: Database, anna: Member) -> None:
    """The list of members says when and how: also of who has no cookie here; once a minute."""
    assert (anna.way, anna.last_seen_at) == ("", None)
    asked = access.sealed(f"proxy {anna.email}")
    moments = []
    for seconds in (0, 30, 61):
        clock.shift(seconds)
        assert access.person(db, SETTINGS, asked) is not None
        (now,) = members.everybody(db)
        assert now.way == "proxy"
        moments.append(now.last_seen_at)
    assert moments[0] == moments[1] < moments[2]


def test_the_start_links_cookie_is_the_machines_own_person(db: Database) -> None:
    """Without a member; it ends like any other."""
    key = begin(db, None, "start_link")
    assert who(db, key) == LOCAL_ADMIN
    sign_ins.end(db, key)
    assert who(db, key) is None
