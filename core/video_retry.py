"""Where a failed video run goes on, and what that costs."""

from core.models import Run
from core.studio import Studio
from core.video_lines import price_of
from core.video_models import Video


def retry_step(run: Run) -> str:
    """Where a retry of this failed video run goes on: a render that HeyGen has is not repeated."""
    return run.step if run.step in ("rendering", "archive") else "avatar"


def retry_price(studio: Studio, run: Run, video: Video) -> int:
    """What a retry holds, in micro-credits: nothing where the render is there, which is then booked."""
    if retry_step(run) == "archive":
        return 0
    return price_of(studio, video.upper_ms)
