"""How much of the HeyGen plan's monthly allowance is used."""

from dataclasses import dataclass

from sqlmodel import col, func, select

from core import clock
from core.account.slots import groups_used
from core.database.engine import Database
from core.database.tables.runs import Operation
from core.quotes.videos import seconds_this_month


@dataclass(frozen=True)
class AllowanceUsed:
    """Groups as HeyGen counts them; seconds of video and motions since the first of this month, UTC."""

    groups: int
    video_seconds: int
    motions: int


def load(db: Database) -> AllowanceUsed:
    """As it is now, from counts over indexes."""
    motions = (
        select(func.count())
        .select_from(Operation)
        .where(
            col(Operation.kind) == "add_motion",
            col(Operation.settled_at) >= clock.this_month(),
            col(Operation.state) == "confirmed",
        )
    )
    with db.read() as session:
        return AllowanceUsed(
            groups=groups_used(session),
            video_seconds=seconds_this_month(session),
            motions=session.exec(motions).one(),
        )
