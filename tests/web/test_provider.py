"""What Streamlit found out at a provider becomes our own cookie, or a page with a sentence."""

import json
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from itsdangerous import URLSafeTimedSerializer
from sqlmodel import select
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import Receive, Scope, Send

from core.database.tables.people import Member
from core.people import sign_ins
from core.people.members import hash_of
from core.people.ways import CALLBACK, COOKIE, Ways
from core.studio import Studio
from core.web.provider import CLAIMS, LOGIN, TOKENS, ProviderSignIn
from core.web.sign_in import TARGET, Entrance
from tests.doorstep import Answer, asked
from tests.web.conftest import ANNA

SECRET = "s" * 40
HTTP = Ways(providers=("default",), origin="http://localhost:8501")
HTTPS = Ways(providers=("default",), origin="https://studio.example")
GOOD = {"email": ANNA, "email_verified": True, "name": "Anna", "is_logged_in": True, "provider": "default"}


def signed(name: str, value: str, secret: str = SECRET) -> tuple[str, str]:
    return name, URLSafeTimedSerializer(secret, salt=name).dumps(value)


def called_back(
    studio: Studio,
    cookies: list[tuple[str, str]],
    *,
    ways: Ways = HTTP,
    target: str = "",
    path: str = CALLBACK,
) -> Answer:
    """The answer to a browser when Streamlit's own answer sets these cookies."""

    async def streamlit(scope: Scope, receive: Receive, send: Send) -> None:
        answer = RedirectResponse("/", 302)
        for name, value in cookies:
            answer.set_cookie(name, value, httponly=True)
        await answer(scope, receive, send)

    around = ProviderSignIn(
        streamlit, entrance=Entrance(replace(studio, ways=ways), lambda name: name), secret=lambda: SECRET
    )
    headers = [("Accept", "text/html"), *([("Cookie", f"{TARGET}={target}")] if target else [])]
    return asked(around, path, headers=headers)


def claimed(**claims: object) -> list[tuple[str, str]]:
    return [signed(CLAIMS, json.dumps(GOOD | claims)), signed(TOKENS, "{}")]


def cookies_of(answer: Answer) -> list[str]:
    return [value for name, value in answer.headers.items() if name == "set-cookie"]


@pytest.mark.parametrize("ways", [HTTP, HTTPS])
def test_a_member_gets_our_cookie_and_the_page_that_was_wanted(team: Studio, ways: Ways) -> None:
    """None of Streamlit's cookies goes on to the browser; the name is kept; the kept page is forgotten."""
    answer = called_back(
        team, claimed(email=f" {ANNA.upper()}"), ways=ways, target="%2Fcredits%3Fpart%3Dplan"
    )
    assert (answer.status, answer.headers["location"]) == (303, "/credits?part=plan")
    ours, forgotten = cookies_of(answer)
    token = re.match(rf"{COOKIE}=([\w-]{{43}});", ours)
    assert token is not None
    assert ("Secure" in ours) is ways.secure
    assert forgotten.startswith(f'{TARGET}="";')
    person = sign_ins.person(team.db, hash_of(token[1]), team.settings)
    assert person is not None
    assert (person.name, person.called) == (ANNA, "Anna")
    with team.db.read() as session:
        assert session.exec(select(Member.way).where(Member.email == ANNA)).one() == "provider"


def test_claims_in_several_cookies_are_read_in_their_order(team: Studio) -> None:
    """As Streamlit cuts large ones; swapped, missing, or too many, they are none."""
    text = json.dumps(GOOD | {"groups": ["x" * 50] * 100})
    half = len(text) // 2
    first, second = signed(f"{CLAIMS}_1", text[:half]), signed(f"{CLAIMS}_2", text[half:])
    head = signed(CLAIMS, "chunks-2")
    assert called_back(team, [head, first, second]).status == 303
    swapped = [(f"{CLAIMS}_1", second[1]), (f"{CLAIMS}_2", first[1])]
    for cookies in (
        [head, *swapped],
        [head, first],
        [signed(CLAIMS, "chunks-99"), first, second],
        [first, second],
    ):
        assert called_back(team, cookies).status == 403


