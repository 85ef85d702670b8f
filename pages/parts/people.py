"""The names under which things are recorded, as the reader knows them."""

from core.account import BOOKKEEPER
from core.members import LOCAL_ADMIN
from pages.parts.words import t


def person(actor: str) -> str:
    """The name itself; the Studio's own names for the member without sign-in and for HeyGen in words."""
    return {LOCAL_ADMIN: t("local administrator"), BOOKKEEPER: t("HeyGen's balance")}.get(actor, actor)
