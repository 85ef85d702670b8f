"""Members: invited, joined, changed, removed and back again; and what stays refused."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import col, select

from core import clock
from core.config import Settings
from core.database.engine import Database
from core.database.tables.people import AuditLine, Member
from core.errors import BadInput, NotFound, Refusal
from core.people import access, members, sign_ins
from core.people.emails import clean_email
from core.people.roles import ADMINISTRATOR, LOCAL_ADMIN, OPERATOR, VIEWER, Person
from tests.people import somebody
from tests.world import at_once

ANNA, BORIS = "anna@team.example", "boris@team.example"
HOURS = 3600


@pytest.fixture(autouse=True)
def the_clock_is_put_right() -> object:
    yield
    clock.shift(0)


def invite(db: Database, email: str = ANNA, role: str = OPERATOR, actor: Person = LOCAL_ADMIN) -> str:
    return members.invite(db, email, role=role, actor=actor)


def join(db: Database, token: str) -> Person:
    with db.write() as session:
        return members.as_person(members.use_up(session, token))


def come_in(db: Database, token: str) -> str:
    """Use the link; returns the key of the cookie that it gave."""
    with db.write() as session:
        return members.hash_of(sign_ins.begin(session, members.use_up(session, token), "invitation"))


def known(db: Database, key: str) -> Person | None:
    return access.person(db, Settings(), access.sealed(f"cookie {key}"))


def number(db: Database, email: str = ANNA) -> int:
    with db.read() as session:
        return session.exec(select(Member.id).where(Member.email == email)).one() or 0


def told(db: Database) -> list[tuple[str, str, str]]:
    with db.read() as session:
        found = session.exec(select(AuditLine).order_by(col(AuditLine.id)))
        return [(line.actor, line.action, line.name) for line in found]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Anna@Team.Example ", "anna@team.example"),
        ("anna+ads@team.co.uk", "anna+ads@team.co.uk"),
        ("Анна@Команда.РФ", "анна@команда.рф"),
        ("آنا@فريق.شبكة", "آنا@فريق.شبكة"),
        ("an'na_1.x@a-b.example", "an'na_1.x@a-b.example"),
    ],
)
def test_an_address_is_kept_in_lower_case(typed: str, kept: str) -> None:
    """In any script, trimmed."""
    assert clean_email(typed) == kept


@pytest.mark.parametrize(
    ("said", "is_member"),
    [
        ("kim@team.example", True),
        (" KIM@Team.Example", True),
        ("\u212aim@team.example", False),
        ("k\u0131m@team.example", False),
        ("kim@team.ex\uff41mple", False),
        ("Ким@team.example", False),
    ],
)
def test_what_looks_like_a_members_address_is_somebody_elses(
    db: Database, said: str, is_member: bool
) -> None:
    """Small letters are made of capitals, never ASCII of what is none: the Kelvin sign would become a k."""
    members.invite(db, "kim@team.example", role="operator", actor=LOCAL_ADMIN)
    assert (members.person(db, said) is not None) == is_member


@pytest.mark.parametrize(
    "typed",
    [
        *("", " ", "anna", "anna@", "@team.example", "anna@team", "anna@@team.example", "an na@team.example"),
        *("anna@team.example, boris@team.example", "Anna <anna@team.example>", "anna@team..example"),
        *("anna@team.example\nBcc: x@y.example", "anna\u202e@team.example", "anna\x00@team.example"),
        *("a" * 65 + "@team.example", "анна", "анна@команда", "آنا@فريق", "anna\u200b@team.example"),
        *("anna@team.e", "anna;@team.example", '"anna"@team.example', "anna@" + "x" * 300 + ".example"),
    ],
)
def test_what_is_no_address_is_refused(db: Database, typed: str) -> None:
    """One sentence with what was typed; nobody is added and nothing noted."""
    with pytest.raises(BadInput, match="is no e-mail address"):
        invite(db, typed)
    assert members.everybody(db) == []
    assert told(db) == []


def test_a_member_joins_once_by_a_link(db: Database) -> None:
    """The link has the role of the invitation, is good once, and is stored as a hash alone."""
    token = invite(db, "Anna@team.example", OPERATOR)
    assert members.invited(db, token).email == ANNA
    assert [(link.email, link.role, link.made_by) for link in members.links(db)] == [
        (ANNA, OPERATOR, LOCAL_ADMIN.name)
    ]
    joined = join(db, token)
    assert (joined.name, joined.role, joined.may("spend"), joined.may("admin")) == (
        ANNA,
        OPERATOR,
        True,
        False,
    )
    with pytest.raises(Refusal, match="does not count"):
        join(db, token)
    assert members.links(db) == []
    assert token.encode() not in db.path.read_bytes()
    assert told(db) == [
        (LOCAL_ADMIN.name, "add_member", ANNA),
        (LOCAL_ADMIN.name, "invite", ANNA),
        (ANNA, "join", ANNA),
    ]


def test_twenty_clicks_on_one_link_let_one_in(db: Database) -> None:
    """At the same moment, too."""
    token = invite(db)

    def press(_: int) -> bool:
        try:
            return join(db, token).name == ANNA
        except Refusal:
            return False

    assert sum(at_once(press, range(20))) == 1


@pytest.mark.parametrize(
    "spoil",
    [
        lambda db: members.take_back(db, members.links(db)[0].id, actor=LOCAL_ADMIN),
        lambda db: clock.shift(members.GOOD_FOR.total_seconds() + 1),
        lambda db: members.remove(db, number(db), actor=LOCAL_ADMIN),
    ],
    ids=["taken back", "expired", "member removed"],
)
def test_a_link_that_does_not_count_lets_nobody_in(db: Database, spoil: Callable[[Database], None]) -> None:
    """Neither looked at nor used, and it is on no list any more."""
    token = invite(db)
    spoil(db)
    for use in (members.invited, join):
        with pytest.raises(Refusal, match="Ask whoever invited you"):
            use(db, token)
    assert members.links(db) == []


@pytest.mark.parametrize("token", ["", "x", "'; DROP TABLE member; --", "a" * 10_000, "приглашение"])
def test_a_guessed_link_lets_nobody_in(db: Database, token: str) -> None:
    """Whatever it is."""
    invite(db)
    with pytest.raises(Refusal):
        join(db, token)


def test_a_member_is_invited_again_for_another_machine(db: Database) -> None:
    """With the same role; another role is refused with what to do, and changes nothing."""
    first, second = invite(db), invite(db)
    assert first != second
    with pytest.raises(BadInput, match=f"{ANNA} is a member already, as operator. Nothing was changed"):
        invite(db, role=ADMINISTRATOR)
    with pytest.raises(BadInput, match="no role “emperor”"):
        invite(db, BORIS, role="emperor")
    assert [one.email for one in members.everybody(db)] == [ANNA]
    assert join(db, first) == join(db, second)


def test_a_link_is_taken_back_once(db: Database) -> None:
    """Twice is harmless, a used one stays used, an unknown one is said so."""
    invite(db)
    link = members.links(db)[0].id
    members.take_back(db, link, actor=LOCAL_ADMIN)
    members.take_back(db, link, actor=LOCAL_ADMIN)
    assert [action for _, action, _ in told(db)].count("take_back_invitation") == 1
    with pytest.raises(NotFound):
        members.take_back(db, 4711, actor=LOCAL_ADMIN)


def test_the_last_administrator_stays(db: Database) -> None:
    """Neither removed nor demoted; with a second one both are possible, one after the other."""
    members.add_first(db, [ANNA])
    who = number(db)
    for act in (
        lambda: members.remove(db, who, actor=LOCAL_ADMIN),
        lambda: members.change_role(db, who, role=VIEWER, actor=LOCAL_ADMIN),
    ):
        with pytest.raises(Refusal, match="is the last administrator"):
            act()
    assert members.administrators(db) == [ANNA]
    invite(db, BORIS, ADMINISTRATOR)
    members.change_role(db, who, role=VIEWER, actor=LOCAL_ADMIN)
    assert members.administrators(db) == [BORIS]
    with pytest.raises(Refusal):
        members.remove(db, number(db, BORIS), actor=LOCAL_ADMIN)


def test_two_administrators_who_remove_each_other_leave_one(db: Database) -> None:
    """At the same moment: the second is told, and somebody can still let people in."""
    members.add_first(db, [ANNA, BORIS])
    who = {email: members.person(db, email) or somebody() for email in (ANNA, BORIS)}
    pairs = [(number(db, ANNA), who[BORIS]), (number(db, BORIS), who[ANNA])]

    def press(pair: tuple[int, Person]) -> str:
        try:
            members.remove(db, pair[0], actor=pair[1])
        except Refusal as refused:
            return refused.user_message
        return ""

    said = at_once(press, pairs)
    assert sorted(map(bool, said)) == [False, True]
    assert len(members.administrators(db)) == 1


def test_a_role_counts_at_the_next_click(db: Database) -> None:
    """The same cookie, another role; the same role again is no change."""
    key = come_in(db, invite(db))
    members.change_role(db, number(db), role=VIEWER, actor=LOCAL_ADMIN)
    found = known(db, key)
    assert found is not None
    assert found.role == VIEWER
    count = len(told(db))
    members.change_role(db, number(db), role=VIEWER, actor=LOCAL_ADMIN)
    assert len(told(db)) == count
    with pytest.raises(BadInput, match="no role"):
        members.change_role(db, number(db), role="owner", actor=LOCAL_ADMIN)


def test_whoever_comes_back_begins_anew(db: Database) -> None:
    """A removed member's cookies and links stay dead after the return; the row stays the same."""
    key, link, who = come_in(db, invite(db)), invite(db), number(db)
    assert known(db, key) is not None
    members.remove(db, who, actor=LOCAL_ADMIN)
    assert (known(db, key), members.person(db, ANNA)) == (None, None)
    with pytest.raises(NotFound):
        members.remove(db, who, actor=LOCAL_ADMIN)
    clock.shift(1)
    again = invite(db, role=VIEWER)
    assert known(db, key) is None
    with pytest.raises(Refusal):
        join(db, link)
    clock.shift(2)
    new = known(db, come_in(db, again))
    assert new is not None
    assert (new.member_id, new.role) == (who, VIEWER)


