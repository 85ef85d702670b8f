"""Two worlds that never mix: a database is stamped when it is made, and refuses to serve another world."""

import hashlib
from urllib.parse import urlsplit

from sqlmodel import Session

from core.config import Settings
from core.database.tables.heygen import Stamp
from core.errors import StartRefused
from core.locale import N_

#: What is said of data that belongs elsewhere, by the field of the stamp that tells.
OTHER = {
    "world": N_(
        "The data in {path} belongs to another world (there: {there}, here: {here}). Nothing was changed. "
        "Set DATA_DIR to another directory, or put the old setting back."
    ),
    "api_host": N_(
        "The data in {path} belongs to another HeyGen address (there: {there}, here: {here}). Nothing was "
        "changed. Set DATA_DIR to another directory, or put the old setting back."
    ),
    "dialect_family": N_(
        "The data in {path} belongs to another dialect family (there: {there}, here: {here}). Nothing was "
        "changed. Set DATA_DIR to another directory, or put the old setting back."
    ),
    "key_fingerprint": N_(
        "The data in {path} belongs to another key (there: {there}, here: {here}). Nothing was changed. "
        "Set DATA_DIR to another directory, put the old key back, or, when this is a new key of the same "
        "HeyGen account, run: python -m core rekey."
    ),
}


def key_fingerprint(key: str) -> str:
    """A short one-way mark of the key, to notice another account; never the key itself."""
    return hashlib.sha256(b"photo-avatar-studio:" + key.encode()).hexdigest()[:16] if key else ""


def stamp(session: Session, settings: Settings, *, new_key: bool = False) -> None:
    """Write the world into a new database; raise StartRefused for a database of another one.

    With `new_key` another key is taken into the stamp instead of being refused.
    """
    sandbox = settings.world == "sandbox"
    wanted = Stamp(
        world=settings.world,
        # Any sandbox is the same world: its port changes with each start, its key is no secret.
        api_host="" if sandbox else (urlsplit(settings.api_base).hostname or ""),
        dialect_family=settings.family,
        key_fingerprint="" if sandbox else key_fingerprint(settings.api_key),
    )
    found = session.get(Stamp, 1)
    if found is None:
        session.add(wanted)
        return
    if new_key and found.world == wanted.world:
        found.key_fingerprint = wanted.key_fingerprint
        session.add(found)
    for field, sentence in OTHER.items():
        there, here = getattr(found, field), getattr(wanted, field)
        if there != here:
            raise StartRefused(sentence, path=str(settings.data_dir), there=there or "–", here=here or "–")
