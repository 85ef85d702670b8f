"""Files as tests write them, and what came of them."""

import json
from typing import Any

from sqlmodel import select

from core.bloggers.exchange.applying import ImportResult, apply_import
from core.bloggers.exchange.planning import ImportPlan, plan_import
from core.bloggers.exchange.reading import read_import
from core.database.engine import Database
from core.database.tables.bloggers import Location

PHOTO = "https://photos.example/a.png"
BRIEF = [
    {
        "name": "Mila Hart",
        "settings": {
            "locations": [
                {"name": "Studio", "image_url": PHOTO, "heygen_avatar_id": "00000"},
                {"name": "Cafe", "image_url": "", "heygen_avatar_id": "c231e947600b428e92d540ca9c48596a"},
            ]
        },
    }
]


def as_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def plan(db: Database, value: Any, *, name: str = "f.json", reset: bool = False) -> ImportPlan:
    data = value if isinstance(value, bytes) else as_json(value)
    return plan_import(db, read_import(data, name), reset_avatars=reset)


def load(db: Database, value: Any, **options: Any) -> ImportResult:
    confirmed = frozenset(options.pop("confirmed", ()))
    return apply_import(db, plan(db, value, **options), confirmed=confirmed, actor="Ann")


def verdicts(result: ImportPlan | ImportResult) -> list[str]:
    return [row.verdict for row in result.rows]


def one(location: dict[str, Any] | None = None, **blogger: Any) -> list[dict[str, Any]]:
    """A file with one blogger, Mila Hart, and one location, Studio, with these keys besides."""
    place = {"name": "Studio", "image_url": PHOTO} | (location or {})
    return [{"name": "Mila Hart", "settings": {"locations": [place]}} | blogger]


def place(db: Database, name: str = "Studio") -> Location:
    with db.read() as session:
        return session.exec(select(Location).where(Location.name == name)).one()