@pytest.mark.parametrize(
    ("cookies", "says"),
    [
        (lambda: [], "was not completed"),
        (lambda: [(CLAIMS, "unsigned")], "was not completed"),
        (lambda: [signed(CLAIMS, json.dumps(GOOD), "another secret")], "was not completed"),
        (lambda: [(CLAIMS, signed(TOKENS, json.dumps(GOOD))[1])], "was not completed"),
        (lambda: [signed(CLAIMS, "no JSON")], "was not completed"),
        (lambda: [signed(CLAIMS, "[1]")], "was not completed"),
        (lambda: claimed(is_logged_in=False), "was not completed"),
        (lambda: claimed(is_logged_in="true"), "was not completed"),
        (lambda: claimed(email=None), "did not say an e-mail address"),
        (lambda: claimed(email=[ANNA]), "did not say an e-mail address"),
        (lambda: claimed(email=""), "did not say an e-mail address"),
        (lambda: claimed(email_verified=False), f"has not verified the address {ANNA}"),
        (lambda: claimed(email_verified="true"), f"has not verified the address {ANNA}"),
        (lambda: claimed(email_verified=1), f"has not verified the address {ANNA}"),
        (lambda: claimed(email_verified=None), f"has not verified the address {ANNA}"),
        (lambda: claimed(email="eve@team.example"), "eve@team.example, but you are not a member"),
        (lambda: claimed(email="<b>@team.example"), "&lt;b&gt;@team.example, but you are not a member"),
    ],
)
def test_a_refusal_is_a_sentence_without_a_cookie(
    team: Studio, cookies: Callable[[], list[tuple[str, str]]], says: str
) -> None:
    """Nothing that Streamlit set reaches the browser either."""
    answer = called_back(team, cookies())
    assert answer.status == 403
    assert says in re.sub(r"\s+", " ", answer.text)
    assert cookies_of(answer) == []


def test_other_paths_pass_untouched(team: Studio) -> None:
    """Only the two of a sign-in are looked at."""
    answer = called_back(team, claimed(), path="/locations")
    assert [value.partition("=")[0] for value in cookies_of(answer)] == [CLAIMS, TOKENS]


def test_the_cookie_of_a_sign_in_under_way_travels_over_https_only(team: Studio) -> None:
    """Streamlit sets it without, where it does not know of https."""
    for ways in (HTTP, HTTPS):
        (between,) = cookies_of(called_back(team, [("_streamlit_session", "x")], ways=ways, path=LOGIN))
        assert between.startswith("_streamlit_session=x;")
        assert between.endswith("; Secure") is ways.secure


@pytest.mark.parametrize("claims", [{}, {"email": "eve@team.example"}])
def test_a_sign_in_that_came_to_its_end_is_forgotten(team: Studio, claims: dict) -> None:
    """What Streamlit takes out of its cookie in between reaches the browser: a state counts once."""
    ended = called_back(team, [*claimed(**claims), ("_streamlit_session", "ended")], ways=HTTPS)
    (between,) = [one for one in cookies_of(ended) if one.startswith("_streamlit_session=ended;")]
    assert between.endswith("; Secure")
    assert not any(one.startswith(CLAIMS) for one in cookies_of(ended))


def test_a_provider_that_does_not_answer_is_told(team: Studio) -> None:
    """Streamlit's bare 400 becomes a page."""

    async def down(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse("Authentication error", 400)(scope, receive, send)

    around = ProviderSignIn(
        down, entrance=Entrance(replace(team, ways=HTTP), lambda name: name), secret=lambda: SECRET
    )
    answer = asked(around, LOGIN)
    assert answer.status == 403
    assert "does not answer. Try again in a minute." in answer.text
