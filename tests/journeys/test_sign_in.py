"""Signing in, in a real browser, against a real provider's mock: deep links, refusals, two at once."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
import requests
from oidc_provider_mock import run_server_in_thread
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from sqlmodel import col, select

from core.config import load
from core.database.engine import Database, open_database
from core.database.tables.people import SignIn
from core.people import members
from core.people.members import hash_of
from core.people.roles import LOCAL_ADMIN
from core.people.ways import COOKIE
from tests.journeys.conftest import PATIENCE_MS, App, free_port, prepare, running_app

pytestmark = pytest.mark.browser

ANNA, VERA, EVE = "anna@team.example", "vera@team.example", "eve@elsewhere.example"


class Provider:
    """A provider at one address, which can be down and come back, knowing the team."""

    def __init__(self) -> None:
        self.port = 0
        self._running = ExitStack()
        self.start()

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def start(self, **options: timedelta) -> None:
        """Answer from now on, with these options of the mock's."""
        self.port = self._running.enter_context(run_server_in_thread(self.port, **options)).server_port
        for email in (ANNA, VERA):
            self.knows(email, email=email, email_verified=True, name=email.partition("@")[0].title())

    def stop(self) -> None:
        """Be down. Harmless when it is."""
        self._running.close()

    def knows(self, sub: str, **claims: object) -> None:
        """Say this of somebody."""
        requests.put(f"{self.url}/users/{sub}", json=claims, timeout=10).raise_for_status()


@dataclass
class Team:
    """The dashboard of a team, and the provider that knows its people."""

    app: App
    db: Database
    provider: Provider

    @property
    def url(self) -> str:
        return self.app.url

    def cookie(self, context: BrowserContext) -> str:
        """The value of our cookie in this browser; "" where there is none."""
        found = [one.get("value", "") for one in context.cookies() if one.get("name") == COOKIE]
        return found[0] if found else ""

    def shift(self, context: BrowserContext, hours: float) -> None:
        """Let the sign-in of this browser be unused for so long."""
        with self.db.write() as session:
            row = session.get_one(SignIn, hash_of(self.cookie(context)))
            row.last_seen_at -= timedelta(hours=hours)
            session.add(row)


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    """One server and one provider for all of them."""
    folder = tmp_path_factory.mktemp("team")
    prepare(folder)
    port = free_port()
    with ExitStack() as stack:
        provider = Provider()
        stack.callback(provider.stop)
        secrets = folder / "secrets.toml"
        secrets.write_text(_secrets(port, provider.url))
        options = ("--secrets.files", str(secrets))
        app = stack.enter_context(running_app(folder, "app.py", *options, port=port, calm=False))
        db = stack.enter_context(closing(open_database(load({"DATA_DIR": str(app.data)}, None))))
        for email, role in ((ANNA, "administrator"), (VERA, "viewer")):
            members.invite(db, email, role=role, actor=LOCAL_ADMIN)
        yield Team(app, db, provider)


def _secrets(port: int, provider: str) -> str:
    return (
        f'[auth]\nredirect_uri = "http://localhost:{port}/oauth2callback"\ncookie_secret = "{"x" * 40}"\n'
        f'client_id = "studio"\nclient_secret = "s3cret"\n'
        f'server_metadata_url = "{provider}/.well-known/openid-configuration"\n'
    )


@contextmanager
def _browser(chromium: Browser, **options) -> Iterator[BrowserContext]:
    opened = chromium.new_context(viewport={"width": 1280, "height": 720}, **options)
    opened.set_default_timeout(PATIENCE_MS)
    try:
        yield opened
    finally:
        opened.close()


@pytest.fixture(scope="module")
def anna(chromium: Browser, team: Team) -> Iterator[BrowserContext]:
    """Anna's browser, signed in."""
    with _browser(chromium) as context:
        page = context.new_page()
        page.goto(team.url)
        _sign_in(page, ANNA)
        expect(page.get_by_test_id("stSidebar")).to_be_visible()
        yield context


@pytest.fixture
def stranger(chromium: Browser) -> Iterator[Page]:
    """A browser that nobody has used yet."""
    with _browser(chromium) as context:
        yield context.new_page()


def _agree(page: Page, sub: str) -> None:
    """At the provider."""
    page.locator("input[name=sub]").fill(sub)
    page.get_by_role("button", name="Authorize").click()


