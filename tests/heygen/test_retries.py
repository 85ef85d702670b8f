"""When a read is tried again, and when nothing ever is."""

from typing import Any

import pytest
import requests
import responses

from core.heygen.errors import (
    HeyGenError,
    Missing,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Refused,
    WrongKey,
)
from core.heygen.transport import LONGEST_WAIT, retry_wait, should_retry
from tests.heygen.support import API, Waits, client

QUOTA = f"{API}/v2/user/remaining_quota"
GOOD: dict[str, Any] = {"json": {"data": {"remaining_quota": 60}}}
RESET: dict[str, Any] = {"body": requests.ConnectionError("Connection aborted.")}
TIMEOUT: dict[str, Any] = {"body": requests.ReadTimeout("Read timed out.")}


class TestShouldRetry:
    """The decision, as a function of method, error and earlier retries."""

    @pytest.mark.parametrize(
        "error",
        [
            OutcomeUnknown("no answer"),
            OutcomeUnknown("failure", status=500),
            OutcomeUnknown("failure", status=503),
            NotSent("refused"),
            RateLimited("wait", retry_after=0.0),
            RateLimited("wait", retry_after=2.0),
        ],
    )
    def test_a_read_that_may_go_better_is_tried_three_times(self, error: HeyGenError) -> None:
        """Resets, time-outs, 5xx and short waits are retried twice, and no more."""
        assert [should_retry("GET", error, retries) for retries in range(4)] == [True, True, False, False]

    @pytest.mark.parametrize(
        "error",
        [
            RateLimited("wait", retry_after=2.1),
            RateLimited("wait", retry_after=5.0),
            OutcomeUnknown("not JSON", status=200),
            OutcomeUnknown("redirect", status=302),
            OutcomeUnknown("not JSON", status=404),
            Refused("no", status=400),
            WrongKey("no", status=401),
            Missing("no", status=404),
        ],
    )
    def test_a_read_that_would_go_the_same_way_is_not(self, error: HeyGenError) -> None:
        """Refusals, unreadable answers and long waits are told at once."""
        assert not should_retry("GET", error, 0)


class TestRetryWait:
    """The wait, as a function of the retries so far, HeyGen's wish and chance."""

    @pytest.mark.parametrize(
        ("retries", "chance", "seconds"), [(0, 0.5, 0.5), (1, 0.5, 1.0), (0, 0.0, 0.375), (1, 1.0, 1.25)]
    )
    def test_it_doubles_and_is_spread(self, retries: int, chance: float, seconds: float) -> None:
        """Each wait is twice the one before, a quarter more or less."""
        assert retry_wait(retries, retry_after=0.0, chance=chance, backoff=0.5) == pytest.approx(seconds)

    def test_it_has_an_upper_bound(self) -> None:
        """No wait of our own exceeds LONGEST_WAIT."""
        assert retry_wait(9, retry_after=0.0, chance=1.0, backoff=5.0) == LONGEST_WAIT

    def test_heygens_wish_is_kept(self) -> None:
        """A longer Retry-After is waited out, a shorter one does not shorten the wait."""
        assert retry_wait(0, retry_after=1.5, chance=0.5, backoff=0.5) == 1.5
        assert retry_wait(0, retry_after=0.1, chance=0.5, backoff=0.5) == 0.5


@responses.activate
@pytest.mark.parametrize(
    "bad",
    [
        {"status": 500},
        {"status": 503, "body": "<html>"},
        RESET,
        TIMEOUT,
        {"body": requests.ConnectTimeout("slow")},
        {"status": 429, "headers": {"Retry-After": "1"}},
    ],
)
def test_a_read_survives_two_bad_answers(bad: dict[str, Any]) -> None:
    """The third try of a read brings the answer."""
    for answer in (bad, bad, GOOD):
        responses.get(QUOTA, **answer)
    stop = Waits()
    assert client(stop=stop).remaining_credits() == 1_000_000
    assert len(responses.calls) == 3
    assert len(stop.asked) == 2
    assert all(0.3 < wait <= LONGEST_WAIT for wait in stop.asked)


@responses.activate
def test_a_read_gives_up_after_three_bad_answers() -> None:
    """The last failure is told; nothing was spent."""
    responses.get(QUOTA, status=502, body="<html>Bad gateway")
    with pytest.raises(OutcomeUnknown) as caught:
        client().remaining_credits()
    assert len(responses.calls) == 3
    assert caught.value.status == 502
    assert "Nothing was spent." in caught.value.user_message


@responses.activate
def test_a_long_wait_is_left_to_the_caller() -> None:
    """A thread waits 2 seconds at most; a longer Retry-After comes back as RateLimited."""
    responses.get(QUOTA, status=429, headers={"Retry-After": "3"})
    stop = Waits()
    with pytest.raises(RateLimited):
        client(stop=stop).remaining_credits()
    assert len(responses.calls) == 1
    assert stop.asked == []


@responses.activate
def test_stopping_ends_the_retries_of_a_read() -> None:
    """Once the stop flag is set, the failure is told instead of another try."""
    responses.get(QUOTA, status=503)
    stop = Waits()
    stop.set()
    with pytest.raises(OutcomeUnknown):
        client(stop=stop).remaining_credits()
    assert len(responses.calls) == 1


@responses.activate
def test_no_change_is_sent_once_the_studio_is_stopping() -> None:
    """With the stop flag set a paid call is not sent at all, and says so."""
    stop = Waits()
    stop.set()
    with pytest.raises(NotSent) as caught:
        client(stop=stop).add_motion_to_avatar("a1")
    assert len(responses.calls) == 0
    assert "Nothing was sent and nothing was spent." in caught.value.user_message


@responses.activate
@pytest.mark.parametrize(
    "bad",
    [{"status": 500}, {"status": 503}, RESET, TIMEOUT, {"status": 429, "headers": {"Retry-After": "0"}}],
)
def test_a_change_is_never_repeated(bad: dict[str, Any]) -> None:
    """Whatever comes back, creating, charging and deleting calls go out once each."""
    heygen = client()
    calls = (
        lambda: heygen.upload_asset("https://photos.test/a.png"),
        lambda: heygen.create_photo_avatar_group("Anna - Kitchen", "key"),
        lambda: heygen.add_motion_to_avatar("a1"),
        lambda: heygen.generate_video(
            avatar_id="a", voice_id="v", script="s", title="t", width=640, height=360
        ),
        lambda: heygen.delete_group("g1"),
    )
    paths = (
        "v1/asset",
        "v2/photo_avatar/avatar_group/create",
        "v1/photo_avatar.add_motion",
        "v2/video/generate",
    )
    for path in paths:
        responses.post(f"{API}/{path}", **bad)
    responses.delete(f"{API}/v2/photo_avatar_group/g1", **bad)
    for n, call in enumerate(calls, start=1):
        with pytest.raises((OutcomeUnknown, RateLimited)):
            call()
        assert len(responses.calls) == n
