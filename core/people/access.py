"""Who asks: what the gate found out, handed to a page's script in a header that nobody else can write.

local            whoever works at this machine, where nobody signs in
cookie KEY       a sign-in (core.people.sign_ins), by the SHA-256 of its cookie
proxy E-MAIL     a member whom a trusted proxy named
"""

import secrets

from core.config import Settings
from core.database.engine import Database
from core.people import sign_ins
from core.people.roles import LOCAL_ADMIN, Person

HEADER = "x-studio-who"
#: Made anew by every process and told to nobody: a header from outside never holds it.
_SEAL = secrets.token_urlsafe(24)


def sealed(who: str) -> str:
    """The header's value for `who`; only the gate asks for it."""
    return f"{_SEAL} {who}"


def sign_in_of(header: str) -> str:
    """The key of the sign-in that the header names; "" for who came in otherwise."""
    kind, which = _read(header)
    return which if kind == "cookie" else ""


def person(db: Database, settings: Settings, header: str) -> Person | None:
    """The person whom the header names, as the database knows them now; None for nobody, or no longer.

    Raises StorageFailed.
    """
    kind, which = _read(header)
    if kind == "local":
        return LOCAL_ADMIN
    if kind == "cookie":
        return sign_ins.person(db, which, settings)
    return sign_ins.by_proxy(db, which) if kind == "proxy" else None


def _read(header: str) -> tuple[str, str]:
    """The kind and which one; nothing where somebody else than the gate wrote the header."""
    seal, _, who = header.partition(" ")
    if not secrets.compare_digest(seal.encode(), _SEAL.encode()):
        return "", ""
    kind, _, which = who.partition(" ")
    return kind, which
