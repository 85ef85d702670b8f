"""The app over data in every state, standing still: its own worker is off, so that live runs stay live."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page

from core.account import balance, questions, sandbox_account
from core.bloggers import past_avatars
from core.bloggers.exchange.samples import load_samples
from core.config import load
from core.database.tables.bloggers import Location
from core.database.tables.runs import Run
from core.photos import address as address_module
from core.quotes import avatars, videos
from core.quotes.video_lines import VideoWish
from core.runs import confirm, drive, retry
from core.studio import Studio, open_studio
from core.videos import voices
from tests.journeys.conftest import App, chromium, open_browser, running_app
from tests.people import somebody
from tests.world import retry_price

__all__ = ["chromium"]

ACTOR = somebody("tester")
SPEED = 400.0
#: Lets the console say what the policy of core.web.headers refused.
VIOLATIONS = """addEventListener("securitypolicyviolation", (event) =>
  console.error("refused:", event.effectiveDirective, event.blockedURI, event.sourceFile, event.sample))"""
#: Without a limit on groups, so that every state has a location of its own.
PLAN = "scale"
#: What stands in the data, for links.
READY, FAILED, UNKNOWN, LIVE, PAST = 1, 2, 3, 4, 5


@pytest.fixture(scope="package")
def full(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[App]:
    """The dashboard with samples, and a run that is done, failed, unknown and live."""
    folder = tmp_path_factory.mktemp("full")
    prepare(folder / "data")
    with running_app(folder, WORKERS="0", PLAN=PLAN) as app:
        yield app


@pytest.fixture(scope="package")
def empty(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[App]:
    """The dashboard as at the first visit."""
    with running_app(tmp_path_factory.mktemp("empty"), WORKERS="0") as app:
        yield app


@pytest.fixture(scope="package")
def window(chromium: Browser) -> Iterator[Page]:
    """One window for all of them."""
    context = open_browser(chromium, locale="en-US")
    context.add_init_script(VIOLATIONS)
    yield context.new_page()
    context.close()


@pytest.fixture
def page(window: Page) -> Iterator[Page]:
    """The window, in the light. Whatever is done there, nothing is refused to a page and no script fails."""
    said: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error":
            said.append(f"{message.text} ({message.location.get('url')})")

    def fail(error: Error) -> None:
        said.append(str(error))

    window.on("console", hear)
    window.on("pageerror", fail)
    window.emulate_media(color_scheme="light")
    yield window
    window.remove_listener("console", hear)
    window.remove_listener("pageerror", fail)
    assert said == [], "\n".join(said)


def prepare(data: Path) -> None:
    """Bring the world into every state, only by what a person could do."""
    settings = load({"DATA_DIR": str(data), "PLAN": PLAN}, None)
    studio = open_studio(settings)
    try:
        sandbox_account.set_speed(studio, SPEED, actor=ACTOR)
        sandbox_account.set_group_limit(studio, None, actor=ACTOR)
        balance.refresh(studio)
        load_samples(studio.db, settings=studio.settings, actor=ACTOR)
        _make(studio, READY)
        sandbox_account.arm(studio, "motion_fails", "motion", actor=ACTOR)
        failed = _make(studio, FAILED)
        assert failed.state == "failed"
        with studio.db.write() as session:
            past_avatars.retire(session, session.get_one(Location, FAILED), reason="photo", actor=ACTOR.name)
        sandbox_account.arm(studio, "motion_fails", "motion", actor=ACTOR)
        unknown = _make(studio, UNKNOWN)
        sandbox_account.arm(studio, "lost_answer", "motion", actor=ACTOR)
        price = retry_price(studio, unknown)
        retry.retry(studio.db, unknown.id or 0, price=price, actor=ACTOR)
        (unknown,) = drive.drive(studio, [unknown.id])
        assert unknown.state == "unknown"
        address = address_module.reachable_url("http://sandbox/samples/mila-studio.jpg", studio.settings)
        studio.client.create_photo_avatar_group("Nobody's", studio.client.upload_asset(address))
        for kind in ("inventory", "connection"):
            questions.answer(studio, questions.ask(studio.db, kind=kind, actor=ACTOR))
        sandbox_account.arm(studio, "no_face", "group", actor=ACTOR)
        _confirm(studio, LIVE)
        _film(studio, READY)
    finally:
        studio.close()


def _confirm(studio: Studio, location_id: int) -> Run:
    quote = avatars.quote(studio, location_ids=[location_id], motion_type="veo2")
    return confirm.confirm(studio, quote, actor=ACTOR)[0]


def _film(studio: Studio, location_id: int) -> None:
    voices.refresh(studio)
    voice = voices.voices(studio.db)["voice_id"].iloc[0]
    wish = VideoWish(script="Hello, and welcome to my studio.", voice_id=voice)
    quote = videos.quote(studio, location_ids=[location_id], wish=wish)
    made = drive.drive(studio, [run.id for run in confirm.confirm(studio, quote, actor=ACTOR)])
    assert [run.state for run in made] == ["done"]


def _make(studio: Studio, location_id: int) -> Run:
    return drive.drive(studio, [_confirm(studio, location_id).id])[0]
