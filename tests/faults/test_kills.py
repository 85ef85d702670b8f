"""A Studio killed at any moment of a creating call, and the one that is started after it.

Whatever the moment: HeyGen is asked for one group and one motion, one credit is spent, and the location has
its id. The sandbox is a process of its own and lives on, as HeyGen does.
"""

import pytest

from tests.faults.site import SPEED, Site
from tests.faults.support import Moment, killed, killed_in_call

pytestmark = pytest.mark.processes


METHODS = {"create_group": "create_photo_avatar_group", "add_motion": "add_motion_to_avatar"}
ROUTES = {"create_group": "create", "add_motion": "motion"}
KINDS = pytest.mark.parametrize("kind", METHODS)


@pytest.mark.parametrize(
    ("kind", "moment"),
    [
        ("create_group", {"at": "answer", "method": "list_groups"}),
        ("add_motion", {"at": "answer", "method": "get_avatar", "showing": {"status": "completed"}}),
        ("add_motion", {"at": "insert", "kind": "add_motion"}),
    ],
    ids=["create_group: the snapshot", "add_motion: the snapshot", "add_motion: writing the intent"],
)
def test_a_kill_before_the_intent_leaves_nothing_behind(site: Site, kind: str, moment: Moment) -> None:
    """Nothing was written, so nothing was sent: the next Studio makes the call as if it were the first."""
    killed(site, moment)
    assert site.heygen.creating_calls[ROUTES[kind]] == 0
    site.go_on()
    assert site.attempts(kind) == ["confirmed"]
    site.assert_paid_once()


@KINDS
def test_a_kill_after_the_intent_is_looked_up_and_sent_again(site: Site, kind: str) -> None:
    """The request never left: two looks miss it, and only then it is sent."""
    killed(site, {"at": "entry", "method": METHODS[kind]})
    assert site.heygen.creating_calls[ROUTES[kind]] == 0
    site.go_on()
    assert site.attempts(kind) == ["absent", "confirmed"]
    site.assert_paid_once()


@KINDS
def test_a_kill_during_the_call_is_looked_up_and_adopted(site: Site, kind: str) -> None:
    """HeyGen did it and could not say so: what it made is found, and nothing is sent again."""
    killed_in_call(site, ROUTES[kind])
    site.go_on()
    assert site.attempts(kind) == ["adopted"]
    site.assert_paid_once()


@KINDS
def test_work_that_heygen_does_only_after_the_kill_is_waited_for(site: Site, kind: str) -> None:
    """The first look of the next Studio comes too early; within ABSENT_AFTER nothing is sent again."""
    site.absent_after = 5.0 * SPEED
    killed_in_call(site, ROUTES[kind], "stall_before", seconds=1)
    site.go_on()
    assert site.attempts(kind) == ["adopted"]
    site.assert_paid_once()


@pytest.mark.parametrize(
    ("kind", "at"),
    [("create_group", "answer"), ("create_group", "commit"), ("add_motion", "answer")],
    ids=["create_group", "create_group: writing the answer", "add_motion"],
)
def test_a_kill_before_the_answer_is_settled_loses_nothing(site: Site, kind: str, at: str) -> None:
    """HeyGen's answer had arrived, or was being written: the result is found and adopted."""
    killed(site, {"at": at, "method": METHODS[kind]})
    assert site.heygen.creating_calls[ROUTES[kind]] == 1
    site.go_on()
    assert site.attempts(kind) == ["adopted"]
    site.assert_paid_once()


@KINDS
def test_a_kill_after_the_settle_goes_on_behind_it(site: Site, kind: str) -> None:
    """The answer is written and the run's progress is not: the ids alone keep a second call away."""
    killed(site, {"at": "begin", "method": METHODS[kind]})
    assert site.attempts(kind) == ["confirmed"]
    site.go_on()
    assert site.attempts(kind) == ["confirmed"]
    site.assert_paid_once()


@pytest.mark.parametrize(
    "seen", [{"status": "pending"}, {"motion_status": "processing"}], ids=["the look", "the motion"]
)
def test_a_kill_while_polling_goes_on_polling(site: Site, seen: dict[str, str]) -> None:
    """Waiting for HeyGen is a row: nothing is made or paid again."""
    site.heygen.control("POST", "settings", speed=50)
    killed(site, {"at": "answer", "method": "get_avatar", "showing": seen})
    site.heygen.control("POST", "settings", speed=SPEED)
    site.go_on()
    assert (site.attempts("create_group"), site.attempts("add_motion")) == (["confirmed"], ["confirmed"])
    site.assert_paid_once()


@pytest.mark.parametrize("at", ["entry", "answer"])
def test_a_kill_during_the_upload_repeats_it(site: Site, at: str) -> None:
    """An upload is free and nobody owns it: it is repeated at once, and still makes one group."""
    killed(site, {"at": at, "method": "upload_asset"})
    site.go_on()
    assert site.attempts("upload_asset") == ["absent", "confirmed"]
    assert site.heygen.creating_calls["upload"] == (1 if at == "entry" else 2)
    site.assert_paid_once()


@pytest.mark.parametrize(
    ("kind", "first", "second", "attempts"),
    [
        ("create_group", "answer", {"at": "answer", "method": "list_looks"}, ["adopted"]),
        (
            "create_group",
            "entry",
            {"at": "entry", "method": "list_groups", "nth": 2},
            ["absent", "confirmed"],
        ),
        ("add_motion", "answer", {"at": "commit", "method": "get_avatar"}, ["adopted"]),
    ],
    ids=["before adopting", "between two looks", "while adopting"],
)
def test_a_second_kill_while_looking_changes_nothing(
    site: Site, kind: str, first: str, second: Moment, attempts: list[str]
) -> None:
    """The Studio that looks for the lost answer is killed as well: a third one finishes."""
    killed(site, {"at": first, "method": METHODS[kind]})
    killed(site, second, make=False)
    site.go_on()
    assert site.attempts(kind) == attempts
    site.assert_paid_once()
