"""What the journeys ask of the Studio and of HeyGen after each of them."""

from core.account.balance import money
from core.database.tables.runs import Run
from tests.films import Films
from tests.world import World, charged

#: Millionths of the world's unit.
UNIT = 1_000_000


def agree(world: World) -> None:
    """At rest the ledger says what HeyGen says: spent is what was charged, and nothing is held."""
    told = money(world.studio.db)
    assert (world.money.spent, world.money.held) == (charged(world), 0)
    assert told.available == world.heygen["credits"]


def made(films: Films, name: str = "Studio", *, motion: str = "veo2") -> tuple[int, Run]:
    """A new location and its finished avatar run."""
    place = films.location(name)
    run = films.drive(films.confirm(place, motion=motion))
    assert run.state == "done", run.error_template
    return place, run


def groups(films: Films) -> list[dict]:
    return films.heygen["groups"]


def where(films: Films) -> str:
    """Where a motion lives in this dialect."""
    return films.studio.client.traits.motion
