"""Every way an answer can be wrong, and which of HeyGen's failures it is."""

from collections.abc import Callable
from typing import Any

import pytest
import responses

from core.heygen.errors import (
    GroupLimit,
    HeyGenError,
    InProgress,
    Missing,
    OutcomeUnknown,
    OutOfCredits,
    RateLimited,
    Refused,
    UnknownRoute,
    WrongKey,
)
from core.heygen.transport import MAX_ANSWER
from core.heygen.workflow import WorkflowDialect
from tests.heygen.support import API, KEY, client

HTML = "<!DOCTYPE html><html><body>404 Not Found</body></html>"
CREATE_URL = f"{API}/v2/photo_avatar/avatar_group/create"
MOTION_PATH = "/v1/photo_avatar.add_motion"
FREE = "Nothing was spent. Try again."
STUDIO_LOOKS = "It is not known whether HeyGen did it; the Studio looks before it does anything again."


def created(**answer: Any) -> HeyGenError:
    """The error of creating a group when HeyGen answers so; one request is made, never two."""
    responses.post(CREATE_URL, **answer)
    with pytest.raises(HeyGenError) as caught:
        client().create_photo_avatar_group("Anna - Kitchen", "image/abc/original")
    assert len(responses.calls) == 1
    assert caught.value.name == "Avatar group creation failed"
    assert caught.value.user_message.startswith("Avatar group creation failed: ")
    return caught.value


@responses.activate
@pytest.mark.parametrize(
    "body",
    [
        {"code": 40001, "message": "Missing name", "data": None},
        {"data": None, "error": {"code": 40001, "message": "Missing name"}},
        {"code": 40001, "message": "Missing name"},
        {"error": {"code": 40001, "message": "Missing name", "param": "name", "doc_url": "https://x.test"}},
        {"code": 40001, "msg": "Missing name", "message": None},
        {"data": {"code": 40001, "message": "Missing name", "data": None}},
    ],
    ids=["A", "B", "C", "D", "A with msg", "nested"],
)
@pytest.mark.parametrize("status", [200, 400])
def test_every_envelopes_error_is_a_refusal(body: dict[str, Any], status: int) -> None:
    """An error in any of the envelopes, under 400 or 200, is a refusal in HeyGen's own words."""
    error = created(json=body, status=status)
    assert type(error) is Refused
    assert (error.status, error.code, error.detail) == (status, "40001", "Missing name")
    assert "Missing name" in error.user_message
    assert "Nothing was spent." in error.user_message


@responses.activate
@pytest.mark.parametrize("body", [{"error": "Bad name"}, {"message": "Bad name"}])
def test_an_error_without_a_code_is_a_refusal_too(body: dict[str, Any]) -> None:
    """A lone sentence under 4xx refuses as well."""
    error = created(json=body, status=400)
    assert type(error) is Refused
    assert (error.code, error.detail) == ("", "Bad name")


