"""Nobody gets in: the rows of `python -m tests.attacks`, but of a viewer's presses only whole pages."""

from collections.abc import Iterator

import pytest

from tests.attacks import roles
from tests.attacks.families import FAMILIES
from tests.attacks.sites import ADMIN, MARK, USER_HEADER, Sites, sites, start_token

pytestmark = pytest.mark.processes

#: So many rows each at least: a family that lost its rows would be refused, too.
LEAST = {"names": 150, "cookies": 100, "links": 80, "claims": 80, "hooks": 15, "routes": 200, "sockets": 50}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    with sites(tmp_path_factory.mktemp("attacks")) as opened:
        yield opened


def test_who_may_come_in_does(running: Sites) -> None:
    """Otherwise all refusals would prove nothing: in every Studio a person sees what no stranger may see."""
    running_as = {
        running.alone: running.alone.caller(),
        running.keyed: running.keyed.caller(running.keyed.cookies[""]),
        running.team: running.team.caller(running.team.cookies[ADMIN]),
        running.proxied: running.proxied.caller(headers=[(USER_HEADER, ADMIN.upper())]),
        running.provider: running.provider.caller(running.provider.cookies[ADMIN]),
    }
    for site, person in running_as.items():
        assert person.ask().status == 200, site.name
        with person.talk(site.origin) as talk:
            assert MARK.encode() in talk.run(page_script_hash=talk.run().pages["locations"]).told, site.name
    opened = running.keyed.caller().ask(f"/start?token={start_token(running.keyed)}")
    assert (opened.status, opened.header("location")) == (303, "/")
    assert running.keyed.caller(opened.sets("studio_session")).ask().status == 200


@pytest.mark.parametrize("family", FAMILIES)
def test_nobody_gets_in(running: Sites, family: str) -> None:
    """Every row is refused."""
    rows = roles.quick_rows if family == "roles" else FAMILIES[family]
    tried = [(row.what, *row.tried()) for row in rows(running)]
    assert [one for one in tried if not one[1]] == []
    assert len(tried) >= LEAST.get(family, len(roles.QUICK))
