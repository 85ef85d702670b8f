"""The team's page: who is in it, invitations, roles, the way out; each wrong input a sentence in place."""

from datetime import timedelta

import pytest
from sqlmodel import select
from streamlit.testing.v1 import AppTest

from core import clock
from core.database.tables.people import Invitation, Member, SignIn
from core.people import members, sign_ins
from core.studio import Studio, use
from tests.pages.conftest import ACTOR, Open, looks_as, page_text

ANNA = "anna@team.example"


@pytest.fixture
def public(monkeypatch: pytest.MonkeyPatch) -> None:
    """The team reaches the Studio at an address of its own; set before the Studio opens."""
    monkeypatch.setenv("PUBLIC_URL", "https://studio.team.example")
    use(None)


def opened(open_page: Open) -> AppTest:
    return open_page("settings.py", part="members")


def member(studio: Studio, email: str = ANNA) -> Member:
    with studio.db.read() as session:
        return session.exec(select(Member).where(Member.email == email)).one()


def add(studio: Studio, email: str = ANNA, role: str = "operator") -> Member:
    members.invite(studio.db, email, role=role, actor=ACTOR)
    return member(studio, email)


def change(at: AppTest, one: Member) -> AppTest:
    return at.button(key=f"change_member_{one.id}").click().run()


def invite(at: AppTest, email: str, role: str = "viewer") -> AppTest:
    next(button for button in at.button if button.label == "Invite").click().run()
    at.text_input(key="invite_email").set_value(email)
    at.radio(key="invite_role").set_value(role)
    return at.button(key="invite_now").click().run()


def test_without_an_address_for_others_the_page_says_what_to_set(studio: Studio, open_page: Open) -> None:
    """For whom this address is open, and the variable that lets others in; nobody is listed."""
    said = page_text(opened(open_page))
    assert "open to this machine alone" in said
    assert "set PUBLIC_URL" in said
    assert "There are no members yet." in said


def test_an_invitation_shows_its_link_once(public: None, studio: Studio, open_page: Open) -> None:
    """The link leads to the team's address and lets this person in; closed, it is seen nowhere any more."""
    at = invite(opened(open_page), " Anna@Team.Example ")
    (link,) = [one.value for one in at.code]
    address, _, token = link.partition("?token=")
    assert address == "https://studio.team.example/join"
    assert members.invited(studio.db, token).email == ANNA

    assert "until 20" in page_text(at)
    at.button(key="invite_done").click().run()
    assert token not in page_text(at) + "".join(one.value for one in at.code)
    assert member(studio).role == "viewer"
    assert "Open invitations" in page_text(at)


@pytest.mark.parametrize(
    ("email", "sentence"),
    [
        ("anna", "is no e-mail address. Nothing was changed."),
        ("", "is no e-mail address. Nothing was changed."),
        (ANNA, "is a member already, as Operator. Nothing was changed."),
    ],
)
def test_a_wrong_invitation_is_a_sentence_in_the_dialog(
    public: None, studio: Studio, open_page: Open, email: str, sentence: str
) -> None:
    """The dialog stays open with what was typed, and nobody is added."""
    add(studio)
    at = invite(opened(open_page), email)
    assert any(sentence in error.value for error in at.error)
    assert at.text_input(key="invite_email").value == email
    assert len(members.everybody(studio.db)) == 1


def test_an_invitation_that_is_taken_back_opens_nothing(studio: Studio, open_page: Open) -> None:
    """One click, and the link is gone from the list; that somebody was faster is harmless."""
    add(studio)
    at = opened(open_page)
    (link,) = members.links(studio.db)
    at.button(key=f"take_back_{link.id}").click().run()
    assert members.links(studio.db) == []
    assert "Open invitations" not in page_text(at)


def test_a_removed_member_has_no_open_link(studio: Studio, open_page: Open) -> None:
    """The list shows only what still lets somebody in."""
    add(studio)
    at = change(opened(open_page), member(studio))
    assert "Out at the next click" in page_text(at)
    at.button(key="remove_member").click().run()
    assert members.everybody(studio.db) == []
    with studio.db.read() as session:
        assert all(one.taken_back_at is not None for one in session.exec(select(Invitation)))
    assert "Open invitations" not in page_text(at)


def test_a_role_is_changed(studio: Studio, open_page: Open) -> None:
    """Save waits until another role is chosen."""
    one = add(studio)
    at = change(opened(open_page), one)
    assert at.button(key="save_role").disabled
    at.segmented_control(key=f"role_of_{one.id}").set_value("viewer").run()
    at.button(key="save_role").click().run()
    assert member(studio).role == "viewer"


