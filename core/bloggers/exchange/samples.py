"""The sample bloggers of the sandbox: invented people, drawn photos, nothing to pay."""

from core.bloggers.exchange.applying import ImportResult, apply
from core.bloggers.exchange.planning import plan_import
from core.bloggers.exchange.reading import read_import
from core.config import Settings
from core.database.engine import Database
from core.errors import Refusal
from core.people.roles import Person, acts
from core.sandbox import SAMPLES


@acts("load_samples")
def load_samples(db: Database, *, settings: Settings, actor: Person) -> ImportResult:
    """Import the sample bloggers; loading them twice changes nothing. Raises Refusal in the live world."""
    if settings.world != "sandbox":
        raise Refusal(
            "Sample bloggers are for the sandbox; this Studio works with HeyGen itself. Nothing was changed. "
            "Import your own bloggers instead."
        )
    file = SAMPLES / "samples.json"
    plan = plan_import(db, read_import(file.read_bytes(), file.name))
    with db.write() as session:
        return apply(session, plan, actor=actor, action="load_samples")