def test_the_first_administrators_are_made_once(db: Database) -> None:
    """ADMIN_EMAILS at each start: what people decided since counts, for a demoted and for a removed one."""
    members.add_first(db, [" ANNA@team.example", BORIS])
    members.change_role(db, number(db, ANNA), role=VIEWER, actor=LOCAL_ADMIN)
    invite(db, "cleo@team.example", ADMINISTRATOR)
    members.remove(db, number(db, BORIS), actor=LOCAL_ADMIN)
    members.add_first(db, [ANNA, BORIS])
    members.add_first(db, [])
    assert members.administrators(db) == ["cleo@team.example"]
    assert [action for _, action, _ in told(db)].count("add_member") == 3
    with pytest.raises(BadInput):
        members.add_first(db, ["dora@team.example", "nobody"])
    assert members.person(db, "dora@team.example") is None


def test_a_removed_member_is_nobody_by_a_proxy_either(db: Database) -> None:
    """The header of a trusted proxy names a member, in any case; a stranger and a removed one are nobody."""
    invite(db)
    settings = Settings()
    assert access.person(db, settings, access.sealed(f"proxy {ANNA.upper()}")) is not None
    members.remove(db, number(db), actor=LOCAL_ADMIN)
    for who in (ANNA, "stranger@team.example", ""):
        assert access.person(db, settings, access.sealed(f"proxy {who}")) is None


@pytest.mark.parametrize(
    "header", ["", "local", "x local", " local", "cookie x", "\u00e9 local", "local local"]
)
def test_a_header_without_the_seal_is_nobody(db: Database, header: str) -> None:
    """Only the gate can write it."""
    assert access.person(db, Settings(), header) is None
    assert access.person(db, Settings(), access.sealed("local")) == LOCAL_ADMIN
    assert access.person(db, Settings(), access.sealed("emperor")) is None
    assert timedelta(hours=72) == members.GOOD_FOR
