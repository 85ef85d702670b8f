"""Runs that HeyGen's lack of credit stops."""

from sqlmodel import col, select

from core.database.tables.money import Halt
from core.database.tables.runs import Run
from tests.world import World

NO_CREDIT = {"status": 400, "code": "insufficient_credit", "message": "Insufficient credit."}


def started(world: World, count: int) -> list[Run]:
    """That many confirmed runs that nobody has begun."""
    return [world.confirm(world.location(f"Place {n}")) for n in range(count)]


def credits(world: World, micro: int) -> None:
    world.control("POST", "settings", credits=micro)


def all_halts(world: World) -> list[Halt]:
    with world.studio.db.read() as session:
        return list(session.exec(select(Halt).order_by(col(Halt.id))))
