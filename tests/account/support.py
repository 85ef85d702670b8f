"""What HeyGen holds, asked for, and avatars that were made elsewhere."""

from core.account import found, questions
from core.database.tables.heygen import StatusCheck
from tests.world import PERSON, World


def elsewhere(world: World, name: str = "Made elsewhere") -> tuple[str, str]:
    """A group that somebody made in HeyGen itself; returns its id and its look's."""
    client = world.studio.client
    made = client.create_photo_avatar_group(name, client.upload_asset(world.photo_url))
    return made["group_id"], made["avatar_id"]


def asked(world: World, kind: str = "inventory", subject: str = "") -> StatusCheck:
    """The question as the worker has answered it."""
    number = questions.ask(world.studio.db, kind=kind, subject=subject, actor=PERSON)
    questions.answer(world.studio, number)
    answered = questions.newest(world.studio.db, kind=kind, subject=subject)
    assert answered is not None
    return answered


def listed(world: World, text: str = "") -> list[str]:
    """The names of the groups that nobody here has."""
    names = list(found.unowned(world.studio.db, text=text, limit=50)["name"])
    assert len(names) == found.count_unowned(world.studio.db, text=text)
    return names