def _sign_in(page: Page, sub: str) -> None:
    page.get_by_role("link", name="Sign in").click()
    _agree(page, sub)


def _told(page: Page, title: str, *sentences: str) -> None:
    """One of our pages, with these words."""
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    for sentence in sentences:
        expect(page.get_by_role("main")).to_contain_text(sentence)


def test_a_deep_link_is_kept_through_the_provider(team: Team, stranger: Page) -> None:
    """The page that was asked for opens, without Streamlit's cookies. Back, and once more: that was over."""
    stranger.goto(f"{team.url}/locations?view=table")
    _told(stranger, "Sign in")
    _sign_in(stranger, VERA)
    expect(stranger).to_have_url(f"{team.url}/locations?view=table")
    expect(stranger.get_by_role("heading", name="Locations")).to_be_visible()
    names = {one.get("name") for one in stranger.context.cookies(team.url)}
    assert COOKIE in names
    assert not {name for name in names if name and name.startswith("_streamlit_user")}
    stranger.go_back()
    stranger.get_by_role("button", name="Authorize").click()
    _told(stranger, "Not signed in", "was not completed")
    stranger.get_by_role("link", name="Sign in again").click()
    expect(stranger.get_by_test_id("stSidebar")).to_be_visible()


@pytest.mark.parametrize(
    ("claims", "title", "says"),
    [
        ({"email": ANNA, "email_verified": "true"}, "Not signed in", f"not verified the address {ANNA}"),
        ({"email": ANNA}, "Not signed in", f"not verified the address {ANNA}"),
        ({"email_verified": True}, "Not signed in", "did not say an e-mail address"),
        ({"email": EVE, "email_verified": True}, "Not a member", f"Ask to be invited: {ANNA}"),
    ],
)
def test_who_may_not_come_in_is_told_why(
    team: Team, stranger: Page, claims: dict, title: str, says: str
) -> None:
    """Without a cookie; and from there one can sign in as somebody else."""
    team.provider.knows("somebody", **claims)
    stranger.goto(team.url)
    _sign_in(stranger, "somebody")
    _told(stranger, title, says)
    assert team.cookie(stranger.context) == ""
    stranger.get_by_role("link", name=re.compile("Sign in")).click()
    _told(stranger, "Sign in")


def test_one_may_decline_at_the_provider(team: Team, stranger: Page) -> None:
    """Who denies there is told that nothing happened."""
    stranger.goto(team.url)
    stranger.get_by_role("link", name="Sign in").click()
    stranger.locator("button[value=deny]").click()
    _told(stranger, "Not signed in", "was not completed")


def test_two_tabs_at_once(team: Team, stranger: Page) -> None:
    """The second one's sign-in counts; the first, overtaken, says so, and then is signed in as well."""
    first, second = stranger, stranger.context.new_page()
    for tab in (first, second):
        tab.goto(f"{team.url}/credits")
        tab.get_by_role("link", name="Sign in").click()
    _agree(second, VERA)
    expect(second.get_by_test_id("stSidebar")).to_be_visible()
    _agree(first, VERA)
    seen = first.get_by_test_id("stSidebar").or_(first.get_by_role("heading", name="Not signed in"))
    expect(seen).to_be_visible()
    first.goto(f"{team.url}/credits")
    expect(first.get_by_test_id("stSidebar")).to_be_visible()


