"""What strangers meet: who may come in and how, an invitation's page, the start's link."""

import re
from dataclasses import replace
from urllib.parse import quote

import pytest
from starlette.routing import Router
from starlette.types import ASGIApp

from core import clock
from core.people import members
from core.people.members import hash_of
from core.people.roles import LOCAL_ADMIN
from core.people.ways import COOKIE, Ways
from core.studio import Studio
from core.web.sign_in import (
    GUESS_SECONDS,
    GUESSES,
    JOIN,
    SIGN_IN,
    START,
    TARGET,
    Entrance,
    Guesses,
    kept_target,
    safe_target,
    start_link,
    target_of,
    write_start_link,
)
from tests.doorstep import Answer, asked
from tests.web.conftest import ANNA, TEAM

KEYED = Ways(sandbox=False)
PROVIDER = Ways(providers=("default", "google"), origin="http://localhost:8501")
RUSSIAN = [("Accept", "text/html"), ("Accept-Language", "ru")]


def entrance(studio: Studio, ways: Ways) -> Entrance:
    return Entrance(replace(studio, ways=ways), lambda name: f"/auth/login?provider={name}")


def routes(studio: Studio, ways: Ways) -> ASGIApp:
    return Router(entrance(studio, ways).routes)


def seen(answer: Answer) -> str:
    """The words of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]+>", " ", answer.text))


def press(app: ASGIApp, token: str, **client) -> Answer:
    return asked(app, JOIN, method="POST", body=f"token={token}".encode(), **client)


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/locations",
        "/locations?view=table&chosen=1%2C2",
        "/%D0%9B",
        "/a//b",
        "/x?to=//evil.example",
        "/joins",
    ],
)
def test_a_page_of_ours_is_kept(target: str) -> None:
    """With its query, through the cookie as well."""
    assert safe_target(target) == target
    assert kept_target(quote(target, safe="")) == target


@pytest.mark.parametrize(
    "target",
    [
        "",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/x\\y",
        "http://evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "evil.example",
        "/\r\nLocation: x",
        "/\t/evil.example",
        " /locations",
        "/локации",
        "/\x00",
        "/" + "a" * 2001,
        JOIN,
        f"{JOIN}?token=x",
        f"{SIGN_IN}?provider=default",
        f"{START}?token=x",
    ],
)
def test_anything_else_leads_to_the_first_page(target: str) -> None:
    """Another site, what no address holds, and the ways in themselves."""
    assert safe_target(target) == "/"
    assert kept_target(quote(target, safe="")) == "/"


def test_the_page_that_was_asked_for_is_the_target() -> None:
    """As an address holds it."""
    assert target_of({"path": "/Локация", "query_string": b"a=1&b=%2F"}) == f"/{quote('Локация')}?a=1&b=%2F"
    assert target_of({"path": "//evil.example", "query_string": b""}) == "/"


def test_ten_wrong_links_in_ten_minutes_have_to_wait() -> None:
    """Each address for itself; what is older is forgotten."""
    guesses = Guesses()
    for _ in range(GUESSES):
        assert not guesses.too_many("a")
        guesses.wrong("a")
    assert guesses.too_many("a")
    assert not guesses.too_many("b")
    clock.shift(GUESS_SECONDS)
    try:
        assert not guesses.too_many("a")
    finally:
        clock.shift(0)


@pytest.mark.parametrize(
    ("ways", "says", "buttons"),
    [
        (KEYED, "it stands in the terminal where the Studio was started", []),
        (TEAM, "You come in by the link of an invitation", []),
        (
            Ways(proxies=("127.0.0.1",), proxy_header="x"),
            "The proxy before the Studio did not say who you are",
            [],
        ),
        (PROVIDER, "Sign in with Google", ["default", "google"]),
    ],
)
def test_a_stranger_is_told_the_ways_that_are_set_up(
    team: Studio, ways: Ways, says: str, buttons: list[str]
) -> None:
    """A page with status 401 that leads back to what was asked for."""
    answer = asked(entrance(team, ways).stranger, "/locations?view=table")
    assert answer.status == 401
    assert says in seen(answer)
    target = quote("/locations?view=table", safe="")
    assert re.findall('href="(/[^"]+)"', answer.text) == [
        f"{SIGN_IN}?provider={name}&amp;to={target}" for name in buttons
    ]


@pytest.mark.parametrize("ways", [KEYED, TEAM, PROVIDER])
def test_what_shows_no_page_gets_a_sentence(team: Studio, ways: Ways) -> None:
    """A picture, a script, a program."""
    answer = asked(entrance(team, ways).stranger, "/photos/1", headers=[("Accept", "image/*")])
    assert (answer.status, answer.text) == (401, "Sign in first.")


def test_a_network_without_encryption_is_named(team: Studio) -> None:
    """Where ALLOW_HTTP lets it be; not on this machine."""
    open_net = Ways(origin="http://studio.team")
    assert "not encrypted" in seen(asked(entrance(team, open_net).stranger))
    for ways in (TEAM, PROVIDER):
        assert "not encrypted" not in seen(asked(entrance(team, ways).stranger))


def test_who_is_no_member_is_told_whom_to_ask(team: Studio) -> None:
    """The administrators' addresses, in the reader's language; 403."""
    answer = asked(entrance(team, TEAM).stranger, headers=RUSSIAN, **{"studio.named": "eve@x.example"})
    assert answer.status == 403
    assert "eve@x.example" in seen(answer)
    assert ANNA in seen(answer)
    assert '<html lang="ru">' in answer.text


def test_routes_are_those_of_the_ways_that_are_set_up(team: Studio) -> None:
    """No way in stands open that nobody set up."""
    paths = {ways: {route.path for route in entrance(team, ways).routes} for ways in (KEYED, TEAM, PROVIDER)}
    assert paths == {KEYED: {START}, TEAM: {JOIN}, PROVIDER: {SIGN_IN, JOIN}}


def test_an_invitation_is_used_by_its_button_alone(team: Studio) -> None:
    """Its page says who comes in and as what, as often as it is read; the button sets the cookie, once."""
    app = routes(team, TEAM)
    token = members.invite(team.db, "zoe@team.example", role="viewer", actor=LOCAL_ADMIN)
    for method in ("GET", "HEAD", "GET"):
        shown = asked(app, f"{JOIN}?token={token}", method=method)
        assert shown.status == 200
        assert "set-cookie" not in shown.headers
    assert "zoe@team.example" in seen(shown)
    assert "you see everything and change nothing" in seen(shown)
    joined = press(app, token)
    assert (joined.status, joined.headers["location"]) == (303, "/")
    assert re.match(
        rf"{COOKIE}=[\w-]{{43}}; HttpOnly; Max-Age=2592000; Path=/; SameSite=lax; Secure$",
        joined.headers["set-cookie"],
    )
    again = press(app, token)
    assert again.status == 403
    assert "This invitation does not count" in seen(again)
    assert "set-cookie" not in again.headers


def test_the_eleventh_wrong_invitation_waits_even_when_it_is_right(team: Studio) -> None:
    """It stays good meanwhile, and for others."""
    app = routes(team, TEAM)
    token = members.invite(team.db, "yan@team.example", role="viewer", actor=LOCAL_ADMIN)
    for _ in range(GUESSES):
        assert press(app, "x").status == 403
    assert press(app, token).status == 429
    assert press(app, token, client=("198.51.100.7", 1)).status == 303


def test_the_starts_link_sets_the_cookie_and_leaves_the_address(team: Studio) -> None:
    """Written for its owner alone; another one at each start; it is good as often as it is opened."""
    folder = team.settings.data_dir
    assert start_link(folder) == ""
    first = write_start_link(folder, KEYED, 8501)
    link = write_start_link(folder, KEYED, 8501)
    assert first != link == start_link(folder)
    assert (folder / "start-link").stat().st_mode & 0o077 == 0
    app = routes(team, KEYED)
    for _ in range(2):
        answer = asked(app, link.removeprefix("http://localhost:8501"))
        assert (answer.status, answer.headers["location"]) == (303, "/")
        assert answer.headers["set-cookie"].startswith(f"{COOKIE}=")
        assert "Secure" not in answer.headers["set-cookie"]
    assert asked(app, first.removeprefix("http://localhost:8501")).status == 401
    assert asked(app, f"{START}?token=").status == 401
    assert asked(app, START).status == 401


def test_without_money_at_stake_the_link_carries_nothing(team: Studio) -> None:
    """In the sandbox, and where a team signs in: nobody needs it."""
    assert write_start_link(team.settings.data_dir, Ways(), 8502) == "http://localhost:8502"
    assert write_start_link(team.settings.data_dir, TEAM, 8502) == "https://studio.example"
    assert asked(routes(team, Ways()), f"{START}?token=x").headers["location"] == "/"
    empty = asked(routes(team, KEYED), f"{START}?token=")
    assert empty.status == 401


def test_the_way_to_a_provider_keeps_the_page(team: Studio) -> None:
    """In a cookie of ten minutes; one that is no page of ours is not kept, nor a provider that is none."""
    app = routes(team, PROVIDER)
    answer = asked(app, f"{SIGN_IN}?provider=google&to={quote('/credits?part=plan', safe='')}")
    assert (answer.status, answer.headers["location"]) == (303, "/auth/login?provider=google")
    assert answer.headers["set-cookie"].startswith(
        f"{TARGET}={quote('/credits?part=plan', safe='')}; HttpOnly; Max-Age=600;"
    )
    assert (
        asked(app, f"{SIGN_IN}?provider=google&to=//evil.example")
        .headers["set-cookie"]
        .startswith(f"{TARGET}=%2F;")
    )
    assert asked(app, f"{SIGN_IN}?provider=evil").headers["location"] == "/"


def test_an_invitations_token_is_nowhere_in_the_database(team: Studio) -> None:
    """What is stored opens nothing."""
    app = routes(team, TEAM)
    token = members.invite(team.db, "wim@team.example", role="viewer", actor=LOCAL_ADMIN)
    assert press(app, hash_of(token), client=("198.51.100.9", 1)).status == 403
