"""Every low-level failure is one of ours, and none carries the key."""

import http.client
import logging
import ssl
import traceback
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import responses
import urllib3.exceptions as low
from requests import exceptions as high
from urllib3 import HTTPConnectionPool

from core.config import Settings
from core.errors import StartRefused
from core.heygen import connect
from core.heygen.connection import not_sent_reason
from core.heygen.errors import HeyGenError, NotSent, OutcomeUnknown, Refused
from tests.heygen.support import API, KEY, Waits, client

#: The classes that alone, without a look at the connection, prove that nothing left.
NEVER_LEFT = {
    high.ConnectTimeout,
    high.MissingSchema,
    high.InvalidSchema,
    high.InvalidURL,
    high.InvalidProxyURL,
    high.URLRequired,
    low.ConnectTimeoutError,
    low.NewConnectionError,
    low.NameResolutionError,
    low.LocationValueError,
    low.LocationParseError,
    low.URLSchemeUnknown,
    low.ProxySchemeUnknown,
    ssl.SSLCertVerificationError,
}


def family(*roots: type[Exception]) -> Iterator[type[Exception]]:
    """The classes and all below them that requests, urllib3 and the standard library define."""
    for root in roots:
        yield root
        for kind in root.__subclasses__():
            if kind.__module__.partition(".")[0] in (
                "requests",
                "urllib3",
                "http",
                "ssl",
                "socket",
                "builtins",
            ):
                yield from family(kind)


EVERY = sorted(
    set(family(requests.RequestException, low.HTTPError, http.client.HTTPException, OSError, UnicodeError)),
    key=lambda kind: f"{kind.__module__}.{kind.__name__}",
)


def made(kind: type[Exception]) -> Exception:
    """An instance, whatever the class's constructor wants."""
    exc = kind.__new__(kind)
    exc.args = ("low-level words",)
    return exc


def test_the_list_of_low_level_classes_is_not_empty() -> None:
    """The mapping below is tried on all the classes that it names, and many more."""
    assert set(EVERY) > NEVER_LEFT
    assert len(EVERY) > 60


@responses.activate
def test_every_low_level_exception_is_mapped() -> None:
    """Only what proves that nothing left is NotSent; everything else that can occur is OutcomeUnknown."""
    for kind in EVERY:
        responses.reset()
        responses.post(f"{API}/v1/photo_avatar.add_motion", body=made(kind))
        caught: Exception | None = None
        try:
            client().add_motion_to_avatar("a1")
        except Exception as error:
            caught = error
        assert type(caught) is (NotSent if kind in NEVER_LEFT else OutcomeUnknown), kind
        assert caught.name == "Add motion failed", kind


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (made(low.NameResolutionError), "its name could not be resolved"),
        (made(low.NewConnectionError), "no connection could be made"),
        (low.SSLError(made(ssl.SSLCertVerificationError)), "its certificate could not be verified"),
        (low.ProxyError("no proxy", made(low.NewConnectionError)), "no connection could be made"),
    ],
)
def test_the_cause_inside_a_connection_error_is_found(cause: Exception, words: str) -> None:
    """requests wraps the reasons that prove that nothing left; they are still seen."""
    wrapped = requests.ConnectionError(
        low.MaxRetryError(HTTPConnectionPool("heygen.test"), "/v1/asset", cause)
    )
    assert words in (not_sent_reason(wrapped, None) or "")
    assert not_sent_reason(requests.ConnectionError(low.ProtocolError("Connection aborted.")), None) is None


def test_what_the_connection_saw_goes_before_the_class() -> None:
    """After the first byte no exception means "not sent"; before it each one does."""
    for kind in EVERY:
        assert not_sent_reason(made(kind), True) is None, kind
        assert not_sent_reason(made(kind), False), kind


@responses.activate
@pytest.mark.parametrize(
    "answer",
    [
        {"json": {"error": {"code": "unauthorized", "message": f"The key {KEY} is wrong"}}, "status": 401},
        {"json": {"code": KEY, "message": f"{'x' * 480} {KEY} {KEY}"}, "status": 400},
        {"json": {"error": f"{KEY}{KEY}"}, "status": 429},
        {"json": {"error": {"message": {"header": KEY}}}, "status": 500},
        {"body": f"<html>{'x' * 185} {KEY} is no key</html>", "status": 403},
        {"body": requests.exceptions.InvalidHeader(f"Invalid header value: {KEY!r}")},
        {"body": requests.ConnectionError(f"cannot send X-Api-Key: {KEY}")},
        {"body": requests.ConnectTimeout(f"cannot send X-Api-Key: {KEY}")},
    ],
)
def test_the_key_is_in_no_error_and_no_log(answer: dict[str, Any], caplog: pytest.LogCaptureFixture) -> None:
    """Whatever echoes the key, and however it is cut: not one half of it reaches an error or a log."""
    caplog.set_level(logging.DEBUG)
    responses.post(f"{API}/v1/asset", **answer)
    heygen = client()
    with pytest.raises(HeyGenError) as caught:
        heygen.upload_asset("https://photos.test/a.png")
    exc = caught.value
    assert responses.calls[0].request.headers["X-Api-Key"] == KEY
    told = [str(exc), repr(exc), repr(exc.values), repr(vars(exc)), repr(heygen), caplog.text]
    told += traceback.format_exception(exc)
    assert [text for text in told if KEY[:8] in text] == []
    assert exc.__context__ is None
    assert exc.__cause__ is None


@responses.activate
def test_a_failure_reason_that_echoes_the_key_is_masked() -> None:
    """HeyGen's explanation inside a good answer is masked too."""
    data = {"id": "a1", "status": "failed", "error": {"message": f"key {KEY} refused"}}
    responses.get(f"{API}/v2/photo_avatar/a1", json={"data": data})
    responses.get(f"{API}/v1/video_status.get", json={"data": data})
    assert client().get_avatar("a1").failure == "key *** refused"
    assert client().get_video("a1").failure == "key *** refused"


@responses.activate
def test_the_sandboxs_key_is_an_ordinary_word() -> None:
    """The word "sandbox" in a sandbox's error stays readable."""
    responses.post(
        f"{API}/v1/asset", json={"code": 1, "message": "http://sandbox/samples/x is gone"}, status=400
    )
    with pytest.raises(Refused, match="http://sandbox/samples/x is gone"):
        client(key="sandbox").upload_asset("http://sandbox/samples/x")


@pytest.mark.parametrize("key", ["two words", "line\nbreak", "ключ", "tab\t"])
def test_a_key_that_no_header_can_carry_is_refused_without_being_shown(key: str) -> None:
    """Such a key is refused at the start, and the message does not repeat it."""
    with pytest.raises(StartRefused) as caught:
        connect(Settings(api_key=key, api_base=API), stop=Waits())
    assert key not in repr(vars(caught.value))
    assert "HEYGEN_API_KEY" in caught.value.user_message
