"""Sign-ins: one row a cookie. The cookie is a random token, here stands its SHA-256.

What is not in this table opens nothing, whoever signed it. A row counts while it is used at least every
SESSION_IDLE hours and no longer than SESSION_MOST, while it was not ended and its member is one.
"""

import logging
import secrets
from datetime import timedelta

from sqlmodel import Session

from core import clock
from core.config import Settings
from core.database.engine import Database
from core.database.tables.columns import id_of
from core.database.tables.people import Member, SignIn
from core.errors import StorageFailed
from core.people import audit
from core.people.members import as_person, hash_of, standing
from core.people.roles import LOCAL_ADMIN, Person

log = logging.getLogger("studio.people")

#: When somebody was last seen is written down this often at most.
SEEN_EVERY = timedelta(minutes=1)


def begin(session: Session, member: Member | None, way: str) -> str:
    """A new sign-in, of this machine's own person without a member; returns the cookie's value."""
    token = secrets.token_urlsafe(32)
    now = clock.now()
    session.add(SignIn(key=hash_of(token), member_id=member.id if member else None, way=way, signed_at=now))
    if member is not None:
        member.way, member.last_seen_at = way, now
        session.add(member)
    return token


def person(db: Database, key: str, settings: Settings) -> Person | None:
    """Who came in by the cookie with this SHA-256; None when it does not count, or no longer."""
    with db.read() as session:
        found = session.get(SignIn, key)
        if found is None or found.ended_at is not None:
            return None
        now = clock.now()
        idle, age = now - found.last_seen_at, now - found.signed_at
        if idle > timedelta(hours=settings.session_idle) or age > timedelta(days=settings.session_most):
            return None
        member = session.get(Member, found.member_id) if found.member_id is not None else None
    if found.member_id is None:
        known = LOCAL_ADMIN
    elif member is None or not _counts(member, found):
        return None
    else:
        known = as_person(member)
    if idle >= SEEN_EVERY:
        _seen(db, found.member_id, key=key)
    return known


def _counts(member: Member, found: SignIn) -> bool:
    revoked = member.not_before is not None and found.signed_at < member.not_before
    return member.removed_at is None and not revoked


def by_proxy(db: Database, email: str) -> Person | None:
    """The member whom a trusted proxy names, who signs in there and has no cookie; None for nobody."""
    with db.read() as session:
        member = standing(session, email)
    if member is None:
        return None
    seen = member.last_seen_at
    if member.way != "proxy" or seen is None or clock.now() - seen >= SEEN_EVERY:
        _seen(db, id_of(member), way="proxy")
    return as_person(member)


def _seen(db: Database, member_id: int | None, *, key: str = "", way: str = "") -> None:
    """Write down that somebody was here, by this cookie or this way; nobody is kept out because it fails."""
    now = clock.now()
    try:
        with db.write() as session:
            if key:
                session.get_one(SignIn, key).last_seen_at = now
            if member_id is not None:
                member = session.get_one(Member, member_id)
                member.last_seen_at, member.way = now, way or member.way
    except StorageFailed as error:
        log.warning("when somebody was last seen could not be written down: %s", error)


def end(db: Database, key: str) -> None:
    """Sign out: no copy of the cookie counts any more. Twice is harmless."""
    with db.write() as session:
        found = session.get(SignIn, key)
        if found is not None and found.ended_at is None:
            found.ended_at = clock.now()
            session.add(found)
            member = None if found.member_id is None else session.get_one(Member, found.member_id)
            who = LOCAL_ADMIN if member is None else as_person(member)
            audit.note(session, who, "sign_out", kind="member", id=who.member_id or "", name=who.name)
