"""A migrated database for tests of core's own tables, copied from one made once."""

import atexit
import shutil
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from core.bloggers.editing import add_blogger, add_location
from core.config import Settings
from core.database.engine import Database, open_database
from core.database.tables.bloggers import Location
from core.database.tables.runs import Run


@cache
def _template() -> Path:
    settings = Settings(data_dir=Path(mkdtemp(prefix="studio-template-")))
    atexit.register(shutil.rmtree, settings.data_dir, ignore_errors=True)
    open_database(settings).close()
    return settings.data_dir / "studio.db"


def fresh_database(folder: Path) -> Database:
    """An empty database of the sandbox world in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "studio.db"
    shutil.copyfile(_template(), path)
    return Database(path)


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
    made = add_blogger(db, name=name, actor="Ann")
    assert made.id is not None
    return made.id


def location(
    db: Database, blogger_id: int, name: str = "Studio", url: str = "https://photos.example/a"
) -> int:
    """A new location; its id."""
    made = add_location(db, blogger_id=blogger_id, name=name, image_url=url, actor="Ann")
    assert made.id is not None
    return made.id
