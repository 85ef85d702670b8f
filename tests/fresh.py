"""A migrated database for tests of core's own tables, copied from one made once."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from core.bloggers.editing import add_blogger, add_location
from core.config import Settings
from core.database.engine import Database, migrate, open_database
from core.database.tables.bloggers import Location
from core.database.tables.runs import Run
from tests.people import somebody


@cache
def _template() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "studio.db"
        database = Database(path)
        migrate(database)
        database.close()
        return path.read_bytes()


def migrated(folder: Path) -> None:
    """Put a database of today's tables, of no world yet, into `folder` unless one is there."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "studio.db"
    if not path.exists():
        path.write_bytes(_template())


def fresh_database(folder: Path) -> Database:
    """An empty database of the sandbox world in `folder`."""
    migrated(folder)
    return open_database(Settings(data_dir=folder))


def add_run(db: Database, location_id: int, state: str, *, kind: str = "avatar") -> int:
    """A run of this location in this state."""
    with db.write() as session:
        run = Run(
            kind=kind,
            location_id=location_id,
            quote_id=f"q-{location_id}-{kind}-{state}",
            actor="Ann",
            state=state,
            motion_type="veo2",
            group_name="x",
        )
        session.add(run)
        session.flush()
    assert run.id is not None
    return run.id


def set_location(db: Database, location_id: int, **values: object) -> None:
    """Change a location as the worker would."""
    with db.write() as session:
        location = session.get_one(Location, location_id)
        for name, value in values.items():
            setattr(location, name, value)
        session.add(location)


def blogger(db: Database, name: str = "Mila Hart") -> int:
    """A new blogger; its id."""
    made = add_blogger(db, name=name, actor=somebody())
    assert made.id is not None
    return made.id


def location(
    db: Database, blogger_id: int, name: str = "Studio", url: str = "https://photos.example/a"
) -> int:
    """A new location; its id."""
    made = add_location(db, blogger_id=blogger_id, name=name, image_url=url, actor=somebody())
    assert made.id is not None
    return made.id