@responses.activate
@pytest.mark.parametrize(
    ("status", "code", "kind", "words"),
    [
        (401, "unauthorized", WrongKey, "HeyGen does not accept the key"),
        (403, "forbidden", WrongKey, "HeyGen does not accept the key"),
        (401, "", WrongKey, "HeyGen does not accept the key"),
        (403, "", WrongKey, "HeyGen does not accept the key"),
        (400, 40009, WrongKey, "HeyGen does not accept the key"),
        (400, 400112, WrongKey, "HeyGen does not accept the key"),
        (404, "strange", Missing, "HeyGen does not know this"),
        (400, 400174, Missing, "HeyGen has no such avatar."),
        (404, "avatar_not_found", Missing, "HeyGen has no such avatar."),
        (400, 401028, GroupLimit, "HeyGen allows no more photo avatar groups on this plan."),
        (402, "anything", OutOfCredits, "too few API credits"),
        (400, "insufficient_credit", OutOfCredits, "too few API credits"),
        (400, "MOVIO_PAYMENT_INSUFFICIENT_CREDIT", OutOfCredits, "too few API credits"),
        (429, "MOVIO_PAYMENT_INSUFFICIENT_CREDIT", OutOfCredits, "too few API credits"),
        (429, "trial_video_limit_exceeded", Refused, "trial limit for videos"),
        (429, 400664, Refused, "trial limit for videos"),
        (429, "daily_trial_used_up", Refused, "HeyGen refused this"),
        (429, "quota_exceeded", OutOfCredits, "quota of the HeyGen plan"),
        (400, 40004, Refused, "HeyGen found no face in the photo."),
        (400, 40005, Refused, "HeyGen found several faces in the photo."),
        (400, 40006, Refused, "quality is too low"),
        (400, 400543, Refused, "Use a PNG or JPEG photo."),
        (400, 400105, Refused, "blocked words"),
        (400, 40039, Refused, "cannot speak this script"),
        (400, 40119, Refused, "longer than the HeyGen plan allows"),
        (400, 400116, Missing, "no such voice"),
        (404, "voice_not_found", Missing, "no such voice"),
        (400, "voice_not_usable", Refused, "Choose another voice"),
        (400, 400144, Missing, "no such avatar"),
        (400, "avatar_not_found", Missing, "no such avatar"),
        (400, 40031, Missing, "no such video"),
        (404, "video_not_found", Missing, "no such video"),
        (403, 402008, Refused, "celebrity"),
        (400, 402007, Refused, "protect children"),
        (400, 400001, Refused, "(“HeyGen's {own} words”)"),
    ],
)
def test_known_codes_are_told_in_plain_words(
    status: int, code: int | str, kind: type[Refused], words: str
) -> None:
    """The code decides what the refusal is and how it is told; unknown ones quote HeyGen."""
    body = {"data": None, "error": {"code": code, "message": "HeyGen's {own} words"}}
    error = created(json=body, status=status)
    assert type(error) is kind
    assert (error.status, error.code, error.detail) == (status, str(code), "HeyGen's {own} words")
    assert words in error.user_message
    assert "Nothing was spent." in error.user_message


@responses.activate
@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ({"body": HTML, "status": 502, "content_type": "text/html"}, 502),
        ({"body": HTML, "status": 200}, 200),
        ({"body": HTML, "status": 401}, 401),
        ({"body": "", "status": 200}, 200),
        ({"body": "", "status": 400}, 400),
        ({"body": "", "status": 204}, 204),
        ({"body": '{"data": {"avatar_id": "a", "group_', "status": 200}, 200),
        ({"body": "[" * 100_000, "status": 200}, 200),
        ({"body": b"\xff\xfe\x00", "status": 200}, 200),
        ({"json": ["avatar_id"], "status": 200}, 200),
        ({"json": {}, "status": 200}, 200),
        ({"json": {"data": None}, "status": 200}, 200),
        ({"json": {"data": {}}, "status": 200}, 200),
        ({"json": {"data": {"avatar_id": "a1"}}, "status": 200}, 200),
        ({"json": {"data": {"group_id": "g1"}}, "status": 200}, 200),
        ({"json": {"data": {"avatar_id": "", "group_id": None}}, "status": 200}, 200),
        ({"json": {"data": {"avatar_id": "a1", "group_id": "g1"}}, "status": 400}, 400),
        ({"json": {"data": {"avatar_id": "a1"}, "error": {"code": 1, "message": "half"}}}, 200),
        ({"json": {}, "status": 400}, 400),
        ({"json": {"code": 40001, "message": "moved"}, "status": 302}, 302),
        ({"json": {"error": {"code": "internal_error", "message": "Oops"}}, "status": 500}, 500),
        ({"json": {"error": {"code": "internal_error", "message": "Oops"}}, "status": 200}, 200),
        ({"json": {"error": {"code": "INTERNAL_ERROR", "message": "Oops"}}, "status": 400}, 400),
        ({"json": {"error": {"code": "gateway_timeout", "message": "Oops"}}, "status": 403}, 403),
        ({"json": {"error": {"code": "internal_error", "message": "Oops"}}, "status": 429}, 429),
        ({"json": {"error": "internal_error"}, "status": 200}, 200),
        ({"json": {"error": "Internal Server Error"}, "status": 404}, 404),
        ({"json": {"message": "Service Unavailable"}, "status": 400}, 400),
        ({"json": {"code": 500, "message": "Oops"}, "status": 200}, 200),
        ({"json": {"code": 500123, "message": "Oops"}, "status": 400}, 400),
        ({"json": {"code": 503, "error": {"code": "sorry", "message": "Oops"}}, "status": 200}, 200),
        ({"json": {"data": {"code": 504, "data": None, "message": "Oops"}}, "status": 200}, 200),
        ({"json": {"code": 409, "message": "busy"}, "status": 200}, 200),
        ({"json": {"code": 40001, "message": "busy"}, "status": 408}, 408),
        ({"json": {"code": 40001, "message": "busy"}, "status": 409}, 409),
        ({"json": {"code": 40001, "message": "busy"}, "status": 425}, 425),
    ],
)
def test_whatever_is_not_clear_is_unknown(answer: dict[str, Any], status: int) -> None:
    """HTML, nothing, broken JSON, missing ids, contradictions, 5xx, 409: HeyGen may have done it."""
    error = created(**answer)
    assert type(error) is OutcomeUnknown
    assert error.status == status
    assert error.user_message.endswith(STUDIO_LOOKS)
    assert "Nothing was spent" not in error.user_message
    assert len(error.detail) <= 200


