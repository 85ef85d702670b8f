"""A Studio killed at any moment of a paid call in v2 and v3: one group, one charge, and the ids are kept.

What costs is the motion in v2, a look of its own, and the avatar in v3, whose lost call is sent again.
"""

from collections.abc import Iterator

import pytest

from tests.faults.site import HeyGen, Site, sandbox_process
from tests.faults.support import killed, killed_in_call

pytestmark = pytest.mark.processes

#: By dialect: the call that costs, the client's method, the sandbox's route.
PAID = {
    "v2": ("add_motion", "add_motion_to_avatar", "motion"),
    "v3": ("create_group", "create_photo_avatar_group", "create"),
}


@pytest.fixture(scope="module", params=PAID)
def heygen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HeyGen]:
    """A sandbox of this dialect, a process of its own."""
    with sandbox_process(tmp_path_factory.mktemp(request.param), request.param) as account:
        yield account


def test_a_kill_before_the_call_leaves_it_to_the_next_studio(site: Site) -> None:
    """The intent is written and the request never left: it is made once."""
    kind, method, route = PAID[site.heygen.dialect]
    killed(site, {"at": "entry", "method": method})
    assert site.heygen.creating_calls[route] == 0
    site.go_on()
    assert site.attempts(kind)[-1] == "confirmed"
    assert site.heygen.creating_calls[route] == 1
    site.assert_charged_once()


def test_a_kill_during_the_call_makes_nothing_twice(site: Site) -> None:
    """HeyGen did it and could not say so: its result is found, or told again under the same key."""
    kind, _, route = PAID[site.heygen.dialect]
    killed_in_call(site, route)
    site.go_on()
    assert site.attempts(kind) == ["adopted" if site.heygen.dialect == "v2" else "confirmed"]
    site.assert_charged_once()


@pytest.mark.parametrize("at", ["answer", "commit", "begin"])
def test_a_kill_after_the_answer_makes_nothing_twice(site: Site, at: str) -> None:
    """The answer came, and the process died before, while or after it was written."""
    _, method, _ = PAID[site.heygen.dialect]
    killed(site, {"at": at, "method": method})
    site.go_on()
    site.assert_charged_once()
