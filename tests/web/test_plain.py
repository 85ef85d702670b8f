"""Pages for strangers: in their language, and of plain text alone."""

import pytest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from core.web.plain import Way, Words, cookie, header, page, refusal, wants_page
from tests.doorstep import Headers, asked


def of(headers: Headers, method: str = "GET", kind: str = "http") -> Scope:
    raw = [(name.lower().encode(), value.encode()) for name, value in headers]
    return {"type": kind, "method": method, "headers": raw}


@pytest.mark.parametrize(
    ("headers", "language"),
    [
        ([], "en"),
        ([("Accept-Language", "ru-RU,ru;q=0.9,en;q=0.8")], "ru"),
        ([("Accept-Language", "de, fr;q=0.9, ru;q=0.1, en;q=0.05")], "ru"),
        ([("Accept-Language", "de,ar")], "en"),
        ([("Accept-Language", "*")], "en"),
        ([("Accept-Language", ";;,,q=ru")], "en"),
        ([("Cookie", "studio_language=ru")], "ru"),
        ([("Cookie", "studio_language=en"), ("Accept-Language", "ru")], "en"),
        ([("Cookie", "studio_language=xx"), ("Accept-Language", "ru")], "ru"),
    ],
)
def test_the_language_is_the_switchs_then_the_browsers(headers: Headers, language: str) -> None:
    """The first that the Studio speaks, else English."""
    assert Words(of(headers)).language == language


@pytest.mark.parametrize(
    ("headers", "value"),
    [
        ([("Cookie", "a=1; b=2")], "1"),
        ([("Cookie", "b=2"), ("Cookie", "a=1")], "1"),
        ([("Cookie", "a=1; a=1")], "1"),
        ([("Cookie", "a=1; a=2")], ""),
        ([("Cookie", "a=1"), ("Cookie", "a=2")], ""),
        ([("Cookie", "xa=1; A=2; a")], ""),
        ([], ""),
    ],
)
def test_a_cookie_that_is_there_in_two_ways_is_none(headers: Headers, value: str) -> None:
    """Servers and proxies disagree about which of two counts."""
    assert cookie(of(headers), "a") == value


def test_a_header_that_is_there_twice_is_none() -> None:
    """Even when both say the same."""
    assert header(of([("Accept", "x")]), "accept") == "x"
    assert header(of([("Accept", "x"), ("Accept", "x")]), "accept") == ""


@pytest.mark.parametrize(
    ("headers", "method", "kind", "wanted"),
    [
        ([("Accept", "text/html,*/*")], "GET", "http", True),
        ([("Accept", "text/html")], "HEAD", "http", True),
        ([("Accept", "text/html")], "POST", "http", False),
        ([("Accept", "text/html")], "GET", "websocket", False),
        ([("Accept", "*/*")], "GET", "http", False),
        ([("Accept", "*/*"), ("Sec-Fetch-Dest", "document")], "GET", "http", True),
        ([("Accept", "text/html"), ("Sec-Fetch-Dest", "iframe")], "GET", "http", False),
        ([("Accept", "text/html"), ("Sec-Fetch-Dest", "image")], "GET", "http", False),
    ],
)
def test_a_page_is_for_who_shows_one(headers: Headers, method: str, kind: str, wanted: bool) -> None:
    """A browser says what it asks for; another client by what it accepts."""
    assert wants_page(of(headers, method, kind)) is wanted


def test_everything_on_a_page_is_plain_text() -> None:
    """A name that is markup is shown as it is written, in lines, titles, buttons and fields alike."""
    evil = "<script>\"'&"

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        ways = [Way(evil, f"/x?{evil}"), Way(evil, "/y", (("token", evil),))]
        shown: Response = page(Words(scope), evil, [evil], ways, soft=[evil])
        await shown(scope, receive, send)

    answer = asked(app)
    assert "<script" not in answer.text
    assert answer.text.count("&lt;script&gt;&quot;&#x27;&amp;") == 8
    assert answer.headers["cache-control"] == "no-store"


def test_a_refusal_is_a_sentence_in_the_readers_language_and_ends_the_connection() -> None:
    """Its body may be unread: the connection carries no second request."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await refusal(scope, "Sign in first.", 401)(scope, receive, send)

    answer = asked(app, headers=[("Accept-Language", "ru")])
    assert (answer.status, answer.headers["connection"]) == (401, "close")
    assert answer.text == "Сначала войдите."