@responses.activate
def test_a_404_of_heygen_is_missing_but_a_404_page_is_an_unknown_route() -> None:
    """Only JSON says that the thing is missing; a page says that the route is."""
    url = f"{API}/v2/photo_avatar/a1"
    responses.get(url, json={"data": None, "error": {"code": 400174, "message": "none"}}, status=404)
    responses.get(url, body=HTML, status=404)
    with pytest.raises(Missing):
        client().get_avatar("a1")
    with pytest.raises(UnknownRoute) as caught:
        client().get_avatar("a1")
    assert caught.value.detail == HTML


@responses.activate
@pytest.mark.parametrize("status", [404, 405, 410])
def test_an_unknown_route_names_the_setting_and_the_command(status: int) -> None:
    """The same for a call that changes something: HeyGen did nothing, and one line of .env may be wrong."""
    error = created(body=HTML, status=status, content_type="text/html")
    assert type(error) is UnknownRoute
    for words in (
        "POST /v2/photo_avatar/avatar_group/create",
        f"HTTP status {status}",
        "HEYGEN_DIALECT=workflow",
        "Nothing was spent.",
        "python -m core check",
    ):
        assert words in error.user_message


@responses.activate
def test_a_key_whose_first_sending_is_at_work_is_in_progress() -> None:
    """409 request_in_progress is an unknown outcome of its own."""
    busy = {"error": {"code": "request_in_progress", "message": "wait"}}
    error = created(json=busy, status=409)
    assert type(error) is InProgress
    assert isinstance(error, OutcomeUnknown)
    assert "Nothing was spent" not in error.user_message


@responses.activate
@pytest.mark.parametrize(
    ("headers", "warning", "notice"),
    [
        ({}, None, {}),
        ({"Deprecation": "false"}, None, {}),
        ({"Deprecation": "true"}, None, {"sunset": "", "message": ""}),
        (
            {"Deprecation": "true", "Sunset": "Sat, 31 Oct 2026 00:00:00 GMT"},
            None,
            {"sunset": "2026-10-31", "message": ""},
        ),
        (
            {},
            {"message": f"Move to v3, {KEY}", "sunset_date": "2026-10-31"},
            {"sunset": "2026-10-31", "message": "Move to v3, ***"},
        ),
        ({"Sunset": "soon"}, {"sunset_date": "soon"}, {"sunset": "", "message": ""}),
        *(
            ({"Deprecation": "true", "Sunset": day}, None, {"sunset": "", "message": ""})
            for day in (
                "Fri, 31 Dec 9999 23:00:00 -1400",
                "Sat, 31 Feb 2026 00:00:00 GMT",
                "Sat, 31 Oct 2026 00:00:00 +9999",
            )
        ),
        ({"Deprecation": "true"}, {"message": "So\ud800on"}, {"sunset": "", "message": "So\ufffdon"}),
        ({}, "soon", {}),
    ],
)
def test_the_end_of_a_dialect_is_remembered(
    headers: dict[str, str], warning: object, notice: dict[str, str]
) -> None:
    """From the headers Sunset and Deprecation and the body's `warning`; what else is there breaks nothing."""
    body: dict[str, Any] = {"error": None, "data": {"remaining_quota": 60, "novelty": [1]}}
    if warning is not None:
        body["warning"] = warning
    responses.get(f"{API}/v2/user/remaining_quota", json=body, headers=headers)
    responses.get(f"{API}/v2/voices", json={"data": {"voices": []}})
    heygen = client()
    assert heygen.notice == {}
    assert heygen.remaining_credits() == 1_000_000
    assert heygen.notice == notice
    heygen.list_voices()
    assert heygen.notice == notice