def test_two_people_at_once_each_with_their_role(team: Team, anna: BrowserContext, stranger: Page) -> None:
    """What an administrator may, a viewer is not even shown."""
    stranger.goto(f"{team.url}/settings?part=backup")
    _sign_in(stranger, VERA)
    administrator = anna.pages[0]
    administrator.goto(f"{team.url}/settings?part=backup")
    expect(administrator.get_by_role("button", name="Make a backup")).to_be_visible()
    expect(stranger.get_by_role("heading", name="Settings")).to_be_visible()
    expect(stranger.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    expect(stranger.get_by_role("button", name="Make a backup")).to_have_count(0)


def test_signing_out_ends_every_copy_of_the_cookie(team: Team, stranger: Page) -> None:
    """The menu's button: the next click shows the way in, and a copy of the cookie opens nothing."""
    stranger.goto(team.url)
    _sign_in(stranger, VERA)
    expect(stranger.get_by_test_id("stSidebar")).to_be_visible()
    copied = team.cookie(stranger.context)
    stranger.get_by_test_id("stSidebar").get_by_test_id("stPopover").get_by_role("button").first.click()
    stranger.get_by_role("button", name="Sign out").click()
    expect(stranger.get_by_text("You are signed out")).to_be_visible()
    answer = requests.get(
        f"{team.url}/photos/1", headers={"Cookie": f"{COOKIE}={copied}", "Accept": "image/*"}, timeout=10
    )
    assert answer.status_code == 401
    stranger.reload()
    _told(stranger, "Sign in")


def test_twelve_hours_without_a_click_sign_out(team: Team, stranger: Page) -> None:
    """In the open tab, too: one sentence, no more; then the way in."""
    stranger.goto(f"{team.url}/locations")
    _sign_in(stranger, VERA)
    expect(stranger.get_by_role("heading", name="Locations")).to_be_visible()
    team.shift(stranger.context, 12.5)
    stranger.get_by_test_id("stSidebarNav").get_by_role("link", name="Settings").click()
    expect(stranger.get_by_text("You are signed out")).to_be_visible()
    stranger.reload()
    _told(stranger, "Sign in")


def test_another_name_leads_to_the_teams_address(team: Team, stranger: Page) -> None:
    """127.0.0.1 is not where the provider sends people back to: the right address opens the page."""
    stranger.goto(f"{team.url.replace('localhost', '127.0.0.1')}/locations?view=table")
    expect(stranger).to_have_url(f"{team.url}/locations?view=table")
    _told(stranger, "Sign in")


def test_an_invitation_is_joined_on_a_second_machine(team: Team, stranger: Page) -> None:
    """A further link for a member: one button, once."""
    token = members.invite(team.db, VERA, role="viewer", actor=LOCAL_ADMIN)
    stranger.goto(f"{team.url}/join?token={token}")
    _told(stranger, "Invitation", f"This link is for {VERA}.", "You will be a viewer")
    stranger.get_by_role("button", name="Join").click()
    expect(stranger.get_by_test_id("stSidebar")).to_be_visible()
    expect(stranger).to_have_url(re.compile(f"^{team.url}/$"))
    stranger.goto(f"{team.url}/join?token={token}")
    _told(stranger, "Invitation", "This invitation does not count")
    with team.db.read() as session:
        ways = session.exec(select(SignIn.way).order_by(col(SignIn.signed_at).desc())).first()
    assert ways == "invitation"


def test_a_provider_that_is_down_is_told(team: Team, stranger: Page) -> None:
    """Before the way there, and between there and back; then it is tried again and works."""
    team.provider.stop()
    try:
        stranger.goto(f"{team.url}/credits")
        stranger.get_by_role("link", name="Sign in").click()
        _told(stranger, "Not signed in", "does not answer")
        team.provider.start()
        stranger.goto(f"{team.url}/credits")
        stranger.get_by_role("link", name="Sign in").click()

        def agreed(route: Route) -> None:
            there = requests.post(route.request.url, data={"sub": VERA}, allow_redirects=False, timeout=10)
            team.provider.stop()
            route.fulfill(status=302, headers={"Location": there.headers["Location"]})

        stranger.route("**/oauth2/authorize*", agreed)
        _agree(stranger, VERA)
        _told(stranger, "Not signed in", "does not answer")
        assert team.cookie(stranger.context) == ""
        stranger.unroute("**/oauth2/authorize*")
    finally:
        team.provider.stop()
        team.provider.start()
    stranger.goto(f"{team.url}/credits")
    _sign_in(stranger, VERA)
    expect(stranger).to_have_url(f"{team.url}/credits")


def test_a_provider_whose_clock_is_an_hour_off_signs_nobody_in(team: Team, stranger: Page) -> None:
    """What it says is over before it is said."""
    team.provider.stop()
    team.provider.start(access_token_max_age=timedelta(hours=-1))
    try:
        stranger.goto(team.url)
        _sign_in(stranger, VERA)
        _told(stranger, "Not signed in", "its clock is wrong")
        assert team.cookie(stranger.context) == ""
    finally:
        team.provider.stop()
        team.provider.start()
