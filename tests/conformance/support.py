"""What the journeys ask of the Studio and of HeyGen after each of them."""

from core.models import Run
from core.reports import money
from tests.videos.conftest import Films

#: Millionths of the world's unit.
UNIT = 1_000_000


def charged(films: Films) -> int:
    """What HeyGen charged in all, in millionths of the unit."""
    return sum(one["micro_credits"] for one in films.heygen["charges"])


def agree(films: Films) -> None:
    """At rest the ledger says what HeyGen says: spent is what was charged, and nothing is held."""
    told = money(films.studio.db)
    assert (films.money.spent, films.money.held) == (charged(films), 0)
    assert told.available == films.heygen["credits"]


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