@responses.activate
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("target", ["https://elsewhere.test/v2", "http://[broken", "/v2/other"])
def test_redirects_are_not_followed(status: int, target: str) -> None:
    """A redirect is neither followed nor believed: the request may have been done, the key stays here."""
    error = created(status=status, headers={"Location": target}, body="moved")
    assert type(error) is OutcomeUnknown
    assert error.status == status


@responses.activate
def test_reads_do_not_follow_redirects_either() -> None:
    """A redirect elsewhere would carry the key there."""
    responses.get(f"{API}/v2/voices", status=302, headers={"Location": "https://elsewhere.test/"})
    with pytest.raises(OutcomeUnknown):
        client().list_voices()
    assert len(responses.calls) == 1


@responses.activate
@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "12"}, 12.0),
        ({"Retry-After": "0.5"}, 0.5),
        ({"Retry-After": "Sun, 22 Nov 2026 12:00:30 GMT", "Date": "Sun, 22 Nov 2026 12:00:00 GMT"}, 30.0),
        ({"Retry-After": "Sun, 22 Nov 2015 12:00:30 GMT"}, 0.0),
        ({"Retry-After": "Sun, 22 Nov 2099 12:00:30 GMT"}, 3600.0),
        ({"Retry-After": "999999"}, 3600.0),
        ({"Retry-After": "soon"}, 5.0),
        ({"Retry-After": "-3"}, 5.0),
        ({"Retry-After": "nan"}, 5.0),
        ({}, 5.0),
    ],
)
@pytest.mark.parametrize("body", ['{"error": {"code": "rate_limit_exceeded", "message": "slow"}}', HTML, ""])
def test_a_429_says_how_long_to_wait(headers: dict[str, str], seconds: float, body: str) -> None:
    """Seconds, an HTTP date, nonsense or nothing: there is always a time to wait, an hour at most."""
    error = created(status=429, headers=headers, body=body)
    assert type(error) is RateLimited
    assert error.retry_after == seconds
    assert f"wait {seconds:g} seconds" in error.user_message
    assert "nothing was spent" in error.user_message


@responses.activate
def test_an_endless_answer_is_cut() -> None:
    """No more than MAX_ANSWER is read into memory; what came with it does not count."""
    body = b'{"data": {"avatar_id": "a1", "group_id": "g1"}}'
    error = created(body=body + b" " * (MAX_ANSWER - len(body) + 1), status=200)
    assert type(error) is OutcomeUnknown
    assert "larger than" in error.user_message
    responses.upsert(responses.POST, CREATE_URL, body=body + b" " * (MAX_ANSWER - len(body)))
    assert client().create_photo_avatar_group("n", "k") == {"avatar_id": "a1", "group_id": "g1"}


def _video(heygen: WorkflowDialect) -> object:
    return heygen.generate_video(avatar_id="a", voice_id="v", script="s", title="t", width=640, height=360)