@pytest.mark.parametrize("what", ["lower", "remove"])
def test_the_last_administrator_stays(studio: Studio, open_page: Open, what: str) -> None:
    """The refusal stands in the dialog, and the member is as before."""
    one = add(studio, role="administrator")
    at = change(opened(open_page), one)
    if what == "lower":
        at.segmented_control(key=f"role_of_{one.id}").set_value("viewer").run()
        at.button(key="save_role").click().run()
    else:
        at.button(key="remove_member").click().run()
    assert any("is the last administrator. Nothing was changed." in error.value for error in at.error)
    assert member(studio).role == "administrator"
    assert member(studio).removed_at is None


def test_lowering_oneself_is_asked_once_more(
    studio: Studio, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Save waits for a tick; afterwards the page is no longer theirs."""
    add(studio, "bo@team.example", "administrator")
    me = add(studio, role="administrator")
    looks_as(monkeypatch, f"proxy {ANNA}")
    at = change(opened(open_page), me)
    at.segmented_control(key=f"role_of_{me.id}").set_value("operator").run()
    assert at.button(key="save_role").disabled
    assert "only another administrator can give you the role back" in page_text(at)
    at.checkbox(key="lower_myself").check().run()
    at.button(key="save_role").click().run()
    assert member(studio).role == "operator"
    assert "Only administrators may do this." in page_text(at)


def test_signing_out_everywhere_ends_every_sign_in(studio: Studio, open_page: Open) -> None:
    """The member stays one and can come back."""
    one = add(studio)
    with studio.db.write() as session:
        sign_ins.begin(session, session.get_one(Member, one.id), "invitation")
    at = change(opened(open_page), one)
    at.button(key="sign_out_everywhere").click().run()
    with studio.db.read() as session:
        assert all(row.ended_at is not None for row in session.exec(select(SignIn)))
    assert "signed in by an invitation" in page_text(at)


def test_another_link_is_for_the_same_member(public: None, studio: Studio, open_page: Open) -> None:
    """For a second machine: nobody is added, the role stays."""
    one = add(studio)
    at = change(opened(open_page), one)
    at.button(key="another_link").click().run()
    (link,) = [code.value for code in at.code]
    assert members.invited(studio.db, link.partition("?token=")[2]).email == ANNA
    assert len(members.everybody(studio.db)) == 1


def test_a_member_who_is_gone_meanwhile_is_said(studio: Studio, open_page: Open) -> None:
    """Two administrators at once: the second one's dialog says what happened."""
    one = add(studio)
    at = change(opened(open_page), one)
    members.remove(studio.db, one.id or 0, actor=ACTOR)
    at.button(key="sign_out_everywhere").click().run()
    assert "This member was removed meanwhile." in page_text(at)


def test_a_hundred_members_come_in_pages_and_are_found(studio: Studio, open_page: Open) -> None:
    """Names in any letters are shown letter by letter; the search narrows the list."""
    with studio.db.write() as session:
        for n in range(100):
            session.add(Member(email=f"{n:03}@team.example", role="viewer", added_by="x", called=f"Имя {n}"))
        session.add(
            Member(email="nour@team.example", role="operator", added_by="x", called="نور *الدين*"),
        )
    at = opened(open_page)
    rows = [button for button in at.button if (button.key or "").startswith("change_member_")]
    assert len(rows) == 25
    assert "101 members" in page_text(at)
    at.text_input(key="members_search").set_value("نور").run()
    rows = [button for button in at.button if (button.key or "").startswith("change_member_")]
    assert len(rows) == 1
    assert "نور \\*الدين\\*" in page_text(at)
    at.text_input(key="members_search").set_value("nobody here").run()
    assert "No member matches." in page_text(at)


def test_an_old_invitation_is_listed_no_more(studio: Studio, open_page: Open) -> None:
    """After 72 hours it opens nothing."""
    add(studio)
    clock.shift(timedelta(hours=73).total_seconds())
    try:
        assert "Open invitations" not in page_text(opened(open_page))
    finally:
        clock.shift(0)


def test_signing_out_ends_the_sign_in_and_says_so(
    studio: Studio, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The menu names who looks; after signing out no copy of the cookie counts, and the record has it."""
    one = add(studio)
    with studio.db.write() as session:
        token = sign_ins.begin(session, session.get_one(Member, one.id), "invitation")
    key = members.hash_of(token)
    looks_as(monkeypatch, f"cookie {key}")
    at = open_page("overview.py")
    assert "Operator" in page_text(at)
    at.button(key="sign_out").click().run()
    assert "You are signed out" in page_text(at)
    assert [button.key for button in at.button] == []
    assert sign_ins.person(studio.db, key, studio.settings) is None


def test_who_did_not_sign_in_has_nothing_to_sign_out_of(studio: Studio, open_page: Open) -> None:
    """At this machine, and behind a proxy that knows everybody."""
    assert "sign_out" not in [button.key for button in open_page("overview.py").button]
