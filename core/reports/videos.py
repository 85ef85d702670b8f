"""The read side of videos: the library, one video, a batch. Micro-credits and milliseconds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlmodel import col

from core.database.engine import Database
from core.database.frames import frame
from core.database.tables.bloggers import Blogger, Location
from core.database.tables.money import Entry
from core.database.tables.runs import Run
from core.database.tables.videos import Video
from core.errors import NotFound
from core.money import figures

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, kw_only=True)
class VideoFilter:
    """Which videos to list; empty means all. `since` is part of the range, `until` is not."""

    blogger_id: int | None = None
    location_id: int | None = None
    states: tuple[str, ...] = ()
    actor: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    ids: tuple[int, ...] | None = None


def videos(
    db: Database, where: VideoFilter | None = None, *, limit: int = 50, offset: int = 0
) -> pd.DataFrame:
    """One row a video, newest first: what it says, its file, its run's state, what it held and cost."""
    query = _query().where(*_conditions(where or VideoFilter()))
    return frame(db, query.order_by(col(Video.id).desc()).limit(limit).offset(offset))


def count_videos(db: Database, where: VideoFilter | None = None) -> int:
    """How many videos the filter matches."""
    query = (
        select(func.count())
        .select_from(Video)
        .join(Run, col(Run.id) == col(Video.run_id))
        .join(Location, col(Location.id) == col(Video.location_id))
        .where(*_conditions(where or VideoFilter()))
    )
    with db.read() as session:
        return session.scalars(query).one()


def video(db: Database, video_id: int) -> Any:
    """The video's row, as `videos` has it. Raises NotFound."""
    # A number from a link may be larger than SQLite can hold.
    found = list(videos(db, VideoFilter(ids=(video_id,))).itertuples()) if 0 < video_id < 2**63 else []
    if not found:
        raise NotFound("There is no video with the number {id}.", id=video_id)
    return found[0]


def batch(db: Database, quote_id: str) -> pd.DataFrame:
    """The videos of one quote, in the order in which they were confirmed."""
    query = _query().where(col(Run.quote_id) == quote_id)
    return frame(db, query.order_by(col(Video.id)))


def people(db: Database) -> list[str]:
    """Everybody who has had a video made."""
    query = select(col(Run.actor)).where(col(Run.kind) == "video").distinct().order_by(col(Run.actor))
    with db.read() as session:
        return list(session.scalars(query))


def bloggers(db: Database) -> pd.DataFrame:
    """id and name of every blogger with a video, archived ones too."""
    having = select(col(Location.blogger_id)).join(Video, col(Video.location_id) == col(Location.id))
    query = select(col(Blogger.id), col(Blogger.name)).where(col(Blogger.id).in_(having))
    return frame(db, query.order_by(col(Blogger.name_key)))


def places(db: Database) -> pd.DataFrame:
    """id, blogger and location of every location with a video, archived ones too."""
    having = select(col(Video.location_id))
    query = (
        select(col(Location.id), col(Blogger.name).label("blogger"), col(Location.name).label("location"))
        .join(Blogger, col(Blogger.id) == col(Location.blogger_id))
        .where(col(Location.id).in_(having))
    )
    return frame(db, query.order_by(col(Blogger.name_key), col(Location.name_key)))


def disk_used(db: Database) -> int:
    """Bytes of the videos whose files are kept; posters and captions are small beside them."""
    query = select(func.coalesce(func.sum(col(Video.size)), 0)).where(col(Video.file) != "")
    with db.read() as session:
        return session.scalars(query).one()


def _query() -> Any:
    own = [column for column in Video.__table__.columns if column.name != "location_id"]  # pyright: ignore[reportAttributeAccessIssue]
    run = (
        *(Run.quote_id, Run.location_id, Run.state, Run.step, Run.actor, Run.due_at, Run.step_at),
        *(Run.error_name, Run.error_template, Run.error_values, Run.ended_at, Run.cancel_requested_by),
    )
    of_run = col(Entry.run_id) == col(Run.id)
    return (
        select(
            *own,
            *(col(column) for column in run),
            col(Location.image_url),
            col(Location.name).label("location"),
            col(Blogger.name).label("blogger"),
            col(Blogger.id).label("blogger_id"),
            figures.of_each("spent", of_run).label("cost"),
            figures.of_each("held", of_run).label("held"),
        )
        .select_from(Video)
        .join(Run, col(Run.id) == col(Video.run_id))
        .join(Location, col(Location.id) == col(Video.location_id))
        .join(Blogger, col(Blogger.id) == col(Location.blogger_id))
    )


def _conditions(where: VideoFilter) -> list[Any]:
    conditions: list[Any] = []
    if where.blogger_id is not None:
        conditions.append(col(Location.blogger_id) == where.blogger_id)
    if where.location_id is not None:
        conditions.append(col(Video.location_id) == where.location_id)
    if where.states:
        conditions.append(col(Run.state).in_(where.states))
    if where.actor is not None:
        conditions.append(col(Run.actor) == where.actor)
    if where.since is not None:
        conditions.append(col(Video.created_at) >= where.since)
    if where.until is not None:
        conditions.append(col(Video.created_at) < where.until)
    if where.ids is not None:
        conditions.append(col(Video.id).in_(where.ids))
    return conditions
