"""Another motion, another photo, a freed slot, a video: what tests of runs do all the time."""

from collections.abc import Callable

from core.bloggers import past_avatars
from core.database.tables.bloggers import PastAvatar
from core.database.tables.runs import Run
from core.heygen.answers import VideoDetails
from core.money import ledger
from core.quotes import avatars
from core.runs.confirm import confirm as confirm_quote
from tests.films import Films
from tests.world import CREDIT, PERSON, Over, World


def wish(world: World, action: str, *places: int, motion: str = "", **more) -> avatars.Quote:
    if action != "free_slot":
        motion = motion or "kling"
    return avatars.quote(world.studio, location_ids=places, motion_type=motion, action=action, **more)


def confirm(world: World, quote: avatars.Quote, **more) -> Run:
    return confirm_quote(world.studio, quote, actor=PERSON, **more)[0]


def made(world: World, name: str = "Studio") -> int:
    """A location with its avatar, for one credit."""
    place = world.location(name)
    assert world.drive(world.confirm(place)).state == "done"
    return place


def earlier(world: World, place: int) -> list[PastAvatar]:
    found = past_avatars.of_location(world.studio.db, place)
    with world.studio.db.read() as session:
        return [session.get_one(PastAvatar, int(i)) for i in found["id"]]


def free(world: World, place: int, **more) -> Run:
    quote = wish(world, "free_slot", place, **more)
    return world.drive(confirm(world, quote, typed_name=quote.lines[0].group_name))


def other_photo(world: World) -> str:
    return world.photo_url + "?another"


def seeing(films: Films, change: Callable[[VideoDetails], VideoDetails]) -> None:
    """From now on HeyGen's word on a video is changed in this way."""
    inner = films.studio.client
    films.studio.client = Over(inner, get_video=lambda video_id: change(inner.get_video(video_id)))


def held_short(films: Films, run: Run, micro: int) -> Run:
    """The video while it renders, when its run holds no more than this and its bound is half a second."""
    run = films.step_until(run, lambda now: now.step == "rendering")
    films.sql("UPDATE video SET upper_ms = 500")
    with films.studio.db.write() as session:
        held = ledger.held_by(session, run.id or 0)
        ledger.release(session, run=run, micro=held - micro, actor="test")
    return run


def ended(run: Run) -> bool:
    return run.ended_at is not None


def spent_on_videos(films: Films) -> int:
    return films.money.spent - CREDIT
