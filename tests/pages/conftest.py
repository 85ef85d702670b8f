"""A Studio over a fast sandbox for the pages, and the ways into states: only through core's own functions."""

import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache, partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.components.v2.manifest_scanner import scan_component_manifests
from streamlit.runtime import context
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.testing.v1 import AppTest

from core import clock
from core.account import balance
from core.bloggers.exchange.samples import load_samples
from core.database.tables.runs import Run
from core.people import access
from core.people.roles import ADMINISTRATOR, Person
from core.quotes import avatars
from core.runs import drive as driving
from core.runs import retry
from core.runs.confirm import confirm as confirm_quote
from core.studio import Studio, current, use
from tests.fresh import migrated
from tests.world import control, fast_world, retry_price

MAIN = Path(__file__).parents[2] / "pages" / "main.py"
SETTINGS = (
    "HEYGEN_API_KEY",
    "HEYGEN_DIALECT",
    "HEYGEN_API_BASE",
    "HEYGEN_UPLOAD_BASE",
    "PHOTO_HOSTS",
    "PLAN",
)
SPEED = 1000.0
ACTOR = Person("tester", ADMINISTRATOR)

Open = Callable[..., AppTest]
Later = Callable[..., None]


@pytest.fixture(scope="package", autouse=True)
def read_once() -> Iterator[None]:
    """AppTest reads every installed package's metadata and compiles every page anew: once is enough."""
    compiled = ScriptCache()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(scan_component_manifests))
        patch.setattr(ScriptCache, "get_bytecode", partial(ScriptCache.get_bytecode, compiled))
        yield


@pytest.fixture(autouse=True)
def at_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """AppTest has no gate before it: whoever works at this machine looks at the pages.

    It leaves the page behind as the main module, which a process that is forked later would run.
    """
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    looks_as(monkeypatch, "local")


def looks_as(monkeypatch: pytest.MonkeyPatch, who: str) -> None:
    """Let the pages be looked at by this one, in core.people.access's words, as the gate hands it on."""
    asked = SimpleNamespace(headers=[(access.HEADER, access.sealed(who))], cookies={}, remote_ip=None)
    monkeypatch.setattr(context, "_get_client_context", lambda: asked)


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """This process's DATA_DIR, not made yet, and no Studio."""
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    # A .env of the developer's own must not reach the tests.
    monkeypatch.chdir(tmp_path)
    use(None)
    yield tmp_path / "data"
    use(None)


@pytest.fixture
def studio(data_dir: Path) -> Iterator[Studio]:
    """An empty world whose balance is known, at a speed that makes an avatar in a second."""
    fast_world(data_dir, SPEED)
    migrated(data_dir)
    opened = current()
    balance.refresh(opened)
    yield opened
    opened.close()


@pytest.fixture
def samples(studio: Studio) -> Studio:
    """The same world with the sample bloggers: ten locations, ids 1 to 10."""
    load_samples(studio.db, settings=studio.settings, actor=ACTOR)
    return studio


@contextmanager
def lived_through(kept: Path, data_dir: Path, live: Callable[[Studio], object]) -> Iterator[Studio]:
    """A world at rest that `live` was let into: once for all who name the same `kept`, in copies."""
    if not kept.is_dir():
        fast_world(data_dir, SPEED)
        migrated(data_dir)
        made = current()
        balance.refresh(made)
        load_samples(made.db, settings=made.settings, actor=ACTOR)
        live(made)
        made.close()
        use(None)
        shutil.copytree(data_dir, kept)
    shutil.copytree(kept, data_dir, dirs_exist_ok=True)
    studio = current()
    yield studio
    studio.close()


@pytest.fixture
def later() -> Iterator[Later]:
    """Moves the clock forward by so much (days=1), and back at the end."""
    yield lambda **span: clock.shift(timedelta(**span).total_seconds())
    clock.shift(0)


def opened(page: str = "overview.py", **query: str) -> AppTest:
    """The page of this file's name with these query parameters, as a link opens it: no other before it."""
    at = AppTest.from_file(str(MAIN), default_timeout=30)
    if page != "overview.py":
        at.switch_page(page)
    for name, value in query.items():
        at.query_params[name] = value
    return at.run()


@pytest.fixture
def open_page() -> Open:
    """Opens a page by its file's name and its query parameters."""
    return opened


def fault(studio: Studio, **body: Any) -> None:
    """Let the sandbox go wrong at its next call of a route."""
    control(studio.settings.api_base, "POST", "faults", **body)


def settings(studio: Studio, **body: Any) -> None:
    """Change the sandbox's account."""
    control(studio.settings.api_base, "POST", "settings", **body)


def confirm(studio: Studio, *location_ids: int, motion_type: str = "veo2") -> list[Run]:
    """Runs that are confirmed and not yet begun."""
    quote = avatars.quote(studio, location_ids=location_ids, motion_type=motion_type)
    return confirm_quote(studio, quote, actor=ACTOR)


def drive(studio: Studio, runs: Iterable[Run]) -> list[Run]:
    """The same runs, advanced until they end or need a person."""
    return driving.drive(studio, [run.id for run in runs])


def unknown_run(studio: Studio, location_id: int) -> Run:
    """A run whose answer was lost and about which HeyGen cannot tell: its avatar had a motion before."""
    fault(studio, route="motion", fault="motion_fails")
    (failed,) = drive(studio, confirm(studio, location_id))
    assert failed.state == "failed"
    assert failed.id is not None
    fault(studio, route="motion", fault="drop_after")
    retry.retry(studio.db, failed.id, price=retry_price(studio, failed), actor=ACTOR)
    (unknown,) = drive(studio, [failed])
    assert unknown.state == "unknown"
    return unknown


def texts(at: AppTest) -> list[str]:
    """Every text on the page that Streamlit renders as markdown, with labels of buttons and links."""
    found: list[str] = []
    for kind in (
        "title",
        "header",
        "subheader",
        "markdown",
        "caption",
        "error",
        "warning",
        "info",
        "success",
    ):
        found += [element.value for element in at.get(kind)]
    found += [alert.proto.title for kind in ("error", "warning", "info") for alert in at.get(kind)]
    found += [button.label for button in at.button]
    found += [link.label for link in at.page_link]
    found += [expander.label for expander in at.expander]
    for metric in at.metric:
        found += [metric.label, str(metric.value)]
    for table in at.table:
        found += [str(cell) for cell in table.value.to_numpy().ravel()] + [str(i) for i in table.value.index]
    return found


def page_text(at: AppTest) -> str:
    """The whole page as one text; fails when the page raised."""
    assert not at.exception, at.exception
    return "\n".join(texts(at))
