"""Where a failed video run goes on, and what that costs."""

from sqlmodel import Session

from core.database.tables.runs import Run
from core.database.tables.videos import Video
from core.money import tariffs
from core.money.tariffs import for_length


def retry_step(run: Run) -> str:
    """Where a retry of this failed video run goes on: a render that HeyGen has is not repeated."""
    return run.step if run.step in ("rendering", "archive") else "avatar"


def prices(session: Session, run: Run) -> dict[str, int]:
    """What a retry agrees on: today's prices, but its own for a render that HeyGen has accepted."""
    if retry_step(run) != "avatar" and run.prices:
        return run.prices
    return tariffs.standing(session).of_run("video")


def retry_price(run: Run, video: Video, prices: dict[str, int]) -> int:
    """What a retry holds, in micro-credits: nothing where the render is there, which is then booked."""
    if retry_step(run) == "archive":
        return 0
    return for_length(prices["generate_video"], video.upper_ms)
