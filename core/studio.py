"""Everything one process works with: settings, database, HeyGen's client, its identity as a lease owner."""

import logging
import threading
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import requests

from core import amounts, clock, config, heygen
from core.config import SANDBOX_KEY, Settings
from core.database.engine import Database, make_data_folder, open_rows
from core.database.leases import Owner, opening
from core.errors import StorageFailed
from core.heygen.dialect import Dialect
from core.money import tariffs
from core.money.tariffs import Subscription, Tariffs
from core.people import members
from core.people.ways import Ways, ways_in

if TYPE_CHECKING:
    from core.sandbox.server import Sandbox

log = logging.getLogger("studio")

#: How long a call under way may still be answered when the process ends, within shutdown's own grace.
LAST_ANSWERS = 2.5


@dataclass(eq=False)
class Studio:
    """One process's view of one world. Made by `open_studio`, ended by `close`."""

    settings: Settings
    db: Database
    client: Dialect
    owner: Owner
    #: Set when the process is about to end: no creating call starts once it is.
    stopping: threading.Event
    #: How much faster than HeyGen this world runs: the sandbox's speed, 1 in the live world.
    pace: float = 1.0
    sandbox: "Sandbox | None" = None
    #: How people come in; the dashboard adds a provider, which only its own secrets name.
    ways: Ways = field(default_factory=Ways)
    #: Operations whose call is running in a thread of this process.
    in_flight: set[int] = field(default_factory=set)
    #: When an unresolved operation, sent again so often, was first found missing, on the monotonic clock.
    first_missing: dict[tuple[int, int], float] = field(default_factory=dict)
    #: When looking first did not settle it, on the same clock.
    first_doubt: dict[int, float] = field(default_factory=dict)

    @property
    def tariffs(self) -> Tariffs:
        """The prices of this moment, read anew each time: ask once for what belongs together."""
        with self.db.read() as session:
            return tariffs.standing(session)

    @property
    def subscription(self) -> Subscription:
        return tariffs.load().plans[self.settings.plan]

    @property
    def absent_after(self) -> float:
        """Seconds between the two looks after which something missing counts as never made."""
        return self.settings.absent_after / self.pace

    def wait_for_answers(self) -> None:
        """At the end of a process: let answers that are about to come be written down, but not for long."""
        deadline = clock.monotonic() + LAST_ANSWERS
        while self.in_flight and clock.monotonic() < deadline:
            threading.Event().wait(0.05)

    def close(self) -> None:
        self.stopping.set()
        self.owner.close()
        if self.sandbox is not None:
            self.sandbox.stop()
        self.db.close()


def open_studio(settings: Settings | None = None) -> Studio:
    """The Studio of this process: migrated database, running sandbox where there is no key.

    Raises StartRefused or StorageFailed, one sentence each, before anything is started.
    """
    settings = settings or config.load()
    make_data_folder(settings)
    try:
        with opening(Path(settings.data_dir)):
            db = open_rows(settings)
            owner = Owner(db, Path(settings.data_dir))
            members.add_first(db, settings.admin_emails)
        sandbox = _embedded(settings) if settings.embedded else None
    except OSError as exc:
        raise StorageFailed(
            "The data directory {path} cannot be written ({reason}). Nothing was changed. "
            "Free some space, or set DATA_DIR to another directory.",
            path=str(settings.data_dir),
            reason=exc.strerror or exc,
        ) from exc
    if sandbox is not None:
        settings = replace(
            settings, api_key=SANDBOX_KEY, api_base=sandbox.base_url, upload_base=sandbox.base_url
        )
    stopping = threading.Event()
    client = heygen.connect(settings, stop=stopping)
    heygen.HeyGenHelper.use(client)
    amounts.use_unit(client.traits.unit)
    return Studio(
        settings=settings,
        db=db,
        client=client,
        owner=owner,
        stopping=stopping,
        pace=_pace(settings),
        sandbox=sandbox,
        ways=ways_in(settings, sandbox=sandbox is not None),
    )


def _embedded(settings: Settings) -> "Sandbox":
    from core.sandbox.server import Sandbox

    sandbox = Sandbox(settings.data_dir, dialect=settings.dialect)
    sandbox.start()
    return sandbox


_current: Studio | None = None
_opening = threading.Lock()


def current() -> Studio:
    """This process's Studio, opened from the environment at the first call."""
    global _current
    with _opening:
        if _current is None:
            _current = open_studio()
        return _current


def use(studio: Studio | None) -> None:
    """Take this Studio as the process's own from now on; None: open one at the next call."""
    global _current
    with _opening:
        _current = studio


def _pace(settings: Settings) -> float:
    """The sandbox's speed; 1 in the live world, or where something else answers on loopback."""
    if settings.world == "live":
        return 1.0
    try:
        answer = requests.get(
            f"{settings.api_base}/sandbox/state", headers={"X-Api-Key": settings.api_key}, timeout=5
        )
        return max(float(answer.json()["speed"]), 0.01)
    except (requests.RequestException, ValueError, KeyError, TypeError):
        log.warning("the sandbox at %s did not say its speed; taking 1", settings.api_base)
        return 1.0
