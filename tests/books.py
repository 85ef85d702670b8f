"""Runs and ledger lines of any day, written straight into a database: what years of use leave behind."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from core.bloggers.editing import add_blogger, add_location
from core.database.engine import Database
from core.database.tables.money import Entry
from core.database.tables.runs import Operation, Run
from core.database.tables.videos import Video
from tests.people import somebody

CREDIT = 1_000_000
PHOTO = "http://sandbox/samples/mila-cafe.jpg"


def moment(text: str) -> datetime:
    """The time in UTC: "2025-11-22" or "2025-11-22T23:59:59"."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@dataclass
class Books:
    """Writes into `db`."""

    db: Database

    def location(self, name: str = "Studio", *, blogger: str = "Mila Hart", owner: int | None = None) -> int:
        """A new location; returns its id. `owner` is a blogger who is there already."""
        if owner is None:
            owner = add_blogger(self.db, name=blogger, actor=somebody("tester")).id
        assert owner is not None
        made = add_location(self.db, blogger_id=owner, name=name, image_url=PHOTO, actor=somebody("tester"))
        assert made.id is not None
        return made.id

    def run(self, location_id: int, day: str = "2025-11-22", **values: Any) -> int:
        """A run that is done unless `values` say otherwise; returns its id."""
        with self.db.write() as session:
            at = moment(day)
            known: dict[str, Any] = {
                "state": "done",
                "step": "saved",
                "actor": "tester",
                "quote_id": f"quote-{location_id}-{day}-{sorted(values.items())}",
                "motion_type": "veo2",
                "group_name": "Mila Hart - Studio",
                "created_at": at,
                "step_at": at,
                "ended_at": at,
            }
            run = Run(location_id=location_id, **known | values)
            session.add(run)
            session.flush()
            assert run.id is not None
            return run.id

    def call(self, run_id: int, location_id: int, kind: str = "add_motion", **values: Any) -> int:
        """A call of the run that HeyGen confirmed unless `values` say otherwise; returns its id."""
        known = {"attempt": 1, "state": "confirmed", "subject": "x", "sender": ""}
        known |= {"request_hash": "", "idempotency_key": ""}
        with self.db.write() as session:
            call = Operation(run_id=run_id, location_id=location_id, kind=kind, **known | values)
            session.add(call)
            session.flush()
            assert call.id is not None
            return call.id

    def video(self, location_id: int, day: str = "2025-11-22", **values: Any) -> None:
        """A video of that day, not rendered unless `values` say otherwise, with its run."""
        run = self.run(location_id, day, kind="video")
        known = {"title": "t", "heygen_title": f"t r{run}", "script": "Hello", "voice_id": "v"}
        known |= {"width": 1280, "height": 720, "expected_ms": 1, "upper_ms": 1, "created_at": moment(day)}
        with self.db.write() as session:
            session.add(Video(run_id=run, location_id=location_id, **known | values))

    def entry(self, kind: str, micro: int, day: str = "2025-11-22", **values: Any) -> None:
        """A line of the ledger, signed as the ledger signs it."""
        known = {"actor": "tester", "created_at": moment(day)}
        with self.db.write() as session:
            session.add(Entry(kind=kind, micro_credits=micro, **known | values))
