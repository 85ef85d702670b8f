"""Idempotency-Key in v3: the first result is given again, and only one call works."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from core import clock
from core.sandbox.server import Sandbox
from tests.sandbox.client import CREDIT, eventually
from tests.sandbox.dialects import V3, error

KEY = "4f0c.a:B_9-1"


def test_the_first_result_is_given_again(v3: V3) -> None:
    """Whatever the second body says; nothing is made or paid twice."""
    first = v3.make(key=KEY)
    again = v3.make("Another name", key=KEY)
    assert (again.status_code, again.json()) == (200, first.json())
    assert v3.make(nonsense=True, key=KEY).json() == first.json()
    assert (len(v3.state()["groups"]), v3.state()["credits"]) == (1, 9 * CREDIT)
    assert v3.calls("create") == 3


def test_uploads_and_videos_have_it_too(v3: V3) -> None:
    """And each route its own keys."""
    assert v3.send(key=KEY).json() == v3.send(b"", key=KEY).json()
    _, look = v3.made(key=KEY)
    clock.shift(25)
    assert v3.film(look, key=KEY).json() == v3.film("nobody", key=KEY).json()
    assert len(v3.state()["videos"]) == 1


def test_another_key_and_no_key_are_other_calls(v3: V3) -> None:
    """The account's other API keys share what was stored."""
    assert v3.make(key=KEY).json() != v3.make(key="other").json()
    assert v3.make().json() != v3.make(key="other").json()
    other = V3(v3.base_url, "rotated")
    assert other.make(key=KEY).json() == v3.make(key=KEY).json()


@pytest.mark.parametrize("key", ["", "a" * 256, "a b", "a/b", "é".encode().decode("latin-1")])
def test_an_impossible_key_is_refused(v3: V3, key: str) -> None:
    """1 to 255 of A-Z a-z 0-9 _ - : . (heygen-api.md 10e)."""
    assert error(v3.make(key=key)) == (400, "invalid_parameter")
    assert v3.state()["groups"] == []


def test_the_longest_key_is_taken(v3: V3) -> None:
    """255 signs."""
    assert v3.make(key="a" * 255).json() == v3.make(key="a" * 255).json()


def test_a_refusal_is_given_again_too(v3: V3) -> None:
    """Even when its reason is gone: only a new key is a new call."""
    v3.set(credits=0)
    assert error(v3.make(key=KEY)) == (402, "insufficient_credit")
    v3.set(credits=5 * CREDIT)
    assert error(v3.make(key=KEY)) == (402, "insufficient_credit")
    assert v3.make(key="next").status_code == 200


@pytest.mark.parametrize("fault", ["rate_limit", "error_before", "html", "drop_before"])
def test_what_came_before_the_work_is_not_kept(v3: V3, fault: str) -> None:
    """429 and 5xx say nothing about the call: it may be sent again with its key."""
    v3.fault("create", fault)
    if fault == "drop_before":
        with pytest.raises(requests.ConnectionError):
            v3.make(key=KEY)
    else:
        assert v3.make(key=KEY).status_code >= 429
    assert v3.make(key=KEY).status_code == 200
    assert len(v3.state()["groups"]) == 1


@pytest.mark.parametrize("fault", ["drop_after", "error_after", "malformed", "empty", "no_ids"])
def test_a_lost_answer_can_be_asked_for_again(v3: V3, fault: str) -> None:
    """The work was done once, and its result is still there."""
    v3.fault("create", fault)
    try:
        v3.make(key=KEY)
    except requests.ConnectionError:
        assert fault == "drop_after"
    made = v3.make(key=KEY).json()["data"]
    assert [group["id"] for group in v3.state()["groups"]] == [made["avatar_group"]["id"]]
    assert v3.state()["credits"] == 9 * CREDIT


def test_a_late_answer_can_be_asked_for_at_once(v3: V3) -> None:
    """The work is done while the first client still waits."""
    v3.fault("create", "stall", seconds=30)
    with pytest.raises(requests.ReadTimeout):
        v3.make(key=KEY, timeout=0.5)
    assert v3.make(key=KEY).status_code == 200
    assert len(v3.state()["groups"]) == 1


def test_while_the_first_is_under_way_the_second_is_409(v3: V3) -> None:
    """Then both have one result."""
    v3.fault("create", "stall_before", seconds=0.8)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(v3.make, key=KEY)
        eventually(lambda: v3.calls("create") == 1)
        assert error(v3.make(key=KEY)) == (409, "request_in_progress")
        assert first.result().status_code == 200
    assert v3.make(key=KEY).json() == first.result().json()
    assert len(v3.state()["groups"]) == 1


def test_of_many_at_once_one_works(v3: V3) -> None:
    """The others have its result, or hear that it is under way."""
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: v3.make(key=KEY), range(24)))
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert len({answer.text for answer in answers if answer.status_code == 200}) == 1
    assert (len(v3.state()["groups"]), v3.state()["credits"]) == (1, 9 * CREDIT)


def test_a_result_is_kept_for_a_day(v3: V3) -> None:
    """Whatever the speed; after that the key is new."""
    first = v3.make(key=KEY).json()
    clock.shift(86_000)
    assert v3.make(key=KEY).json() == first
    clock.shift(86_500)
    assert v3.make(key=KEY).json() != first


def test_a_result_outlives_a_restart_and_a_stop_frees_what_waited(rows: Path) -> None:
    """Rows again: what was done is found, what was not begun may be sent anew."""
    with Sandbox(rows, dialect="v3") as sandbox, ThreadPoolExecutor(1) as pool:
        v3 = V3(sandbox.base_url)
        first = v3.make(key=KEY).json()["data"]["avatar_group"]["id"]
        v3.fault("create", "stall_before", seconds=600)
        waiting = pool.submit(v3.make, key="cut")
        eventually(lambda: v3.calls("create") == 2)
        sandbox.stop()
        assert isinstance(waiting.exception(), requests.ConnectionError)
    with Sandbox(rows, dialect="v3") as sandbox:
        v3 = V3(sandbox.base_url)
        assert v3.make(key=KEY).json()["data"]["avatar_group"]["id"] == first
        assert v3.make(key="cut").status_code == 200


def test_reads_take_no_notice_of_it(v3: V3) -> None:
    """A key on a listing changes nothing, an impossible one neither."""
    for key in (KEY, "a b"):
        answer = requests.get(
            f"{v3.base_url}/v3/avatars",
            headers={"X-Api-Key": "sandbox", "Idempotency-Key": key},
            timeout=10,
        )
        assert answer.json()["data"] == []
        v3.made()
        v3.call("DELETE", f"/v3/avatars/{v3.data('GET', '/v3/avatars')[0]['id']}")