@responses.activate
@pytest.mark.parametrize(
    ("method", "path", "call", "ending", "name"),
    [
        ("POST", "/v1/asset", lambda c: c.upload_asset("u"), "Studio repeats it.", "Asset upload failed"),
        ("POST", MOTION_PATH, lambda c: c.add_motion_to_avatar("a"), STUDIO_LOOKS, "Add motion failed"),
        ("POST", "/v2/video/generate", _video, STUDIO_LOOKS, ""),
        ("GET", "/v2/photo_avatar/a", lambda c: c.get_avatar("a"), FREE, ""),
        ("GET", "/v2/avatar_group.list", lambda c: c.list_groups(), FREE, ""),
        ("GET", "/v2/avatar_group/g/avatars", lambda c: c.list_looks("g"), FREE, ""),
        ("GET", "/v2/user/remaining_quota", lambda c: c.remaining_credits(), FREE, ""),
        ("GET", "/v1/video_status.get", lambda c: c.get_video("v"), FREE, ""),
        ("GET", "/v2/voices", lambda c: c.list_voices(), FREE, ""),
        ("GET", "/v1/video.list", lambda c: c.list_videos(), FREE, ""),
    ],
)
@pytest.mark.parametrize("data", [{}, None, [], {"unexpected": 1}])
def test_an_answer_without_what_was_asked_for_is_unknown(
    method: str,
    path: str,
    call: Callable[[WorkflowDialect], object],
    ending: str,
    name: str,
    data: Any,
) -> None:
    """No call invents what is missing; the message says what was at stake."""
    responses.add(method, API + path, json={"error": None, "data": data})
    with pytest.raises(OutcomeUnknown) as caught:
        call(client())
    assert caught.value.user_message.endswith(ending)
    assert caught.value.name == name


@responses.activate
@pytest.mark.parametrize("entry", [{"name": "nameless id"}, {"id": None, "name": "x"}, "text", None])
def test_a_listing_with_a_broken_entry_is_no_listing(entry: Any) -> None:
    """One group left out could look like one that was never created."""
    listed = {"avatar_group_list": [{"id": "g1", "name": "Anna - Kitchen"}, entry]}
    responses.get(f"{API}/v2/avatar_group.list", json={"data": listed})
    with pytest.raises(OutcomeUnknown):
        client().list_groups()


@responses.activate
@pytest.mark.parametrize("status", [200, 400, 401, 402, 404, 409, 429, 500])
@pytest.mark.parametrize(
    "error", [{"code": "a\ud800", "message": "b\udfff"}, "c\ud800", {"code": 40001, "message": {"\ud800": 1}}]
)
def test_whatever_heygen_writes_can_be_stored_and_shown(error: Any, status: int) -> None:
    """Half a surrogate pair in its code, its words or the names in them."""
    refused = created(json={"data": None, "error": error}, status=status)
    for shown in (refused.code, refused.detail, refused.user_message):
        shown.encode()


@responses.activate
@pytest.mark.parametrize("strange", ["..", ".", "a\ud800", "a\nb", "\u202ea"])
def test_an_id_with_which_heygen_cannot_be_asked_is_no_id(strange: str) -> None:
    """Of what was made it is an unknown outcome, and a list with it cannot be read."""
    error = created(json={"data": {"avatar_id": strange, "group_id": "g1"}})
    assert type(error) is OutcomeUnknown
    listed = {"avatar_group_list": [{"id": "g1", "name": "a"}, {"id": strange, "name": "b"}]}
    responses.get(f"{API}/v2/avatar_group.list", json={"data": listed})
    with pytest.raises(OutcomeUnknown):
        client().list_groups()


@responses.activate
@pytest.mark.parametrize("much", [1e30, -1e30, 1e400, "1e30", 10**40, float("nan")])
def test_a_number_that_no_account_can_mean_is_none(much: Any) -> None:
    """A balance of 1e30 is an answer that cannot be read; a group's moment and count are not known then."""
    responses.get(f"{API}/v2/user/remaining_quota", json={"data": {"details": {"api": much}}})
    with pytest.raises(OutcomeUnknown):
        client().remaining_credits()
    listed = {"id": "g1", "name": "a", "created_at": much, "num_looks": much}
    responses.get(f"{API}/v2/avatar_group.list", json={"data": {"avatar_group_list": [listed]}})
    (group,) = client().list_groups().groups
    assert (group.created_at, group.looks) == (None, 0)


@responses.activate
def test_a_moment_in_milliseconds_is_the_same_moment() -> None:
    """HeyGen's numbers of the year 2026, in either unit."""
    listed = [{"id": "a", "created_at": 1_771_798_135.5}, {"id": "b", "created_at": 1_771_798_135_500}]
    responses.get(f"{API}/v2/avatar_group.list", json={"data": {"avatar_group_list": listed}})
    assert {group.created_at for group in client().list_groups().groups} == {1_771_798_135.5}
