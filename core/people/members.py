"""Members: who may come in, with which role. A removed one keeps the row, because the record names it."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from core import clock
from core.database.engine import Database
from core.database.tables.people import Invitation, Member, SignIn
from core.errors import BadInput, NotFound, Refusal
from core.locale import N_
from core.people import audit
from core.people.emails import clean_email, same_email
from core.people.roles import ADMINISTRATOR, LOCAL_ADMIN, ROLES, Person, acts

#: How long an invitation's link is good.
GOOD_FOR = timedelta(hours=72)
NO_LINK = N_(
    "This invitation does not count: it was used, taken back or is older than 72 hours. Nothing was changed. "
    "Ask whoever invited you for a new one."
)


@dataclass(frozen=True)
class Link:
    """An invitation that can still be used."""

    id: int
    email: str
    role: str
    made_by: str
    made_at: datetime
    expires_at: datetime


def as_person(member: Member) -> Person:
    """The member as somebody who acts."""
    return Person(member.email, member.role, called=member.called, member_id=member.id)


def person(db: Database, email: str) -> Person | None:
    """The member with this address; None for nobody, or one who was removed."""
    with db.read() as session:
        found = standing(session, email)
        return None if found is None else as_person(found)


def standing(session: Session, email: str) -> Member | None:
    """The member with this address who was not removed."""
    member = session.exec(select(Member).where(Member.email == same_email(email))).first()
    return None if member is None or member.removed_at is not None else member


def everybody(db: Database) -> list[Member]:
    """The members that were not removed, in the order of their addresses."""
    with db.read() as session:
        there = select(Member).where(col(Member.removed_at).is_(None)).order_by(col(Member.email))
        return list(session.exec(there))


def administrators(db: Database) -> list[str]:
    """Whom to ask: the addresses of the administrators."""
    return [member.email for member in everybody(db) if member.role == ADMINISTRATOR]


def add_first(db: Database, emails: Iterable[str]) -> None:
    """Make these addresses administrators, except those that were members once: what people decided counts.

    Raises BadInput for an address that is none.
    """
    wanted = [clean_email(email) for email in emails]
    if not wanted:
        return
    with db.write() as session:
        known = set(session.exec(select(Member.email).where(col(Member.email).in_(wanted))))
        for email in wanted:
            if email not in known:
                _add(session, email, ADMINISTRATOR, LOCAL_ADMIN)


@acts("invite")
def invite(db: Database, email: str, *, role: str, actor: Person) -> str:
    """Let this address in with this role; returns the token of a link that is good once and for 72 hours.

    For somebody who is a member already it is a further link, for another machine. Raises BadInput for an
    address that is none, and for another role than the member has.
    """
    email = clean_email(email)
    if role not in ROLES:
        raise BadInput(
            "There is no role “{role}”. Nothing was changed. Choose one of: {known}.",
            role=role,
            known=", ".join(ROLES),
        )
    token = secrets.token_urlsafe(32)
    with db.write() as session:
        member = standing(session, email)
        if member is not None and member.role != role:
            raise BadInput(
                "{email} is a member already, as {role}. Nothing was changed. Change the role in the list of "
                "members, or invite with the same role for a further link.",
                email=email,
                role=member.role,
            )
        if member is None:
            member = _add(session, email, role, actor)
        assert member.id is not None
        made = Invitation(
            member_id=member.id,
            token_hash=hash_of(token),
            made_by=actor.name,
            expires_at=clock.now() + GOOD_FOR,
        )
        session.add(made)
        session.flush()
        audit.note(session, actor, "invite", kind="invitation", id=made.id, name=email, after={"role": role})
    return token


def _add(session: Session, email: str, role: str, actor: Person) -> Member:
    """A new member, or one who was removed and comes back."""
    member = session.exec(select(Member).where(Member.email == email)).first()
    if member is None:
        member = Member(email=email, role=role, added_by=actor.name)
    else:
        # Cookies and links of before stay dead.
        member.role, member.added_by, member.added_at = role, actor.name, clock.now()
        member.removed_at, member.not_before = None, clock.now()
    session.add(member)
    session.flush()
    audit.note(session, actor, "add_member", kind="member", id=member.id, name=email, after={"role": role})
    return member


def links(db: Database) -> list[Link]:
    """The invitations that can still be used, the newest first."""
    with db.read() as session:
        found = session.exec(
            select(Invitation, Member)
            .join(Member, col(Member.id) == col(Invitation.member_id))
            .where(_open(), col(Member.removed_at).is_(None))
            .order_by(col(Invitation.id).desc())
        )
        return [
            Link(invitation.id or 0, member.email, member.role, *_times(invitation))
            for invitation, member in found
        ]


def _times(invitation: Invitation) -> tuple[str, datetime, datetime]:
    return invitation.made_by, invitation.made_at, invitation.expires_at


def _open():
    return (
        col(Invitation.used_at).is_(None)
        & col(Invitation.taken_back_at).is_(None)
        & (col(Invitation.expires_at) > clock.now())
    )


def invited(db: Database, token: str) -> Member:
    """Whom this link is for; it stays good. Raises Refusal."""
    with db.read() as session:
        return _invited(session, token)[1]


def _invited(session: Session, token: str) -> tuple[Invitation, Member]:
    found = session.exec(
        select(Invitation, Member)
        .join(Member, col(Member.id) == col(Invitation.member_id))
        .where(Invitation.token_hash == hash_of(token), _open(), col(Member.removed_at).is_(None))
    ).first()
    if found is None:
        raise Refusal(NO_LINK)
    return found[0], found[1]


def use_up(session: Session, token: str) -> Member:
    """Take the link: it is good no more. Raises Refusal."""
    invitation, member = _invited(session, token)
    invitation.used_at = clock.now()
    session.add(invitation)
    audit.note(session, as_person(member), "join", kind="member", id=member.id, name=member.email)
    return member


@acts("take_back_invitation")
def take_back(db: Database, invitation_id: int, *, actor: Person) -> None:
    """Let nobody in by this link any more; twice is harmless. Raises NotFound."""
    with db.write() as session:
        invitation = session.get(Invitation, invitation_id)
        if invitation is None:
            raise NotFound("There is no such invitation. Nothing was changed.")
        if invitation.taken_back_at is not None or invitation.used_at is not None:
            return
        invitation.taken_back_at = clock.now()
        session.add(invitation)
        member = session.get_one(Member, invitation.member_id)
        audit.note(
            session, actor, "take_back_invitation", kind="invitation", id=invitation_id, name=member.email
        )


@acts("change_role")
def change_role(db: Database, member_id: int, *, role: str, actor: Person) -> Member:
    """Another role, from the member's next click on. Raises NotFound, BadInput, Refusal for the last
    administrator."""
    if role not in ROLES:
        raise BadInput(
            "There is no role “{role}”. Nothing was changed. Choose one of: {known}.",
            role=role,
            known=", ".join(ROLES),
        )
    with db.write() as session:
        member = _member(session, member_id)
        if member.role == role:
            return member
        _keep_one(session, member)
        before, after = audit.changed(member, role=role)
        session.add(member)
        audit.note(
            session,
            actor,
            "change_role",
            kind="member",
            id=member.id,
            name=member.email,
            before=before,
            after=after,
        )
        return member


@acts("remove_member")
def remove(db: Database, member_id: int, *, actor: Person) -> None:
    """Out from the next click on; runs go on, links die. Twice is harmless. Raises NotFound, Refusal for the
    last administrator."""
    with db.write() as session:
        member = _member(session, member_id)
        _keep_one(session, member)
        member.removed_at = clock.now()
        session.add(member)
        _end_all(session, member)
        for invitation in session.exec(
            select(Invitation).where(Invitation.member_id == member.id, col(Invitation.used_at).is_(None))
        ):
            invitation.taken_back_at = invitation.taken_back_at or clock.now()
            session.add(invitation)
        audit.note(
            session,
            actor,
            "remove_member",
            kind="member",
            id=member.id,
            name=member.email,
            before={"role": member.role},
        )


@acts("sign_out_everywhere")
def sign_out_everywhere(db: Database, member_id: int, *, actor: Person) -> None:
    """No cookie that the member has counts any more. Raises NotFound."""
    with db.write() as session:
        member = _member(session, member_id)
        _end_all(session, member)
        audit.note(session, actor, "sign_out_everywhere", kind="member", id=member.id, name=member.email)


def _end_all(session: Session, member: Member) -> None:
    member.not_before = clock.now()
    session.add(member)
    for sign_in in session.exec(
        select(SignIn).where(SignIn.member_id == member.id, col(SignIn.ended_at).is_(None))
    ):
        sign_in.ended_at = clock.now()
        session.add(sign_in)


def _member(session: Session, member_id: int) -> Member:
    member = session.get(Member, member_id)
    if member is None or member.removed_at is not None:
        raise NotFound("There is no such member any more. Nothing was changed.")
    return member


def _keep_one(session: Session, member: Member) -> None:
    """Raise Refusal when without this member nobody could administer."""
    if member.role != ADMINISTRATOR:
        return
    others = session.exec(
        select(func.count())
        .select_from(Member)
        .where(Member.role == ADMINISTRATOR, col(Member.removed_at).is_(None), Member.id != member.id)
    ).one()
    if not others:
        raise Refusal(
            "{email} is the last administrator. Nothing was changed. Make somebody else an administrator "
            "first.",
            email=member.email,
        )


def hash_of(token: str) -> str:
    """What is stored in a token's place."""
    return hashlib.sha256(token.encode()).hexdigest()
